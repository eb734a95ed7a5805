package recorder_test

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/recorder"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// priced returns generated traces with costs, and the sum of them in quanta.
func priced(t testing.TB, traces int, calculated bool) (all []ptrace.Traces, total int64) {
	t.Helper()
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	cfg := pricer.DefaultConfig()
	cfg.Attributes.Calculation = calculated
	p, err := pricer.New(cfg, store)
	require.NoError(t, err)
	g, err := genai.New(genai.Options{Seed: 11, Start: time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC), Step: time.Second})
	require.NoError(t, err)
	for range traces {
		td := g.Next().Traces
		p.Traces(context.Background(), td, func(v *pricer.Visited) {
			if v.Result.Status.Priced() {
				n, ok := v.Result.Total.Int64()
				require.True(t, ok)
				total += n
			}
		})
		all = append(all, td)
	}
	return all, total
}

func newRecorder(t testing.TB, tags ...string) *recorder.Recorder {
	t.Helper()
	usage := pricer.DefaultConfig().Usage
	reader, err := usage.Reader()
	require.NoError(t, err)
	return recorder.New(recorder.Options{Prefix: "token_cost", Reader: reader, Tags: tags})
}

func TestRowsAddUpToWhatWasPriced(t *testing.T) {
	for _, calculated := range []bool{true, false} {
		all, want := priced(t, 400, calculated)
		r := newRecorder(t)
		var total, parts int64
		for _, td := range all {
			rows, stats := r.Traces(td)
			assert.Len(t, rows, stats.Calls)
			assert.Zero(t, stats.Damaged+stats.OutOfRange)
			if calculated {
				assert.Zero(t, stats.NoCalculation)
			}
			for _, row := range rows {
				total += row.Amounts[ledger.Total]
				for a := ledger.Input; a <= ledger.Fees; a++ {
					parts += row.Amounts[a]
				}
				assert.Equal(t, row.Context.ID(), row.ContextID)
				assert.NotEmpty(t, row.Context.By)
			}
		}
		assert.Equal(t, want, total)
		assert.Equal(t, want, parts)
	}
}

// costOf adds up quantities times the prices of a card, and rounds once, to quanta.
func costOf(t *testing.T, card *pricebook.Card, quantities []int64) int64 {
	t.Helper()
	require.LessOrEqual(t, len(quantities), len(card.Items))
	sum := new(big.Rat)
	for i, q := range quantities {
		price, ok := new(big.Rat).SetString(card.Items[i].Price)
		require.True(t, ok && card.Items[i].Per > 0, "%+v", card.Items[i])
		sum.Add(sum, price.Mul(price, big.NewRat(q, card.Items[i].Per)))
	}
	cost, ok := money.FromRat(sum)
	require.True(t, ok)
	quanta, ok := cost.Int64()
	require.True(t, ok)
	return quanta
}

func TestQuantitiesTimesPricesAreTheCost(t *testing.T) {
	all, _ := priced(t, 300, true)
	r := newRecorder(t)
	checked := 0
	for _, td := range all {
		rows, _ := r.Traces(td)
		for _, row := range rows {
			by, err := calculation.ParseBy(row.Context.By)
			require.NoError(t, err)
			if by.Card == nil {
				continue
			}
			assert.Equal(t, row.Amounts[ledger.Total], costOf(t, by.Card, row.Quantities), row.Context.Price)
			checked++
		}
	}
	assert.Greater(t, checked, 100)
}

func TestTheSameSpanHasTheSameKeyAndFingerprint(t *testing.T) {
	all, _ := priced(t, 50, true)
	for _, td := range all {
		first, _ := newRecorder(t).Traces(td)
		second, _ := newRecorder(t).Traces(td)
		assert.Equal(t, first, second)
	}
}

func logOf(service, session string, sequence int64) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", service)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName("com.anthropic.claude_code.events")
	r := sl.LogRecords().AppendEmpty()
	r.SetTimestamp(1_795_422_516_000_000_000)
	a := r.Attributes()
	a.PutStr("event.name", "api_request")
	a.PutStr("session.id", session)
	a.PutInt("event.sequence", sequence)
	a.PutStr("token_cost.status", "exact")
	a.PutDouble("token_cost.total", 0.25)
	a.PutStr("token_cost.currency", "USD")
	a.PutStr("token_cost.price", "anthropic/claude@open")
	a.PutStr("token_cost.team", strings.Repeat("t", 1000))
	return ld
}

