package reprice_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reprice"
)

// october is the book that calls were priced with at first.
const october = `schema: tokencost.pricebook/v1
version: october
providers:
  acme:
    names: [acme]
    models:
      small:
        prices:
          - rates: {input: 1, cache_read: 0.1, output: 4}
            from: 2026-01-01T00:00:00Z
            adjust: {mode: {batch: {times: {tokens: 0.5}}}}
      large:
        prices: [{from: 2026-01-01T00:00:00Z, rates: {input: 10, output: 30}}]
      late:
        prices: [{from: 2026-10-20T00:00:00Z, rates: {input: 1, output: 1}}]
`

func book(t testing.TB, layers ...string) *pricebook.Book {
	t.Helper()
	var stack []pricebook.Layer
	for i, text := range layers {
		stack = append(stack, pricebook.Layer{{Name: fmt.Sprintf("layer%d.yaml", i), Data: []byte(text)}})
	}
	b, err := pricebook.Load(stack...)
	require.NoError(t, err)
	return b
}

// at is an instant of October 2026.
func at(day, hour int) int64 { return time.Date(2026, 10, day, hour, 0, 0, 0, time.UTC).UnixNano() }

var everything = ledger.Span{From: at(1, 0), Until: at(32, 0)}

// observed is a call as a Collector priced it with a book.
type observed struct {
	start    int64
	model    string
	mode     string
	usage    string
	overhead string
	service  string
	reported int64 // quanta; the total was replaced by it
	bare     bool  // without a calculation
}

func row(t testing.TB, b *pricebook.Book, n int, o observed) *ledger.Row {
	t.Helper()
	facts := calculation.Facts{
		Kind: "inference", Dialect: "semconv", Operation: "chat", Provider: "acme", ResponseModel: o.model, RequestModel: o.model, Mode: o.mode,
		Told: []string{}, Basis: "inclusive:rule",
	}
	for name := range call.Facts(call.AllFacts).Names() {
		facts.Told = append(facts.Told, name)
	}
	c, err := facts.Call(ledger.ParseUsage(o.usage), uint64(o.start))
	require.NoError(t, err)
	var r engine.Result
	engine.Price(b, c, &r)
	if o.reported != 0 {
		r.Replace(money.Quanta(uint64(o.reported)))
	}
	var read calculation.Calculation
	require.NoError(t, calculation.Parse(string(calculation.Append(nil, c, &r)), &read))
	out := &ledger.Row{
		Key: ledger.Key{Start: o.start, Trace: [16]byte{15: byte(n), 14: byte(n >> 8)}, Span: [8]byte{7: 1}}, Signal: ledger.Traces, End: o.start + 1,
		Usage: o.usage, Quantities: append([]int64(nil), read.Quantities...),
		Context: &ledger.Context{
			Service: o.service, Provider: "acme", Model: o.model, RequestModel: o.model, ResponseModel: o.model, Status: r.Status.String(),
			Reasons: strings.ReplaceAll(r.Reasons.String(), ",", " "), Book: b.Label, By: read.By,
		},
	}
	set := func(a ledger.Amount, m money.Amount) {
		n := new(big.Int).Div(new(big.Int).Mul(m.Rat().Num(), big.NewInt(1e12)), m.Rat().Denom())
		out.Amounts[a] = n.Int64()
	}
	if r.Status.Priced() {
		out.Context.Currency = r.Currency
		if r.Price != nil {
			out.Context.Price = r.Price.ID
		}
		set(ledger.Total, r.Total)
		set(ledger.List, r.Total)
		set(ledger.Loaded, r.Total)
		for part, amount := range map[engine.Part]ledger.Amount{
			engine.PartInput: ledger.Input, engine.PartCacheRead: ledger.CacheRead, engine.PartCacheWrite: ledger.CacheWrite,
			engine.PartOutput: ledger.Output, engine.PartFees: ledger.Fees,
		} {
			set(amount, r.Parts[part])
		}
		if r.Contract {
			set(ledger.List, r.List)
		}
		if o.overhead != "" {
			alpha, err := money.ParseFactor(o.overhead)
			require.NoError(t, err)
			out.Context.Overhead = o.overhead
			set(ledger.Loaded, r.Loaded(alpha))
		}
	}
	out.Amounts[ledger.Reported] = o.reported
	if o.bare {
		out.Context.By, out.Quantities = "", nil
	}
	out.ContextID = out.Context.ID()
	out.Seal()
	return out
}

