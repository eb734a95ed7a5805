package engine

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// Quantities are the tokens that each meter of a price bills, in the order of
// Price.Meters. They are disjoint: every token is in exactly one of them, the
// most specific priced meter that contains it.
type Quantities [pricebook.MaxMeters]int64

// decompose turns inclusive counts into disjoint quantities. It returns the
// total input and output, and the reasons that the counts give: invalid if a
// part is larger than its whole, partial if tokens are in no priced meter.
func decompose(p *pricebook.Price, u *usage.Usage, q *Quantities) (input, output int64, reasons status.Set) {
	input, output = inclusive(u, meter.AllInput), inclusive(u, meter.AllOutput)
	meters := p.Meters
	var counts [pricebook.MaxMeters]int64
	modal := false
	for i, m := range meters {
		counts[i] = inclusive(u, m)
		modal = modal || m.Modality() != meter.AnyModality && counts[i] > 0
	}
	if modal {
		reasons |= fillOverlaps(p, u, &counts, input, output)
	}
	pricedInput, pricedOutput := int64(0), int64(0)
	for i, m := range meters { // the most specific first
		n := counts[i]
		for j := range i {
			if meters[j] != m && m.Contains(meters[j]) {
				n -= q[j]
			}
		}
		if modal {
			n -= unpricedOverlap(p, u, m, input, &reasons)
		}
		if n < 0 {
			return input, output, status.Of(status.UsageInvalid)
		}
		q[i] = n
		if m.Direction() == meter.Input {
			pricedInput += n
		} else {
			pricedOutput += n
		}
	}
	if pricedInput > input || pricedOutput > output {
		return input, output, status.Of(status.UsageInvalid)
	}
	if pricedInput < input || pricedOutput < output {
		reasons.Add(status.MeterNotPriced)
	}
	return input, output, reasons
}

// inclusive returns the count of a meter: the one reported, or if that is
// missing or too small, the sum of the disjoint parts of it that were reported.
func inclusive(u *usage.Usage, m meter.Meter) int64 {
	n, _ := u.Get(m)
	var classes, modes int64
	tokens := u.Tokens()
	for i := range tokens {
		c := &tokens[i]
		if c.Meter == m || !m.Contains(c.Meter) {
			continue
		}
		if !coveredBy(tokens, c.Meter, m) {
			if c.Meter.Modality() != m.Modality() && c.Meter.Class() == m.Class() && c.Meter.TTLMinutes() == m.TTLMinutes() {
				modes += c.Tokens // parts by modality may overlap with parts by class
			} else {
				classes += c.Tokens
			}
		}
	}
	return max(n, classes, modes)
}

// coveredBy tells whether another reported meter lies between part and whole,
// so that part is counted there.
func coveredBy(tokens []usage.Count, part, whole meter.Meter) bool {
	for i := range tokens {
		m := tokens[i].Meter
		if m != part && m != whole && whole.Contains(m) && m.Contains(part) {
			return true
		}
	}
	return false
}

// fillOverlaps counts the priced meters that are the meet of a class and a
// modality, where both were reported and their overlap was not: as few tokens
// as the totals allow.
func fillOverlaps(p *pricebook.Price, u *usage.Usage, counts *[pricebook.MaxMeters]int64, input, output int64) status.Set {
	var reasons status.Set
	for i, m := range p.Meters {
		if m.Class() == meter.Plain || m.Modality() == meter.AnyModality {
			continue
		}
		if _, told := u.Get(m); told || counts[i] > 0 {
			continue
		}
		class := inclusive(u, m.WithModality(meter.AnyModality))
		mode := inclusive(u, meter.New(m.Direction(), meter.Plain, 0, m.Modality()))
		if class == 0 || mode == 0 {
			continue
		}
		whole := input
		if m.Direction() == meter.Output {
			whole = output
		}
		counts[i] = max(0, class+mode-whole)
		reasons.Add(status.OverlapNotReported)
	}
	return reasons
}

// unpricedOverlap returns how many tokens of a modality meter are to be billed
// at a class meter instead, because the price has none for both together.
func unpricedOverlap(p *pricebook.Price, u *usage.Usage, m meter.Meter, input int64, reasons *status.Set) int64 {
	if m.Class() != meter.Plain || m.Modality() == meter.AnyModality || m.Direction() != meter.Input {
		return 0
	}
	total := int64(0)
	for _, c := range p.Meters {
		if c.Class() == meter.Plain || c.Modality() != meter.AnyModality || c.TTLMinutes() != 0 || c.Direction() != m.Direction() {
			continue
		}
		both, _ := c.Meet(m)
		if priced(p, both) {
			continue
		}
		class, mode := inclusive(u, c), inclusive(u, m)
		if class == 0 || mode == 0 {
			continue
		}
		n, told := u.Get(both)
		if !told {
			n = max(0, class+mode-input)
			reasons.Add(status.OverlapNotReported)
		}
		if n > 0 {
			reasons.Add(status.OverlapNotPriced)
		}
		total += n
	}
	return total
}

func priced(p *pricebook.Price, m meter.Meter) bool {
	for _, n := range p.Meters {
		if n == m {
			return true
		}
	}
	return false
}
