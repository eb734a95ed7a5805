package tokencostprocessor

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/otelcol-tokencost/otelcol-tokencost/processor/tokencostprocessor/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/processor/tokencostprocessor/internal/metadatatest"
)

// statusHost records the health that a component reports.
type statusHost struct {
	component.Host
	mu     sync.Mutex
	events []*componentstatus.Event
}

func (h *statusHost) Report(e *componentstatus.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

func (h *statusHost) last() *componentstatus.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.events) == 0 {
		return nil
	}
	return h.events[len(h.events)-1]
}

func writeBook(t *testing.T, file, input string) {
	t.Helper()
	text := "schema: tokencost.pricebook/v1\nproviders:\n  acme:\n    models:\n      m: {prices: [{rates: {input: " + input + ", output: 2}}]}\n"
	next := file + ".next"
	require.NoError(t, os.WriteFile(next, []byte(text), 0o600))
	require.NoError(t, os.Rename(next, file))
}

// oneCall is a batch with one call of a million input tokens, whose cost is the rate.
func oneCall() ptrace.Traces {
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetStartTimestamp(1_795_422_516_000_000_000)
	a := span.Attributes()
	a.PutStr("gen_ai.operation.name", "chat")
	a.PutStr("gen_ai.provider.name", "acme")
	a.PutStr("gen_ai.response.model", "m")
	a.PutInt("gen_ai.usage.input_tokens", 1_000_000)
	a.PutInt("gen_ai.usage.output_tokens", 0)
	return td
}

func total(t *testing.T, td ptrace.Traces) float64 {
	t.Helper()
	v, ok := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().Get("token_cost.total")
	require.True(t, ok)
	return v.Double()
}

func TestABrokenBookLeavesTheGoodOneInForceAndSaysSo(t *testing.T) {
	tel := componenttest.NewTelemetry()
	defer func() { require.NoError(t, tel.Shutdown(t.Context())) }()
	cfg, file := pricedByOne(t)
	cfg.PriceBook.ReloadInterval = 100 * time.Millisecond

	sink := new(consumertest.TracesSink)
	set := metadatatest.NewSettings(tel)
	p, err := NewFactory().CreateTraces(t.Context(), set, cfg, sink)
	require.NoError(t, err)
	host := &statusHost{Host: componenttest.NewNopHost()}
	require.NoError(t, p.Start(t.Context(), host))
	defer func() { require.NoError(t, p.Shutdown(t.Context())) }()
	cost := func() float64 {
		sink.Reset()
		require.NoError(t, p.ConsumeTraces(t.Context(), oneCall()))
		return total(t, sink.AllTraces()[0])
	}
	eventually := func(what string, f func() bool) {
		require.Eventually(t, f, 30*time.Second, 20*time.Millisecond, what)
	}
	require.InDelta(t, 1.0, cost(), 0)

	writeBook(t, file, "-7")
	eventually("the broken book is refused", func() bool { return host.last() != nil })
	assert.Equal(t, componentstatus.StatusRecoverableError, host.last().Status())
	assert.ErrorContains(t, host.last().Err(), file+":5: providers.acme.models.m.prices[0].rates.input: must be a plain decimal")
	assert.InDelta(t, 1.0, cost(), 0, "the good book stays in force and traffic flows")
	metadatatest.AssertEqualProcessorTokenCostPriceBookFailing(t, tel, []metricdata.DataPoint[int64]{{Value: 1}}, metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualProcessorTokenCostPriceBookReloads(t, tel, []metricdata.DataPoint[int64]{
		{Value: 1, Attributes: attribute.NewSet(attribute.String("outcome", "refused"))},
	}, metricdatatest.IgnoreTimestamp())

	writeBook(t, file, "5")
	eventually("the mended book is put in force", func() bool { return host.last().Status() == componentstatus.StatusOK })
	assert.InDelta(t, 5.0, cost(), 0)
	metadatatest.AssertEqualProcessorTokenCostPriceBookFailing(t, tel, []metricdata.DataPoint[int64]{{Value: 0}}, metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualProcessorTokenCostPriceBookModels(t, tel, []metricdata.DataPoint[int64]{{Value: 1}}, metricdatatest.IgnoreTimestamp())
}

func TestACollectorWithABrokenBookDoesNotStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "book.yaml")
	require.NoError(t, os.WriteFile(file, []byte("schema: tokencost.pricebook/v1\nprovider: {}\n"), 0o600))
	cfg, ok := createDefaultConfig().(*Config)
	require.True(t, ok)
	cfg.PriceBook.Files = []string{file}
	_, err := NewFactory().CreateTraces(t.Context(), metadatatest.NewSettings(componenttest.NewTelemetry()), cfg, consumertest.NewNop())
	require.ErrorContains(t, err, file+":2: provider: is not a known key; allowed here: calendars, confirmed_from, contracts, currency, fx, providers, schema, version")
}