// ledgerOf is a ledger of calls that were priced with a book.
func ledgerOf(t *testing.T, b *pricebook.Book, calls ...observed) *memory.Store {
	t.Helper()
	store := memory.New()
	var rows []*ledger.Row
	for i, o := range calls {
		if o.usage == "" {
			o.usage = "input=1000000 output=1000000"
		}
		rows = append(rows, row(t, b, i+1, o))
	}
	_, err := store.Write(context.Background(), rows)
	require.NoError(t, err)
	return store
}

func run(t *testing.T, store *memory.Store, b *pricebook.Book, tweak func(*reprice.Options)) *reprice.Report {
	t.Helper()
	o := reprice.Options{Span: everything, At: time.Unix(0, at(31, 0)), Note: "test"}
	if tweak != nil {
		tweak(&o)
	}
	r, err := reprice.Run(context.Background(), store, b, o)
	require.NoError(t, err)
	checkSums(t, store, r)
	return r
}

// checkSums proves that effects add up to what the totals changed.
func checkSums(t *testing.T, store *memory.Store, r *reprice.Report) {
	t.Helper()
	sums := map[string]*big.Rat{}
	for _, e := range r.Effects() {
		if sums[e.Currency] == nil {
			sums[e.Currency] = new(big.Rat)
		}
		sums[e.Currency].Add(sums[e.Currency], e.Units())
	}
	for _, total := range r.Totals() {
		if d := total.Difference(); d.Sign() != 0 {
			require.NotNil(t, sums[total.Currency])
			assert.Equal(t, d.RatString(), sums[total.Currency].RatString(), "effects add up to the difference")
		}
	}
	if r.Run == 0 {
		return
	}
	// What the ledger's own sums say now is what the report says.
	contexts := map[int64]ledger.Context{}
	require.NoError(t, store.Contexts(context.Background(), func(id int64, c *ledger.Context) error { contexts[id] = *c; return nil }))
	now := map[string]*big.Int{}
	require.NoError(t, store.Totals(context.Background(), ledger.Daily, everything, func(s *ledger.PeriodSum) error {
		currency := contexts[s.Context].Currency
		if now[currency] == nil {
			now[currency] = new(big.Int)
		}
		now[currency].Add(now[currency], &s.Amounts[ledger.Total])
		return nil
	}))
	for _, total := range r.Totals() {
		assert.Equal(t, total.After.String(), now[total.Currency].String())
	}
}

// effects writes the effects of a report, one a line.
func effects(r *reprice.Report) string {
	var b strings.Builder
	for _, e := range r.Effects() {
		fmt.Fprintf(&b, "%s/%s %s %s %d %s\n", e.Provider, e.Model, e.Cause, e.Currency, e.Calls, pricebook.Decimal(e.Units()))
	}
	return b.String()
}

func TestTheSameBookChangesNothing(t *testing.T) {
	b := book(t, october)
	store := ledgerOf(t, b,
		observed{start: at(1, 0), model: "small", usage: "cache_read=3 input=7 output=11", overhead: "1.85"},
		observed{start: at(2, 0), model: "small", mode: "batch"},
		observed{start: at(3, 0), model: "unheard-of"},
		observed{start: at(3, 1), model: "late"})
	r := run(t, store, b, nil)
	assert.Equal(t, int64(4), r.Calls)
	assert.Zero(t, r.Changed)
	assert.Empty(t, r.Left())
	assert.Empty(t, r.Effects())
	runs, err := store.Runs(context.Background())
	require.NoError(t, err)
	assert.Empty(t, runs, "a run that changes nothing is none")
}

