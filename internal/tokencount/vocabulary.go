package tokencount

import (
	"fmt"
	"hash/maphash"
	"math"
	"math/bits"
	"strings"
	"sync"

	loader "github.com/pkoukk/tiktoken-go-loader"
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

func load(e Encoding) (*vocabulary, error) {
	ranks, err := loader.NewOfflineLoader().LoadTiktokenBpe(e.String() + ".tiktoken")
	if err != nil {
		return nil, fmt.Errorf("vocabulary %s: %w", e, err)
	}
	if len(ranks) != sizes[e] {
		return nil, fmt.Errorf("vocabulary %s has %d tokens instead of %d", e, len(ranks), sizes[e])
	}
	tokens := make([]string, len(ranks))
	for token, rank := range ranks {
		if rank < 0 || rank >= len(tokens) || len(token) > maxToken {
			return nil, fmt.Errorf("vocabulary %s: token %d of %d bytes does not fit", e, rank, len(token))
		}
		tokens[rank] = token
	}
	return index(tokens), nil
}

// index builds the vocabulary of the tokens by rank.
func index(tokens []string) *vocabulary {
	v := &vocabulary{text: strings.Join(tokens, ""), ends: make([]uint32, len(tokens)), seed: maphash.MakeSeed()}
	v.slots = make([]uint32, 1<<bits.Len(uint(2*len(tokens))))
	end := uint32(0)
	for rank, token := range tokens {
		end += uint32(len(token))
		v.ends[rank] = end
		h := maphash.String(v.seed, token)
		i := v.slot(h)
		for v.slots[i] != 0 {
			i = (i + 1) & uint64(len(v.slots)-1)
		}
		v.slots[i] = tag(h) | uint32(rank+1)
	}
	for i := range v.pairs {
		v.pairs[i] = v.rank(string([]byte{byte(i >> 8), byte(i)}))
	}
	return v
}

func (v *vocabulary) slot(h uint64) uint64 { return h & uint64(len(v.slots)-1) }

func tag(h uint64) uint32 { return uint32(h>>32) &^ rankMask }

// rank returns the rank of a token, or noRank.
func (v *vocabulary) rank(s string) uint32 {
	if len(s) > maxToken {
		return noRank
	}
	h := maphash.String(v.seed, s)
	t := tag(h)
	for i := v.slot(h); ; i = (i + 1) & uint64(len(v.slots)-1) {
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

func (v *vocabulary) token(rank uint32) string {
	start := uint32(0)
	if rank > 0 {
		start = v.ends[rank-1]
	}
	return v.text[start:v.ends[rank]]
}
