package dialect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// seen is a span in a batch: who emitted it, where it hangs, and its counts.
type seen struct {
	scope         string
	trace, id     byte
	parent        byte
	start, end    int64
	responseID    string
	in, out, read int
	empty         bool
	operation     string
	model, served string
	service       string
	more          []any // attributes
}

func (x seen) span() (pcommon.Resource, pcommon.InstrumentationScope, ptrace.Span) {
	op := x.operation
	if op == "" {
		op = "chat"
	}
	attrs := []any{"gen_ai.operation.name", op, "gen_ai.provider.name", "openai"}
	if !x.empty {
		attrs = append(attrs, "gen_ai.usage.input_tokens", x.in, "gen_ai.usage.output_tokens", x.out)
	}
	if x.read > 0 {
		attrs = append(attrs, "gen_ai.usage.cache_read.input_tokens", x.read)
	}
	if x.responseID != "" {
		attrs = append(attrs, "gen_ai.response.id", x.responseID)
	}
	if x.model != "" {
		attrs = append(attrs, "gen_ai.request.model", x.model)
	}
	if x.served != "" {
		attrs = append(attrs, "gen_ai.response.model", x.served)
	}
	res, sc, sp := span(x.scope, "", append(attrs, x.more...)...)
	if x.service != "" {
		res.Attributes().PutStr("service.name", x.service)
	}
	sp.SetTraceID(pcommon.TraceID{x.trace + 1})
	sp.SetSpanID(pcommon.SpanID{x.id})
	sp.SetParentSpanID(pcommon.SpanID{x.parent})
	sp.SetStartTimestamp(pcommon.Timestamp(x.start))
	sp.SetEndTimestamp(pcommon.Timestamp(x.end))
	return res, sc, sp
}

// kept returns the ids of the spans that are no duplicates, and of those among
// them that are contradicted.
func kept(t *testing.T, d *Duplicates, batch []seen) (ids, contradicted map[byte]bool) {
	t.Helper()
	r := newReader(t, Options{})
	d.Reset()
	var s Scratch
	numbers := make([]int, len(batch))
	for i, x := range batch {
		res, sc, sp := x.span()
		var c call.Call
		known := r.Scope(res, sc, "", &s)
		if !r.Span(known, sp, &s, &c) {
			t.Fatal("no GenAI span")
		}
		numbers[i] = d.Add(known, PlaceOf(sp), &c)
	}
	ids, contradicted = map[byte]bool{}, map[byte]bool{}
	for i, n := range numbers {
		if !d.Duplicate(n) {
			ids[batch[i].id] = true
			if d.Contradicted(n) {
				contradicted[batch[i].id] = true
			}
		}
	}
	return ids, contradicted
}

const (
	chain = "@traceloop/instrumentation-langchain"
	sdk   = "@traceloop/instrumentation-openai"
)

