package interaction

import (
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// tree finds what is above the calls of an action. It looks each span up once,
// however deep the tree is and whatever parents spans claim to have.
type tree struct {
	nodes []branch
	path  []int
}

type branch struct {
	id, parent pcommon.SpanID
	kind       Kind
	state      visit
	above      above // with the span itself
}

// above is what stands between the root and a call.
type above struct {
	agents  uint16         // agents
	levels  uint16         // agents, tools and retrievers
	tool    Kind           // the nearest tool or retriever, or Ordinary
	last    Kind           // the nearest span
	home    pcommon.SpanID // the nearest span that is no step, chain or the like
	missing bool           // the way up ends at a span that did not come
}

type visit uint8

const (
	unseen visit = iota
	onPath
	done
)

// grow builds the tree of an action. Of spans with the same id one that is no
// ordinary span counts; calls are spans too.
func (t *tree) grow(x *open) {
	t.nodes = t.nodes[:0]
	for _, n := range x.spans {
		t.nodes = append(t.nodes, branch{id: n.id, parent: n.parent, kind: n.kind})
	}
	for i := range x.calls {
		if c := &x.calls[i]; !c.id.IsEmpty() {
			t.nodes = append(t.nodes, branch{id: c.id, parent: c.parent})
		}
	}
	slices.SortFunc(t.nodes, func(a, b branch) int {
		if c := compareIDs(a.id, b.id); c != 0 {
			return c
		}
		if a.kind != b.kind {
			return int(b.kind) - int(a.kind)
		}
		return compareIDs(a.parent, b.parent)
	})
	t.nodes = slices.CompactFunc(t.nodes, func(a, b branch) bool { return a.id == b.id })
}

func (t *tree) find(id pcommon.SpanID) (int, bool) {
	return slices.BinarySearchFunc(t.nodes, id, func(b branch, id pcommon.SpanID) int { return compareIDs(b.id, id) })
}

// above returns what is above a span with this parent.
func (t *tree) above(parent pcommon.SpanID) above {
	t.path = t.path[:0]
	var a above
	for id := parent; !id.IsEmpty(); {
		i, ok := t.find(id)
		if !ok {
			a.missing, a.home = true, id
			break
		}
		b := &t.nodes[i]
		if b.state == done {
			a = b.above
			break
		}
		if b.state == onPath {
			break // parents in a circle: taken as a root
		}
		b.state = onPath
		t.path = append(t.path, i)
		id = b.parent
	}
	for _, i := range slices.Backward(t.path) {
		b := &t.nodes[i]
		a.step(b)
		b.above, b.state = a, done
	}
	return a
}

func (a *above) step(b *branch) {
	switch b.kind {
	case Agent:
		a.agents, a.levels = inc(a.agents), inc(a.levels)
	case ToolUse, Retriever:
		if a.tool = b.kind; a.last != b.kind { // right below one of its kind it is the same tool, as with Claude Code
			a.levels = inc(a.levels)
		}
	}
	if a.last = b.kind; b.kind != Other {
		a.home = b.id
	}
}

func inc(n uint16) uint16 { return min(n, math.MaxUint16-1) + 1 }
