package dialect

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// sums are counts that only help to understand others.
const sums = 1<<total | 1<<providerTotal | 1<<rollUpUsage

// judge adds the reasons that follow from what the call lacks.
func (t *reckoning) judge(c *call.Call) {
	bad := t.badNum & (1<<streaming - 1) &^ sums
	if t.has(inputIncl) || t.has(inputExcl) {
		bad &^= 1 << input
	}
	if t.has(outputIncl) || t.has(outputExcl) {
		bad &^= 1 << output
	}
	plausible := c.Usage.Plausible() || c.Reasons.Has(status.UsageAggregated) && c.Usage.PlausibleSum()
	if bad != 0 || !plausible {
		c.Reasons.Add(status.UsageInvalid)
	}
	if t.below && !c.Reasons.Has(status.UsageInvalid) { // of a sum, or of a spelling that does not count
		c.Reasons.Add(status.UsageContradictory)
	}
	if t.disagree&(1<<streaming-1)&^sums != 0 {
		c.Reasons.Add(status.UsageContradictory)
	}
	if t.hasFacts && !nested(&c.Usage) {
		c.Reasons.Add(status.UsageContradictory)
	}
	if c.Kind == call.Unclear {
		c.Reasons.Add(status.OperationUnknown)
	}
	in, hasIn := c.Usage.Get(meter.AllInput)
	out, hasOut := c.Usage.Get(meter.AllOutput)
	// Some emitters write zeros for usage that they did not get. No model
	// answers to nothing, but somebody can state that the input is none.
	if in == 0 && out == 0 {
		hasIn, hasOut = false, false
	} else if in == 0 && !t.statedInput() {
		hasIn = false
	}
	c.Missing = 0
	switch {
	case t.get(cacheHit) == 1, t.text(cacheKey) != "":
		c.Reasons.Add(status.CacheReplay)
	case !hasIn && !hasOut && bad == 0 && !c.Usage.HasFees():
		if c.Failed || t.text(errorType) != "" {
			c.Reasons.Add(status.FailedCall)
		} else {
			c.Reasons.Add(status.UsageMissing)
			t.missing(c, call.InputCount|call.OutputCount)
			t.told &^= call.AllFacts &^ (call.ServiceTier | call.Region | call.ServedModel | t.stated) // the absence of all tells nothing
		}
	case !hasIn && bad == 0 && (t.expectsOutput(c) || out > 0 && !c.Usage.HasFees()):
		c.Reasons.Add(status.UsageMissing)
		t.missing(c, call.InputCount)
	case hasIn && !hasOut && t.expectsOutput(c):
		c.Reasons.Add(status.OutputNotReported)
		t.missing(c, call.OutputCount)
	}
	if t.family == openAI && t.chatCompletion(c) {
		t.told |= call.ToolUse
	}
	if t.clause != nil && t.clause.lacks != 0 && hasIn {
		t.lacking(c)
	}
}

// missing notes counts that could be made from text, if that is what the
// operation works on.
func (t *reckoning) missing(c *call.Call, n call.Counts) {
	if makes, known := outcomes.get(c.Operation); known && makes != makesText && makes != makesVectors {
		return
	}
	if !t.expectsOutput(c) {
		n &^= call.OutputCount
	}
	c.Missing = n
}

// statedInput tells whether a token_usage attribute states the input.
func (t *reckoning) statedInput() bool {
	if !t.hasFacts {
		return false
	}
	_, ok := t.facts.Get(meter.AllInput)
	return ok
}

// nested tells whether no count is larger than one that contains it, and the
// classes of input fit into it together. Readings are so by construction, but
// facts come from strangers.
func nested(u *usage.Usage) bool {
	for _, a := range u.Tokens() {
		for _, b := range u.Tokens() {
			if a.Meter.Contains(b.Meter) && b.Tokens > a.Tokens {
				return false
			}
		}
	}
	in, ok := u.Get(meter.AllInput)
	read, _ := u.Get(meter.CacheReads)
	write, _ := u.Get(meter.CacheWrites)
	tool, _ := u.Get(meter.ToolPrompts)
	return !ok || read+write+tool <= in
}

var (
	lacksReasoning  = status.Of(status.ReasoningNotReported)
	lacksToolPrompt = status.Of(status.ToolPromptNotReported)
	lacksSide       = status.Of(status.InputSideAmbiguous)
	lacksWrites     = status.Of(status.CacheWriteNotReported)
)

// lacking adds the reasons of the emitter's clause that hold for this call.
func (t *reckoning) lacking(c *call.Call) {
	lacks := t.clause.lacks
	if t.told.Has(call.Reasoning) || t.sideOfOut != call.Exclusive {
		lacks &^= lacksReasoning
	}
	if t.told.Has(call.ToolPrompt) {
		lacks &^= lacksToolPrompt
	}
	if !t.expectsOutput(c) {
		lacks &^= lacksReasoning | lacksToolPrompt
	}
	if t.cached == 0 || c.Basis.Ground == call.GroundArithmetic {
		lacks &^= lacksSide
	}
	if lacks&lacksWrites != 0 {
		t.told &^= call.CacheWrites | call.CacheTTL // the zero that tells them is none
	}
	c.Reasons |= lacks
}

// chatCompletion tells whether a call was made through OpenAI's Chat
// Completions, which runs no tools for the model but for the search models.
func (t *reckoning) chatCompletion(c *call.Call) bool {
	return (t.text(apiType) == "chat_completions" || strings.HasPrefix(c.ResponseID, "chatcmpl-")) && !contains(t.modelName(), "search")
}

// expectsOutput tells whether a call of this kind has output tokens.
func (t *reckoning) expectsOutput(c *call.Call) bool {
	switch {
	case c.Operation != "":
		none, _ := outputless.get(c.Operation)
		return !none
	case t.text(spanKind) != "":
		return t.text(spanKind) == "LLM"
	case t.text(operationID) != "":
		return !vercelEmbeds(t.text(operationID))
	case t.text(observation) != "":
		return t.text(observation) != "embedding"
	case t.text(requestType) != "":
		return !strings.Contains(t.text(requestType), "embedding") && !strings.Contains(t.text(requestType), "rerank")
	}
	return true
}

// forProvider tells whether a user's rule covers a call.
func (u *userRule) forProvider(p string, f family) bool {
	if u.provider == "" {
		return true
	}
	if p == u.provider || withoutAPI(p) == u.provider {
		return true
	}
	g := providerFamily(u.provider)
	return g != unknownFamily && g != compatible && g == f
}
