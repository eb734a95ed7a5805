package report

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// maxSightings bounds the memory that counting traces takes, to about 40 bytes
// each. Beyond it traces are read several times, a part of them each time.
var maxSightings = int64(4_000_000)

// sighting is a trace in which calls of a context were seen.
type sighting struct {
	id      [16]byte
	lastEnd int64
	group   int32 // none if the calls do not meet the conditions
	failed  bool
}

// countInteractions counts the traces of every group, and of every block over
// the whole time.
func (c *collection) countInteractions(ctx context.Context, r ledger.Reader, report *Report) error {
	for _, d := range c.q.By {
		if d.billing {
			return errors.New("calls of one trace may be booked in several billing periods; ask for interactions by month, not by billing_period")
		}
	}
	for _, w := range c.q.Where {
		if w.dimension.billing {
			return errors.New("interactions cannot be counted by billing_period, since calls of one trace may be booked in several")
		}
	}
	n := &interactionCount{collection: c, ctx: ctx, reader: r, passes: 1 + int(c.calls/maxSightings), seed: maphash.MakeSeed()}
	rounds := 1
	if len(c.buckets) > 1 {
		rounds = 2
	}
	n.total = c.calls * int64(n.passes) * int64(rounds)
	if len(c.buckets) > 1 {
		if err := n.count(c.q.span(), report, func(*Group) bool { return false }); err != nil {
			return err
		}
	}
	for i, b := range c.buckets {
		span := ledger.Span{From: b.From.UnixNano(), Until: b.Until.UnixNano()}
		if err := n.count(span, report, func(g *Group) bool { return g.bucket == i }); err != nil {
			return err
		}
	}
	return nil
}

type interactionCount struct {
	*collection
	ctx    context.Context //nolint:containedctx // it lives within one call
	reader ledger.Reader
	passes int
	seed   maphash.Seed
	done   int64
	total  int64
}

// count counts traces within a span: of groups that are asked for, and of blocks
// if the span is the whole one.
func (n *interactionCount) count(span ledger.Span, report *Report, asked func(*Group) bool) error {
	index := map[foldKey]int32{} // of groups by currency and key
	var figures []*Figures
	var blocks []int32 // the block's number of each
	for i := range report.Blocks {
		b := &report.Blocks[i]
		blockAt := int32(none)
		if span == n.q.span() {
			blockAt = int32(len(figures))
			figures, blocks = append(figures, b.Total), append(blocks, none)
		}
		for j := range b.Groups {
			if g := &b.Groups[j]; asked(g) {
				index[foldKey{b.Currency, g.key}] = int32(len(figures))
				figures, blocks = append(figures, g.Figures), append(blocks, blockAt)
			}
		}
		if blockAt != none {
			index[foldKey{b.Currency, none}] = blockAt
		}
	}
	for _, f := range figures {
		f.Interactions = &Interactions{Traceless: f.Calls}
	}
	for pass := range n.passes {
		seen, err := n.read(span, pass, index, figures, blocks)
		if err != nil {
			return err
		}
		tally(seen, figures, blocks)
	}
	for _, f := range figures {
		f.Interactions.Traceless = max(0, f.Interactions.Traceless) // calls may have come since the sums were read
	}
	return nil
}

// read returns the sightings of one pass.
func (n *interactionCount) read(span ledger.Span, pass int, index map[foldKey]int32, figures []*Figures, blocks []int32) ([]sighting, error) {
	var seen []sighting
	err := n.reader.Traces(n.ctx, span, func(t *ledger.Trace) error {
		if n.done += t.Calls; n.q.Progress != nil {
			n.q.Progress(min(n.done, n.total), n.total)
		}
		if n.passes > 1 && maphash.Bytes(n.seed, t.ID[:])%uint64(n.passes) != uint64(pass) {
			return nil
		}
		x := n.contexts[t.Context]
		if x == nil {
			return nil // it came after the sums were read
		}
		s := sighting{t.ID, t.LastEnd, n.groupOf(t.Context, x, index), x.Failed()}
		for g := s.group; g != none; g = blocks[g] {
			figures[g].Interactions.Traceless -= t.Calls
		}
		seen = append(seen, s)
		return nil
	})
	slices.SortFunc(seen, func(a, b sighting) int { return bytes.Compare(a.id[:], b.id[:]) })
	return seen, err
}

// groupOf finds the group of a context, the block if its group is not asked for,
// or none.
func (n *interactionCount) groupOf(id int64, x *ledger.Context, index map[foldKey]int32) int32 {
	key := n.key(x, booked{id, 0}) // no dimension depends on the billing period
	if key == none {
		return none
	}
	k := foldKey{x.Currency, key}
	if k.currency == "" {
		k.currency = n.single
	}
	if n.folded[k] == others {
		k.key = others
	}
	if g, ok := index[k]; ok {
		return g
	}
	if g, ok := index[foldKey{k.currency, none}]; ok {
		return g
	}
	return none
}

// tally counts each trace once for every group that it has calls of. A trace
// succeeded if none of the calls that ended last failed, whatever their group.
func tally(sorted []sighting, figures []*Figures, blocks []int32) {
	for len(sorted) > 0 {
		end := 1
		for end < len(sorted) && sorted[end].id == sorted[0].id {
			end++
		}
		trace := sorted[:end]
		sorted = sorted[end:]
		last := slices.MaxFunc(trace, func(a, b sighting) int { return cmp.Compare(a.lastEnd, b.lastEnd) }).lastEnd
		failed := slices.ContainsFunc(trace, func(s sighting) bool { return s.failed && s.lastEnd == last })
		var groups []int32
		for _, s := range trace {
			for g := s.group; g != none; g = blocks[g] {
				groups = append(groups, g)
			}
		}
		slices.Sort(groups)
		for _, g := range slices.Compact(groups) {
			figures[g].Interactions.Traces++
			if !failed {
				figures[g].Interactions.Successful++
			}
		}
	}
}
