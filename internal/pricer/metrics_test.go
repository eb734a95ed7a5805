package pricer

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

const metricsBook = `
schema: tokencost.pricebook/v1
providers:
  acme:
    models:
      a: {prices: [{rates: {input: 3, cache_read: 0.3, cache_write: 3.75, output: 15}, adjust: {context: [{input: {over: 1000}, times: {tokens: 2}}]}}]}
      b: {prices: [{rates: {input: 0.07, cache_read: 0.013, output: 0.29}}]}
      changing:
        prices:
          - {until: 2026-11-23T10:00:00Z, rates: {input: 8, output: 8}}
          - {from: 2026-11-23T10:00:00Z, until: 2026-11-23T12:00:00Z, rates: {input: 2, output: 2}}
          - {from: 2026-11-23T12:00:00Z, rates: {input: 4, output: 4}}
      new: {prices: [{from: 2026-11-23T10:00:00Z, rates: {input: 1, output: 1}}]}
      nightly: {prices: [{rates: {input: 4, output: 4}, adjust: {schedule: [{tz: UTC, hours: ["01:00-04:00"], times: {tokens: 0.5}}]}}]}
`

// metricsPricer prices all metrics with the book above.
func metricsPricer(t testing.TB, change func(*Config)) *Pricer {
	t.Helper()
	file := filepath.Join(t.TempDir(), "book.yaml")
	require.NoError(t, os.WriteFile(file, []byte(metricsBook), 0o600))
	store, err := bookstore.Open(bookstore.Source{Files: []string{file}})
	require.NoError(t, err)
	cfg := DefaultConfig()
	cfg.Signals = []SignalConfig{{Signal: "metrics"}}
	if change != nil {
		change(cfg)
	}
	p, err := New(cfg, store)
	require.NoError(t, err)
	return p
}

// instant is a time of 23 November 2026.
func instant(hour, minute int) pcommon.Timestamp {
	return pcommon.Timestamp(1_795_392_000_000_000_000 + int64(hour*60+minute)*60_000_000_000)
}

// usagePoint is the counts of one usage at one time.
type usagePoint struct {
	model, user             string
	start, time             pcommon.Timestamp
	input, read, write, out int64
}

// counts are the four disjoint counts that Claude Code sends.
func (u usagePoint) counts() map[string]int64 {
	return map[string]int64{"input": u.input, "cacheRead": u.read, "cacheCreation": u.write, "output": u.out}
}

// price is what the usage costs at the base prices of models a and b, exactly.
func (u usagePoint) price() *big.Rat {
	rates := map[string][4]string{"a": {"3", "0.3", "3.75", "15"}, "b": {"0.07", "0.013", "0.07", "0.29"}}[u.model]
	sum := new(big.Rat)
	for i, n := range []int64{u.input, u.read, u.write, u.out} {
		rate, _ := new(big.Rat).SetString(rates[i])
		sum.Add(sum, rate.Mul(rate, big.NewRat(n, 1_000_000)))
	}
	return sum
}

func newMetric(sm pmetric.ScopeMetrics, temporality pmetric.AggregationTemporality) pmetric.NumberDataPointSlice {
	m := sm.Metrics().AppendEmpty()
	m.SetName("claude_code.token.usage")
	m.SetUnit("tokens")
	s := m.SetEmptySum()
	s.SetIsMonotonic(true)
	s.SetAggregationTemporality(temporality)
	return s.DataPoints()
}

func claudeScope(md pmetric.Metrics) pmetric.ScopeMetrics {
	sm := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
	sm.Scope().SetName("com.anthropic.claude_code")
	return sm
}

func (u usagePoint) addTo(points pmetric.NumberDataPointSlice) {
	counts := u.counts()
	for _, kind := range []string{"input", "cacheRead", "cacheCreation", "output"} {
		d := points.AppendEmpty()
		d.SetStartTimestamp(u.start)
		d.SetTimestamp(u.time)
		d.SetIntValue(counts[kind])
		a := d.Attributes()
		a.PutStr("gen_ai.provider.name", "acme")
		a.PutStr("model", u.model)
		a.PutStr("user", u.user)
		a.PutStr("type", kind)
	}
}

