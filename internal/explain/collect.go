package explain

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// Collect returns a visitor for the pricer that explains each call of a batch,
// in the order of the batch, and passes the explanation on. Calls that carried
// results before, and were left alone, are explained as such.
func Collect(keys *attrkey.Written, each func(*Call)) func(*pricer.Visited) {
	return func(v *pricer.Visited) {
		if v.Result == nil {
			each(kept(v, keys))
			return
		}
		each(Of(v, keys))
	}
}

// kept explains a call that carried results and was left alone.
func kept(v *pricer.Visited, keys *attrkey.Written) *Call {
	st, _ := v.Attributes.Get(keys.Status)
	c := &Call{
		Span: spanOf(v), Signal: v.Signal.String(), Kind: "kept", Status: st.AsString(),
		Hints: []Hint{{
			Say:   "the " + nouns[v.Signal] + " carried " + keys.Status + " already and was left alone; to price it anew:",
			Where: "configuration", YAML: "incoming: replace",
		}},
	}
	if book, ok := v.Attributes.Get(keys.Book); ok {
		c.Book = book.AsString()
	}
	return c
}
