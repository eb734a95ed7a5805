package engine

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// tally holds the tokens of a call by direction and class. The classes are
// disjoint and add up to the whole, whatever the reported counts did: what is
// missing was taken from the parts that were told, and a reason says so.
type tally struct {
	whole    [2]int64                    // by meter.Direction
	rows     [2][pricebook.NumRows]int64 // by direction and class
	retained int64                       // cache writes whose retention was told
	reasons  status.Set
}

// rowOf is the row of cells that a class is.
var rowOf = [8]uint8{
	meter.Plain: pricebook.RowPlain, meter.CacheRead: pricebook.RowCacheRead, meter.CacheWrite: pricebook.RowCacheWrite,
	meter.ToolPrompt: pricebook.RowToolPrompt, meter.Reasoning: pricebook.RowReasoning, meter.Citation: pricebook.RowCitation,
}

// decompose turns inclusive counts into disjoint quantities: every token falls
// into one cell of class and modality, and every cell is billed by one meter of
// the price. It tells whether tokens are in no meter of the price.
func (r *Result) decompose(t *tally, u *usage.Usage) (lost bool) {
	clear(r.Quantities[:len(r.Price.Meters)])
	if !t.count(u) {
		return r.decomposeModal(t, u)
	}
	cells := &r.Price.Cells
	rows := t.rows
	if t.retained > 0 && len(cells.TTLs) > 0 {
		for _, c := range u.Tokens() {
			if row := cells.TTL(c.Meter.TTLMinutes()); row != nil && c.Meter.Modality() == meter.AnyModality {
				lost = r.bill(row[0], c.Tokens) || lost
				rows[meter.Input][pricebook.RowCacheWrite] -= c.Tokens
			}
		}
	}
	for d := range rows {
		for i, n := range rows[d] {
			if n != 0 {
				lost = r.bill(cells.Rows[d][i][0], n) || lost
			}
		}
	}
	return lost
}

// bill adds tokens to the meter that bills the cell. It tells whether there is none.
func (r *Result) bill(c pricebook.Cell, n int64) (lost bool) {
	switch {
	case n == 0:
		return false
	case c.Meter < 0:
		return true
	}
	r.Quantities[c.Meter] += n
	return false
}

// count fills the tally from counts without modalities. It reports false if
// there are tokens of a modality.
func (t *tally) count(u *usage.Usage) bool {
	var told [2][pricebook.NumRows]bool
	for _, c := range u.Tokens() {
		d, class := c.Meter.Direction(), c.Meter.Class()
		switch {
		case c.Meter.Modality() != meter.AnyModality:
			if c.Tokens > 0 {
				return false
			}
		case class == meter.Plain:
			t.whole[d], told[d][0] = c.Tokens, true
		case c.Meter.TTLMinutes() != 0:
			t.retained += c.Tokens
		default:
			t.rows[d][rowOf[class]], told[d][rowOf[class]] = c.Tokens, true
		}
	}
	if write := &t.rows[meter.Input][pricebook.RowCacheWrite]; *write < t.retained {
		if told[meter.Input][pricebook.RowCacheWrite] {
			t.reasons.Add(status.UsageContradictory)
		}
		*write = t.retained // retentions without a total define it
	}
	for d := range t.rows {
		row := &t.rows[d]
		sum := row[1] + row[2] + row[3]
		t.atLeast(&t.whole[d], told[d][0], sum)
		row[pricebook.RowPlain] = t.whole[d] - sum
	}
	return true
}

// atLeast makes a count as large as the sum of its disjoint parts.
func (t *tally) atLeast(n *int64, told bool, sum int64) {
	switch {
	case sum <= *n:
		return
	case told:
		t.reasons.Add(status.UsageContradictory)
	default:
		t.reasons.Add(status.TotalNotReported)
	}
	*n = sum
}
