package content

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/jsonscan"
)

const maxDepth = jsonscan.MaxDepth

// placeholders stand where an emitter or a processor took content out:
// OpenInference writes __REDACTED__, Claude Code <REDACTED>, Codex [REDACTED],
// the redaction processor asterisks.
var placeholders = map[string]bool{
	"__REDACTED__": true, "<REDACTED>": true, "[REDACTED]": true, "REDACTED": true, "<redacted>": true, "[redacted]": true, "****": true, "***": true,
	"[Filtered]": true, "[FILTERED]": true, "[truncated]": true, "<truncated>": true,
}

func isPlaceholder(s string) bool { return len(s) <= 16 && placeholders[s] }

// isData tells whether a text is a data URL, which carries a file. No text
// that somebody wrote begins so.
func isData(s string) bool {
	if !strings.HasPrefix(s, "data:") {
		return false
	}
	head, _, ok := strings.Cut(s[:min(len(s), 128)], ",")
	return ok && strings.HasSuffix(head, ";base64")
}
