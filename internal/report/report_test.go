package report_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/clickhouse/clickhousetest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/ledgertest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres/postgrestest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, s); err == nil {
			return at
		}
	}
	require.Fail(t, s)
	return time.Time{}
}

// varied makes rows that differ in what reports depend on: statuses, two
// currencies, owners that are missing, failures and log records.
func varied(t testing.TB, n int) (*memory.Store, []*ledger.Row) {
	t.Helper()
	calls := ledgertest.NewCalls(3, 24, instant(t, "2026-09-28"), 12*24*time.Hour)
	rows := calls.Batch(n)
	for i, r := range rows {
		c := *r.Context
		switch i % 7 {
		case 1:
			c.Team = ""
		case 2:
			c.Customer, c.Feature = "", ""
		case 3:
			c.ErrorType = "timeout"
		}
		if c.Priced() {
			c.Status = []string{"exact", "estimated", "partial"}[i%3]
			if i%4 == 0 {
				c.Currency = "EUR"
			}
		} else if i%2 == 0 {
			c.Status = "not_metered"
		}
		r.Context, r.ContextID = &c, c.ID()
		ledgertest.Price(r, 3_000_000+int64(i%5)*1000)
		// Three calls in a row are one trace.
		r.Trace = [16]byte{0: byte(i / 3), 1: byte(i / 3 >> 8), 15: 1}
	}
	store := memory.New()
	out, err := store.Write(context.Background(), rows)
	require.NoError(t, err)
	require.Equal(t, n, out.Inserted)
	return store, rows
}

func parse[T any](t testing.TB, read func(string) (T, error), texts ...string) (out []T) {
	t.Helper()
	for _, s := range texts {
		v, err := read(s)
		require.NoError(t, err)
		out = append(out, v)
	}
	return out
}

func query(t testing.TB, from, until string, by ...string) *report.Query {
	t.Helper()
	return &report.Query{From: instant(t, from), Until: instant(t, until), By: parse(t, report.ParseDimension, by...)}
}

func read(t testing.TB, s ledger.Reader, q *report.Query) *report.Report {
	t.Helper()
	r, err := report.Read(context.Background(), s, q)
	require.NoError(t, err)
	return r
}

// recomputed is what a group has to be, from rows alone.
type recomputed struct {
	calls, priced, failed, unpriced, unpricedTokens     int64
	total, estimated, noTeam, noCustomer                big.Int
	input, cached, output, pricedTokens, pricedUncached int64
	inputCost                                           big.Int
	customers                                           map[string]bool
	traces, successful                                  map[[16]byte]bool
}

// recompute groups rows by a text and the currency, in which calls without a cost
// have "". Whether a trace succeeded is decided in each period by itself.
func recompute(rows []*ledger.Row, from, until time.Time, key, period func(*ledger.Row) string) map[string]*recomputed {
	type end struct {
		at     int64
		failed bool
	}
	type trace struct {
		id     [16]byte
		period string
	}
	last := map[trace]end{}
	for _, r := range rows {
		if r.Start < from.UnixNano() || r.Start >= until.UnixNano() || r.Signal != ledger.Traces {
			continue
		}
		id := trace{r.Trace, period(r)}
		switch e, ok := last[id]; {
		case !ok || r.End > e.at:
			last[id] = end{r.End, r.Context.Failed()}
		case r.End == e.at:
			last[id] = end{r.End, e.failed || r.Context.Failed()}
		}
	}
	out := map[string]*recomputed{}
	for _, r := range rows {
		if r.Start < from.UnixNano() || r.Start >= until.UnixNano() {
			continue
		}
		k := r.Context.Currency + "|" + key(r)
		g := out[k]
		if g == nil {
			g = &recomputed{customers: map[string]bool{}, traces: map[[16]byte]bool{}, successful: map[[16]byte]bool{}}
			out[k] = g
		}
		tokens := r.Tokens[ledger.InputTokens] + r.Tokens[ledger.OutputTokens]
		total := big.NewInt(r.Amounts[ledger.Total])
		g.calls++
		g.input += r.Tokens[ledger.InputTokens]
		g.cached += r.Tokens[ledger.CacheReadTokens]
		g.output += r.Tokens[ledger.OutputTokens]
		g.total.Add(&g.total, total)
		if r.Context.ErrorType != "" {
			g.failed++
		}
		if r.Context.Status == "unpriced" {
			g.unpriced++
			g.unpricedTokens += tokens
		}
		if r.Context.Currency != "" {
			g.priced++
			g.pricedTokens += tokens
			g.pricedUncached += r.Tokens[ledger.InputTokens] - r.Tokens[ledger.CacheReadTokens] - r.Tokens[ledger.CacheWriteTokens]
			g.inputCost.Add(&g.inputCost, big.NewInt(r.Amounts[ledger.Input]))
			if r.Context.Team == "" {
				g.noTeam.Add(&g.noTeam, total)
			}
			if r.Context.Customer == "" {
				g.noCustomer.Add(&g.noCustomer, total)
			} else {
				g.customers[r.Context.Customer] = true
			}
		}
		if r.Context.Status == "estimated" {
			g.estimated.Add(&g.estimated, total)
		}
		if r.Signal == ledger.Traces {
			g.traces[r.Trace] = true
			if !last[trace{r.Trace, period(r)}].failed {
				g.successful[r.Trace] = true
			}
		}
	}
	return out
}

