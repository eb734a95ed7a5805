package engine_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// counts are told counts by the name of their meter or fee.
type counts map[string]int64

func (c counts) usage(t testing.TB) usage.Usage {
	t.Helper()
	var u usage.Usage
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if m, err := meter.Parse(name); err == nil {
			require.True(t, u.Set(m, c[name]))
		} else {
			f, err := meter.ParseFee(name)
			require.NoError(t, err)
			u.SetFee(f, c[name])
		}
	}
	return u
}

func (c counts) call(t testing.TB) call.Call {
	t.Helper()
	return call.Call{Kind: call.Inference, Provider: "p", ResponseModel: "m", StartUnixNano: 1_795_422_516_000_000_000, Usage: c.usage(t), Told: call.AllFacts}
}

// quantities lists what each meter bills, such as "input 60, cache_read 40".
func quantities(r *engine.Result) counts {
	out := counts{}
	if r.Price == nil {
		return out
	}
	for i, m := range r.Price.Meters {
		if r.Quantities[i] != 0 {
			out[m.String()] = r.Quantities[i]
		}
	}
	return out
}

func flat(t testing.TB, rates string) *pricebook.Book {
	t.Helper()
	return mustLoad(t, "providers: {p: {models: {m: {prices: [{rates: {"+rates+"}}]}}}}")
}

