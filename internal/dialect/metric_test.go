package dialect

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// pt is a data point: its value, its times in seconds, and attributes as put
// takes them.
type pt struct {
	value       float64
	start, time float64
	attrs       []any
}

func tally(n float64, attrs ...any) pt { return pt{n, 1, 61, attrs} }

func (p pt) at(seconds float64) pt {
	p.time = seconds
	return p
}

func nanos(seconds float64) pcommon.Timestamp { return pcommon.Timestamp(seconds * 1e9) }

// filler makes the points of a metric.
type filler func(pmetric.Metric, []pt)

func fillNumbers(points pmetric.NumberDataPointSlice, pts []pt) {
	for _, p := range pts {
		d := points.AppendEmpty()
		d.SetStartTimestamp(nanos(p.start))
		d.SetTimestamp(nanos(p.time))
		if p.value == math.Trunc(p.value) {
			d.SetIntValue(int64(p.value))
		} else {
			d.SetDoubleValue(p.value)
		}
		put(d.Attributes(), p.attrs...)
	}
}

func deltaSum(m pmetric.Metric, pts []pt) {
	s := m.SetEmptySum()
	s.SetIsMonotonic(true)
	s.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	fillNumbers(s.DataPoints(), pts)
}

func cumulativeSum(m pmetric.Metric, pts []pt) {
	deltaSum(m, pts)
	m.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
}

func fallingSum(m pmetric.Metric, pts []pt) {
	deltaSum(m, pts)
	m.Sum().SetIsMonotonic(false)
}

func timelessSum(m pmetric.Metric, pts []pt) {
	deltaSum(m, pts)
	m.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityUnspecified)
}

func gauge(m pmetric.Metric, pts []pt) { fillNumbers(m.SetEmptyGauge().DataPoints(), pts) }

func histogram(m pmetric.Metric, pts []pt) {
	h := m.SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	for _, p := range pts {
		d := h.DataPoints().AppendEmpty()
		d.SetStartTimestamp(nanos(p.start))
		d.SetTimestamp(nanos(p.time))
		d.SetCount(3)
		d.SetSum(p.value)
		put(d.Attributes(), p.attrs...)
	}
}

func exponential(m pmetric.Metric, pts []pt) {
	h := m.SetEmptyExponentialHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	for _, p := range pts {
		d := h.DataPoints().AppendEmpty()
		d.SetStartTimestamp(nanos(p.start))
		d.SetTimestamp(nanos(p.time))
		d.SetCount(3)
		d.SetSum(p.value)
		put(d.Attributes(), p.attrs...)
	}
}

func summary(m pmetric.Metric, pts []pt) {
	points := m.SetEmptySummary().DataPoints()
	for _, p := range pts {
		d := points.AppendEmpty()
		d.SetStartTimestamp(nanos(p.start))
		d.SetTimestamp(nanos(p.time))
		d.SetSum(p.value)
		put(d.Attributes(), p.attrs...)
	}
}

// named metric of a scope.
type series struct {
	name string
	fill filler
	pts  []pt
}

func scopeMetrics(scope string, all ...series) (pcommon.Resource, pmetric.ScopeMetrics) {
	rm := pmetric.NewMetrics().ResourceMetrics().AppendEmpty()
	sm := rm.ScopeMetrics().AppendEmpty()
	sm.Scope().SetName(scope)
	for _, s := range all {
		m := sm.Metrics().AppendEmpty()
		m.SetName(s.name)
		s.fill(m, s.pts)
	}
	return rm.Resource(), sm
}

var inMetrics = Options{Signals: []SignalRule{{Signal: Metrics}}}

// describeGroups reads the metrics of a scope and writes each group in a line.
func describeGroups(t *testing.T, o Options, res pcommon.Resource, sm pmetric.ScopeMetrics) []string {
	t.Helper()
	r, err := NewReader(o)
	require.NoError(t, err)
	var s Scratch
	var g Groups
	sc := r.Scope(res, sm.Scope(), sm.SchemaUrl(), &s)
	require.Zero(t, r.Metrics(sc, sm.Metrics(), 100, &g))
	var out []string
	for i := range g.All() {
		var c call.Call
		r.Group(sc, &g.All()[i], &s, &c)
		require.True(t, c.Reasons.Has(status.UsageAggregated), "a sum is never exact")
		c.Reasons &^= status.Of(status.UsageAggregated)
		out = append(out, c.Dialect+" "+describeCall(&c))
	}
	return out
}

