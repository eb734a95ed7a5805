package attrkey

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// TelemetrySpaces are the first parts of attribute names that telemetry uses.
// Results are not written there: replacing results removes what stands under
// their prefix.
var TelemetrySpaces = []string{
	"ai", "anthropic", "aws", "claude_code", "client", "cloud", "code", "codex", "cursor", "db", "deployment", "embedding", "error",
	"event", "gcp", "gen_ai", "genkit", "github", "host", "http", "k8s", "langfuse", "langsmith", "litellm", "llm", "mastra", "messaging",
	"metadata", "mlflow", "net", "network", "openai", "openinference", "operation", "process", "reranker", "rpc", "server", "service",
	"session", "tag", "telemetry", "thread", "token_usage", "traceloop", "url", "user",
}

var prefixSyntax = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z0-9_]+)*$`)

// CheckPrefix tells what is wrong with a prefix of results, beginning with the key prefix.
func CheckPrefix(prefix string) error {
	if !prefixSyntax.MatchString(prefix) || len(prefix) > 64 {
		return fmt.Errorf("prefix: %q is not allowed; use letters, digits, underscores and dots, at most 64, such as %s", prefix, DefaultPrefix)
	}
	if space, _, _ := strings.Cut(prefix, "."); slices.Contains(TelemetrySpaces, space) {
		return fmt.Errorf("prefix: %q is, or lies within, a name space that telemetry uses (%s)", prefix, space)
	}
	return nil
}
