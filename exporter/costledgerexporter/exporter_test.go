package costledgerexporter

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-tokencost/otelcol-tokencost/exporter/costledgerexporter/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
)

// start is that of the first generated call.
var start = time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)

// spans makes n calls that cost a dollar each.
func spans(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	ss := rs.ScopeSpans().AppendEmpty()
	for i := range n {
		span := ss.Spans().AppendEmpty()
		span.SetTraceID(pcommon.TraceID{1, byte(i), byte(i >> 8)})
		span.SetSpanID(pcommon.SpanID{2, byte(i), byte(i >> 8)})
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(i) * time.Minute)))
		a := span.Attributes()
		a.PutStr("token_cost.status", "exact")
		a.PutDouble("token_cost.total", 1)
		a.PutDouble("token_cost.input", 1)
		a.PutStr("token_cost.currency", "USD")
		a.PutStr("token_cost.price", "acme/large@open")
		a.PutStr("token_cost.calculation", `{"quantities":[1000000],"usage":{"input":1000000},"by":{"call":{"kind":"inference","provider":"acme","response_model":"large"},`+
			`"card":{"price":"acme/large@open","provider":"acme","model":"large","currency":"USD","items":[{"meter":"input","per":1000000,"price":"1"}]}}}`)
	}
	return td
}

func newConfig(t *testing.T, settings map[string]any) *Config {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	all := map[string]any{"dsn": "sqlite://" + filepath.Join(t.TempDir(), "ledger.db"), "sending_queue": map[string]any{"enabled": false}}
	for key, v := range settings {
		all[key] = v
	}
	require.NoError(t, confmap.NewFromStringMap(all).Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
	return cfg
}

func newTraces(t *testing.T, cfg *Config, logs *zap.Logger) exporter.Traces {
	t.Helper()
	set := exportertest.NewNopSettings(metadata.Type)
	if logs != nil {
		set.Logger = logs
	}
	e, err := NewFactory().CreateTraces(context.Background(), set, cfg)
	require.NoError(t, err)
	return e
}

func spent(t *testing.T, cfg *Config) (calls int64, total string) {
	t.Helper()
	s, err := open.Open(context.Background(), string(cfg.DSN))
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Totals(context.Background(), ledger.Daily, ledger.Span{Until: 1 << 62}, func(p *ledger.PeriodSum) error {
		calls, total = calls+p.Calls, p.Amounts[ledger.Total].String()
		return nil
	}))
	return calls, total
}

func TestWhatIsWrongWithTheConfigurationIsSaid(t *testing.T) {
	for says, settings := range map[string]map[string]any{
		`the scheme "mysql" is not allowed`:                        {"dsn": "mysql://db"},
		"dsn: mode=ro is not allowed here":                         {"dsn": "sqlite://x.db?mode=ro"},
		"prefix: must not be empty":                                {"prefix": ""},
		`tags: "" is not allowed`:                                  {"tags": []any{""}},
		"tags: has 33 attributes":                                  {"tags": strings.Split(strings.Repeat("a ", 33)[:65], " ")},
		"retention: calls: 1h0m0s is not allowed; use 48h or more": {"retention": map[string]any{"calls": "1h"}},
		"calls cannot outlive their sums":                          {"retention": map[string]any{"sums": "96h"}},
		"max_size: 1000 is not allowed":                            {"retention": map[string]any{"max_size": 1000}},
		"periods: close_after: -1h0m0s is not allowed":             {"periods": map[string]any{"close_after": "-1h"}},
		"focus: directory: is missing":                             {"focus": map[string]any{"version": "1.4"}},
		"focus: version:":                                          {"focus": map[string]any{"directory": "x", "version": "9"}},
		"focus: format:":                                           {"focus": map[string]any{"directory": "x", "format": "xls"}},
		`focus: grain: "week" is not allowed; use day or hour`:     {"focus": map[string]any{"directory": "x", "grain": "week"}},
		"interval: 1s is not allowed; use 1m or more":              {"focus": map[string]any{"directory": "x", "interval": "1s"}},
		"retry_on_failure":                                         {"retry_on_failure": map[string]any{"initial_interval": "-1s"}},
		"blobs":                                                    {"usage": map[string]any{"blobs": "all"}},
	} {
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, confmap.NewFromStringMap(settings).Unmarshal(cfg), says)
		err := confmap.Validate(cfg)
		require.Error(t, err, says)
		assert.Contains(t, err.Error(), says)
	}
	require.NoError(t, confmap.Validate(createDefaultConfig()))
}

