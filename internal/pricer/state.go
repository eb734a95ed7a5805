package pricer

import (
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attribution"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// maxPending is how many calls are held to find those seen twice. Further ones
// of a batch are compared among themselves.
const maxPending = dialect.MaxCompared

// maxKept is how many calls a state keeps room for between batches.
const maxKept = 1 << 13

// state is what pricing a batch needs besides the batch: one per goroutine.
type state struct {
	scratch    dialect.Scratch
	duplicates dialect.Duplicates
	pending    []pending
	book       *pricebook.Book // in force, while calls are compared and priced
	result     engine.Result
	estimator  *estimator // nil until tokens are counted
	found      attribution.Found
	meters     meters
	text       []byte // room for calculations
}

// pending is a call that was read and waits for the rest of its batch.
type pending struct {
	call call.Call
	at   subject
	seen int    // its number in duplicates
	from string // the emitter, for visits
}

func (p *Pricer) take() *state {
	select {
	case s := <-p.idle:
		return s
	default:
		s := new(state)
		s.duplicates.Known = s.knows
		return s
	}
}

// knows tells whether the book knows the model of a call, by its number among
// those that are compared. Not every pending call is.
func (s *state) knows(n int) bool {
	for i := n; i < len(s.pending); i++ {
		if s.pending[i].seen == n {
			return engine.Knows(s.book, &s.pending[i].call)
		}
	}
	return true
}

// give keeps a state for the next batch, at most two for each processor.
func (p *Pricer) give(s *state) {
	select {
	case p.idle <- s:
	default:
	}
}

// next returns the place after the pending calls.
func (s *state) next() *pending {
	n := len(s.pending)
	if n == cap(s.pending) {
		s.pending = slices.Grow(s.pending, min(n+64, maxPending-n))
	}
	return &s.pending[:n+1][n]
}
