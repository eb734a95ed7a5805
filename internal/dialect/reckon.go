package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// reckoning brings the counts of one call to the inclusive convention: input
// with cache and tool prompts, output with reasoning. Decisions go from rules
// over arithmetic proof, which overrides them, to the default of the
// conventions.
type reckoning struct {
	*Reader
	*record
	scope   *Scope
	emitter *emitter
	clause  *clause
	family  family
	told    call.Facts

	in, out          int64
	hasIn, hasOut    bool
	cached           int64 // cache reads and writes
	rawIn            bool  // the input is the provider's own count
	sideOfOut        call.Side
	reasoningCertain bool // it is known how much reasoning there was, if any
}

func (t *reckoning) reckon(c *call.Call) {
	t.cacheWrites(c)
	t.inputCount(c)
	t.outputCount(c)
	t.toolPrompts(c)
	t.checkTotal(c)
	t.fill(c)
	t.overrideUsage(c)
	t.judge(c)
	c.Told = t.told
}

// cacheWrites makes one count of the retentions, if they are told apart.
func (t *reckoning) cacheWrites(c *call.Call) {
	split := t.get(write5m) + t.get(write30m) + t.get(write1h) + t.get(write12h)
	hasSplit := t.hasNum&(1<<write5m|1<<write30m|1<<write1h|1<<write12h) != 0
	switch {
	case hasSplit && !t.has(cacheWrite):
		t.num[cacheWrite] = split
		t.hasNum |= 1 << cacheWrite
		t.told |= call.CacheTTL
	case hasSplit && split > t.get(cacheWrite):
		c.Reasons.Add(status.UsageContradictory)
		t.num[cacheWrite] = split
	case hasSplit && split == t.get(cacheWrite), t.has(cacheWrite) && t.get(cacheWrite) == 0:
		t.told |= call.CacheTTL
	}
	t.cached = t.get(cacheRead) + t.get(cacheWrite)
}

// inputCount settles the input count.
func (t *reckoning) inputCount(c *call.Call) {
	switch {
	case t.has(inputIncl):
		t.in, t.hasIn, t.rawIn = t.get(inputIncl), true, true
		c.Basis = call.Basis{Side: call.Inclusive, Ground: call.GroundRule}
		if t.cached > t.in {
			c.Reasons.Add(status.UsageContradictory)
			t.in = t.cached
		}
	case t.has(inputExcl):
		t.in, t.hasIn, t.rawIn = t.get(inputExcl)+t.cached, true, true
		c.Basis = call.Basis{Side: call.Exclusive, Ground: call.GroundRule}
		if t.has(input) && t.get(input) != t.get(inputExcl) {
			c.Basis = call.Basis{Side: call.Inclusive, Ground: call.GroundArithmetic}
			if t.get(input) > t.in {
				t.in = t.get(input) // what is missing was not told to be cached
			}
			if t.get(input) != t.in || t.in != t.get(inputExcl)+t.cached {
				c.Reasons.Add(status.UsageContradictory)
			}
		}
		t.in += t.get(extraInput)
	case t.has(input):
		t.in, t.hasIn = t.get(input), true
		t.decideInput(c)
		t.in += t.get(extraInput)
	}
}

// decideInput decides whether a plain input count includes cache.
func (t *reckoning) decideInput(c *call.Call) {
	rule, _ := t.rule()
	proof := t.proveInput(c)
	switch {
	case proof != call.SideUnknown:
		c.Basis = call.Basis{Side: proof, Ground: call.GroundArithmetic}
		c.Contradicted = rule != call.SideUnknown && rule != proof
	case rule != call.SideUnknown:
		c.Basis = call.Basis{Side: rule, Ground: call.GroundRule}
	default:
		c.Basis = call.Basis{Side: t.defaultInput(c), Ground: call.GroundDefault}
	}
	if c.Basis.Side == call.Exclusive {
		t.in += t.cached
	}
}

// rule returns the sides that a user's rule or the emitter's clause states.
func (t *reckoning) rule() (in, out call.Side) {
	if t.clause != nil {
		in, out = t.clause.in, t.clause.out
	}
	for _, u := range t.scope.rules {
		if !u.forProvider(t.text(provider), t.family) {
			continue
		}
		if u.in != call.SideUnknown {
			in = u.in
		}
		if u.out != call.SideUnknown {
			out = u.out
		}
		break
	}
	return in, out
}

// proveInput looks for arithmetic that leaves one side only. A total that the
// emitter may have added up itself proves exclusion, never inclusion.
func (t *reckoning) proveInput(c *call.Call) call.Side {
	if t.cached == 0 {
		return call.SideUnknown
	}
	if t.cached > t.in {
		return call.Exclusive
	}
	sum, proven := t.totalCount()
	if sum == 0 {
		return call.SideUnknown
	}
	out, r := t.plainOutput(), t.get(reasoning)
	incl := sum == t.in+out || sum == t.in+out+r
	excl := sum == t.in+t.cached+out || sum == t.in+t.cached+out+r
	switch {
	case excl && !incl:
		return call.Exclusive
	case incl && !excl && proven:
		return call.Inclusive
	}
	return call.SideUnknown
}

// totalCount returns the total and whether it is the provider's own.
func (t *reckoning) totalCount() (sum int64, proven bool) {
	if t.has(providerTotal) {
		return t.get(providerTotal), true
	}
	return t.get(total), t.emitter != nil && t.emitter.totalProven || t.clause != nil && t.clause.totalProven
}

