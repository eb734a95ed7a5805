package dialect

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// liteLLM is LiteLLM's callback, in both generations. The model to price is
// the deployment's, not the alias that the response names.
var liteLLM = dialect{
	name: "litellm",
	keys: append([]key{
		word("litellm.provider.model", deployment, 0),
		word("litellm.call_id", marker, 0),
		flag("litellm.request.streaming", streaming),
		flag("litellm.cache_hit", cacheHit),
		cost("litellm.cost.total", call.USD, 9),
		currency("litellm.cost.currency"),
	}, onlyHere(
		blob("hidden_params", parametersJSON, 2, paths(append(liteLLMUsage("usage_object."), atText("cache_key", cacheKey))...)),
		blob("metadata.usage_object", usageJSON, 4, paths(liteLLMUsage("")...)),
	)...),
	fallback: 1,
	emitters: []emitter{{
		name:           "LiteLLM",
		scopes:         []string{"litellm*"},
		leaf:           leafIfUsage,
		requestIsPrice: true,
		clauses:        []clause{{in: call.Inclusive, out: call.Inclusive, hides: call.ServedModel}},
		note:           "Usage is normalised. An answer from LiteLLM's own cache repeats the usage of the call that filled it. Under a span of somebody else's, the SDK makes no span of its own but writes onto that one, where every call replaces the one before: what stands there is sighting_uncertain. USE_OTEL_LITELLM_REQUEST_SPAN=true gives each call its span.",
		source:         "seen with 1.106.2; litellm #11364, and source of the package",
	}},
}

// liteLLMUsage is where LiteLLM's own usage, under a name, has what its span
// leaves out. It is what Python prints of it.
func liteLLMUsage(under string) []path {
	return []path{
		at(under+"prompt_tokens_details.cached_tokens", cacheRead),
		at(under+"cache_read_input_tokens", cacheRead),
		at(under+"prompt_tokens_details.cache_write_tokens", cacheWrite),
		at(under+"prompt_tokens_details.cache_creation_tokens", cacheWrite),
		at(under+"cache_creation_input_tokens", cacheWrite),
		at(under+"prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens", write5m),
		at(under+"prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens", write1h),
		at(under+"prompt_tokens_details.audio_tokens", inputAudio),
		at(under+"completion_tokens_details.reasoning_tokens", reasoning),
		at(under+"completion_tokens_details.audio_tokens", outputAudio),
		at(under+"server_tool_use.web_search_requests", webSearch),
	}
}

// onForeignSpan tells whether LiteLLM wrote a call onto a span that another
// instrumentation began, which holds the last of the calls below it, however
// many there were. LiteLLM's own spans are told by their names where a tracer
// of another name makes them.
func (rd *record) onForeignSpan(sc *Scope, from *source) bool {
	if rd.hit&liteLLMHit == 0 || from.log || from.metric || sc.emitter == &liteLLM.emitters[0] {
		return false
	}
	switch from.name {
	case "litellm_request", "Received Proxy Server Request":
		return false
	}
	// By the newest conventions, spans are named by operation and model.
	op, model, _ := strings.Cut(from.name, " ")
	return op == "" || op != rd.text(operation) || model != rd.text(requestModel)
}

// liteLLMHit is the bit of keys that LiteLLM alone writes.
var liteLLMHit uint64

func init() {
	for d, dia := range registry {
		if dia == &liteLLM {
			liteLLMHit = 1 << d
		}
	}
}