// ofStatus are the attributes of a count of calls.
func ofStatus(status string) attribute.Set {
	return attribute.NewSet(attribute.String("token_cost.status", status))
}

// ofReason are the attributes of a count of reasons.
func ofReason(status, reason string) attribute.Set {
	return attribute.NewSet(attribute.String("token_cost.status", status), attribute.String("reason", reason))
}

// pricedByOne configures a price book of one file, in which a million input tokens cost 1.
func pricedByOne(t *testing.T) (cfg *Config, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "book.yaml")
	writeBook(t, file, "1")
	cfg, ok := createDefaultConfig().(*Config)
	require.True(t, ok)
	cfg.PriceBook.Builtin = false
	cfg.PriceBook.Files = []string{file}
	return cfg, file
}

func TestMetricsTellWhatBecameOfEverySpan(t *testing.T) {
	tel := componenttest.NewTelemetry()
	defer func() { require.NoError(t, tel.Shutdown(t.Context())) }()
	cfg, _ := pricedByOne(t)
	p, err := NewFactory().CreateTraces(t.Context(), metadatatest.NewSettings(tel), cfg, consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	defer func() { require.NoError(t, p.Shutdown(t.Context())) }()

	td := oneCall() // priced
	spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	spans.At(0).CopyTo(spans.AppendEmpty())
	spans.At(1).Attributes().PutStr("gen_ai.response.model", "unheard-of")
	spans.At(0).CopyTo(spans.AppendEmpty())
	spans.At(2).Attributes().PutStr("gen_ai.operation.name", "invoke_agent")
	spans.At(0).CopyTo(spans.AppendEmpty())
	spans.At(3).Attributes().PutStr("token_cost.status", "exact")
	spans.At(0).CopyTo(spans.AppendEmpty())
	spans.At(4).Attributes().PutDouble("gen_ai.usage.cost", 1.5)
	spans.AppendEmpty().SetName("not GenAI")
	require.NoError(t, p.ConsumeTraces(t.Context(), td))

	ignore := metricdatatest.IgnoreTimestamp()
	metadatatest.AssertEqualProcessorTokenCostSpans(t, tel, []metricdata.DataPoint[int64]{{Value: 6}}, ignore)
	metadatatest.AssertEqualProcessorTokenCostCalls(t, tel, []metricdata.DataPoint[int64]{
		{Value: 2, Attributes: ofStatus("exact")}, {Value: 1, Attributes: ofStatus("unpriced")}, {Value: 1, Attributes: ofStatus("not_billable")},
	}, ignore)
	metadatatest.AssertEqualProcessorTokenCostReasons(t, tel, []metricdata.DataPoint[int64]{
		{Value: 1, Attributes: ofReason("unpriced", "model_unknown")}, {Value: 1, Attributes: ofReason("not_billable", "roll_up")},
	}, ignore)
	metadatatest.AssertEqualProcessorTokenCostKept(t, tel, []metricdata.DataPoint[int64]{{Value: 1}}, ignore)
	metadatatest.AssertEqualProcessorTokenCostReportedCalls(t, tel, []metricdata.DataPoint[int64]{{Value: 1}}, ignore)
	metadatatest.AssertEqualProcessorTokenCostReportedDifference(t, tel, []metricdata.DataPoint[float64]{{Value: 0.5}}, ignore)
	metadatatest.AssertEqualProcessorTokenCostResolutions(t, tel, []metricdata.DataPoint[int64]{
		{Value: 1, Attributes: attribute.NewSet(attribute.String("result", "hit"))}, {Value: 2, Attributes: attribute.NewSet(attribute.String("result", "miss"))},
	}, ignore)
}

func TestErrorsOfTheNextConsumerAreReturned(t *testing.T) {
	refused := errors.New("refused")
	cfg := createDefaultConfig()
	p, err := NewFactory().CreateTraces(t.Context(), metadatatest.NewSettings(componenttest.NewTelemetry()), cfg, consumertest.NewErr(refused))
	require.NoError(t, err)
	require.True(t, p.Capabilities().MutatesData)
	require.ErrorIs(t, p.ConsumeTraces(t.Context(), oneCall()), refused)
	require.Equal(t, metadata.Type, NewFactory().Type())
	require.NoError(t, p.Shutdown(t.Context()))
}