func TestUsageFallsIntoDisjointQuantities(t *testing.T) {
	const (
		anthropic = "input: 5, cache_read: 0.5, cache_write: 6.25, cache_write.1h: 10, output: 25"
		realtime  = "input: 4, input.audio: 32, input.image: 5, cache_read: 0.4, cache_read.audio: 0.5, output: 16, output.audio: 64"
		flash     = "input: 0.3, input.audio: 1, cache_read: 0.03, cache_read.audio: 0.1, output: 2.5"
		overlap   = "input: 4, input.audio: 32, cache_read: 0.4, cache_write: 5, output: 16"
		thinking  = "input: 1, output: 2, reasoning: 3, citation: 4"
	)
	of := status.Of
	for _, tc := range []struct {
		name    string
		rates   string
		told    counts
		want    counts
		reasons status.Set
	}{
		{"input and output", anthropic, counts{"input": 100, "output": 10}, counts{"input": 100, "output": 10}, 0},
		{"cache reads are a part of input", anthropic, counts{"input": 100, "cache_read": 40, "output": 10}, counts{"input": 60, "cache_read": 40, "output": 10}, 0},
		{"cache writes too", anthropic, counts{"input": 100, "cache_read": 40, "cache_write": 60}, counts{"cache_read": 40, "cache_write": 60}, 0},
		{"a retention is a part of the writes", anthropic, counts{"input": 100, "cache_write": 60, "cache_write.1h": 20}, counts{"input": 40, "cache_write": 40, "cache_write.1h": 20}, 0},
		{"a retention without price bills at the writes", anthropic, counts{"input": 100, "cache_write": 60, "cache_write.5m": 50, "cache_write.1h": 10}, counts{"input": 40, "cache_write": 50, "cache_write.1h": 10}, 0},
		{"retentions without a total define it", anthropic, counts{"input": 100, "cache_write.5m": 50, "cache_write.1h": 10}, counts{"input": 40, "cache_write": 50, "cache_write.1h": 10}, 0},
		{"retentions beyond their total contradict", anthropic, counts{"input": 100, "cache_write": 30, "cache_write.5m": 50, "cache_write.1h": 10}, counts{"input": 40, "cache_write": 50, "cache_write.1h": 10}, of(status.UsageContradictory)},
		{"cache larger than input contradicts", anthropic, counts{"input": 10, "cache_read": 40, "output": 1}, counts{"cache_read": 40, "output": 1}, of(status.UsageContradictory)},
		{"parts that are together larger than input contradict", anthropic, counts{"input": 50, "cache_read": 40, "cache_write": 20}, counts{"cache_read": 40, "cache_write": 20}, of(status.UsageContradictory)},
		{"parts without a total are added up", anthropic, counts{"cache_read": 40, "cache_write": 20, "output": 5}, counts{"cache_read": 40, "cache_write": 20, "output": 5}, of(status.TotalNotReported)},
		{"zero parts need no total", anthropic, counts{"cache_read": 0, "output": 5}, counts{"output": 5}, 0},
		{"a part without price bills at its whole", "input: 5, output: 25", counts{"input": 100, "cache_read": 40, "cache_write.1h": 20, "tool_prompt": 5, "output": 10, "reasoning": 4}, counts{"input": 100, "output": 10}, 0},
		{"a retention with a price where writes have none", "input: 5, cache_write.1h: 10", counts{"input": 100, "cache_write": 60, "cache_write.1h": 20}, counts{"input": 80, "cache_write.1h": 20}, 0},
		{"reasoning and citations are parts of output", thinking, counts{"output": 100, "reasoning": 60, "citation": 10}, counts{"output": 30, "reasoning": 60, "citation": 10}, 0},
		{"reasoning larger than output contradicts", thinking, counts{"output": 5, "reasoning": 60}, counts{"reasoning": 60}, of(status.UsageContradictory)},

		{"modalities are parts of input", realtime, counts{"input": 100, "input.audio": 30, "input.text": 70, "output": 5, "output.audio": 5}, counts{"input": 70, "input.audio": 30, "output.audio": 5}, 0},
		{"what no modality was told for is billed at input", realtime, counts{"input": 100, "input.audio": 30}, counts{"input": 70, "input.audio": 30}, 0},
		{"zero of a modality changes nothing", realtime, counts{"input": 100, "cache_read": 40, "input.audio": 0, "cache_read.audio": 0}, counts{"input": 60, "cache_read": 40}, 0},
		{"cached audio is of both", realtime, counts{"input": 100, "cache_read": 40, "input.audio": 30, "cache_read.audio": 10, "cache_read.text": 30, "input.text": 70}, counts{"input": 40, "cache_read": 30, "input.audio": 20, "cache_read.audio": 10}, 0},
		{"an overlap that was not told is as small as possible", flash, counts{"input": 100, "cache_read": 40, "input.audio": 30}, counts{"input": 30, "cache_read": 40, "input.audio": 30}, of(status.OverlapNotReported)},
		{"but as large as the total demands", flash, counts{"input": 100, "cache_read": 80, "input.audio": 30}, counts{"cache_read": 70, "input.audio": 20, "cache_read.audio": 10}, of(status.OverlapNotReported)},
		{"and known where the totals leave no choice", flash, counts{"input": 100, "cache_read": 100, "input.audio": 30}, counts{"cache_read": 70, "cache_read.audio": 30}, 0},
		{"or all is of the modality", flash, counts{"input": 100, "cache_read": 40, "input.audio": 100}, counts{"input.audio": 60, "cache_read.audio": 40}, 0},
		{"an overlap that makes no difference needs not be told", "input: 4, cache_read: 1", counts{"input": 100, "cache_read": 40, "input.audio": 30}, counts{"input": 60, "cache_read": 40}, 0},
		{"an overlap without a price is billed at the cache", overlap, counts{"input": 100, "cache_read": 40, "input.audio": 30, "cache_read.audio": 10}, counts{"input": 40, "cache_read": 40, "input.audio": 20}, of(status.OverlapNotPriced)},
		{"an overlap without a price that was told to be none", overlap, counts{"input": 100, "cache_read": 40, "input.audio": 30, "cache_read.audio": 0}, counts{"input": 30, "cache_read": 40, "input.audio": 30}, 0},
		{"several classes: the overlap falls to any", overlap, counts{"input": 100, "cache_read": 60, "cache_write": 40, "input.audio": 50}, counts{"cache_read": 60, "cache_write": 40}, of(status.OverlapNotPriced, status.OverlapNotReported)},
		{"told overlaps that leave too little room contradict", flash, counts{"input": 100, "cache_read": 80, "input.audio": 30, "cache_read.audio": 0}, counts{"cache_read": 70, "input.audio": 20, "cache_read.audio": 10}, of(status.UsageContradictory)},
		{"an overlap larger than the class contradicts", flash, counts{"input": 100, "cache_read": 5, "input.audio": 30, "cache_read.audio": 10}, counts{"input": 70, "input.audio": 20, "cache_read.audio": 10}, of(status.UsageContradictory)},
		{"an overlap without its class", flash, counts{"input": 100, "input.audio": 30, "cache_read.audio": 10}, counts{"input": 70, "input.audio": 20, "cache_read.audio": 10}, of(status.TotalNotReported)},
		{"modalities beyond the total contradict", realtime, counts{"input": 50, "input.audio": 30, "input.text": 40}, counts{"input": 40, "input.audio": 30}, of(status.UsageContradictory)},
		{
			"retentions of a modality", "input: 1, cache_write: 2, cache_write.1h: 3, cache_write.audio: 4, cache_write.1h.audio: 5",
			counts{"input": 100, "input.audio": 30, "cache_write": 50, "cache_write.audio": 20, "cache_write.1h": 25, "cache_write.1h.audio": 15},
			counts{"input": 50, "cache_write": 20, "cache_write.1h": 10, "cache_write.audio": 5, "cache_write.1h.audio": 15},
			0,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := tc.told.call(t)
			var r engine.Result
			engine.Price(flat(t, tc.rates), &c, &r)
			assert.Equal(t, tc.want, quantities(&r))
			assert.Equal(t, tc.reasons.String(), r.Reasons.String())
			if tc.reasons != 0 {
				assert.Equal(t, status.Estimated, r.Status)
			}
		})
	}
}