var (
	claude = []any{"model", "claude-sonnet-4-5", "session.id", "s-1"}
	gpt    = []any{"gen_ai.provider.name", "openai", "gen_ai.operation.name", "chat", "gen_ai.request.model", "gpt-5"}
	sonnet = []any{"gen_ai.provider.name", "anthropic", "gen_ai.operation.name", "chat", "gen_ai.request.model", "claude-sonnet-4-5"}
)

func with(attrs []any, more ...any) []any { return append(append([]any{}, attrs...), more...) }

// typed makes a point for each type, all of the same usage.
func typed(attrs []any, key string, types ...any) (out []pt) {
	for i := 0; i < len(types); i += 2 {
		out = append(out, tally(float64(types[i+1].(int)), with(attrs, key, types[i].(string))...))
	}
	return out
}

func usageOf(attrs []any, types ...any) []pt { return typed(attrs, "gen_ai.token.type", types...) }

func TestPointsThatDifferInTheTokenTypeAreOneUsage(t *testing.T) {
	for _, tc := range []struct {
		name  string
		scope string
		in    []series
		want  []string
	}{
		{
			"Claude Code: four disjoint counts", "com.anthropic.claude_code",
			[]series{{"claude_code.token.usage", deltaSum, typed(claude, "type", "input", 13, "output", 215, "cacheRead", 18432, "cacheCreation", 3200)}},
			[]string{"claude-code inference exclusive:arithmetic input=21645 output=215 cache_read=18432 cache_write=3200"},
		},
		{
			"the metric's name tells the dialect where the scope is renamed", "my-collector",
			[]series{{"claude_code.token.usage", deltaSum, typed(claude, "type", "input", 130, "output", 215, "cacheRead", 100, "cacheCreation", 0)}},
			[]string{"claude-code inference exclusive:rule input=230 output=215 cache_read=100 cache_write=0"},
		},
		{
			"Codex: input includes cache, the total is no usage", "codex",
			[]series{{"codex.turn.token_usage", histogram, typed([]any{"model", "gpt-5"}, "token_type", "input", 6151, "cached_input", 4096, "cache_write_input", 0, "output", 918, "reasoning_output", 640, "total", 7069)}},
			[]string{"codex inference inclusive:rule input=6151 output=918 cache_read=4096 cache_write=0 reasoning=640"},
		},
		{
			"Gemini CLI: the fuller of two metrics is read", "gemini-cli",
			[]series{
				{"gen_ai.client.token.usage", histogram, usageOf([]any{"gen_ai.request.model", "gemini-2.5-pro"}, "input", 6151, "output", 278)},
				{"gemini_cli.token.usage", cumulativeSum, typed([]any{"model", "gemini-2.5-pro"}, "type", "input", 6151, "output", 278, "cache", 4096, "thought", 640, "tool", 10)},
			},
			[]string{
				"gemini-cli inference inclusive:rule input=6151 output=278 [duplicate_call]",
				"gemini-cli inference inclusive:rule input=6161 output=918 cache_read=4096 reasoning=640 tool_prompt=10",
			},
		},
		{
			"and alone, the poorer one is still not priced: both are always sent", "gemini-cli",
			[]series{{"gen_ai.client.token.usage", histogram, usageOf([]any{"gen_ai.request.model", "gemini-2.5-pro"}, "input", 6151, "output", 278)}},
			[]string{"gemini-cli inference inclusive:rule input=6151 output=278 [duplicate_call]"},
		},
		{
			"Cursor: four disjoint counts, and a flag", "cursor.telemetry",
			[]series{{"cursor.token.usage", deltaSum, typed([]any{"cursor.model.name", "claude-sonnet-4-5"}, "cursor.token.type", "input", 10, "output", 5, "cache_read", 4, "cache_creation", 3)}},
			[]string{"cursor inference exclusive:rule input=17 output=5 cache_read=4 cache_write=3"},
		},
		{
			"Strands tells no model", "strands-harness",
			[]series{{"gen_ai.agent.tokens.input", cumulativeSum, []pt{tally(1203)}}, {"gen_ai.agent.tokens.output", cumulativeSum, []pt{tally(57)}}},
			[]string{"strands inference inclusive:default input=1203 output=57"},
		},
		{
			"Genkit: three counters by model", "genkit",
			[]series{
				{"genkit/ai/generate/input/tokens", cumulativeSum, []pt{tally(100, "modelName", "googleai/gemini-2.5-flash", "status", "success")}},
				{"genkit/ai/generate/output/tokens", cumulativeSum, []pt{tally(20, "modelName", "googleai/gemini-2.5-flash", "status", "success")}},
				{"genkit/ai/generate/thinking/tokens", cumulativeSum, []pt{tally(30, "modelName", "googleai/gemini-2.5-flash", "status", "success")}},
			},
			[]string{"genkit inference inclusive:rule input=100 output=50 reasoning=30"},
		},
		{
			"vLLM, scraped", "github.com/open-telemetry/opentelemetry-collector-contrib/receiver/prometheusreceiver",
			[]series{{"vllm:prompt_tokens_total", cumulativeSum, []pt{tally(100, "model_name", "m")}}, {"vllm:generation_tokens_total", cumulativeSum, []pt{tally(20, "model_name", "m")}}},
			[]string{"server inference inclusive:default input=100 output=20"},
		},
		{
			"the conventions: a recording is a call", "app",
			[]series{{"gen_ai.client.token.usage", histogram, usageOf(gpt, "input", 1000, "output", 100)}},
			[]string{"semconv inference inclusive:default input=1000 output=100 request=3"},
		},
		{
			"older words: completion, under an older key", "app",
			[]series{{"gen_ai.client.token.usage", histogram, typed(gpt, "gen_ai.usage.token_type", "input", 1000, "completion", 100)}},
			[]string{"semconv inference inclusive:default input=1000 output=100 request=3"},
		},
		{
			"a total is no further usage", "spring",
			[]series{{"gen_ai.client.token.usage", cumulativeSum, usageOf(gpt, "input", 1000, "output", 100, "total", 1100)}},
			[]string{"semconv inference inclusive:default input=1000 output=100"},
		},
		{
			"audio and text are parts", "Experimental.Microsoft.Extensions.AI",
			[]series{{"gen_ai.client.token.usage", histogram, usageOf(gpt, "input", 1000, "output", 100, "input_audio", 300, "input_text", 700, "output_audio", 40, "output_text", 60)}},
			[]string{"microsoft inference inclusive:rule input=1000 output=100 input.text=700 input.audio=300 output.text=60 output.audio=40 request=3"},
		},
		{
			"Envoy AI Gateway: whether input holds the cache is not known for Anthropic", "envoyproxy/ai-gateway",
			[]series{{"gen_ai.client.token.usage", histogram, usageOf(sonnet, "input", 1000, "cached_input", 600, "cache_creation_input", 100, "output", 100, "reasoning", 10)}},
			[]string{"semconv inference inclusive:default input=1000 output=100 cache_read=600 cache_write=100 reasoning=10 request=3 [input_side_ambiguous]"},
		},
		{
			"unless the counts prove it", "envoyproxy/ai-gateway",
			[]series{{"gen_ai.client.token.usage", histogram, usageOf(sonnet, "input", 10, "cached_input", 600, "cache_creation_input", 100, "output", 100)}},
			[]string{"semconv inference exclusive:arithmetic input=710 output=100 cache_read=600 cache_write=100 request=3"},
		},
		{
			"as Prometheus spells it", "envoyproxy/ai-gateway",
			[]series{{"gen_ai_client_token_usage_token", histogram, typed([]any{"gen_ai_provider_name", "openai", "gen_ai_request_model", "gpt-5"}, "gen_ai_token_type", "input", 10, "output", 5)}},
			[]string{"semconv inference inclusive:default input=10 output=5 request=3"},
		},
		{
			"the metric's own key tells the type before those of the conventions", "com.anthropic.claude_code",
			[]series{{"claude_code.token.usage", deltaSum, typed(with(claude, "gen_ai.token.type", "output"), "type", "input", 13, "output", 215)}},
			[]string{"claude-code inference exclusive:rule input=13 output=215"},
		},
		{
			"a type that nobody knows is usage without price", "app",
			[]series{{"gen_ai.client.token.usage", histogram, usageOf(gpt, "input", 10, "output", 5, "dreams", 7)}},
			[]string{"semconv inference inclusive:default input=10 output=5 request=3 [meter_not_priced]"},
		},
		{
			"but nothing if it counted none", "app",
			[]series{{"gen_ai.client.token.usage", histogram, usageOf(gpt, "input", 10, "output", 5, "dreams", 0)}},
			[]string{"semconv inference inclusive:default input=10 output=5 request=3"},
		},
		{
			"an agent's sum is no call", "app",
			[]series{{"gen_ai.client.token.usage", histogram, usageOf([]any{"gen_ai.operation.name", "invoke_agent", "gen_ai.request.model", "gpt-5"}, "input", 10, "output", 5)}},
			[]string{"semconv roll-up [roll_up]"},
		},
		{
			"requests that Cursor does not bill", "cursor.telemetry",
			[]series{{"cursor.token.usage", deltaSum, typed([]any{"cursor.model.name", "claude-sonnet-4-5", "cursor.api.billable", false}, "cursor.token.type", "input", 10, "output", 5)}},
			[]string{"cursor inference exclusive:rule input=10 output=5 [not_billed]"},
		},
		{
			"answers from the gateway's own cache", "kong",
			[]series{{"gen_ai.client.token.usage", histogram, usageOf(with(gpt, "kong.gen_ai.cache.status", "hit"), "input", 10, "output", 5)}},
			[]string{"semconv inference inclusive:default input=10 output=5 request=3 [cache_replay]"},
		},
		{
			"and those that are not", "kong",
			[]series{{"gen_ai.client.token.usage", histogram, usageOf(with(gpt, "kong.gen_ai.cache.status", "miss"), "input", 10, "output", 5)}},
			[]string{"semconv inference inclusive:default input=10 output=5 request=3"},
		},
		{
			"failed calls that used nothing", "app",
			[]series{{"gen_ai.client.token.usage", histogram, usageOf(with(gpt, "error.type", "500"), "input", 0, "output", 0)}},
			[]string{"semconv inference inclusive:default input=0 output=0 request=3 [failed_call]"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res, sm := scopeMetrics(tc.scope, tc.in...)
			assert.Equal(t, tc.want, describeGroups(t, inMetrics, res, sm))
		})
	}
}