// The same call seen twice in a batch is kept once, whatever the order. One
// that is contradicted has a mark.
func TestDuplicates(t *testing.T) {
	for name, c := range map[string]struct {
		batch []seen
		want  string
	}{
		"one call":                            {[]seen{{scope: "a", id: 1, in: 10, out: 5}}, "[1]"},
		"two calls":                           {[]seen{{scope: "a", id: 1, in: 10, out: 5}, {scope: "a", id: 2, in: 10, out: 5}}, "[1 2]"},
		"the same response id":                {[]seen{{scope: "a", id: 1, in: 10, out: 5, responseID: "r"}, {scope: "b", id: 2, in: 10, out: 5, read: 3, responseID: "r"}}, "[2]"},
		"the same response id, other traces":  {[]seen{{scope: "a", id: 1, in: 10, out: 5, read: 3, responseID: "r"}, {scope: "b", id: 2, trace: 1, in: 10, out: 5, responseID: "r"}}, "[1]"},
		"an id that everybody has":            {[]seen{{scope: "a", id: 1, in: 10, out: 5, responseID: "0"}, {scope: "a", id: 2, trace: 1, in: 10, out: 6, responseID: "0"}}, "[1 2]"},
		"a stream counted wrong":              {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 6, responseID: "r"}, {scope: "b", id: 2, trace: 1, start: 11, end: 50, in: 10, out: 5, read: 1, responseID: "r"}}, "[2!]"},
		"a stream and another count of it":    {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 6, responseID: "r"}, {scope: "a", id: 3, start: 10, end: 50, in: 20, out: 6, responseID: "r"}, {scope: "b", id: 2, trace: 1, start: 11, end: 50, in: 10, out: 5, read: 1, responseID: "r"}}, "[2!]"},
		"an id that two scopes always have":   {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 6, responseID: "0"}, {scope: "b", id: 2, trace: 1, start: 60, end: 70, in: 10, out: 5, read: 1, responseID: "0"}}, "[1 2]"},
		"a stream with traces of its own":     {[]seen{{scope: "a", service: "s", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "b", service: "s", id: 2, trace: 1, start: 11, end: 50, in: 10, out: 5, read: 1}}, "[2]"},
		"roots of two services":               {[]seen{{scope: "a", service: "s", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "b", service: "t", id: 2, trace: 1, start: 11, end: 50, in: 10, out: 5, read: 1}}, "[1 2]"},
		"roots of a service that is not told": {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "b", id: 2, trace: 1, start: 11, end: 50, in: 10, out: 5, read: 1}}, "[1 2]"},
		"a stream that leaves reasoning out":  {[]seen{{scope: "a", service: "s", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "b", service: "s", id: 2, trace: 1, start: 11, end: 50, in: 10, out: 9, more: []any{"gen_ai.usage.reasoning.output_tokens", 4}}}, "[2]"},
		"roots side by side":                  {[]seen{{scope: "a", service: "s", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "b", service: "s", id: 2, trace: 1, start: 51, end: 60, in: 10, out: 5, read: 1}}, "[1 2]"},
		"a stream's traces, and embeddings":   {[]seen{{scope: "a", service: "s", id: 1, start: 10, end: 50, in: 10}, {scope: "b", service: "s", id: 2, trace: 1, parent: 9, start: 11, end: 50, in: 10}}, "[1 2]"},
		"an agent over an SDK's root":         {[]seen{{scope: "a", service: "s", id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: "b", service: "s", id: 2, trace: 1, start: 12, end: 53, in: 10, out: 5, read: 1}}, "[2]"},
		"an agent over the SDK of another":    {[]seen{{scope: "a", service: "s", id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: "b", service: "t", id: 2, trace: 1, start: 12, end: 49, in: 10, out: 5, read: 1}}, "[1 2]"},
		"an agent, and a call of its own":     {[]seen{{scope: "a", service: "s", id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: "b", service: "s", id: 2, parent: 8, start: 12, end: 49, in: 10, out: 5, read: 1}, {scope: "b", service: "s", id: 3, trace: 1, start: 11, end: 49, in: 10, out: 5, read: 1}}, "[2 3]"},
		"two callbacks that interleave":       {[]seen{{scope: "a", service: "s", id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: "b", service: "s", id: 2, parent: 9, start: 20, end: 51, in: 10, out: 5, read: 1}}, "[2]"},
		"two callbacks that touch":            {[]seen{{scope: "a", service: "s", id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: "b", service: "s", id: 2, parent: 9, start: 49, end: 90, in: 10, out: 5, read: 1}}, "[1 2]"},
		"embeddings that interleave":          {[]seen{{scope: "a", service: "s", id: 1, parent: 9, start: 10, end: 50, in: 10}, {scope: "b", service: "s", id: 2, parent: 9, start: 20, end: 51, in: 10}}, "[1 2]"},
		"one instrumentation twice":           {[]seen{{scope: "a", service: "s", id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: "a", service: "s", id: 2, trace: 1, start: 12, end: 53, in: 10, out: 5}}, "[1 2]"},
		"three with one id":                   {[]seen{{scope: "a", id: 1, in: 10, out: 5, responseID: "r"}, {scope: "b", id: 2, in: 10, out: 5, responseID: "r"}, {scope: "c", id: 3, in: 10, out: 5, read: 1, responseID: "r"}}, "[3]"},
		"parent and child":                    {[]seen{{scope: "a", id: 1, in: 10, out: 5}, {scope: "b", id: 2, parent: 1, in: 10, out: 5, read: 3}}, "[2]"},
		"parent that leaves cache out":        {[]seen{{scope: "a", id: 1, in: 7, out: 5}, {scope: "b", id: 2, parent: 1, in: 10, out: 5, read: 3}}, "[2]"},
		"parent that calls another":           {[]seen{{scope: "a", id: 1, in: 10, out: 5}, {scope: "b", id: 2, parent: 1, in: 11, out: 5}}, "[1 2]"},
		"a root without usage":                {[]seen{{scope: "a", id: 1, empty: true, operation: "embeddings"}, {scope: "a", id: 2, parent: 1, in: 10, operation: "embeddings"}}, "[2]"},
		"parent in another trace":             {[]seen{{scope: "a", id: 1, in: 10, out: 5}, {scope: "b", id: 2, trace: 1, parent: 1, in: 10, out: 5}}, "[1 2]"},
		"framework beside SDK":                {[]seen{{scope: chain, id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, parent: 9, start: 20, end: 40, in: 10, out: 5, read: 1}}, "[2]"},
		"framework and SDK without a root":    {[]seen{{scope: chain, id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, trace: 1, start: 20, end: 40, in: 10, out: 5, read: 1}}, "[2]"},
		"framework after SDK":                 {[]seen{{scope: chain, id: 1, parent: 9, start: 41, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, parent: 9, start: 20, end: 40, in: 10, out: 5}}, "[1 2]"},
		"two frameworks over one SDK":         {[]seen{{scope: chain, id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: chain, id: 3, parent: 9, start: 11, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, parent: 9, start: 12, end: 40, in: 10, out: 5, read: 1}}, "[2 3]"},
		"two frameworks over two SDK calls":   {[]seen{{scope: chain, id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: chain, id: 3, parent: 9, start: 11, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, parent: 9, start: 12, end: 40, in: 10, out: 5, read: 1}, {scope: sdk, id: 4, parent: 9, start: 13, end: 40, in: 10, out: 5, read: 1}}, "[2 4]"},
		"two SDK calls at the same time":      {[]seen{{scope: sdk, id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, parent: 9, start: 11, end: 50, in: 10, out: 5}}, "[1 2]"},
		"chained by trace and by output":      {[]seen{{scope: "a", id: 1, in: 10, out: 7, read: 3, responseID: "r"}, {scope: "b", id: 2, in: 10, out: 50, responseID: "r"}, {scope: "b", id: 3, trace: 1, in: 10, out: 50, responseID: "r"}}, "[1!]"},
		"two pairs chained by output":         {[]seen{{scope: "a", id: 1, in: 10, out: 7, responseID: "r"}, {scope: "b", id: 2, in: 10, out: 8, responseID: "r"}, {scope: "b", id: 3, trace: 1, in: 10, out: 8, responseID: "r"}, {scope: "b", id: 4, trace: 1, in: 10, out: 9, responseID: "r"}}, "[4!]"},
		"the same id, other counts":           {[]seen{{scope: "a", id: 1, start: 1, in: 10, out: 5, responseID: "r"}, {scope: "b", id: 2, start: 2, in: 10, out: 50, responseID: "r"}}, "[2!]"},
		"the same id, counts known to lack":   {[]seen{{scope: "@traceloop/instrumentation-openai", id: 1, in: 6, out: 9, responseID: "r", more: []any{"llm.is_streaming", true}}, {scope: "b", id: 2, in: 10, out: 50, read: 1, responseID: "r"}}, "[2]"},
		"the same id, one without output":     {[]seen{{scope: "a", id: 1, in: 10, out: 50, responseID: "r"}, {scope: "b", id: 2, empty: true, more: []any{"gen_ai.usage.input_tokens", 10}, responseID: "r"}}, "[1]"},
		"a child of another model":            {[]seen{{scope: "a", id: 1, in: 12, out: 1, model: "big"}, {scope: "b", id: 2, parent: 1, in: 12, out: 1, model: "small"}}, "[1 2]"},
		"a child of a later version":          {[]seen{{scope: "a", id: 1, in: 12, out: 1, model: "claude-sonnet-4"}, {scope: "b", id: 2, parent: 1, in: 12, out: 1, model: "claude-sonnet-4-5"}}, "[1 2]"},
		"a child whose model is dated":        {[]seen{{scope: "a", id: 1, in: 12, out: 1, model: "openai/gpt-4o"}, {scope: "b", id: 2, parent: 1, in: 12, out: 1, read: 1, model: "x", served: "gpt-4o-2024-08-06"}}, "[2]"},
		"a child whose model has a region":    {[]seen{{scope: "a", id: 1, in: 12, out: 1, model: "claude-3-5-sonnet-20241022"}, {scope: "b", id: 2, parent: 1, in: 12, out: 1, read: 1, model: "us.anthropic.claude-3-5-sonnet-20241022-v2:0"}}, "[2]"},
		"a child that tells no model":         {[]seen{{scope: "a", id: 1, in: 12, out: 1, model: "big"}, {scope: "b", id: 2, parent: 1, in: 12, out: 1, read: 1}}, "[1]"},
		"a child that does something else":    {[]seen{{scope: "a", id: 1, in: 12, out: 0}, {scope: "b", id: 2, parent: 1, in: 12, out: 0, operation: "embeddings"}}, "[1 2]"},
		"a child by another name":             {[]seen{{scope: "a", id: 1, in: 12, out: 1, operation: "generate_content"}, {scope: "b", id: 2, parent: 1, in: 12, out: 1, read: 1}}, "[2]"},
		"a parent of two attempts":            {[]seen{{scope: "a", id: 1, in: 12, out: 1}, {scope: "b", id: 2, parent: 1, start: 1, in: 12, out: 1, read: 1}, {scope: "b", id: 3, parent: 1, start: 2, in: 12, out: 1, read: 1}}, "[2 3]"},
		"three levels":                        {[]seen{{scope: "a", id: 1, in: 12, out: 1}, {scope: "b", id: 2, parent: 1, in: 12, out: 1}, {scope: "c", id: 3, parent: 2, in: 12, out: 1, read: 1}}, "[3]"},
		"framework over another model":        {[]seen{{scope: chain, id: 1, start: 10, end: 50, in: 10, out: 5, model: "big"}, {scope: sdk, id: 2, trace: 1, start: 20, end: 40, in: 10, out: 5, model: "small"}}, "[1 2]"},
		"framework with an id, and another":   {[]seen{{scope: chain, id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5, responseID: "r"}, {scope: sdk, id: 2, parent: 9, start: 20, end: 40, in: 10, out: 5, read: 1, responseID: "r"}, {scope: sdk, id: 3, parent: 9, start: 11, end: 40, in: 10, out: 5, read: 1}}, "[2 3]"},
		"a gateway within a client":           {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "b", id: 2, parent: 8, start: 20, end: 40, in: 10, out: 5, read: 1}}, "[2]"},
		"client, gateway and engine":          {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "b", id: 2, parent: 8, start: 20, end: 40, in: 10, out: 5, read: 1}, {scope: "c", id: 3, parent: 9, start: 21, end: 39, in: 10, out: 5}}, "[2]"},
		"a gateway beside a client":           {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "b", id: 2, parent: 8, start: 20, end: 51, in: 10, out: 5}}, "[1 2]"},
		"a gateway in another trace":          {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "b", id: 2, trace: 1, parent: 8, start: 20, end: 40, in: 10, out: 5}}, "[1 2]"},
		"one client within another":           {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "a", id: 2, parent: 8, start: 20, end: 40, in: 10, out: 5}}, "[1 2]"},
		"two clients over one gateway call":   {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "a", id: 3, start: 11, end: 50, in: 10, out: 5}, {scope: "b", id: 2, parent: 8, start: 20, end: 40, in: 10, out: 5, read: 1}}, "[1 2]"},
		"a client over two gateway calls":     {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: "b", id: 2, parent: 8, start: 20, end: 30, in: 10, out: 5, read: 1}, {scope: "b", id: 3, parent: 8, start: 31, end: 40, in: 10, out: 5, read: 1}}, "[2 3]"},
		"a root that sums its calls up":       {[]seen{{scope: "a", id: 1, in: 30, out: 3}, {scope: "a", id: 2, parent: 1, in: 10, out: 1}, {scope: "a", id: 3, parent: 1, in: 20, out: 2}}, "[2 3]"},
		"a root that sums calls seen twice":   {[]seen{{scope: "a", id: 1, in: 30, out: 3}, {scope: "a", id: 2, parent: 1, in: 10, out: 1}, {scope: "b", id: 4, parent: 2, in: 10, out: 1, read: 1}, {scope: "a", id: 3, parent: 1, in: 20, out: 2}}, "[3 4]"},
		"a root that leaves cache out":        {[]seen{{scope: "a", id: 1, in: 25, out: 3}, {scope: "a", id: 2, parent: 1, in: 10, out: 1, read: 5}, {scope: "a", id: 3, parent: 1, in: 20, out: 2}}, "[2 3]"},
		"a root with a call of its own":       {[]seen{{scope: "a", id: 1, in: 31, out: 3}, {scope: "a", id: 2, parent: 1, in: 10, out: 1}, {scope: "a", id: 3, parent: 1, in: 20, out: 2}}, "[1 2 3]"},
		"a parent that counted itself":        {[]seen{{scope: "@traceloop/instrumentation-openai", id: 1, in: 6, out: 9, model: "gpt-4o", more: []any{"llm.is_streaming", true}}, {scope: "b", id: 2, parent: 1, in: 10, out: 50, read: 1, model: "gpt-4o"}}, "[2]"},
		"a parent that counted another call":  {[]seen{{scope: "@traceloop/instrumentation-openai", id: 1, in: 6, out: 9, model: "gpt-4o", more: []any{"llm.is_streaming", true}}, {scope: "b", id: 2, parent: 1, in: 10, out: 50, read: 1, model: "gpt-4o-mini"}}, "[1 2]"},
		"framework and SDK of two services":   {[]seen{{scope: chain, service: "s", id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: sdk, service: "t", id: 2, trace: 1, start: 20, end: 40, in: 10, out: 5, read: 1}}, "[1 2]"},
		"framework beside another's answer":   {[]seen{{scope: chain, id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5, responseID: "msg_1"}, {scope: sdk, id: 2, parent: 9, start: 20, end: 40, in: 10, out: 5, responseID: "msg_2"}}, "[1 2]"},
		"framework with an id of its own":     {[]seen{{scope: chain, id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5, responseID: "run-1"}, {scope: sdk, id: 2, parent: 9, start: 20, end: 40, in: 10, out: 5, read: 1, responseID: "msg_1"}}, "[2]"},
		"two services that ask the same":      {[]seen{{scope: "a", service: "s", id: 1, parent: 8, start: 10, end: 50, in: 10, out: 5, responseID: "msg_1"}, {scope: "a", service: "t", id: 2, parent: 9, start: 20, end: 40, in: 10, out: 5, responseID: "msg_2"}}, "[1 2]"},
		"a retry with the same counts":        {[]seen{{scope: "a", id: 1, start: 10, end: 50, in: 10, out: 5, responseID: "msg_2"}, {scope: "b", id: 2, parent: 1, start: 11, end: 20, in: 10, out: 5, responseID: "msg_1"}, {scope: "b", id: 3, parent: 1, start: 30, end: 49, in: 10, out: 5, read: 1, responseID: "msg_2"}}, "[2 3]"},
		"an agent takes no part":              {[]seen{{scope: "a", id: 1, in: 10, out: 5, operation: "invoke_agent"}, {scope: "a", id: 2, parent: 1, in: 10, out: 5}}, "[1 2]"},
	} {
		var d Duplicates
		for i := range 6 {
			rand.New(rand.NewPCG(1, uint64(i))).Shuffle(len(c.batch), func(i, j int) { c.batch[i], c.batch[j] = c.batch[j], c.batch[i] })
			got, contradicted := kept(t, &d, c.batch)
			var ids []string
			for id := range byte(10) {
				switch {
				case contradicted[id]:
					ids = append(ids, fmt.Sprint(id, "!"))
				case got[id]:
					ids = append(ids, fmt.Sprint(id))
				}
			}
			if s := fmt.Sprint(ids); s != c.want {
				t.Errorf("%s, order %d: kept %s, want %s", name, i, s, c.want)
			}
		}
	}
}

