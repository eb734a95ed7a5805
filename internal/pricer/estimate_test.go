package pricer

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// contentSpan is a call without usage whose content is recorded.
func contentSpan(prompt, answer string) func(int, ptrace.Span) {
	return func(i int, s ptrace.Span) {
		genaiSpan(s, i, "model-1")
		s.Attributes().RemoveIf(func(key string, _ pcommon.Value) bool { return strings.HasPrefix(key, "gen_ai.usage.") })
		s.Attributes().PutStr("gen_ai.prompt.0.content", prompt)
		s.Attributes().PutStr("gen_ai.completion.0.content", answer)
	}
}

func estimatingPricer(t testing.TB) *Pricer {
	t.Helper()
	cfg := DefaultConfig()
	cfg.EstimateTokens = Missing
	p, err := New(cfg, bookOf(t, 10))
	require.NoError(t, err)
	return p
}

// TestContentIsReadOnlyIfCountingIsAskedFor looks at what a batch leaves behind.
func TestContentIsReadOnlyIfCountingIsAskedFor(t *testing.T) {
	for p, want := range map[*Pricer]bool{newPricer(t, 10): false, estimatingPricer(t): true} {
		stats := p.Traces(t.Context(), batchOf(3, contentSpan("hello world", "hello world")), nil)
		s := p.take()
		require.Equal(t, want, s.estimator != nil, "only a batch that has content read needs an estimator")
		require.Equal(t, want, stats.ByStatus[status.Estimated] == 3)
		require.Equal(t, want, stats.ByStatus[status.Unpriced] == 0)
	}
}

// TestACallWithUsageIsNotCounted holds for a batch in which counting is asked for.
func TestACallWithUsageIsNotCounted(t *testing.T) {
	p := estimatingPricer(t)
	p.Traces(t.Context(), batchOf(3, func(i int, s ptrace.Span) { genaiSpan(s, i, "model-1") }), nil)
	require.Nil(t, p.take().estimator)
}

func TestTextBeyondTheBoundsIsNotCountedInPart(t *testing.T) {
	const prompt = "hello world"
	read := func(p *Pricer, prompt string, spent int) call.Call {
		span := batchOf(1, contentSpan(prompt, "yes")).ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
		b := batch{p: p, ctx: t.Context(), s: new(state), text: spent}
		c := call.Call{Kind: call.Inference, Missing: call.InputCount | call.OutputCount, Reasons: status.Of(status.UsageMissing)}
		require.True(t, p.estimates(&c))
		b.countMissing(&c, &subject{signal: dialect.Traces, span: span})
		require.LessOrEqual(t, b.text, maxTextOfBatch)
		return c
	}
	p := estimatingPricer(t)
	for name, c := range map[string]call.Call{
		"a call with too much text":             read(p, strings.Repeat("a b ", maxTextOfCall/4)+"c", 0),
		"a call after the batch had its share":  read(p, prompt, maxTextOfBatch),
		"a call that exceeds the batch's share": read(p, prompt, maxTextOfBatch-len(prompt)+1),
	} {
		require.True(t, c.Usage.Empty(), name)
		require.Equal(t, status.Of(status.UsageMissing), c.Reasons, name)
	}
	c := read(p, prompt, maxTextOfBatch-len(prompt))
	in, _ := c.Usage.Get(meter.AllInput)
	_, hasOut := c.Usage.Get(meter.AllOutput)
	require.EqualValues(t, 2, in)
	require.False(t, hasOut, "nothing was left for the output")
	require.Equal(t, status.Of(status.TokensCounted, status.OutputNotReported), c.Reasons)
}

// BenchmarkCountedSpan prices calls without usage whose content is recorded.
func BenchmarkCountedSpan(b *testing.B) {
	for _, size := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("%d bytes", 2*size), func(b *testing.B) {
			text := strings.Repeat("The price of a call is the sum over its meters. ", size/48+1)[:size]
			p := estimatingPricer(b)
			p.Traces(context.Background(), batchOf(1, contentSpan("loads the vocabulary", "yes")), nil)
			benchmark(b, p, contentSpan(text, text))
		})
	}
}

// BenchmarkBatchAtItsBound counts as much text as a batch may have: of the kind
// that takes longest, a token a byte, and prose.
func BenchmarkBatchAtItsBound(b *testing.B) {
	for name, text := range map[string]string{
		"digits and spaces": "1 ",
		"prose":             "The price of a call is the sum over its meters. ",
	} {
		b.Run(name, func(b *testing.B) {
			p := estimatingPricer(b)
			const answer, calls = "yes", maxTextOfBatch / maxTextOfCall
			prompt := strings.Repeat(text, maxTextOfCall/len(text)+1)[:maxTextOfCall-len(answer)]
			for b.Loop() {
				stats := p.Traces(context.Background(), batchOf(calls+1, contentSpan(prompt, answer)), nil)
				require.EqualValues(b, calls, stats.ByStatus[status.Estimated])
				require.EqualValues(b, 1, stats.ByStatus[status.Unpriced], "no share is left for the last")
			}
		})
	}
}