func TestEveryCauseIsToldAlone(t *testing.T) {
	for _, c := range []struct{ name, layer, want string }{
		{"the price of a period", `schema: tokencost.pricebook/v1
providers:
  acme: {models: {large: {prices: [{from: 2026-10-05T00:00:00Z, rates: {input: 8, output: 30}}]}}}
`, "acme/large price USD 1 -2\n"},
		{"a rule", `schema: tokencost.pricebook/v1
providers:
  acme: {models: {large: {prices: [{from: 2026-01-01T00:00:00Z, rates: {input: 10, output: 30}, adjust: {context: [{input: {over: 1000}, times: {input: 2}}]}}]}}}
`, "acme/large rule USD 2 20\n"},
		{"a contract", `schema: tokencost.pricebook/v1
contracts: [{name: acme-2026, provider: acme, models: [large], from: 2026-10-05T00:00:00Z, until: 2027-01-01T00:00:00Z, times: {tokens: 0.9}}]
`, "acme/large contract USD 1 -4\n"},
		{"a new model", `schema: tokencost.pricebook/v1
providers:
  acme: {models: {unheard-of: {prices: [{rates: {input: 2, output: 3}}]}}}
`, "acme/unheard-of model_known USD 1 5\n"},
		{"a price at the time", `schema: tokencost.pricebook/v1
providers:
  acme: {models: {late: {prices: [{from: 2026-09-01T00:00:00Z, rates: {input: 1, output: 1}}]}}}
`, "acme/late reason_resolved USD 1 2\n"},
		{"an unsure price", `schema: tokencost.pricebook/v1
providers:
  acme: {models: {late: {prices: [{from: 2026-10-20T00:00:00Z, unconfirmed: true, rates: {input: 1, output: 1}}]}}}
`, "acme/late status USD 1 0\n"},
		{"a contract and a price", `schema: tokencost.pricebook/v1
providers:
  acme: {models: {large: {prices: [{from: 2026-10-05T00:00:00Z, rates: {input: 8, output: 30}}]}}}
contracts: [{name: acme-2026, provider: acme, models: [large], from: 2026-10-05T00:00:00Z, until: 2027-01-01T00:00:00Z, times: {tokens: 0.9}}]
`, "acme/large contract USD 1 -3.8\nacme/large price USD 1 -2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := book(t, october)
			store := ledgerOf(t, b,
				observed{start: at(3, 0), model: "large"}, observed{start: at(6, 0), model: "large"},
				observed{start: at(7, 0), model: "unheard-of"}, observed{start: at(8, 0), model: "late"}, observed{start: at(21, 0), model: "late"})
			newer := book(t, october, c.layer)
			dry := run(t, store, newer, func(o *reprice.Options) { o.DryRun = true })
			r := run(t, store, newer, nil)
			assert.Equal(t, c.want, effects(r))
			assert.Equal(t, c.want, effects(dry), "a dry run tells what would change")
			assert.Zero(t, dry.Run)
			again := run(t, store, newer, nil)
			assert.Zero(t, again.Changed, "a second run changes nothing")
			runs, err := store.Runs(context.Background())
			require.NoError(t, err)
			require.Len(t, runs, 1)
			assert.Equal(t, r.Changed, runs[0].Calls)
			assert.Equal(t, newer.Label, runs[0].Book)
			assert.Equal(t, "test", runs[0].Note)
		})
	}
}

func TestACallThatMeansAnotherModelNowIsToldSo(t *testing.T) {
	names := func(small, large string) *pricebook.Book {
		return book(t, `schema: tokencost.pricebook/v1
providers:
  acme:
    names: [acme]
    models:
      small: {aliases: [`+small+`], prices: [{rates: {input: 1, output: 1}}]}
      large: {aliases: [`+large+`], prices: [{rates: {input: 5, output: 5}}]}
`)
	}
	store := ledgerOf(t, names("latest", "big"), observed{start: at(1, 0), model: "latest"})
	assert.Equal(t, "acme/large model USD 1 8\n", effects(run(t, store, names("tiny", "latest"), nil)))
}

