package genai

import (
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The roles of calls in an action, as token_cost.role names them.
const (
	rolePrimary    = "primary"
	roleRetry      = "retry"
	roleFailed     = "failed"
	roleTool       = "tool"
	roleRetrieval  = "retrieval"
	roleSubAgent   = "sub_agent"
	roleOtherModel = "other_model"
)

// Action is what one user action caused: a trace with an agent that answers in
// several steps, fails and tries again, searches, runs tools and calls other
// agents, as far as the dialect can tell of it. Every call in Spans has a Role,
// which is known because the call was made for it.
type Action struct {
	Trace
	Depth int // levels of agents, tools and retrievers above the deepest call, and the call
}

// NextAction makes one action.
func (g *Generator) NextAction() Action {
	e, cast := g.castAction()
	b := g.begin(e, agent)
	a := &actionBuilder{traceBuilder: b, cast: cast, depth: 1}
	root := b.start(b.ofApp(), emptyParent)
	root.SetName("POST /chat")
	root.SetKind(ptrace.SpanKindServer)
	root.Attributes().PutStr("http.request.method", "POST")
	if cast.aside != nil && g.random.IntN(3) == 0 {
		a.call(root, *cast.aside, roleOtherModel) // a check of the question
	}
	a.inside(root, e.agents(), a.agent, a.steps)
	b.finish(root)
	g.now = g.now.Add(g.step)
	return Action{Trace: Trace{Traces: b.traces, Spans: b.truth}, Depth: a.deepest}
}

// cast is which models take part in an action.
type cast struct {
	main      model
	aside     *model // cheaper than main
	embedding *model
}

// castAction picks an emitter, a main model that has a price, and others that
// the emitter can speak of.
func (g *Generator) castAction() (*emitter, cast) {
	e := g.emitters[g.random.IntN(len(g.emitters))]
	var mains, embeddingModels []model
	for _, m := range models {
		switch {
		case m.embedding && e.fits(embeddings, m):
			embeddingModels = append(embeddingModels, m)
		case e.fits(plain, m):
			mains = append(mains, m)
		}
	}
	c := cast{main: mains[g.random.IntN(len(mains))]}
	for i := range mains {
		if m := &mains[i]; m.asked == cheaper[c.main.asked] {
			c.aside = m
		}
	}
	if len(embeddingModels) > 0 {
		c.embedding = &embeddingModels[0]
	}
	return e, c
}

// cheaper names for a model another of the same provider that costs less, in
// and out: it stays cheaper in all, because its calls here are much smaller.
var cheaper = map[string]string{
	"gpt-4o": "gpt-4o-mini", "o4-mini": "gpt-4o-mini", "claude-sonnet-4-5": "claude-haiku-4-5", "gemini-2.5-pro": "gemini-2.5-flash",
}

// actionBuilder makes the spans of one action.
type actionBuilder struct {
	*traceBuilder
	cast
	depth, deepest int
	sum            counts // of the calls of the agent that runs
}

// inside runs a part of the action below a span of its own, which adds a level,
// or below the span that is there if the emitter makes none.
func (a *actionBuilder) inside(parent ptrace.Span, makes bool, begin func(ptrace.Span) (ptrace.Span, func()), body func(ptrace.Span)) {
	if !makes {
		body(parent)
		return
	}
	span, end := begin(parent)
	a.depth++
	body(span)
	a.depth--
	end()
}

// agent begins an agent, which repeats the usage of its calls where the emitter does that.
func (a *actionBuilder) agent(parent ptrace.Span) (ptrace.Span, func()) {
	s := a.start(a.genAI, parent.SpanID())
	around := a.sum
	a.sum = counts{}
	return s, func() {
		if a.emitter.rollUp != nil {
			total := a.g.request(plain, a.cast.main)
			total.counts = a.sum
			a.close(s, true, total, a.sum)
		} else {
			a.finish(s)
			a.emitter.structure().agent(s)
		}
		a.sum = around.plus(a.sum)
	}
}

func (a *actionBuilder) tool(parent ptrace.Span) (ptrace.Span, func()) {
	s := a.start(a.genAI, parent.SpanID())
	return s, func() {
		a.finish(s)
		a.emitter.structure().tool(s)
	}
}

func (a *actionBuilder) retriever(parent ptrace.Span) (ptrace.Span, func()) {
	s := a.start(a.genAI, parent.SpanID())
	return s, func() {
		a.finish(s)
		a.emitter.structure().retriever(s)
	}
}

// steps is what the agent does.
func (a *actionBuilder) steps(in ptrace.Span) {
	st, r := a.emitter.structure(), a.g.random
	if a.embedding != nil && r.IntN(2) == 0 {
		a.inside(in, st.retriever != nil, a.retriever, func(in ptrace.Span) { a.call(in, *a.embedding, roleRetrieval) })
	}
	for range 1 + r.IntN(3) {
		a.attempts(in)
		if st.tool != nil && r.IntN(2) == 0 {
			a.inside(in, true, a.tool, a.work)
		}
		if a.emitter.agents() && r.IntN(5) == 0 {
			a.inside(in, true, a.agent, func(in ptrace.Span) { a.call(in, a.main, roleSubAgent) })
		}
	}
	if a.aside != nil && r.IntN(4) == 0 {
		a.call(in, *a.aside, roleOtherModel) // a title, suggestions
		if a.canFail() && r.IntN(2) == 0 {
			a.fail(in, *a.aside, roleFailed)
		}
	}
}

// attempts calls the main model until it answers.
func (a *actionBuilder) attempts(in ptrace.Span) {
	for a.canFail() && a.g.random.IntN(4) == 0 {
		a.fail(in, a.main, roleRetry)
	}
	a.call(in, a.main, rolePrimary)
}

// work is what a tool does: usually nothing of GenAI, sometimes a call below a
// span of another kind, or a whole agent.
func (a *actionBuilder) work(in ptrace.Span) {
	switch a.g.random.IntN(4) {
	case 0:
		s := a.start(a.ofApp(), in.SpanID())
		s.SetName("GET /summary")
		a.call(s, a.main, roleTool)
		a.finish(s)
	case 1:
		a.inside(in, a.emitter.agents(), a.agent, func(in ptrace.Span) { a.call(in, a.main, roleTool) })
	default:
		a.traceBuilder.tool(in)
	}
}

func (a *actionBuilder) canFail() bool { return a.emitter.fits(failed, a.main) }

func (a *actionBuilder) fail(in ptrace.Span, m model, role string) {
	a.made(in, a.g.request(failed, m), role)
}

func (a *actionBuilder) call(in ptrace.Span, m model, role string) {
	s := plain
	if m.embedding {
		s = embeddings
	}
	r := a.g.request(s, m)
	if role == roleOtherModel {
		r.counts = counts{input: 20 + a.g.random.Int64N(20), output: 1 + a.g.random.Int64N(5)}
	} else if !m.embedding {
		r.counts.input += 2000
	}
	a.made(in, r, role)
}

func (a *actionBuilder) made(in ptrace.Span, r *request, role string) {
	a.traceBuilder.call(in, true, r)
	a.truth[len(a.truth)-1].Role = role
	a.sum = a.sum.plus(r.counts)
	a.deepest = max(a.deepest, a.depth)
}
