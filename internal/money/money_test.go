package money

import (
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func amount(t testing.TB, s string) Amount {
	t.Helper()
	a, err := Parse(s)
	require.NoError(t, err, s)
	return a
}

func rat(t testing.TB, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	require.True(t, ok, s)
	return r
}

func requireSame(t *testing.T, want, got *big.Rat) {
	t.Helper()
	require.Equal(t, want.RatString(), got.RatString())
}

func TestParseReadsPlainDecimals(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "0.0": "0", "1": "1", "007": "7", "2.50": "2.5", "0.000000000001": "0.000000000001", "12.000000000000": "12",
		"340282366920938463463374607.431768211455": "340282366920938463463374607.431768211455", // 2^128 - 1 quanta
	} {
		assert.Equal(t, want, amount(t, in).String(), in)
	}
	for _, s := range []string{
		"", ".", "1.", ".5", "-1", "+1", "1e3", "0x1", " 1", "1 ", "1,5", "1.2.3", "NaN", "Inf", "1_0", "0.0000000000001", "١", strings.Repeat("9", 65),
		"340282366920938463463374607.431768211456", strings.Repeat("9", 60),
	} {
		a, err := Parse(s)
		assert.ErrorIs(t, err, ErrSyntax, s)
		assert.True(t, a.IsZero())
	}
}

func TestAmountsCompareAndAdd(t *testing.T) {
	one, two := amount(t, "1"), amount(t, "2")
	big1 := amount(t, "20000000.000000000001")
	assert.Equal(t, -1, one.Cmp(two))
	assert.Equal(t, 0, one.Cmp(amount(t, "1.0")))
	assert.Equal(t, 1, big1.Cmp(two))
	assert.Equal(t, "3", one.Add(two).String())
	assert.Equal(t, "40000000.000000000002", big1.Add(big1).String(), "carries beyond 64 bits")
	assert.Equal(t, Max, Max.Add(Quanta(1)), "saturates")
	assert.True(t, Amount{}.IsZero())
	assert.Equal(t, "0.00000000001", Quanta(10).String())
}

func TestFromRatRoundsHalfToEven(t *testing.T) {
	for in, want := range map[string]string{
		"1/2": "0", "3/2": "2", "5/2": "2", "7/2": "4", "5000001/2000000": "3", "4999999/2000000": "2", "1/3": "0", "2/3": "1", "0": "0",
	} {
		a, ok := FromRat(new(big.Rat).Quo(rat(t, in), rat(t, "1000000000000")))
		assert.True(t, ok)
		requireSame(t, rat(t, want), new(big.Rat).Mul(a.Rat(), rat(t, "1000000000000")))
	}
	for _, s := range []string{"-1", "-1/10000000000000000", "340282366920938463463374608"} {
		_, ok := FromRat(rat(t, s))
		assert.False(t, ok, s)
	}
}

func TestDoubleGivesTheExactAmountBackBelow8192(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	check := func(a Amount) {
		t.Helper()
		back := amount(t, strconv.FormatFloat(a.Float64(), 'f', Digits, 64))
		require.Equal(t, a, back)
	}
	limit := uint64(8192 * quantaPerUnit)
	for _, n := range []uint64{0, 1, 2, limit - 1, limit - 2, 4096*quantaPerUnit - 1, quantaPerUnit / 3} {
		check(Quanta(n))
	}
	for range 100_000 {
		check(Quanta(rng.Uint64N(limit) >> rng.IntN(50)))
	}
	collide := false
	for n := limit; n < limit+10 && !collide; n++ {
		collide = Quanta(n).Float64() == Quanta(n+1).Float64()
	}
	assert.True(t, collide, "the bound is as high as it can be")
}

func TestDoubleIsTheNearest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		a := Amount{rng.Uint64() >> rng.IntN(64), rng.Uint64() >> rng.IntN(64)}
		want, _ := a.Rat().Float64()
		require.Equal(t, want, a.Float64(), a.String())
	}
}

func TestAmountsAreStringsInJSON(t *testing.T) {
	b, err := json.Marshal(amount(t, "0.0125"))
	require.NoError(t, err)
	assert.Equal(t, `"0.0125"`, string(b))
	var back Amount
	require.NoError(t, json.Unmarshal(b, &back))
	assert.Equal(t, amount(t, "0.0125"), back)
	assert.ErrorIs(t, json.Unmarshal([]byte(`"1e3"`), &back), ErrSyntax)
}