// grid is a distribution of input tokens over classes and modalities.
type grid [3][3]int64

var (
	gridClasses = [3]string{"", "cache_read", "cache_write"}
	gridMods    = [3]string{"", "audio", "text"}
)

func cellName(i, j int) string {
	return mt{dir: "in", class: gridClasses[i], mod: gridMods[j]}.name()
}

func (g grid) row(i int) int64 { return g[i][0] + g[i][1] + g[i][2] }
func (g grid) col(j int) int64 { return g[0][j] + g[1][j] + g[2][j] }

// overlap counts the tokens that are of a class and of a modality.
func (g grid) overlap() int64 { return g[1][1] + g[1][2] + g[2][1] + g[2][2] }

// distributions lists every distribution with the same sums of rows and columns
// and the same told cells.
func (g grid) distributions(told map[[2]int]bool) (out []grid) {
	var place func(d grid, cell int)
	place = func(d grid, cell int) {
		if cell == 9 {
			if slices.Equal([]int64{d.row(0), d.row(1), d.row(2), d.col(0), d.col(1)}, []int64{g.row(0), g.row(1), g.row(2), g.col(0), g.col(1)}) {
				out = append(out, d)
			}
			return
		}
		i, j := cell/3, cell%3
		low, high := int64(0), g.row(i)-d.row(i)
		if told[[2]int{i, j}] {
			low, high = g[i][j], g[i][j]
		}
		for n := low; n <= high; n++ {
			d[i][j] = n
			place(d, cell+1)
		}
	}
	place(grid{}, 0)
	return out
}

