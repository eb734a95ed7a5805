package interaction

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Action is what a user action was found to be when it was closed. It is valid
// while it is told only.
type Action struct {
	Values []Told  // of the dimensions
	Spends []Spend // by role and currency
	Calls  int
	Tokens int64
	Depth  int // levels of agents and tools above the deepest call, and the call
	Trace  pcommon.TraceID
	Span   pcommon.SpanID // its dearest call
	At     pcommon.Timestamp
	Ending Ending

	dearest money.Amount
	loaded  money.Amount // of the primary calls
	flags   flags
	unsure  bool // roles could not be decided for certain
}

// Spend is what the calls of one role cost in one currency.
type Spend struct {
	Role     Role
	Currency string // empty if they have no cost
	Cost     money.Amount
	Calls    int
	Priced   bool
}

// Ending is why an action was closed.
type Ending uint8

// The endings.
const (
	Complete Ending = iota // its root had come, and nothing after it for the window
	Idle                   // its root never came, and nothing else for longer
	Aged                   // it was open for as long as any action may be
	Evicted                // there was no room for a newer one
	Stopped                // the window was closed
	NumEndings
)

var endingNames = [NumEndings]string{"complete", "idle", "aged", "evicted", "stopped"}

// String returns a word for self-metrics.
func (e Ending) String() string { return endingNames[e] }

// Status is the verdict on the cost: partial and unpriced say that some or all
// of it is not known.
func (a *Action) Status() status.Status { return a.flags.status() }

// Totals returns what the action cost, for each currency of its calls.
func (a *Action) Totals(yield func(currency string, cost money.Amount) bool) {
	for i := range a.Spends {
		s := &a.Spends[i]
		if s.Priced && a.first(s.Currency) == i && !yield(s.Currency, a.sum(s.Currency, NumRoles)) {
			return
		}
	}
}

func (a *Action) first(currency string) int {
	for i := range a.Spends {
		if a.Spends[i].Priced && a.Spends[i].Currency == currency {
			return i
		}
	}
	return -1
}

// sum adds up the spends of a role, or of all.
func (a *Action) sum(currency string, role Role) (sum money.Amount) {
	for i := range a.Spends {
		if s := &a.Spends[i]; s.Priced && s.Currency == currency && (role == NumRoles || s.Role == role) {
			sum = sum.Add(s.Cost)
		}
	}
	return sum
}

// Overhead is the measured multiplier: the cost of all calls over that of the
// primary ones. There is none if the cost of any call is not known, if roles
// are not certain, if primary calls cost nothing, or if there are several
// currencies.
func (a *Action) Overhead() (float64, bool) {
	primary, ok := a.primary()
	if !ok || a.unsure || a.flags&hasUnknown != 0 {
		return 0, false
	}
	return a.sum(a.currency(), NumRoles).Float64() / primary.Float64(), true
}

// Configured is the multiplier that the configuration gives to the primary
// calls, weighted by their cost. There is none unless all of them have one.
func (a *Action) Configured() (float64, bool) {
	primary, ok := a.primary()
	if !ok || a.flags&hasUnloaded != 0 {
		return 0, false
	}
	return a.loaded.Float64() / primary.Float64(), true
}

func (a *Action) primary() (money.Amount, bool) {
	currencies := 0
	for range a.Totals {
		currencies++
	}
	if currencies != 1 {
		return money.Amount{}, false
	}
	sum := a.sum(a.currency(), Primary)
	return sum, !sum.IsZero()
}

func (a *Action) currency() string {
	for c := range a.Totals {
		return c
	}
	return ""
}

func addSpend(to []Spend, s Spend) []Spend {
	for i := range to {
		if x := &to[i]; x.Role == s.Role && x.Priced == s.Priced && x.Currency == s.Currency {
			x.Cost, x.Calls = x.Cost.Add(s.Cost), x.Calls+s.Calls
			return to
		}
	}
	return append(to, s)
}

// merge adds what another action of the same conversation was.
func (a *Action) merge(b *Action) {
	for _, s := range b.Spends {
		a.Spends = addSpend(a.Spends, s)
	}
	for i := range b.Values {
		v := &b.Values[i]
		if v.Has() && (v.Rank < a.Values[i].Rank || v.Rank == a.Values[i].Rank && v.at.compare(a.Values[i].at) < 0) {
			a.Values[i] = *v
		}
	}
	a.Calls += b.Calls
	a.Tokens += b.Tokens
	a.Depth = max(a.Depth, b.Depth)
	a.loaded = a.loaded.Add(b.loaded)
	a.flags |= b.flags
	a.unsure = a.unsure || b.unsure
	a.exemplar(b.dearest, b.Trace, b.Span, b.At)
}

// exemplar remembers the dearest call.
func (a *Action) exemplar(cost money.Amount, trace pcommon.TraceID, span pcommon.SpanID, at pcommon.Timestamp) {
	c := cost.Cmp(a.dearest)
	if a.At != 0 && (c < 0 || c == 0 && order{at, span}.compare(order{a.At, a.Span}) >= 0) {
		return
	}
	a.dearest, a.Trace, a.Span, a.At = cost, trace, span, at
}
