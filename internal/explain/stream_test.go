package explain

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// Sums that grow are told again and again; what they came to counts once.
func TestSumsThatGrowCountOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "book.yaml")
	require.NoError(t, os.WriteFile(file, []byte("schema: tokencost.pricebook/v1\nproviders: {acme: {models: {m: {prices: [{rates: {input: 1, output: 1}}]}}}}\n"), 0o600))
	store, err := bookstore.Open(bookstore.Source{Files: []string{file}})
	require.NoError(t, err)
	cfg := pricer.DefaultConfig()
	cfg.Signals = []pricer.SignalConfig{{Signal: "metrics"}}
	p, err := pricer.New(cfg, store)
	require.NoError(t, err)

	total := func(temporality pmetric.AggregationTemporality) string {
		var summary Summary
		visit := Collect(attrkey.Under("token_cost"), summary.Sum)
		for _, point := range []struct {
			service string
			start   pcommon.Timestamp
			at      pcommon.Timestamp
			n       int64
		}{
			{"a", 1, 10, 1_000_000},
			{"a", 1, 20, 3_000_000},
			{"b", 1, 20, 10_000_000},
			{"a", 1, 30, 5_000_000},
			{"a", 1, 25, 4_000_000},  // late
			{"a", 40, 50, 2_000_000}, // begun anew
		} {
			md := pmetric.NewMetrics()
			rm := md.ResourceMetrics().AppendEmpty()
			rm.Resource().Attributes().PutStr("service.name", point.service)
			m := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
			m.SetName("gen_ai.client.token.usage")
			s := m.SetEmptySum()
			s.SetIsMonotonic(true)
			s.SetAggregationTemporality(temporality)
			d := s.DataPoints().AppendEmpty()
			d.SetStartTimestamp(point.start)
			d.SetTimestamp(point.at)
			d.SetIntValue(point.n)
			d.Attributes().PutStr("gen_ai.token.type", "input")
			d.Attributes().PutStr("gen_ai.provider.name", "acme")
			d.Attributes().PutStr("gen_ai.response.model", "m")
			stats := p.Metrics(t.Context(), md, visit)
			summary.Add(dialect.Metrics, &stats)
		}
		return summary.String()
	}
	assert.Equal(t, "6 data points · 6 estimated · total 17 USD", total(pmetric.AggregationTemporalityCumulative))
	assert.Equal(t, "6 data points · 6 estimated · total 25 USD", total(pmetric.AggregationTemporalityDelta))
}

func TestUsagesWhoseCostWasKeptAreExplainedAsSuch(t *testing.T) {
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	cfg := pricer.DefaultConfig()
	cfg.Signals = []pricer.SignalConfig{{Signal: "metrics"}}
	p, err := pricer.New(cfg, store)
	require.NoError(t, err)
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("gen_ai.client.token.usage")
	s := m.SetEmptySum()
	s.SetIsMonotonic(true)
	s.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	d := s.DataPoints().AppendEmpty()
	d.SetIntValue(5)
	d.Attributes().PutStr("gen_ai.token.type", "input")
	d.Attributes().PutStr("gen_ai.request.model", "gpt-4o")
	p.Metrics(t.Context(), md, nil)
	var got []*Call
	p.Metrics(t.Context(), md, Collect(attrkey.Under("token_cost"), func(c *Call) { got = append(got, c) }))
	require.Len(t, got, 1)
	assert.Equal(t, "kept", got[0].Kind)
	assert.Equal(t, "estimated", got[0].Status)
	assert.Equal(t, "metrics", got[0].Signal)
}
