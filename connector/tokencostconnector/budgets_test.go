package tokencostconnector

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
)

// memory is a storage extension that keeps what is in it when connectors come and go.
type memory struct {
	component.StartFunc
	component.ShutdownFunc
	mu     sync.Mutex
	data   map[string][]byte
	writes int
	open   int
	full   bool

	history bool
	past    []map[string][]byte // after each write
}

func (m *memory) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open++
	return memoryClient{m}, nil
}

type memoryClient struct{ *memory }

func (m memoryClient) Get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.data[key], nil
}

func (m memoryClient) Set(ctx context.Context, key string, value []byte) error {
	return m.Batch(ctx, storage.SetOperation(key, value))
}

func (m memoryClient) Delete(context.Context, string) error { return errors.New("not used") }

func (m memoryClient) Batch(_ context.Context, ops ...*storage.Operation) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full {
		return storage.ErrStorageFull
	}
	m.writes++
	for _, op := range ops {
		m.data[op.Key] = slices.Clone(op.Value)
	}
	if m.history {
		m.past = append(m.past, maps.Clone(m.data))
	}
	return nil
}

func (m memoryClient) Close(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open--
	return nil
}

type host map[component.ID]component.Component

func (h host) GetExtensions() map[component.ID]component.Component { return h }

var memoryID = component.MustNewID("memory")

func newMemory() *memory { return &memory{data: map[string][]byte{}} }

// budgeted is a connector between traces and logs, with what comes out of it.
type budgeted struct {
	connector.Traces
	t       *testing.T
	events  *consumertest.LogsSink
	metrics *consumertest.MetricsSink
	refuse  bool
	stop    func()
	calls   int
}

func startBudgets(t *testing.T, m *memory, budgets ...BudgetConfig) *budgeted {
	t.Helper()
	b := &budgeted{t: t, events: new(consumertest.LogsSink), metrics: new(consumertest.MetricsSink)}
	events, err := consumer.NewLogs(func(ctx context.Context, ld plog.Logs) error {
		if b.refuse {
			return errors.New("full")
		}
		return b.events.ConsumeLogs(ctx, ld)
	})
	require.NoError(t, err)
	cfg := configured(t, func(c *Config) {
		c.Budgets, c.MetricsFlushInterval = budgets, 10*time.Minute
		if m != nil {
			c.Storage = &memoryID
		}
	})
	for _, one := range budgets {
		require.NoError(t, one.Validate())
	}
	set := connectortest.NewNopSettings(metadata.Type)
	b.Traces, err = NewFactory().CreateTracesToLogs(t.Context(), set, cfg, events)
	require.NoError(t, err)
	toMetrics, err := NewFactory().CreateTracesToMetrics(t.Context(), set, cfg, b.metrics)
	require.NoError(t, err)
	h := host{}
	if m != nil {
		h[memoryID] = m
	}
	require.NoError(t, b.Start(t.Context(), h))
	require.NoError(t, toMetrics.Start(t.Context(), h))
	b.stop = sync.OnceFunc(func() {
		require.NoError(t, b.Shutdown(context.Background()))
		require.NoError(t, toMetrics.Shutdown(context.Background()))
	})
	t.Cleanup(b.stop)
	synctest.Wait()
	return b
}

func (b *budgeted) spend(at time.Time, calls ...spanOf) {
	b.t.Helper()
	td := traces(calls...)
	for _, rs := range td.ResourceSpans().All() {
		b.calls++
		span := rs.ScopeSpans().At(0).Spans().At(0)
		span.SetSpanID(pcommon.SpanID{byte(b.calls >> 8), byte(b.calls), 1})
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(at))
	}
	td.MarkReadOnly()
	require.NoError(b.t, b.ConsumeTraces(b.t.Context(), td))
	synctest.Wait()
}

func (b *budgeted) ids() (ids []string) {
	for _, ld := range b.events.AllLogs() {
		v, _ := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().Get("token_cost.event.id")
		ids = append(ids, v.Str())
	}
	return ids
}

