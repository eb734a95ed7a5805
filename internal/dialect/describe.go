package dialect

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Description is a row about some calls of an emitter, for documentation.
type Description struct {
	Dialect, Emitter string
	Scopes           string // patterns, or an attribute of the resource
	Versions         string // of the scope; empty for all
	Providers        string // families of providers; empty for all
	When             string // condition on the call; empty for all
	Input, Output    call.Side
	Told             call.Facts // told even by absence
	Hidden           call.Facts // not told though it looks like it
	Reasons          status.Set // that hold unless what they miss is there
	Note, Source     string
}

// Descriptions lists what is known of emitters, in the order in which it is
// tried.
func Descriptions() []Description {
	var all []Description
	for _, d := range registry {
		for i := range d.emitters {
			e := &d.emitters[i]
			scopes := strings.Join(e.scopes, ", ")
			switch {
			case scopes != "":
			case e.resource[0] != "":
				scopes = "resource " + e.resource[0] + "=" + e.resource[1]
			default:
				scopes = "any with " + d.keys[0].name
			}
			for _, c := range e.clauses {
				all = append(all, Description{
					Dialect: d.name, Emitter: e.name, Scopes: scopes, Versions: e.versions,
					Providers: familyNames(c.families), When: conditionNames[c.when],
					Input: c.in, Output: c.out, Told: c.tells, Hidden: c.hides, Reasons: c.lacks,
					Note: e.note, Source: e.source,
				})
			}
		}
	}
	return all
}

// Spelling is an attribute key that is read, for documentation.
type Spelling struct {
	Dialect, Key string
	Only         bool // only on spans of the dialect's own emitters
}

// Spellings lists the attribute keys that are read, dialect by dialect.
func Spellings() []Spelling {
	var all []Spelling
	for _, d := range registry {
		for _, k := range d.keys {
			all = append(all, Spelling{d.name, k.name, k.bare})
		}
	}
	return all
}

var conditionNames = [...]string{
	always: "", ifStreamed: "streamed", ifStreamedPlain: "streamed, without cache or reasoning",
	ifChatAPI: "not Responses", ifDetailed: "with input details", ifInvokeModelStream: "streamed InvokeModel", ifSystemOnly: "with gen_ai.system", ifVersionless: "without the version of the client", ifLangChainJS: "LangChain in JavaScript, without its version",
	ifInvokeModelCounted: "Mistral and Cohere, InvokeModel", ifNova: "Amazon's models", ifAnthropic: "from Anthropic itself", ifUnwritten: "without cache writes",
	ifLog: "log record", ifMetric: "metric",
}

func familyNames(f family) string {
	var names []string
	for i, n := range []string{"unknown", "OpenAI", "Anthropic", "Bedrock", "Google", "xAI", "compatible with OpenAI"} {
		if f&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return strings.Join(names, ", ")
}
