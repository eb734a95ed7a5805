package tokencostconnector

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/inventory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
)

// catalog is the inventory: who calls which models. It is safe for concurrent
// use; every goroutine brings a lookout of its own.
type catalog struct {
	id        component.ID
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	names     inventoryNames
	resource  pcommon.Map   // of the events: the Collector that saw it
	events    consumer.Logs // nil without a logs pipeline
	storage   *component.ID
	hosts     *inventory.Hosts
	approvals *inventory.Approvals
	entries   *series.EntryStore
	now       func() time.Time

	store    *clientStore // nil without storage
	savedAt  time.Time
	interval time.Duration
}

// newCatalog returns nil unless an inventory is configured.
func newCatalog(set connector.Settings, cfg *Config, telemetry *metadata.TelemetryBuilder, now func() time.Time) (*catalog, error) {
	if !cfg.Inventory.HasValue() {
		return nil, nil
	}
	c := cfg.Inventory.Get()
	book, err := builtinBook()
	if err != nil {
		return nil, fmt.Errorf("inventory: %w", err)
	}
	return &catalog{
		id: set.ID, logger: set.Logger, telemetry: telemetry, names: inventoryNamesUnder(cfg.Prefix), resource: writer(set), storage: cfg.Storage,
		hosts: inventory.NewHosts(c.allHosts(book)), now: now, interval: cfg.MetricsFlushInterval,
		approvals: inventory.NewApprovals(c.rules(), func(provider string) string {
			if p := book.Provider(provider); p != nil {
				return p.ID
			}
			return ""
		}),
		entries: series.NewEntries(series.Options{Limit: c.Limit, Expiration: c.Expiration, Delta: cfg.Temporality == delta}),
	}, nil
}

// builtinBook is the price book of the program, which never changes. Here it
// tells hosts and names of providers, and no prices.
var builtinBook = sync.OnceValues(func() (*pricebook.Book, error) {
	layer, err := bookstore.Builtin()
	if err != nil {
		return nil, err
	}
	return pricebook.Load(layer)
})

// allHosts lists the configured hosts, those of the price book, and the others
// that are known. The first that matches counts.
func (c *InventoryConfig) allHosts(book *pricebook.Book) (hosts []inventory.Host) {
	for _, h := range c.Hosts {
		hosts = append(hosts, inventory.Host{Pattern: h.Host, Provider: h.Provider, Path: h.Path})
	}
	for pattern, provider := range book.Hosts() {
		hosts = append(hosts, inventory.OfBook(pattern, provider.ID))
	}
	return append(hosts, inventory.Known...)
}

// open begins with what was stored.
func (c *catalog) open(ctx context.Context, host component.Host) (err error) {
	if c.storage == nil {
		return nil
	}
	if c.store, err = openStore(ctx, host, *c.storage, c.id, "inventory"); err != nil {
		return err
	}
	return c.restore(ctx)
}

// tells tells of first sights, until it is stopped.
func (c *catalog) tells(ctx context.Context) {
	ticker := time.NewTicker(c.interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			c.tell(ctx, false)
		case <-ctx.Done():
			return
		}
	}
}

func (c *catalog) close(ctx context.Context) error {
	if c.store == nil {
		return nil
	}
	return c.store.client.Close(ctx)
}

// attributes describes an entry, whether to metrics, events or the store.
func (c *catalog) attributes(id *inventory.ID) pcommon.Map {
	attrs := pcommon.NewMap()
	for _, a := range [...]struct{ key, value string }{
		{attrkey.ServiceName, id.Service}, {attrkey.ProviderName, id.Provider}, {attrkey.ResponseModel, id.Model}, {attrkey.ServerAddress, id.Host},
	} {
		if a.value != "" {
			attrs.PutStr(a.key, a.value)
		}
	}
	attrs.PutStr(c.names.source, id.Source.String())
	attrs.PutStr(c.names.approved, c.approvals.Of(id).String())
	return attrs
}

// idOf is the reverse of attributes.
func (c *catalog) idOf(attrs pcommon.Map) (id inventory.ID) {
	text := func(key string) string {
		if v, ok := attrs.Get(key); ok {
			return v.Str()
		}
		return ""
	}
	id = inventory.ID{
		Service: text(attrkey.ServiceName), Provider: text(attrkey.ProviderName), Model: text(attrkey.ResponseModel), Host: text(attrkey.ServerAddress),
		Source: inventory.GenAI,
	}
	if text(c.names.source) == inventory.HTTP.String() {
		id.Source = inventory.HTTP
	}
	return id
}

// keyOf appends the key of an entry.
func keyOf(b []byte, id *inventory.ID) []byte {
	b = append(b, byte(id.Source))
	for _, s := range [...]string{id.Service, id.Provider, id.Model, id.Host} {
		b = field(b, s)
	}
	return b
}

// observe is the gauge of entries.
func (c *catalog) observe(_ context.Context, o metric.Int64Observer) error {
	o.Observe(int64(c.entries.Len()))
	return nil
}
