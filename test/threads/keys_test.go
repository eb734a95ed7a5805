package threads_test

import (
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// spellingsOf are the keys that instrumentations were seen or documented to use,
// by the meter that they count.
var spellingsOf = map[string][]string{
	"input": {
		"gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt", "ai.usage.inputTokens", "ai.usage.promptTokens",
		"ai.usage.tokens", "llm.usage.prompt_tokens", "codex.turn.token_usage.input_tokens", "cursor.api.request.input_tokens",
	},
	"output": {
		"gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion", "ai.usage.outputTokens",
		"ai.usage.completionTokens", "llm.usage.completion_tokens", "codex.turn.token_usage.output_tokens", "cursor.api.request.output_tokens",
	},
	"cache_read": {
		"gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_read_tokens",
		"gen_ai.usage.details.cache_read_tokens", "gen_ai.usage.details.cache_read_input_tokens", "gen_ai.usage.input_tokens.cached",
		"gen_ai.usage.input_cached_tokens", "gen_ai.usage.cached_input_tokens", "gen_ai.usage.prompt_tokens_details.cached_tokens",
		"gen_ai.usage.prompt_tokens_details.cache_read", "gen_ai.usage.input_tokens_details.cached_tokens",
		"llm.token_count.prompt_details.cache_read", "ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens",
		"codex.turn.token_usage.cached_input_tokens", "cursor.api.request.cache_read_tokens",
	},
	"cache_write": {
		"gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
		"gen_ai.usage.cache_write_input_tokens", "gen_ai.usage.cache_write_tokens", "gen_ai.usage.details.cache_write_tokens",
		"gen_ai.usage.details.cache_creation_input_tokens", "gen_ai.usage.input_tokens.cache_write", "gen_ai.usage.input_cache_creation",
		"gen_ai.usage.prompt_tokens_details.cache_creation_tokens", "gen_ai.usage.prompt_tokens_details.cache_write",
		"llm.token_count.prompt_details.cache_write", "ai.usage.inputTokenDetails.cacheWriteTokens",
		"codex.turn.token_usage.cache_write_input_tokens", "cursor.api.request.cache_creation_tokens", "anthropic.cache_creation_input_tokens",
	},
	"reasoning": {
		"gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "gen_ai.usage.reasoning_output_tokens",
		"gen_ai.usage.output_tokens.reasoning", "gen_ai.usage.experimental.reasoning_tokens", "gen_ai.usage.details.reasoning_tokens",
		"gen_ai.usage.completion_tokens_details.reasoning_tokens", "gen_ai.usage.completion_tokens_details.reasoning",
		"llm.token_count.completion_details.reasoning", "llm.usage.reasoning_tokens", "ai.usage.reasoningTokens",
		"ai.usage.outputTokenDetails.reasoningTokens", "codex.usage.reasoning_output_tokens", "codex.turn.token_usage.reasoning_output_tokens",
	},
	"input.audio": {
		"gen_ai.usage.input_audio_tokens", "gen_ai.usage.details.input_audio_tokens", "gen_ai.usage.audio.input_tokens",
		"llm.token_count.prompt_details.audio",
	},
	"output.audio": {
		"gen_ai.usage.output_audio_tokens", "gen_ai.usage.details.output_audio_tokens", "gen_ai.usage.audio.output_tokens",
		"llm.token_count.completion_details.audio",
	},
	"input.image":      {"gen_ai.usage.image.input_tokens"},
	"output.image":     {"gen_ai.usage.image.output_tokens"},
	"cache_read.audio": {"gen_ai.usage.audio.cache_read.input_tokens"},
}

// leftAlone are keys beside usage that say nothing of it: whom to attribute a
// call to, what it was about, limits, and counts that could be read in two ways.
var leftAlone = []string{
	"gen_ai.conversation.id", "session.id", "langfuse.session.id", "traceloop.association.properties.session_id", "gcp.vertex.agent.session_id",
	"conversation.id", "cursor.conversation.id", "langsmith.trace.session_id", "thread.id", "user.id", "enduser.id", "enduser.pseudo.id",
	"langfuse.user.id", "gen_ai.user", "llm.user", "gen_ai.request.user", "traceloop.association.properties.user_id",
	"traceloop.association.properties.customer_id", "user.email", "user.account_uuid", "organization.id", "metadata.user_api_key_alias",
	"metadata.user_api_key_team_id", "litellm.team.id", "litellm.end_user.id", "litellm.api_key.hash", "cursor.user.id",
	"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.prompt.0.content", "gen_ai.completion.0.content",
	"llm.input_messages.0.message.content", "input.value", "output.value", "ai.prompt", "ai.response.text", "ai.response.toolCalls",
	"traceloop.entity.input", "traceloop.entity.output", "langfuse.observation.input", "langfuse.observation.output", "mlflow.spanInputs",
	"mlflow.spanOutputs", "gcp.vertex.agent.llm_request", "genkit:input", "gen_ai.usage.experimental.reasoning_tokens_limit",
	"llm.token_count.prompt_details.cache_input", "gen_ai.request.max_tokens", "gen_ai.request.reasoning.level",
}

// TestEverySpellingIsRead puts each key on a call beside counts that hold it.
func TestEverySpellingIsRead(t *testing.T) {
	p := newPricer(t, map[string]any{"signals": []any{map[string]any{"scope": "*", "signal": "traces"}}}, "")
	for meter, keys := range spellingsOf {
		for _, key := range keys {
			base := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini"}
			if meter != "input" {
				base["gen_ai.usage.input_tokens"] = 1000
			}
			if meter != "output" {
				base["gen_ai.usage.output_tokens"] = 500
			}
			if meter == "cache_read.audio" {
				base["gen_ai.usage.cache_read.input_tokens"] = 400
			}
			for _, value := range []any{77, "77", 77.0} {
				with := map[string]any{key: value}
				for k, v := range base {
					with[k] = v
				}
				got := readOne(t, p, "acme.llm", with)
				if got[meter] != 77 {
					t.Errorf("%s: %T %v is read as %v, and should be %s", key, value, value, got, meter)
				}
			}
		}
	}
}

// TestOtherKeysAreLeftAlone puts keys that are none of a price's business on a
// call, and on a span that is none.
func TestOtherKeysAreLeftAlone(t *testing.T) {
	p := newPricer(t, nil, "")
	base := map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.response.model": "gpt-4o-mini",
		"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 500,
	}
	before := verdictOn(p, base)
	for _, key := range leftAlone {
		for _, value := range []any{77, "77", `{"usage":{"input_tokens":77,"output_tokens":77}}`} {
			with := map[string]any{key: value}
			for k, v := range base {
				with[k] = v
			}
			if after := verdictOn(p, with); strings.Join(after.lines, "") != strings.Join(before.lines, "") || after.sum.Cmp(before.sum) != 0 {
				t.Errorf("%s: %v changes\n%v into\n%v", key, value, before.lines, after.lines)
			}
			if alone := verdictOn(p, map[string]any{key: value}); len(alone.lines) > 0 {
				t.Errorf("%s: %v alone makes a call: %v", key, value, alone.lines)
			}
		}
	}
}

func spanWith(scope string, with map[string]any) (ptrace.Traces, pcommon.Map) {
	td := ptrace.NewTraces()
	span := newSpan(td, scope, "", 1, 0, 0, 100)
	if err := span.Attributes().FromRaw(with); err != nil {
		panic(err) // of a table in this package
	}
	return td, span.Attributes()
}

func readOne(t *testing.T, p *pricer.Pricer, scope string, with map[string]any) (got map[string]int64) {
	t.Helper()
	td, _ := spanWith(scope, with)
	p.Traces(t.Context(), td, func(v *pricer.Visited) { got = read(v.Call) })
	return got
}

func verdictOn(p *pricer.Pricer, with map[string]any) verdict {
	td, _ := spanWith("acme.llm", with)
	return price(p, td)
}