func TestAPriceInAnotherCurrencyIsToldInBoth(t *testing.T) {
	store := ledgerOf(t, book(t, october), observed{start: at(1, 0), model: "large"})
	newer := book(t, october, `schema: tokencost.pricebook/v1
providers:
  acme: {models: {large: {prices: [{from: 2026-01-01T00:00:00Z, currency: EUR, rates: {input: 9, output: 27}}]}}}
fx:
  EUR: [{from: 2026-01-01T00:00:00Z, per_usd: 0.9}]
`)
	r := run(t, store, newer, nil)
	assert.Empty(t, effects(r), "the exchange rate makes the same of it")
	assert.Zero(t, r.Changed)
}

func TestVersionsSayWhatTheNewBookMakesOfTheCall(t *testing.T) {
	store := ledgerOf(t, book(t, october),
		observed{start: at(6, 0), model: "large", usage: "input=3 output=7", overhead: "1.85", service: "shop"},
		observed{start: at(7, 0), model: "unheard-of", usage: "input=10", service: "shop"})
	newer := book(t, october, `schema: tokencost.pricebook/v1
version: november
providers:
  acme: {models: {unheard-of: {prices: [{rates: {input: 2.5, output: 3}}]}}}
contracts: [{name: acme-2026, provider: acme, models: [large], from: 2026-10-05T00:00:00Z, until: 2027-01-01T00:00:00Z, times: {tokens: 0.9}}]
`)
	r := run(t, store, newer, nil)
	assert.Equal(t, int64(2), r.Changed)
	contexts := map[int64]*ledger.Context{}
	require.NoError(t, store.Contexts(context.Background(), func(id int64, c *ledger.Context) error { contexts[id] = c; return nil }))
	var rows []*ledger.Row
	require.NoError(t, store.Calls(context.Background(), everything, false, func(r *ledger.Row) error { rows = append(rows, r); return nil }))
	require.Len(t, rows, 2)
	for _, version := range rows {
		assert.Equal(t, 2, version.Version)
		assert.Equal(t, ledger.Repriced, version.Origin)
		assert.Equal(t, r.Run, version.Run)
		assert.Equal(t, newer.Label, contexts[version.ContextID].Book)
		assert.Equal(t, "shop", contexts[version.ContextID].Service)
	}
	// 3 tokens at 10 and 7 at 30 per million are 0.00024; 10 % less; times 1.85.
	assert.Equal(t, int64(216_000_000), rows[0].Amounts[ledger.Total])
	assert.Equal(t, int64(240_000_000), rows[0].Amounts[ledger.List])
	assert.Equal(t, int64(399_600_000), rows[0].Amounts[ledger.Loaded])
	assert.Equal(t, int64(27_000_000), rows[0].Amounts[ledger.Input])
	assert.Equal(t, int64(189_000_000), rows[0].Amounts[ledger.Output])
	assert.Equal(t, []int64{3, 7}, rows[0].Quantities)
	by, err := calculation.ParseBy(contexts[rows[0].ContextID].By)
	require.NoError(t, err)
	assert.Equal(t, "acme-2026", by.Card.Contract)
	assert.Equal(t, "exact", contexts[rows[1].ContextID].Status)
	assert.Empty(t, contexts[rows[1].ContextID].Reasons)
	assert.Equal(t, int64(25_000_000), rows[1].Amounts[ledger.Total])
	assert.Equal(t, int64(25_000_000), rows[1].Amounts[ledger.Loaded])
}

