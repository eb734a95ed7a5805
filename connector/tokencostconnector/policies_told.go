package tokencostconnector

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// measured is what was too much, and what it was to be at most: counts, or amounts.
type measured struct {
	value, bound     int64
	amount, atMost   money.Amount
	isCount, isMoney bool
}

func countOf(n, bound int64) measured { return measured{value: n, bound: bound, isCount: true} }

func amountOf(amount, bound money.Amount) measured {
	return measured{amount: amount, atMost: bound, isMoney: true}
}

// verdictViolated is what every event says of its call. Calls that violate
// nothing have none: the connector changes no telemetry that it reads.
const verdictViolated = "violated"

// put writes both on an event.
func (m *measured) put(prefix string, attrs pcommon.Map) {
	switch {
	case m.isCount:
		attrs.PutInt(prefix+"policy.value", m.value)
		attrs.PutInt(prefix+"policy.limit", m.bound)
	case m.isMoney:
		attrs.PutDouble(prefix+"policy.value", m.amount.Float64())
		attrs.PutDouble(prefix+"policy.limit", m.atMost.Float64())
	}
}

// put writes what a violation is about.
func (p *policies) put(k *violation, attrs pcommon.Map) {
	attrs.PutStr(p.prefix+"policy.name", p.all[k.policy].Name)
	attrs.PutStr(p.prefix+"policy.rule", k.rule)
	if k.rest {
		attrs.PutBool(overflowKey, true)
		return
	}
	for _, x := range [...]struct{ key, value string }{{attrkey.ServiceName, k.service}, {attrkey.ProviderName, k.provider}, {attrkey.ResponseModel, k.model}} {
		if x.value != "" {
			attrs.PutStr(x.key, x.value)
		}
	}
}

// policies adds the counts of violations to the metrics of a flush, and forgets
// those of a day before that are idle.
func (b *builder) policies(p *policies, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k, v := range p.violations {
		if v.n > 0 {
			point := b.sum(p.prefix+"policy.violations", "{call}", "Calls that violate a rule of a policy.").DataPoints().AppendEmpty()
			point.SetStartTimestamp(v.start)
			point.SetTimestamp(b.at)
			point.SetIntValue(v.n)
			p.put(&k, point.Attributes())
		}
		if b.temporality == pmetric.AggregationTemporalityDelta {
			v.n, v.start = 0, b.at
		}
		if now.Sub(v.last) > 24*time.Hour {
			delete(p.violations, k)
		}
	}
}

// tell sends an event for what was violated for the first time on a day, in
// UTC. What is refused is sent with the next flush.
func (p *policies) tell(ctx context.Context) {
	ld, keys, day := p.due()
	if len(keys) == 0 {
		return
	}
	if p.events == nil {
		for _, r := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
			p.logger.Warn(r.Body().Str())
		}
	} else if err := p.events.ConsumeLogs(ctx, ld); err != nil {
		p.logger.Warn("events of policies were refused; they are sent again", zap.Int("events", len(keys)), zap.Error(err))
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range keys {
		if v := p.violations[k]; v != nil {
			v.told = day
		}
	}
}

func (p *policies) due() (ld plog.Logs, keys []violation, day string) {
	ld = plog.NewLogs()
	sl := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	sl.Scope().SetName(metadata.ScopeName)
	p.mu.Lock()
	defer p.mu.Unlock()
	day = p.now().UTC().Format(time.DateOnly)
	for k, v := range p.violations {
		if k.rest || v.told == day || v.last.UTC().Format(time.DateOnly) != day {
			continue
		}
		keys = append(keys, k)
		r := sl.LogRecords().AppendEmpty()
		r.SetEventName(p.prefix + "policy.violation")
		r.SetTimestamp(pcommon.NewTimestampFromTime(v.last))
		r.SetObservedTimestamp(r.Timestamp())
		r.SetSeverityNumber(plog.SeverityNumberWarn)
		r.SetSeverityText(r.SeverityNumber().String())
		r.SetTraceID(v.trace)
		r.SetSpanID(v.span)
		name := p.all[k.policy].Name
		r.Body().SetStr(fmt.Sprintf("policy %s: %s of a call of %s to %s violates it", name, k.rule, or(k.service, "a service without a name"), or(k.model, "a model without a name")))
		p.put(&k, r.Attributes())
		r.Attributes().PutStr(p.prefix+"policy.verdict", verdictViolated)
		v.by.put(p.prefix, r.Attributes())
		r.Attributes().PutStr(p.prefix+"event.id", strings.Join([]string{name, k.rule, k.service, k.provider, k.model, day}, "/"))
		if len(keys) == eventsAtOnce {
			break
		}
	}
	return ld, keys, day
}
