// Package call holds what was read of one billed inference, before it is
// priced: who served which model, when, how, and what it consumed. Dialects
// fill it, configuration may add declared facts, the engine prices it. Strings
// point into the telemetry and are valid only as long as that is.
package call

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// Kind says what a span turned out to be.
type Kind uint8

// The kinds. A span that is no GenAI span at all is None.
const (
	None      Kind = iota
	Inference      // a billed call
	RollUp         // repeats what its children said
	Other          // GenAI, but neither: a tool, a retrieval, a stored response read
	Unclear        // carries usage, but its dialect does not tell what it is
)

// Facts is a set of things that an emitter can tell about a call. A fact that
// is told and absent is known to be absent: an emitter that tells cache reads
// and reports none read nothing from the cache.
type Facts uint16

// The facts that move prices.
const (
	CacheReads  Facts = 1 << iota // how many tokens were read from the cache
	CacheWrites                   // how many tokens were written to the cache
	CacheTTL                      // how long written tokens are kept
	ServiceTier                   // service tier, speed, batch
	Region                        // region or data residency
	Modalities                    // which tokens are audio, image, video
	Reasoning                     // how many reasoning tokens there were, where output leaves them out
	ToolUse                       // how many web searches and the like the provider ran
	ToolPrompt                    // tool result tokens, where input leaves them out
	ServedModel                   // the model that served the call, even where it equals the one asked for
	AllFacts    = 1<<iota - 1
)

// Has tells whether all of the facts are in the set.
func (f Facts) Has(g Facts) bool { return f&g == g }

// Counts is a set of the two counts that every price is made of.
type Counts uint8

// The counts.
const (
	InputCount Counts = 1 << iota
	OutputCount
)

// Has tells whether all of the counts are in the set.
func (n Counts) Has(m Counts) bool { return n&m == m }

// Side tells whether a count includes a part of it that is also told by itself.
type Side uint8

// The sides.
const (
	SideUnknown Side = iota
	Inclusive
	Exclusive
)

// Ground tells what a decision about sides rests on.
type Ground uint8

// The grounds, from the strongest.
const (
	GroundNone       Ground = iota
	GroundArithmetic        // the counts prove it
	GroundRule              // a rule for the emitter and its version, or for a convention with disjoint counts
	GroundDefault           // the convention's default
	GroundCounted           // nothing was told; the tokens of recorded text were counted
)

var basisNames = [3][5]string{
	Inclusive: {"inclusive", "inclusive:arithmetic", "inclusive:rule", "inclusive:default", "inclusive:counted"},
	Exclusive: {"exclusive", "exclusive:arithmetic", "exclusive:rule", "exclusive:default"},
}

// Basis tells how the input count was read.
type Basis struct {
	Side   Side
	Ground Ground
}

// String returns the value of token_cost.usage_basis, such as "inclusive:rule".
func (b Basis) String() string { return basisNames[b.Side][b.Ground] }

// CostUnit is the unit of a cost that telemetry carries.
type CostUnit uint8

// The units. Credits stands for all that is never compared with USD: a vendor's
// credits, and money in other currencies.
const (
	NoCost CostUnit = iota
	USD
	MicroUSD
	Credits
)

// Call is one inference as read from a span or log record.
type Call struct {
	Kind      Kind
	Dialect   string // the dialect that read it
	Operation string // gen_ai.operation.name or its like

	Provider      string // as told; empty if it was not
	ResponseModel string // the model that served the call
	RequestModel  string // the model that was asked for
	Host          string // server.address, unless the dialect is known to make it up
	ResponseID    string

	StartUnixNano uint64

	Mode string // service tier, speed or batch as told: "default", "priority", "batch", ...
	Geo  string // region or residency as told: "us", "europe-west4", "global", ...
	// AssumedGeo is declared for calls of which neither telemetry, nor the model's
	// name, nor the host tells the region.
	AssumedGeo string
	Billing    string // "provisioned", or empty

	Failed bool // the span has status error
	Usage  usage.Usage
	Basis  Basis
	// Contradicted tells that arithmetic overrode the rule for the emitter.
	Contradicted bool
	Told         Facts
	// Missing are the counts that are not told and are of text, so that they could be
	// made from it: those that a chat or a completion has, and the input of embeddings.
	Missing Counts
	Reasons status.Set // found while reading

	ReportedCost float64 // cost that the telemetry carried, in ReportedUnit
	ReportedUnit CostUnit
}