func TestOverheadIsAppliedToTheUnroundedCost(t *testing.T) {
	const third = `schema: tokencost.pricebook/v1
providers:
  acme: {names: [acme], models: {m: {prices: [{rates: {input: RATE, output: 1}}]}}}
`
	store := ledgerOf(t, book(t, strings.Replace(third, "RATE", "1", 1)), observed{start: at(1, 0), model: "m", usage: "input=1", overhead: "1.5"})
	run(t, store, book(t, strings.Replace(third, "RATE", "0.0000005", 1)), nil)
	require.NoError(t, store.Calls(context.Background(), everything, false, func(r *ledger.Row) error {
		assert.Equal(t, int64(0), r.Amounts[ledger.Total], "half a quantum is rounded to the even one")
		assert.Equal(t, int64(1), r.Amounts[ledger.Loaded], "three quarters of one are not made of that")
		return nil
	}))
}

func TestCallsThatCannotBePricedAgainAreLeftAndSaid(t *testing.T) {
	store := ledgerOf(t, book(t, october),
		observed{start: at(1, 0), model: "large", bare: true},
		observed{start: at(1, 1), model: "large", reported: 7_000_000_000_000},
		observed{start: at(1, 2), model: "large"},
		observed{start: at(1, 3), model: "small", usage: "input=1000000 output=1"})
	newer := book(t, `schema: tokencost.pricebook/v1
version: other
providers:
  acme: {names: [acme], models: {small: {prices: [{rates: {input: 900000000000, output: 4}}]}}}
`)
	r := run(t, store, newer, nil)
	assert.Equal(t, []reprice.Left{
		{Why: reprice.NoCalculation, Calls: 1}, {Why: reprice.OutOfRange, Calls: 1}, {Why: reprice.ReportedCost, Calls: 1}, {Why: reprice.WouldLosePrice, Calls: 1},
	}, r.Left())
	for _, left := range r.Left() {
		assert.NotEmpty(t, left.Why.Text())
	}
	assert.Zero(t, r.Changed)

	r = run(t, store, newer, func(o *reprice.Options) { o.Unpriced = true })
	assert.Equal(t, "acme/large price_lost USD 1 -40\n", effects(r))
	r = run(t, store, book(t, october), nil)
	assert.Equal(t, "acme/large model_known USD 1 40\n", effects(r), "what was lost comes back")
	r = run(t, store, book(t, october), func(o *reprice.Options) { o.Reported = true })
	assert.Equal(t, "acme/large reported_cost USD 1 33\n", effects(r))
}

func TestOnlySelectedCallsAreLookedAt(t *testing.T) {
	store := ledgerOf(t, book(t, october), observed{start: at(1, 0), model: "large", service: "a"}, observed{start: at(2, 0), model: "large", service: "b"}, observed{start: at(9, 0), model: "large", service: "a"})
	dearer := book(t, strings.ReplaceAll(october, "input: 10", "input: 11"))
	r := run(t, store, dearer, func(o *reprice.Options) {
		o.Where = func(c *ledger.Context) bool { return c.Service == "a" }
		o.Span.Until = at(9, 0)
		o.DryRun = true
	})
	assert.Equal(t, int64(1), r.Calls)
	assert.Equal(t, "acme/large price USD 1 1\n", effects(r))
	assert.Equal(t, "40", pricebook.Decimal(r.Totals()[0].BeforeUnits()))
	assert.Equal(t, "41", pricebook.Decimal(r.Totals()[0].AfterUnits()))
}

func TestChunksOfAnySizeGiveTheSame(t *testing.T) {
	var calls []observed
	for i := range 50 {
		calls = append(calls, observed{start: at(1+i/20, 0), model: []string{"small", "large", "unheard-of"}[i%3]}) // many at one instant
	}
	dearer := book(t, strings.ReplaceAll(october, "input: 10", "input: 11"))
	var want string
	for _, size := range []int{0, 1, 3, 16, 17, 100} {
		store := ledgerOf(t, book(t, october), calls...)
		var seen int64
		r := run(t, store, dearer, func(o *reprice.Options) {
			o.Chunk = size
			o.Progress = func(n int64) { seen += n }
		})
		assert.Equal(t, int64(50), r.Calls)
		assert.Equal(t, int64(50), seen)
		runs, err := store.Runs(context.Background())
		require.NoError(t, err)
		require.Len(t, runs, 1)
		assert.Equal(t, int64(17), runs[0].Calls)
		assert.Equal(t, "17 USD", runs[0].Difference)
		if want == "" {
			want = effects(r)
		}
		assert.Equal(t, want, effects(r))
	}
}