func TestLogRecordsAreIdentifiedByAllThatTheySay(t *testing.T) {
	key := func(ld plog.Logs) ledger.Key {
		rows, stats := newRecorder(t, "session.id").Logs(ld)
		require.Equal(t, recorder.Stats{Calls: 1, NoCalculation: 1}, stats)
		assert.Equal(t, int64(250_000_000_000), rows[0].Amounts[ledger.Total])
		assert.Equal(t, "anthropic", rows[0].Context.Provider)
		assert.Len(t, rows[0].Context.Team, 256)
		return rows[0].Key
	}
	first := key(logOf("cli", "a", 1))
	again := logOf("cli", "a", 1)
	again.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().PutDouble("token_cost.total", 0.25)
	assert.Equal(t, first, key(again))
	for _, other := range []plog.Logs{logOf("cli", "a", 2), logOf("cli", "b", 1), logOf("other", "a", 1)} {
		assert.NotEqual(t, first, key(other))
	}
}

func TestRollUpsAndAbsurdAmountsAreNotRecorded(t *testing.T) {
	ld := logOf("cli", "a", 1)
	attrs := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes()
	attrs.PutDouble("token_cost.total", 1e12)
	rows, stats := newRecorder(t).Logs(ld)
	assert.Empty(t, rows)
	assert.Equal(t, recorder.Stats{OutOfRange: 1}, stats)
	attrs.PutStr("token_cost.status", "not_billable")
	_, stats = newRecorder(t).Logs(ld)
	assert.Equal(t, recorder.Stats{NoCalls: 1}, stats)
	attrs.PutEmptySlice("token_cost.reasons").AppendEmpty().SetStr("failed_call")
	_, stats = newRecorder(t).Logs(plog.NewLogs())
	assert.Zero(t, stats)
}

func BenchmarkTraces(b *testing.B) {
	all, _ := priced(b, 200, true)
	together := ptrace.NewTraces()
	for _, td := range all {
		td.ResourceSpans().MoveAndAppendTo(together.ResourceSpans())
	}
	r := newRecorder(b)
	_, stats := r.Traces(together)
	b.ReportAllocs()
	for b.Loop() {
		r.Traces(together)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*stats.Calls), "ns/call")
}

func attributesOf(ld plog.Logs) pcommon.Map {
	return ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes()
}

func calculated(usage, provider string, quantity int64) string {
	return fmt.Sprintf(`{"quantities":[%d],"usage":{%s},"by":{"call":{"kind":"inference","provider":"%s","request_model":"l\u0000"},`+
		`"card":{"price":"acme/large@open","provider":"acme","model":"large","currency":"USD","items":[{"meter":"input","per":1000000,"price":"1"}]}}}`, quantity, usage, provider)
}

// A server refuses such texts, and with them the call.
func TestNoTextHoldsWhatADatabaseRefuses(t *testing.T) {
	ld := logOf("cli\x00", "a", 1)
	attrs := attributesOf(ld)
	attrs.PutStr("token_cost.price", "acme/\x00\xff"+strings.Repeat("x", 1000))
	attrs.PutStr("token_cost.book", "b\x00\xff")
	attrs.PutStr("token_cost.calculation", calculated(`"input":7`, "a\xff", 7))
	rows, stats := newRecorder(t).Logs(ld)
	require.Equal(t, recorder.Stats{Calls: 1}, stats)
	assert.Equal(t, int64(7), rows[0].Tokens[ledger.InputTokens])
	for _, f := range ledger.Fields {
		text := *f.At(rows[0].Context)
		assert.True(t, utf8.ValidString(text) && !strings.Contains(text, "\x00"), "%s %q", f.Name, text)
		assert.LessOrEqual(t, len(text), 512, f.Name)
	}
}

