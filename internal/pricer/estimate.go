package pricer

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/content"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/tokencount"
)

// Bounds on the text that is counted, in bytes. A side of a call with more
// text stays uncounted, and so do the calls of a batch after the batch has had
// its share: a part of the text would be a wrong count. A prompt of half a million
// tokens has about 2 MB. Counting takes up to 1.5 seconds of a processor for each
// MB of text that is made to be slow, and a third of a second for each of prose.
const (
	maxTextOfCall  = 2 << 20
	maxTextOfBatch = 4 << 20
)

// estimator counts the tokens of recorded content. It holds counts only.
type estimator struct {
	left int // bytes of text that the batch may still have counted

	model  tokencount.Model
	tokens int64
	bytes  int
	failed bool // a vocabulary is broken
}

// estimates tells whether missing counts of the call are to be made.
func (p *Pricer) estimates(c *call.Call) bool {
	return p.estimate && c.Missing != 0 && c.Kind == call.Inference &&
		c.Reasons.Only(status.NotBillable) == 0 && !c.Reasons.Has(status.UsageInvalid)
}

// countMissing makes the counts that a call lacks from its recorded content.
// What has no content stays missing; a count is never made from nothing.
func (b *batch) countMissing(c *call.Call, at *subject) {
	if b.s.estimator == nil {
		b.s.estimator = new(estimator)
	}
	e := b.s.estimator
	e.left = maxTextOfBatch - b.text
	defer func() { b.text = maxTextOfBatch - e.left }()
	name := c.ResponseModel
	if name == "" {
		name = c.RequestModel
	}
	e.model = tokencount.Of(name)
	told, _ := c.Usage.Get(meter.AllOutput)
	chat := c.Missing.Has(call.OutputCount) || told > 0
	if c.Missing.Has(call.InputCount) {
		n, found, ok := e.side(at, content.Input)
		if !ok {
			return // without input there is no cost, whatever the output
		}
		if chat {
			n += e.model.PerReply + e.model.PerMessage*max(1, found.Messages)
		}
		c.Missing &^= call.InputCount
		c.Reasons &^= status.Of(status.UsageMissing)
		c.Basis = call.Basis{Side: call.Inclusive, Ground: call.GroundCounted}
		e.counted(c, meter.AllInput, n, found)
		if c.Missing.Has(call.OutputCount) {
			c.Reasons.Add(status.OutputNotReported)
		}
	}
	if !c.Missing.Has(call.OutputCount) {
		return
	}
	if n, found, ok := e.side(at, content.Output); ok {
		hidden, reported := c.Usage.Get(meter.AllReasoning)
		c.Missing &^= call.OutputCount
		c.Reasons &^= status.Of(status.OutputNotReported)
		e.counted(c, meter.AllOutput, n+hidden, found)
		if e.model.Hides && !reported {
			c.Told &^= call.Reasoning
			c.Reasons.Add(status.ReasoningNotReported)
		}
	}
}

// counted records a count that was made.
func (e *estimator) counted(c *call.Call, m meter.Meter, n int64, found content.Found) {
	c.Usage.Set(m, n)
	c.Reasons.Add(status.TokensCounted)
	if _, told := c.Usage.Get(meter.CacheReads); m == meter.AllInput && !told {
		c.Told &^= call.CacheReads | call.CacheWrites | call.CacheTTL | call.ToolPrompt | call.Modalities // the emitter tells them of counts of its own
	}
	if found.Other {
		c.Reasons.Add(status.ContentNotCounted)
		c.Told &^= call.Modalities
	}
}

// side counts the tokens of one side. It reports false if there is no text, not
// all of it, or more than may be counted.
func (e *estimator) side(at *subject, side content.Side) (int64, content.Found, bool) {
	e.tokens, e.bytes = 0, 0
	var found content.Found
	switch at.signal {
	case dialect.Traces:
		found = content.OfSpan(at.span, side, e.take)
	case dialect.Logs:
		found = content.OfLog(at.record, side, e.take)
	case dialect.Metrics: // have no content
	}
	return e.tokens, found, found.Whole() && !e.failed
}

// take counts a piece of text.
func (e *estimator) take(text string) bool {
	if e.bytes += len(text); e.bytes > maxTextOfCall || len(text) > e.left {
		return false
	}
	e.left -= len(text)
	n, err := tokencount.Count(e.model.Encoding, text)
	if err != nil {
		e.failed = true // the program was built without the vocabulary
		return false
	}
	e.tokens += n
	return true
}
