package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// mlflow is MLflow Tracing, whose attributes are JSON, strings included.
// Whether its input includes cache is not known.
var mlflow = dialect{
	name: "mlflow",
	keys: []key{
		word("mlflow.spanType", spanType, 3),
		word("mlflow.llm.model", anyModel, 6).quoted(),
		word("mlflow.llm.provider", provider, 20).quoted(),
		blob("mlflow.chat.tokenUsage", usageJSON, 3, paths(
			at("input_tokens", input),
			at("output_tokens", output),
			at("total_tokens", total),
			at("cache_read_input_tokens", cacheRead),
			at("cache_creation_input_tokens", cacheWrite),
		)),
		costBlob("mlflow.llm.cost", 1, paths(atCost("total_cost", call.USD))),
	},
}