// counters are the metrics of the conventions, with modalities.
func counters(attrs []any, values ...any) (out []series) {
	for i := 0; i < len(values); i += 3 {
		out = append(out, series{
			"gen_ai.client.inference.usage." + values[i].(string), cumulativeSum,
			[]pt{tally(float64(values[i+2].(int)), with(attrs, "gen_ai.token.modality", values[i+1].(string))...)},
		})
	}
	return out
}

func TestCountersOfTheConventionsAreOneUsage(t *testing.T) {
	res, sm := scopeMetrics("app", counters(gpt, "input_tokens", "text", 700, "input_tokens", "audio", 300, "output_tokens", "text", 60, "output_tokens", "audio", 40,
		"cache_read.input_tokens", "text", 200, "cache_read.input_tokens", "audio", 100, "cache_write.input_tokens", "text", 50, "reasoning.output_tokens", "text", 30)...)
	got := describeGroups(t, inMetrics, res, sm)
	assert.Equal(t, []string{"semconv inference inclusive:default input=1000 output=100 cache_read=300 cache_write=50 reasoning=30 " +
		"input.text=700 input.audio=300 output.text=60 output.audio=40 cache_read.text=200 cache_read.audio=100"}, got)
}

// Whoever sends the counters too repeats them in histograms and in the older
// metric: the one that tells most is read.
func TestOfMetricsThatRepeatEachOtherOneIsRead(t *testing.T) {
	sizes := []series{
		{"gen_ai.client.inference.operation.input_tokens", histogram, []pt{tally(1000, gpt...)}},
		{"gen_ai.client.inference.operation.output_tokens", histogram, []pt{tally(100, gpt...)}},
	}
	old := []series{{"gen_ai.client.token.usage", histogram, usageOf(gpt, "input", 1000, "output", 100)}}
	all := append(append(append([]series{}, old...), sizes...), counters(gpt, "input_tokens", "unknown", 1000, "output_tokens", "unknown", 100, "cache_read.input_tokens", "unknown", 600)...)
	res, sm := scopeMetrics("app", all...)
	assert.Equal(t, []string{
		"semconv inference inclusive:default input=1000 output=100 request=3 [duplicate_call]",
		"semconv inference inclusive:default input=1000 output=100 request=3 [duplicate_call]",
		"semconv inference inclusive:default input=1000 output=100 cache_read=600",
	}, describeGroups(t, inMetrics, res, sm))
	res, sm = scopeMetrics("app", append(append([]series{}, old...), sizes...)...)
	assert.Equal(t, []string{
		"semconv inference inclusive:default input=1000 output=100 request=3 [duplicate_call]",
		"semconv inference inclusive:default input=1000 output=100 request=3",
	}, describeGroups(t, inMetrics, res, sm))
}

