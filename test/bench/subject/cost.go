package subject

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/spans"
)

// priced checks spans that token_cost priced from one of the books made here.
func priced(status string) func(pcommon.Map) error {
	return func(attrs pcommon.Map) error {
		if err := hasStatus(status)(attrs); err != nil {
			return err
		}
		return hasCost(attrs, "token_cost.total")
	}
}

// hasStatus checks the verdict, and that there is a total.
func hasStatus(status string) func(pcommon.Map) error {
	return func(attrs pcommon.Map) error {
		if v, ok := attrs.Get("token_cost.status"); !ok || v.Str() != status {
			return fmt.Errorf("token_cost.status is not %q", status)
		}
		if v, ok := attrs.Get("token_cost.total"); !ok || v.Double() <= 0 {
			return errors.New("token_cost.total is not above zero")
		}
		return nil
	}
}

// hasCost checks a cost against the rates of the model.
func hasCost(attrs pcommon.Map, key string) error {
	name, _ := attrs.Get("gen_ai.response.model")
	var m int
	if _, err := fmt.Sscanf(name.Str(), "model-%d", &m); err != nil {
		return fmt.Errorf("model %q: %w", name.Str(), err)
	}
	count := func(key string) float64 {
		v, _ := attrs.Get(key)
		return float64(v.Int())
	}
	in, read, out := rates(m)
	cached := count("gen_ai.usage.cache_read.input_tokens")
	want := ((count("gen_ai.usage.input_tokens")-cached)*in + cached*read + count("gen_ai.usage.output_tokens")*out) / 1e6
	got, ok := attrs.Get(key)
	if !ok || math.Abs(got.Double()-want) > 1e-12 {
		return fmt.Errorf("%s is not %v", key, want)
	}
	return nil
}

func hasAnyCost(attrs pcommon.Map) error {
	if v, ok := attrs.Get("cost"); !ok || v.Double() <= 0 {
		return errors.New("cost is not above zero")
	}
	return nil
}

// results are attributes that token_cost wrote on a span, in their order.
type results []result

type result struct {
	key, text string
	number    float64
	isNumber  bool
}

// resultsOf processes a batch and takes what the first span gained.
func resultsOf(ctx context.Context, s *Subject) (results, error) {
	td := s.Fresh()
	if err := s.Process(ctx, td); err != nil {
		return nil, err
	}
	var out results
	for key, v := range spans.In(td).At(0).Attributes().All() {
		switch {
		case !strings.HasPrefix(key, "token_cost."):
		case v.Type() == pcommon.ValueTypeDouble:
			out = append(out, result{key: key, number: v.Double(), isNumber: true})
		default:
			out = append(out, result{key: key, text: v.Str()})
		}
	}
	return out, nil
}

// put writes them on every span: no processor can write them for less.
func (r results) put(td ptrace.Traces) {
	all := spans.In(td)
	for i := range all.Len() {
		attrs := all.At(i).Attributes()
		attrs.EnsureCapacity(attrs.Len() + len(r))
		for k := range r {
			if x := &r[k]; x.isNumber {
				attrs.PutDouble(x.key, x.number)
			} else {
				attrs.PutStr(x.key, x.text)
			}
		}
	}
}

// inserts configures the attributes processor to write them on every span.
func (r results) inserts() string {
	var b strings.Builder
	b.WriteString("actions:\n")
	for _, x := range r {
		if x.isNumber {
			fmt.Fprintf(&b, "  - {action: insert, key: %s, value: %.12f}\n", x.key, x.number)
		} else {
			fmt.Fprintf(&b, "  - {action: insert, key: %s, value: %q}\n", x.key, x.text)
		}
	}
	return b.String()
}
