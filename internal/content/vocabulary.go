package content

import "slices"

// form says how the value of a key is read.
type form uint8

const (
	text  form = iota // text as it is
	parts             // text, or the JSON of a list of parts, each with a type or a text
	talk              // JSON of messages, of a provider's request or of its response; else text
	raw               // JSON that the model gets as such, and text
	role              // the beginning of a message
	other             // no text
)

// key is an attribute that carries content.
type key struct {
	pattern string // * stands for a number
	as      form
	extra   bool // what adds to messages and is none: recorded without them, it tells nothing
}

// vocabulary is a way to record content: attributes, or events of a span with
// these names and attributes.
type vocabulary struct {
	sides  [2][]key // the first key of a side names it
	events []string // for the input; the last one is for the output
	each   bool     // every event is a message
}

func (v *vocabulary) event(name string, s Side) bool {
	if s == Output {
		return name == v.events[len(v.events)-1]
	}
	return slices.Contains(v.events[:max(1, len(v.events)-1)], name)
}

var (
	conventions = [2][]key{
		{{"gen_ai.input.messages", talk, false}, {"gen_ai.system_instructions", talk, true}, {"gen_ai.tool.definitions", raw, true}},
		{{"gen_ai.output.messages", talk, false}},
	}
	messages = [2][]key{
		{
			{"content", parts, false},
			{"gen_ai.event.content", talk, false},
			{"tool_calls", talk, false},
			{"gen_ai.system_instructions", talk, true},
			{"gen_ai.tool.definitions", raw, true},
		},
		{{"message", talk, false}, {"content", parts, false}, {"gen_ai.event.content", talk, false}, {"tool_calls", talk, false}},
	}
)

// vocabularies are in the order in which they are tried: those that tell
// messages apart, then what an instrumentation copies of requests and
// responses, and at last what frameworks record of functions around the call.
// The keys are those of docs/dialects.md and of the instrumentations named.
var vocabularies = []vocabulary{
	{sides: conventions},
	{sides: conventions, events: []string{"gen_ai.client.inference.operation.details"}},
	{sides: [2][]key{ // OpenLLMetry
		{
			{"gen_ai.prompt.*.content", parts, false},
			{"gen_ai.prompt.*.tool_calls.*.name", text, false},
			{"gen_ai.prompt.*.tool_calls.*.arguments", raw, false},
			{"gen_ai.prompt.*.role", role, true},
			{"llm.request.functions.*.name", text, true},
			{"llm.request.functions.*.description", text, true},
			{"llm.request.functions.*.parameters", raw, true},
		},
		{
			{"gen_ai.completion.*.content", parts, false},
			{"gen_ai.completion.*.reasoning", text, true},
			{"gen_ai.completion.*.tool_calls.*.name", text, false},
			{"gen_ai.completion.*.tool_calls.*.arguments", raw, false},
		},
	}},
	{sides: [2][]key{openInference("llm.input_messages.*.message.", key{"llm.tools.*.tool.json_schema", raw, true}), openInference("llm.output_messages.*.message.")}},
	{sides: [2][]key{{{"llm.prompts.*.prompt.text", text, false}}, {{"llm.choices.*.completion.text", text, false}}}},
	{sides: [2][]key{{{"embedding.embeddings.*.embedding.text", text, false}}}},
	{sides: [2][]key{ // Vercel AI SDK
		{{"ai.prompt.messages", talk, false}, {"ai.prompt.tools", raw, true}},
		{{"ai.response.text", text, false}, {"ai.response.object", raw, false}, {"ai.response.toolCalls", talk, false}, {"ai.response.reasoning", text, false}},
	}},
	{sides: [2][]key{{{"ai.prompt", talk, false}}}},
	{sides: [2][]key{{{"ai.value", talk, false}, {"ai.values", talk, false}}}},
	{sides: [2][]key{ // Sentry
		{{"gen_ai.request.messages", talk, false}, {"gen_ai.request.available_tools", raw, true}},
		{{"gen_ai.response.text", talk, false}, {"gen_ai.response.object", raw, false}, {"gen_ai.response.tool_calls", talk, false}},
	}},
	{sides: [2][]key{{{"gen_ai.prompt", talk, false}}, {{"gen_ai.completion", talk, false}}}}, // LangSmith, OpenLIT until 1.33
	{sides: [2][]key{{{"gen_ai.content.prompt", talk, false}}, {{"gen_ai.content.completion", talk, false}}}},
	{ // the conventions until 1.36
		sides: messages, each: true,
		events: []string{"gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message", "gen_ai.choice"},
	},
	{
		sides:  [2][]key{{{"gen_ai.prompt", talk, false}}, {{"gen_ai.completion", talk, false}}},
		events: []string{"gen_ai.content.prompt", "gen_ai.content.completion"},
	},
	{sides: [2][]key{{{"gcp.vertex.agent.llm_request", talk, false}}, {{"gcp.vertex.agent.llm_response", talk, false}}}},
	{sides: [2][]key{{{"genkit:input", talk, false}}, {{"genkit:output", talk, false}}}},
	{sides: [2][]key{{{"langfuse.observation.input", talk, false}}, {{"langfuse.observation.output", talk, false}}}},
	{sides: [2][]key{{{"mlflow.spanInputs", talk, false}}, {{"mlflow.spanOutputs", talk, false}}}},
	{sides: [2][]key{{{"input.value", talk, false}}, {{"output.value", talk, false}}}},
	{sides: [2][]key{{{"traceloop.entity.input", talk, false}}, {{"traceloop.entity.output", talk, false}}}},
}

// openInference are the keys of a message of OpenInference.
func openInference(prefix string, more ...key) []key {
	return append([]key{
		{prefix + "content", text, false},
		{prefix + "contents.*.message_content.text", text, false},
		{prefix + "contents.*.message_content.image.image.url", other, false},
		{prefix + "contents.*.message_content.audio.audio.url", other, false},
		{prefix + "tool_calls.*.tool_call.function.name", text, false},
		{prefix + "tool_calls.*.tool_call.function.arguments", raw, false},
		{prefix + "function_call_name", text, false},
		{prefix + "function_call_arguments_json", raw, false},
		{prefix + "role", role, true},
	}, more...)
}

// match tells whether a name is of a pattern, in which * stands for a number.
func match(pattern, name string) bool {
	i := 0
	for k := range len(pattern) {
		if pattern[k] != '*' {
			if i == len(name) || name[i] != pattern[k] {
				return false
			}
			i++
			continue
		}
		from := i
		for i < len(name) && name[i] >= '0' && name[i] <= '9' {
			i++
		}
		if i == from {
			return false
		}
	}
	return i == len(name)
}
