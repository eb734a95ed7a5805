package genai

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// request is one call as the provider saw it.
type request struct {
	model     model
	scenario  scenario
	counts    counts
	tierAsked string // empty if the application asked for none
	tier      string // as served: "default", "flex", "priority"
	stream    bool
	failed    bool
	id        string // of the response
}

func (r *request) operation() string {
	if r.model.embedding {
		return "embeddings"
	}
	return "chat"
}

func (r *request) names() names { return providers[r.model.family] }

// emitter is one real instrumentation at one version: its scope, and how it
// writes calls and roll-ups. Adding one is adding it to emitters.
type emitter struct {
	dialect  string
	scope    string
	version  string // empty where the emitter sends none
	families []family
	// lacks lists scenarios of which this instrumentation makes no span, or none with usage.
	lacks []scenario
	// call writes the span of a call, and returns the reasons that stand for the
	// facts that moved or might have moved the price and that it did not write.
	call func(ptrace.Span, *request) status.Set
	// rollUp writes the span that repeats the usage of calls, all of one model. It is
	// nil where calls stand below a span of the application.
	rollUp func(ptrace.Span, *request)
	// alwaysRoot tells that even a single call stands below a roll-up.
	alwaysRoot bool
	// step writes the span between roll-up and call; nil if there is none.
	step func(ptrace.Span)
	// hidesProvider tells that the provider is not on the span: it follows from the model.
	hidesProvider bool
}

var emitters = slices.Concat(semconvEmitters, openLLMetryEmitters, openInferenceEmitters, openLITEmitters, aiSDKEmitters, agentEmitters)

func (e *emitter) fits(s scenario, m model) bool {
	return slices.Contains(e.families, m.family) && !slices.Contains(e.lacks, s) && s.fits(m)
}

// Dialects lists the dialects that a generator can speak.
func Dialects() []string {
	var names []string
	for i := range emitters {
		if !slices.Contains(names, emitters[i].dialect) {
			names = append(names, emitters[i].dialect)
		}
	}
	return names
}

// attrs writes attributes.
type attrs struct{ pcommon.Map }

func on(s ptrace.Span) attrs { return attrs{s.Attributes()} }

func (a attrs) str(key, value string)       { a.PutStr(key, value) }
func (a attrs) num(key string, value int64) { a.PutInt(key, value) }

func (a attrs) list(key string, values ...string) {
	l := a.PutEmptySlice(key)
	for _, v := range values {
		l.AppendEmpty().SetStr(v)
	}
}

// fail marks a span as failed in the way all instrumentations do.
func fail(s ptrace.Span, errorType string) {
	s.Status().SetCode(ptrace.StatusCodeError)
	s.Status().SetMessage("400 invalid request")
	e := s.Events().AppendEmpty()
	e.SetName("exception")
	e.SetTimestamp(s.EndTimestamp())
	e.Attributes().PutStr("exception.type", errorType)
	e.Attributes().PutStr("exception.message", "400 invalid request")
}

// unless returns the reasons if the condition does not hold.
func unless(told bool, rs ...status.Reason) status.Set {
	if told {
		return 0
	}
	return status.Of(rs...)
}
