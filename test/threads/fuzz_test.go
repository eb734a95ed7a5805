package threads_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// captures reads traces of real clients that package dialect keeps.
func captures(t testing.TB) (all []ptrace.Traces) {
	t.Helper()
	files, err := filepath.Glob("../../internal/dialect/testdata/captures/*.otlp.json*")
	require.NoError(t, err)
	for _, name := range files {
		if strings.Contains(name, ".logs.") || strings.Contains(name, ".metrics.") {
			continue
		}
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		if strings.HasSuffix(name, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(data))
			require.NoError(t, err)
			data, err = io.ReadAll(z)
			require.NoError(t, err)
		}
		for line := range bytes.Lines(data) {
			if !bytes.Contains(line, []byte(`"resourceSpans"`)) {
				continue
			}
			var u ptrace.JSONUnmarshaler
			td, err := u.UnmarshalTraces(line)
			require.NoError(t, err, name)
			all = append(all, td)
		}
	}
	require.Greater(t, len(all), 100)
	return all
}

// mutate does something to a batch that a proxy, a bug or a stranger might do.
func mutate(td ptrace.Traces, random *rand.Rand) {
	rs := td.ResourceSpans().At(random.IntN(td.ResourceSpans().Len()))
	if rs.ScopeSpans().Len() == 0 {
		return
	}
	ss := rs.ScopeSpans().At(random.IntN(rs.ScopeSpans().Len()))
	if ss.Spans().Len() == 0 {
		return
	}
	span := ss.Spans().At(random.IntN(ss.Spans().Len()))
	attrs := span.Attributes()
	keys := slices.Sorted(func(yield func(string) bool) {
		for k := range attrs.All() {
			if !yield(k) {
				return
			}
		}
	})
	switch random.IntN(14) {
	case 0:
		ss.Scope().SetName([]string{"", "acme.llm", "ai", "litellm", "openlit.otel.tracing", "strands-agents", "langfuse-sdk"}[random.IntN(7)])
	case 1:
		ss.Scope().SetVersion([]string{"", "0.0.1", "99.0.0", "v1", "nightly"}[random.IntN(5)])
	case 2: // another copy of the span
		span.CopyTo(ss.Spans().AppendEmpty())
	case 3: // another copy that is another span
		next := ss.Spans().AppendEmpty()
		span.CopyTo(next)
		next.SetSpanID(spanID(random.Uint64()))
	case 4:
		span.SetParentSpanID(ss.Spans().At(random.IntN(ss.Spans().Len())).SpanID())
	case 5:
		span.SetParentSpanID(pcommon.SpanID{})
	case 6:
		span.Status().SetCode(ptrace.StatusCodeError)
	case 7:
		span.SetKind(ptrace.SpanKind(random.IntN(6)))
	default:
		if len(keys) > 0 {
			mutateAttribute(attrs, keys[random.IntN(len(keys))], random)
		}
	}
}

// mutateAttribute drops, copies, retypes or scales one attribute.
func mutateAttribute(attrs pcommon.Map, key string, random *rand.Rand) {
	v, _ := attrs.Get(key)
	n := v.Int()
	switch random.IntN(9) {
	case 0:
		attrs.Remove(key)
	case 1:
		other := []string{
			"gen_ai.usage.input_tokens", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
			"gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.total_tokens", "llm.token_count.total", "ai.usage.cachedInputTokens",
			"gen_ai.response.model", "gen_ai.provider.name", "gen_ai.operation.name", "token_usage.cache_read",
		}[random.IntN(11)]
		v.CopyTo(attrs.PutEmpty(other))
	case 2:
		if v.Type() == pcommon.ValueTypeInt {
			v.SetStr(strconv.FormatInt(n, 10))
		}
	case 3:
		if v.Type() == pcommon.ValueTypeInt {
			v.SetDouble([]float64{float64(n), float64(n) + 0.5, math.NaN(), math.Inf(1), -1}[random.IntN(5)])
		}
	case 4:
		if v.Type() == pcommon.ValueTypeInt {
			v.SetInt([]int64{0, -n, n * 2, n + 1, n / 2, math.MaxInt64, math.MinInt64}[random.IntN(7)])
		}
	case 5:
		if v.Type() == pcommon.ValueTypeStr {
			s := v.Str()
			v.SetStr(s[:random.IntN(len(s)+1)])
		}
	case 6:
		if v.Type() == pcommon.ValueTypeStr {
			v.SetStr(strings.ReplaceAll(v.Str(), "0", "9"))
		}
	case 7:
		attrs.PutEmpty(key)
	case 8:
		attrs.PutEmptyMap(key).PutInt("input_tokens", n)
	}
}