// The counters of the conventions are of inference; what only the older metric
// tells, such as embeddings, is told once.
func TestMetricsRepeatEachOtherWithinAnOperation(t *testing.T) {
	older := append(usageOf(gpt, "input", 1000, "output", 100), usageOf(with(gpt, "gen_ai.operation.name", "embeddings"), "input", 500)...)
	old := series{"gen_ai.client.token.usage", histogram, append(older, usageOf([]any{"gen_ai.request.model", "gpt-5"}, "input", 7, "output", 1)...)}
	res, sm := scopeMetrics("app", append(counters(gpt, "input_tokens", "unknown", 1000, "output_tokens", "unknown", 100), old)...)
	assert.Equal(t, []string{
		"semconv inference inclusive:default input=1000 output=100",
		"semconv inference inclusive:default input=1000 output=100 request=3 [duplicate_call]",
		"semconv inference inclusive:default input=500 request=3",
		"semconv inference inclusive:default input=7 output=1 request=3 [duplicate_call]",
	}, describeGroups(t, inMetrics, res, sm))
}

// The SDKs of Go and .NET read the clock for each metric anew.
func TestMetricsOfASourceBelongTogetherIfTheirTimesAreNear(t *testing.T) {
	apart := func(seconds float64) []string {
		res, sm := scopeMetrics("app",
			series{"gen_ai.client.inference.usage.input_tokens", cumulativeSum, []pt{tally(10, gpt...).at(60.9995), tally(30, gpt...).at(70.9995)}},
			series{"gen_ai.client.inference.usage.output_tokens", cumulativeSum, []pt{tally(1, gpt...).at(60.9995 + seconds), tally(3, gpt...).at(70.9995 + seconds)}},
		)
		return describeGroups(t, inMetrics, res, sm)
	}
	together := []string{"semconv inference inclusive:default input=10 output=1", "semconv inference inclusive:default input=30 output=3"}
	assert.Equal(t, together, apart(0))
	assert.Equal(t, together, apart(0.0008), "another second, but near")
	assert.Equal(t, together, apart(-0.9))
	assert.Len(t, apart(2), 4)
	// Several collections in a second find their own.
	res, sm := scopeMetrics("app",
		series{"gen_ai.client.inference.usage.input_tokens", cumulativeSum, []pt{tally(10, gpt...).at(61.1), tally(20, gpt...).at(61.3), tally(30, gpt...).at(61.5)}},
		series{"gen_ai.client.inference.usage.output_tokens", cumulativeSum, []pt{tally(1, gpt...).at(61.1001), tally(2, gpt...).at(61.3001), tally(3, gpt...).at(61.5001)}},
	)
	assert.Equal(t, []string{
		"semconv inference inclusive:default input=10 output=1", "semconv inference inclusive:default input=20 output=2",
		"semconv inference inclusive:default input=30 output=3",
	}, describeGroups(t, inMetrics, res, sm))
	// In one metric, times that differ are different points of a series.
	res, sm = scopeMetrics("app", series{"gen_ai.client.token.usage", histogram, []pt{
		tally(10, with(gpt, "gen_ai.token.type", "input")...), tally(5, with(gpt, "gen_ai.token.type", "output")...).at(61.5),
	}})
	assert.Len(t, describeGroups(t, inMetrics, res, sm), 2)
}