const (
	delta      = pmetric.AggregationTemporalityDelta
	cumulative = pmetric.AggregationTemporalityCumulative
)

// spent lists the costs of all scopes, sorted.
func spent(md pmetric.Metrics) (out []string) {
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				if m.Name() != "token_cost.spend" {
					continue
				}
				for _, d := range m.Sum().DataPoints().All() {
					var attrs []string
					for k, v := range d.Attributes().All() {
						attrs = append(attrs, k+"="+v.AsString())
					}
					sort.Strings(attrs)
					out = append(out, fmt.Sprintf("%s %s %s %d-%d %v", m.Unit(), m.Sum().AggregationTemporality(), strings.Join(attrs, " "), d.StartTimestamp(), d.Timestamp(), d.DoubleValue()))
				}
			}
		}
	}
	sort.Strings(out)
	return out
}

// usages draws usages that differ in model, user or time.
func usages(rnd *rand.Rand, n int) []usagePoint {
	all := make([]usagePoint, 0, n)
	for i := range n {
		all = append(all, usagePoint{
			model: []string{"a", "b"}[rnd.IntN(2)], user: fmt.Sprintf("u%d", i), start: instant(9, 0), time: instant(9, 1+rnd.IntN(3)),
			input: rnd.Int64N(100_000), read: rnd.Int64N(1_000_000_000), write: rnd.Int64N(5000), out: 1 + rnd.Int64N(100_000),
		})
	}
	return all
}

// Every token is billed once, at the base price whatever the size of the sum,
// and the counts stay as they are.
func TestTheCostsOfMetricsAddUpToThatOfTheirTokens(t *testing.T) {
	p := metricsPricer(t, nil)
	rnd := rand.New(rand.NewPCG(3, 7))
	for range 50 {
		all := usages(rnd, 1+rnd.IntN(20))
		md := pmetric.NewMetrics()
		points := newMetric(claudeScope(md), delta)
		want := new(big.Rat)
		for _, u := range all {
			u.addTo(points)
			want.Add(want, u.price())
		}
		before := pmetric.NewMetrics()
		md.CopyTo(before)
		stats := p.Metrics(t.Context(), md, nil)
		require.EqualValues(t, len(all), stats.ByStatus[status.Estimated])
		require.EqualValues(t, 4*len(all), stats.Items)
		metrics := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
		require.Equal(t, before.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0), metrics.At(0))
		spend := metrics.At(1)
		require.True(t, spend.Sum().IsMonotonic())
		require.Equal(t, delta, spend.Sum().AggregationTemporality())
		got := new(big.Rat)
		for i, d := range spend.Sum().DataPoints().All() {
			one, _ := new(big.Rat).SetString(fmt.Sprintf("%.12f", d.DoubleValue()))
			require.Zero(t, one.Cmp(rounded(all[i].price())), "exact to 1e-12")
			got.Add(got, one)
		}
		diff := new(big.Rat).Sub(got, want)
		require.LessOrEqual(t, diff.Abs(diff).Cmp(big.NewRat(int64(len(all)), 2_000_000_000_000)), 0)
	}
}

// rounded rounds to 1e-12, half to even.
func rounded(r *big.Rat) *big.Rat {
	s := new(big.Rat).Mul(r, big.NewRat(1_000_000_000_000, 1))
	q, rest := new(big.Int).QuoRem(s.Num(), s.Denom(), new(big.Int))
	if c := rest.Lsh(rest, 1).Cmp(s.Denom()); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(q, big.NewInt(1_000_000_000_000))
}