const quantaPerUnit = 1_000_000_000_000

func ratio(a *big.Int, b int64) *big.Rat {
	if b == 0 {
		return nil
	}
	return new(big.Rat).SetFrac(a, big.NewInt(b))
}

func same(t *testing.T, want, got *big.Rat, what string) {
	t.Helper()
	if want == nil || got == nil {
		assert.Equal(t, want == nil, got == nil, what)
		return
	}
	assert.Zero(t, want.Cmp(got), "%s: want %s, got %s", what, want, got)
}

func (w *recomputed) check(t *testing.T, f *report.Figures, interactions bool) {
	t.Helper()
	assert.Equal(t, w.calls, f.Calls)
	assert.Equal(t, w.failed, f.Failed)
	assert.Equal(t, w.priced, f.Priced.Calls)
	assert.Equal(t, []int64{w.input, w.cached, w.output}, []int64{f.Tokens[ledger.InputTokens], f.Tokens[ledger.CacheReadTokens], f.Tokens[ledger.OutputTokens]})
	assert.Zero(t, w.total.Cmp(f.Cost()), "total")
	assert.Equal(t, w.unpriced, f.By[status.Unpriced].Calls)
	assert.Equal(t, w.unpricedTokens, f.By[status.Unpriced].Tokens)
	assert.Equal(t, int64(len(w.customers)), f.Customers())
	unit := func(cost *big.Int, n, times int64) *big.Rat {
		r := ratio(cost, n)
		if r != nil {
			r.Mul(r, big.NewRat(times, quantaPerUnit))
		}
		return r
	}
	same(t, unit(&w.total, w.priced, 1), f.PerCall(), "per call")
	same(t, unit(&w.total, w.pricedTokens, 1e6), f.PerMillion(), "per million tokens")
	same(t, unit(&w.inputCost, w.pricedUncached, 1e6), f.PerMillionOf(&report.Kinds[0]), "per million input tokens")
	same(t, unit(new(big.Int).Sub(&w.total, &w.noCustomer), int64(len(w.customers)), 1), f.PerCustomer(), "per customer")
	share := func(part *big.Int) *big.Rat {
		if w.total.Sign() == 0 {
			return nil
		}
		return new(big.Rat).SetFrac(part, &w.total)
	}
	same(t, share(&w.estimated), f.ShareOfCost(status.Estimated), "estimated")
	same(t, share(&w.noTeam), f.Unattributed(report.Team), "without team")
	same(t, share(&w.noCustomer), f.Unattributed(report.Customer), "without customer")
	same(t, ratio(big.NewInt(w.cached), w.input), f.CacheHits(), "cache hits")
	calls, tokens := f.Unpriced()
	same(t, ratio(big.NewInt(w.unpriced), w.unpriced+w.priced), calls, "unpriced calls")
	same(t, ratio(big.NewInt(w.unpricedTokens), w.unpricedTokens+w.pricedTokens), tokens, "unpriced tokens")
	if interactions {
		assert.Equal(t, int64(len(w.traces)), f.Interactions.Traces, "interactions")
		assert.Equal(t, int64(len(w.successful)), f.Interactions.Successful, "successful interactions")
	}
}

