package content

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// collected is what a side was found to hold.
type collected struct {
	Found
	pieces []string
}

func collect(span ptrace.Span, side Side) collected {
	var c collected
	c.Found = OfSpan(span, side, func(s string) bool { c.pieces = append(c.pieces, s); return true })
	return c
}

// spanOf makes a span of attributes; a key with a space names an event and its attribute.
func spanOf(t *testing.T, attrs map[string]any) ptrace.Span {
	t.Helper()
	span := ptrace.NewSpan()
	own := map[string]any{}
	for k, v := range attrs {
		event, name, ok := strings.Cut(k, " ")
		if !ok {
			own[k] = v
			continue
		}
		e := span.Events().AppendEmpty()
		e.SetName(event)
		require.NoError(t, e.Attributes().FromRaw(map[string]any{name: v}))
	}
	require.NoError(t, span.Attributes().FromRaw(own))
	return span
}

func TestEveryVocabularyIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		attrs    map[string]any
		in, out  string // pieces in any order, sorted by the test
		messages int64
		other    bool
	}{
		"the conventions": {attrs: map[string]any{
			"gen_ai.system_instructions": `[{"type":"text","content":"Be brief."}]`,
			"gen_ai.input.messages":      `[{"role":"user","parts":[{"type":"text","content":"Weather in \"Bern\"?\nNow."}]},{"role":"assistant","parts":[{"type":"tool_call","id":"x","name":"lookup","arguments":{"city":"Bern"}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"x","response":"rain"}]}]`,
			"gen_ai.output.messages":     `[{"role":"assistant","parts":[{"type":"reasoning","content":"Hm."},{"type":"text","content":"Rain \ud83d\ude00."}],"finish_reason":"stop"}]`,
			"gen_ai.tool.definitions":    `[{"type":"function","name":"lookup"}]`,
		}, in: "Be brief.|Weather in \"Bern\"?\nNow.|[{\"type\":\"function\",\"name\":\"lookup\"}]|lookup|rain|{\"city\":\"Bern\"}", out: "Hm.|Rain 😀.", messages: 3},
		"the conventions, structured": {attrs: map[string]any{
			"gen_ai.input.messages":  []any{map[string]any{"role": "user", "parts": []any{map[string]any{"type": "text", "content": "Hi"}, map[string]any{"type": "blob", "content": "AAAA"}}}},
			"gen_ai.output.messages": []any{map[string]any{"role": "assistant", "parts": []any{map[string]any{"type": "text", "content": "Hello"}}}},
		}, in: "Hi", out: "Hello", messages: 1, other: true},
		"details as an event of the span": {attrs: map[string]any{
			"gen_ai.client.inference.operation.details gen_ai.input.messages":  `[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]`,
			"gen_ai.client.inference.operation.details gen_ai.output.messages": `[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]`,
		}, in: "Hi", out: "Hello", messages: 1},
		"OpenLLMetry": {attrs: map[string]any{
			"gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "Be brief.",
			"gen_ai.prompt.1.role": "user", "gen_ai.prompt.1.content": `[{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]`,
			"gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "Hello", "gen_ai.completion.0.tool_calls.0.name": "f", "gen_ai.completion.0.tool_calls.0.arguments": `{"a": 1}`,
		}, in: "Be brief.|Hi", out: `Hello|f|{"a": 1}`, messages: 2, other: true},
		"OpenInference": {attrs: map[string]any{
			"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.contents.0.message_content.type": "text",
			"llm.input_messages.0.message.contents.0.message_content.text": "Hi", "llm.input_messages.0.message.contents.1.message_content.image.image.url": "https://example.com/a.png",
			"llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": "Hello",
			"llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "f", "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": `{"a":1}`,
			"input.value": `{"messages":[{"role":"user","content":"Hi"}]}`, "output.value": `{"choices":[{"message":{"content":"Hello"}}]}`,
		}, in: "Hi", out: `Hello|f|{"a":1}`, messages: 1, other: true},
		"OpenInference embeddings": {attrs: map[string]any{"embedding.embeddings.0.embedding.text": "one", "embedding.embeddings.1.embedding.text": "two"}, in: "one|two"},
		"AI SDK": {attrs: map[string]any{
			"ai.prompt": `{"prompt":"Hi"}`, "ai.prompt.messages": `[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"file","data":"AAAA"}]}]`, "ai.prompt.tools": []any{`{"type":"function","name":"f"}`},
			"ai.response.text": "Hello", "ai.response.toolCalls": `[{"toolCallId":"1","toolName":"f","input":{"a":1}},{"toolCallId":"2","toolName":"g","args":"{}"}]`,
		}, in: `Hi|{"type":"function","name":"f"}`, out: `Hello|f|g|{"a":1}|{}`, messages: 1, other: true},
		"AI SDK, the prompt alone": {attrs: map[string]any{"ai.prompt": `{"system":"Be brief.","prompt":"Hi"}`}, in: "Be brief.|Hi"},
		"AI SDK embeddings":        {attrs: map[string]any{"ai.values": []any{`"one"`, `"two"`}}, in: "one|two"},
		"events of messages": {attrs: map[string]any{
			"gen_ai.system.message content": "Be brief.", "gen_ai.user.message content": `[{"text":"Hi"}]`, "gen_ai.choice message": `{"role":"assistant","content":"Hello"}`,
		}, in: `Be brief.|Hi`, out: "Hello", messages: 2},
		"events of prompts": {attrs: map[string]any{"gen_ai.content.prompt gen_ai.prompt": `[{"role":"user","content":"Hi"}]`, "gen_ai.content.completion gen_ai.completion": "Hello"}, in: "Hi", out: "Hello", messages: 1},
		"ADK": {attrs: map[string]any{
			"gcp.vertex.agent.llm_request":  `{"model":"gemini-2.5-pro","contents":[{"role":"user","parts":[{"text":"Hi"},{"inlineData":{"data":"AAAA"}}]}],"config":{"systemInstruction":"Be brief.","tools":[{"name":"f"}],"temperature":1}}`,
			"gcp.vertex.agent.llm_response": `{"content":{"role":"model","parts":[{"text":"Hello"},{"functionCall":{"name":"f","args":{"a":1}}}]},"usageMetadata":{"promptTokenCount":6151}}`,
		}, in: `Be brief.|Hi|[{"name":"f"}]`, out: `Hello|f|{"a":1}`, messages: 1, other: true},
		"Genkit": {attrs: map[string]any{
			"genkit:input":  `{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"config":{"temperature":1}}`,
			"genkit:output": `{"message":{"role":"model","content":[{"text":"Hello"}]},"usage":{"inputTokens":1},"raw":{"candidates":[{"content":{"parts":[{"text":"Hello"}]}}]}}`,
		}, in: "Hi", out: "Hello", messages: 1},
		"a request and a response of OpenAI": {attrs: map[string]any{
			"input.value":  `{"model":"gpt-4o","instructions":"Be brief.","input":[{"role":"user","content":[{"type":"input_text","text":"Hi"}]},{"type":"function_call_output","call_id":"x","output":"42"}],"text":{"format":{"type":"text"}},"reasoning":{"effort":"high","summary":"auto"}}`,
			"output.value": `{"id":"resp_1","instructions":"Be brief.","tools":[{"name":"f"}],"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello","annotations":[]}]},{"type":"function_call","name":"f","arguments":"{\"a\":1}"}],"usage":{"input_tokens":1}}`,
		}, in: "42|Be brief.|Hi", out: `Hello|Hm.|f|{"a":1}`, messages: 1},
		"a result of LangChain, which tells the text twice": {attrs: map[string]any{
			"input.value":  `{"messages":[[{"lc":1,"type":"constructor","id":["langchain_core","messages","HumanMessage"],"kwargs":{"content":"Hi","additional_kwargs":{}}}]]}`,
			"output.value": `{"generations":[[{"text":"Hello","message":{"lc":1,"type":"constructor","kwargs":{"content":"Hello","additional_kwargs":{"id":"x"}}}}]]}`,
		}, in: "Hi", out: "Hello"},
		"text":                        {attrs: map[string]any{"langfuse.observation.input": "Hi [there]", "langfuse.observation.output": "[sic] Hello"}, in: "Hi [there]", out: "[sic] Hello"},
		"quoted text":                 {attrs: map[string]any{"input.value": `"Hi"`, "output.value": `"Hello`}, in: "Hi", out: `"Hello`},
		"parameters without messages": {attrs: map[string]any{"gen_ai.tool.definitions": `[{"name":"f"}]`, "gen_ai.prompt.name": "p", "input.value": `{"model":"gpt-4o","temperature":1}`}},
	} {
		t.Run(name, func(t *testing.T) {
			span := spanOf(t, c.attrs)
			in, out := collect(span, Input), collect(span, Output)
			require.Equal(t, split(c.in), sorted(in.pieces))
			require.Equal(t, split(c.out), sorted(out.pieces))
			require.Equal(t, c.in != "", in.Whole())
			require.Equal(t, c.out != "", out.Whole())
			require.Equal(t, c.messages, in.Messages)
			require.Equal(t, c.other, in.Other)
		})
	}
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return sorted(strings.Split(s, "|"))
}

