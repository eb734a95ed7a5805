package pricer

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// attributing returns a pricer that reads three dimensions, one of them hashed
// if asked.
func attributing(t testing.TB, hash bool) *Pricer {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Attribution.Team = configoptional.Some(DimensionConfig{})
	cfg.Attribution.Session = configoptional.Some(DimensionConfig{})
	cfg.Attribution.User = configoptional.Some(DimensionConfig{Hash: hash})
	cfg.Attribution.HashKey = "a secret of this test"
	p, err := New(cfg, bookOf(t, 10))
	require.NoError(t, err)
	return p
}

// ownedSpan is the call of the benchmarks with a user and a session.
func ownedSpan(i int, s ptrace.Span) {
	genaiSpan(s, i, "model-1")
	s.Attributes().PutStr("user.id", "jane")
	s.Attributes().PutStr("gen_ai.conversation.id", "c-1")
}

func ownedBatch() ptrace.Traces {
	td := batchOf(benchSpans, ownedSpan)
	td.ResourceSpans().At(0).Resource().Attributes().PutStr("team.id", "search")
	return td
}

func spanOf(td ptrace.Traces) ptrace.Span {
	return td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
}

func TestAttributionAllocatesForHashesOnly(t *testing.T) {
	if raceDetector {
		t.Log("the race detector allocates by itself; counts are checked without it")
		return
	}
	const runs = 10
	allocations := func(p *Pricer) float64 {
		p.Traces(t.Context(), ownedBatch(), nil)
		var todo []ptrace.Traces
		for range runs + 1 { // and the warm-up of AllocsPerRun
			todo = append(todo, ownedBatch())
		}
		return testing.AllocsPerRun(runs, func() {
			p.Traces(context.Background(), todo[0], nil)
			todo = todo[1:]
		})
	}
	off, on, hashed := allocations(newPricer(t, 10)), allocations(attributing(t, false)), allocations(attributing(t, true))
	require.LessOrEqual(t, (on-off)/benchSpans, 3.01, "a value for each attribute that is written")
	require.LessOrEqual(t, (hashed-on)/benchSpans, 1.01, "and the text of a hash")
}

func TestAttributionIsTheSameWhenAppliedAgain(t *testing.T) {
	p := attributing(t, true)
	td := ownedBatch()
	p.Traces(t.Context(), td, nil)
	once := spanOf(td).Attributes().AsRaw()
	require.Equal(t, "search", once["token_cost.team"])
	p.Traces(t.Context(), td, nil)
	require.Equal(t, once, spanOf(td).Attributes().AsRaw())
}

func TestLogRecordsAreAttributed(t *testing.T) {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("team.id", "platform")
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName("com.anthropic.claude_code.events")
	sl.Scope().SetVersion("2.1.330")
	record := sl.LogRecords().AppendEmpty()
	record.Body().SetStr("claude_code.api_request")
	require.NoError(t, record.Attributes().FromRaw(map[string]any{
		"event.name": "api_request", "model": "claude-sonnet-4-5", "input_tokens": 10, "output_tokens": 1,
		"user.id": "an installation", "user.account_uuid": "an account", "session.id": "s-1",
	}))
	attributing(t, false).Logs(t.Context(), ld, nil)
	got := record.Attributes().AsRaw()
	require.Equal(t, "unpriced", got["token_cost.status"], "the book of this test does not know the model")
	require.Equal(t, []any{"platform", "an account", "s-1"}, []any{got["token_cost.team"], got["token_cost.user"], got["token_cost.session"]})
}

func BenchmarkAttributedSpan(b *testing.B) {
	for name, p := range map[string]*Pricer{"off": newPricer(b, 10), "three dimensions": attributing(b, false), "one of them hashed": attributing(b, true)} {
		b.Run(name, func(b *testing.B) { benchmark(b, p, ownedSpan) })
	}
}
