package pricebook

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"

// The classes that the tokens of a direction fall into, as rows of cells. Each
// direction has its own meaning of the rows behind the first.
const (
	RowPlain      = 0 // tokens of no class
	RowCacheRead  = 1 // of input
	RowCacheWrite = 2
	RowToolPrompt = 3
	RowReasoning  = 1 // of output
	RowCitation   = 2
	NumRows       = 4
)

// NumColumns is the number of columns of cells: one for each modality, the first
// for tokens whose modality was not told.
const NumColumns = int(meter.Video) + 1

// Cell tells which meter of a price bills the tokens of one class and modality.
type Cell struct {
	// Meter is the index into Price.Meters, or negative if no meter contains them.
	Meter int8
	// Contested tells that a meter of the class and one of the modality contain
	// the tokens and neither is narrower: the one of the class bills them.
	Contested bool
}

// Row holds the cells of one class, by modality.
type Row [NumColumns]Cell

// TTLRow holds the cells of cache writes with a retention of their own price.
type TTLRow struct {
	Minutes int
	Row
}

// Cells hold the cells of every class and modality.
type Cells struct {
	Rows [2][NumRows]Row // by meter.Direction
	TTLs []TTLRow        // retentions that any meter of the price states
}

// classOf is the class of each row.
var classOf = [2][NumRows]meter.Class{
	meter.Input:  {meter.Plain, meter.CacheRead, meter.CacheWrite, meter.ToolPrompt},
	meter.Output: {meter.Plain, meter.Reasoning, meter.Citation, meter.Plain},
}

// newCells maps cells to meters, which are sorted by rank from the highest.
func newCells(meters []meter.Meter) Cells {
	var c Cells
	for d := range c.Rows {
		for i := range c.Rows[d] {
			c.Rows[d][i] = newRow(meters, meter.New(meter.Direction(d), classOf[d][i], 0, meter.AnyModality))
		}
	}
	known := map[int]bool{}
	for _, m := range meters {
		if ttl := m.TTLMinutes(); ttl != 0 && !known[ttl] {
			known[ttl] = true
			c.TTLs = append(c.TTLs, TTLRow{ttl, newRow(meters, meter.New(meter.Input, meter.CacheWrite, ttl, meter.AnyModality))})
		}
	}
	return c
}

func newRow(meters []meter.Meter, class meter.Meter) Row {
	var row Row
	for mod := range row {
		tokens := class.WithModality(meter.Modality(mod))
		row[mod].Meter = -1
		for i, m := range meters {
			if !m.Contains(tokens) {
				continue
			}
			if row[mod].Meter < 0 {
				row[mod].Meter = int8(i)
			} else if best := meters[row[mod].Meter]; !m.Contains(best) {
				row[mod].Contested = true
			}
		}
	}
	return row
}

// TTL returns the row of a retention, or nil if no meter of the price states it.
func (c *Cells) TTL(minutes int) *Row {
	for i := range c.TTLs {
		if c.TTLs[i].Minutes == minutes {
			return &c.TTLs[i].Row
		}
	}
	return nil
}
