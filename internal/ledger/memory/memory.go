// Package memory keeps a ledger in memory: for reports over files, and as what
// other stores are tested against. Nothing of it outlives the process.
package memory

import (
	"context"
	"math/big"
	"sync"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Store is a ledger in memory. Its methods may be called from any goroutine.
// What is read is a snapshot: functions that readers pass things to may write.
type Store struct {
	mu       sync.RWMutex
	contexts map[int64]*ledger.Context
	calls    map[ledger.Key][]*ledger.Row // the versions; rows are never changed once they are here
	hours    map[ledger.SumKey]*sum
	days     map[ledger.SumKey]*sum
	runs     []ledger.Run
	closed   int64 // unix seconds
	expired  int64 // until when calls are, unix seconds
}

var _ ledger.Store = (*Store)(nil)

// sum is what calls of an hour or day add up to.
type sum struct {
	calls   int64
	amounts [ledger.NumAmounts]big.Int
	tokens  [ledger.NumTokens]int64
	items   []int64 // of hours
}

// New returns an empty ledger.
func New() *Store {
	return &Store{
		contexts: map[int64]*ledger.Context{},
		calls:    map[ledger.Key][]*ledger.Row{},
		hours:    map[ledger.SumKey]*sum{},
		days:     map[ledger.SumKey]*sum{},
		expired:  ledger.NothingExpired,
	}
}

// Close does nothing.
func (s *Store) Close() error { return nil }

// The parts of Size that are not text.
const (
	rowSize = 400
	sumSize = 600
)

// Size estimates the bytes that the store takes.
func (s *Store) Size(context.Context) (int64, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	size := int64(sumSize * (len(s.hours) + len(s.days)))
	for _, c := range s.contexts {
		for _, f := range ledger.Fields {
			size += int64(len(*f.At(c)))
		}
	}
	for _, versions := range s.calls {
		for _, r := range versions {
			size += int64(rowSize + len(r.User) + len(r.Session) + len(r.Response) + len(r.Usage) + 8*len(r.Quantities))
		}
	}
	return size, nil
}
