package e2e

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"sync"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// backend stands for a backend that takes OTLP over HTTP: it keeps what comes.
type backend struct {
	t   *testing.T
	URL string

	mu      sync.Mutex
	headers http.Header // of the last request
	spans   []span
	metrics []pmetric.Metrics
}

// span is one as it arrived.
type span struct {
	trace      pcommon.TraceID
	id         pcommon.SpanID
	service    string
	attributes pcommon.Map
}

func startBackend(t *testing.T) *backend {
	t.Helper()
	b := &backend{t: t}
	server := httptest.NewServer(http.HandlerFunc(b.receive))
	t.Cleanup(server.Close)
	b.URL = server.URL
	return b
}

func (b *backend) receive(w http.ResponseWriter, r *http.Request) {
	body, err := payload(r)
	if err == nil {
		err = b.keep(r, body)
	}
	if err != nil {
		b.t.Errorf("%s: %v", r.URL.Path, err)
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf") // an empty body is an empty response
}

func payload(r *http.Request) ([]byte, error) {
	if r.Header.Get("Content-Encoding") != "gzip" {
		return io.ReadAll(r.Body)
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// keep decodes a request by the end of its path, for backends have prefixes. An
// export request and telemetry at rest have the same encoding.
func (b *backend) keep(r *http.Request, body []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.headers = r.Header.Clone()
	switch path.Base(r.URL.Path) {
	case "traces":
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(body)
		if err != nil {
			return err
		}
		b.spans = append(b.spans, spansOf(td)...)
	case "metrics":
		md, err := new(pmetric.ProtoUnmarshaler).UnmarshalMetrics(body)
		if err != nil {
			return err
		}
		b.metrics = append(b.metrics, md)
	default:
		return errors.New("no such signal is expected")
	}
	return nil
}

func spansOf(td ptrace.Traces) (out []span) {
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				out = append(out, span{s.TraceID(), s.SpanID(), serviceOf(rs.Resource()), s.Attributes()})
			}
		}
	}
	return out
}

func serviceOf(r pcommon.Resource) string {
	if v, ok := r.Attributes().Get("service.name"); ok {
		return v.Str()
	}
	return ""
}

// arrived returns the spans that are there.
func (b *backend) arrived() []span {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.spans)
}

// header is one of the last request.
func (b *backend) header(key string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.headers.Get(key)
}

// sums gives every point of a counter, in the order of arrival.
func (b *backend) sums(metric string, each func(rm pmetric.ResourceMetrics, s pmetric.Sum, p pmetric.NumberDataPoint)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, md := range b.metrics {
		for _, rm := range md.ResourceMetrics().All() {
			for _, sm := range rm.ScopeMetrics().All() {
				for _, m := range sm.Metrics().All() {
					if m.Name() != metric || m.Type() != pmetric.MetricTypeSum {
						continue
					}
					for _, p := range m.Sum().DataPoints().All() {
						each(rm, m.Sum(), p)
					}
				}
			}
		}
	}
}

// told is what a counter says by an attribute: of each series of each writer the
// last value, or the sum of its differences.
func (b *backend) told(metric, by string) map[string]float64 {
	values, groups := map[string]float64{}, map[string]string{}
	b.sums(metric, func(rm pmetric.ResourceMetrics, s pmetric.Sum, p pmetric.NumberDataPoint) {
		key := fmt.Sprint(rm.Resource().Attributes().AsRaw(), p.Attributes().AsRaw())
		value := p.DoubleValue()
		if p.ValueType() == pmetric.NumberDataPointValueTypeInt {
			value = float64(p.IntValue())
		}
		if s.AggregationTemporality() == pmetric.AggregationTemporalityDelta {
			value += values[key]
		}
		values[key] = value
		if v, ok := p.Attributes().Get(by); ok {
			groups[key] = v.AsString()
		}
	})
	out := map[string]float64{}
	for key, value := range values {
		out[groups[key]] += value
	}
	return out
}
