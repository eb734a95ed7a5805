package ledger

import "slices"

// The columns that databases have, by the names that their views and
// documentation show. Stores read and write them in this order.
var (
	// NumberNames are the columns of what is added up: amounts, then counts.
	NumberNames = slices.Concat(AmountNames[:], TokenNames[:])

	// FieldNames are the columns of contexts, without their number.
	FieldNames = func() []string {
		out := make([]string, len(Fields))
		for i, f := range Fields {
			out[i] = f.Name
		}
		return out
	}()

	// CallColumns are the columns of one version of one call.
	CallColumns = slices.Concat([]string{
		"start_unix_nano", "trace_id", "span_id", "version", "superseded", "origin", "run_id", "signal", "context_id", "end_unix_nano", "parent_span_id",
		"user_id", "session_id", "response_id", "usage", "quantities",
	}, NumberNames, []string{"billing_period", "ingested_unix_nano", "fingerprint"})
)
