package dialect

import "slices"

// The tables in this file say where usage stands in recorded response bodies,
// which are read only if the configuration says so.

// responseBody stands for the table of the family that the call turns out to be of.
var responseBody = &node{}

// langChain is where LangChain's result keeps the provider's.
const langChain = "generations.0.0.message.kwargs."

var (
	googleBody = paths(append(geminiUsage("usageMetadata"), atText("modelVersion", responseModel))...)

	anthropicBody = paths(slices.Concat(
		anthropicUsage("usage"),
		anthropicUsage(langChain+"response_metadata.usage"),
		langChainInput(langChain+"usage_metadata.input_token_details."),
		[]path{
			atText("model", responseModel),
			atText("id", responseID),
			atText(langChain+"response_metadata.model", responseModel),
			atText(langChain+"response_metadata.id", responseID),
		},
	)...)

	bedrockBody = paths(slices.Concat(
		anthropicUsage("usage"),
		[]path{
			at("usage.inputTokens", inputExcl).telling(cacheFacts),
			at("usage.outputTokens", outputIncl),
			at("usage.totalTokens", providerTotal),
			at("usage.cacheReadInputTokens", cacheRead),
			at("usage.cacheWriteInputTokens", cacheWrite),
			atList("usage.cacheDetails", "ttl", "inputTokens", map[string]number{"5m": write5m, "1h": write1h}),
		},
	)...)

	openAIBody = paths(slices.Concat(
		openAIUsage(""),
		openAIUsage("0."),
		openAIUsage(langChain+"response_metadata."),
		[]path{atText(langChain+"response_metadata.model_name", responseModel)},
	)...)
)

// openAIUsage is where OpenAI's responses, of both APIs, have usage and what
// belongs to it. All details are there that are not zero.
func openAIUsage(under string) []path {
	return slices.Concat(openAIDetails(under+"usage"), []path{
		at(under+"usage.prompt_tokens", inputIncl).telling(cacheFacts),
		at(under+"usage.completion_tokens", outputIncl),
		at(under+"usage.input_tokens", inputIncl).telling(cacheFacts),
		at(under+"usage.output_tokens", outputIncl),
		at(under+"usage.total_tokens", providerTotal),
		at(under+"usage.input_tokens_details.cached_tokens", cacheRead),
		at(under+"usage.input_tokens_details.cache_write_tokens", cacheWrite),
		at(under+"usage.output_tokens_details.reasoning_tokens", reasoning),
		atText(under+"service_tier", tierServed),
		atText(under+"model", responseModel),
		atText(under+"id", responseID),
	})
}
