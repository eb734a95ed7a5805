package series

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// Interaction is one closed interaction, as its distributions tell it.
type Interaction struct {
	Cost       money.Amount
	HasCost    bool
	Calls      int
	Tokens     int64
	Depth      int
	Overhead   float64 // the measured multiplier; zero if there is none
	Configured float64 // the configured multiplier; zero if there is none
	Exemplar   Exemplar
	Further    bool // the cost in a further currency of an interaction that was added already
}

// Interactions are distributions over interactions with the same attribute values.
type Interactions struct {
	Common
	Spend                                            money.Amount // the exact sum of Cost
	Cost, Calls, Tokens, Depth, Overhead, Configured Distribution

	added bool
}

// InteractionStore holds the series of interactions.
type InteractionStore = Table[Interaction, *Interactions]

// NewInteractions returns an empty store.
func NewInteractions(o Options) *InteractionStore {
	return newTable[Interaction](o, func() *Interactions { return new(Interactions) })
}

func (s *Interactions) add(x *Interaction, o *Options) {
	s.added = true
	if x.HasCost {
		s.Spend = s.Spend.Add(x.Cost)
		x.Exemplar.Cost = x.Cost.Float64()
		if s.Cost.add(x.Exemplar.Cost, o, o.Bounds) {
			s.keep(&x.Exemplar, o.Exemplars)
		}
	}
	if x.Further {
		return
	}
	s.Calls.add(float64(x.Calls), o, boundsOfCalls)
	s.Tokens.add(float64(x.Tokens), o, boundsOfTokens)
	s.Depth.add(float64(x.Depth), o, boundsOfDepth)
	if x.Overhead > 0 {
		s.Overhead.add(x.Overhead, o, boundsOfOverhead)
	}
	if x.Configured > 0 {
		s.Configured.add(x.Configured, o, boundsOfOverhead)
	}
}

func (s *Interactions) silent() bool { return !s.added }

func (s *Interactions) clear() {
	s.Spend, s.added = money.Amount{}, false
	for _, d := range []*Distribution{&s.Cost, &s.Calls, &s.Tokens, &s.Depth, &s.Overhead, &s.Configured} {
		d.clear()
	}
}

// Spend is what calls of one role cost.
type Spend struct {
	Cost    money.Amount
	HasCost bool
	Calls   int64
}

// Spends is the sum over the calls of closed interactions with the same
// attribute values.
type Spends struct {
	Common
	Spend
}

// SpendStore holds the series of spend by role.
type SpendStore = Table[Spend, *Spends]

// NewSpends returns an empty store.
func NewSpends(o Options) *SpendStore {
	return newTable[Spend](o, func() *Spends { return new(Spends) })
}

func (s *Spends) add(x *Spend, _ *Options) {
	s.Calls += x.Calls
	if x.HasCost {
		s.Cost, s.HasCost = s.Cost.Add(x.Cost), true
	}
}

func (s *Spends) silent() bool { return s.Calls == 0 }

func (s *Spends) clear() { s.Spend = Spend{} }
