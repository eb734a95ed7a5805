package reconcile_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
)

const prices = `schema: tokencost.pricebook/v1
version: test
fx: {CNY: [{from: 2026-01-01T00:00:00Z, per_usd: 7.25}]}
providers:
  acme:
    names: [acme, acme-inc]
    models:
      small:
        dated: true
        prices: [{from: 2026-01-01T00:00:00Z, rates: {input: 2, cache_read: 0.5, cache_write: 2.5, cache_write.1h: 4, output: 8}, adjust: {mode: {batch: {times: {tokens: 0.5}}}}}]
      large:
        prices: [{from: 2026-01-01T00:00:00Z, rates: {input: 10, output: 30}, fees: {web_search: 0.01}}]
  other:
    names: [other]
    models: {small: {prices: [{rates: {input: 1, output: 1}}]}}
`

func book(t testing.TB) *pricebook.Book {
	t.Helper()
	b, err := pricebook.Load(pricebook.Layer{{Name: "prices.yaml", Data: []byte(prices)}})
	require.NoError(t, err)
	return b
}

// call is a call of the ledger.
type call struct {
	day, hour int // of October 2026
	provider  string
	model     string
	mode      string
	usage     string
}

var toldAll = []string{"cache_reads", "cache_writes", "cache_ttl", "service_tier", "region", "modalities", "reasoning", "tool_use", "tool_prompt", "served_model"}

func at(day, hour int) time.Time { return time.Date(2026, 10, day, hour, 0, 0, 0, time.UTC) }

// ledgerOf is a ledger of calls, priced with the test's prices.
func ledgerOf(t testing.TB, calls ...call) *memory.Store {
	t.Helper()
	b, store := book(t), memory.New()
	var rows []*ledger.Row
	for i, c := range calls {
		if c.provider == "" {
			c.provider = "acme"
		}
		start := at(c.day, c.hour)
		facts := calculation.Facts{Kind: "inference", Operation: "chat", Provider: c.provider, ResponseModel: c.model, RequestModel: c.model, Mode: c.mode, Told: toldAll}
		if c.provider == "none" {
			facts.Provider = ""
		}
		billed, err := facts.Call(ledger.ParseUsage(c.usage), uint64(start.UnixNano()))
		require.NoError(t, err)
		var r engine.Result
		engine.Price(b, billed, &r)
		var read calculation.Calculation
		require.NoError(t, calculation.Parse(string(calculation.Append(nil, billed, &r)), &read))
		row := &ledger.Row{
			Key:   ledger.Key{Start: start.UnixNano(), Trace: [16]byte{12: byte(i >> 8), 13: byte(i)}, Span: [8]byte{1}},
			Usage: c.usage, Quantities: append([]int64(nil), read.Quantities...),
			Context: &ledger.Context{
				Provider: facts.Provider, Model: c.model, Status: r.Status.String(), Reasons: strings.ReplaceAll(r.Reasons.String(), ",", " "), By: read.By,
			},
		}
		for _, count := range ledger.ParseUsage(c.usage) {
			for token, name := range map[ledger.Token]string{
				ledger.InputTokens: "input", ledger.CacheReadTokens: "cache_read", ledger.CacheWriteTokens: "cache_write", ledger.OutputTokens: "output",
			} {
				if count.Name == name {
					row.Tokens[token] = count.N
				}
			}
		}
		if r.Status.Priced() {
			row.Context.Currency, row.Context.Model = r.Currency, r.Price.Model.ID
			for amount, part := range map[ledger.Amount]engine.Part{
				ledger.Input: engine.PartInput, ledger.CacheRead: engine.PartCacheRead, ledger.CacheWrite: engine.PartCacheWrite, ledger.Output: engine.PartOutput, ledger.Fees: engine.PartFees,
			} {
				row.Amounts[amount], _ = r.Parts[part].Int64()
			}
			row.Amounts[ledger.Total], _ = r.Total.Int64()
		}
		row.ContextID = row.Context.ID()
		row.Seal()
		rows = append(rows, row)
	}
	_, err := store.Write(context.Background(), rows)
	require.NoError(t, err)
	return store
}

// rates are what the provider bills for 1,000,000 tokens.
var rates = map[string]map[bill.Meter]string{
	"small": {bill.Input: "2", bill.CacheRead: "0.5", bill.CacheWrite: "2.5", bill.Output: "8"},
	"large": {bill.Input: "10", bill.Output: "30"},
	"new":   {bill.Input: "3", bill.Output: "9"},
}

