// Package contextset remembers which contexts a ledger's server has stored, so
// that they are not sent with every batch, and finds two with the same number.
package contextset

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Digest tells contexts apart that have the same number.
type Digest [sha256.Size]byte

// DigestOf returns the digest of the fields of a context as they are stored.
func DigestOf(texts []string) Digest {
	var b []byte
	for _, text := range texts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
		b = append(b, text...)
	}
	return sha256.Sum256(b)
}

// Clean makes text that servers hold: they refuse or change zero bytes and
// invalid UTF-8.
func Clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, string(utf8.RuneError))
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", string(utf8.RuneError))
	}
	return s
}

// Texts returns the fields of a context as they are stored.
func Texts(c *ledger.Context) []string {
	out := make([]string, len(ledger.Fields))
	for i, f := range ledger.Fields {
		out[i] = Clean(*f.At(c))
	}
	return out
}

// maxKnown bounds the contexts that are remembered.
const maxKnown = 1 << 14

// Set remembers contexts that are stored for sure.
type Set struct {
	mu      sync.Mutex
	digests map[int64]Digest
}

// New returns an empty set.
func New() *Set { return &Set{digests: map[int64]Digest{}} }

// Add remembers more, and forgets all before when there are too many. It is for
// contexts of committed transactions.
func (s *Set) Add(stored map[int64]Digest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.digests)+len(stored) > maxKnown {
		clear(s.digests)
	}
	if len(stored) <= maxKnown {
		maps.Copy(s.digests, stored)
	}
}

func (s *Set) get(id int64) (Digest, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.digests[id]
	return d, ok
}

// Missing returns the contexts of rows that are not known to be stored.
func (s *Set) Missing(rows []*ledger.Row) (map[int64][]string, error) {
	seen := map[*ledger.Context]int64{} // rows of a batch share contexts
	digests := map[int64]Digest{}
	missing := map[int64][]string{}
	for _, r := range rows {
		if id, ok := seen[r.Context]; ok && id == r.ContextID {
			continue
		}
		if r.Context == nil {
			return nil, fmt.Errorf("%w: the row of a call at %d has no context", ledger.ErrPermanent, r.Start)
		}
		seen[r.Context] = r.ContextID
		texts := Texts(r.Context)
		d := DigestOf(texts)
		stored, ok := s.get(r.ContextID)
		if !ok {
			if stored, ok = digests[r.ContextID]; !ok {
				missing[r.ContextID], digests[r.ContextID], stored = texts, d, d
			}
		}
		if stored != d {
			return nil, Collision(r.ContextID)
		}
	}
	return missing, nil
}

// Collision is the error about two contexts with one number.
func Collision(id int64) error {
	return fmt.Errorf("%w: two contexts have the number %d", ledger.ErrPermanent, id)
}
