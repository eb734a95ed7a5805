package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// outputCount settles the output count.
func (t *reckoning) outputCount(c *call.Call) {
	r := t.get(reasoning)
	switch {
	case t.has(outputIncl):
		t.out, t.hasOut, t.sideOfOut = t.get(outputIncl), true, call.Inclusive
		if t.get(output) > t.out { // the emitter counted more than one pass
			t.out = t.get(output)
			c.Reasons.Add(status.UsageContradictory)
		}
		if r > t.out {
			c.Reasons.Add(status.UsageContradictory)
			t.out = r
		}
	case t.has(outputExcl):
		t.out, t.hasOut, t.sideOfOut = t.get(outputExcl)+r, true, call.Exclusive
		if t.get(output) > t.out {
			t.out, t.sideOfOut = t.get(output), call.Inclusive // there is reasoning that was not told
		}
		// Gemini's candidates were seen to contain thoughts already, rarely, and Langfuse's output before 5.
		if sum, proven := t.totalCount(); proven && r > 0 && sum == t.in+t.get(toolPrompt)+t.get(outputExcl) && r <= t.get(outputExcl) {
			t.out, t.sideOfOut = t.get(outputExcl), call.Inclusive
		}
	case t.has(output):
		t.out, t.hasOut = t.get(output), true
		t.decideOutput(c)
	}
	if t.hasOut {
		t.out += t.get(extraOutput)
	}
	t.reasoningCertain = t.has(reasoning) || t.told.Has(call.Reasoning)
}

// decideOutput decides whether a plain output count includes reasoning.
func (t *reckoning) decideOutput(c *call.Call) {
	_, rule := t.rule()
	r := t.get(reasoning)
	sum, proven := t.totalCount()
	proof := call.SideUnknown
	switch {
	case r > t.out:
		proof = call.Exclusive
	case r > 0 && sum > 0 && sum == t.in+t.get(toolPrompt)+t.out+r:
		proof = call.Exclusive
	case proven && sum == t.in+t.out:
		proof = call.Inclusive
		t.told |= call.Reasoning // nothing is left that could be outside
	}
	t.sideOfOut = rule
	switch {
	case proof != call.SideUnknown:
		c.Contradicted = c.Contradicted || r > 0 && rule != call.SideUnknown && rule != proof
		t.sideOfOut = proof
	case rule == call.SideUnknown:
		t.sideOfOut = call.Inclusive
		if t.likelyOut != call.SideUnknown {
			t.sideOfOut = t.likelyOut
		}
		if t.family&rawWithoutReasoning != 0 && (r > 0 || !t.has(reasoning) && !t.told.Has(call.Reasoning)) && t.expectsOutput(c) {
			c.Reasons.Add(status.OutputSideAmbiguous)
		}
	}
	if t.sideOfOut == call.Exclusive {
		t.out += r
	}
}

// toolPrompts adds the tokens of tool results, which Gemini counts apart from
// its prompt. Where nobody tells them, the provider's total does.
func (t *reckoning) toolPrompts(c *call.Call) {
	if t.family != google || !t.hasIn {
		return
	}
	if n := t.get(toolPrompt); n > 0 && (t.rawIn || t.clause == nil || !t.clause.tells.Has(call.ToolPrompt)) {
		t.in += n
		return
	}
	sum, proven := t.totalCount()
	if !proven || t.has(toolPrompt) || !t.hasOut {
		return
	}
	switch rest := sum - t.in - t.out; {
	case rest == 0:
		t.told |= call.ToolPrompt
	case rest > 0 && t.reasoningCertain:
		t.num[toolPrompt] = rest
		t.hasNum |= 1 << toolPrompt
		t.in += rest
	}
}

// plainInput is the smallest input count as told, before its side is decided.
func (t *reckoning) plainInput() int64 {
	least := t.in
	for _, n := range [...]number{input, inputExcl, inputIncl} {
		if t.has(n) {
			least = min(least, t.get(n))
		}
	}
	return least
}

// checkTotal compares with the total. More than the parts is usage that
// nobody explained; less is a contradiction if the provider says it. A sum of
// the emitter's own may leave out cache and reasoning that it tells apart, but
// no sum is less than the input and output as they were told.
func (t *reckoning) checkTotal(c *call.Call) {
	if !t.hasIn || t.hasNum&(1<<total|1<<providerTotal) == 0 {
		return
	}
	least := t.plainInput() + t.plainOutput()
	if t.has(total) && t.get(total) < least || t.has(providerTotal) && t.get(providerTotal) < least {
		c.Reasons.Add(status.UsageContradictory)
	}
	sum, proven := t.totalCount()
	if sum == 0 {
		return
	}
	if all := t.in + t.out; sum > all || proven && sum < all {
		c.Reasons.Add(status.UsageContradictory)
	}
}
