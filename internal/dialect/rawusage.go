package dialect

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// The tables in this file say where counts stand in usage as a provider sends
// it, for dialects that carry such usage in JSON. It is complete: what it
// leaves out is none.

// anthropicUsage is Anthropic's usage under a name. Input excludes cache.
// Searches are told where there were any.
func anthropicUsage(under string) []path {
	return append(anthropicDetails(under),
		at(under+".input_tokens", inputExcl).telling(cacheFacts|call.ToolUse),
		at(under+".output_tokens", outputIncl),
	)
}

// anthropicDetails is the same without the totals, for where they could be
// another provider's.
func anthropicDetails(under string) []path {
	return []path{
		at(under+".cache_read_input_tokens", cacheRead),
		at(under+".cache_creation_input_tokens", cacheWrite),
		at(under+".cache_creation.ephemeral_5m_input_tokens", write5m),
		at(under+".cache_creation.ephemeral_1h_input_tokens", write1h),
		at(under+".output_tokens_details.thinking_tokens", reasoning),
		at(under+".server_tool_use.web_search_requests", webSearch),
		atText(under+".service_tier", tierServed),
		atText(under+".speed", speed),
		atText(under+".inference_geo", region),
	}
}

// openAIDetails are the details of OpenAI's Chat Completions usage under a
// name; its totals are named like Anthropic's, or stand elsewhere.
func openAIDetails(under string) []path {
	return []path{
		at(under+".prompt_tokens_details.cached_tokens", cacheRead),
		at(under+".prompt_tokens_details.cache_write_tokens", cacheWrite),
		at(under+".prompt_tokens_details.audio_tokens", inputAudio),
		at(under+".completion_tokens_details.reasoning_tokens", reasoning),
		at(under+".completion_tokens_details.audio_tokens", outputAudio),
	}
}

// openAIResponsesDetails are the same of Responses.
func openAIResponsesDetails(under string) []path {
	return []path{
		at(under+".input_tokens_details.cached_tokens", cacheRead),
		at(under+".input_tokens_details.cache_write_tokens", cacheWrite),
		at(under+".output_tokens_details.reasoning_tokens", reasoning),
	}
}

// atRoot makes rows under no name those of an object that is nothing but usage.
func atRoot(rows []path) []path {
	for i := range rows {
		rows[i].at = strings.TrimPrefix(rows[i].at, ".")
	}
	return rows
}

// geminiUsage is where Gemini's own usage stands under a name. It is complete:
// what it leaves out is none. Prompts leave tool prompts out, candidates leave
// thoughts out.
func geminiUsage(under string) []path {
	return []path{
		at(under+".promptTokenCount", inputIncl).telling(call.CacheReads),
		at(under+".candidatesTokenCount", outputExcl).telling(call.Reasoning),
		at(under+".thoughtsTokenCount", reasoning),
		at(under+".cachedContentTokenCount", cacheRead),
		at(under+".toolUsePromptTokenCount", toolPrompt),
		at(under+".totalTokenCount", providerTotal),
		atList(under+".promptTokensDetails", "modality", "tokenCount", map[string]number{
			"TEXT": inputText, "AUDIO": inputAudio, "IMAGE": inputImage, "VIDEO": inputVideo,
		}).telling(call.Modalities),
		atList(under+".candidatesTokensDetails", "modality", "tokenCount", map[string]number{
			"TEXT": outputText, "AUDIO": outputAudio, "IMAGE": outputImage, "VIDEO": outputVideo,
		}),
		atList(under+".cacheTokensDetails", "modality", "tokenCount", map[string]number{
			"TEXT": cacheReadText, "AUDIO": cacheReadAudio, "IMAGE": cacheReadImage,
		}),
	}
}