// never is the period, and the key, of everything.
func never(*ledger.Row) string { return "" }

// in writes the start of a row.
func in(zone *time.Location, layout string) func(*ledger.Row) string {
	return func(r *ledger.Row) string { return time.Unix(0, r.Start).In(zone).Format(layout) }
}

func isoWeek(r *ledger.Row) string {
	year, week := time.Unix(0, r.Start).UTC().ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}

func TestEveryFigureIsWhatTheRowsAddUpTo(t *testing.T) {
	store, rows := varied(t, 2000)
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	day, berlinDay := in(time.UTC, time.DateOnly), in(berlin, time.DateOnly)
	hour, month := in(time.UTC, "2006-01-02T15:00Z"), in(time.UTC, "2006-01")
	for _, c := range []struct {
		name        string
		from, until string
		zone        *time.Location
		by          []string
		key, period func(*ledger.Row) string
	}{
		{"model and team", "2026-10-01", "2026-10-08", nil, []string{"model", "team"}, func(r *ledger.Row) string { return r.Context.Model + "|" + r.Context.Team }, never},
		{"nothing", "2026-09-01", "2026-11-01", nil, nil, never, never},
		{"tag", "2026-09-01", "2026-11-01", nil, []string{"tags.cost.center"}, func(r *ledger.Row) string {
			var tags map[string]string
			require.NoError(t, json.Unmarshal([]byte(r.Context.Tags), &tags))
			return tags["cost.center"]
		}, never},
		{"day", "2026-10-01", "2026-10-08", nil, []string{"day", "provider"}, func(r *ledger.Row) string { return day(r) + "|" + r.Context.Provider }, day},
		{"day in Berlin", "2026-10-01T22:00:00Z", "2026-10-05T22:00:00Z", berlin, []string{"model", "day"}, func(r *ledger.Row) string { return r.Context.Model + "|" + berlinDay(r) }, berlinDay},
		{"hour", "2026-10-02T07:00:00Z", "2026-10-03T09:00:00Z", nil, []string{"hour"}, hour, hour},
		{"week", "2026-09-28", "2026-10-12", nil, []string{"week"}, isoWeek, isoWeek},
		{"month", "2026-09-01", "2026-11-01", nil, []string{"month", "customer"}, func(r *ledger.Row) string { return month(r) + "|" + r.Context.Customer }, month},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := query(t, c.from, c.until, c.by...)
			q.Zone, q.Count = c.zone, true
			want := recompute(rows, q.From, q.Until, c.key, c.period)
			got := read(t, store, q)
			groups := 0
			for i := range got.Blocks {
				b := &got.Blocks[i]
				for j := range b.Groups {
					groups++
					g := &b.Groups[j]
					w := want[b.Currency+"|"+strings.Join(g.Key, "|")]
					require.NotNil(t, w, "%s %q", b.Currency, g.Key)
					w.check(t, g.Figures, true)
				}
				whole := recompute(rows, q.From, q.Until, never, never)
				whole[b.Currency+"|"].check(t, b.Total, true)
			}
			assert.Len(t, want, groups)
			assert.Equal(t, []string{"EUR", "USD", ""}, []string{got.Blocks[0].Currency, got.Blocks[1].Currency, got.Blocks[2].Currency})
		})
	}
}