func TestGroupsDifferInAttributesTimesAndTemporality(t *testing.T) {
	res, sm := scopeMetrics("com.anthropic.claude_code",
		series{"claude_code.token.usage", deltaSum, []pt{
			tally(1, "model", "a", "type", "input"), tally(2, "model", "b", "type", "input"), tally(3, "type", "input", "model", "a").at(121),
			tally(4, "type", "output", "model", "a"), tally(5, "model", "a", "x", "1", "type", "output"), tally(6, "model", "a", "x", 1, "type", "output"),
		}},
		series{"claude_code.token.usage", cumulativeSum, []pt{tally(7, "model", "a", "type", "output")}},
	)
	got := describeGroups(t, inMetrics, res, sm)
	require.Len(t, got, 6)
	assert.Contains(t, got[0], " input=1 output=4")
}

// A delta is left out only where a sum of the same stream can hold it.
func TestAStreamInBothTemporalitiesIsPricedOnce(t *testing.T) {
	small, large := typed(claude, "type", "input", 13, "output", 215), typed(claude, "type", "input", 130, "output", 2150)
	sum, delta := series{"claude_code.token.usage", cumulativeSum, large}, series{"claude_code.token.usage", deltaSum, small}
	other := series{"claude_code.token.usage", deltaSum, typed(with(claude, "user.id", "u"), "type", "input", 13, "output", 215)}
	tooMuch := series{"claude_code.token.usage", deltaSum, typed(claude, "type", "input", 131, "output", 215)}
	more := series{"claude_code.token.usage", deltaSum, typed(claude, "type", "input", 13, "output", 215, "cacheRead", 7)}
	for name, c := range map[string]struct {
		metrics []series
		again   []bool
	}{
		"both":                         {[]series{delta, sum}, []bool{true, false}},
		"both, the sum first":          {[]series{sum, delta}, []bool{false, true}},
		"deltas alone":                 {[]series{delta}, []bool{false}},
		"another stream":               {[]series{other, sum}, []bool{false, false}},
		"more than the sum":            {[]series{tooMuch, sum}, []bool{false, false}},
		"a type that the sum has none": {[]series{more, sum}, []bool{false, false}},
	} {
		res, sm := scopeMetrics("com.anthropic.claude_code", c.metrics...)
		var again []bool
		for _, line := range describeGroups(t, inMetrics, res, sm) {
			again = append(again, strings.Contains(line, "duplicate_call"))
		}
		assert.Equal(t, c.again, again, name)
	}
}

