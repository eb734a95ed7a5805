package series

import (
	"iter"
	"sync"
)

// numShards is how many locks share the series. Two cores meet in one of 64
// seldom enough not to wait for each other.
const numShards = 64

// shard is a part of the series with a lock of its own, on cache lines of its
// own. Series are found by the hashes of their keys, which are computed once to
// choose the shard already, and compared with the whole key.
type shard[X any, S member[X]] struct {
	mu     sync.Mutex
	byHash map[uint64]S
	others map[string]S // whose hash was another's when they came
	_      [64]byte
}

func (sh *shard[X, S]) get(hash uint64, key []byte) (S, bool) {
	if s, ok := sh.byHash[hash]; ok && s.common().key == string(key) {
		return s, true
	}
	s, ok := sh.others[string(key)]
	return s, ok
}

// put adds a series that is not there.
func (sh *shard[X, S]) put(hash uint64, s S) {
	if _, taken := sh.byHash[hash]; !taken {
		sh.byHash[hash] = s
		return
	}
	if sh.others == nil {
		sh.others = map[string]S{}
	}
	sh.others[s.common().key] = s
}

// remove drops a series that is there.
func (sh *shard[X, S]) remove(hash uint64, key string) {
	if s, ok := sh.byHash[hash]; ok && s.common().key == key {
		delete(sh.byHash, hash)
		return
	}
	delete(sh.others, key)
}

// all passes on every series. Those that had their turn may be removed meanwhile.
func (sh *shard[X, S]) all() iter.Seq[S] {
	return func(yield func(S) bool) {
		for _, s := range sh.byHash {
			if !yield(s) {
				return
			}
		}
		for _, s := range sh.others {
			if !yield(s) {
				return
			}
		}
	}
}