func TestCallsAreStoredOnceHoweverOftenTheyCome(t *testing.T) {
	cfg := newConfig(t, nil)
	e := newTraces(t, cfg, nil)
	require.NoError(t, e.Start(context.Background(), componenttest.NewNopHost()))
	for range 3 {
		require.NoError(t, e.ConsumeTraces(context.Background(), spans(40)))
	}
	require.NoError(t, e.Shutdown(context.Background()))
	calls, total := spent(t, cfg)
	assert.Equal(t, int64(40), calls)
	assert.Equal(t, "40000000000000", total)
}

func TestTracesAndLogsShareOneLedger(t *testing.T) {
	cfg := newConfig(t, nil)
	set := exportertest.NewNopSettings(metadata.Type)
	traces := newTraces(t, cfg, nil)
	logs, err := NewFactory().CreateLogs(context.Background(), set, cfg)
	require.NoError(t, err)
	host := componenttest.NewNopHost()
	require.NoError(t, traces.Start(context.Background(), host))
	require.NoError(t, logs.Start(context.Background(), host))
	require.NoError(t, traces.Shutdown(context.Background()))
	ld := plog.NewLogs()
	record := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	record.SetTimestamp(pcommon.NewTimestampFromTime(start))
	spans(1).ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().CopyTo(record.Attributes())
	require.NoError(t, logs.ConsumeLogs(context.Background(), ld))
	require.NoError(t, logs.Shutdown(context.Background()))
	calls, _ := spent(t, cfg)
	assert.Equal(t, int64(1), calls)
	assert.NotContains(t, all, cfg, "a ledger that is closed is kept")
}

func TestAQueueInMemoryIsWarnedOf(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	cfg := newConfig(t, map[string]any{"sending_queue": map[string]any{"enabled": true}})
	e := newTraces(t, cfg, zap.New(core))
	require.NoError(t, e.Start(context.Background(), componenttest.NewNopHost()))
	require.NoError(t, e.Shutdown(context.Background()))
	assert.Len(t, logs.FilterMessageSnippet("they are lost if the process is killed").All(), 1)
}

func TestCallsWithoutCalculationAreStoredAndWarnedOfOnce(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	cfg := newConfig(t, nil)
	e := newTraces(t, cfg, zap.New(core))
	require.NoError(t, e.Start(context.Background(), componenttest.NewNopHost()))
	td := spans(5)
	each := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	for i := range each.Len() {
		each.At(i).Attributes().Remove("token_cost.calculation")
	}
	require.NoError(t, e.ConsumeTraces(context.Background(), td))
	require.NoError(t, e.ConsumeTraces(context.Background(), td))
	require.NoError(t, e.Shutdown(context.Background()))
	assert.Len(t, logs.FilterMessageSnippet("set attributes: {calculation: true}").All(), 1)
	calls, _ := spent(t, cfg)
	assert.Equal(t, int64(5), calls)
}

// choosy refuses the calls of some spans for good.
type choosy struct {
	*memory.Store
	refuse func(*ledger.Row) bool
}

func (c *choosy) Write(ctx context.Context, rows []*ledger.Row) (ledger.Outcome, error) {
	for _, r := range rows {
		if c.refuse(r) {
			return ledger.Outcome{}, ledger.ErrRange
		}
	}
	return c.Store.Write(ctx, rows)
}

func TestOnlyCallsThatTheLedgerRefusesAreDropped(t *testing.T) {
	l, err := newCostLedger(exportertest.NewNopSettings(metadata.Type), newConfig(t, nil))
	require.NoError(t, err)
	rows, _ := l.recorder.Traces(spans(100))
	store := &choosy{memory.New(), func(r *ledger.Row) bool { return r.Span[1]%40 == 7 }}
	out, refused, err := write(context.Background(), store, rows)
	require.NoError(t, err)
	assert.Equal(t, 97, out.Inserted)
	assert.Len(t, refused, 3)
	for _, err := range refused {
		assert.ErrorIs(t, err, ledger.ErrPermanent)
	}
	down := errors.New("down")
	_, _, err = write(context.Background(), &failing{down}, rows)
	assert.ErrorIs(t, err, down)
}

