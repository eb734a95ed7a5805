package attribution

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
)

// MinHashKey is the length in bytes of the shortest key that is accepted.
// Identifiers are few and often known, so that a key that can be guessed gives
// all of them away.
const MinHashKey = 16

// hashBytes is how much of the digest is kept: 128 bits, written as 32
// hexadecimal digits. Among a billion values two are the same with a
// probability below 1e-20.
const hashBytes = 16

// hasher replaces values by HMAC-SHA-256 under one key. The result depends on
// the key and the value alone, so that it is the same after restarts, in every
// replica, and for the same identifier in two dimensions.
type hasher struct {
	pool sync.Pool
}

func newHasher(key string) *hasher {
	return &hasher{pool: sync.Pool{New: func() any { return &digest{mac: hmac.New(sha256.New, []byte(key))} }}}
}

// digest is a hash with its buffers, which would escape for every value.
type digest struct {
	mac hash.Hash
	in  []byte // at most MaxValue
	sum [sha256.Size]byte
	hex [2 * hashBytes]byte
}

// hash is safe for concurrent use.
func (h *hasher) hash(value string) string {
	d := h.pool.Get().(*digest) //nolint:forcetypeassert,errcheck // the pool holds nothing else
	d.mac.Reset()
	d.in = append(d.in[:0], value...)
	_, _ = d.mac.Write(d.in) // a hash never fails
	hex.Encode(d.hex[:], d.mac.Sum(d.sum[:0])[:hashBytes])
	out := string(d.hex[:])
	h.pool.Put(d)
	return out
}