func TestEveryStoreGivesTheSameReportAsMemory(t *testing.T) {
	for name, dsn := range map[string]func(*testing.T) string{
		"sqlite":     func(t *testing.T) string { return "sqlite://" + filepath.Join(t.TempDir(), "ledger.db") },
		"postgres":   func(t *testing.T) string { return postgrestest.Start(t).Database(t) },
		"clickhouse": func(t *testing.T) string { return clickhousetest.Start(t).Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			store, err := open.Open(ctx, dsn(t))
			require.NoError(t, err)
			defer store.Close()
			inMemory, rows := varied(t, 900)
			_, err = store.Write(ctx, rows)
			require.NoError(t, err)
			for _, s := range []ledger.Store{inMemory, store} { // corrections of a closed month
				require.NoError(t, s.ClosePeriods(ctx, instant(t, "2026-10-01").Unix()))
				var again []*ledger.Row
				for i := 0; i < len(rows); i += 3 {
					again = append(again, ledgertest.Again(rows[i], 2_000_000))
				}
				_, err := s.Write(ctx, again)
				require.NoError(t, err)
			}
			for _, by := range [][]string{nil, {"model", "team"}, {"day", "customer"}, {"hour"}, {"billing_period"}, {"month", "currency", "status"}} {
				q := query(t, "2026-09-28", "2026-10-10", by...)
				q.Count = by == nil || by[0] == "day"
				want, got := read(t, inMemory, q), read(t, store, q)
				assert.Equal(t, shape(want), shape(got), by)
				assert.NotEmpty(t, want.Blocks)
			}
		})
	}
}

// shape writes everything that a report says.
func shape(r *report.Report) (out []string) {
	for _, b := range r.Blocks {
		for _, g := range append(slices.Clone(b.Groups), report.Group{Key: []string{"total"}, Figures: b.Total}) {
			line := fmt.Sprint(b.Currency, g.Key, g.Calls, g.Failed, g.Tokens, g.Priced, g.Customers())
			for i := range g.Amounts {
				line += " " + g.Amounts[i].String()
			}
			if g.Interactions != nil {
				line += fmt.Sprint(*g.Interactions)
			}
			out = append(out, line)
		}
	}
	return out
}

func TestCallsWithoutACostAreShownWithTheOnlyCurrency(t *testing.T) {
	store, _ := varied(t, 500)
	q := query(t, "2026-09-01", "2026-11-01", "status")
	q.Where = parse(t, report.ParseCondition, "currency!=EUR")
	got := read(t, store, q)
	require.Len(t, got.Blocks, 1)
	assert.Equal(t, "USD", got.Blocks[0].Currency)
	var names []string
	for _, g := range got.Blocks[0].Groups {
		names = append(names, g.Key[0])
	}
	assert.ElementsMatch(t, []string{"exact", "estimated", "partial", "unpriced", "not_metered"}, names)
	last := got.Blocks[0].Groups[len(names)-1]
	assert.Nil(t, last.PerCall())
	assert.Nil(t, last.PerMillion())
}

func TestACostWithoutACurrencyIsAddedToNothing(t *testing.T) {
	store := memory.New()
	write(t, store, "2026-10-05", spent{model: "m", calls: 2, input: 10, inputPrice: 5, currency: "USD"})
	c := ledger.Context{Model: "m", Status: "exact"}
	r := &ledger.Row{Key: ledger.Key{Start: instant(t, "2026-10-05").UnixNano()}, Signal: ledger.Traces, Context: &c, ContextID: c.ID()}
	r.Amounts[ledger.Total], r.Tokens[ledger.InputTokens] = 500, 20
	r.Seal()
	_, err := store.Write(context.Background(), []*ledger.Row{r})
	require.NoError(t, err)
	q := query(t, "2026-10-05", "2026-10-06", "model")
	q.Series = report.StepFor(q.From, q.Until)
	got := read(t, store, q)
	require.Len(t, got.Blocks, 1)
	f := got.Blocks[0].Groups[0].Figures
	assert.Equal(t, "100", f.Cost().String())
	assert.Equal(t, int64(3), f.Calls)
	assert.Equal(t, int64(1), f.Stray.Calls)
	assert.Equal(t, "500", f.Stray.Cost.String())
	assert.Equal(t, "100", f.Series[0].String())
	calls, tokens := f.Unpriced()
	same(t, big.NewRat(1, 3), calls, "unpriced calls")
	same(t, big.NewRat(1, 2), tokens, "unpriced tokens")
}