type failing struct{ err error }

func (f *failing) Write(context.Context, []*ledger.Row) (ledger.Outcome, error) {
	return ledger.Outcome{}, f.err
}

func newLedger(t *testing.T, settings map[string]any) *costLedger {
	t.Helper()
	l, err := newCostLedger(exportertest.NewNopSettings(metadata.Type), newConfig(t, settings))
	require.NoError(t, err)
	_, err = l.ready(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.store.Close() })
	return l
}

func TestPeriodsAreClosedAndOldCallsRemoved(t *testing.T) {
	l := newLedger(t, map[string]any{"periods": map[string]any{"close_after": "72h"}, "retention": map[string]any{"calls": "720h", "sums": "2160h"}})
	require.NoError(t, l.consumeTraces(context.Background(), spans(30)))
	for at, want := range map[time.Time]int64{
		time.Date(2026, 10, 6, 0, 0, 0, 0, time.UTC): time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC).Unix(),
		time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC): time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC).Unix(),
		time.Date(2026, 11, 4, 0, 0, 0, 0, time.UTC): time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Unix(),
	} {
		l := newLedger(t, map[string]any{"periods": map[string]any{"close_after": "72h"}})
		require.NoError(t, l.upkeepOnce(context.Background(), at))
		closed, err := l.store.Closed(context.Background())
		require.NoError(t, err)
		assert.Equal(t, want, closed, at)
	}
	for at, want := range map[time.Time][2]int64{
		time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC): {30, 30},
		time.Date(2026, 11, 6, 0, 0, 0, 0, time.UTC): {0, 30},
		time.Date(2027, 1, 20, 0, 0, 0, 0, time.UTC): {0, 0},
	} {
		l := newLedger(t, map[string]any{"retention": map[string]any{"calls": "720h", "sums": "2160h"}})
		require.NoError(t, l.consumeTraces(context.Background(), spans(30)))
		require.NoError(t, l.upkeepOnce(context.Background(), at))
		var rows, sums int64
		span := ledger.Span{Until: 1 << 62}
		require.NoError(t, l.store.Calls(context.Background(), span, true, func(*ledger.Row) error { rows++; return nil }))
		require.NoError(t, l.store.Sums(context.Background(), ledger.Daily, span, func(p *ledger.PeriodSum) error { sums += p.Calls; return nil }))
		assert.Equal(t, want, [2]int64{rows, sums}, at)
	}
}

func TestALedgerThatIsTooLargeLosesItsOldestDays(t *testing.T) {
	store := memory.New()
	l := newLedger(t, nil)
	for day := range 10 {
		rows, _ := l.recorder.Traces(spans(100))
		for _, r := range rows {
			r.Start += int64(day) * int64(24*time.Hour)
		}
		_, err := store.Write(context.Background(), rows)
		require.NoError(t, err)
	}
	size, err := store.Size(context.Background())
	require.NoError(t, err)
	now := start.Add(9 * 24 * time.Hour)
	var kept int64
	require.NoError(t, shrink(context.Background(), store, size/2, &kept, now))
	first, _, _, err := store.Bounds(context.Background())
	require.NoError(t, err)
	assert.Greater(t, first, start.Add(3*24*time.Hour).UnixNano())
	require.ErrorContains(t, shrink(context.Background(), store, 1, &kept, now), "the last two days take")
}

