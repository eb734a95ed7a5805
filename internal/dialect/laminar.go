package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// laminar is what Laminar instruments by itself, with a kind of span in the
// place of an operation. For most SDKs it takes OpenLLMetry's instrumentations.
var laminar = dialect{
	name: "laminar",
	keys: []key{
		word("lmnr.span.type", spanType, 5),
	},
	emitters: []emitter{{
		name:    "Laminar",
		scopes:  []string{"lmnr.*"},
		clauses: []clause{{families: google, in: call.Inclusive, out: call.Inclusive}, {}},
		note:    "For Google's SDK. The others are OpenLLMetry's, under its scopes.",
		source:  "seen with @lmnr-ai/lmnr 0.8.46",
	}},
}
