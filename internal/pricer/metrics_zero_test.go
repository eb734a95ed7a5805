package pricer

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Zeros are what failed calls and streams that have not begun tell; a total
// beside them is tokens of an unknown kind.
func TestCountsOfNothingAreNoUsage(t *testing.T) {
	counts := func(values map[string]int64) pmetric.Metrics {
		md := pmetric.NewMetrics()
		m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		m.SetName("gen_ai.client.token.usage")
		sum := m.SetEmptySum()
		sum.SetIsMonotonic(true)
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		for kind, n := range values {
			p := sum.DataPoints().AppendEmpty()
			p.SetTimestamp(1_793_613_600_000_000_000)
			p.SetIntValue(n)
			p.Attributes().PutStr("gen_ai.provider.name", "acme")
			p.Attributes().PutStr("gen_ai.request.model", "a")
			p.Attributes().PutStr("gen_ai.token.type", kind)
		}
		return md
	}
	p := metricsPricer(t, nil)
	for name, c := range map[string]struct {
		values map[string]int64
		counts int64
	}{
		"zeros":                {map[string]int64{"input": 0, "output": 0}, 0},
		"zeros beside a total": {map[string]int64{"input": 0, "output": 0, "total": 9}, 1},
		"input alone":          {map[string]int64{"input": 7, "output": 0}, 1},
	} {
		stats := p.Metrics(t.Context(), counts(c.values), nil)
		var told int64
		for st := status.Exact; int(st) < status.NumStatuses; st++ {
			told += stats.ByStatus[st]
		}
		assert.Equal(t, c.counts, told, name)
	}
}
