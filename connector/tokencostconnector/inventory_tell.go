package tokencostconnector

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/budget"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/inventory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
)

// inventoryNames are those of metrics, events and attributes under the prefix.
type inventoryNames struct {
	calls, spend, tokens, firstSeen, lastSeen string
	source, approved, priced, currency        string
}

func inventoryNamesUnder(prefix string) inventoryNames {
	k := attrkey.Under(prefix)
	p := k.Prefix + "inventory."
	return inventoryNames{
		calls: p + "calls", spend: p + "spend", tokens: p + "tokens", firstSeen: p + "first_seen", lastSeen: p + "last_seen",
		source: k.Prefix + "source", approved: k.Prefix + "approved", priced: k.Prefix + "priced", currency: k.Currency,
	}
}

// inventory adds the entries to the metrics of a flush, and tells how many
// expired. The overflow entry has calls only: it stands for many.
func (b *builder) inventory(c *catalog, now time.Time) (expired int) {
	n := &c.names
	return c.entries.Collect(now, func(e *series.Entry) {
		for _, x := range [...]struct {
			priced bool
			calls  int64
		}{{true, e.Priced}, {false, e.Unpriced}} {
			if x.calls > 0 {
				p := b.point(b.sum(n.calls, "{call}", "Calls and requests of a service to a provider, by whether there is a price."), &e.Common)
				p.Attributes().PutBool(n.priced, x.priced)
				p.SetIntValue(x.calls)
			}
		}
		if e.IsOverflow() {
			return
		}
		for i := range e.Spend {
			s := &e.Spend[i]
			p := b.point(b.sum(n.spend, "{"+s.Currency+"}", "Cost of the calls of a service to a model."), &e.Common)
			p.Attributes().PutStr(n.currency, s.Currency)
			p.SetDoubleValue(s.Amount.Float64())
		}
		if e.Tokens > 0 {
			b.point(b.sum(n.tokens, "{token}", "Tokens of the calls of a service to a model."), &e.Common).SetIntValue(e.Tokens)
		}
		b.instant(n.firstSeen, "When the Collector first saw a call of a service to a provider, in seconds since 1970.", e, e.First)
		b.instant(n.lastSeen, "When the Collector last saw a call of a service to a provider, in seconds since 1970.", e, e.Last())
	})
}

func (b *builder) instant(name, description string, e *series.Entry, at time.Time) {
	m, fresh := b.metric(name, "s", description)
	if fresh {
		m.SetEmptyGauge()
	}
	p := m.Gauge().DataPoints().AppendEmpty()
	p.SetTimestamp(b.at)
	p.SetIntValue(at.Unix())
	e.Attributes.CopyTo(p.Attributes())
}

const (
	// eventsAtOnce bounds the events of one request.
	eventsAtOnce = 1000
	// saveEvery is how long a crash can set the time of the last call back.
	saveEvery = 5 * time.Minute
)

// tell sends an event for each new entry, and stores the entries that were told.
// An entry is stored after its event only: a crash between them makes the event
// be sent again, and none is missed.
func (c *catalog) tell(ctx context.Context, last bool) {
	told := c.events == nil && c.markTold()
	if c.events != nil {
		told = c.send(ctx)
	}
	if now := c.now(); c.store != nil && (told || last || now.Sub(c.savedAt) >= saveEvery) {
		c.save(ctx, now)
	}
}

// markTold is for a Collector that takes no events.
func (c *catalog) markTold() (some bool) {
	series.Each(c.entries, func(e *series.Entry) {
		some = some || !e.Told
		e.Told = true
	})
	return some
}

// send sends the events that are due, and reports whether there were any. Those
// that are refused are sent with the next tick.
func (c *catalog) send(ctx context.Context) (some bool) {
	var fresh []*series.Entry
	series.Each(c.entries, func(e *series.Entry) {
		if !e.Told && !e.IsOverflow() {
			fresh = append(fresh, e)
		}
	})
	for len(fresh) > 0 && ctx.Err() == nil {
		n := min(len(fresh), eventsAtOnce)
		if err := c.events.ConsumeLogs(ctx, c.log(fresh[:n])); err != nil {
			c.logger.Warn("events of the inventory were refused; they are sent again", zap.Int("events", len(fresh)), zap.Error(err))
			return some
		}
		for _, e := range fresh[:n] {
			e.Told = true
		}
		c.telemetry.ConnectorTokenCostInventoryEvents.Add(ctx, int64(n))
		fresh, some = fresh[n:], true
	}
	return some
}

// log writes the events of new entries. What it reads of them is fixed.
func (c *catalog) log(fresh []*series.Entry) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	c.resource.CopyTo(rl.Resource().Attributes())
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(metadata.ScopeName)
	for _, e := range fresh {
		id := c.idOf(e.Attributes)
		r := sl.LogRecords().AppendEmpty()
		r.SetEventName(c.names.firstSeen)
		r.SetTimestamp(pcommon.NewTimestampFromTime(e.First))
		r.SetObservedTimestamp(r.Timestamp())
		r.SetTraceID(e.Trace)
		r.SetSpanID(e.Span)
		e.Attributes.CopyTo(r.Attributes())
		r.SetSeverityNumber(plog.SeverityNumberInfo)
		if v, _ := r.Attributes().Get(c.names.approved); v.Str() == inventory.Unapproved.String() {
			r.SetSeverityNumber(plog.SeverityNumberWarn)
		}
		r.SetSeverityText(r.SeverityNumber().String())
		r.Body().SetStr(firstSight(&id))
	}
	return ld
}

// firstSight says in words what an event is about.
func firstSight(id *inventory.ID) string {
	service := or(id.Service, "a service without a name")
	if id.Source == inventory.HTTP {
		return service + " sent its first request to " + id.Host + " (" + id.Provider + ")"
	}
	return service + " made its first call of " + or(id.Model, "a model without a name") + " (" + or(id.Provider, "provider not told") + ")"
}

const inventoryKey = "inventory"

// restore begins with what was told before. A list that cannot be read is told
// anew.
func (c *catalog) restore(ctx context.Context) error {
	b, err := c.store.Load(ctx, inventoryKey)
	if err != nil {
		return errors.Join(err, c.close(ctx))
	}
	records, err := inventory.Decode(b)
	if err != nil {
		c.logger.Error("first sights are told anew", zap.Error(err))
	}
	now := c.now()
	for i := range records {
		if id, first, last, ok := records[i].Entry(); ok {
			series.Restore(c.entries, keyOf(nil, &id), c.attributes(&id), first, last, now)
		}
	}
	c.savedAt = now
	return nil
}

// save stores the entries that were told.
func (c *catalog) save(ctx context.Context, now time.Time) {
	var records []inventory.Record
	series.Each(c.entries, func(e *series.Entry) {
		if e.Told && !e.IsOverflow() {
			id := c.idOf(e.Attributes)
			records = append(records, inventory.NewRecord(&id, e.First, e.Last()))
		}
	})
	c.savedAt = now // or tried to, which is enough for the next try to wait
	b, err := inventory.Encode(records)
	if err == nil {
		err = c.store.Save(ctx, []budget.Record{{Key: inventoryKey, Value: b}})
	}
	if err != nil {
		c.telemetry.ConnectorTokenCostInventoryStorageFailures.Add(ctx, 1)
		c.logger.Error("the inventory cannot be stored; after a restart its events would be sent again", zap.Error(err))
	}
}