// plainOutput is the output as told, before its side is decided.
func (t *reckoning) plainOutput() int64 {
	for _, n := range [...]number{outputIncl, outputExcl, output} {
		if t.has(n) {
			return t.get(n)
		}
	}
	return 0
}

// defaultInput is the convention's side. Where the provider's own count
// excludes cache, and nothing tells whether the emitter added it, the
// configured side is assumed and said to be.
func (t *reckoning) defaultInput(c *call.Call) call.Side {
	if t.cached == 0 || t.family&(rawExclusive|unknownFamily) == 0 {
		return call.Inclusive
	}
	c.Reasons.Add(status.InputSideAmbiguous)
	switch {
	case t.ambiguous == AmbiguousUnpriced:
		t.hasIn = false
	case t.ambiguous == AmbiguousExclusive, t.oldStyle && !t.newStyle:
		return call.Exclusive
	}
	return call.Inclusive
}

// outputCount settles the output count.
func (t *reckoning) outputCount(c *call.Call) {
	r := t.get(reasoning)
	switch {
	case t.has(outputIncl):
		t.out, t.hasOut, t.sideOfOut = t.get(outputIncl), true, call.Inclusive
		if r > t.out {
			c.Reasons.Add(status.UsageContradictory)
			t.out = r
		}
	case t.has(outputExcl):
		t.out, t.hasOut, t.sideOfOut = t.get(outputExcl)+r, true, call.Exclusive
		if t.get(output) > t.out {
			t.out, t.sideOfOut = t.get(output), call.Inclusive // there is reasoning that was not told
		}
		// Gemini's candidates were seen to contain thoughts already, rarely.
		if t.has(providerTotal) && r > 0 && t.get(providerTotal) == t.in+t.get(toolPrompt)+t.get(outputExcl) && r <= t.get(outputExcl) {
			t.out = t.get(outputExcl)
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

// checkTotal compares with the total. More than the parts is usage that
// nobody explained; less is a contradiction if the provider says it.
func (t *reckoning) checkTotal(c *call.Call) {
	sum, proven := t.totalCount()
	if sum == 0 || !t.hasIn {
		return
	}
	if all := t.in + t.out; sum > all || proven && sum < all {
		c.Reasons.Add(status.UsageContradictory)
	}
}

// counts says which meters the plain counts stand for.
var counts = [...]struct {
	n    number
	m    meter.Meter
	of   number // the count that contains it, numNumbers for input, numNumbers+1 for output
	fact call.Facts
}{
	{cacheRead, meter.CacheReads, ofInput, call.CacheReads},
	{cacheWrite, meter.CacheWrites, ofInput, call.CacheWrites},
	{write5m, ttl(5), cacheWrite, 0},
	{write30m, ttl(30), cacheWrite, 0},
	{write1h, ttl(60), cacheWrite, 0},
	{write12h, ttl(720), cacheWrite, 0},
	{toolPrompt, meter.ToolPrompts, ofInput, call.ToolPrompt},
	{reasoning, meter.AllReasoning, ofOutput, call.Reasoning},
	{citations, meter.Citations, ofOutput, 0},
	{inputText, meter.AllInput.WithModality(meter.Text), ofInput, 0},
	{inputAudio, meter.AllInput.WithModality(meter.Audio), ofInput, call.Modalities},
	{inputImage, meter.AllInput.WithModality(meter.Image), ofInput, call.Modalities},
	{inputVideo, meter.AllInput.WithModality(meter.Video), ofInput, call.Modalities},
	{outputText, meter.AllOutput.WithModality(meter.Text), ofOutput, 0},
	{outputAudio, meter.AllOutput.WithModality(meter.Audio), ofOutput, call.Modalities},
	{outputImage, meter.AllOutput.WithModality(meter.Image), ofOutput, call.Modalities},
	{outputVideo, meter.AllOutput.WithModality(meter.Video), ofOutput, call.Modalities},
	{cacheReadText, meter.CacheReads.WithModality(meter.Text), cacheRead, 0},
	{cacheReadAudio, meter.CacheReads.WithModality(meter.Audio), cacheRead, call.Modalities},
	{cacheReadImage, meter.CacheReads.WithModality(meter.Image), cacheRead, call.Modalities},
}

const (
	ofInput  = numNumbers
	ofOutput = numNumbers + 1
)

var fees = [...]struct {
	n number
	f meter.Fee
}{{webSearch, meter.WebSearch}, {fileSearch, meter.FileSearch}, {codeExecution, meter.CodeExecution}, {searchUnits, meter.SearchUnit}}

// fill writes the counts into the call's usage. A part that is larger than
// what contains it is left out and said to contradict.
func (t *reckoning) fill(c *call.Call) {
	if t.hasIn {
		c.Usage.Set(meter.AllInput, t.in)
	}
	if t.hasOut {
		c.Usage.Set(meter.AllOutput, t.out)
	}
	for _, k := range counts {
		if !t.has(k.n) {
			continue
		}
		var whole int64
		var has bool
		switch k.of {
		case ofInput:
			whole, has = t.in, t.hasIn
		case ofOutput:
			whole, has = t.out, t.hasOut
		default:
			whole, has = t.get(k.of), t.has(k.of)
		}
		if !has && t.get(k.n) == 0 {
			t.told |= k.fact
			continue
		}
		if !has || t.get(k.n) > whole {
			c.Reasons.Add(status.UsageContradictory)
			continue
		}
		c.Usage.Set(k.m, t.get(k.n))
		t.told |= k.fact
	}
	for _, k := range fees {
		if t.has(k.n) {
			c.Usage.SetFee(k.f, t.get(k.n))
			t.told |= call.ToolUse
		}
	}
}