// The clock of synctest begins at midnight UTC, 2000-01-01.
func TestEveryThresholdOfEveryMatchingBudgetIsOneEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := startBudgets(t, nil,
			BudgetConfig{Name: "all", Amount: 10, Period: "month", Thresholds: []float64{0.5, 0.8, 1}},
			BudgetConfig{Name: "shop", Conditions: []string{`resource.attributes["service.name"] == "shop"`}, Amount: 4, Period: "day", TimeZone: "Asia/Tokyo"},
			BudgetConfig{Name: "other", Conditions: []string{`resource.attributes["service.name"] == "other"`}, Amount: 1},
			BudgetConfig{Name: "tokens", Tokens: 220, Thresholds: []float64{1}},
		)
		b.spend(time.Now(), exact("gpt-4o", 4.9999))
		assert.Equal(t, []string{
			"shop/day/2000-01-01T00:00:00+09:00/actual/0.5/of 4 USD", "shop/day/2000-01-01T00:00:00+09:00/actual/0.8/of 4 USD",
			"shop/day/2000-01-01T00:00:00+09:00/actual/1/of 4 USD",
		}, b.ids())
		b.spend(time.Now(), exact("gpt-4o", 0.0001))
		assert.Equal(t, []string{"all/month/2000-01-01T00:00:00Z/actual/0.5/of 10 USD", "tokens/month/2000-01-01T00:00:00Z/actual/1/of 220 tokens"}, b.ids()[3:])
		b.spend(time.Now(), exact("gpt-4o", 4))
		assert.Len(t, b.ids(), 6)
		b.spend(time.Now(), exact("gpt-4o", 4))
		b.spend(time.Now(), exact("gpt-4o", 4))
		assert.Len(t, b.ids(), 7)
	})
}

func TestACrossingIsOneEventAcrossRestartsAndIsArmedAgainByTheNextPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		daily := BudgetConfig{Name: "daily", Amount: 10, Period: "day", Thresholds: []float64{0.5, 1}}
		b := startBudgets(t, m, daily)
		b.spend(time.Now(), exact("gpt-4o", 6))
		assert.Len(t, b.ids(), 1)
		for range 3 {
			b.stop()
			b = startBudgets(t, m, daily)
			b.spend(time.Now(), exact("gpt-4o", 1))
			assert.Empty(t, b.ids())
		}
		b.spend(time.Now(), exact("gpt-4o", 1))
		assert.Equal(t, []string{"daily/day/2000-01-01T00:00:00Z/actual/1/of 10 USD"}, b.ids())

		time.Sleep(25 * time.Hour)
		b.spend(time.Now().Add(-2*time.Hour), exact("gpt-4o", 100))
		assert.Len(t, b.ids(), 1, "a late call counts in its own day, whose events are told")
		b.spend(time.Now().Add(-50*time.Hour), exact("gpt-4o", 100))
		b.spend(time.Now(), exact("gpt-4o", 4.9))
		assert.Len(t, b.ids(), 1)
		b.spend(time.Now(), exact("gpt-4o", 0.1))
		assert.Equal(t, "daily/day/2000-01-02T00:00:00Z/actual/0.5/of 10 USD", b.ids()[1])
		b.stop()
		assert.Zero(t, m.open)
	})
}

func TestAnEventThatIsRefusedIsSentAgainAlsoAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		one := BudgetConfig{Name: "b", Amount: 1, Thresholds: []float64{1}}
		b := startBudgets(t, m, one)
		b.refuse = true
		b.spend(time.Now(), exact("gpt-4o", 1))
		time.Sleep(time.Hour)
		b.stop()
		b = startBudgets(t, m, one)
		assert.Len(t, b.ids(), 1)
		first := b.events.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
		assert.Equal(t, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), first.Timestamp().AsTime(), "of the crossing, not of the sending")
		b.stop()
		assert.Empty(t, startBudgets(t, m, one).ids())
	})
}

func TestAFullStoreStopsNeitherCallsNorEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		one := BudgetConfig{Name: "b", Amount: 2, Thresholds: []float64{0.5, 1}}
		b := startBudgets(t, m, one)
		m.full = true
		b.spend(time.Now(), exact("gpt-4o", 1))
		assert.Len(t, b.ids(), 1)
		m.full = false
		b.spend(time.Now(), exact("gpt-4o", 0.5))
		b.stop()
		b = startBudgets(t, m, one)
		b.spend(time.Now(), exact("gpt-4o", 0.5))
		assert.Equal(t, []string{"b/month/2000-01-01T00:00:00Z/actual/1/of 2 USD"}, b.ids(), "what could not be stored at first is stored later")
	})
}

func TestADamagedRecordBeginsItsBudgetAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		m.data["budget/b"], m.data["outbox"] = []byte("{"), []byte("1")
		b := startBudgets(t, m, BudgetConfig{Name: "b", Amount: 1, Thresholds: []float64{1}})
		b.spend(time.Now(), exact("gpt-4o", 1))
		assert.Len(t, b.ids(), 1)
	})
}

func TestBudgetsAreToldAsGauges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := startBudgets(t, nil, BudgetConfig{Name: "b", Amount: 31, Thresholds: []float64{1}, ProjectedThresholds: []float64{2}})
		time.Sleep(15*24*time.Hour + 12*time.Hour)
		b.spend(time.Now(), exact("gpt-4o", 40))
		b.stop()
		all := b.metrics.AllMetrics()
		got := map[string]float64{}
		for _, m := range all[len(all)-1].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
			if m.Type() != pmetric.MetricTypeGauge {
				continue
			}
			for _, p := range m.Gauge().DataPoints().All() {
				window, _ := p.Attributes().Get("token_cost.budget.window")
				name, _ := p.Attributes().Get("token_cost.budget.name")
				period, _ := p.Attributes().Get("token_cost.budget.period")
				currency, _ := p.Attributes().Get("token_cost.currency")
				assert.Equal(t, "b month USD", name.Str()+" "+period.Str()+" "+currency.Str())
				got[m.Name()+" "+m.Unit()+" "+window.Str()] = p.DoubleValue()
			}
		}
		day := 24 * time.Hour.Seconds()
		assert.InDeltaMapValues(t, map[string]float64{
			"token_cost.budget.amount {USD} ": 31, "token_cost.budget.spent {USD} ": 40, "token_cost.budget.remaining {USD} ": -9,
			"token_cost.budget.end s ":         float64(time.Date(2000, 2, 1, 0, 0, 0, 0, time.UTC).Unix()),
			"token_cost.budget.utilization 1 ": 40. / 31, "token_cost.budget.projected {USD} ": 80,
			"token_cost.budget.burn_rate 1 5m": 40 / 300. * day, "token_cost.budget.burn_rate 1 1h": 40 / 3600. * day, "token_cost.budget.burn_rate 1 6h": 40 / 21600. * day,
		}, got, 1e-9)
		assert.Equal(t, []string{"b/month/2000-01-01T00:00:00Z/actual/1/of 31 USD", "b/month/2000-01-01T00:00:00Z/projected/2/of 31 USD"}, b.ids())
	})
}

func TestACallInAnotherCurrencyDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := startBudgets(t, nil, BudgetConfig{Name: "b", Amount: 1, Currency: "EUR", Thresholds: []float64{0.1}})
		b.spend(time.Now(), exact("gpt-4o", 5))
		assert.Empty(t, b.ids())
		euro := exact("gpt-4o", 5)
		euro.attrs = map[string]any{"token_cost.currency": "EUR"}
		b.spend(time.Now(), euro)
		assert.Len(t, b.ids(), 1)
	})
}

func TestStorageThatIsNotThereIsAnError(t *testing.T) {
	cfg := configured(t, func(c *Config) { c.Budgets, c.Storage = []BudgetConfig{{Name: "b", Amount: 1}}, &memoryID })
	c, err := NewFactory().CreateTracesToLogs(t.Context(), connectortest.NewNopSettings(metadata.Type), cfg, consumertest.NewNop())
	require.NoError(t, err)
	assert.ErrorContains(t, c.Start(t.Context(), host{}), `storage: extension "memory" is not there; list it in service.extensions`)
	require.NoError(t, c.Shutdown(t.Context()))
}

