package collector

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/spans"
)

// server stands for a Collector.
func server(t *testing.T, handler http.HandlerFunc) (address string) {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

func TestRequestsHoldTheShareOfGenAISpans(t *testing.T) {
	for _, share := range []float64{0.2, 1} {
		requests, err := encode(share)
		if err != nil {
			t.Fatal(err)
		}
		if len(requests) < 10 {
			t.Errorf("%d requests are not all dialects", len(requests))
		}
		for i, r := range requests {
			if r.spans != spans.RequestSize {
				t.Errorf("request %d has %d spans", i, r.spans)
			}
			// Calls and roll-ups with usage get a verdict; steps and empty roll-ups do not.
			if most := int64(share * spans.RequestSize); r.verdicts < most/2 || r.verdicts > most {
				t.Errorf("request %d of %d GenAI spans gets %d verdicts", i, most, r.verdicts)
			}
			td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(r.body)
			if err != nil || td.SpanCount() != spans.RequestSize {
				t.Errorf("request %d decodes to %v, %v", i, td.SpanCount(), err)
			}
		}
	}
}

func TestTheClientCountsWhatWasAccepted(t *testing.T) {
	var spansSeen, bad atomic.Int64
	address := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(body)
		if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
			bad.Add(1)
		}
		spansSeen.Add(int64(td.SpanCount()))
		_, _ = w.Write([]byte("\n\x00"))
	})
	requests, err := encode(1)
	if err != nil {
		t.Fatal(err)
	}
	r := rig{client: newClient(address, requests), http: address}
	if err := r.client.run(t.Context(), 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if n := r.sentSpans(requests); n == 0 || n != spansSeen.Load() || bad.Load() > 0 {
		t.Errorf("%d spans were counted, %d arrived, %d requests were bad", n, spansSeen.Load(), bad.Load())
	}
}

func TestARejectionEndsTheMeasurement(t *testing.T) {
	for _, c := range []struct {
		code int
		body string
	}{{http.StatusServiceUnavailable, ""}, {http.StatusOK, "\n\x02\x08\x01"}} {
		address := server(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(c.code)
			_, _ = io.WriteString(w, c.body)
		})
		err := newClient(address, []request{{body: []byte{}}}).run(t.Context(), time.Minute)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint(c.code)) {
			t.Errorf("%d %q: got %v", c.code, c.body, err)
		}
	}
}

// collectorMetrics are as the Collector writes them.
const collectorMetrics = `# HELP otelcol_processor_token_cost_calls Calls by verdict
otelcol_processor_token_cost_calls_total{token_cost_status="exact"} 30
otelcol_processor_token_cost_calls_total{token_cost_status="not_billable",x="a b"} 12
otelcol_processor_token_cost_spans_total 210
otelcol_receiver_accepted_spans_total{receiver="otlp"} 210
otelcol_process_cpu_seconds_total 1.25
`

func TestVerifyComparesTheCollectorsCounts(t *testing.T) {
	r := rig{metrics: server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, collectorMetrics) })}
	requests := []request{{spans: 70, verdicts: 14}}
	r.client = newClient("127.0.0.1:1", requests)
	r.client.sent[0].Store(3)
	if err := r.verify(context.Background(), requests, true); err != nil {
		t.Error(err)
	}
	requests[0].verdicts = 15
	if err := r.verify(context.Background(), requests, true); err == nil || !strings.Contains(err.Error(), "calls is 42, not 45") {
		t.Errorf("got %v", err)
	}
	if err := r.verify(context.Background(), requests, false); err != nil {
		t.Errorf("without token_cost there are no verdicts to compare: %v", err)
	}
}

func TestRatiosCompareRoundByRound(t *testing.T) {
	figures := func(speed, cpu float64) Figures { return Figures{SpansPerSecond: speed, CPUPerSpan: cpu} }
	r := Report{pairs: [][2]Figures{
		{figures(100, 1), figures(90, 1.1)}, {figures(50, 2), figures(49, 2.1)}, {figures(80, 1), figures(76, 1.3)},
	}}
	r.summarise()
	if kept := r.Kept(); kept != (Ratio{0.95, 0.9, 0.98}) {
		t.Errorf("throughput kept is %v", kept)
	}
	if r.Without.SpansPerSecond != 80 || r.With.SpansPerSecond != 76 {
		t.Errorf("medians are %v and %v", r.Without, r.With)
	}
}
