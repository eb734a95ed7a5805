package clients

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// judgement is how a case came out.
type judgement struct {
	verdict string
	exact   bool // everything that was priced is exact
	calls   int  // that were billed
	detail  string
	reasons []string
}

// judge compares what was priced with what was billed. `signal` is where calls
// must be priced; whatever another signal prices counts too, as it would in a sum.
func judge(signal string, bills []*big.Rat, items []item) judgement {
	j := judgement{exact: true, calls: len(bills)}
	bill, total := new(big.Rat), new(big.Rat)
	for _, b := range bills {
		bill.Add(bill, b)
	}
	open := slices.Clone(bills)
	var stray []string // exact, and no call costs that
	flagged := false
	for _, it := range items {
		switch {
		case it.total != nil:
			total.Add(total, it.total)
			if it.signal != signal {
				stray = append(stray, it.String()+" is priced in "+it.signal)
			}
			if it.status != "exact" {
				flagged, j.exact = true, false
				break
			}
			if i := slices.IndexFunc(open, func(b *big.Rat) bool { return same(b, it.total) }); i >= 0 {
				open = slices.Delete(open, i, i+1)
			} else {
				stray = append(stray, it.String())
			}
		case it.status != "not_billable":
			flagged, j.exact = true, false
		}
		for _, r := range it.reasons {
			if !slices.Contains(j.reasons, r) {
				j.reasons = append(j.reasons, r)
			}
		}
	}
	slices.Sort(j.reasons)
	j.detail = fmt.Sprintf("billed %s in %d calls, priced %s", bill.FloatString(9), len(bills), total.FloatString(9))
	switch {
	case same(bill, total) && !slices.ContainsFunc(stray, func(s string) bool { return strings.Contains(s, " is priced in ") }):
		j.verdict = isTrue
	case len(stray) > 0:
		j.verdict = isWrong
		j.detail += "; " + strings.Join(stray, "; ")
	case flagged:
		j.verdict = isFlagged
	default:
		j.verdict = isNothing
	}
	return j
}

// same is equality to 1e-9 of the amount.
func same(a, b *big.Rat) bool {
	diff := new(big.Rat).Sub(a, b)
	limit := new(big.Rat).Mul(a, big.NewRat(1, 1_000_000_000))
	return diff.Abs(diff).Cmp(limit.Abs(limit)) <= 0
}

func TestACaseIsTrueOrFlaggedOrWrong(t *testing.T) {
	usd := func(s string) *big.Rat {
		r, _ := new(big.Rat).SetString(s)
		return r
	}
	exact := func(s string) item { return item{signal: signalTraces, status: "exact", total: usd(s)} }
	estimated := func(s string) item {
		return item{signal: signalTraces, status: "estimated", total: usd(s), reasons: []string{"cache_not_reported"}}
	}
	unpriced := item{signal: signalTraces, status: "unpriced", reasons: []string{"usage_missing"}}
	rollUp := item{signal: signalTraces, status: "not_billable", reasons: []string{"roll_up"}}
	inLogs := exact("1")
	inLogs.signal = signalLogs
	for name, c := range map[string]struct {
		bills []*big.Rat
		items []item
		want  string
		exact bool
	}{
		"the sum is the bill":                              {[]*big.Rat{usd("1"), usd("2")}, []item{exact("2"), exact("1"), rollUp}, isTrue, true},
		"the sum is the bill though not certain":           {[]*big.Rat{usd("1")}, []item{estimated("1")}, isTrue, false},
		"the one that differs says so":                     {[]*big.Rat{usd("1"), usd("2")}, []item{exact("2"), estimated("1.5")}, isFlagged, false},
		"a call without usage":                             {[]*big.Rat{usd("1")}, []item{unpriced}, isFlagged, false},
		"the one that differs says exact":                  {[]*big.Rat{usd("1"), usd("2")}, []item{exact("2"), exact("1.5")}, isWrong, true},
		"an exact call is hidden behind one that says so":  {[]*big.Rat{usd("1"), usd("2")}, []item{estimated("2"), exact("1.5")}, isWrong, false},
		"a call is counted twice":                          {[]*big.Rat{usd("1")}, []item{exact("1"), exact("1")}, isWrong, true},
		"a call is counted in another signal":              {[]*big.Rat{usd("1")}, []item{inLogs}, isWrong, true},
		"nothing was told":                                 {[]*big.Rat{usd("1")}, nil, isNothing, true},
		"one of two was told":                              {[]*big.Rat{usd("1"), usd("2")}, []item{exact("2")}, isNothing, true},
		"nothing was billed":                               {nil, []item{rollUp}, isTrue, true},
		"nothing was billed, and something is priced":      {nil, []item{exact("1")}, isWrong, true},
		"nothing was billed, and something says estimated": {nil, []item{estimated("1")}, isFlagged, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := judge(signalTraces, c.bills, c.items)
			assert.Equal(t, c.want, got.verdict, got.detail)
			assert.Equal(t, c.exact, got.exact)
		})
	}
}