func TestConditionsSelectByPatternAndByItsOpposite(t *testing.T) {
	store, rows := varied(t, 500)
	q := query(t, "2026-09-01", "2026-11-01")
	q.Where = parse(t, report.ParseCondition, "model=gpt*", "model=claude*", "team!=team-1", "team!=", "tags.cost.center=1*")
	var want int64
	for _, r := range rows {
		c := r.Context
		if (strings.HasPrefix(c.Model, "gpt") || strings.HasPrefix(c.Model, "claude")) && c.Team != "team-1" && c.Team != "" && strings.HasPrefix(c.Tags, `{"cost.center":"1`) {
			want++
		}
	}
	var got int64
	for _, b := range read(t, store, q).Blocks {
		got += b.Total.Calls
	}
	assert.Positive(t, want)
	assert.Equal(t, want, got)
}

func TestTheOthersAreWhatIsNotAmongTheTopGroups(t *testing.T) {
	store, rows := varied(t, 1500)
	whole := read(t, store, query(t, "2026-09-01", "2026-11-01", "customer"))
	q := query(t, "2026-09-01", "2026-11-01", "customer")
	q.Top, q.Count = 3, true
	for i, b := range read(t, store, q).Blocks {
		require.Len(t, b.Groups, 4)
		other := b.Groups[3]
		assert.Equal(t, len(whole.Blocks[i].Groups)-3, other.Others)
		top := map[string]bool{}
		for j := range 3 {
			assert.Equal(t, whole.Blocks[i].Groups[j].Key, b.Groups[j].Key)
			top[b.Groups[j].Key[0]] = true
		}
		want := recompute(rows, q.From, q.Until, func(r *ledger.Row) string { return fmt.Sprint(top[r.Context.Customer]) }, never)
		want[b.Currency+"|false"].check(t, other.Figures, true)
	}
}

func TestTheTopGroupsOfPeriodsAreThoseOfTheWholeTime(t *testing.T) {
	store, _ := varied(t, 1500)
	q := query(t, "2026-10-01", "2026-10-04", "day", "customer")
	q.Top = 2
	for _, b := range read(t, store, q).Blocks {
		names := map[string]bool{}
		sum := new(big.Int)
		for _, g := range b.Groups {
			names[fmt.Sprint(g.Key[1], g.Others > 0)] = true
			sum.Add(sum, g.Cost())
		}
		assert.Len(t, names, 3, "two customers, and the others")
		assert.Zero(t, sum.Cmp(b.Total.Cost()))
		assert.True(t, slices.IsSortedFunc(b.Groups, func(x, y report.Group) int { return cmp.Compare(x.Key[0], y.Key[0]) }))
	}
}

func TestASeriesAddsUpToTheCost(t *testing.T) {
	store, _ := varied(t, 800)
	q := query(t, "2026-09-28", "2026-10-10", "model")
	q.Series = report.StepFor(q.From, q.Until)
	got := read(t, store, q)
	assert.Len(t, got.Steps, 12)
	for _, b := range got.Blocks {
		for _, g := range b.Groups {
			sum := new(big.Int)
			for i := range g.Series {
				sum.Add(sum, &g.Series[i])
			}
			assert.Len(t, g.Series, 12)
			assert.Zero(t, sum.Cmp(g.Cost()))
		}
	}
}

func TestASeriesIsNeverTooLongToSee(t *testing.T) {
	from := instant(t, "2026-01-01")
	for until, want := range map[string]string{"2026-01-03": "hour", "2026-03-04": "day", "2027-03-01": "week", "2030-01-01": "month"} {
		assert.Equal(t, want, report.StepFor(from, instant(t, until)).Name())
	}
	assert.Nil(t, report.StepFor(from, instant(t, "2040-01-01")))
}

func TestInteractionsAreTheSameInSeveralPasses(t *testing.T) {
	store, _ := varied(t, 1000)
	q := query(t, "2026-09-01", "2026-11-01", "model")
	q.Count = true
	want := read(t, store, q)
	defer report.SetMaxSightings(100)()
	got := read(t, store, q)
	for i := range want.Blocks {
		assert.Equal(t, want.Blocks[i].Total.Interactions, got.Blocks[i].Total.Interactions)
		for j := range want.Blocks[i].Groups {
			assert.Equal(t, want.Blocks[i].Groups[j].Interactions, got.Blocks[i].Groups[j].Interactions)
		}
	}
}

