package dialect

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// tokenTypes are the names of token types. Those of the conventions are input
// and output alone; of the others, each is a part of one of these, or their
// sum, and never something beside them but where an emitter's rule says so.
var tokenTypes = makeWords(map[string]number{
	"input": input, "prompt": input, "output": output, "completion": output, "total": total,
	// Envoy AI Gateway, Codex, Claude Code, Gemini CLI and others.
	"cached": cacheRead, "cached_input": cacheRead, "input_cached": cacheRead, "cacheRead": cacheRead, "cache_read": cacheRead,
	"cache_read_input": cacheRead, "cache": cacheRead, "cachedInput": cacheRead,
	"cache_creation_input": cacheWrite, "cache_creation": cacheWrite, "cacheCreation": cacheWrite, "cache_write": cacheWrite,
	"cache_write_input": cacheWrite, "cacheWrite": cacheWrite,
	"reasoning": reasoning, "reasoning_output": reasoning, "output_reasoning": reasoning, "thought": reasoning, "thinking": reasoning,
	"tool": toolPrompt,
	// Microsoft.Extensions.AI.
	"input_text": inputText, "input_audio": inputAudio, "output_text": outputText, "output_audio": outputAudio,
	"input_image": inputImage, "output_image": outputImage,
})

// modality is that of the tokens of a point.
type modality uint8

const (
	noModality modality = iota // not told
	ofText
	ofAudio
	ofImage
	ofVideo
	otherModality // told, and none of those
)

// modalities are the values of gen_ai.token.modality.
var modalities = makeWords(map[string]modality{
	"text": ofText, "audio": ofAudio, "image": ofImage, "video": ofVideo, "unknown": noModality,
})

// parts are the counts of tokens of a modality, by what contains them. What
// has no count of its own is zero there, as input is.
var parts = map[number][otherModality]number{
	input:     {ofText: inputText, ofAudio: inputAudio, ofImage: inputImage, ofVideo: inputVideo},
	output:    {ofText: outputText, ofAudio: outputAudio, ofImage: outputImage, ofVideo: outputVideo},
	cacheRead: {ofText: cacheReadText, ofAudio: cacheReadAudio, ofImage: cacheReadImage},
}

// kind is what a point counts. A type that nobody knows is byType.
type kind struct {
	count    number
	modality modality
	by       role // what told the count, if it was an attribute
}

// typed takes the token type that an attribute names, unless the metric tells
// it or a more particular attribute does.
func (k *kind) typed(v pcommon.Value, by role) {
	byMetric := k.count != byType && k.by == aboutUsage
	if byMetric || by <= k.by || v.Type() != pcommon.ValueTypeStr {
		return
	}
	k.count, k.by = byType, by
	if n, ok := tokenTypes.get(v.Str()); ok {
		k.count = n
	}
}

// of takes the modality that an attribute names.
func (k *kind) of(v pcommon.Value) {
	k.modality = otherModality
	if v.Type() == pcommon.ValueTypeStr {
		if m, ok := modalities.get(v.Str()); ok || v.Str() == "" {
			k.modality = m
		}
	}
}