func dec(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

// line is a line of a day, at the provider's rates.
func line(day int, model string, meter bill.Meter, tokens int64) bill.Line {
	start := at(day, 0).Unix()
	rate, _, _ := strings.Cut(model, "-2026")
	cost := new(big.Rat).Mul(new(big.Rat).SetInt64(tokens), dec(rates[rate][meter]))
	return bill.Line{
		Start: start, End: start + 86400, Model: model, Meter: meter, Quantity: new(big.Rat).SetInt64(tokens),
		Cost: cost.Quo(cost, big.NewRat(1_000_000, 1)), Currency: "USD",
	}
}

func billOf(days int, lines ...bill.Line) *bill.Bill {
	return &bill.Bill{Lines: lines, From: at(1, 0).Unix(), Until: at(1+days, 0).Unix()}
}

func compare(t testing.TB, store *memory.Store, b *bill.Bill, tweak ...func(*reconcile.Options)) *reconcile.Report {
	t.Helper()
	require.NoError(t, b.Finish())
	o := &reconcile.Options{Provider: "ACME", Book: book(t), By: []reconcile.Dimension{reconcile.ByModel, reconcile.ByMeter}, Tolerance: dec("0.01")}
	for _, f := range tweak {
		f(o)
	}
	r, err := reconcile.Compare(context.Background(), store, b, o)
	require.NoError(t, err)
	assert.Equal(t, "acme", r.Provider)
	if r.Total.Cost != nil {
		sum := new(big.Rat)
		for _, f := range r.Findings {
			if f.Amount != nil {
				sum.Add(sum, f.Amount)
			}
		}
		assert.Equal(t, r.Total.Cost.Difference().RatString(), sum.RatString(), "the causes add up to the difference: %+v", r.Findings)
		rows := new(big.Rat)
		for _, row := range r.Rows {
			if row.Cost != nil {
				rows.Add(rows, row.Cost.Difference())
			}
		}
		assert.Equal(t, r.Total.Cost.Difference().RatString(), rows.RatString(), "so do the rows")
	}
	return r
}

// causes writes the findings, one a line.
func causes(r *reconcile.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s", f.Cause)
		if f.Model != "" {
			fmt.Fprintf(&b, " %s", f.Model)
		}
		if f.Amount != nil {
			fmt.Fprintf(&b, " %s", pricebook.Decimal(f.Amount))
		}
		if f.Tokens != nil && f.Tokens.Sign() != 0 {
			fmt.Fprintf(&b, " tokens=%s", pricebook.Decimal(f.Tokens))
		}
		if f.Calls != 0 {
			fmt.Fprintf(&b, " calls=%d", f.Calls)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func evidence(r *reconcile.Report, c reconcile.Cause) string {
	for _, f := range r.Findings {
		if f.Cause == c {
			return f.Evidence
		}
	}
	return ""
}

// week are the calls of a week: 3,000,000 tokens a day, of which 600,000 are
// read from the cache and 200,000 written to it.
func week() (calls []call, lines []bill.Line) {
	for day := 1; day <= 7; day++ {
		for hour := range 10 {
			calls = append(calls, call{day: day, hour: 8 + hour, model: "small-20260901", usage: "cache_read=60000 cache_write=20000 input=200000 output=100000"})
		}
		lines = append(lines, line(day, "small-20260901", bill.Input, 1_200_000), line(day, "small-20260901", bill.CacheRead, 600_000),
			line(day, "small-20260901", bill.CacheWrite, 200_000), line(day, "small-20260901", bill.Output, 1_000_000))
	}
	return calls, lines
}

func TestABillThatIsRightHasNoDifference(t *testing.T) {
	calls, lines := week()
	calls = append(calls, call{day: 2, hour: 1, provider: "other", model: "small", usage: "input=100 output=100"})
	r := compare(t, ledgerOf(t, calls...), billOf(7, lines...))
	assert.True(t, r.Within())
	assert.Zero(t, r.Total.Cost.Difference().Sign())
	assert.Zero(t, r.Total.Tokens.Difference().Sign())
	assert.Empty(t, causes(r))
	require.Len(t, r.Rows, 4)
	assert.Equal(t, "small", r.Rows[0].Model, "a dated name is the model of the price book")
	assert.Equal(t, bill.Input, r.Rows[0].Meter)
	for _, f := range r.Factors {
		assert.Equal(t, "1", f.Ratio.RatString())
	}
}

// eachLine is a change of every line of a bill.
func eachLine(change func(*bill.Line)) func([]bill.Line) []bill.Line {
	return func(lines []bill.Line) []bill.Line {
		for i := range lines {
			change(&lines[i])
		}
		return lines
	}
}

// eachCall is a change of every call of a ledger.
func eachCall(change func(*call)) func([]call) []call {
	return func(calls []call) []call {
		for i := range calls {
			change(&calls[i])
		}
		return calls
	}
}

// times is a factor on the cost of some meters, or of all if none is named.
func times(factor string, meters ...bill.Meter) func([]bill.Line) []bill.Line {
	return eachLine(func(l *bill.Line) {
		if len(meters) == 0 || slices.Contains(meters, l.Meter) {
			l.Cost.Mul(l.Cost, dec(factor))
		}
	})
}

func TestEveryCauseAloneIsRecognised(t *testing.T) {
	for name, c := range map[string]struct {
		calls func([]call) []call
		lines func([]bill.Line) []bill.Line
		want  string
		says  map[reconcile.Cause]string
	}{
		"a call without a price": {
			calls: func(c []call) []call {
				return append(c, call{day: 3, hour: 9, model: "new", usage: "input=1000000 output=200000"})
			},
			lines: func(l []bill.Line) []bill.Line {
				return append(l, line(3, "new", bill.Input, 1_000_000), line(3, "new", bill.Output, 200_000))
			},
			want: "unpriced new 4.8 tokens=1200000 calls=1\n",
			says: map[reconcile.Cause]string{reconcile.Unpriced: "model_unknown (1)"},
		},
		"telemetry of a day is missing": {
			calls: func(c []call) []call { return append(c[:20:20], c[30:]...) },
			want:  "missing_telemetry small 11.2 tokens=3000000\n",
			says:  map[reconcile.Cause]string{reconcile.Missing: "on 1 of 7 days it has no call"},
		},
		"telemetry of a model is missing": {
			lines: func(l []bill.Line) []bill.Line { return append(l, line(3, "large", bill.Input, 1_000_000)) },
			want:  "missing_telemetry large 10 tokens=1000000\n",
			says:  map[reconcile.Cause]string{reconcile.Missing: "has no call of the model"},
		},
		"calls of another account": {
			calls: func(c []call) []call {
				return append(c, call{day: 3, hour: 9, model: "large", usage: "input=1000000 output=200000"})
			},
			want: "not_billed large -16 tokens=1200000\n",
		},
		"another price of one meter": {
			lines: times("1.25", bill.Output),
			want:  "other_price small 14 tokens=7000000\n",
			says:  map[reconcile.Cause]string{reconcile.OtherPrice: "output 10 instead of 8"},
		},
		"a contract": {
			lines: times("0.9"),
			want:  "other_price small -7.84 tokens=21000000\n",
			says:  map[reconcile.Cause]string{reconcile.OtherPrice: "all are × 0.9, as of a contract"},
		},
		"a tier that nobody told": {
			lines: times("0.5"),
			want:  "service_tier small -39.2 tokens=21000000\n",
			says:  map[reconcile.Cause]string{reconcile.ServiceTier: "× 0.5, which is the price of batch"},
		},
		"a tier that the bill tells": {
			lines: func(l []bill.Line) []bill.Line {
				for i := range l {
					if l[i].Tier = "standard"; i < 4 {
						l[i].Tier = "batch"
						l[i].Cost.Mul(l[i].Cost, dec("0.5"))
					}
				}
				return l
			},
			want: "service_tier small -5.6 tokens=21000000\n",
			says: map[reconcile.Cause]string{reconcile.ServiceTier: "billed 3,000,000 tokens in tier batch, of which the ledger has 0"},
		},
		"a tier that was asked for and not given": {
			calls: eachCall(func(c *call) { c.mode = "batch" }),
			want:  "service_tier small 39.2 tokens=21000000\n",
			says:  map[reconcile.Cause]string{reconcile.ServiceTier: "× 2, which is the price without batch"},
		},
		"a tier that the bill does not have": {
			calls: func(c []call) []call {
				for i := range 10 {
					c[i].mode = "batch"
				}
				return c
			},
			lines: eachLine(func(l *bill.Line) { l.Tier = "standard" }),
			want:  "service_tier small 5.6 tokens=21000000\n",
			says:  map[reconcile.Cause]string{reconcile.ServiceTier: "billed 0 tokens in tier batch, of which the ledger has 3,000,000"},
		},
		"cache reads taken for input": {
			calls: eachCall(func(c *call) { c.usage = "cache_write=20000 input=200000 output=100000" }),
			want:  "cache_classification small -6.3 tokens=4200000\n",
			says:  map[reconcile.Cause]string{reconcile.Classification: "input: billed 8,400,000, ours 12,600,000; cache_read: billed 4,200,000, ours 0"},
		},
		"cache writes kept for longer": {
			lines: eachLine(func(l *bill.Line) {
				if l.Meter == bill.CacheWrite {
					l.OneHour = true
					l.Cost.Mul(l.Cost, dec("1.6"))
				}
			}),
			want: "cache_classification small 2.1 tokens=1400000\n",
			says: map[reconcile.Cause]string{reconcile.Classification: "cache writes kept for an hour: billed 1,400,000, ours 0"},
		},
		"tools": {
			lines: func(l []bill.Line) []bill.Line {
				return append(l, bill.Line{Start: l[0].Start, End: l[0].End, Meter: bill.Fees, Item: "web search tool calls", Cost: dec("0.5"), Currency: "USD"})
			},
			want: "fees 0.5\n",
			says: map[reconcile.Cause]string{reconcile.ToolFees: "billed web search tool calls"},
		},
		"a credit": {
			lines: func(l []bill.Line) []bill.Line {
				return append(l, bill.Line{Start: l[0].Start, End: l[0].End, Meter: bill.NotUsage, Item: "Credit", Cost: dec("-5"), Currency: "USD"})
			},
			want: "not_usage -5\n",
			says: map[reconcile.Cause]string{reconcile.NoUsage: "the bill has Credit"},
		},
		"a call in another currency": {
			lines: eachLine(func(l *bill.Line) { l.Currency = "EUR" }),
			want:  "other_currency small 78.4 tokens=21000000\nother_currency\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			calls, lines := week()
			if c.calls != nil {
				calls = c.calls(calls)
			}
			if c.lines != nil {
				lines = c.lines(lines)
			}
			r := compare(t, ledgerOf(t, calls...), billOf(7, lines...))
			assert.Equal(t, c.want, causes(r))
			for cause, text := range c.says {
				assert.Contains(t, evidence(r, cause), text)
			}
		})
	}
}

// shifted is a month of calls at all hours, and the bill of one who counts days
// so many hours east of UTC.
func shifted(hours int, seed uint64) (calls []call, lines []bill.Line) {
	random := rand.New(rand.NewPCG(seed, 1))
	days := map[[2]int]int64{}
	for day := 0; day <= 16; day++ {
		for range 12 {
			hour, tokens := random.IntN(24), int64(1+random.IntN(100))*1000
			calls = append(calls, call{day: day, hour: hour, model: "small", usage: fmt.Sprintf("input=%d output=%d", tokens, tokens/10)})
			local := at(day, hour+hours)
			if local.Month() == time.October {
				days[[2]int{local.Day(), 0}] += tokens
				days[[2]int{local.Day(), 1}] += tokens / 10
			}
		}
	}
	for day := 1; day <= 14; day++ {
		lines = append(lines, line(day, "small", bill.Input, days[[2]int{day, 0}]), line(day, "small", bill.Output, days[[2]int{day, 1}]))
	}
	return calls, lines
}

func TestDaysOfAnotherZoneAreFoundByTheHour(t *testing.T) {
	for _, hours := range []int{-12, -8, -1, 1, 2, 9, 14} {
		calls, lines := shifted(hours, uint64(hours+20))
		store := ledgerOf(t, calls...)
		r := compare(t, store, billOf(14, lines...))
		require.Len(t, r.Findings, 1, causes(r))
		assert.Equal(t, reconcile.TimeZone, r.Findings[0].Cause)
		assert.Contains(t, r.Findings[0].Evidence, fmt.Sprintf("with days of UTC%+d,", hours))
		assert.Contains(t, r.Findings[0].Evidence, "add up to 0 tokens instead of")
		told := compare(t, store, billOf(14, lines...), func(o *reconcile.Options) { o.Zone = hours })
		assert.Empty(t, told.Findings, "a zone that is told explains it all")
		assert.Zero(t, told.Total.Cost.Difference().Sign())
	}
	calls, lines := shifted(0, 7)
	assert.Empty(t, compare(t, ledgerOf(t, calls...), billOf(14, lines...)).Findings)
}

func TestCausesTogetherAreToldApart(t *testing.T) {
	calls, lines := shifted(-7, 3)
	lines = times("1.5", bill.Output)(lines)                                                             // another price,
	lines = append(lines, line(3, "new", bill.Input, 1_000_000), line(4, "large", bill.Output, 100_000)) // an unpriced call, a missing one,
	calls = append(calls, call{day: 3, hour: 12, model: "new", usage: "input=1000000"}, call{day: 3, hour: 12, provider: "none", model: "mystery", usage: "input=5"})
	lines = append(lines, bill.Line{Start: at(3, 0).Unix(), End: at(4, 0).Unix(), Meter: bill.NotUsage, Item: "Tax", Cost: dec("1"), Currency: "USD"})
	r := compare(t, ledgerOf(t, calls...), billOf(14, lines...))
	found := map[reconcile.Cause]string{}
	for _, f := range r.Findings {
		found[f.Cause] = f.Model
	}
	assert.Equal(t, map[reconcile.Cause]string{
		reconcile.TimeZone: "", reconcile.OtherPrice: "small", reconcile.Unpriced: "new", reconcile.Missing: "large", reconcile.NoUsage: "", reconcile.NoProvider: "",
	}, found)
	assert.Contains(t, evidence(r, reconcile.TimeZone), "UTC-7")
	assert.False(t, r.Within())
}

func TestMissingCallsDoNotPassForAnotherZone(t *testing.T) {
	calls, lines := shifted(0, 5)
	var kept []call
	for i, c := range calls {
		if i%3 != 0 {
			kept = append(kept, c)
		}
	}
	r := compare(t, ledgerOf(t, kept...), billOf(14, lines...))
	assert.Empty(t, evidence(r, reconcile.TimeZone))
	assert.NotEmpty(t, evidence(r, reconcile.Missing))
}

func TestABillWithoutQuantitiesIsComparedByCost(t *testing.T) {
	calls, lines := week()
	for i := range lines {
		lines[i].Quantity = nil
		lines[i].Cost.Mul(lines[i].Cost, dec("1.1"))
	}
	r := compare(t, ledgerOf(t, append(calls, call{day: 3, hour: 1, model: "new", usage: "input=1"})...), billOf(7, lines...))
	assert.Nil(t, r.Total.Tokens)
	assert.Equal(t, "unsplit small 7.84\nunpriced new calls=1\n", causes(r))
	assert.Contains(t, evidence(r, reconcile.Unsplit), "the bill is × 1.1 on every day, which speaks for another price")
	require.Len(t, r.Factors, 2)
	assert.Equal(t, "11/10", r.Factors[0].Ratio.RatString())

	calls, lines = week()
	for i := range lines {
		lines[i].Quantity = nil
	}
	r = compare(t, ledgerOf(t, calls[:65]...), billOf(7, lines...))
	assert.Contains(t, evidence(r, reconcile.Unsplit), "which speaks for missing calls")
}

func TestABillWithoutCostIsComparedByTokens(t *testing.T) {
	calls, lines := week()
	for i := range lines {
		lines[i].Cost, lines[i].Currency = nil, ""
	}
	lines = append(lines, bill.Line{Start: lines[0].Start, End: lines[0].End, Model: "large", Meter: bill.Input, Quantity: dec("5")})
	r := compare(t, ledgerOf(t, calls...), billOf(7, lines...))
	assert.Nil(t, r.Total.Cost)
	assert.Equal(t, "missing_telemetry large tokens=5\n", causes(r))
	assert.True(t, r.Within())
	assert.Empty(t, r.Factors)
}

func TestABillOfDaysAloneIsComparedByDay(t *testing.T) {
	calls, lines := week()
	var days []bill.Line
	for i := range lines {
		l := lines[i]
		l.Model, l.Meter, l.Quantity = "", bill.Unsplit, nil
		days = append(days, l)
	}
	r := compare(t, ledgerOf(t, calls...), billOf(7, days...), func(o *reconcile.Options) { o.By = []reconcile.Dimension{reconcile.ByDay} })
	require.Len(t, r.Rows, 7)
	for i, row := range r.Rows {
		assert.Equal(t, fmt.Sprintf("2026-10-%02d", i+1), row.Day)
		assert.Zero(t, row.Cost.Difference().Sign())
	}
	assert.Empty(t, r.Findings)
}

func TestARoundedInvoiceDiffersByRounding(t *testing.T) {
	calls, lines := week()
	for i := range lines { // of 4.8, 0.3, 0.5 and 8 a day, cents are exact; of a third they are not
		if lines[i].Meter == bill.CacheRead {
			lines[i].Cost = dec("0.31")
		}
	}
	b := billOf(7, lines...)
	b.Places = 1
	r := compare(t, ledgerOf(t, calls...), b)
	assert.Equal(t, "rounding small 0.07 tokens=4200000\n", causes(r))
}

func TestAPeriodIsWhatBillAndQuestionHaveInCommon(t *testing.T) {
	calls, lines := week()
	r := compare(t, ledgerOf(t, calls...), billOf(7, lines...), func(o *reconcile.Options) {
		o.Span = ledger.Span{From: at(3, 0).UnixNano(), Until: at(20, 0).UnixNano()}
	})
	assert.Equal(t, at(3, 0).Unix(), r.From)
	assert.Equal(t, at(8, 0).Unix(), r.Until)
	assert.Zero(t, r.Total.Cost.Difference().Sign())
	assert.Equal(t, []string{"the bill ends at 2026-10-08: what is after is not compared"}, r.Warnings)

	b := billOf(7, lines...)
	_, err := reconcile.Compare(context.Background(), ledgerOf(t), b, &reconcile.Options{Provider: "acme", Book: book(t), Span: ledger.Span{From: at(20, 0).UnixNano(), Until: at(21, 0).UnixNano()}, Tolerance: new(big.Rat)})
	require.ErrorIs(t, err, reconcile.ErrNothing)
}

func TestCausesAddUpToTheDifferenceWhateverTheBillSays(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 25 {
		calls, lines := shifted(random.IntN(10)-5, random.Uint64())
		for range random.IntN(30) {
			i := random.IntN(len(lines))
			switch random.IntN(6) {
			case 0:
				lines = append(lines[:i], lines[i+1:]...)
			case 1:
				lines[i].Quantity = new(big.Rat).SetInt64(random.Int64N(1e6))
			case 2:
				lines[i].Cost = big.NewRat(random.Int64N(1e9), 1+random.Int64N(1e9))
			case 3:
				lines[i].Meter = []bill.Meter{bill.Input, bill.CacheRead, bill.CacheWrite, bill.Fees, bill.NotUsage, bill.Unsplit}[random.IntN(6)]
			case 4:
				lines[i].Model = []string{"", "large", "elsewhere"}[random.IntN(3)]
			case 5:
				calls = append(calls, call{day: 1 + random.IntN(14), hour: random.IntN(24), model: []string{"new", "large", "small"}[random.IntN(3)], usage: "cache_read=3 input=10 output=3"})
			}
		}
		compare(t, ledgerOf(t, calls...), billOf(14, lines...)) // which checks the sums
	}
}

func TestTheZoneIsFoundAmongMissingCallsAndNeverInvented(t *testing.T) {
	for seed := range uint64(12) {
		for _, hours := range []int{0, -8, 9} {
			calls, lines := shifted(hours, 100+seed)
			random := rand.New(rand.NewPCG(seed, 9))
			var kept []call
			for _, c := range calls {
				if random.IntN(100) >= 10 { // one call in ten is missing
					kept = append(kept, c)
				}
			}
			r := compare(t, ledgerOf(t, kept...), billOf(14, lines...))
			if hours == 0 {
				assert.Empty(t, evidence(r, reconcile.TimeZone), "seed %d", seed)
			} else {
				found := evidence(r, reconcile.TimeZone)
				assert.Contains(t, found, fmt.Sprintf("UTC%+d,", hours), "seed %d", seed)
				assert.LessOrEqual(t, strings.Count(found, "UTC"), 4, "few zones are named")
			}
		}
	}
}

func TestFloatingPointNoiseOfABillIsRounding(t *testing.T) {
	calls, lines := week()
	lines[0].Cost.Add(lines[0].Cost, dec("0.0000000000000002"))
	r := compare(t, ledgerOf(t, calls...), billOf(7, lines...))
	require.Len(t, r.Findings, 1)
	assert.Equal(t, reconcile.Rounding, r.Findings[0].Cause)
}
