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
	field    string // of the object that the attribute holds; empty is the attribute itself
	resource bool   // on the resource, not on the record
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
			place, _, err := parse(row.Key)
			if err != nil {
				return nil, err
			}
			record = append(record, place)
			place.resource = true
			resource = append(resource, place)
		}
		return append(record, resource...), nil
	}
	var out []source
	for _, text := range from {
		place, onlyResource, err := parse(text)
		if err != nil {
			return nil, err
		}
		if !onlyResource {
			out = append(out, place)
		}
		place.resource = true
		out = append(out, place)
	}
	return out, nil
}

// parse reads a place: an attribute key, which is looked for on the record and
// then on its resource, or resource.attributes["key"], which is looked for on
// the resource only; either followed by ["field"] for a field of the object
// that the attribute holds.
func parse(text string) (place source, onlyResource bool, err error) {
	key, rest := text, ""
	if inner, ok := strings.CutPrefix(text, "resource.attributes"); ok {
		key, rest, onlyResource = cutIndex(inner)
	} else if i := strings.IndexByte(text, '['); i >= 0 {
		key, rest = text[:i], text[i:]
	}
	field, ok := "", true
	if rest != "" {
		field, rest, ok = cutIndex(rest)
	}
	switch {
	case !ok, rest != "", !plain(key), field != "" && !plain(field), key == "attributes", strings.HasSuffix(key, ".attributes"):
		return source{}, false, fmt.Errorf(`from: %q is not allowed; use an attribute key such as app.team, app.metadata["team"] for a field of an object in it, or resource.attributes["app.team"] to look on the resource only`, text)
	case isContent(key):
		return source{}, false, fmt.Errorf("from: %q is recorded content, which is never attributed to; use an attribute that holds an identifier", text)
	}
	return source{key: key, field: field}, onlyResource, nil
}

// cutIndex cuts ["name"] from the beginning of a text.
func cutIndex(text string) (name, rest string, ok bool) {
	text, ok = strings.CutPrefix(text, `["`)
	if !ok {
		return "", text, false
	}
	return strings.Cut(text, `"]`)
}

// plain tells whether a name can be that of an attribute or a field.
func plain(name string) bool { return name != "" && !strings.ContainsAny(name, "[]\"' \t\n\\") }

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