// A forged count would make the sums of other calls overflow.
func TestACalculationThatNoProcessorWroteIsDamaged(t *testing.T) {
	for _, text := range []string{
		calculated(`"input":7`, "a", 9e18),
		calculated(`"input":7`, "a", -1),
		calculated(`"input":-7`, "a", 7),
		calculated(`"input":9000000000000000000`, "a", 7),
		calculated("\"in\x00put\":7", "a", 7),
		`{"quantities":[1,2,3],"usage":{"input":3},"by":{"call":{"kind":"inference"}}}`,
	} {
		ld := logOf("cli", "a", 1)
		attributesOf(ld).PutStr("token_cost.calculation", text)
		rows, stats := newRecorder(t).Logs(ld)
		assert.Equal(t, recorder.Stats{Calls: 1, Damaged: 1}, stats, text)
		assert.Empty(t, rows[0].Quantities)
		assert.Equal(t, int64(250_000_000_000), rows[0].Amounts[ledger.Total])
	}
}

// What a client says that a call cost must not keep out what it did cost.
func TestAnAbsurdReportedCostIsNotKept(t *testing.T) {
	for reported, want := range map[float64]int64{0.5: 5e11, 10_000: 1e16, 10_001: 0, 1e10: 0, 1e300: 0} {
		ld := logOf("cli", "a", 1)
		attributesOf(ld).PutDouble("token_cost.reported", reported)
		rows, stats := newRecorder(t).Logs(ld)
		require.Equal(t, 1, stats.Calls, reported)
		assert.Equal(t, want, rows[0].Amounts[ledger.Reported])
		assert.Equal(t, int64(250_000_000_000), rows[0].Amounts[ledger.Total])
	}
}

func TestACostWithoutAmountOrCurrencyIsUnknown(t *testing.T) {
	for _, key := range []string{"token_cost.total", "token_cost.currency"} {
		ld := logOf("cli", "a", 1)
		attributesOf(ld).Remove(key)
		rows, _ := newRecorder(t).Logs(ld)
		require.Len(t, rows, 1)
		assert.False(t, rows[0].Context.Priced(), key)
		assert.Zero(t, rows[0].Amounts, key)
	}
}

func TestSpansWithoutIDsAreIdentifiedByAllThatTheySay(t *testing.T) {
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for _, session := range []string{"a", "b", "a"} {
		attributesOf(logOf("cli", session, 1)).CopyTo(spans.AppendEmpty().Attributes())
	}
	rows, _ := newRecorder(t).Traces(td)
	require.Len(t, rows, 3)
	assert.NotEqual(t, rows[0].Key, rows[1].Key)
	assert.Equal(t, rows[0].Key, rows[2].Key)
}

func TestTokensWithoutAPriceAreCounted(t *testing.T) {
	ld := logOf("cli", "a", 1)
	attributesOf(ld).PutStr("token_cost.calculation", calculated(`"cache_read":300,"input":1200,"output":80`, "a", 1200))
	rows, stats := newRecorder(t).Logs(ld)
	require.Equal(t, recorder.Stats{Calls: 1}, stats)
	assert.Equal(t, [ledger.NumTokens]int64{1200, 300, 0, 80, 0}, rows[0].Tokens)
}

func TestTooManyContextsOfADayShareOneAndKeepTheirCost(t *testing.T) {
	r := recorder.New(recorder.Options{Prefix: "token_cost", Contexts: 10})
	var total int64
	overflow, contexts := 0, map[int64]bool{}
	for i := range 50 {
		rows, stats := r.Logs(logOf(fmt.Sprintf("service-%d", i%30), "a", int64(i)))
		overflow += stats.Overflow
		for _, row := range rows {
			total += row.Amounts[ledger.Total]
			contexts[row.ContextID] = true
			if row.Context.Service == recorder.Overflow {
				assert.Equal(t, ledger.Context{Service: recorder.Overflow, Status: "exact", Currency: "USD"}, *row.Context)
				assert.Nil(t, row.Quantities)
			}
		}
	}
	assert.Equal(t, int64(50*250_000_000_000), total)
	assert.Equal(t, 30, overflow)
	assert.Len(t, contexts, 11)
}