func TestWhatIsNotWholeIsSaidToBe(t *testing.T) {
	for name, attrs := range map[string]map[string]any{
		"JSON that is cut off":              {"gen_ai.input.messages": `[{"role":"user","parts":[{"type":"text","content":"Hi`},
		"parts that are cut off":            {"gen_ai.prompt.0.content": `[{"type":"text","text":"Hi`},
		"a body that is cut off":            {"input.value": `{"messages":[`},
		"a placeholder":                     {"llm.input_messages.0.message.content": "__REDACTED__"},
		"a placeholder within":              {"gen_ai.input.messages": `[{"role":"user","parts":[{"type":"text","content":"[REDACTED]"}]}]`},
		"a placeholder after text":          {"gen_ai.prompt.0.content": "Hi", "gen_ai.prompt.1.content": "[REDACTED]"},
		"JSON nested deeper than is walked": {"gen_ai.input.messages": strings.Repeat("[", 99) + strings.Repeat("]", 99)},
	} {
		t.Run(name, func(t *testing.T) {
			attrs["traceloop.entity.input"] = "Hi"
			got := collect(spanOf(t, attrs), Input)
			require.True(t, got.Cut)
			require.False(t, got.Whole())
		})
	}
}

func TestStructuredValuesNestedTooDeepAreNotWhole(t *testing.T) {
	for _, key := range []string{"content", "arguments"} {
		span := ptrace.NewSpan()
		message := span.Attributes().PutEmptySlice("gen_ai.input.messages").AppendEmpty().SetEmptyMap()
		message.PutStr("thinking", "Hi")
		v := message.PutEmpty(key)
		for range 100_000 {
			v = v.SetEmptyMap().PutEmpty("content")
		}
		v.SetStr("deep")
		got := collect(span, Input)
		require.True(t, got.Cut, key)
		require.False(t, got.Whole(), key)
	}
}