func TestFactors(t *testing.T) {
	for in, want := range map[string]string{"1": "1", "1.85": "37/20", "0": "0", "999999.999999999": "999999999999999/1000000000", "0.10": "1/10"} {
		f, err := ParseFactor(in)
		require.NoError(t, err, in)
		requireSame(t, rat(t, want), f.Rat())
		double, _ := f.Rat().Float64()
		assert.Equal(t, double, f.Float64(), in) //nolint:testifylint // the nearest double exactly
	}
	for _, s := range []string{"", "1.", ".5", "-1", "1e3", "1000000", "1.0000000000", "x", "1.x", "+1"} {
		_, err := ParseFactor(s)
		assert.ErrorIs(t, err, ErrSyntax, s)
	}
	var zero Factor
	assert.Zero(t, zero.Float64())
	assert.Equal(t, "0", zero.Rat().RatString())
}

func TestAmountTimesFactor(t *testing.T) {
	f, err := ParseFactor("1.85")
	require.NoError(t, err)
	assert.Equal(t, "3.7", amount(t, "2").Times(f).String())
	f, err = ParseFactor("0.5")
	require.NoError(t, err)
	assert.Equal(t, "0", Quanta(1).Times(f).String(), "half a quantum to even")
	assert.Equal(t, "0.000000000002", Quanta(3).Times(f).String())
	f, err = ParseFactor("2")
	require.NoError(t, err)
	assert.Equal(t, Max, Max.Times(f), "saturates")
}

// randomRates makes rates of which some need rationals.
func randomRates(rng *rand.Rand) []*big.Rat {
	out := make([]*big.Rat, 1+rng.IntN(6))
	for i := range out {
		num, den := rng.Int64N(1<<uint(1+rng.IntN(40))), int64(1)
		switch rng.IntN(4) {
		case 0:
			den = 1 + rng.Int64N(1000)
		case 1:
			den = 1_000_000
		case 2:
			den = 1 + rng.Int64N(1<<uint(1+rng.IntN(60)))
		}
		out[i] = big.NewRat(num, den)
	}
	return out
}

// TestTotalsAreExact compares sums, their rounding, their parts and their
// multiples with math/big.
func TestTotalsAreExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	quantum := big.NewRat(1, quantaPerUnit)
	rational := 0
	for range 20_000 {
		perItem := randomRates(rng)
		rates := NewRates(perItem)
		require.Equal(t, len(perItem), rates.Len())
		if rates.rats != nil {
			rational++
		}
		parts := make([]Total, 1+rng.IntN(MaxParts))
		exact := make([]*big.Rat, len(parts))
		whole := new(big.Rat)
		for p := range parts {
			exact[p] = new(big.Rat)
			for range rng.IntN(4) {
				i, n := rng.IntN(len(perItem)), rng.Int64N(1<<uint(1+rng.IntN(35)))
				requireSame(t, perItem[i], rates.PerItem(i))
				parts[p].Add(&rates, i, n)
				exact[p].Add(exact[p], new(big.Rat).Mul(perItem[i], new(big.Rat).SetInt64(n)))
			}
			requireSame(t, exact[p], parts[p].Rat(&rates))
			whole.Add(whole, exact[p])
		}
		want, ok := FromRat(whole)
		require.True(t, ok)
		rounded := make([]Amount, len(parts))
		sum, ok := Split(&rates, parts, rounded)
		require.True(t, ok)
		require.Equal(t, want, sum)
		var added Amount
		for p := range rounded {
			added = added.Add(rounded[p])
			off := new(big.Rat).Sub(rounded[p].Rat(), exact[p])
			require.Negative(t, off.Abs(off).Cmp(quantum), "part %d is off by a quantum", p)
		}
		require.Equal(t, sum, added, "parts add up")

		var total Total
		for p := range parts {
			total.AddTotal(parts[p])
		}
		require.Equal(t, want, total.Amount(&rates))
		f, err := ParseFactor(strconv.FormatFloat(rng.Float64()*1000, 'f', rng.IntN(10), 64))
		require.NoError(t, err)
		loaded, ok := FromRat(new(big.Rat).Mul(whole, f.Rat()))
		if !ok {
			loaded = Max
		}
		require.Equal(t, loaded, total.Times(&rates, f))
	}
	assert.Greater(t, rational, 1000)
}

func TestMissingQuantaGoToThePartsThatLostMostTheEarlierFirst(t *testing.T) {
	third := NewRates([]*big.Rat{new(big.Rat).Mul(big.NewRat(1, 3), big.NewRat(1, quantaPerUnit))})
	split := func(quantities ...int64) []string {
		parts, out := make([]Total, len(quantities)), make([]Amount, len(quantities))
		for i, n := range quantities {
			parts[i].Add(&third, 0, n)
		}
		sum, ok := Split(&third, parts, out)
		require.True(t, ok)
		got := []string{sum.int().String()}
		for _, a := range out {
			got = append(got, a.int().String())
		}
		return got
	}
	assert.Equal(t, []string{"1", "1", "0", "0"}, split(1, 1, 1))
	assert.Equal(t, []string{"2", "0", "1", "1"}, split(1, 2, 2))
	assert.Equal(t, []string{"1", "0", "1", "0"}, split(1, 2, 0))
	assert.Equal(t, []string{"0", "0", "0", "0"}, split(0, 1, 0))
	assert.Equal(t, []string{"2", "1", "1", "0"}, split(4, 3, 0))
}

