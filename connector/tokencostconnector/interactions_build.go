package tokencostconnector

import (
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
)

// interactions collects the series of interactions into metrics, and tells how
// many expired.
func (b *builder) interactions(t *teller, now time.Time) (expired int) {
	expired = t.closed.Collect(now, func(s *series.Interactions) {
		s.Cost.Sum = s.Spend.Float64() // the exact sum
		b.distribution(b.names.interactionCost, b.unit(&s.Common), "Distribution of the cost of interactions.", &s.Common, &s.Cost, s.Exemplars)
		for _, d := range [...]struct {
			name, unit, description string
			of                      *series.Distribution
		}{
			{b.names.interactionCalls, "{call}", "Distribution of the number of calls in an interaction.", &s.Calls},
			{b.names.interactionTokens, "{token}", "Distribution of the tokens of an interaction.", &s.Tokens},
			{b.names.interactionDepth, "{level}", "Distribution of the levels of agents and tools in an interaction, and its calls.", &s.Depth},
			{b.names.interactionOverhead, "1", "Distribution of the measured overhead: cost of all calls of an interaction over that of its primary ones.", &s.Overhead},
			{b.names.interactionConfigured, "1", "Distribution of the overhead that is configured for the primary calls of an interaction.", &s.Configured},
		} {
			b.distribution(d.name, d.unit, d.description, &s.Common, d.of, nil)
		}
	})
	return expired + t.spends.Collect(now, b.spends)
}

func (b *builder) spends(s *series.Spends) {
	_, decided := s.Attributes.Get(b.names.role)
	spend, calls := b.names.lateSpend, b.names.lateCalls
	about, number := "Cost of calls that came after their interaction was closed.", "Calls that came after their interaction was closed."
	if decided {
		spend, calls = b.names.interactionSpend, b.names.roleCalls
		about, number = "Cost of the calls of closed interactions, by role.", "Calls of closed interactions, by role."
	}
	if s.HasCost {
		b.point(b.sum(spend, b.unit(&s.Common), about), &s.Common).SetDoubleValue(s.Cost.Float64())
	}
	b.point(b.sum(calls, "{call}", number), &s.Common).SetIntValue(s.Calls)
}