func TestBytesAreNoText(t *testing.T) {
	span := ptrace.NewSpan()
	part := span.Attributes().PutEmptySlice("gen_ai.input.messages").AppendEmpty().SetEmptyMap()
	part.PutStr("content", "Hi")
	part.PutEmptyBytes("arguments").FromRaw([]byte{1, 2, 3})
	got := collect(span, Input)
	require.True(t, got.Other)
	require.Equal(t, []string{"Hi"}, got.pieces)
}

func TestATakerThatHasEnoughEndsTheReading(t *testing.T) {
	span := spanOf(t, map[string]any{"gen_ai.input.messages": `[{"role":"user","content":"one"},{"role":"user","content":"two"}]`})
	n := 0
	got := OfSpan(span, Input, func(string) bool { n++; return false })
	require.Equal(t, 1, n)
	require.False(t, got.Whole())
}

func TestTheFirstVocabularyWithTextIsRead(t *testing.T) {
	span := spanOf(t, map[string]any{
		"gen_ai.input.messages":   `[{"role":"user","parts":[{"type":"text"}]}]`, // content is not captured
		"gen_ai.prompt.0.content": "Hi", "input.value": "Hi",
	})
	got := collect(span, Input)
	require.Equal(t, []string{"Hi"}, got.pieces)
	require.Equal(t, "gen_ai.prompt.*.content", got.Vocabulary)
}

func TestARecordsBodyIsReadWhereItsAttributesHaveNone(t *testing.T) {
	record := plog.NewLogRecord()
	require.NoError(t, record.Body().SetEmptyMap().FromRaw(map[string]any{"gen_ai.input.messages": []any{map[string]any{"role": "user", "content": "Hi"}}}))
	var pieces []string
	take := func(s string) bool { pieces = append(pieces, s); return true }
	require.True(t, func() bool { f := OfLog(record, Input, take); return f.Whole() }())
	require.Equal(t, []string{"Hi"}, pieces)
	record.Attributes().PutStr("gen_ai.input.messages", `[{"role":"user","content":"Hello"}]`)
	pieces = nil
	OfLog(record, Input, take)
	require.Equal(t, []string{"Hello"}, pieces)
}

