package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
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

	likelyIn, likelyOut call.Side // of the emitter that the keys suggest, where others use them too

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
	if t.voided != 0 {
		t.void(c)
	}
	c.Told = t.told
}

// void takes back, after all else, what is not told for a part of the call:
// other counts do not tell it for the whole. Only what a token_usage attribute
// states holds for all.
func (t *reckoning) void(c *call.Call) {
	lost := t.voided &^ t.stated
	t.told &^= lost
	if lost&cacheFacts != 0 {
		c.Reasons.Add(status.CacheNotReported)
	}
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
	case t.has(inputExcl) && t.overlapping():
		t.in, t.hasIn, t.rawIn = t.get(inputExcl)+t.get(extraInput), true, true
		c.Basis = call.Basis{Side: call.Inclusive, Ground: call.GroundArithmetic}
		c.Contradicted = true
		c.Reasons.Add(status.UsageContradictory)
	case t.has(inputExcl) && t.takenTwice():
		sum, _ := t.totalCount()
		t.in, t.hasIn, t.rawIn = sum-t.plainOutput()-t.outsideOutput()-t.get(extraOutput)+t.cached, true, true
		c.Basis = call.Basis{Side: call.Exclusive, Ground: call.GroundArithmetic}
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
			} else {
				t.told |= cacheFacts // nothing is left that could be cached
			}
		}
		t.in += t.get(extraInput)
	case t.has(input):
		t.in, t.hasIn = t.get(input), true
		t.decideInput(c)
		t.in += t.get(extraInput)
	}
}

// overlapping tells whether the total proves that a count which is to exclude
// cache includes it: some versions of emitters of disjoint buckets put the
// whole prompt into one of them (langfuse #10592).
func (t *reckoning) overlapping() bool {
	sum, proven := t.totalCount()
	return proven && !t.has(input) && t.cached > 0 && t.cached <= t.get(inputExcl) &&
		sum == t.get(inputExcl)+t.get(extraInput)+t.get(extraOutput)+t.plainOutput()+t.outsideOutput()
}

// takenTwice tells whether Langfuse took cache off an input of LangChain's that
// was without it already, and the total proves it: what it leaves for input
// has no room for the cache. Nothing is left in the bucket then.
func (t *reckoning) takenTwice() bool {
	sum, proven := t.totalCount()
	rest := sum - t.plainOutput() - t.outsideOutput() - t.get(extraOutput)
	return t.clause != nil && t.clause.when == ifLangChainJS && proven && !t.has(input) && !t.has(extraInput) &&
		t.get(inputExcl) == 0 && rest >= 0 && rest < t.cached
}

// outsideOutput is the reasoning that a total holds beside the output as told.
func (t *reckoning) outsideOutput() int64 {
	if t.has(outputExcl) {
		return t.get(reasoning)
	}
	return 0
}

// decideInput decides whether a plain input count includes cache.
func (t *reckoning) decideInput(c *call.Call) {
	rule, _ := t.rule()
	if t.hybrid() {
		rule = call.SideUnknown
	}
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
	if t.emitter != nil && t.emitter.openAIClient { // what is known of it is known of OpenAI
		if t.family&rawWithoutReasoning != 0 {
			out = call.SideUnknown
		}
		if t.family&rawExclusive != 0 && t.vendor == openAI {
			in = call.SideUnknown
		}
	}
	if t.text(tokenSemantics) == "disjoint" { // the span says so itself (agento11y #448)
		in, out = call.Exclusive, call.Exclusive
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
	if sum == 0 || t.hybrid() {
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

// hybrid tells whether a call was made to a model of OpenAI's on Bedrock. Its
// streams were seen to include cache in the input while the total has it twice,
// and other calls to exclude it (bifrost #6942), so neither a rule for Bedrock
// nor the total tells the side.
func (t *reckoning) hybrid() bool {
	return t.cached > 0 && t.family == openAI && t.vendor == bedrock
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
	if t.cached == 0 || t.family&(rawExclusive|unknownFamily) == 0 && !t.hybrid() {
		return call.Inclusive
	}
	c.Reasons.Add(status.InputSideAmbiguous)
	switch {
	case t.ambiguous == AmbiguousUnpriced:
		t.hasIn = false
	case t.ambiguous == AmbiguousExclusive:
		return call.Exclusive
	case t.likelyIn != call.SideUnknown && t.style&isNew == 0:
		return t.likelyIn
	case t.style&(isOld|isNew) == isOld:
		return call.Exclusive
	}
	return call.Inclusive
}
