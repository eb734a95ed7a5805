package dialect

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// langfuse is the Langfuse SDKs. Usage is JSON with disjoint buckets: "input"
// and "output" exclude whatever stands in a bucket of its own.
var langfuse = dialect{
	name: "langfuse",
	keys: []key{
		word("langfuse.observation.type", observation, 0),
		word("langfuse.observation.model.name", anyModel, 0),
		word("langfuse.observation.metadata.ls_provider", provider, langChainRank).quoted(), // LangChain's
		word("langfuse.observation.metadata.ls_model_name", anyModel, 15).quoted(),
		blob("langfuse.observation.metadata.versions", metadataJSON, 2, paths(atText("@langchain/anthropic", clientVersion))), // in JavaScript, see langChainMetadata
		word("langfuse.observation.completion_start_time", completionStart, 0),
		blob("langfuse.observation.usage_details", usageJSON, 0, langfuseUsage()),
		blob("langfuse.observation.model.parameters", parametersJSON, 0, paths(at("stream", streaming), atText("service_tier", tierRequested))),
		costBlob(attrkey.LangfuseCostDetails, 0, paths(atCost("total", call.USD))),
	},
	fallback: 1,
	emitters: []emitter{{
		name:          "Langfuse",
		scopes:        []string{"langfuse*"},
		modelIsServed: true,
		totalProven:   true,
		wrapper:       true,
		clauses: []clause{
			{families: anthropic, when: ifStreamed, hides: call.ServedModel, tells: call.CacheWrites, lacks: status.Of(status.UsageEstimatedByEmitter)},
			{when: ifStreamed, hides: call.ServedModel, tells: call.CacheWrites},
			{families: anthropic, when: ifLangChainJS, tells: call.CacheWrites, lacks: status.Of(status.InputSideAmbiguous)},
			{tells: call.CacheWrites},
		},
		note:   "Every detail that the provider tells is a bucket, so a bucket that is missing is empty. Streams name the model asked for; tier and response id are not told. LangChain adds the count of message_start to Anthropic's streamed output. @langchain/anthropic for JavaScript excluded cache before 1.2.2, and Langfuse takes it off once more: where no version is told, the input can be too small.",
		source: "seen with 5.11.1, over @langchain/anthropic 0.3.34 and 1.5.11; langfuse #10592",
	}},
}

// langChainRank is of LangChain's spelling of the provider, which no other has.
const langChainRank = 16

// langfuseUsage reads the buckets. Usage in a provider's own shape, which the
// SDKs accept too, is inclusive as OpenAI's is.
func langfuseUsage() *node {
	n := paths(
		at("input", inputExcl),
		at("output", outputExcl),
		at("total", total),
		at("input_cached_tokens", cacheRead),
		at("input_cache_read", cacheRead),
		at("input_cache_read_tokens", cacheRead),
		at("cache_read_input_tokens", cacheRead),
		at("input_cache_write_tokens", cacheWrite),
		at("input_ephemeral_5m_input_tokens", write5m),
		at("input_ephemeral_1h_input_tokens", write1h),
		at("cache_creation_ephemeral_5m_input_tokens", write5m),
		at("cache_creation_ephemeral_1h_input_tokens", write1h),
		at("input_priority_cache_read", cacheRead).under("priority"),
		at("input_flex_cache_read", cacheRead).under("flex"),
		at("output_reasoning", reasoning),
		at("input_cache_creation_tokens", cacheWrite),
		at("cache_creation_input_tokens", cacheWrite),
		at("output_reasoning_tokens", reasoning),
		at("prompt_tokens", inputIncl),
		at("completion_tokens", outputIncl),
		at("input_tokens", inputIncl),
		at("output_tokens", outputIncl),
		at("total_tokens", total),
		at("prompt_tokens_details.cached_tokens", cacheRead),
		at("prompt_tokens_details.cache_write_tokens", cacheWrite),
		at("prompt_tokens_details.audio_tokens", inputAudio),
		at("input_tokens_details.cached_tokens", cacheRead),
		at("input_tokens_details.cache_write_tokens", cacheWrite),
		at("completion_tokens_details.reasoning_tokens", reasoning),
		at("completion_tokens_details.audio_tokens", outputAudio),
		at("output_tokens_details.reasoning_tokens", reasoning),
	)
	n.other = func(rd *record, name string, v int64) {
		switch name {
		case "input_cache_creation": // zero beside retentions that are told apart
			if v > 0 {
				rd.fill(cacheWrite, v, valid)
			}
			return
		case "input_priority", "output_priority_reasoning": // not taken off the whole (langchain)
			return
		case "input_audio_tokens", "input_audio":
			rd.fill(inputAudio, v, valid)
		case "output_audio_tokens", "output_audio":
			rd.fill(outputAudio, v, valid)
		case "input_image_tokens":
			rd.fill(inputImage, v, valid)
		case "output_image_tokens":
			rd.fill(outputImage, v, valid)
		}
		switch {
		case strings.HasPrefix(name, "input_"):
			rd.add(extraInput, v)
		case strings.HasPrefix(name, "output_"):
			rd.add(extraOutput, v)
		}
	}
	return n
}
