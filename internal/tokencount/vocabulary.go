package tokencount

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"hash/maphash"
	"math"
	"math/bits"
	"strconv"
	"sync"

	"github.com/pkoukk/tiktoken-go-loader/assets"
)

// vocabulary finds tokens by their bytes. A token's rank is its number, and the
// order in which pairs are merged. It has no pointers for each token, so that
// the garbage collector has nothing to follow.
type vocabulary struct {
	text  string          // all tokens in the order of their ranks
	ends  []uint32        // where each one ends in text
	slots []uint32        // by hash: rank plus one, and above it bits of the hash; zero is free
	pairs [1 << 16]uint32 // ranks of two bytes, noRank for what is no token
	seed  maphash.Seed
}

// The longest token of either vocabulary has 128 bytes, and ranks have 18 bits.
const (
	maxToken = 128
	rankBits = 18
	rankMask = 1<<rankBits - 1
)

// noRank is the rank of what is no token.
const noRank = math.MaxUint32

// vocabularies are shared by the whole process and loaded when one is first
// used. They come with the program, so that loading fails only if the program
// was built wrong.
var vocabularies = [numEncodings]func() (*vocabulary, error){
	O200K:  sync.OnceValues(func() (*vocabulary, error) { return load(O200K) }),
	CL100K: sync.OnceValues(func() (*vocabulary, error) { return load(CL100K) }),
}

// sizes are the numbers of tokens, special ones apart.
var sizes = [numEncodings]int{O200K: 199_998, CL100K: 100_256}

// load reads an embedded file of lines "token in base64, space, rank" in the
// order of the ranks.
func load(e Encoding) (*vocabulary, error) {
	file, err := assets.Assets.ReadFile(e.String() + ".tiktoken")
	if err != nil {
		return nil, fmt.Errorf("vocabulary %s: %w", e, err)
	}
	v := &vocabulary{ends: make([]uint32, 0, sizes[e])}
	text := make([]byte, 0, len(file)/2)
	for line := range bytes.Lines(file) {
		token, rank, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" "))
		start := len(text)
		if text, err = base64.StdEncoding.AppendDecode(text, token); err != nil {
			return nil, fmt.Errorf("vocabulary %s, token %d: %w", e, len(v.ends), err)
		}
		if n, err := strconv.Atoi(string(rank)); err != nil || n != len(v.ends) || len(text)-start > maxToken {
			return nil, fmt.Errorf("vocabulary %s: token %d has rank %q and %d bytes", e, len(v.ends), rank, len(text)-start)
		}
		v.ends = append(v.ends, uint32(len(text)))
	}
	if len(v.ends) != sizes[e] {
		return nil, fmt.Errorf("vocabulary %s has %d tokens instead of %d", e, len(v.ends), sizes[e])
	}
	v.text = string(text)
	v.index()
	return v, nil
}

// index makes tokens be found by their bytes.
func (v *vocabulary) index() {
	v.seed = maphash.MakeSeed()
	v.slots = make([]uint32, 1<<bits.Len(uint(2*len(v.ends))))
	for rank := range uint32(len(v.ends)) {
		h := maphash.String(v.seed, v.token(rank))
		i := v.slot(h)
		for v.slots[i] != 0 {
			i = v.slot(i + 1)
		}
		v.slots[i] = tag(h) | (rank + 1)
	}
	for i := range v.pairs {
		v.pairs[i] = v.rank(string([]byte{byte(i >> 8), byte(i)}))
	}
}

// slot brings a hash, or the number after a slot, into the table.
func (v *vocabulary) slot(h uint64) uint64 { return h & uint64(len(v.slots)-1) }

// tag is the part of a hash that is kept beside the rank.
func tag(h uint64) uint32 { return uint32(h>>32) &^ rankMask }

// rank returns the rank of a token, or noRank.
func (v *vocabulary) rank(s string) uint32 {
	if len(s) > maxToken {
		return noRank
	}
	h := maphash.String(v.seed, s)
	t := tag(h)
	for i := v.slot(h); ; i = v.slot(i + 1) {
		x := v.slots[i]
		if x == 0 {
			return noRank
		}
		if x&^rankMask == t {
			if rank := x&rankMask - 1; v.token(rank) == s {
				return rank
			}
		}
	}
}

// token returns the bytes of a token.
func (v *vocabulary) token(rank uint32) string {
	start := uint32(0)
	if rank > 0 {
		start = v.ends[rank-1]
	}
	return v.text[start:v.ends[rank]]
}