func TestSumsThatNoAmountHoldsAreToldAndEnd(t *testing.T) {
	huge, ok := new(big.Rat).SetString("1" + strings.Repeat("0", 60))
	require.True(t, ok)
	rates := NewRates([]*big.Rat{huge, big.NewRat(1, 3)})
	parts, out := make([]Total, 2), make([]Amount, 2)
	parts[0].Add(&rates, 0, 1)
	parts[1].Add(&rates, 1, 1)
	_, ok = Split(&rates, parts, out)
	assert.False(t, ok)
	assert.Equal(t, Max, parts[0].Amount(&rates))
	f, err := ParseFactor("1.5")
	require.NoError(t, err)
	assert.Equal(t, Max, parts[0].Times(&rates, f))
	assert.Equal(t, "0.5", parts[1].Times(&rates, f).String(), "beside it others are exact")
}

func TestNoRatesAreNoMoney(t *testing.T) {
	rates := NewRates(nil)
	assert.Zero(t, rates.Len())
	var total Total
	assert.True(t, total.Amount(&rates).IsZero())
	out := make([]Amount, 1)
	sum, ok := Split(&rates, []Total{total}, out)
	assert.True(t, ok)
	assert.True(t, sum.IsZero())
}

func TestAddingAllocatesNothing(t *testing.T) {
	rates := NewRates([]*big.Rat{big.NewRat(5, 2_000_000), big.NewRat(4, 29_000_000)})
	parts, out := make([]Total, 5), make([]Amount, 5)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		clear(parts)
		parts[0].Add(&rates, 0, 1000)
		parts[3].Add(&rates, 1, 77)
		Split(&rates, parts, out)
	}))
}

// FuzzAmount holds parsing, writing, adding and rounding to math/big.
func FuzzAmount(f *testing.F) {
	f.Add("0.0125", "2.5", uint64(1), uint64(3), int64(7))
	f.Add("340282366920938463463374607.431768211455", "0.000000000001", uint64(math.MaxUint64), uint64(29), int64(1<<40-1))
	f.Add("1e3", "-1", uint64(0), uint64(0), int64(0))
	f.Fuzz(func(t *testing.T, s, s2 string, num, den uint64, n int64) {
		a, err := Parse(s)
		if err == nil {
			want, ok := new(big.Rat).SetString(s)
			if !ok || want.Cmp(a.Rat()) != 0 {
				t.Fatalf("%q is %s", s, a)
			}
			if back, err := Parse(a.String()); err != nil || back != a {
				t.Fatalf("%q is written %q", s, a)
			}
		}
		if b, err := Parse(s2); err == nil {
			sum := new(big.Rat).Add(a.Rat(), b.Rat())
			if got := a.Add(b); got.Rat().Cmp(sum) != 0 && got != Max {
				t.Fatalf("%s + %s = %s", a, b, got)
			}
			if a.Cmp(b) != a.Rat().Cmp(b.Rat()) {
				t.Fatalf("%s compared with %s is %d", a, b, a.Cmp(b))
			}
		}
		if den == 0 || n < 0 || n >= 1<<40 {
			return
		}
		rate := new(big.Rat).SetFrac(new(big.Int).SetUint64(num), new(big.Int).SetUint64(den))
		rates := NewRates([]*big.Rat{rate, big.NewRat(1, 3)})
		var total Total
		total.Add(&rates, 0, n)
		total.Add(&rates, 1, 1)
		exact := new(big.Rat).Add(new(big.Rat).Mul(rate, new(big.Rat).SetInt64(n)), big.NewRat(1, 3))
		if total.Rat(&rates).Cmp(exact) != 0 {
			t.Fatalf("%v x %d + 1/3 = %v", rate, n, total.Rat(&rates))
		}
		want, ok := FromRat(exact)
		if got := total.Amount(&rates); got != want && ok {
			t.Fatalf("%v is rounded to %s", exact, got)
		}
		lost := new(big.Rat).Sub(exact, want.Rat())
		if ok && lost.Abs(lost).Cmp(big.NewRat(1, 2*quantaPerUnit)) > 0 {
			t.Fatalf("%v is rounded by %v", exact, lost)
		}
	})
}
