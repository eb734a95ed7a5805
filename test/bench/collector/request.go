package collector

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// request is an encoded request and what should become of it.
type request struct {
	body     []byte
	spans    int64
	verdicts int64 // spans that get token_cost.status
}

// newRequests encodes traces, and prices them here to know how many verdicts the
// Collector has to give.
func newRequests(traces []ptrace.Traces) ([]request, error) {
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	if err != nil {
		return nil, err
	}
	p, err := pricer.New(pricer.DefaultConfig(), store)
	if err != nil {
		return nil, err
	}
	var out []request
	var encoder ptrace.ProtoMarshaler
	for _, td := range traces {
		body, err := encoder.MarshalTraces(td)
		if err != nil {
			return nil, fmt.Errorf("encode a request: %w", err)
		}
		r := request{body: body, spans: int64(td.SpanCount())}
		stats := p.Traces(context.Background(), td, nil)
		for _, n := range stats.ByStatus {
			r.verdicts += n
		}
		out = append(out, r)
	}
	return out, nil
}
