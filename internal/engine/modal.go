package engine

import (
	"cmp"
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// reported is a count, and whether it was told.
type reported struct {
	n    int64
	told bool
}

// columns are counts by modality; the first is of all modalities.
type columns [pricebook.NumColumns]reported

// retention are the cache writes of one retention.
type retention struct {
	minutes int
	columns
}

// side holds the counts of one direction as reported: the first row is of all
// classes, the others of one class each.
type side struct {
	rows       [pricebook.NumRows]columns
	retentions [usage.MaxMeters]retention
	n          int // of retentions
}

// decomposeModal is decompose for counts with modalities.
func (r *Result) decomposeModal(t *tally, u *usage.Usage) (lost bool) {
	*t = tally{}
	for d := range t.whole {
		var s side
		s.read(u, meter.Direction(d))
		s.complete(t)
		t.whole[d] = s.rows[0][0].n
		rest := t.whole[d]
		for i := 1; i < pricebook.NumRows; i++ {
			t.rows[d][i] = s.rows[i][0].n
			rest -= t.rows[d][i]
		}
		t.rows[d][0] = rest
		lost = r.billSide(t, &s, meter.Direction(d)) || lost
	}
	return lost
}

// read takes the counts of a direction.
func (s *side) read(u *usage.Usage, d meter.Direction) {
	for _, c := range u.Tokens() {
		m := c.Meter
		if m.Direction() != d {
			continue
		}
		to := &s.rows[rowOf[m.Class()]]
		if ttl := m.TTLMinutes(); ttl != 0 {
			to = s.retention(ttl)
		}
		to[m.Modality()] = reported{c.Tokens, true}
	}
	slices.SortFunc(s.retentions[:s.n], func(a, b retention) int { return cmp.Compare(a.minutes, b.minutes) })
}

func (s *side) retention(minutes int) *columns {
	for i := range s.retentions[:s.n] {
		if s.retentions[i].minutes == minutes {
			return &s.retentions[i].columns
		}
	}
	s.retentions[s.n].minutes = minutes
	s.n++
	return &s.retentions[s.n-1].columns
}

// complete makes every count as large as each way to divide it into disjoint
// parts says that it is at least.
func (s *side) complete(t *tally) {
	atLeast := func(c *reported, sum int64) { t.atLeast(&c.n, c.told, sum) }
	write := &s.rows[pricebook.RowCacheWrite]
	var split columns // sums over retentions, by modality
	for i := range s.retentions[:s.n] {
		c := &s.retentions[i].columns
		atLeast(&c[0], c.modalities())
		t.retained += c[0].n
		for j := range c {
			split[j].n += c[j].n
		}
	}
	if !write[0].told {
		write[0].n = split[0].n // retentions without a total define it
	}
	for j := range split {
		atLeast(&write[j], split[j].n)
	}
	classes := int64(0)
	for i := 1; i < pricebook.NumRows; i++ {
		atLeast(&s.rows[i][0], s.rows[i].modalities())
		classes += s.rows[i][0].n
	}
	for j := 1; j < pricebook.NumColumns; j++ {
		atLeast(&s.rows[0][j], s.rows[1][j].n+s.rows[2][j].n+s.rows[3][j].n)
	}
	atLeast(&s.rows[0][0], classes)
	atLeast(&s.rows[0][0], s.rows[0].modalities())
}

// modalities sums the counts of single modalities.
func (c *columns) modalities() (sum int64) {
	for j := 1; j < pricebook.NumColumns; j++ {
		sum += c[j].n
	}
	return sum
}

// billSide distributes the tokens over the cells of class and modality, and
// those of cache writes over their retentions.
func (r *Result) billSide(t *tally, s *side, d meter.Direction) (lost bool) {
	cells := &r.Price.Cells
	g := grid{n: len(s.rows)}
	for i := range s.rows {
		g.rows[i], g.cells[i], g.told[i] = t.rows[d][i], &cells.Rows[d][i], &s.rows[i]
	}
	g.column(&s.rows[0])
	t.reasons |= g.fill()
	for i := range s.rows {
		if d == meter.Input && i == pricebook.RowCacheWrite && s.n > 0 && len(cells.TTLs) > 0 {
			lost = r.billRetentions(t, s, &g.out[i]) || lost
			continue
		}
		lost = r.billRow(t, &g, i) || lost
	}
	return lost
}

// billRetentions distributes the cache writes of each modality over retentions.
func (r *Result) billRetentions(t *tally, s *side, writes *[pricebook.NumColumns]int64) (lost bool) {
	cells := &r.Price.Cells
	untold := &cells.Rows[meter.Input][pricebook.RowCacheWrite]
	g := grid{n: s.n + 1, cols: *writes}
	g.rows[0], g.cells[0] = t.rows[meter.Input][pricebook.RowCacheWrite]-t.retained, untold
	for i := range s.retentions[:s.n] {
		kept := &s.retentions[i]
		g.rows[i+1], g.cells[i+1], g.told[i+1] = kept.columns[0].n, cells.TTL(kept.minutes), &kept.columns
		if g.cells[i+1] == nil {
			g.cells[i+1] = untold
		}
	}
	t.reasons |= g.fill()
	for i := range g.n {
		lost = r.billRow(t, &g, i) || lost
	}
	return lost
}

func (r *Result) billRow(t *tally, g *grid, i int) (lost bool) {
	for j, n := range g.out[i] {
		cell := g.cells[i][j]
		if n > 0 && cell.Contested {
			t.reasons.Add(status.OverlapNotPriced)
		}
		lost = r.bill(cell, n) || lost
	}
	return lost
}
