package interaction

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Kind is what a span stands for in the tree of its trace.
type Kind uint8

// The kinds. Ordinary is the zero value.
const (
	Ordinary  Kind = iota // not of GenAI; such spans are Links
	Other                 // of GenAI, and none of the following
	Agent                 // an agent, or a loop of calls that acts as one
	ToolUse               // a tool that runs
	Retriever             // a search for context
)

// Span is what a window needs of a span of GenAI, or of a log record that tells of a
// call: then ID is empty and Parent is the span around it. Strings are copied
// before anything is kept.
type Span struct {
	Trace      pcommon.TraceID // may be empty in log records
	ID, Parent pcommon.SpanID
	Start, End pcommon.Timestamp
	Kind       Kind
	Name       string // of the span, for those that have no parent

	// Values are what a span of GenAI tells of the dimensions, in their order.
	Values []Value
	// Conversation is what a span of GenAI tells of the conversation.
	Conversation Value
	// Unit is what a call without a trace belongs to, such as a prompt.
	Unit Value

	IsCall bool
	Call   Call

	// SoFar is set by Window.Add: what the action made until now, with this call.
	SoFar SoFar
}

// SoFar is what the calls of an open action were until now. It is zero for a
// span that no open action took.
type SoFar struct {
	Calls int
	// Before and Cost are what those in the currency of the call cost before it and
	// with it; zero if the call has no cost.
	Before, Cost money.Amount
}

// Call is what is needed of a call. Models are told apart by hashes.
type Call struct {
	Status    status.Status
	Cost      money.Amount // if the status has one
	Loaded    money.Amount // cost with the overhead that is configured
	HasLoaded bool
	Currency  string
	Asked     uint64 // the model that was asked for; zero if that is not told
	Model     uint64 // the model that was priced, or else the one that is told
	Input     int64  // tokens, zero if not told
	Tokens    int64  // of input and output
	Failed    bool
	Retrieves bool // makes vectors or ranks, no text
	Given     Role // by configuration, or Undecided
}

// Value is what one span tells of a dimension. Of all that the spans of an
// action tell, the one with the lowest rank counts, and among equals the one of
// the earliest span: so it does not depend on their order.
type Value struct {
	Rank int // Absent if the span tells none
	Text []byte
}

// Absent is the rank of a value that is not there.
const Absent = int(^uint32(0) >> 1)

// Told is a value of an action.
type Told struct {
	Rank int
	Text string
	at   order
}

// Has tells whether there is a value.
func (t *Told) Has() bool { return t.Rank != Absent }

// order puts spans into one order that does not depend on when they came.
type order struct {
	start pcommon.Timestamp
	span  pcommon.SpanID
}

func (a order) compare(b order) int {
	switch {
	case a.start < b.start:
		return -1
	case a.start > b.start:
		return 1
	}
	return compareIDs(a.span, b.span)
}

func compareIDs(a, b pcommon.SpanID) int {
	for i := range a {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return 0
}
