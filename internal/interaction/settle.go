package interaction

import (
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// settler decides the roles of the calls of an action. It is memory that is
// used again.
type settler struct {
	tree   tree
	action Action
	models []share
}

// share is what one model did on the top level of an action.
type share struct {
	model  uint64
	cost   money.Amount
	tokens int64
	first  order
}

// settle closes the account of an action. The result depends on its spans only,
// not on the order in which they came.
func (s *settler) settle(x *open, lastOnly bool) *Action {
	a := &s.action
	*a = Action{Values: x.values, Spends: a.Spends[:0], flags: x.flags}
	if len(x.calls)+len(x.rest) == 0 {
		return a
	}
	slices.SortFunc(x.calls, earlier)
	s.tree.grow(x)
	unsure := false
	for i := range x.calls {
		c := &x.calls[i]
		up := s.tree.above(c.parent)
		c.agents, c.depth, c.home = up.agents, inc(up.levels), up.home
		unsure = unsure || up.missing && x.lost
		if c.role == Undecided {
			c.role = below(c, up)
		}
	}
	markRetries(x.calls)
	s.top(x.calls, lastOnly)
	a.unsure = unsure || len(x.rest) > 0
	s.add(x)
	return a
}

// earlier orders calls by time; all that could tell two apart takes part, so
// that the order is always the same.
func earlier(a, b made) int {
	if c := (order{a.start, a.id}).compare(order{b.start, b.id}); c != 0 {
		return c
	}
	for _, d := range [...]int64{int64(a.end) - int64(b.end), a.tokens - b.tokens, a.input - b.input} {
		if d != 0 {
			return int(d>>63) | 1
		}
	}
	if c := a.cost.Cmp(b.cost); c != 0 {
		return c
	}
	if a.model != b.model {
		if a.model < b.model {
			return -1
		}
		return 1
	}
	return compareIDs(a.parent, b.parent)
}

// below decides what does not depend on other calls.
func below(c *made, up above) Role {
	switch {
	case c.failed:
		return Failed
	case c.retrieves:
		return Retrieval
	case up.tool == ToolUse:
		return Tool
	case up.tool == Retriever:
		return Retrieval
	}
	return Undecided
}

// markRetries finds failed calls that were made again: a later call below the
// same span, steps and chains aside, asks the same model, with as much input as
// far as both tell it. Calls are in the order of time.
func markRetries(calls []made) {
	for i := range calls {
		c := &calls[i]
		if c.role != Failed || !c.failed {
			continue
		}
		for j := i + 1; j < len(calls); j++ {
			if again(c, &calls[j]) {
				c.role = Retry
				break
			}
		}
	}
}

func again(c, d *made) bool {
	return d.home == c.home && d.start >= c.end && d.retrieves == c.retrieves && sameModel(c, d) &&
		(c.input == 0 || d.input == 0 || c.input == d.input)
}

// sameModel tells whether two calls asked for one model. Where only one name is
// told, it is the one that was asked for if a call failed, and the served one if not.
func sameModel(c, d *made) bool {
	if c.asked != 0 && c.asked == d.asked || c.model == d.model {
		return true
	}
	return c.asked != 0 && c.asked == d.model || d.asked != 0 && d.asked == c.model
}

// top decides the roles of calls that are neither failed nor below a tool: the
// main model is the one that cost most on the top level.
func (s *settler) top(calls []made, lastOnly bool) {
	level := topLevel(calls)
	s.models = s.models[:0]
	for i := range calls {
		c := &calls[i]
		switch {
		case c.role != Undecided:
		case c.agents > level:
			c.role = SubAgent
		default:
			s.count(c)
		}
	}
	if len(s.models) == 0 {
		onlyRetrieval(calls)
		return
	}
	main := slices.MaxFunc(s.models, share.compare).model
	last := -1
	for i := range calls {
		c := &calls[i]
		if c.role != Undecided {
			continue
		}
		c.role = OtherModel
		if c.model == main {
			if lastOnly && last >= 0 {
				calls[last].role = Step
			}
			c.role, last = Primary, i
		}
	}
}

// topLevel is the number of agents above the calls that answer the user: one,
// or more where frameworks put one agent around another.
func topLevel(calls []made) uint16 {
	level, found := uint16(0), false
	for i := range calls {
		if c := &calls[i]; c.role == Undecided && (!found || c.agents < level) {
			level, found = c.agents, true
		}
	}
	return max(1, level)
}

// onlyRetrieval makes embeddings the primary calls of an action that has
// nothing else, such as a search or the making of an index.
func onlyRetrieval(calls []made) {
	for i := range calls {
		if r := calls[i].role; r == Primary || r == SubAgent || r == Tool || r == OtherModel || r == Step {
			return
		}
	}
	for i := range calls {
		if c := &calls[i]; c.role == Retrieval && c.retrieves {
			c.role = Primary
		}
	}
}

func (s *settler) count(c *made) {
	at := order{c.start, c.id}
	for i := range s.models {
		if m := &s.models[i]; m.model == c.model {
			m.cost, m.tokens = m.cost.Add(c.cost), m.tokens+c.tokens
			return
		}
	}
	s.models = append(s.models, share{c.model, c.cost, c.tokens, at})
}

// compare tells which of two models did more; of equals the one that began.
func (m share) compare(n share) int {
	if c := m.cost.Cmp(n.cost); c != 0 {
		return c
	}
	if m.tokens != n.tokens {
		return int((m.tokens-n.tokens)>>63) | 1
	}
	return n.first.compare(m.first)
}

// add sums the calls up.
func (s *settler) add(x *open) {
	a := &s.action
	for i := range x.calls {
		c := &x.calls[i]
		a.Spends = addSpend(a.Spends, Spend{Role: c.role, Currency: c.currency, Cost: c.cost, Calls: 1, Priced: c.priced})
		a.Calls++
		a.Tokens += c.tokens
		a.Depth = max(a.Depth, int(c.depth))
		a.exemplar(c.cost, x.trace, c.id, c.start)
		if c.role == Primary && c.priced {
			a.loaded = a.loaded.Add(c.loaded)
			if !c.hasLoaded {
				a.flags |= hasUnloaded
			}
		}
	}
	for _, r := range x.rest {
		a.Spends = addSpend(a.Spends, r)
		a.Calls += r.Calls
	}
	a.Tokens += x.restTokens
	if x.unit {
		a.Trace = [16]byte{}
	}
}