// The start of a group is the earliest of its points, which some SDKs take from
// the first value of each.
func TestTheIntervalOfAGroupHoldsThoseOfItsPoints(t *testing.T) {
	in, out := tally(1, "model", "a", "type", "input"), tally(2, "model", "a", "type", "output")
	in.start, out.start = 7, 5
	_, sm := scopeMetrics("com.anthropic.claude_code", series{"claude_code.token.usage", deltaSum, []pt{in, out}})
	r := newReader(t, inMetrics)
	var s Scratch
	var g Groups
	var c call.Call
	sc := r.Scope(pcommon.NewResource(), sm.Scope(), "", &s)
	r.Metrics(sc, sm.Metrics(), 10, &g)
	require.Len(t, g.All(), 1)
	r.Group(sc, &g.All()[0], &s, &c)
	assert.EqualValues(t, nanos(5), c.StartUnixNano)
	assert.Equal(t, nanos(61), g.All()[0].Time)
	assert.Equal(t, 2, g.All()[0].Points)
}

func TestPointsThatDifferInNothingAreAddedUpAndDoubtful(t *testing.T) {
	pts := typed(claude, "type", "input", 10, "output", 1, "input", 10, "output", 1)
	res, sm := scopeMetrics("com.anthropic.claude_code", series{"claude_code.token.usage", deltaSum, pts})
	assert.Equal(t, []string{"claude-code inference exclusive:rule input=20 output=2 [usage_contradictory]"}, describeGroups(t, inMetrics, res, sm))
}

func TestWhatCannotBeAddedUpIsNotPriced(t *testing.T) {
	for name, fill := range map[string]filler{"gauge": gauge, "sum that can fall": fallingSum, "sum without temporality": timelessSum} {
		res, sm := scopeMetrics("com.anthropic.claude_code", series{"claude_code.token.usage", fill, typed(claude, "type", "input", 10, "output", 1)})
		got := describeGroups(t, inMetrics, res, sm)
		require.Len(t, got, 1, name)
		assert.True(t, strings.HasSuffix(got[0], "[metric_not_additive]"), "%s: %s", name, got[0])
	}
	res, sm := scopeMetrics("app", series{"gen_ai.client.token.usage", summary, usageOf(gpt, "input", 10)})
	assert.Contains(t, describeGroups(t, inMetrics, res, sm)[0], "metric_not_additive")
	// What cannot be added up does not stand in the way of what can.
	res, sm = scopeMetrics("app",
		series{"gen_ai.client.inference.usage.input_tokens", gauge, []pt{tally(10, gpt...)}},
		series{"gen_ai.client.token.usage", exponential, usageOf(gpt, "input", 10, "output", 1)})
	got := describeGroups(t, inMetrics, res, sm)
	assert.Contains(t, got[0], "metric_not_additive")
	assert.Equal(t, "semconv inference inclusive:default input=10 output=1 request=3", got[1])
}

