package engine

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// grid distributes tokens over the cells of classes and modalities when the
// sums of rows and columns are known and only some cells are. The first row is
// of no class, the first column of no told modality. The rows and the columns
// have the same sum.
type grid struct {
	n     int                           // rows
	rows  [usage.MaxMeters + 1]int64    // sums, less what is in out
	cols  [pricebook.NumColumns]int64   // sums, less what is in out
	told  [usage.MaxMeters + 1]*columns // cells that were told, but for the first row and column
	cells [usage.MaxMeters + 1]*pricebook.Row
	out   [usage.MaxMeters + 1][pricebook.NumColumns]int64
}

// column sets the sums of the columns from the counts of all classes.
func (g *grid) column(all *columns) {
	rest := all[0].n
	for j := 1; j < len(all); j++ {
		g.cols[j] = all[j].n
		rest -= all[j].n
	}
	g.cols[0] = rest
}

// overlapOrder is the order in which modalities are taken to be of no class.
// Text comes last, because text is what is cached most.
var overlapOrder = [...]meter.Modality{meter.Audio, meter.Image, meter.Video, meter.Text}

// maxPaths bounds the ways that are tried to make room for a modality. Counts
// that need more come from no provider.
const maxPaths = 64

// fill distributes the tokens: as told where that was told, and otherwise such
// that as few tokens as possible are of a class and a modality both.
func (g *grid) fill() (reasons status.Set) {
	for i := 1; i < g.n; i++ {
		for j := 1; j < len(g.cols); j++ {
			if g.told[i][j].n > 0 {
				g.move(i, j, g.told[i][j].n)
			}
		}
	}
	if g.ambiguous() {
		reasons.Add(status.OverlapNotReported)
	}
	for _, j := range overlapOrder {
		for path := 0; path < maxPaths && g.cols[j] > 0; path++ {
			var tried uint32
			if g.place(int(j), g.cols[j], &tried) == 0 {
				break
			}
		}
	}
	for _, j := range overlapOrder {
		for i := 1; i < g.n && g.cols[j] > 0; i++ { // more tokens than the told overlaps leave room for
			reasons.Add(status.UsageContradictory)
			g.move(i, int(j), min(g.rows[i], g.cols[j]))
		}
	}
	for i := range g.n {
		g.move(i, 0, g.rows[i])
	}
	return reasons
}

// place puts up to n tokens of a modality into a row whose overlap with it was
// not told, the row of no class first, and moves tokens of other modalities out
// of their way where there is no room. It returns
// how many it placed: zero if the told overlaps leave no room. Each row is tried
// once.
func (g *grid) place(j int, n int64, tried *uint32) int64 {
	for i := range g.n {
		if spare := min(n, g.rows[i]); spare > 0 && g.open(i, j) {
			g.move(i, j, spare)
			return spare
		}
	}
	for i := range g.n {
		if *tried&(1<<i) != 0 || !g.open(i, j) {
			continue
		}
		*tried |= 1 << i
		for k := 1; k < len(g.cols); k++ {
			away := min(n, g.movable(i, k))
			if k == j || away == 0 {
				continue
			}
			g.move(i, k, -away)
			g.move(i, j, away)
			found := g.place(k, away, tried)
			g.move(i, j, found-away)
			g.move(i, k, away-found)
			if found > 0 {
				return found
			}
		}
	}
	return 0
}

// open tells whether the number of tokens in a cell is not told.
func (g *grid) open(i, j int) bool { return i == 0 || !g.told[i][j].told }

// movable returns how many tokens of a cell were put there without being told.
func (g *grid) movable(i, j int) int64 {
	if i == 0 {
		return g.out[i][j]
	}
	return g.out[i][j] - g.told[i][j].n
}

// move puts tokens into a cell.
func (g *grid) move(i, j int, n int64) {
	g.out[i][j] += n
	g.rows[i] -= n
	g.cols[j] -= n
}

// ambiguous tells whether it matters how many tokens are in a cell that was not
// told, and the sums leave that open.
func (g *grid) ambiguous() bool {
	rest := int64(0)
	for i := range g.n {
		rest += g.rows[i]
	}
	for i := 1; i < g.n; i++ {
		for j := 1; j < len(g.cols); j++ {
			row, col := g.rows[i], g.cols[j]
			if !g.told[i][j].told && max(0, row+col-rest) < min(row, col) && g.matters(i, j) {
				return true
			}
		}
	}
	return false
}

// matters tells whether a token of the class and one of the modality cost
// something else than one of both and one of neither.
func (g *grid) matters(i, j int) bool {
	both, neither := g.cells[i][j].Meter, g.cells[0][0].Meter
	class, modality := g.cells[i][0].Meter, g.cells[0][j].Meter
	return !(both == class && neither == modality) && !(both == modality && neither == class)
}
