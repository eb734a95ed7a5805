package report_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
)

// spent describes the calls of a model on a day: n calls alike.
type spent struct {
	model                  string
	calls                  int
	input, cached, output  int64 // tokens of a call; input holds cached
	inputPrice, cachePrice int64 // quanta for a token
	outputPrice, fees      int64 // fees: quanta for a call
	other                  int64 // quanta for a call that no part holds
	currency               string
}

func write(t testing.TB, store *memory.Store, day string, all ...spent) {
	t.Helper()
	var rows []*ledger.Row
	for i, s := range all {
		c := ledger.Context{Model: s.model, Currency: s.currency, Status: "exact"}
		if s.currency == "" {
			c.Status = "unpriced"
		}
		for j := range s.calls {
			r := &ledger.Row{Context: &c, ContextID: c.ID(), Signal: ledger.Traces}
			r.Start = instant(t, day).Add(time.Duration(j) * time.Second).UnixNano()
			r.Trace = [16]byte{byte(i), byte(i >> 8), byte(j), byte(j >> 8), 1}
			r.Tokens = [ledger.NumTokens]int64{ledger.InputTokens: s.input, ledger.CacheReadTokens: s.cached, ledger.OutputTokens: s.output}
			if s.currency != "" {
				a := &r.Amounts
				a[ledger.Input], a[ledger.CacheRead] = (s.input-s.cached)*s.inputPrice, s.cached*s.cachePrice
				a[ledger.Output], a[ledger.Fees] = s.output*s.outputPrice, s.fees
				a[ledger.Total] = a[ledger.Input] + a[ledger.CacheRead] + a[ledger.Output] + a[ledger.Fees] + s.other
			}
			r.Seal()
			rows = append(rows, r)
		}
	}
	_, err := store.Write(context.Background(), rows)
	require.NoError(t, err)
}

const before, after = "2026-10-05", "2026-10-06"

func compare(t testing.TB, store *memory.Store, top int, by ...string) *report.Comparison {
	t.Helper()
	q := query(t, after, "2026-10-07", by...)
	q.Top = top
	c, err := report.Compare(context.Background(), store, q.Previous(), q)
	require.NoError(t, err)
	return c
}

// effectsOf writes the effects of a group in quanta.
func effectsOf(c *report.Changed) string {
	s := fmt.Sprint(c.Change(), " ", c.Difference, ":")
	for i := range c.Effects {
		if c.Effects[i].Sign() != 0 {
			s += fmt.Sprintf(" %s %s", report.EffectNames[i], &c.Effects[i])
		}
	}
	return s
}

