package engine_test

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// truth is what a call really used: tokens by their narrowest meter, and items.
type truth struct {
	tokens map[mt]int64
	fees   map[string]int64
}

func (r random) truth() truth {
	u := truth{map[mt]int64{}, map[string]int64{}}
	count := func() int64 {
		switch r.IntN(5) {
		case 0:
			return 1
		case 1:
			return 1 + r.Int64N(100_000_000)
		}
		return 1 + r.Int64N(50)
	}
	for range 1 + r.IntN(5) {
		m := mt{dir: pick(r, []string{"in", "in", "out"}), mod: pick(r, []string{"", "", "text", "audio", "image"})}
		if m.dir == "in" {
			m.class = pick(r, []string{"", "", "cache_read", "cache_write", "tool_prompt"})
		} else {
			m.class = pick(r, []string{"", "", "reasoning", "citation"})
		}
		if m.class == "cache_write" {
			m.ttl = pick(r, []string{"", "5m", "1h", "30m"})
		}
		u.tokens[m] += count()
	}
	for _, f := range some(r, feePool, 20) {
		u.fees[f] = count()
	}
	return u
}

// told lists every count that follows from the truth: of every meter that is
// made of statements that occur, also where it is zero.
func (u truth) told() map[mt]int64 {
	classes, ttls, mods := map[[2]string]bool{}, map[string]bool{"": true}, map[string]bool{"": true}
	for m := range u.tokens {
		classes[[2]string{m.dir, ""}], classes[[2]string{m.dir, m.class}] = true, true
		ttls[m.ttl], mods[m.mod] = true, true
	}
	out := map[mt]int64{}
	for c := range classes {
		for ttl := range ttls {
			for mod := range mods {
				m := mt{c[0], c[1], ttl, mod}
				if ttl != "" && m.class != "cache_write" {
					continue
				}
				n := int64(0)
				for atom, k := range u.tokens {
					if m.contains(atom) {
						n += k
					}
				}
				out[m] = n
			}
		}
	}
	return out
}

// usageOf writes counts as usage in random order, or reports false if there are too many.
func (r random) usageOf(counts map[mt]int64, fees map[string]int64) (u usage.Usage, ok bool) {
	if len(counts) > usage.MaxMeters {
		return u, false
	}
	meters := slices.Collect(maps.Keys(counts))
	r.Shuffle(len(meters), func(i, j int) { meters[i], meters[j] = meters[j], meters[i] })
	for _, m := range meters {
		parsed, err := meter.Parse(m.name())
		if err != nil || !u.Set(parsed, counts[m]) {
			panic(m.name())
		}
	}
	for name, n := range fees {
		f, err := meter.ParseFee(name)
		if err != nil {
			panic(err)
		}
		u.SetFee(f, n)
	}
	return u, true
}

func (r random) situation() situation {
	return situation{
		mode: pick(r, []string{"", "batch", "flex-a", "priority", "default", "unheard-of"}),
		geo:  pick(r, []string{"", "eu", "us-b", "global", "jp"}),
		at:   time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(int64(365 * 24 * time.Hour)))),
	}
}

func (s situation) call(u usage.Usage) call.Call {
	return call.Call{
		Kind: call.Inference, Provider: "p", ResponseModel: "m", StartUnixNano: uint64(s.at.UnixNano()),
		Mode: s.mode, Geo: s.geo, Usage: u, Told: call.AllFacts,
	}
}

// bill is what the reference says that a call costs.
type bill struct {
	parts     [engine.NumParts]*big.Rat
	total     *big.Rat
	lost      bool // some usage has no price
	contested bool // some tokens belong to two meters that have a price, and not to their meet
}

func (b *bookSpec) bill(u truth, s situation, withContract bool) bill {
	out := bill{total: new(big.Rat)}
	add := func(p engine.Part, rate *big.Rat, n int64, per int64) {
		if out.parts[p] == nil {
			out.parts[p] = new(big.Rat)
		}
		amount := new(big.Rat).Mul(rate, big.NewRat(n, per))
		out.parts[p].Add(out.parts[p], amount)
		out.total.Add(out.total, amount)
	}
	billing := b.billing()
	counted := slices.ContainsFunc(b.fees.names(), func(f string) bool { return f != "request" && u.fees[f] > 0 })
	if len(billing) == 0 && !counted && b.fees.names() != nil && !slices.Equal(b.fees.names(), []string{"request"}) {
		return out // a price of items, and none were told: how many there were is not known
	}
	for atom, n := range u.tokens {
		if n == 0 {
			continue
		}
		m, ok := nearest(billing, atom)
		if !ok {
			out.lost = out.lost || len(billing) > 0
			continue
		}
		for _, name := range billing {
			if o, _ := parseMeter(name); o.contains(atom) && !o.contains(m) {
				out.contested = true
			}
		}
		part := map[string]engine.Part{"cache_read": engine.PartCacheRead, "cache_write": engine.PartCacheWrite}[m.class]
		if m.dir == "out" {
			part = engine.PartOutput
		}
		add(part, b.rate(m, s, withContract), n, 1_000_000)
	}
	for _, name := range feePool {
		n, told := u.fees[name]
		if name == "request" && !told {
			n = 1
		}
		rate := b.fee(name, s, withContract)
		switch {
		case n > 0 && rate != nil:
			add(engine.PartFees, rate, n, 1)
		case n > 0 && name != "request":
			out.lost = true
		}
	}
	return out
}

const cases = 6_000

