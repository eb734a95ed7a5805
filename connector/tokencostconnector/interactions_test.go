package tokencostconnector

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"

	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadatatest"
)

// spanAt is a span of a trace: a priced call if it has a total.
type spanAt struct {
	trace, id, parent byte
	name              string
	total             float64
	attrs             map[string]any
}

// trace puts spans into telemetry of one service.
func trace(nodes ...spanAt) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	for _, n := range nodes {
		s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		if n.total > 0 {
			call := exact("gpt-4o", n.total)
			call.attrs = n.attrs
			call.fill(s)
		} else {
			for k, v := range n.attrs {
				if err := s.Attributes().PutEmpty(k).FromRaw(v); err != nil {
					panic(err)
				}
			}
		}
		s.SetName(n.name)
		s.SetTraceID(pcommon.TraceID{1, n.trace})
		s.SetSpanID(pcommon.SpanID{1, n.id})
		s.SetParentSpanID(pcommon.SpanID{})
		if n.parent != 0 {
			s.SetParentSpanID(pcommon.SpanID{1, n.parent})
		}
		s.SetStartTimestamp(pcommon.Timestamp(n.id) * 1e9)
		s.SetEndTimestamp(pcommon.Timestamp(n.id)*1e9 + 5e8)
	}
	return td
}

func is(key, value string) map[string]any { return map[string]any{key: value} }

// interactionPoints are the points of interactions, without what all have in common.
func interactionPoints(md pmetric.Metrics) (out []string) {
	for _, p := range points(md) {
		if rest, ok := strings.CutPrefix(p, "token_cost.interaction."); ok {
			rest = strings.ReplaceAll(rest, "token_cost.", "")
			out = append(out, strings.ReplaceAll(rest, "currency:USD ", ""))
		}
	}
	return out
}

// live is a started connector.
type live struct {
	connector.Traces
	sink *consumertest.MetricsSink
	t    *testing.T
}

func started(t *testing.T, cfg *Config) *live {
	t.Helper()
	sink := new(consumertest.MetricsSink)
	c, err := NewFactory().CreateTracesToMetrics(t.Context(), connectortest.NewNopSettings(metadata.Type), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	return &live{c, sink, t}
}

func (l *live) consume(nodes ...spanAt) {
	l.t.Helper()
	td := trace(nodes...)
	td.MarkReadOnly()
	require.NoError(l.t, l.ConsumeTraces(l.t.Context(), td))
}

// told returns what the last flush told of interactions.
func (l *live) told() []string {
	all := l.sink.AllMetrics()
	if len(all) == 0 {
		return nil
	}
	return interactionPoints(all[len(all)-1])
}

func TestAnInteractionIsToldOnceWhenItsTimeHasPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := started(t, withInteractions(t, nil))
		c.consume(
			spanAt{1, 2, 1, "execute_tool", 0, is("gen_ai.operation.name", "execute_tool")},
			spanAt{1, 3, 2, "chat", 0.25, nil},
			spanAt{1, 4, 1, "chat", 0.5, map[string]any{"token_cost.overhead": 1.8, "token_cost.loaded": 0.9}},
		)
		c.consume(spanAt{1, 1, 0, "POST /answer", 0, nil})
		time.Sleep(29 * time.Second)
		synctest.Wait()
		assert.Empty(t, c.told())
		time.Sleep(16 * time.Second)
		synctest.Wait()
		want := []string{
			"cost {USD} map[status:exact use_case:POST /answer] 1 0.75",
			"calls {call} map[status:exact use_case:POST /answer] 1 2",
			"tokens {token} map[status:exact use_case:POST /answer] 1 220",
			"depth {level} map[status:exact use_case:POST /answer] 1 2",
			"overhead 1 map[status:exact use_case:POST /answer] 1 1.5",
			"configured_overhead 1 map[status:exact use_case:POST /answer] 1 1.8",
			"spend {USD} map[role:primary use_case:POST /answer] 0.5",
			"spend {USD} map[role:tool use_case:POST /answer] 0.25",
			"role.calls {call} map[role:primary use_case:POST /answer] 1",
			"role.calls {call} map[role:tool use_case:POST /answer] 1",
		}
		assert.ElementsMatch(t, want, c.told())
		c.consume(spanAt{1, 5, 1, "chat", 0.125, nil})
		require.NoError(t, c.Shutdown(t.Context()))
		late := append(want, "late.spend {USD} map[use_case:shop] 0.125", "late.calls {call} map[use_case:shop] 1")
		for i := range late {
			late[i] = strings.ReplaceAll(late[i], "currency:USD ", "")
		}
		assert.ElementsMatch(t, late, c.told(), "what comes late is told beside it, and the interaction is not told again")
	})
}