func TestAGroupWithCallsOfNoTraceHasNoCostPerInteraction(t *testing.T) {
	store, rows := varied(t, 200)
	q := query(t, "2026-09-01", "2026-11-01", "customer")
	q.Count = true
	logs := map[string]int64{}
	for _, r := range rows {
		if r.Signal == ledger.Logs {
			logs[r.Context.Currency+r.Context.Customer]++
		}
	}
	some := 0
	for _, b := range read(t, store, q).Blocks {
		for _, g := range b.Groups {
			n := logs[b.Currency+g.Key[0]]
			assert.Equal(t, n, g.Interactions.Traceless)
			assert.Equal(t, n == 0 && b.Currency != "", g.PerInteraction() != nil)
			some += int(n)
		}
	}
	assert.Positive(t, some)
}

func TestWhatHasExpiredIsNotReportedAsNothing(t *testing.T) {
	store, _ := varied(t, 400)
	_, err := store.Expire(context.Background(), instant(t, "2026-10-03").UnixNano(), 0)
	require.NoError(t, err)
	assert.NotEmpty(t, read(t, store, query(t, "2026-09-28", "2026-10-10", "day")).Blocks)
	hours := query(t, "2026-10-02", "2026-10-05", "hour")
	_, err = report.Read(context.Background(), store, hours)
	require.ErrorContains(t, err, "have expired")
	traces := query(t, "2026-09-28", "2026-10-10")
	traces.Count = true
	_, err = report.Read(context.Background(), store, traces)
	require.ErrorContains(t, err, "before 2026-10-03 have expired")
	hours.From = instant(t, "2026-10-03")
	assert.NotEmpty(t, read(t, store, hours).Blocks)
}

func TestReversedCallsLeaveNoGroup(t *testing.T) {
	calls := ledgertest.NewCalls(9, 1, instant(t, "2026-10-01"), time.Hour)
	r := calls.Next()
	store := memory.New()
	_, err := store.Write(context.Background(), []*ledger.Row{r})
	require.NoError(t, err)
	again := ledgertest.Again(r, 5)
	c := *r.Context
	c.Model = "other"
	again.Context, again.ContextID = &c, c.ID()
	_, err = store.Write(context.Background(), []*ledger.Row{again})
	require.NoError(t, err)
	got := read(t, store, query(t, "2026-10-01", "2026-10-02", "model"))
	require.Len(t, got.Blocks, 1)
	require.Len(t, got.Blocks[0].Groups, 1)
	assert.Equal(t, []string{"other"}, got.Blocks[0].Groups[0].Key)
	assert.Equal(t, int64(1), got.Blocks[0].Total.Customers())
}

func TestQueriesThatCannotBeAnsweredSayWhatIsAllowed(t *testing.T) {
	store, _ := varied(t, 10)
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	require.NoError(t, err)
	for say, change := range map[string]func(*report.Query){
		"is empty":               func(q *report.Query) { q.Until = q.From },
		"named twice":            func(q *report.Query) { q.By = parse(t, report.ParseDimension, "model", "model") },
		"both periods":           func(q *report.Query) { q.By = parse(t, report.ParseDimension, "day", "month") },
		"full hours":             func(q *report.Query) { q.From = q.From.Add(time.Minute) },
		"sums are kept by hours": func(q *report.Query) { q.Zone, q.By = kolkata, parse(t, report.ParseDimension, "day") },
		"more than": func(q *report.Query) {
			q.From, q.By = instant(t, "1980-01-01"), parse(t, report.ParseDimension, "hour")
		},
		"cannot be in a ledger": func(q *report.Query) { q.Until = instant(t, "9999-01-01") },
		"by month": func(q *report.Query) {
			q.Count, q.By = true, parse(t, report.ParseDimension, "billing_period")
		},
	} {
		q := query(t, "2026-09-28", "2026-10-10")
		change(q)
		_, err := report.Read(context.Background(), store, q)
		require.ErrorContains(t, err, say)
	}
	for _, wrong := range []string{"modell", "", "tags."} {
		_, err := report.ParseDimension(wrong)
		require.ErrorContains(t, err, "model")
	}
	for _, wrong := range []string{"model", "modell=x", "day=2026-10-01"} {
		_, err := report.ParseCondition(wrong)
		require.Error(t, err)
	}
}