// TestCostOfFullyToldCallsIsThatOfTheReference prices calls whose counts follow
// from a truth, so that every token's price is known, against the reference.
func TestCostOfFullyToldCallsIsThatOfTheReference(t *testing.T) {
	r := random{rand.New(rand.NewPCG(20261123, 1))}
	var result engine.Result // reused, so that what is left of one call shows in the next
	refused, skipped, seen := 0, 0, map[status.Status]int{}
	for range cases / 4 {
		spec, book, n := r.loaded()
		refused += n
		for range 4 {
			tokens := r.truth()
			u, ok := r.usageOf(tokens.told(), tokens.fees)
			if !ok {
				skipped++
				continue
			}
			s := r.situation()
			for m, n := range tokens.tokens {
				if m.dir == "in" {
					s.input += n
				} else {
					s.output += n
				}
			}
			c := s.call(u)
			engine.Price(book, &c, &result)
			seen[result.Status]++
			if !compare(t, spec, tokens, s, &result) {
				t.Logf("book:\n%s\ncall: %+v\ntruth: %v", spec.yaml(), s, tokens)
				return
			}
			requireRepeatable(t, r, book, tokens, &c, &result)
		}
	}
	assert.Less(t, refused, cases/4, "most random books load")
	assert.Less(t, skipped, cases/4, "most random calls fit")
	assert.Greater(t, seen[status.Exact], cases/10)
	assert.Greater(t, seen[status.Estimated], cases/50)
	assert.Greater(t, seen[status.Partial], cases/50)
	t.Log(seen, "refused", refused, "skipped", skipped)
}

// compare checks a result against the reference. It reports false if they differ.
func compare(t *testing.T, spec *bookSpec, u truth, s situation, r *engine.Result) bool {
	t.Helper()
	want := spec.bill(u, s, true)
	ok := assert.Equal(t, s.input, r.Input) && assert.Equal(t, s.output, r.Output)
	priced := false
	for _, p := range want.parts {
		priced = priced || p != nil
	}
	switch {
	case !priced:
		return ok && assert.Equal(t, status.Unpriced, r.Status, r.Reasons.String()) && assert.True(t, r.Total.IsZero())
	case want.lost:
		ok = ok && assert.Equal(t, status.Partial, r.Status, r.Reasons.String()) && assert.True(t, r.Reasons.Has(status.MeterNotPriced))
	}
	ok = ok && assert.True(t, r.Status.Priced(), r.Reasons.String()) &&
		assert.Equal(t, want.contested, r.Reasons.Has(status.OverlapNotPriced)) &&
		assert.False(t, r.Reasons.Has(status.OverlapNotReported), "all overlaps were told") &&
		assert.False(t, r.Reasons.Has(status.UsageContradictory)) &&
		assert.Equal(t, quanta(want.total).String(), quantaOf(r.Total).String(), "total")
	sum := new(big.Int)
	for p, exact := range want.parts {
		got := quantaOf(r.Parts[p])
		sum.Add(sum, got)
		ok = ok && assert.Equal(t, exact != nil, r.HasPart[p], "%v", engine.Part(p))
		if exact == nil {
			exact = new(big.Rat)
		}
		off := new(big.Rat).Sub(new(big.Rat).SetFrac(got, big.NewInt(1_000_000_000_000)), exact)
		ok = ok && assert.Negative(t, off.Abs(off).Cmp(big.NewRat(1, 1_000_000_000_000)), "%v is off by a quantum", engine.Part(p))
	}
	ok = ok && assert.Equal(t, quantaOf(r.Total).String(), sum.String(), "parts add up to the total")
	ok = ok && assert.Equal(t, spec.contract != nil, r.Contract)
	if r.Contract {
		ok = ok && assert.Equal(t, quanta(spec.bill(u, s, false).total).String(), quantaOf(r.List).String(), "list price")
	}
	return ok && conserved(t, r, want.lost)
}

func quantaOf(a money.Amount) *big.Int {
	r := new(big.Rat).Mul(a.Rat(), big.NewRat(1_000_000_000_000, 1))
	return r.Num()
}

// conserved checks that quantities are not negative and add up to the totals,
// as far as there is a price.
func conserved(t *testing.T, r *engine.Result, lost bool) bool {
	t.Helper()
	var sums [2]int64
	for i, m := range r.Price.Meters {
		if !assert.GreaterOrEqual(t, r.Quantities[i], int64(0), m.String()) {
			return false
		}
		sums[m.Direction()] += r.Quantities[i]
	}
	if lost || r.Price.FeesOnly {
		return assert.LessOrEqual(t, sums[meter.Input], r.Input) && assert.LessOrEqual(t, sums[meter.Output], r.Output)
	}
	return assert.Equal(t, r.Input, sums[meter.Input], "input") && assert.Equal(t, r.Output, sums[meter.Output], "output")
}

// requireRepeatable prices the same call again: into another result, and with
// its counts in another order.
func requireRepeatable(t *testing.T, r random, b *pricebook.Book, u truth, c *call.Call, first *engine.Result) {
	t.Helper()
	var again engine.Result
	engine.Price(b, c, &again)
	require.Equal(t, summary(first), summary(&again), "pricing is idempotent")
	shuffled := *c
	shuffled.Usage, _ = r.usageOf(u.told(), u.fees)
	engine.Price(b, &shuffled, &again)
	require.Equal(t, summary(first), summary(&again), "the order of counts does not matter")
}

// summary writes what a result says.
func summary(r *engine.Result) string {
	var b strings.Builder
	fmt.Fprint(&b, r.Status, " ", r.Reasons, " ", r.Total, r.Parts, r.HasPart, r.List, r.Contract, r.Currency, r.Input, r.Output)
	if r.Price != nil {
		fmt.Fprint(&b, r.Price.ID, r.Choice, r.Quantities[:len(r.Price.Meters)], r.Fees[:len(r.Price.Fees)])
	}
	return b.String()
}
