package tokencostconnector

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/budget"
)

// clientStore keeps records in a storage extension.
type clientStore struct{ client storage.Client }

// Load returns a record, or nil.
func (s *clientStore) Load(ctx context.Context, key string) ([]byte, error) {
	return s.client.Get(ctx, key)
}

// Save writes all records in one batch, which storage extensions with
// transactions, such as file_storage, write wholly or not at all.
func (s *clientStore) Save(ctx context.Context, records []budget.Record) error {
	ops := make([]*storage.Operation, 0, len(records))
	for _, r := range records {
		ops = append(ops, storage.SetOperation(r.Key, r.Value))
	}
	return s.client.Batch(ctx, ops...)
}

// openStore finds the storage extension of the configuration, and opens the
// store with the name in it.
func openStore(ctx context.Context, host component.Host, extension, id component.ID, name string) (*clientStore, error) {
	found, ok := host.GetExtensions()[extension]
	if !ok {
		return nil, fmt.Errorf("storage: extension %q is not there; list it in service.extensions", extension)
	}
	s, ok := found.(storage.Extension)
	if !ok {
		return nil, fmt.Errorf("storage: extension %q does not store; use one such as file_storage", extension)
	}
	client, err := s.GetClient(ctx, component.KindConnector, id, name)
	if err != nil {
		return nil, fmt.Errorf("storage: %q: %w", extension, err)
	}
	return &clientStore{client}, nil
}

// open begins with what was stored.
func (b *budgets) open(ctx context.Context, host component.Host) (err error) {
	var store budget.Store
	if b.storage != nil {
		if b.store, err = openStore(ctx, host, *b.storage, b.id, "budgets"); err != nil {
			return err
		}
		store = b.store
	}
	if b.ledger, err = budget.NewLedger(b.limits, store, b.now()); err != nil {
		return errors.Join(err, b.close(ctx))
	}
	if err := b.ledger.Load(ctx, b.now()); err != nil {
		if !errors.Is(err, budget.ErrRecord) {
			return errors.Join(err, b.close(ctx))
		}
		b.logger.Error("stored budgets are damaged", zap.Error(err))
	}
	return nil
}

func (b *budgets) close(ctx context.Context) error {
	if b.store == nil {
		return nil
	}
	return b.store.client.Close(ctx)
}
