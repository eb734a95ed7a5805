package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// emitter is a row about one instrumentation: how to recognise its spans and
// what its counts mean.
type emitter struct {
	name     string   // for the documentation
	scopes   []string // patterns for the name of the scope
	versions string   // of the scope; see parseVersions
	resource [2]string
	// resource is an attribute of the resource and its value, for emitters
	// whose scope is named by the user. Scopes are ignored if it is set.

	clauses []clause // the first that fits the call counts
	leaf    leaf     // marks of calls that the operation does not tell

	hostMadeUp     bool // server.address is a constant, whatever was called
	systemMadeUp   bool // gen_ai.system is no provider
	totalProven    bool // the total is the provider's, not the emitter's own sum, for all calls
	wrapper        bool // a framework whose calls go through an SDK that may be instrumented too
	openAIClient   bool // the client is OpenAI's, whatever service it is pointed at
	agentIsCall    bool // agent spans have no calls below them
	echoes         bool // the parameters are the response's if they have an id
	modelIsServed  bool // the only model told is the one that served
	requestIsPrice bool // the model asked for at the provider is the response's, the alias stands in response.model

	note   string // for the documentation: what is special
	source string // where this was read or seen

	bounds versions
}

// clause is what an emitter's counts mean for some of its calls.
type clause struct {
	families family
	when     condition
	in, out  call.Side
	// tells are facts that the emitter always tells, so that absence means none.
	tells call.Facts
	// hides are facts that it does not tell though the span looks as if it did.
	hides call.Facts
	// lacks are reasons that hold unless what they miss is there after all.
	lacks status.Set
	// totalProven says that the total is the provider's, not the emitter's own sum.
	totalProven bool
}

// condition restricts a clause to some calls of an emitter.
type condition uint8

const (
	always condition = iota
	ifStreamed
	ifStreamedPlain      // streamed, and no detail shows that the counts are the provider's
	ifChatAPI            // not the Responses API
	ifDetailed           // input details split uncached tokens off
	ifInvokeModelStream  // Bedrock InvokeModelWithResponseStream
	ifInvokeModelCounted // Bedrock InvokeModel with a model whose usage botocore does not read
	ifNova               // a model of Amazon's
	ifAnthropic          // through Anthropic's own API, as the provider tells
	ifUnwritten          // no cache writes, or none of them, are told
	ifVersionless        // the version of the instrumented library is not told
	ifLangChainJS        // through LangChain in JavaScript, whose version is not told
	ifSystemOnly         // gen_ai.system tells the provider and gen_ai.provider.name does not
	ifLog                // a log record
	ifMetric             // points of a metric
)

func (c condition) holds(r *record) bool {
	switch c {
	case ifStreamed:
		return r.get(streaming) == 1 || r.hasText&(1<<completionStart) != 0
	case ifStreamedPlain:
		return r.get(streaming) == 1 && r.get(cacheRead) == 0 && r.get(cacheWrite) == 0 && r.get(reasoning) == 0
	case ifChatAPI:
		id := r.text(responseID)
		return r.text(apiType) != "responses" && !(len(id) > 5 && id[:5] == "resp_")
	case ifDetailed:
		return r.has(inputExcl)
	case ifUnwritten:
		return r.get(cacheWrite) == 0
	case ifInvokeModelStream:
		return r.text(rpcMethod) == "InvokeModelWithResponseStream"
	case ifInvokeModelCounted:
		m := r.modelName()
		return r.text(rpcMethod) != "Converse" && r.text(rpcMethod) != "ConverseStream" && (contains(m, "mistral") || contains(m, "cohere."))
	case ifNova:
		return contains(r.modelName(), "nova")
	case ifAnthropic:
		return r.vendor == anthropic
	case ifVersionless:
		return r.text(clientVersion) == ""
	case ifLangChainJS:
		return r.text(clientVersion) == "" && r.text(provider) != "" && r.strRank[provider] == langChainRank && !r.quoted
	case ifSystemOnly:
		return r.text(provider) != "" && r.strRank[provider] > 0
	case ifLog:
		return r.log
	case ifMetric:
		return r.metric
	}
	return true
}

// clauseFor returns the clause for a call, or nil.
func (e *emitter) clauseFor(f family, r *record) *clause {
	if e == nil {
		return nil
	}
	for i := range e.clauses {
		c := &e.clauses[i]
		if (c.families == anyFamily || c.families&f != 0) && c.when.holds(r) {
			return c
		}
	}
	return nil
}

// clauseOf returns the clause for a call, or nil. Where the emitter's versions
// differ, and the scope tells none, it is what they have in common.
func (rd *record) clauseOf(sc *Scope, e *emitter, f family) *clause {
	cl := e.clauseFor(f, rd)
	if cl == nil || e != sc.emitter || len(sc.others) == 0 {
		return cl
	}
	rd.merged = *cl
	for _, other := range sc.others {
		rd.merged.meet(other.clauseFor(f, rd))
	}
	return &rd.merged
}

// meet leaves what is certain under both clauses.
func (c *clause) meet(o *clause) {
	if o == nil {
		o = &clause{}
	}
	if c.in != o.in {
		c.in = call.SideUnknown
	}
	if c.out != o.out {
		c.out = call.SideUnknown
	}
	c.tells &= o.tells
	c.hides |= o.hides
	c.lacks |= o.lacks
	c.totalProven = c.totalProven && o.totalProven
}

// leaf says which spans of an emitter are calls where neither an operation nor
// a common marker tells.
type leaf uint8

const (
	noLeaf      leaf = iota
	leafIfUsage      // every span with usage
	leafCallLLM      // spans named call_llm
	leafClient       // client spans with a model
	leafTurn         // spans that sum up a turn: their parts name no model
)