func TestMistakesInBudgetsNameKeyValueAndWhatIsAllowed(t *testing.T) {
	for want, c := range map[string]BudgetConfig{
		`name: "" is not allowed; use 1 to 128 bytes`:                                {Amount: 1},
		`budget "b": amount: 0 is not allowed; use an amount above 0`:                {Name: "b"},
		`amount: -1 is not allowed`:                                                  {Name: "b", Amount: -1},
		`tokens: 5 is not allowed with amount or currency`:                           {Name: "b", Amount: 1, Tokens: 5},
		`period: "fortnight" is not allowed; use day, week, month, quarter, year`:    {Name: "b", Amount: 1, Period: "fortnight"},
		`time_zone: "Mars/Olympus" is not allowed; use the name of an IANA zone`:     {Name: "b", Amount: 1, TimeZone: "Mars/Olympus"},
		`time_zone: "Local" is not allowed`:                                          {Name: "b", Amount: 1, TimeZone: "Local"},
		`thresholds: 0.5 is not allowed; use shares of the budget above 0 up to 100`: {Name: "b", Amount: 1, Thresholds: []float64{0.8, 0.5}},
		`projected_thresholds: 101 is not allowed`:                                   {Name: "b", Amount: 1, ProjectedThresholds: []float64{101}},
		`currency: "usd" is not allowed; use an ISO 4217 code such as USD`:           {Name: "b", Amount: 1, Currency: "usd"},
		`conditions: "attributes[" is not valid OTTL`:                                {Name: "b", Amount: 1, Conditions: []string{"attributes["}},
	} {
		assert.ErrorContains(t, c.Validate(), want)
	}
	assert.ErrorContains(t, configuredBadly(func(c *Config) { c.Budgets = []BudgetConfig{{Name: "b"}, {Name: "b"}} }), `budgets: the name "b" is there twice`)
}

func configuredBadly(change func(*Config)) error {
	cfg, _ := createDefaultConfig().(*Config)
	change(cfg)
	return cfg.Validate()
}

// A kill is storage as it was at a moment: what came after did not happen.
func TestCallsThatWereCountedBeforeAKillAndAreSentAgainCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		one := BudgetConfig{Name: "b", Amount: 10, Thresholds: []float64{0.3, 0.5}}
		b := startBudgets(t, m, one)
		for range 3 {
			b.spend(time.Now(), exact("gpt-4o", 1))
		}
		killed := newMemory()
		killed.data = maps.Clone(m.data)
		b.stop()
		after := startBudgets(t, killed, one)
		after.spend(time.Now(), exact("gpt-4o", 1))
		after.spend(time.Now(), exact("gpt-4o", 1))
		assert.Empty(t, after.ids(), "the same two calls: they have the same ids")
		after.calls = 10
		after.spend(time.Now(), exact("gpt-4o", 1.9))
		assert.Empty(t, after.ids())
		after.spend(time.Now(), exact("gpt-4o", 0.1))
		assert.Equal(t, []string{"b/month/2000-01-01T00:00:00Z/actual/0.5/of 10 USD"}, after.ids())
	})
}

// Whatever write of a run was the last one before a kill, the next run sends
// every crossing that was stored and not marked as sent.
func TestACrossingIsSentWhateverWriteWasTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		m.history = true
		one := BudgetConfig{Name: "b", Amount: 10, Thresholds: []float64{0.1, 0.2, 0.3, 0.4, 0.5}}
		b := startBudgets(t, m, one)
		for range 5 {
			b.spend(time.Now(), exact("gpt-4o", 1))
		}
		want := b.ids()
		require.Len(t, want, 5)
		b.stop()
		require.Greater(t, len(m.past), 10)
		for i, data := range m.past[:10] { // by turns a crossing with its spend, and that its event was sent
			after := newMemory()
			after.data = data
			next := startBudgets(t, after, one)
			for range 5 { // the sender has no answer to any, and sends all again
				next.spend(time.Now(), exact("gpt-4o", 1))
			}
			assert.Equal(t, want[(i+1)/2:], append([]string{}, next.ids()...), "after write %d", i)
			next.stop()
		}
	})
}

// One call that ten budgets are asked about, and that one of them counts.
func BenchmarkPricedSpanWithBudgets(b *testing.B) {
	cfg := configured(b, func(c *Config) {
		for i := range 10 {
			condition := fmt.Sprintf(`resource.attributes["service.name"] == "service-%d"`, i)
			c.Budgets = append(c.Budgets, BudgetConfig{Name: fmt.Sprint("b", i), Amount: 1e12, Conditions: []string{condition}})
		}
		c.Storage, c.MetricsFlushInterval = &memoryID, time.Hour
	})
	c, err := NewFactory().CreateTracesToMetrics(b.Context(), connectortest.NewNopSettings(metadata.Type), cfg, consumertest.NewNop())
	require.NoError(b, err)
	require.NoError(b, c.Start(b.Context(), host{memoryID: newMemory()}))
	var spans []spanOf
	for range 512 {
		s := exact("gpt-4o", 0.0125)
		s.service = "service-3"
		spans = append(spans, s)
	}
	td := traces(spans...)
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, c.ConsumeTraces(context.Background(), td))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*512), "ns/span")
	require.NoError(b, c.Shutdown(context.Background()))
}