func TestTheOrderOfPointsAndTheirBatchesChangeNothing(t *testing.T) {
	p := metricsPricer(t, nil)
	rnd := rand.New(rand.NewPCG(5, 11))
	for range 30 {
		all := usages(rnd, 2+rnd.IntN(15))
		whole := pmetric.NewMetrics()
		points := newMetric(claudeScope(whole), cumulative)
		for _, u := range all {
			u.addTo(points)
		}
		shuffled := pmetric.NewMetrics()
		target := newMetric(claudeScope(shuffled), cumulative)
		for _, i := range rnd.Perm(points.Len()) {
			shuffle(rnd, points.At(i), target.AppendEmpty())
		}
		var parts []pmetric.Metrics // several requests, and several scopes of one
		for i, u := range all {
			if i == 0 || rnd.IntN(2) == 0 {
				parts = append(parts, pmetric.NewMetrics())
			}
			u.addTo(newMetric(claudeScope(parts[len(parts)-1]), cumulative))
		}
		p.Metrics(t.Context(), whole, nil)
		p.Metrics(t.Context(), shuffled, nil)
		want := spent(whole)
		require.Len(t, want, len(all))
		require.Equal(t, want, spent(shuffled), "order")
		var got []string
		for _, md := range parts {
			p.Metrics(t.Context(), md, nil)
			got = append(got, spent(md)...)
		}
		slices.Sort(got)
		require.Equal(t, want, got, "batches")
	}
}

// shuffle copies a point with its attributes in another order.
func shuffle(rnd *rand.Rand, from, to pmetric.NumberDataPoint) {
	from.CopyTo(to)
	var keys []string
	for k := range from.Attributes().All() {
		keys = append(keys, k)
	}
	to.Attributes().Clear()
	for _, i := range rnd.Perm(len(keys)) {
		v, _ := from.Attributes().Get(keys[i])
		v.CopyTo(to.Attributes().PutEmpty(keys[i]))
	}
}

func TestPricingMetricsAgainChangesNothing(t *testing.T) {
	keep, replace := metricsPricer(t, nil), metricsPricer(t, func(c *Config) { c.Incoming = Replace })
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		all := usages(rnd, 8)
		md := pmetric.NewMetrics()
		points := newMetric(claudeScope(md), delta)
		for _, u := range all[:4] {
			u.addTo(points)
		}
		keep.Metrics(t.Context(), md, nil)
		once := pmetric.NewMetrics()
		md.CopyTo(once)
		stats := keep.Metrics(t.Context(), md, nil)
		require.EqualValues(t, 4, stats.Kept)
		require.Equal(t, [status.NumStatuses]int64{}, stats.ByStatus)
		require.Equal(t, once, md)
		stats = replace.Metrics(t.Context(), md, nil)
		require.Zero(t, stats.Kept)
		require.Equal(t, once, md)
		// A usage that came later is priced beside those that were.
		for _, u := range all[4:] {
			u.addTo(md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Sum().DataPoints())
		}
		stats = keep.Metrics(t.Context(), md, nil)
		require.EqualValues(t, 4, stats.Kept)
		require.EqualValues(t, 4, stats.ByStatus[status.Estimated])
		require.Len(t, spent(md), 8)
		require.Equal(t, 2, md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().Len(), "in one metric")
	}
}

// What a growing stream costs grows, whatever the prices do meanwhile.
func TestTheCostOfAGrowingStreamNeverFalls(t *testing.T) {
	p := metricsPricer(t, nil)
	last, count := 0.0, int64(0)
	for minute := range 6 * 60 {
		count += 1000
		md := pmetric.NewMetrics()
		u := usagePoint{model: "changing", start: instant(9, 0), time: instant(9, minute+1), input: count, out: count}
		u.addTo(newMetric(claudeScope(md), cumulative))
		var reasons status.Set
		p.Metrics(t.Context(), md, func(v *Visited) { reasons = v.Result.Reasons })
		spend := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(1).Sum().DataPoints().At(0)
		require.GreaterOrEqual(t, spend.DoubleValue(), last)
		last = spend.DoubleValue()
		require.Equal(t, minute+1 >= 60, reasons.Has(status.PriceChanged), "a change is said")
	}
	require.InDelta(t, 360_000*8*2/1e6, last, 1e-9)
}

