package report

import (
	"math/big"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Figures are what the calls of a group add up to.
type Figures struct {
	Calls   int64
	Failed  int64                       // of Calls
	Tokens  [ledger.NumTokens]int64     // as read
	Amounts [ledger.NumAmounts]big.Int  // quanta
	Priced  Priced                      // what unit costs divide by
	By      [status.NumStatuses]Portion // by status; a status that is not known is None
	Without [NumOwners]Portion          // priced calls that say nothing of an owner
	// Stray is what calls cost whose cost has no currency: it is part of nothing else.
	Stray Portion
	// Interactions are only known if they were asked for.
	Interactions *Interactions
	Series       []big.Int // what was spent in each of the report's steps

	customers map[string]int64 // calls that have a cost, by customer
}

// Priced counts calls that have a cost, and their tokens.
type Priced struct {
	Calls  int64
	Tokens [ledger.NumTokens]int64
}

// Portion is a part of the calls.
type Portion struct {
	Calls  int64
	Tokens int64   // input and output
	Cost   big.Int // quanta
}

// Owner is one of the fields that say who a call is for.
type Owner int

// The owners.
const (
	Team Owner = iota
	Feature
	Customer
	NumOwners
)

// OwnerNames are the names of owners, which are those of their fields.
var OwnerNames = [NumOwners]string{"team", "feature", "customer"}

// Interactions counts traces that calls of a group belong to.
type Interactions struct {
	Traces     int64
	Successful int64 // those whose last call did not fail
	Traceless  int64 // calls that belong to no trace, because log records told of them
}

func newFigures() *Figures { return &Figures{customers: map[string]int64{}} }

// add adds a sum of calls of one context.
func (f *Figures) add(s *ledger.PeriodSum, c *ledger.Context) {
	verdict, _ := status.Parse(c.Status)
	tokens := s.Tokens[ledger.InputTokens] + s.Tokens[ledger.OutputTokens]
	cost := &s.Amounts[ledger.Total]
	f.Calls += s.Calls
	if c.Failed() {
		f.Failed += s.Calls
	}
	for i, n := range s.Tokens {
		f.Tokens[i] += n
	}
	if !c.Priced() {
		f.By[verdict].add(s.Calls, tokens, new(big.Int))
		if verdict.Priced() || cost.Sign() != 0 {
			f.Stray.add(s.Calls, tokens, cost)
		}
		return
	}
	for i := range s.Amounts {
		f.Amounts[i].Add(&f.Amounts[i], &s.Amounts[i])
	}
	f.By[verdict].add(s.Calls, tokens, cost)
	f.Priced.Calls += s.Calls
	for i, n := range s.Tokens {
		f.Priced.Tokens[i] += n
	}
	for owner, name := range [NumOwners]string{c.Team, c.Feature, c.Customer} {
		if name == "" {
			f.Without[owner].add(s.Calls, tokens, cost)
		}
	}
	if c.Customer != "" {
		f.customers[c.Customer] += s.Calls
	}
}

func (p *Portion) add(calls, tokens int64, cost *big.Int) {
	p.Calls += calls
	p.Tokens += tokens
	p.Cost.Add(&p.Cost, cost)
}

// merge adds the figures of another group. Interactions are not added, since
// groups share traces.
func (f *Figures) merge(g *Figures) {
	f.Calls += g.Calls
	f.Failed += g.Failed
	f.Priced.Calls += g.Priced.Calls
	for i := range g.Tokens {
		f.Tokens[i] += g.Tokens[i]
		f.Priced.Tokens[i] += g.Priced.Tokens[i]
	}
	for i := range g.Amounts {
		f.Amounts[i].Add(&f.Amounts[i], &g.Amounts[i])
	}
	for i := range g.By {
		f.By[i].add(g.By[i].Calls, g.By[i].Tokens, &g.By[i].Cost)
	}
	for i := range g.Without {
		f.Without[i].add(g.Without[i].Calls, g.Without[i].Tokens, &g.Without[i].Cost)
	}
	f.Stray.add(g.Stray.Calls, g.Stray.Tokens, &g.Stray.Cost)
	for name, calls := range g.customers {
		f.customers[name] += calls
	}
	f.grow(len(g.Series))
	for i := range g.Series {
		f.Series[i].Add(&f.Series[i], &g.Series[i])
	}
}

func (f *Figures) grow(steps int) {
	if len(f.Series) < steps {
		f.Series = append(f.Series, make([]big.Int, steps-len(f.Series))...)
	}
}

// empty tells whether nothing is left, as after reversals.
func (f *Figures) empty() bool {
	if f.Calls != 0 || f.Stray.Cost.Sign() != 0 || f.Tokens != [ledger.NumTokens]int64{} {
		return false
	}
	for i := range f.Amounts {
		if f.Amounts[i].Sign() != 0 {
			return false
		}
	}
	return true
}

// Customers counts the customers that priced calls tell of.
func (f *Figures) Customers() int64 {
	var n int64
	for _, calls := range f.customers {
		if calls > 0 {
			n++
		}
	}
	return n
}
