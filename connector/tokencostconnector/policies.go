package tokencostconnector

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/glob"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
)

// policies finds calls that are not as they are to be. It is safe for
// concurrent use; only calls that violate a policy take its lock.
type policies struct {
	logger *zap.Logger
	prefix string
	all    []policy
	events consumer.Logs // nil without a logs pipeline: then events are logged
	now    func() time.Time

	mu         sync.Mutex
	violations map[violation]*violated
}

type policy struct {
	PolicyConfig
	selector           *pricer.Selector
	maxCost            money.Amount
	maxInteractionCost money.Amount
}

// violation is what is counted for itself.
type violation struct {
	policy                   int
	rule                     string
	service, provider, model string
	rest                     bool // all that there is no room for
}

// violated is how often.
type violated struct {
	n     int64
	start pcommon.Timestamp
	last  time.Time
	told  string          // the day, in UTC, whose event was sent
	trace pcommon.TraceID // of the last call
	span  pcommon.SpanID
	by    measured
}

// maxViolations bounds memory; service, provider and model come from strangers.
const maxViolations = 10_000

// newPolicies returns nil if none are configured.
func newPolicies(cfg *Config, logger *zap.Logger, now func() time.Time) (*policies, error) {
	if len(cfg.Policies) == 0 {
		return nil, nil
	}
	p := &policies{logger: logger, prefix: attrkey.Under(cfg.Prefix).Prefix, now: now, violations: map[violation]*violated{}}
	for _, c := range cfg.Policies {
		selector, err := pricer.NewSelector(c.Conditions)
		if err != nil {
			return nil, fmt.Errorf("policy %q: conditions: %w", c.Name, err)
		}
		for _, patterns := range []*[]string{&c.AllowedModels, &c.DeniedModels, &c.AllowedProviders, &c.DeniedProviders} {
			*patterns = lower(*patterns)
		}
		maxCost, _ := money.FromFloat(c.MaxCost)
		maxInteraction, _ := money.FromFloat(c.MaxInteractionCost)
		p.all = append(p.all, policy{c, selector, maxCost, maxInteraction})
	}
	return p, nil
}

func lower(patterns []string) (out []string) {
	for _, p := range patterns {
		out = append(out, strings.ToLower(p))
	}
	return out
}

// span judges the call of a span that was read.
func (p *policies) span(ctx context.Context, x *batch, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span) {
	for i := range p.all {
		if p.all[i].selector.Span(ctx, rs, ss, span) {
			p.judge(x, i, rs.Resource().Attributes())
		}
	}
}

// record judges the call of a log record that was read.
func (p *policies) record(ctx context.Context, x *batch, rl plog.ResourceLogs, sl plog.ScopeLogs, record plog.LogRecord) {
	for i := range p.all {
		if p.all[i].selector.Record(ctx, rl, sl, record) {
			p.judge(x, i, rl.Resource().Attributes())
		}
	}
}

// judge counts every rule of a policy that the call violates. What the call
// does not tell violates nothing.
func (p *policies) judge(x *batch, i int, resource pcommon.Map) {
	c := &p.all[i]
	provider, model := x.name()
	t := &x.sample.Tokens
	in := t[series.Input] + t[series.CacheRead] + t[series.CacheWrite]
	out := t[series.Output] + t[series.Reasoning]
	for _, rule := range [...]struct {
		name string
		bad  bool
		by   measured
	}{
		{"model", refuses(c.AllowedModels, c.DeniedModels, model), measured{}},
		{"provider", refuses(c.AllowedProviders, c.DeniedProviders, provider), measured{}},
		{"input_tokens", c.MaxInputTokens > 0 && in > c.MaxInputTokens, countOf(in, c.MaxInputTokens)},
		{"output_tokens", c.MaxOutputTokens > 0 && out > c.MaxOutputTokens, countOf(out, c.MaxOutputTokens)},
		{"cost", c.inCurrency(x) && passes(money.Amount{}, x.sample.Cost, c.maxCost), amountOf(x.sample.Cost, c.maxCost)},
		{"interaction_cost", c.inCurrency(x) && passes(x.soFar.Before, x.soFar.Cost, c.maxInteractionCost), amountOf(x.soFar.Cost, c.maxInteractionCost)},
		{"interaction_calls", c.MaxInteractionCalls > 0 && int64(x.soFar.Calls) == c.MaxInteractionCalls+1, countOf(int64(x.soFar.Calls), c.MaxInteractionCalls)},
	} {
		if rule.bad {
			service := ""
			if v, ok := resource.Get(attrkey.ServiceName); ok {
				service = v.AsString()
			}
			p.count(violation{policy: i, rule: rule.name, service: cut(service), provider: cut(provider), model: cut(model)}, rule.by, x)
		}
	}
}

// inCurrency tells whether the call has a cost that the policy can judge.
func (c *policy) inCurrency(x *batch) bool {
	return x.sample.HasCost && x.result.Currency == or(c.Currency, defaultCurrency)
}

// passes tells whether a bound, if there is one, lies between what was before
// and what is now: a sum that grows passes it once.
func passes(before, now, bound money.Amount) bool {
	return !bound.IsZero() && before.Cmp(bound) <= 0 && now.Cmp(bound) > 0
}

// refuses tells whether a name is denied, or not among those that are allowed.
func refuses(allowed, denied []string, name string) bool {
	if name == "" || len(allowed) == 0 && len(denied) == 0 {
		return false
	}
	name = strings.ToLower(cut(name))
	return matches(denied, name) || len(allowed) > 0 && !matches(allowed, name)
}

func matches(patterns []string, name string) bool {
	for _, p := range patterns {
		if glob.Match(p, name) {
			return true
		}
	}
	return false
}

func (p *policies) count(k violation, by measured, x *batch) {
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	v := p.violations[k]
	if v == nil && len(p.violations) >= maxViolations {
		k = violation{policy: k.policy, rule: k.rule, rest: true}
		v = p.violations[k]
	}
	if v == nil {
		// The names point into the telemetry, which others may change once the batch is done.
		k.service, k.provider, k.model = strings.Clone(k.service), strings.Clone(k.provider), strings.Clone(k.model)
		v = &violated{start: pcommon.NewTimestampFromTime(now)}
		p.violations[k] = v
	}
	v.n++
	v.last, v.trace, v.span, v.by = now, x.sample.Trace, x.sample.Span, by
}
