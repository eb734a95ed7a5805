package pricer

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

const benchUsages = 50

// plainMetrics are histograms of an HTTP server: 50 routes, 4 points each.
func plainMetrics() pmetric.Metrics {
	md := pmetric.NewMetrics()
	sm := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
	sm.Scope().SetName("go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp")
	for _, name := range []string{"http.server.request.duration", "http.server.request.body.size", "http.server.response.body.size", "http.server.active_requests"} {
		m := sm.Metrics().AppendEmpty()
		m.SetName(name)
		h := m.SetEmptyHistogram()
		h.SetAggregationTemporality(cumulative)
		for i := range benchUsages {
			d := h.DataPoints().AppendEmpty()
			d.SetSum(1)
			d.SetCount(1)
			d.Attributes().PutStr("http.request.method", "GET")
			d.Attributes().PutStr("http.route", fmt.Sprintf("/v1/%d", i))
			d.Attributes().PutInt("http.response.status_code", 200)
		}
	}
	return md
}

// tokenMetrics are 50 usages of 4 points with 8 attributes each.
func tokenMetrics() pmetric.Metrics {
	md := pmetric.NewMetrics()
	points := newMetric(claudeScope(md), cumulative)
	for i := range benchUsages {
		first := points.Len()
		usagePoint{model: "a", user: fmt.Sprintf("u%d", i), start: instant(9, 0), time: instant(9, 1), input: 13, read: 18432, write: 3200, out: 215}.addTo(points)
		for k := first; k < points.Len(); k++ {
			a := points.At(k).Attributes()
			a.PutStr("session.id", "904ef64f-fc7b-45bf-9793-4a84af0fa7ef")
			a.PutStr("terminal.type", "dumb")
			a.PutStr("query_source", "main")
			a.PutBool("anthropic.custom_base_url", true)
		}
	}
	return md
}

func benchmarkMetrics(b *testing.B, md pmetric.Metrics, per int, unit string) {
	b.Helper()
	b.ReportAllocs()
	p := metricsPricer(b, nil)
	batches := make([]pmetric.Metrics, 16)
	next := len(batches)
	for b.Loop() {
		if next == len(batches) {
			b.StopTimer()
			for k := range batches {
				batches[k] = pmetric.NewMetrics()
				md.CopyTo(batches[k])
			}
			next = 0
			b.StartTimer()
		}
		p.Metrics(context.Background(), batches[next], nil)
		next++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(per), "ns/"+unit)
}

func BenchmarkPricedUsageOfMetrics(b *testing.B) {
	benchmarkMetrics(b, tokenMetrics(), benchUsages, "usage")
}

func BenchmarkDataPointWithoutGenAI(b *testing.B) {
	benchmarkMetrics(b, plainMetrics(), 4*benchUsages, "point")
}

func TestAllocationsPerUsageOfMetrics(t *testing.T) {
	if raceDetector {
		t.Log("the race detector allocates by itself; counts are checked without it")
		return
	}
	p := metricsPricer(t, nil)
	plain := plainMetrics()
	allocs := testing.AllocsPerRun(10, func() { p.Metrics(context.Background(), plain, nil) })
	require.LessOrEqual(t, allocs, 1.0, "a batch without token counts allocates its statistics")

	const batches = 11 // one more than the runs, for the warm-up of AllocsPerRun
	var todo []pmetric.Metrics
	for range batches {
		todo = append(todo, tokenMetrics())
	}
	var wrote int
	allocs = testing.AllocsPerRun(batches-1, func() {
		p.Metrics(context.Background(), todo[0], nil)
		wrote = todo[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(1).Sum().DataPoints().At(0).Attributes().Len()
		todo = todo[1:]
	})
	require.Positive(t, wrote)
	// A point, its value, its attributes and the room for them: what pdata makes of them.
	require.LessOrEqual(t, allocs/benchUsages, 2*float64(wrote)+6, "a usage allocates the point of its cost, and no more")
}