func TestEachKindOfChangeHasItsEffect(t *testing.T) {
	base := spent{model: "m", calls: 10, input: 100, cached: 40, output: 20, inputPrice: 30, cachePrice: 3, outputPrice: 150, fees: 7, currency: "USD"}
	with := func(change func(*spent)) spent {
		s := base
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		before, after []spent
		want          map[string]string
	}{
		"nothing":                 {[]spent{base}, []spent{base}, map[string]string{"m": " 0:"}},
		"a price":                 {[]spent{base}, []spent{with(func(s *spent) { s.outputPrice = 151 })}, map[string]string{"m": " 200: price 200"}},
		"calls":                   {[]spent{base}, []spent{with(func(s *spent) { s.calls = 15 })}, map[string]string{"m": " 24635: volume 24635"}},
		"tokens for a call":       {[]spent{base}, []spent{with(func(s *spent) { s.output = 21 })}, map[string]string{"m": " 1500: efficiency 1500"}},
		"fees for a call":         {[]spent{base}, []spent{with(func(s *spent) { s.fees = 8 })}, map[string]string{"m": " 10: efficiency 10"}},
		"better use of the cache": {[]spent{base}, []spent{with(func(s *spent) { s.cached = 50 })}, map[string]string{"m": " -2700: efficiency -2700"}},
		"a cost without parts":    {[]spent{with(func(s *spent) { s.other = 5 })}, []spent{with(func(s *spent) { s.other = 6 })}, map[string]string{"m": " 10: efficiency 10"}},
		"a kind that was not used": {
			[]spent{with(func(s *spent) { s.cached = 0 })},
			[]spent{base},
			map[string]string{"m": " -10800: efficiency -10800"},
		},
		"another share of the calls": {
			[]spent{base, with(func(s *spent) { s.model, s.outputPrice = "n", 300 })},
			[]spent{with(func(s *spent) { s.calls = 5 }), with(func(s *spent) { s.model, s.calls, s.outputPrice = "n", 15, 300 })},
			map[string]string{"m": " -24635: mix -24635", "n": " 39635: mix 39635"},
		},
		"a new group and one that vanished": {
			[]spent{base, with(func(s *spent) { s.model = "gone" })},
			[]spent{with(func(s *spent) { s.calls = 20 }), with(func(s *spent) { s.model = "new" })},
			map[string]string{"m": " 49270: mix 24635 volume 24635", "gone": "vanished -49270: mix -73905 volume 24635", "new": "new 49270: mix 49270"},
		},
		"nothing before": {nil, []spent{base}, map[string]string{"m": "new 49270: volume 49270"}},
		"nothing after":  {[]spent{base}, nil, map[string]string{"m": "vanished -49270: volume -49270"}},
	} {
		t.Run(name, func(t *testing.T) {
			store := memory.New()
			write(t, store, before, c.before...)
			write(t, store, after, c.after...)
			got := map[string]string{}
			for _, b := range compare(t, store, 0, "model").Blocks {
				for i := range b.Groups {
					got[b.Groups[i].Key[0]] = effectsOf(&b.Groups[i])
				}
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestCurrenciesAreComparedByThemselvesAndCallsWithoutACostNotAtAll(t *testing.T) {
	store := memory.New()
	euro := spent{model: "m", calls: 2, input: 10, inputPrice: 5, currency: "EUR"}
	dollar := spent{model: "m", calls: 3, input: 10, inputPrice: 7, currency: "USD"}
	write(t, store, before, euro, dollar, spent{model: "u", calls: 4, input: 10})
	euro.calls = 4
	write(t, store, after, euro, dollar, spent{model: "u", calls: 8, input: 10})
	c := compare(t, store, 0, "model")
	require.Len(t, c.Blocks, 2)
	for i, want := range []string{" 100: volume 100", " 0:"} {
		require.Len(t, c.Blocks[i].Groups, 1)
		assert.Equal(t, want, effectsOf(&c.Blocks[i].Groups[0]))
		assert.Equal(t, want, effectsOf(&c.Blocks[i].Total))
	}
}

// anySpent makes models of which some are new and some vanish.
func anySpent(rng *rand.Rand) []spent {
	var out []spent
	for i := range 6 {
		if rng.IntN(4) == 0 {
			continue
		}
		s := spent{model: fmt.Sprint(i), calls: rng.IntN(5), input: rng.Int64N(50), output: rng.Int64N(9), currency: "USD"}
		s.cached = rng.Int64N(s.input + 1)
		s.inputPrice, s.cachePrice, s.outputPrice = rng.Int64N(1000), rng.Int64N(1000), rng.Int64N(100_000)
		if rng.IntN(3) == 0 {
			s.fees, s.other = rng.Int64N(50), rng.Int64N(50)
		}
		out = append(out, s)
	}
	return out
}

func TestEffectsAddUpToTheDifferenceExactly(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	one := big.NewRat(1, 1)
	changes := map[string]int{}
	for round := range 400 {
		store := memory.New()
		write(t, store, before, anySpent(rng)...)
		write(t, store, after, anySpent(rng)...)
		for _, b := range compare(t, store, rng.IntN(5), "model").Blocks {
			whole := new(big.Int)
			for i := range b.Groups {
				g := &b.Groups[i]
				changes[g.Change()]++
				whole.Add(whole, g.Difference)
				checkSum(t, g)
				if g.Others > 0 {
					continue
				}
				for e := range g.Effects {
					off := new(big.Rat).Sub(g.Exact[e], new(big.Rat).SetInt(&g.Effects[e]))
					assert.Negative(t, off.Abs(off).Cmp(one), "an effect is off by a quantum")
				}
			}
			checkSum(t, &b.Total)
			require.Zero(t, whole.Cmp(b.Total.Difference), "round %d", round)
		}
	}
	assert.Greater(t, min(changes["new"], changes["vanished"], changes[""]), 50, changes)
}

// checkSum checks that effects add up to the difference, exact and rounded.
func checkSum(t *testing.T, c *report.Changed) {
	t.Helper()
	exact, rounded := new(big.Rat), new(big.Int)
	for i := range c.Effects {
		exact.Add(exact, c.Exact[i])
		rounded.Add(rounded, &c.Effects[i])
	}
	assert.Zero(t, exact.Cmp(new(big.Rat).SetInt(c.Difference)), "exact: %s is not %s", exact, c.Difference)
	assert.Zero(t, rounded.Cmp(c.Difference), "rounded: %s is not %s", rounded, c.Difference)
	assert.Zero(t, c.Difference.Cmp(new(big.Int).Sub(c.After.Cost(), c.Before.Cost())))
}

func TestThePeriodBeforeIsOfTheSameKind(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, c := range []struct {
		zone              *time.Location
		from, until, want string
	}{
		{time.UTC, "2026-03-01", "2026-04-01", "2026-02-01T00:00:00Z"},
		{time.UTC, "2026-01-01", "2026-04-01", "2025-10-01T00:00:00Z"},
		{time.UTC, "2026-10-05", "2026-10-12", "2026-09-28T00:00:00Z"},
		{time.UTC, "2026-10-05T10:00:00Z", "2026-10-05T13:00:00Z", "2026-10-05T07:00:00Z"},
		{berlin, "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z", "2026-10-01T00:00:00+02:00"}, // a month of 745 hours before one of 720
		{berlin, "2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z", "2026-10-25T00:00:00+02:00"},
	} {
		q := &report.Query{Zone: c.zone, From: instant(t, c.from).In(c.zone), Until: instant(t, c.until).In(c.zone)}
		p := q.Previous()
		assert.Equal(t, c.want, p.From.Format(time.RFC3339), c.from)
		assert.Equal(t, q.From, p.Until)
	}
}

func TestDecimalsAreRoundedHalfToEven(t *testing.T) {
	for _, c := range []struct {
		n, d   int64
		places int
		want   string
	}{
		{1, 8, 2, "0.12"}, {3, 8, 2, "0.38"}, {-1, 8, 2, "-0.12"}, {5, 2, 0, "2"}, {7, 2, 0, "4"}, {-7, 2, 0, "-4"}, {1, 3, 3, "0.333"}, {-2, 3, 3, "-0.667"}, {0, 1, 2, "0.00"}, {1, 1000, 2, "0.00"},
	} {
		assert.Equal(t, c.want, report.Decimal(big.NewRat(c.n, c.d), c.places))
	}
	assert.Equal(t, "-1.000000000001", report.Exact(big.NewInt(-1_000_000_000_001)))
	assert.Equal(t, "120", report.Exact(big.NewInt(120_000_000_000_000)))
	assert.Equal(t, "0.333333333333", report.Rounded(big.NewRat(1, 3)))
	assert.Equal(t, "200", report.Rounded(big.NewRat(200, 1)))
	for want, r := range map[string]*big.Rat{"0.001235": big.NewRat(12346, 10_000_000), "12.35": big.NewRat(12346, 1000), "1234.56": big.NewRat(123456, 100), "0.00": new(big.Rat), "0.1000": big.NewRat(1, 10), "9.999": big.NewRat(9999, 1000)} {
		assert.Equal(t, want, report.Significant(r, 4))
	}
}
