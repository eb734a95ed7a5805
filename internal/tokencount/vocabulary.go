package tokencount

import (
	"fmt"
	"math"
	"sync"

	loader "github.com/pkoukk/tiktoken-go-loader"
)

// vocabulary finds tokens by their bytes. A token's rank is its number, and the
// order in which pairs are merged.
type vocabulary struct {
	ranks map[string]int
	pairs [1 << 16]uint32 // ranks of two bytes, noRank for what is no token
}

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
	v := &vocabulary{ranks: ranks}
	for i := range v.pairs {
		v.pairs[i] = v.rank(string([]byte{byte(i >> 8), byte(i)}))
	}
	return v, nil
}

func (v *vocabulary) rank(s string) uint32 {
	if n, ok := v.ranks[s]; ok {
		return uint32(n)
	}
	return noRank
}