func TestFocusFilesAreKeptCurrent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "focus")
	l := newLedger(t, map[string]any{"focus": map[string]any{"directory": dir, "format": "csv", "billing_account_id": "acme-1", "billing_account_name": "Acme"}})
	require.NoError(t, l.consumeTraces(context.Background(), spans(30)))
	require.NoError(t, l.exportOnce(context.Background()))
	files, err := filepath.Glob(filepath.Join(dir, "billing_period=2026-10", "*.csv"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	assert.Contains(t, string(text), "acme")
	assert.Contains(t, string(text), "1000000 Tokens")

	require.NoError(t, l.consumeTraces(context.Background(), spans(31)))
	require.NoError(t, l.exportOnce(context.Background()))
	files, err = filepath.Glob(filepath.Join(dir, "billing_period=2026-10", "*.csv"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	again, err := os.ReadFile(files[0])
	require.NoError(t, err)
	assert.NotEqual(t, string(text), string(again))
}

// The Collector shuts down every component if one cannot start, also those that
// were not started yet.
func TestALedgerStaysOpenUntilItsLastUserIsShutDown(t *testing.T) {
	cfg := newConfig(t, nil)
	traces := newTraces(t, cfg, nil)
	logs, err := NewFactory().CreateLogs(context.Background(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	s := all[cfg]
	require.NoError(t, traces.Start(context.Background(), componenttest.NewNopHost()))
	require.NoError(t, logs.Shutdown(context.Background()))
	assert.NotNil(t, s.store)
	require.NoError(t, traces.ConsumeTraces(context.Background(), spans(1)))
	require.NoError(t, traces.Shutdown(context.Background()))
	assert.Nil(t, s.store)
	assert.NotContains(t, all, cfg)
	_, err = s.ready(context.Background())
	require.ErrorContains(t, err, "closed", "a ledger that nobody closes again is opened")
}

// hoarder keeps the room of what is removed, as servers do until they tidy up.
type hoarder struct{ *memory.Store }

func (*hoarder) Size(context.Context) (int64, error) { return 1 << 40, nil }

func TestALedgerThatGivesNoRoomBackLosesNoMoreThanOneDay(t *testing.T) {
	store := &hoarder{memory.New()}
	l := newLedger(t, nil)
	for day := range 10 {
		rows, _ := l.recorder.Traces(spans(10))
		for _, r := range rows {
			r.Start += int64(day) * int64(24*time.Hour)
		}
		_, err := store.Write(context.Background(), rows)
		require.NoError(t, err)
	}
	var kept int64
	for range 3 {
		require.NoError(t, shrink(context.Background(), store, 1, &kept, start.Add(9*24*time.Hour)))
	}
	first, _, _, err := store.Bounds(context.Background())
	require.NoError(t, err)
	assert.Equal(t, start.Add(24*time.Hour).UnixNano(), first)
}

// partitions exports files and returns them by billing period.
func partitions(t *testing.T, l *costLedger, dir string) map[string]string {
	t.Helper()
	require.NoError(t, l.exportOnce(context.Background()))
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.csv"))
	require.NoError(t, err)
	out := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		out[filepath.Base(filepath.Dir(file))] = string(text)
	}
	return out
}

func focusTo(dir string) map[string]any {
	return map[string]any{"focus": map[string]any{"directory": dir, "format": "csv", "billing_account_id": "acme-1", "billing_account_name": "Acme"}}
}

// Quantities are gone with hourly sums: files that were made from them would
// come out smaller than they are.
func TestFocusFilesOutliveTheCalls(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "focus")
	l := newLedger(t, focusTo(dir))
	td := spans(4)
	for i := range 4 {
		td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(i).SetStartTimestamp(pcommon.NewTimestampFromTime(start.AddDate(0, 0, i)))
	}
	require.NoError(t, l.consumeTraces(context.Background(), td))
	want := partitions(t, l, dir)
	require.Equal(t, 5, strings.Count(want["billing_period=2026-10"], "\n"))
	_, err := l.store.Expire(context.Background(), start.AddDate(0, 0, 2).UnixNano(), 0)
	require.NoError(t, err)
	assert.Equal(t, want, partitions(t, l, dir))
}

func TestStrangeClocksMakeNoFilesOfTheCenturiesBetween(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "focus")
	l := newLedger(t, focusTo(dir))
	td := spans(3)
	each := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	each.At(0).SetStartTimestamp(0)
	each.At(1).SetStartTimestamp(1 << 63)
	require.NoError(t, l.consumeTraces(context.Background(), td))
	assert.LessOrEqual(t, len(partitions(t, l, dir)), 3)
}