// A span that an exporter delivers twice is one call; calls that share an id by
// mistake are not.
func TestASpanThatArrivesTwiceIsOneCall(t *testing.T) {
	r := newReader(t, Options{})
	var s Scratch
	var d Duplicates
	for name, c := range map[string]struct {
		start []int64
		want  int
	}{
		"two copies":             {[]int64{1, 1}, 1},
		"three copies":           {[]int64{1, 1, 1}, 1},
		"two calls, and copies":  {[]int64{1, 9, 1, 9}, 2},
		"calls that share an id": {[]int64{1, 9}, 2},
	} {
		d.Reset()
		var numbers []int
		for _, start := range c.start {
			res, sc, sp := seen{scope: "a", id: 1, start: start, end: start + 5, in: 10, out: 5}.span()
			var x call.Call
			known := r.Scope(res, sc, "", &s)
			r.Span(known, sp, &s, &x)
			numbers = append(numbers, d.Add(known, PlaceOf(sp), &x))
		}
		kept := 0
		for _, n := range numbers {
			if !d.Duplicate(n) {
				kept++
			}
		}
		if kept != c.want {
			t.Errorf("%s: %d are kept, want %d", name, kept, c.want)
		}
	}
}

// A batch beyond the bound is taken as it is, and identical calls do not make
// comparing slow.
func TestDuplicatesAreBounded(t *testing.T) {
	r := newReader(t, Options{})
	var s Scratch
	var d Duplicates
	res, sc, sp := seen{scope: chain, id: 1, in: 10, out: 5}.span()
	var c call.Call
	known := r.Scope(res, sc, "", &s)
	r.Span(known, sp, &s, &c)
	for i := range MaxCompared {
		sp.SetSpanID(pcommon.SpanID{1, byte(i), byte(i >> 8)})
		if d.Add(known, PlaceOf(sp), &c) < 0 {
			t.Fatal("refused too early")
		}
	}
	if n := d.Add(known, PlaceOf(sp), &c); n != -1 {
		t.Errorf("call beyond the bound is number %d", n)
	}
	if d.Duplicate(MaxCompared - 1) {
		t.Error("frameworks are no duplicates of each other")
	}
	if d.Duplicate(-1) || d.Duplicate(1<<30) {
		t.Error("numbers that nobody has are duplicates")
	}
}

