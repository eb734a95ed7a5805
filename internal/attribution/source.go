package attribution

import (
	"fmt"
	"slices"
	"strings"
)

// source is one place where a value may stand. Places are tried in the order of
// their rank.
type source struct {
	key      string
	resource bool // on the resource, not on the record
}

// sources lists the places for a dimension in the order in which they count:
// those of from, or of the default keys if from is empty.
//
// Default keys are looked for on the record first, all of them, and then on the
// resource: what describes the call beats what describes its process. Keys that
// somebody listed count in the order of the list.
func sources(d Dimension, from []string) ([]source, error) {
	if len(from) == 0 {
		var record, resource []source
		for _, row := range Defaults(d) {
			record = append(record, source{row.Key, false})
			resource = append(resource, source{row.Key, true})
		}
		return append(record, resource...), nil
	}
	var out []source
	for _, text := range from {
		key, onlyResource, err := ParseSource(text)
		if err != nil {
			return nil, err
		}
		if !onlyResource {
			out = append(out, source{key, false})
		}
		out = append(out, source{key, true})
	}
	return out, nil
}

const (
	resourceOpen  = `resource.attributes["`
	resourceClose = `"]`
)

// ParseSource reads an entry of from: an attribute key, which is looked for on
// the record and then on its resource, or resource.attributes["key"], which is
// looked for on the resource only.
func ParseSource(text string) (key string, onlyResource bool, err error) {
	key = text
	if inner, ok := strings.CutPrefix(text, resourceOpen); ok {
		key, onlyResource = strings.CutSuffix(inner, resourceClose)
	}
	switch {
	case key == "", strings.ContainsAny(key, "[]\"' \t\n"):
		return "", false, fmt.Errorf(`from: %q is not allowed; use an attribute key such as app.team, or %sapp.team%s to look on the resource only`, text, resourceOpen, resourceClose)
	case isContent(key):
		return "", false, fmt.Errorf("from: %q is recorded content, which is never attributed to; use an attribute that holds an identifier", text)
	}
	return key, onlyResource, nil
}

// content lists the keys under which instrumentations record prompts and
// completions, or after which such keys continue with a dot.
var content = []string{
	"ai.prompt", "ai.response.object", "ai.response.reasoning", "ai.response.text", "ai.response.toolCalls", "gcp.vertex.agent.llm_request",
	"gcp.vertex.agent.llm_response", "gen_ai.completion", "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.prompt", "gen_ai.system_instructions",
	"genkit:input", "genkit:output", "input.value", "langfuse.observation.input", "langfuse.observation.output", "langfuse.trace.input",
	"langfuse.trace.output", "llm.completions", "llm.input_messages", "llm.output_messages", "llm.prompts", "mlflow.spanInputs", "mlflow.spanOutputs",
	"output.value", "traceloop.entity.input", "traceloop.entity.output",
}

func isContent(key string) bool {
	if key == "gen_ai.prompt.name" || key == "gen_ai.prompt.version" {
		return false // of a prompt that is kept elsewhere, by convention
	}
	return slices.ContainsFunc(content, func(c string) bool {
		return strings.HasPrefix(key, c) && (len(key) == len(c) || key[len(c)] == '.')
	})
}
