package interaction

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// open is an action that spans can still come to. A shard owns it.
type open struct {
	trace        pcommon.TraceID
	unit         bool // calls that belong to no trace, but to something that has a name
	since, last  int64
	rooted       bool // its root has come, so the action itself has ended
	lost         bool // a span was beyond the bound
	spans        []node
	calls        []made
	rest         []Spend // calls beyond the bound, Unclassified
	restTokens   int64
	flags        flags
	values       []Told
	conversation Told
	ordinary     int // of spans
	others       int // of spans
	made         int // calls, also those beyond the bound
	sums         []sum

	place element[open]
}

// node is a span that links others.
type node struct {
	id, parent pcommon.SpanID
	kind       Kind
}

// sum is what the calls in a currency cost until now.
type sum struct {
	currency string
	cost     money.Amount
}

// made is a call of an open action.
type made struct {
	id, parent pcommon.SpanID
	start, end pcommon.Timestamp
	asked      uint64
	model      uint64
	input      int64
	tokens     int64
	cost       money.Amount
	loaded     money.Amount
	currency   string
	role       Role // given, or Undecided until the action is settled
	priced     bool
	hasLoaded  bool
	failed     bool
	retrieves  bool
	agents     uint16 // from here on, what settling finds
	depth      uint16
	home       pcommon.SpanID
}

// flags say what statuses the calls of an action have.
type flags uint8

const (
	hasExact flags = 1 << iota
	hasEstimated
	hasUnknown // some cost is not known
	hasNotMetered
	hasUnloaded // a primary call without a configured overhead
)

func flagsOf(s status.Status) flags {
	switch s {
	case status.Exact:
		return hasExact
	case status.Estimated:
		return hasEstimated
	case status.Partial:
		return hasEstimated | hasUnknown
	case status.Unpriced:
		return hasUnknown
	case status.NotMetered:
		return hasNotMetered
	}
	return 0
}

// status is the verdict on the cost of an action, by the same words as that on
// a call.
func (f flags) status() status.Status {
	switch {
	case f&hasUnknown != 0 && f&(hasExact|hasEstimated) != 0:
		return status.Partial
	case f&hasUnknown != 0:
		return status.Unpriced
	case f&hasEstimated != 0:
		return status.Estimated
	case f&hasExact != 0:
		return status.Exact
	case f&hasNotMetered != 0:
		return status.NotMetered
	}
	return status.NotBillable
}

// add takes a span of GenAI. It reports false for one beyond the bound.
func (x *open) add(s *Span, o *Options, n *names) bool {
	if s.Parent.IsEmpty() && !s.ID.IsEmpty() {
		x.root(s.Name, s.Start, s.ID, o, n)
	}
	x.tell(s, n)
	if s.IsCall {
		return x.call(s, o, n)
	}
	return x.link(node{s.ID, s.Parent, s.Kind}, o)
}

// addLinks takes spans that are not of GenAI, and tells how many are beyond the bound.
func (x *open) addLinks(links []Link, o *Options, n *names) (lost int) {
	for i := range links {
		l := &links[i]
		if l.Parent.IsEmpty() {
			x.root(l.Name, l.Start, l.ID, o, n)
		}
		if !x.link(node{l.ID, l.Parent, Ordinary}, o) {
			lost++
		}
	}
	return lost
}

// begin takes the spans that came before the trace was known to have any of GenAI.
func (x *open) begin(r *recent, o *Options, n *names) {
	var last *run
	r.of(x.trace, func(of *run, p pair) {
		if of != last && !of.root.IsEmpty() {
			x.root(n.text(of.name), of.start, of.root, o, n)
		}
		last = of
		x.link(node{p.id, p.parent, Ordinary}, o)
	})
}

// link takes a span that is no call. Ordinary spans have a bound of their own,
// so that they never crowd out those of GenAI.
func (x *open) link(n node, o *Options) bool {
	count := &x.others
	if n.kind == Ordinary {
		count = &x.ordinary
	}
	if *count >= o.MaxSpans {
		x.lost = true
		return false
	}
	*count++
	x.spans = append(x.spans, n)
	return true
}

// root notes that the root has come, and takes its name for dimensions that
// are read from it.
func (x *open) root(name string, start pcommon.Timestamp, id pcommon.SpanID, o *Options, n *names) {
	x.rooted = true
	if name == "" {
		return
	}
	for i, rank := range o.NameRanks {
		if rank != Absent {
			x.values[i].take(rank, []byte(name), order{start, id}, n)
		}
	}
}

func (x *open) tell(s *Span, n *names) {
	at := order{s.Start, s.ID}
	for i := range s.Values {
		x.values[i].take(s.Values[i].Rank, s.Values[i].Text, at, n)
	}
	x.conversation.take(s.Conversation.Rank, s.Conversation.Text, at, nil)
}

// take keeps the value if it beats the one that is there.
func (t *Told) take(rank int, text []byte, at order, n *names) {
	if rank == Absent || rank > t.Rank || rank == t.Rank && at.compare(t.at) >= 0 {
		return
	}
	t.Rank, t.at = rank, at
	switch {
	case t.Text == string(text):
	case n != nil:
		t.Text = n.keep(text)
	default:
		t.Text = string(text[:min(len(text), maxNameLength)])
	}
}

// call takes a call. One beyond the bound counts, but its role is not decided.
func (x *open) call(s *Span, o *Options, n *names) bool {
	c := &s.Call
	x.flags |= flagsOf(c.Status)
	priced := c.Status.Priced()
	currency := ""
	if priced {
		currency = n.keep([]byte(c.Currency))
		s.SoFar.Before, s.SoFar.Cost = x.pay(currency, c.Cost)
	}
	x.made++
	s.SoFar.Calls = x.made
	if len(x.calls) >= o.MaxSpans {
		x.lost = true
		x.rest = addSpend(x.rest, Spend{Role: Unclassified, Currency: currency, Cost: c.Cost, Calls: 1, Priced: priced})
		x.restTokens += c.Tokens
		return false
	}
	x.calls = append(x.calls, made{
		id: s.ID, parent: s.Parent, start: s.Start, end: max(s.Start, s.End), asked: c.Asked, model: c.Model, input: c.Input, tokens: c.Tokens,
		cost: c.Cost, loaded: c.Loaded, currency: currency, role: c.Given, priced: priced, hasLoaded: c.HasLoaded, failed: c.Failed, retrieves: c.Retrieves,
	})
	return true
}

// pay adds up what calls in a currency cost. There are a few of them at most;
// of a further one nothing is said.
func (x *open) pay(currency string, cost money.Amount) (before, with money.Amount) {
	for i := range x.sums {
		if s := &x.sums[i]; s.currency == currency {
			before = s.cost
			s.cost = s.cost.Add(cost)
			return before, s.cost
		}
	}
	if len(x.sums) == maxCurrencies {
		return money.Amount{}, money.Amount{}
	}
	x.sums = append(x.sums, sum{currency, cost})
	return money.Amount{}, cost
}

// reset makes an action ready to be used again.
func (x *open) reset() {
	clear(x.calls)
	clear(x.rest)
	clear(x.sums)
	spans, calls, rest, values, sums := x.spans[:0], x.calls[:0], x.rest[:0], x.values, x.sums[:0]
	*x = open{spans: spans, calls: calls, rest: rest, values: values, sums: sums, conversation: Told{Rank: Absent}}
	x.place.owner = x
	for i := range values {
		values[i] = Told{Rank: Absent}
	}
}