// Any number of copies of a call is one call, and any number of frameworks
// finds the SDK call below it.
func TestAnyNumberOfCopiesIsFound(t *testing.T) {
	const n = 3000
	var d Duplicates
	r := newReader(t, Options{})
	var s Scratch
	count := func(make func(i int) seen, batch int) (all, contradicted int) {
		d.Reset()
		numbers := []int{}
		for i := range batch {
			x := make(i)
			res, sc, sp := x.span()
			sp.SetSpanID(pcommon.SpanID{x.id, byte(i), byte(i >> 8)})
			var c call.Call
			known := r.Scope(res, sc, "", &s)
			r.Span(known, sp, &s, &c)
			numbers = append(numbers, d.Add(known, PlaceOf(sp), &c))
		}
		for _, k := range numbers {
			if !d.Duplicate(k) {
				all++
				if d.Contradicted(k) {
					contradicted++
				}
			}
		}
		return all, contradicted
	}
	for name, c := range map[string]struct {
		make func(i int) seen
		want int
	}{
		"in one trace":   {func(i int) seen { return seen{scope: "a", id: 1, in: 10, out: 5, responseID: "r"} }, 1},
		"in many traces": {func(i int) seen { return seen{scope: "a", id: 1, trace: byte(i), in: 10, out: 5, responseID: "r"} }, 1},
		"of many responses": {func(i int) seen {
			return seen{scope: "a", id: 1, in: 10, out: 5, responseID: fmt.Sprint("response-", i%1000)}
		}, 1000},
		"framed, one after another": {func(i int) seen {
			scope := []string{chain, sdk}[i%2]
			return seen{scope: scope, id: 1, start: int64(i/2*10 + i%2), end: int64(i/2*10 + 5), in: 10, out: 5}
		}, n / 2},
		"framed, at the same time": {func(i int) seen {
			scope := []string{chain, sdk}[i%2]
			return seen{scope: scope, id: 1, start: int64(i), end: 1 << 40, in: 10, out: 5}
		}, n / 2},
	} {
		if all, contradicted := count(c.make, n); all != c.want || contradicted != 0 {
			t.Errorf("%s: %d kept, %d contradicted; want %d", name, all, contradicted, c.want)
		}
	}
	// Under one span id that a hundred calls of other counts have, no parent is found, and that is said.
	all, contradicted := count(func(i int) seen {
		if i == 100 {
			return seen{scope: "a", id: 2, parent: 1, in: 10, out: 5}
		}
		return seen{scope: "a", id: 1, in: 11 + i, out: 5}
	}, 101)
	if all != 101 || contradicted != 0 {
		t.Errorf("spans with ids of their own: %d kept, %d contradicted", all, contradicted)
	}
	d.Reset()
	batch := make([]seen, 0, 101)
	for i := range 100 {
		batch = append(batch, seen{scope: "a", id: 1, in: 11 + i, out: 5})
	}
	if _, flagged := kept(t, &d, append(batch, seen{scope: "a", id: 2, parent: 1, in: 10, out: 5})); !flagged[2] {
		t.Error("a child that was not compared with all of its parents is certain")
	}
}

