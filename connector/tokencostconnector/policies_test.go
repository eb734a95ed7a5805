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
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
)

func violations(points []string) (out []string) {
	for _, p := range points {
		if strings.HasPrefix(p, "token_cost.policy.violations ") {
			out = append(out, p)
		}
	}
	return out
}

// The spans have 100 tokens in and 10 out.
func TestEveryRuleOfAPolicyThatACallViolatesIsCounted(t *testing.T) {
	for rule, c := range map[string]struct {
		bad, good PolicyConfig
	}{
		"model":         {PolicyConfig{AllowedModels: []string{"claude-*"}}, PolicyConfig{AllowedModels: []string{"GPT-*"}, DeniedModels: []string{"gpt-5*"}}},
		"provider":      {PolicyConfig{DeniedProviders: []string{"open*"}}, PolicyConfig{AllowedProviders: []string{"openai"}}},
		"input_tokens":  {PolicyConfig{MaxInputTokens: 99}, PolicyConfig{MaxInputTokens: 100}},
		"output_tokens": {PolicyConfig{MaxOutputTokens: 9}, PolicyConfig{MaxOutputTokens: 10}},
		"cost":          {PolicyConfig{MaxCost: 0.2499}, PolicyConfig{MaxCost: 0.25}},
	} {
		c.bad.Name, c.good.Name = "bad", "good"
		other := c.bad
		other.Name, other.Conditions = "other", []string{`resource.attributes["service.name"] == "other"`}
		for _, p := range []PolicyConfig{c.bad, c.good, other} {
			require.NoError(t, p.Validate())
		}
		got := violations(counted(t, func(cfg *Config) { cfg.Policies = []PolicyConfig{c.bad, c.good, other} }, traces(exact("gpt-4o", 0.25), exact("gpt-4o", 0.25))))
		assert.Equal(t, []string{"token_cost.policy.violations {call} map[gen_ai.provider.name:openai gen_ai.response.model:gpt-4o service.name:shop token_cost.policy.name:bad token_cost.policy.rule:" + rule + "] 2"}, got)
	}
}

func TestAViolationIsOneEventForEachServiceAndModelAndDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := new(consumertest.LogsSink)
		cfg := configured(t, func(c *Config) { c.Policies = []PolicyConfig{{Name: "p", MaxCost: 0.1}} })
		c, err := NewFactory().CreateTracesToLogs(t.Context(), connectortest.NewNopSettings(metadata.Type), cfg, sink)
		require.NoError(t, err)
		require.NoError(t, c.Start(t.Context(), host{}))
		day := func(models ...string) (events int) {
			sink.Reset()
			for range 3 {
				for _, model := range models {
					require.NoError(t, c.ConsumeTraces(t.Context(), traces(exact(model, 1))))
				}
				time.Sleep(time.Hour)
			}
			events = sink.LogRecordCount()
			time.Sleep(21 * time.Hour)
			return events
		}
		assert.Equal(t, 2, day("a", "b"))
		first, _ := sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().Get("token_cost.event.id")
		assert.Contains(t, []string{"p/cost/shop/openai/a/2000-01-01", "p/cost/shop/openai/b/2000-01-01"}, first.Str())
		assert.Equal(t, 1, day("a"))
		assert.Equal(t, 0, day())
		require.NoError(t, c.Shutdown(context.Background()))
	})
}

func TestViolationsBeyondTheBoundAreInOneSeries(t *testing.T) {
	var spans []spanOf
	for i := range maxViolations + 50 {
		spans = append(spans, exact(fmt.Sprint("m", i), 1))
	}
	got := violations(counted(t, func(c *Config) { c.Policies = []PolicyConfig{{Name: "p", MaxCost: 0.1}} }, traces(spans...)))
	assert.Len(t, got, maxViolations+1)
	assert.Contains(t, got, "token_cost.policy.violations {call} map[otel.metric.overflow:true token_cost.policy.name:p token_cost.policy.rule:cost] 50")
}

