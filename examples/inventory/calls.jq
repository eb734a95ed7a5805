# The inventory's calls of the last line of metrics: service, provider, model or host, source, approved, priced, calls.
[inputs] | last
| .resourceMetrics[].scopeMetrics[].metrics[] | select(.name == "token_cost.inventory.calls") | .sum.dataPoints[]
| (.attributes | map({(.key): .value}) | add | map_values(.stringValue // .boolValue)) as $a
| [$a["service.name"], $a["gen_ai.provider.name"], ($a["gen_ai.response.model"] // $a["server.address"]),
   $a["token_cost.source"], $a["token_cost.approved"], $a["token_cost.priced"], .asInt] | @tsv