// TestUntoldOverlapIsTheSmallestOfAllThatAreConsistent compares the engine with
// a search through every way to distribute the tokens.
func TestUntoldOverlapIsTheSmallestOfAllThatAreConsistent(t *testing.T) {
	r := random{rand.New(rand.NewPCG(7, 7))}
	ambiguous, exact := 0, 0
	for range 2500 {
		rates := numbers{{"input", "1"}}
		for _, name := range some(r, []string{"cache_read", "cache_write", "input.audio", "input.text", "cache_read.audio", "cache_write.text"}, 60) {
			rates = append(rates, struct{ name, value string }{name, fmt.Sprint(1 + r.IntN(9))})
		}
		spec := &bookSpec{rates: rates}
		book := mustLoad(t, spec.yaml())
		var g grid
		for range 1 + r.IntN(7) {
			g[r.IntN(3)][r.IntN(3)]++
		}
		told := counts{"input": g.row(0) + g.row(1) + g.row(2)}
		cells := map[[2]int]bool{}
		for i := range 3 {
			for j := range 3 {
				switch {
				case i > 0 && j > 0:
					if r.chance(30) {
						told[cellName(i, j)], cells[[2]int{i, j}] = g[i][j], true
					}
				case i > 0:
					told[cellName(i, j)] = g.row(i)
				case j > 0:
					told[cellName(i, j)] = g.col(j)
				}
			}
		}
		prices := map[string]bool{}
		smallest := map[string]bool{}
		least := int64(1 << 60)
		for _, d := range g.distributions(cells) {
			price := spec.bill(d.truth(), situation{}, true).total.RatString()
			prices[price] = true
			if d.overlap() < least {
				smallest, least = map[string]bool{}, d.overlap()
			}
			if d.overlap() == least {
				smallest[price] = true
			}
		}
		c := told.call(t)
		var result engine.Result
		engine.Price(book, &c, &result)
		context := fmt.Sprintf("%v\ntold %v\nrates %v\nreasons %s", g, told, rates, result.Reasons)
		require.True(t, conserved(t, &result, false), context)
		require.False(t, result.Reasons.Has(status.UsageContradictory), "counts of a truth do not contradict\n%s", context)
		require.True(t, smallest[result.Total.Rat().RatString()], "%s\ngot %s want one of %v", context, result.Total, smallest)
		if len(prices) > 1 {
			ambiguous++
			require.True(t, result.Reasons.Has(status.OverlapNotReported), context)
		}
		if !result.Reasons.Has(status.OverlapNotReported) {
			exact++
		}
	}
	assert.Greater(t, ambiguous, 200)
	assert.Greater(t, exact, 200)
}

func (g grid) truth() truth {
	u := truth{tokens: map[mt]int64{}}
	for i := range 3 {
		for j := range 3 {
			u.tokens[mt{dir: "in", class: gridClasses[i], mod: gridMods[j]}] = g[i][j]
		}
	}
	return u
}

// TestAnyCountsGiveDisjointQuantities throws counts at the engine that follow
// from nothing: whatever they are, no quantity is negative, none is lost, and
// no total is below what its parts need.
func TestAnyCountsGiveDisjointQuantities(t *testing.T) {
	r := random{rand.New(rand.NewPCG(3, 1))}
	pool := slices.Concat([]string{"input", "output"}, meterPool)
	contradictory := 0
	for range 2000 {
		spec, book, _ := r.loaded()
		told := counts{}
		for _, name := range some(r, pool, 35) {
			told[name] = r.Int64N(1 + pick(r, []int64{0, 3, 100, usage.MaxCount}))
		}
		s := r.situation()
		c := s.call(told.usage(t))
		var result engine.Result
		engine.Price(book, &c, &result)
		context := fmt.Sprintf("%v %s\n%s", told, result.Reasons, spec.yaml())
		if result.Price == nil {
			require.True(t, result.Total.IsZero(), context)
			continue
		}
		require.True(t, conserved(t, &result, result.Reasons.Has(status.MeterNotPriced)), context)
		for dir, whole := range map[string]int64{"input": result.Input, "output": result.Output} {
			require.GreaterOrEqual(t, whole, told[dir], context)
			if n, ok := told[dir]; ok && whole > n {
				contradictory++
				require.True(t, result.Reasons.Has(status.UsageContradictory), context)
			}
		}
	}
	assert.Greater(t, contradictory, 200)
}
