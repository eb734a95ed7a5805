package dialect

import (
	"math/bits"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// counted is a count, the meter it stands for, the count that contains it and
// the fact that it tells.
type counted struct {
	n    number
	m    meter.Meter
	of   number
	fact call.Facts
}

// counts says which meters the plain counts stand for.
var counts = [...]counted{
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
}{{webSearch, meter.WebSearch}}

// metered and charged are the numbers that stand for meters and fees, and
// byNumber finds what they stand for.
var (
	metered, charged uint64
	byNumber         [numNumbers]counted
)

func init() {
	for _, k := range counts {
		metered |= 1 << k.n
		byNumber[k.n] = k
	}
	for _, k := range fees {
		charged |= 1 << k.n
	}
}

// fill writes the counts into the call's usage. A part that is larger than
// what contains it is left out and said to contradict.
func (t *reckoning) fill(c *call.Call) {
	if t.hasIn {
		c.Usage.Set(meter.AllInput, t.in)
	}
	if t.hasOut {
		c.Usage.Set(meter.AllOutput, t.out)
	}
	for rest := t.hasNum & metered; rest != 0; rest &= rest - 1 {
		k := &byNumber[bits.TrailingZeros64(rest)]
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
		if !has {
			continue
		}
		if t.get(k.n) > whole {
			c.Reasons.Add(status.UsageContradictory)
			continue
		}
		c.Usage.Set(k.m, t.get(k.n))
		t.told |= k.fact
	}
	if t.get(toolPrompt) > 0 && !t.hasFacts {
		t.told &^= call.Modalities // of which kind tool prompts are is not told
	}
	if t.hasNum&charged == 0 {
		return
	}
	for _, k := range fees {
		if t.has(k.n) {
			c.Usage.SetFee(k.f, t.get(k.n))
			t.told |= call.ToolUse
		}
	}
}