// FuzzMutatedCaptures mutates what real clients sent. Whatever becomes of it,
// amounts are conserved and never negative, and nothing is exact that leaves a
// fact open.
func FuzzMutatedCaptures(f *testing.F) {
	all := captures(f)
	for i := range uint64(40) {
		f.Add(i, uint16(7*i), uint8(i%12))
	}
	pricers := []*pricer.Pricer{newPricer(f, nil, ""), newPricer(f, declared, ""), newPricer(f, map[string]any{"usage": map[string]any{"blobs": "content"}}, "")}
	f.Fuzz(func(t *testing.T, seed uint64, which uint16, mutations uint8) {
		random := rand.New(rand.NewPCG(seed, 1))
		td := ptrace.NewTraces()
		all[int(which)%len(all)].CopyTo(td)
		for range mutations % 32 {
			mutate(td, random)
		}
		again := shuffledSpans(td, random)
		p := pricers[int(seed%uint64(len(pricers)))]
		first, second := new(big.Rat), new(big.Rat)
		p.Traces(context.Background(), td, func(v *pricer.Visited) { holds(t, v, first) })
		p.Traces(context.Background(), again, func(v *pricer.Visited) { holds(t, v, second) })
		if first.Cmp(second) != 0 {
			t.Fatalf("in another order %s is %s", first.FloatString(12), second.FloatString(12))
		}
	})
}

// shuffledSpans copies a batch with the spans of each scope in another order.
func shuffledSpans(td ptrace.Traces, random *rand.Rand) ptrace.Traces {
	out := ptrace.NewTraces()
	for _, i := range random.Perm(td.ResourceSpans().Len()) {
		rs := out.ResourceSpans().AppendEmpty()
		from := td.ResourceSpans().At(i)
		from.Resource().CopyTo(rs.Resource())
		for _, j := range random.Perm(from.ScopeSpans().Len()) {
			ss := rs.ScopeSpans().AppendEmpty()
			from.ScopeSpans().At(j).Scope().CopyTo(ss.Scope())
			spans := from.ScopeSpans().At(j).Spans()
			for _, k := range random.Perm(spans.Len()) {
				spans.At(k).CopyTo(ss.Spans().AppendEmpty())
			}
		}
	}
	return out
}

// holds checks what is true of every verdict, and adds its amount to a sum.
func holds(t *testing.T, v *pricer.Visited, sum *big.Rat) {
	t.Helper()
	r, keys := v.Result, attrkey.Under(attrkey.DefaultPrefix)
	if r == nil {
		return
	}
	for _, key := range []string{keys.Total, keys.Input, keys.CacheRead, keys.CacheWrite, keys.Output, keys.Fees} {
		if a, ok := v.Attributes.Get(key); ok && (a.Type() != pcommon.ValueTypeDouble || !(a.Double() >= 0) || math.IsInf(a.Double(), 0)) {
			t.Fatalf("%s is %s", key, a.AsString())
		}
	}
	if _, ok := v.Attributes.Get(keys.Total); ok != r.Status.Priced() {
		t.Fatalf("%s: a total is there: %t", r.Status, ok)
	}
	if (r.Status == status.Exact) != (r.Reasons == 0) {
		t.Fatalf("%s with reasons %s", r.Status, r.Reasons)
	}
	if !r.Status.Priced() {
		return
	}
	parts := new(big.Rat)
	for _, part := range r.Parts {
		parts.Add(parts, part.Rat())
	}
	sum.Add(sum, r.Total.Rat())
	if parts.Cmp(r.Total.Rat()) != 0 || parts.Sign() < 0 {
		t.Fatalf("parts are %s, the total %s", parts.FloatString(12), r.Total)
	}
	conserved(t, v)
	if r.Status == status.Exact {
		nothingOpen(t, v)
	}
}

// conserved checks that every token is in one meter of the price.
func conserved(t *testing.T, v *pricer.Visited) {
	t.Helper()
	r := v.Result
	var in, out int64
	for i, m := range r.Price.Meters {
		n := r.Quantities[i]
		switch {
		case n < 0:
			t.Fatalf("%d tokens of %s", n, m)
		case m.Direction() == meter.Output:
			out += n
		default:
			in += n
		}
	}
	if r.Reasons.Has(status.MeterNotPriced) {
		return // some have no price, and that is said
	}
	toldIn, _ := v.Call.Usage.Get(meter.AllInput)
	toldOut, _ := v.Call.Usage.Get(meter.AllOutput)
	if (in != toldIn || out != toldOut) && !r.Price.FeesOnly {
		t.Fatalf("%d and %d tokens are billed, %d and %d told: %v", in, out, toldIn, toldOut, read(v.Call))
	}
}

// nothingOpen checks that an exact call tells all that moves its price.
func nothingOpen(t *testing.T, v *pricer.Visited) {
	t.Helper()
	c, r := v.Call, v.Result
	missing := r.Price.Moves &^ c.Told
	if r.Input == 0 {
		missing &^= call.CacheReads | call.CacheWrites | call.CacheTTL | call.ToolPrompt
	}
	if r.Output == 0 {
		missing &^= call.Reasoning
	}
	if n, _ := c.Usage.Get(meter.CacheWrites); n == 0 {
		missing &^= call.CacheTTL
	}
	if missing&^(call.ToolUse|call.Region|call.CacheTTL) != 0 || c.Reasons != 0 || c.Kind != call.Inference {
		t.Fatalf("exact, and facts %b are open, reasons %s", missing, c.Reasons)
	}
}
