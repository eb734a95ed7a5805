package dialect

// byParent joins each parent with the child that it stands for. The
// others are calls of their own, such as a second attempt.
func (d *Duplicates) byParent() {
	d.open(bySpan)
	for i := range d.seen {
		x := &d.seen[i]
		h := mix(traceHash(x.trace), spanHash(x.span))
		if j := d.copied(h, x); j >= 0 {
			d.same(int32(i), j)
		}
		d.push(bySpan, h, int32(i))
	}
	if !d.hanging {
		return
	}
	for i := range d.seen {
		if x := &d.seen[i]; !x.parent.IsEmpty() {
			d.adopt(int32(i), x)
		}
	}
	for i := range d.seen {
		if child := d.seen[i].child; child != 0 {
			d.same(int32(i), child-1)
			d.seen[i].inner, d.seen[child-1].outer = true, true
		}
	}
}

// copied returns the call that x is another copy of, or -1: exporters that try
// again deliver spans twice. A span id that many calls have tells nothing.
func (d *Duplicates) copied(h uint64, x *sighting) int32 {
	if x.span.IsEmpty() {
		return -1
	}
	n := 0
	for j := *d.slot(bySpan, h); j != 0 && n < chainBound; j = d.links[bySpan][j-1] {
		n++
		if y := &d.seen[j-1]; y.span == x.span && y.trace == x.trace && y.start == x.start && y.end == x.end && y.in == x.in && y.out == x.out {
			return j - 1
		}
	}
	return -1
}

// adopt makes a call the child of the parents that could stand for it, where
// they have no better one.
func (d *Duplicates) adopt(i int32, x *sighting) {
	n := 0
	for j := *d.slot(bySpan, mix(traceHash(x.trace), spanHash(x.parent))); j != 0; j = d.links[bySpan][j-1] {
		y := &d.seen[j-1]
		if y.span != x.parent || y.trace != x.trace || j-1 == i {
			continue
		}
		if n++; n > chainBound {
			x.contradicted = true
			return
		}
		if !stands(y, x) {
			continue
		}
		if y.child == 0 || first(x, &d.seen[y.child-1]) {
			y.child = i + 1
		}
	}
}

// first tells whether a parent stands rather for child a than for b: for the
// older one, but not for one without usage if the other has some.
func first(a, b *sighting) bool {
	if a.empty != b.empty {
		return b.empty
	}
	return older(a, b) < 0
}

// stands tells whether a parent can stand for a child. Counts that one of two
// instrumentations made itself need not be those of the other.
func stands(parent, child *sighting) bool {
	switch {
	case parent.empty:
		if parent.operation != child.operation {
			return false
		}
	case child.empty:
		return false
	case distinct(parent, child):
		return false
	case !alike(parent, child) && (parent.vague == child.vague || parent.scope == child.scope):
		return false
	}
	return consistent(parent, child)
}
