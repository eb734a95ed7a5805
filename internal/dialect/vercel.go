package dialect

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// vercel is the Vercel AI SDK, versions 4 to 7: ai.* keys on spans whose
// ai.operationId tells roots from calls, and in version 7 the conventions under
// scope gen_ai. What the keys leave out often stands in the provider metadata.
var vercel = dialect{
	name: "ai-sdk",
	keys: []key{
		word("ai.operationId", operationID, 0),
		word("ai.model.provider", provider, 8),
		word("ai.model.id", requestModel, 8),
		word("ai.response.model", responseModel, 8),
		word("ai.response.id", responseID, 8),
		count("ai.usage.inputTokens", input, 3),
		count("ai.usage.promptTokens", input, 4),
		count("ai.usage.tokens", input, 5),
		count("ai.usage.outputTokens", output, 3),
		count("ai.usage.completionTokens", output, 4),
		count("ai.usage.totalTokens", total, 3),
		count("ai.usage.cachedInputTokens", cacheRead, 5),
		count("ai.usage.reasoningTokens", reasoning, 5),
		count("ai.usage.inputTokenDetails.noCacheTokens", inputExcl, 0),
		count("ai.usage.inputTokenDetails.cacheReadTokens", cacheRead, 4),
		count("ai.usage.inputTokenDetails.cacheWriteTokens", cacheWrite, 4),
		count("ai.usage.outputTokenDetails.textTokens", outputExcl, 5),
		count("ai.usage.outputTokenDetails.reasoningTokens", reasoning, 4),
		blob("ai.response.providerMetadata", metadataJSON, 0, vercelMetadata),
	},
	shared:   true,
	fallback: 2,
	emitters: []emitter{
		{
			name:   "AI SDK 7",
			scopes: []string{"gen_ai"},
			clauses: []clause{
				{families: google, in: call.Inclusive, out: call.Inclusive, tells: call.ToolPrompt | call.Reasoning},
				{families: openAI, in: call.Inclusive, out: call.Inclusive, tells: call.CacheWrites},
				{in: call.Inclusive, out: call.Inclusive},
			},
			note:   "No retention of cache writes and no service tier, unless usage and providerMetadata are switched on.",
			source: "seen with ai 7.0.173, @ai-sdk/otel 1.0.173",
		},
		{
			name:   "AI SDK 4 to 6, and the legacy integration of 7",
			scopes: []string{"ai", "opencode"},
			clauses: []clause{
				{when: ifDetailed, families: google, in: call.Inclusive, out: call.Inclusive, tells: call.Reasoning},
				{when: ifDetailed, in: call.Inclusive, out: call.Inclusive},
				{families: anthropic | bedrock, in: call.Exclusive, out: call.Inclusive},
				{families: google, in: call.Inclusive, out: call.Exclusive, hides: call.ServedModel, lacks: status.Of(status.ReasoningNotReported, status.ToolPromptNotReported)},
				{in: call.Inclusive, out: call.Inclusive},
			},
			note:   "Versions 4 and 5 pass provider counts on; version 6 has input details and is inclusive. generateText of version 5 tells no cache.",
			source: "seen with ai 4, 5.0.277, 6.0.326, 7.0.173 and opencode 1.18",
		},
	},
}

// vercelMetadata is where usage stands in ai.response.providerMetadata: raw
// usage for Anthropic since version 5 and for Google, details for the others.
// The first name is the provider's, or one that the user made up.
var vercelMetadata = func() *node {
	rows := []path{
		// Anthropic, version 4.
		at("anthropic.cacheReadInputTokens", cacheRead),
		at("anthropic.cacheCreationInputTokens", cacheWrite),
		// OpenAI: Chat in version 4, Responses later.
		at("openai.cachedPromptTokens", cacheRead),
		at("openai.reasoningTokens", reasoning),
		atText("openai.serviceTier", tierServed),
		atText("*.serviceTier", tierServed),
		at("*.usage.cache_creation.ephemeral_5m_input_tokens", write5m),
		at("*.usage.cache_creation.ephemeral_1h_input_tokens", write1h),
		atText("*.usage.service_tier", tierServed),
	}
	rows = append(rows, anthropicUsage("anthropic.usage")...)
	for _, under := range []string{"bedrock", "amazonBedrock"} { // the second since @ai-sdk/amazon-bedrock 4
		rows = append(rows,
			at(under+".usage.cacheReadInputTokens", cacheRead),
			at(under+".usage.cacheWriteInputTokens", cacheWrite),
			atList(under+".usage.cacheDetails", "ttl", "inputTokens", map[string]number{"5m": write5m, "1h": write1h}))
	}
	for _, under := range []string{"google", "vertex", "googleVertex"} {
		rows = append(rows, geminiUsage(under+".usageMetadata")...)
		rows = append(rows, atText(under+".serviceTier", tierServed))
	}
	return paths(rows...)
}()

// vercelKind tells calls from roots by ai.operationId.
func vercelKind(id string) call.Kind {
	for _, s := range [...]string{".doGenerate", ".doStream", ".doEmbed", ".doRerank", ".doTranscribe"} {
		if strings.HasSuffix(id, s) {
			return call.Inference
		}
	}
	if id == "ai.toolCall" {
		return call.Other
	}
	return call.RollUp
}

// vercelEmbeds tells whether an operation has no output tokens.
func vercelEmbeds(id string) bool {
	return strings.HasSuffix(id, ".doEmbed") || strings.HasSuffix(id, ".doRerank") || strings.HasSuffix(id, ".doTranscribe")
}
