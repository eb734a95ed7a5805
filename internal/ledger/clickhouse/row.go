package clickhouse

import (
	"encoding/hex"
	"encoding/json"
	"strconv"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/contextset"
)

// appendRow writes a row as a JSON array of columns.
func appendRow(b []byte, r *ledger.Row) []byte {
	b = append(b, '[')
	b = strconv.AppendInt(b, r.Start, 10)
	b = appendHex(b, r.Trace[:])
	b = appendHex(b, r.Span[:])
	b = appendNumber(b, int64(r.Origin))
	b = appendNumber(b, r.Run)
	b = appendNumber(b, int64(r.Signal))
	b = appendNumber(b, r.ContextID)
	b = appendNumber(b, r.End)
	b = appendHex(b, r.Parent[:])
	for _, text := range [...]string{r.User, r.Session, r.Response, r.Usage} {
		b = appendText(append(b, ','), text)
	}
	b = append(b, ",["...)
	for i, q := range r.Quantities {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, q, 10)
	}
	b = append(b, ']')
	for _, a := range r.Amounts {
		b = append(decimal(append(b, ",\""...), a), '"') // a number would be read as a double first
	}
	for _, n := range r.Tokens {
		b = appendNumber(b, n)
	}
	b = appendNumber(b, r.Billing)
	b = appendNumber(b, r.Ingested)
	b = appendNumber(b, r.Fingerprint)
	return append(b, "]\n"...)
}

func appendNumber(b []byte, n int64) []byte { return strconv.AppendInt(append(b, ','), n, 10) }

func appendHex(b, id []byte) []byte { return append(hex.AppendEncode(append(b, ",\""...), id), '"') }

// appendText writes text from telemetry.
func appendText(b []byte, text string) []byte {
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
