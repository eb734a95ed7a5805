package tokencount

// MaxPiece is the longest piece in bytes that is merged as a whole. Words,
// numbers and signs are shorter; longer ones are scripts without spaces, unbroken
// runs of one character, and binary data. They are merged in parts, cut between
// characters, which adds less than one token for each cut.
const MaxPiece = 256

// merger merges byte pairs. Its size is fixed.
type merger struct {
	next, prev [MaxPiece + 1]uint16
	pair       [MaxPiece]uint32 // rank of the token that the part at i and the next one make
	heap       []merge
	work       int64 // pairs looked up and taken from the heap
}

// merge is a possible one: of the lowest rank first, and then of the
// leftmost.
type merge struct{ rank, at uint32 }

func (x merge) before(y merge) bool {
	return x.rank < y.rank || x.rank == y.rank && x.at < y.at
}

// count returns the number of tokens of a piece, of at most MaxPiece bytes.
func (m *merger) count(v *vocabulary, s string) int {
	n := len(s)
	m.work++
	if n == 1 || v.rank(s) != noRank {
		return 1
	}
	m.heap = m.heap[:0]
	for i := range n {
		m.next[i], m.prev[i+1] = uint16(i+1), uint16(i)
		m.pair[i] = noRank
		if i+1 < n {
			m.put(i, v.pairs[int(s[i])<<8|int(s[i+1])])
		}
	}
	m.next[n] = uint16(n)
	parts := n
	for len(m.heap) > 0 {
		x := m.pop()
		i := int(x.at)
		if m.pair[i] != x.rank {
			continue // it was merged with another since
		}
		parts--
		gone := int(m.next[i])
		end := int(m.next[gone])
		m.pair[gone] = noRank
		m.next[i], m.prev[end] = uint16(end), uint16(i)
		m.look(v, s, i)
		if i > 0 {
			m.look(v, s, int(m.prev[i]))
		}
	}
	return parts
}

// look ranks the pair that begins at i anew.
func (m *merger) look(v *vocabulary, s string, i int) {
	m.pair[i] = noRank
	if second := int(m.next[i]); second < len(s) {
		m.put(i, v.rank(s[i:m.next[second]]))
	}
}

// put notes a possible merge.
func (m *merger) put(i int, rank uint32) {
	m.work++
	if rank == noRank {
		return
	}
	m.pair[i] = rank
	m.heap = append(m.heap, merge{rank, uint32(i)})
	for k := len(m.heap) - 1; k > 0; {
		up := (k - 1) / 2
		if !m.heap[k].before(m.heap[up]) {
			break
		}
		m.heap[k], m.heap[up] = m.heap[up], m.heap[k]
		k = up
	}
}

// pop takes the first merge.
func (m *merger) pop() merge {
	m.work++
	h := m.heap
	first := h[0]
	last := len(h) - 1
	h[0] = h[last]
	h = h[:last]
	m.heap = h
	for k := 0; ; {
		down := 2*k + 1
		if down >= last {
			return first
		}
		if down+1 < last && h[down+1].before(h[down]) {
			down++
		}
		if !h[down].before(h[k]) {
			return first
		}
		h[k], h[down] = h[down], h[k]
		k = down
	}
}