func TestThePriceOfAnIntervalIsTheFirstInIt(t *testing.T) {
	p := metricsPricer(t, nil)
	for name, tc := range map[string]struct {
		model       string
		start, time pcommon.Timestamp
		want        float64 // of a million tokens; none if zero
		reason      status.Reason
		has         bool
	}{
		"one price": {"changing", instant(10, 0), instant(11, 0), 2, status.PriceChanged, false},
		"a price that ends when the interval does":     {"changing", instant(10, 0), instant(12, 0), 2, status.PriceChanged, true},
		"a price that changed twice":                   {"changing", instant(9, 0), instant(13, 0), 8, status.PriceChanged, true},
		"no start: the time of the point":              {"changing", 0, instant(13, 0), 4, status.PriceChanged, false},
		"a start after the time":                       {"changing", instant(13, 0), instant(11, 0), 4, status.PriceChanged, false},
		"a model whose price began within":             {"new", instant(9, 0), instant(11, 0), 1, status.PriceChanged, true},
		"a model whose price began later":              {"new", instant(8, 0), instant(9, 0), 0, status.NoPriceAtTime, true},
		"a price by time of day, short and outside":    {"nightly", instant(5, 0), instant(5, 10), 4, status.PriceChanged, false},
		"a price by time of day, short and inside":     {"nightly", instant(2, 0), instant(2, 10), 2, status.PriceChanged, false},
		"a price by time of day, over its beginning":   {"nightly", instant(0, 55), instant(1, 5), 4, status.PriceChanged, true},
		"a price by time of day that may have changed": {"nightly", instant(0, 30), instant(4, 30), 4, status.PriceChanged, true},
	} {
		t.Run(name, func(t *testing.T) {
			md := pmetric.NewMetrics()
			u := usagePoint{model: tc.model, start: tc.start, time: tc.time, input: 1_000_000}
			u.addTo(newMetric(claudeScope(md), delta))
			var reasons status.Set
			p.Metrics(t.Context(), md, func(v *Visited) { reasons = v.Result.Reasons })
			assert.Equal(t, tc.has, reasons.Has(tc.reason), reasons.String())
			metrics := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
			if tc.want == 0 {
				assert.Equal(t, 1, metrics.Len())
				return
			}
			require.Equal(t, 2, metrics.Len())
			d := metrics.At(1).Sum().DataPoints().At(0)
			assert.InDelta(t, tc.want, d.DoubleValue(), 0)
			assert.Equal(t, tc.start, d.StartTimestamp())
			assert.Equal(t, tc.time, d.Timestamp())
		})
	}
}

// In a stream of growing sums the status of a cost is estimated even while some
// usage has no price, because a stream must keep its attributes; deltas tell.
func TestTheAttributesOfAStreamDoNotChangeWithItsCounts(t *testing.T) {
	p := metricsPricer(t, nil)
	statusOf := func(temporality pmetric.AggregationTemporality, dreams int64) string {
		md := pmetric.NewMetrics()
		points := newMetric(claudeScope(md), temporality)
		usagePoint{model: "a", start: instant(9, 0), time: instant(9, 1), input: 1, out: 1}.addTo(points)
		d := points.AppendEmpty()
		points.At(0).CopyTo(d)
		d.Attributes().PutStr("type", "dreams")
		d.SetIntValue(dreams)
		stats := p.Metrics(t.Context(), md, nil)
		require.EqualValues(t, min(dreams, 1), stats.ByStatus[status.Partial], "it is counted as what it is")
		st, _ := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(1).Sum().DataPoints().At(0).Attributes().Get("token_cost.status")
		return st.Str()
	}
	assert.Equal(t, "estimated", statusOf(delta, 0))
	assert.Equal(t, "partial", statusOf(delta, 5))
	assert.Equal(t, "estimated", statusOf(cumulative, 0))
	assert.Equal(t, "estimated", statusOf(cumulative, 5))
}

