# Costs and calls by an attribute: jq -rs --arg by token_cost.team -f costs-by.jq FILE...
[ .[] | (.resourceSpans[]?.scopeSpans[].spans[]), (.resourceLogs[]?.scopeLogs[].logRecords[])
  | (.attributes // []) | map({key, value: (.value | to_entries[0].value)}) | from_entries
  | select(."token_cost.status") ]
| group_by(.[$by])[]
| [.[0][$by] // "(not told)", (map(."token_cost.total" // 0) | add), length, (map(select(."token_cost.total" == null)) | length)]
| @tsv