func TestValuesThatAreNoCountsAreNotPriced(t *testing.T) {
	for name, v := range map[string]float64{"below zero": -1, "a fraction": 0.5, "not a number": math.NaN(), "infinite": math.Inf(1), "beyond belief": 1e16} {
		for kind, fill := range map[string]filler{"sum": cumulativeSum, "histogram": histogram} {
			pts := usageOf(gpt, "input", 10, "output", 1)
			pts[1].value = v
			res, sm := scopeMetrics("app", series{"gen_ai.client.token.usage", fill, pts})
			got := describeGroups(t, inMetrics, res, sm)
			require.Len(t, got, 1, "%s %s", kind, name)
			assert.Contains(t, got[0], "usage_invalid", "%s %s", kind, name)
		}
	}
	res, sm := scopeMetrics("app", series{"gen_ai.client.token.usage", cumulativeSum, usageOf(gpt, "input", 5_000_000_000_000, "output", 1)})
	assert.Equal(t, "semconv inference inclusive:default input=5000000000000 output=1", describeGroups(t, inMetrics, res, sm)[0], "more than any call")
}

// A histogram without a sum tells no count.
func TestAHistogramWithoutASumTellsNoCount(t *testing.T) {
	res, sm := scopeMetrics("app", series{"gen_ai.client.token.usage", histogram, usageOf(gpt, "input", 10, "output", 1)})
	sm.Metrics().At(0).Histogram().DataPoints().At(0).RemoveSum()
	assert.Contains(t, describeGroups(t, inMetrics, res, sm)[0], "usage_invalid")
}

func TestPointsWithoutAValueAreNotThere(t *testing.T) {
	res, sm := scopeMetrics("app", series{"gen_ai.client.token.usage", histogram, usageOf(gpt, "input", 10, "output", 1)})
	for _, d := range sm.Metrics().At(0).Histogram().DataPoints().All() {
		d.SetFlags(pmetric.DefaultDataPointFlags.WithNoRecordedValue(true))
	}
	assert.Empty(t, describeGroups(t, inMetrics, res, sm))
}

func TestMetricsArePricedInTheSignalOfTheirSource(t *testing.T) {
	for name, tc := range map[string]struct {
		scope, metric, by string
		o                 Options
		priced            bool
	}{
		"spans tell more, so that is the default":      {"app", "gen_ai.client.token.usage", "gen_ai.token.type", Options{}, false},
		"logs of Claude Code tell more":                {"com.anthropic.claude_code", "claude_code.token.usage", "type", Options{}, false},
		"the configuration can say otherwise":          {"com.anthropic.claude_code", "claude_code.token.usage", "type", Options{Signals: []SignalRule{{Dialect: "claude-code", Signal: Metrics}}}, true},
		"for others":                                   {"app", "gen_ai.client.token.usage", "gen_ai.token.type", Options{Signals: []SignalRule{{Dialect: "claude-code", Signal: Metrics}}}, false},
		"Traefik Hub has no spans that tell of tokens": {"github.com/traefik/traefik", "gen_ai.client.token.usage", "gen_ai.token.type", Options{}, true},
	} {
		res, sm := scopeMetrics(tc.scope, series{tc.metric, cumulativeSum, typed(claude, tc.by, "input", 10, "output", 1)})
		got := describeGroups(t, tc.o, res, sm)
		require.Len(t, got, 1, name)
		assert.Equal(t, tc.priced, !strings.Contains(got[0], "priced_in_other_signal"), "%s: %s", name, got[0])
	}
}

func TestACostStandsBesideTheUsageWithTheSameAttributes(t *testing.T) {
	tokens := typed(claude, "type", "input", 10, "output", 1)
	for name, tc := range map[string]struct {
		cost series
		want float64
		unit call.CostUnit
	}{
		"the same attributes and time":     {series{"claude_code.cost.usage", deltaSum, []pt{tally(0.25, claude...)}}, 0.25, call.USD},
		"a time that is near":              {series{"claude_code.cost.usage", deltaSum, []pt{tally(0.25, claude...).at(61.3)}}, 0.25, call.USD},
		"another time":                     {series{"claude_code.cost.usage", deltaSum, []pt{tally(0.25, claude...).at(63)}}, 0, call.NoCost},
		"other attributes":                 {series{"claude_code.cost.usage", deltaSum, []pt{tally(0.25, with(claude, "x", "y")...)}}, 0, call.NoCost},
		"another temporality":              {series{"claude_code.cost.usage", cumulativeSum, []pt{tally(0.25, claude...)}}, 0, call.NoCost},
		"a gauge":                          {series{"claude_code.cost.usage", gauge, []pt{tally(0.25, claude...)}}, 0, call.NoCost},
		"millionths":                       {series{"codex.turn.cost_microusd", deltaSum, []pt{tally(250, claude...)}}, 250, call.MicroUSD},
		"Kong's own prices are no dollars": {series{"kong.gen_ai.llm.cost", deltaSum, []pt{tally(0.25, claude...)}}, 0.25, call.Credits},
	} {
		for _, first := range []bool{true, false} {
			all := []series{{"claude_code.token.usage", deltaSum, tokens}, tc.cost}
			if first {
				all[0], all[1] = all[1], all[0]
			}
			_, sm := scopeMetrics("com.anthropic.claude_code", all...)
			r := newReader(t, inMetrics)
			var s Scratch
			var g Groups
			var c call.Call
			sc := r.Scope(pcommon.NewResource(), sm.Scope(), "", &s)
			r.Metrics(sc, sm.Metrics(), 10, &g)
			require.Len(t, g.All(), 1)
			r.Group(sc, &g.All()[0], &s, &c)
			assert.InDelta(t, tc.want, c.ReportedCost, 0, name)
			assert.Equal(t, tc.unit, c.ReportedUnit, name)
		}
	}
}