func TestDifferencesOfClosedPeriodsAreBookedInTheFirstOpenOne(t *testing.T) {
	store := ledgerOf(t, book(t, october), observed{start: at(1, 0), model: "large"}, observed{start: at(35, 0), model: "large"})
	november := ledger.Month(at(35, 0))
	require.NoError(t, store.ClosePeriods(context.Background(), november))
	dearer := book(t, strings.ReplaceAll(october, "input: 10", "input: 11"))
	r := run(t, store, dearer, func(o *reprice.Options) { o.Span.Until = at(40, 0); o.DryRun = true })
	assert.Equal(t, int64(2), r.Changed)
	assert.Equal(t, int64(1), r.Corrections)
	require.Len(t, r.BookedLater(), 1)
	assert.Equal(t, "1", pricebook.Decimal(r.BookedLater()[0].Difference))

	_, err := reprice.Run(context.Background(), store, dearer, reprice.Options{Span: ledger.Span{From: at(1, 0), Until: at(40, 0)}, At: time.Unix(0, 0)})
	require.NoError(t, err)
	booked := map[int64]string{}
	sums := map[int64]*big.Int{}
	require.NoError(t, store.Totals(context.Background(), ledger.Daily, ledger.Span{From: at(1, 0), Until: at(40, 0)}, func(s *ledger.PeriodSum) error {
		if sums[s.Billing] == nil {
			sums[s.Billing] = new(big.Int)
		}
		sums[s.Billing].Add(sums[s.Billing], &s.Amounts[ledger.Total])
		return nil
	}))
	for billing, sum := range sums {
		booked[billing] = new(big.Int).Div(sum, big.NewInt(1e12)).String()
	}
	assert.Equal(t, map[int64]string{ledger.Month(at(1, 0)): "40", november: "42"}, booked, "the closed month stays as it was")
}

func TestAStoreThatFailsEndsTheRun(t *testing.T) {
	store := ledgerOf(t, book(t, october), observed{start: at(1, 0), model: "large"})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := reprice.Run(ctx, store, book(t, october), reprice.Options{Span: everything})
	require.ErrorIs(t, err, context.Canceled)
}

// broken is a ledger that fails after some writes.
type broken struct {
	*memory.Store
	writes int
}

var errBroken = errors.New("disk full")

func (b *broken) Amend(ctx context.Context, run *ledger.Run, rows []*ledger.Row) (ledger.Outcome, error) {
	if b.writes--; b.writes < 0 {
		return ledger.Outcome{}, errBroken
	}
	return b.Store.Amend(ctx, run, rows)
}

func TestAnInterruptedRunIsFinishedByTheNext(t *testing.T) {
	var calls []observed
	for i := range 40 {
		calls = append(calls, observed{start: at(1+i/3, 0), model: "large"})
	}
	dearer := book(t, strings.ReplaceAll(october, "input: 10", "input: 11"))
	store := &broken{ledgerOf(t, book(t, october), calls...), 3}
	o := reprice.Options{Span: everything, Chunk: 7}
	_, err := reprice.Run(context.Background(), store, dearer, o)
	require.ErrorIs(t, err, errBroken)
	rest := run(t, store.Store, dearer, nil)
	assert.Equal(t, int64(40), rest.Calls)
	assert.Equal(t, int64(40-3*7), rest.Changed, "three chunks were stored")
	runs, err := store.Runs(context.Background())
	require.NoError(t, err)
	require.Len(t, runs, 2)
	assert.Equal(t, "21 USD", runs[0].Difference, "a run that failed says what it stored")
	assert.Equal(t, "19 USD", runs[1].Difference)
}