func TestOpenInteractionsAreToldAtShutdown(t *testing.T) {
	c := started(t, withInteractions(t, nil))
	c.consume(spanAt{1, 2, 0, "chat", 0.5, nil})
	assert.Empty(t, c.told())
	require.NoError(t, c.Shutdown(t.Context()))
	assert.Contains(t, c.told(), "cost {USD} map[status:exact use_case:chat] 1 0.5")
}

func TestTheUseCaseIsTheFeatureOrTheAgentOrTheRoot(t *testing.T) {
	for _, c := range []struct {
		want  string
		nodes []spanAt
	}{
		{"shop", []spanAt{{1, 2, 1, "chat", 1, nil}}},
		{"POST /answer", []spanAt{{1, 1, 0, "POST /answer", 0, nil}, {1, 2, 1, "chat", 1, nil}}},
		{"support", []spanAt{{1, 1, 0, "POST /answer", 0, nil}, {1, 2, 1, "invoke_agent", 0, map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "support"}}, {1, 3, 2, "chat", 1, nil}}},
		{"checkout", []spanAt{{1, 2, 1, "invoke_agent", 0, map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "support"}}, {1, 3, 2, "chat", 1, is("token_cost.feature", "checkout")}}},
	} {
		l := started(t, withInteractions(t, nil))
		l.consume(c.nodes...)
		require.NoError(t, l.Shutdown(t.Context()))
		assert.Contains(t, l.told(), "cost {USD} map[status:exact use_case:"+c.want+"] 1 1")
	}
}

func TestRolesAreGivenByConditions(t *testing.T) {
	cfg := withInteractions(t, func(c *InteractionsConfig) {
		c.Dimensions = []DimensionConfig{}
		c.Roles = []RoleConfig{
			{Role: "other_model", Conditions: []string{`span.attributes["purpose"] == "guardrail"`}},
			{Role: "primary", Conditions: []string{`span.name == "answer"`}},
		}
	})
	c := started(t, cfg)
	c.consume(
		spanAt{1, 2, 1, "guard", 0.5, is("purpose", "guardrail")}, spanAt{1, 3, 1, "answer", 0.25, is("purpose", "guardrail")},
		spanAt{1, 4, 1, "tool", 0, is("openinference.span.kind", "TOOL")}, spanAt{1, 5, 4, "answer", 1, nil},
	)
	require.NoError(t, c.Shutdown(t.Context()))
	told := c.told()
	assert.Contains(t, told, "spend {USD} map[role:other_model] 0.75")
	assert.Contains(t, told, "spend {USD} map[role:primary] 1")
	assert.Contains(t, told, "overhead 1 map[status:exact] 1 1.75")
}

func TestLogRecordsOfCallsBelongToTheTraceOfTheirSpans(t *testing.T) {
	sink := new(consumertest.MetricsSink)
	cfg, set := withInteractions(t, nil), connectortest.NewNopSettings(metadata.Type)
	tr, err := NewFactory().CreateTracesToMetrics(t.Context(), set, cfg, sink)
	require.NoError(t, err)
	lg, err := NewFactory().CreateLogsToMetrics(t.Context(), set, cfg, sink)
	require.NoError(t, err)
	require.NoError(t, tr.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, lg.Start(t.Context(), componenttest.NewNopHost()))
	record := func(inTrace bool, span byte) {
		ld := plog.NewLogs()
		r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		exact("gpt-4o", 0.5).fillAttributes(r.Attributes())
		if inTrace {
			r.SetTraceID(pcommon.TraceID{1, 1})
			r.SetSpanID(pcommon.SpanID{1, span})
		}
		require.NoError(t, lg.ConsumeLogs(t.Context(), ld))
	}
	record(true, 2)
	record(true, 3)
	record(false, 0)
	require.NoError(t, tr.ConsumeTraces(t.Context(), trace(
		spanAt{1, 2, 0, "claude_code.interaction", 0, is("span.type", "interaction")}, spanAt{1, 3, 2, "claude_code.tool", 0, is("span.type", "tool")},
	)))
	require.NoError(t, tr.Shutdown(t.Context()))
	require.NoError(t, lg.Shutdown(t.Context()))
	told := interactionPoints(sink.AllMetrics()[0])
	assert.Contains(t, told, "spend {USD} map[role:primary use_case:claude_code.interaction] 0.5")
	assert.Contains(t, told, "spend {USD} map[role:tool use_case:claude_code.interaction] 0.5")
	assert.Contains(t, told, "spend {USD} map[role:untraced] 0.5", "a call without trace is in no interaction, and in the sums")
	assert.Contains(t, told, "calls {call} map[status:exact use_case:claude_code.interaction] 1 2")
}