func TestMistakesInPoliciesNameKeyValueAndWhatIsAllowed(t *testing.T) {
	for want, c := range map[string]PolicyConfig{
		`name: "" is not allowed`:                                             {MaxCost: 1},
		`policy "p": nothing is allowed, denied or bounded`:                   {Name: "p"},
		`max_cost: -1 is not allowed`:                                         {Name: "p", MaxCost: -1},
		`max_input_tokens: -1 is not allowed`:                                 {Name: "p", MaxInputTokens: -1},
		`a pattern of models or providers is ""`:                              {Name: "p", DeniedModels: []string{""}},
		`currency: "dollar" is not allowed; use an ISO 4217 code such as USD`: {Name: "p", MaxCost: 1, Currency: "dollar"},
		`conditions: "(" is not valid OTTL`:                                   {Name: "p", MaxCost: 1, Conditions: []string{"("}},
	} {
		assert.ErrorContains(t, c.Validate(), want)
	}
}

// Calls of one trace cost 0.4 each; the third one passes 1, and none after it does again.
func TestAnInteractionThatCostsTooMuchIsOneViolationWhileItIsOpen(t *testing.T) {
	sink := new(consumertest.LogsSink)
	cfg := configured(t, func(c *Config) {
		c.Interactions.Enabled = true
		c.Policies = []PolicyConfig{{Name: "agents", MaxInteractionCost: 1, MaxInteractionCalls: 4}, {Name: "in other money", MaxInteractionCost: 1, Currency: "EUR"}}
	})
	c, err := NewFactory().CreateTracesToLogs(t.Context(), connectortest.NewNopSettings(metadata.Type), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), host{}))
	for trace := byte(1); trace <= 2; trace++ { // of which one ends before the limits
		for call := range 6 - 4*(trace-1) {
			td := traces(exact("gpt-4o", 0.4))
			span := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
			span.SetTraceID(pcommon.TraceID{trace})
			span.SetSpanID(pcommon.SpanID{call + 1})
			span.SetParentSpanID(pcommon.SpanID{9})
			td.MarkReadOnly()
			require.NoError(t, c.ConsumeTraces(t.Context(), td))
		}
	}
	require.NoError(t, c.Shutdown(t.Context()))
	got := map[string]string{}
	for _, ld := range sink.AllLogs() {
		for _, r := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
			a := r.Attributes().AsRaw()
			got[fmt.Sprint(a["token_cost.policy.rule"])] = fmt.Sprint(a["token_cost.policy.name"], " ", a["token_cost.policy.verdict"], " ", a["token_cost.policy.value"], " of ", a["token_cost.policy.limit"], " ", r.TraceID()[0], " ", r.SpanID()[0])
		}
	}
	assert.Equal(t, map[string]string{
		"interaction_cost":  "agents violated 1.2 of 1 1 3",
		"interaction_calls": "agents violated 5 of 4 1 5",
	}, got)
}

func TestAnInteractionThatIsTooDearIsCountedOnce(t *testing.T) {
	config := func(c *Config) {
		c.Interactions.Enabled = true
		c.Policies = []PolicyConfig{{Name: "agents", MaxInteractionCost: 0.5}}
	}
	got := violations(counted(t, config, traces(exact("gpt-4o", 0.25), exact("gpt-4o", 0.25), exact("gpt-4o", 0.25), exact("gpt-4o", 0.25))))
	assert.Equal(t, []string{"token_cost.policy.violations {call} map[gen_ai.provider.name:openai gen_ai.response.model:gpt-4o service.name:shop token_cost.policy.name:agents token_cost.policy.rule:interaction_cost] 1"}, got)
}

func TestPoliciesOfInteractionsNeedInteractions(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.Policies = []PolicyConfig{{Name: "agents", MaxInteractionCost: 1}}
	require.NoError(t, cfg.Validate())
	cfg.Interactions.Enabled = false
	assert.ErrorContains(t, cfg.Validate(), `policies: "agents" has max_interaction_cost or max_interaction_calls, and interactions.enabled is false; use true`)
}