func TestFactsOfTheResourceHoldForMetricsButCountsDoNot(t *testing.T) {
	res, sm := scopeMetrics("com.anthropic.claude_code", series{"claude_code.token.usage", deltaSum, typed(claude, "type", "input", 10, "output", 1)})
	put(res.Attributes(), "token_usage.geo", "eu", "token_usage.mode", "batch", "token_usage.input", 999)
	r := newReader(t, inMetrics)
	var s Scratch
	var g Groups
	var c call.Call
	sc := r.Scope(res, sm.Scope(), "", &s)
	r.Metrics(sc, sm.Metrics(), 10, &g)
	r.Group(sc, &g.All()[0], &s, &c)
	assert.Equal(t, "eu", c.Geo)
	assert.Equal(t, "batch", c.Mode)
	assert.Equal(t, "inference exclusive:rule input=10 output=1 [usage_aggregated]", describeCall(&c))
}

func TestGroupsAreBoundedAndPointsBeyondThemCounted(t *testing.T) {
	var pts []pt
	for i := range 10 {
		pts = append(pts, tally(1, "n", i, "type", "input"), tally(1, "n", i, "type", "output"))
	}
	_, sm := scopeMetrics("com.anthropic.claude_code", series{"claude_code.token.usage", deltaSum, pts})
	r := newReader(t, inMetrics)
	var s Scratch
	var g Groups
	sc := r.Scope(pcommon.NewResource(), sm.Scope(), "", &s)
	assert.Equal(t, 8, r.Metrics(sc, sm.Metrics(), 6, &g))
	assert.Len(t, g.All(), 6)
	for _, c := range g.All() {
		assert.Equal(t, 2, c.Points)
	}
	g.Reset()
	assert.Empty(t, g.All())
}

// Metrics of others cost a look at their names.
func TestMetricsOfOthersAllocateNothing(t *testing.T) {
	_, sm := scopeMetrics("net/http",
		series{"http.server.request.duration", histogram, []pt{tally(1, "http.route", "/a"), tally(2, "http.route", "/b")}},
		series{"process.cpu.time", cumulativeSum, []pt{tally(1)}}, series{"system.memory.usage", gauge, []pt{tally(1)}})
	r := newReader(t, inMetrics)
	var s Scratch
	var g Groups
	sc := r.Scope(pcommon.NewResource(), sm.Scope(), "", &s)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		r.Metrics(sc, sm.Metrics(), 10, &g)
		g.Reset()
	}))
}

func TestReadingGroupsAllocatesNothingOnceThereIsRoom(t *testing.T) {
	_, sm := scopeMetrics("com.anthropic.claude_code", series{"claude_code.token.usage", deltaSum, typed(claude, "type", "input", 13, "output", 215, "cacheRead", 18432, "cacheCreation", 3200)},
		series{"claude_code.cost.usage", deltaSum, []pt{tally(0.25, claude...)}})
	r := newReader(t, inMetrics)
	var s Scratch
	var g Groups
	var c call.Call
	read := func() {
		sc := r.Scope(pcommon.NewResource(), sm.Scope(), "", &s)
		r.Metrics(sc, sm.Metrics(), 10, &g)
		for i := range g.All() {
			r.Group(sc, &g.All()[i], &s, &c)
		}
		g.Reset()
	}
	read()
	assert.Zero(t, testing.AllocsPerRun(100, read)-testing.AllocsPerRun(100, func() { pcommon.NewResource() }))
}