func TestAConversationIsOneInteraction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := withInteractions(t, func(c *InteractionsConfig) { c.Conversations.Enabled = true })
		c := started(t, cfg)
		turn := func(n byte) {
			c.consume(spanAt{n, 2, 1, "chat", 0.5, is("gen_ai.conversation.id", "jane")}, spanAt{n, 1, 0, "POST /turn", 0, nil})
			time.Sleep(time.Minute)
		}
		turn(1)
		turn(2)
		assert.Empty(t, c.told())
		time.Sleep(30 * time.Minute)
		synctest.Wait()
		assert.Contains(t, c.told(), "cost {USD} map[status:exact use_case:POST /turn] 1 1")
		assert.Contains(t, c.told(), "calls {call} map[status:exact use_case:POST /turn] 1 2")
		require.NoError(t, c.Shutdown(t.Context()))
	})
}

func TestDifferencesTellEachInteractionOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := withInteractions(t, nil)
		cfg.Temporality = delta
		c := started(t, cfg)
		for n := range byte(3) {
			c.consume(spanAt{n, 2, 1, "chat", 0.5, nil}, spanAt{n, 1, 0, "r", 0, nil})
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		require.NoError(t, c.Shutdown(t.Context()))
		times := 0
		for _, md := range c.sink.AllMetrics() {
			for _, p := range interactionPoints(md) {
				if strings.HasPrefix(p, "cost ") {
					assert.Equal(t, "cost {USD} map[status:exact use_case:r] 1 0.5", p)
					times++
				}
			}
		}
		assert.Equal(t, 3, times)
	})
}

func TestInteractionsBeyondTheLimitOfSeriesAreInTheOverflowSeries(t *testing.T) {
	cfg := withInteractions(t, nil)
	cfg.Series.Limit = 10
	c := started(t, cfg)
	for n := range byte(100) {
		c.consume(spanAt{n, 2, 1, "chat", 0.5, nil}, spanAt{n, 1, 0, fmt.Sprint("action ", n), 0, nil})
	}
	require.NoError(t, c.Shutdown(t.Context()))
	assert.Contains(t, c.told(), "cost {USD} map[otel.metric.overflow:true status:exact] 90 45")
	assert.Contains(t, c.told(), "spend {USD} map[otel.metric.overflow:true role:primary] 45")
}

func TestInteractionsHaveExplicitBucketsWhereTheyAreConfigured(t *testing.T) {
	cfg := withInteractions(t, nil)
	cfg.Histogram.Type = explicit
	c := started(t, cfg)
	c.consume(spanAt{1, 2, 0, "chat", 0.5, nil})
	require.NoError(t, c.Shutdown(t.Context()))
	found := 0
	for _, m := range c.sink.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
		if strings.HasPrefix(m.Name(), "token_cost.interaction.") && m.Type() == pmetric.MetricTypeHistogram {
			p := m.Histogram().DataPoints().At(0)
			assert.EqualValues(t, 1, p.Count(), m.Name())
			assert.Equal(t, p.ExplicitBounds().Len()+1, p.BucketCounts().Len(), m.Name())
			found++
		}
	}
	assert.Equal(t, 5, found)
}

