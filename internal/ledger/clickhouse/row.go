package clickhouse

import (
	"encoding/hex"
	"encoding/json"
	"strconv"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/contextset"
)

// appendRow writes a row as JSON, by the names of columns.
func appendRow(b []byte, r *ledger.Row) []byte {
	b = append(b, `{"start_unix_nano":`...)
	b = strconv.AppendInt(b, r.Start, 10)
	b = appendHex(b, "trace_id", r.Trace[:])
	b = appendHex(b, "span_id", r.Span[:])
	b = appendNumber(b, "origin", int64(r.Origin))
	b = appendNumber(b, "run_id", r.Run)
	b = appendNumber(b, "signal", int64(r.Signal))
	b = appendNumber(b, "context_id", r.ContextID)
	b = appendNumber(b, "end_unix_nano", r.End)
	b = appendHex(b, "parent_span_id", r.Parent[:])
	b = appendText(b, "user_id", r.User)
	b = appendText(b, "session_id", r.Session)
	b = appendText(b, "response_id", r.Response)
	b = appendText(b, "usage", r.Usage)
	b = append(b, `,"quantities":[`...)
	for i, q := range r.Quantities {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, q, 10)
	}
	b = append(b, ']')
	for i, a := range r.Amounts {
		b = append(appendName(b, ledger.AmountNames[i]), '"') // a number would be read as a double first
		b = append(decimal(b, a), '"')
	}
	for i, n := range r.Tokens {
		b = appendNumber(b, ledger.TokenNames[i], n)
	}
	b = appendNumber(b, "billing_period", r.Billing)
	b = appendNumber(b, "ingested_unix_nano", r.Ingested)
	b = appendNumber(b, "fingerprint", r.Fingerprint)
	return append(b, "}\n"...)
}

func appendName(b []byte, name string) []byte {
	b = append(b, `,"`...)
	b = append(b, name...)
	return append(b, `":`...)
}

func appendNumber(b []byte, name string, n int64) []byte {
	return strconv.AppendInt(appendName(b, name), n, 10)
}

func appendHex(b []byte, name string, id []byte) []byte {
	b = append(appendName(b, name), '"')
	return append(hex.AppendEncode(b, id), '"')
}

// appendText writes text from telemetry.
func appendText(b []byte, name, text string) []byte {
	b = appendName(b, name)
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(contextset.Clean(text)) // a string always has JSON
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}

// readRow reads columns.
func readRow(f *fields, r *ledger.Row) {
	r.Start = f.int64()
	f.hex(r.Trace[:])
	f.hex(r.Span[:])
	r.Origin = ledger.Origin(f.int64())
	r.Run = f.int64()
	r.Signal = ledger.Signal(f.int64())
	r.ContextID = f.int64()
	r.End = f.int64()
	f.hex(r.Parent[:])
	r.User, r.Session, r.Response, r.Usage = f.text(), f.text(), f.text(), f.text()
	r.Quantities = f.numbers()
	for i := range r.Amounts {
		r.Amounts[i] = f.quanta64()
	}
	for i := range r.Tokens {
		r.Tokens[i] = f.int64()
	}
	r.Billing, r.Ingested, r.Fingerprint = f.int64(), f.int64(), f.int64()
}