func TestTheCostThatMetricsCarryIsComparedWithOurs(t *testing.T) {
	batch := func() pmetric.Metrics {
		md := pmetric.NewMetrics()
		sm := claudeScope(md)
		u := usagePoint{model: "a", start: instant(9, 0), time: instant(9, 1), input: 1_000_000}
		u.addTo(newMetric(sm, delta))
		m := sm.Metrics().AppendEmpty()
		m.SetName("claude_code.cost.usage")
		s := m.SetEmptySum()
		s.SetIsMonotonic(true)
		s.SetAggregationTemporality(delta)
		d := s.DataPoints().AppendEmpty()
		d.SetTimestamp(u.time)
		d.SetDoubleValue(5.5)
		sm.Metrics().At(0).Sum().DataPoints().At(0).Attributes().CopyTo(d.Attributes())
		d.Attributes().Remove("type")
		return md
	}
	total := func(md pmetric.Metrics) float64 {
		return md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(2).Sum().DataPoints().At(0).DoubleValue()
	}
	for _, tc := range []struct {
		reported   string
		total      float64
		compared   int64
		difference float64
	}{{Annotate, 3, 1, 2.5}, {Prefer, 5.5, 1, 2.5}, {Ignore, 3, 0, 0}} {
		md := batch()
		stats := metricsPricer(t, func(c *Config) { c.ReportedCost = tc.reported }).Metrics(t.Context(), md, nil)
		assert.InDelta(t, tc.total, total(md), 0, tc.reported)
		assert.Equal(t, tc.compared, stats.Reported, tc.reported)
		assert.InDelta(t, tc.difference, stats.Difference, 1e-12, tc.reported)
	}
}

func TestMoreUsagesThanABatchMayHaveAreCounted(t *testing.T) {
	p := metricsPricer(t, nil)
	md := pmetric.NewMetrics()
	const n = maxGroups + 10
	for half := range 2 {
		points := newMetric(claudeScope(md), delta)
		points.EnsureCapacity(n)
		for i := range n / 2 {
			d := points.AppendEmpty()
			d.SetIntValue(1)
			d.Attributes().PutStr("type", "input")
			d.Attributes().PutInt("n", int64(half*n+i))
		}
	}
	stats := p.Metrics(t.Context(), md, nil)
	assert.EqualValues(t, n, stats.Items)
	assert.EqualValues(t, 10, stats.ByReason[status.LimitExceeded])
	assert.EqualValues(t, n, stats.ByStatus[status.Unpriced])
	assert.EqualValues(t, maxGroups, stats.ByReason[status.ModelNotReported])
}

// Attributes of counts under our prefix are not those of a cost, and forged
// points beside it stay forged.
func TestCostsAreRecognisedWhateverStandsUnderThePrefix(t *testing.T) {
	p := metricsPricer(t, nil)
	md := pmetric.NewMetrics()
	sm := claudeScope(md)
	points := newMetric(sm, delta)
	usagePoint{model: "a", start: instant(9, 0), time: instant(9, 1), input: 1, out: 1}.addTo(points)
	for _, d := range points.All() {
		d.Attributes().PutStr("token_cost.team", "t")
		d.Attributes().PutStr("token_cost.status", "exact")
	}
	forged := sm.Metrics().AppendEmpty()
	forged.SetName("token_cost.spend")
	forged.SetUnit("{USD}")
	s := forged.SetEmptySum()
	s.SetIsMonotonic(true)
	s.SetAggregationTemporality(delta)
	s.DataPoints().AppendEmpty().SetDoubleValue(1e6)
	p.Metrics(t.Context(), md, nil)
	once := spent(md)
	require.Len(t, once, 1, "what was forged is gone")
	assert.NotContains(t, once[0], "team")
	assert.Contains(t, once[0], "token_cost.status=estimated")
	stats := p.Metrics(t.Context(), md, nil)
	assert.EqualValues(t, 1, stats.Kept)
	assert.Equal(t, once, spent(md))
}