// In a batch of many services each has its own stacked instrumentations.
func TestManyServicesAreToldApart(t *testing.T) {
	const services = 90
	batch := make([]seen, 0, 2*services)
	for i := range services {
		service := fmt.Sprint("service ", i)
		batch = append(batch,
			seen{scope: "a", service: service, id: 1, trace: byte(i), parent: 8, start: 10, end: 50, in: 10, out: 5},
			seen{scope: "b", service: service, id: 2, trace: byte(i), parent: 9, start: 20, end: 40, in: 10, out: 5, read: 1})
	}
	var d Duplicates
	ids, _ := kept(t, &d, batch)
	if ids[1] || !ids[2] {
		t.Errorf("kept %v, want the inner call of each service alone", ids)
	}
}

// Comparing a batch again allocates nothing.
func TestComparingAllocatesNothing(t *testing.T) {
	r := newReader(t, Options{})
	var s Scratch
	var d Duplicates
	res, sc, sp := seen{scope: chain, id: 1, start: 1, end: 5, in: 10, out: 5, responseID: "r"}.span()
	res2, sc2, sp2 := seen{scope: sdk, id: 2, start: 2, end: 4, in: 10, out: 5, parent: 1}.span()
	var c call.Call
	n := testing.AllocsPerRun(20, func() {
		d.Reset()
		for range 50 {
			known := r.Scope(res, sc, "", &s)
			r.Span(known, sp, &s, &c)
			d.Add(known, PlaceOf(sp), &c)
			known = r.Scope(res2, sc2, "", &s)
			r.Span(known, sp2, &s, &c)
			d.Add(known, PlaceOf(sp2), &c)
		}
		d.Duplicate(0)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