func TestTheCostOfAnInteractionHasAnExemplar(t *testing.T) {
	c := started(t, withInteractions(t, nil))
	c.consume(spanAt{7, 2, 1, "chat", 0.5, nil}, spanAt{7, 3, 1, "chat", 0.75, nil})
	require.NoError(t, c.Shutdown(t.Context()))
	for _, m := range c.sink.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
		if m.Name() == "token_cost.interaction.cost" {
			e := m.ExponentialHistogram().DataPoints().At(0).Exemplars().At(0)
			assert.Equal(t, pcommon.TraceID{1, 7}, e.TraceID())
			assert.Equal(t, pcommon.SpanID{1, 3}, e.SpanID(), "its dearest call")
			assert.Equal(t, 1.25, e.DoubleValue())
			return
		}
	}
	t.Error("no cost")
}

func TestSelfMetricsTellOfOpenClosedLateAndUnclassified(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	set := metadatatest.NewSettings(tel)
	cfg := withInteractions(t, func(c *InteractionsConfig) { c.Limit, c.MaxSpans = 1, 1 })
	c, err := NewFactory().CreateTracesToMetrics(t.Context(), set, cfg, consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, c.ConsumeTraces(t.Context(), trace(
		spanAt{1, 2, 0, "a", 1, nil}, spanAt{1, 3, 0, "a", 1, nil}, spanAt{2, 2, 0, "b", 1, nil}, spanAt{1, 4, 0, "a", 1, nil},
	)))
	ignore := metricdatatest.IgnoreTimestamp()
	metadatatest.AssertEqualConnectorTokenCostInteractionsOpen(t, tel, []metricdata.DataPoint[int64]{{Value: 1}}, ignore)
	metadatatest.AssertEqualConnectorTokenCostInteractionsClosed(t, tel, []metricdata.DataPoint[int64]{
		{Value: 1, Attributes: attribute.NewSet(attribute.String("ending", "evicted"))},
	}, ignore)
	metadatatest.AssertEqualConnectorTokenCostLateSpans(t, tel, []metricdata.DataPoint[int64]{{Value: 1}}, ignore)
	metadatatest.AssertEqualConnectorTokenCostUnclassifiedSpans(t, tel, []metricdata.DataPoint[int64]{{Value: 1}}, ignore)
	require.NoError(t, c.Shutdown(t.Context()))
}

func TestWrongSettingsOfInteractionsAreNamed(t *testing.T) {
	for want, settings := range map[string]map[string]any{
		"interactions: window: 1ms is not allowed":                         {"window": "1ms"},
		"interactions: window: 10m0s is too long":                          {"window": "10m"},
		"interactions: root_timeout: 2h0m0s is too long":                   {"root_timeout": "2h"},
		"interactions: limit: 0 is not allowed":                            {"limit": 0},
		"interactions: max_spans: -1 is not allowed":                       {"max_spans": -1},
		"interactions: recent_spans: -1 is not allowed":                    {"recent_spans": -1},
		`interactions: primary: "first" is not allowed; use all, last`:     {"primary": "first"},
		`interactions::roles::0: role: "late" is not a role; use primary`:  {"roles": []any{map[string]any{"role": "late", "conditions": []any{`span.name == "x"`}}}},
		"interactions::roles::0: conditions: none is there":                {"roles": []any{map[string]any{"role": "tool"}}},
		`interactions::roles::0: conditions: "nonsense" is not valid OTTL`: {"roles": []any{map[string]any{"role": "tool", "conditions": []any{"nonsense"}}}},
		"interactions::conversations: window: 0s is not allowed":           {"conversations": map[string]any{"window": "0s"}},
		"interactions::conversations: from: has an empty name":             {"conversations": map[string]any{"from": []any{""}}},
		"interactions::dimensions::0: name: is empty":                      {"dimensions": []any{map[string]any{}}},
		`interactions: dimensions: "token_cost.role" is there already`:     {"dimensions": []any{map[string]any{"name": "token_cost.role"}}},
	} {
		cfg := createDefaultConfig()
		require.NoError(t, confmap.NewFromStringMap(map[string]any{"interactions": settings}).Unmarshal(cfg))
		err := confmap.Validate(cfg)
		require.Error(t, err, want)
		assert.Contains(t, strings.ReplaceAll(err.Error(), "\n", " "), want)
	}
	cfg := createDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{"interactions": map[string]any{"enabled": false, "dimensions": []any{}}}).Unmarshal(cfg))
	assert.NoError(t, confmap.Validate(cfg))
}