func TestJSONStringsAreWhatTheyStandFor(t *testing.T) {
	for raw, want := range map[string]string{
		`plain`: "plain", `\"\\\/\b\f\n\r\t`: "\"\\/\b\f\n\r\t", `\u00e9\u20ac`: "é€", `\ud83d\ude00!`: "😀!",
		`\ud83d`: "\ufffd", `\ud83dx`: "\ufffdx", `\ude00\ud83d`: "\ufffd\ufffd", `\u00`: "\ufffd00", `\uzzzz`: "\ufffdzzzz", `\`: `\`,
	} {
		require.Equal(t, want, unescape(raw), raw)
	}
}

// FuzzContent reads any text as any attribute: nothing panics, and no more
// text comes out than went in. Structured values give what their JSON gives.
func FuzzContent(f *testing.F) {
	f.Add(`[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]`, "gen_ai.input.messages", false)
	f.Add(`{"messages":[{"role":"user","content":[{"type":"image_url","image_url":"x"}]}],"tools":[{"name":"f"}]}`, "input.value", true)
	f.Add(`{"generations":[[{"text":"a","message":{"kwargs":{"content":"a"}}}]]}`, "output.value", true)
	f.Fuzz(func(t *testing.T, value, key string, output bool) {
		span := ptrace.NewSpan()
		span.Attributes().PutStr(key, value)
		e := span.Events().AppendEmpty()
		e.SetName("gen_ai.user.message")
		e.Attributes().PutStr("content", value)
		side := Input
		if output {
			side = Output
		}
		n := 0
		OfSpan(span, side, func(s string) bool { n += len(s); return true })
		if n > 3*len(value) { // \x1 of JSON are at most one character of three bytes
			t.Fatalf("%d bytes of %d", n, len(value))
		}
		var v pcommon.Value = span.Attributes().PutEmpty(key)
		_ = v.FromRaw(map[string]any{"content": value, "parts": []any{value}, "arguments": map[string]any{"a": value}})
		OfSpan(span, side, func(string) bool { return true })
	})
}

// TestTheDocumentNamesTheVocabulariesInTheirOrder holds docs/counting-tokens.md
// to the table.
func TestTheDocumentNamesTheVocabulariesInTheirOrder(t *testing.T) {
	text, err := os.ReadFile("../../docs/counting-tokens.md")
	require.NoError(t, err)
	_, list, _ := strings.Cut(string(text), "## What is counted")
	at := 0
	for _, v := range vocabularies {
		names := append([]string(nil), v.events...)
		for _, keys := range v.sides {
			if len(keys) > 0 && len(v.events) != 5 {
				names = append(names, keys[0].pattern)
			}
		}
		first := len(list)
		for _, name := range names {
			i := strings.Index(list, "`"+name+"`")
			require.GreaterOrEqual(t, i, 0, name)
			first = min(first, i)
		}
		if len(v.events) == 0 {
			require.GreaterOrEqual(t, first, at, names)
			at = first
		}
	}
}

// BenchmarkContent finds text without counting it.
func BenchmarkContent(b *testing.B) {
	prose := strings.Repeat("The price of a call is the sum over its meters.\\n", 20_000)
	for name, value := range map[string]string{
		"messages":    `[{"role":"user","parts":[{"type":"text","content":"` + prose + `"}]}]`,
		"nested deep": strings.Repeat(`{"message":`, 22) + `{"content":"` + prose + `"}` + strings.Repeat("}", 22),
		"an image":    `[{"role":"user","parts":[{"type":"blob","content":"` + strings.Repeat("iVBORw0KGgo", 100_000) + `"}]}]`,
	} {
		b.Run(name, func(b *testing.B) {
			span := ptrace.NewSpan()
			span.Attributes().PutStr("gen_ai.input.messages", value)
			b.SetBytes(int64(len(value)))
			b.ReportAllocs()
			for b.Loop() {
				OfSpan(span, Input, func(string) bool { return true })
			}
		})
	}
}
