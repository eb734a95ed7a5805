package audit

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// sums are those of one grain in a span.
type sums struct{ by map[ledger.SumKey]*sum }

func newSums() *sums { return &sums{map[ledger.SumKey]*sum{}} }

func (s *sums) at(k ledger.SumKey) *sum {
	if s.by[k] == nil {
		s.by[k] = new(sum)
	}
	return s.by[k]
}

// sum has exact numbers of any size under their names.
type sum struct {
	calls   big.Int
	amounts [ledger.NumAmounts]big.Int
	tokens  [ledger.NumTokens]big.Int
	items   []big.Int
}

func (s *sum) set(p *ledger.PeriodSum) {
	s.calls.SetInt64(p.Calls)
	for i := range p.Amounts {
		s.amounts[i].Set(&p.Amounts[i])
	}
	for i, n := range p.Tokens {
		s.tokens[i].SetInt64(n)
	}
}

// item adds to the quantity of an item of the card.
func (s *sum) item(i int, quantity int64) {
	if len(s.items) <= i {
		s.items = append(s.items, make([]big.Int, i+1-len(s.items))...)
	}
	s.items[i].Add(&s.items[i], big.NewInt(quantity))
}

// count adds a row sign times.
func (s *sum) count(r *ledger.Row, sign int64) {
	add := func(to *big.Int, n int64) {
		v := big.NewInt(n)
		to.Add(to, v.Mul(v, big.NewInt(sign)))
	}
	add(&s.calls, 1)
	for i, n := range r.Amounts {
		add(&s.amounts[i], n)
	}
	for i, n := range r.Tokens {
		add(&s.tokens[i], n)
	}
}

// countItems adds the quantities of a row sign times.
func (s *sum) countItems(r *ledger.Row, sign int64) {
	for i, q := range r.Quantities {
		s.item(i, 0)
		v := big.NewInt(q)
		s.items[i].Add(&s.items[i], v.Mul(v, big.NewInt(sign)))
	}
}

// each passes the numbers by name; items that are not there are zero.
func (s *sum) each(items int, f func(name string, n *big.Int)) {
	f("calls", &s.calls)
	for i := range s.amounts {
		f(ledger.AmountNames[i], &s.amounts[i])
	}
	for i := range s.tokens {
		f(ledger.TokenNames[i], &s.tokens[i])
	}
	for i := range items {
		n := new(big.Int)
		if i < len(s.items) {
			n = &s.items[i]
		}
		f("quantity of item "+strconv.Itoa(i), n)
	}
}

// numbers lists what each passes.
func (s *sum) numbers(items int) (names []string, values []*big.Int) {
	s.each(items, func(name string, n *big.Int) {
		names, values = append(names, name), append(values, n)
	})
	return names, values
}

func (s *sums) equal(t *sums) bool {
	same := true
	s.pairs(t, func(_ ledger.SumKey, a, b *sum) {
		same = same && slices.EqualFunc(second(a, b), second(b, a), func(x, y *big.Int) bool { return x.Cmp(y) == 0 })
	})
	return same
}

// second returns the numbers of a sum, with as many items as the larger of two has.
func second(s, other *sum) []*big.Int {
	_, values := s.numbers(max(len(s.items), len(other.items)))
	return values
}

// pairs passes the sums of either, in the order of their keys.
func (s *sums) pairs(t *sums, f func(k ledger.SumKey, a, b *sum)) {
	keys := slices.Collect(maps.Keys(s.by))
	for k := range t.by {
		if s.by[k] == nil {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b ledger.SumKey) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Context, b.Context), cmp.Compare(a.Billing, b.Billing))
	})
	for _, k := range keys {
		f(k, orEmpty(s.by[k]), orEmpty(t.by[k]))
	}
}

func orEmpty(s *sum) *sum {
	if s == nil {
		return new(sum)
	}
	return s
}

// compare tells where stored sums are not what they should be. A sum of nothing
// may be there or not.
func (a *audit) compare(grain ledger.Grain, want, stored *sums) {
	want.pairs(stored, func(k ledger.SumKey, w, s *sum) {
		items := max(len(w.items), len(s.items))
		names, wanted := w.numbers(items)
		_, found := s.numbers(items)
		for i, name := range names {
			if wanted[i].Cmp(found[i]) != 0 {
				a.differ(Difference{Where: period(grain, k.Start), Context: k.Context, Billing: month(k.Billing), What: name, Stored: found[i].String(), Recomputed: wanted[i].String()})
			}
		}
	})
}

func period(grain ledger.Grain, start int64) string {
	if grain == ledger.Daily {
		return "day " + time.Unix(start, 0).UTC().Format(time.DateOnly)
	}
	return "hour " + time.Unix(start, 0).UTC().Format("2006-01-02T15Z")
}

func month(unix int64) string { return time.Unix(unix, 0).UTC().Format("2006-01") }

func number(n int64) string { return strconv.FormatInt(n, 10) }

func callAt(r *ledger.Row) string {
	return fmt.Sprintf("call %s trace %x span %x version %d", time.Unix(0, r.Start).UTC().Format(time.RFC3339Nano), r.Trace, r.Span, r.Version)
}
