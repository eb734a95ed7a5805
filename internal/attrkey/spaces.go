package attrkey

// TelemetrySpaces are the first parts of attribute names that telemetry uses.
// Results are not written there: replacing results removes what stands under
// their prefix.
var TelemetrySpaces = []string{
	"ai", "anthropic", "aws", "claude_code", "client", "cloud", "code", "codex", "cursor", "db", "deployment", "embedding", "error",
	"event", "gcp", "gen_ai", "genkit", "github", "host", "http", "k8s", "langfuse", "langsmith", "litellm", "llm", "mastra", "messaging",
	"metadata", "mlflow", "net", "network", "openai", "openinference", "operation", "process", "reranker", "rpc", "server", "service",
	"session", "tag", "telemetry", "thread", "token_usage", "traceloop", "url", "user",
}
