// Package calculation writes and reads what a cost was calculated from: the
// facts of the call after all assumptions, its usage, and what each meter came
// to. It is one JSON text beside the cost, from which a ledger keeps unit prices
// and prices calls again, without the price book and without the telemetry.
//
// The text begins with what differs between calls, and ends with what many
// calls have in common, so that a reader parses the rest once for many:
//
//	{"quantities":[900,300,80],"usage":{"input":1200,"cache_read":300,"output":80},"by":{"call":{…},"card":{…}}}
package calculation

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// maxName bounds names from telemetry. No price book has longer ones.
const maxName = 256

// Append writes the calculation of a result.
func Append(dst []byte, c *call.Call, r *engine.Result) []byte {
	dst = append(dst, '{')
	if r.Price != nil {
		dst = append(dst, `"quantities":[`...)
		n := 0
		for i := range r.Price.Meters {
			dst = appendNumber(dst, &n, r.Quantities[i])
		}
		for i := range r.Price.Fees {
			dst = appendNumber(dst, &n, r.Fees[i])
		}
		dst = append(dst, `],`...)
	}
	dst = append(dst, `"usage":{`...)
	n := 0
	for _, count := range c.Usage.Tokens() {
		dst = appendCount(dst, &n, count.Meter.String(), count.Tokens)
	}
	if c.Usage.HasFees() {
		for f := range meter.Fee(meter.NumFees) {
			if items, told := c.Usage.Fee(f); told {
				dst = appendCount(dst, &n, f.String(), items)
			}
		}
	}
	dst = append(dst, `},"by":{"call":`...)
	dst = appendFacts(dst, c)
	if r.Price != nil {
		dst = append(dst, `,"card":`...)
		dst = append(dst, r.Price.CardJSON(r.Choice)...)
	}
	return append(dst, "}}"...)
}

func appendNumber(dst []byte, n *int, v int64) []byte {
	if *n++; *n > 1 {
		dst = append(dst, ',')
	}
	return strconv.AppendInt(dst, v, 10)
}

func appendCount(dst []byte, n *int, name string, v int64) []byte {
	if *n++; *n > 1 {
		dst = append(dst, ',')
	}
	dst = append(dst, '"')
	dst = append(dst, name...) // of a closed list
	dst = append(dst, `":`...)
	return strconv.AppendInt(dst, v, 10)
}

// appendFacts writes what Facts reads.
func appendFacts(dst []byte, c *call.Call) []byte {
	dst = append(dst, `{"kind":"`...)
	dst = append(dst, c.Kind.String()...)
	dst = append(dst, '"')
	for _, f := range [...]struct{ key, value string }{
		{"dialect", c.Dialect},
		{"operation", c.Operation},
		{"provider", c.Provider},
		{"response_model", c.ResponseModel},
		{"request_model", c.RequestModel},
		{"host", c.Host},
		{"mode", c.Mode},
		{"geo", c.Geo},
		{"assumed_geo", c.AssumedGeo},
		{"billing", c.Billing},
		{"basis", c.Basis.String()},
	} {
		if f.value != "" {
			dst = append(dst, `,"`...)
			dst = append(dst, f.key...)
			dst = append(dst, `":`...)
			dst = appendText(dst, f.value)
		}
	}
	if c.Failed {
		dst = append(dst, `,"failed":true`...)
	}
	if c.Told != 0 {
		dst = append(dst, `,"told":[`...)
		dst = appendNames(dst, c.Told.Names())
		dst = append(dst, ']')
	}
	if c.Reasons != 0 {
		dst = append(dst, `,"reasons":[`...)
		dst = appendNames(dst, func(yield func(string) bool) {
			for reason := range c.Reasons.All() {
				if !yield(reason.Code()) {
					return
				}
			}
		})
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

func appendNames(dst []byte, names func(func(string) bool)) []byte {
	n := 0
	for name := range names {
		if n++; n > 1 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, name...)
		dst = append(dst, '"')
	}
	return dst
}

// appendText writes a string from telemetry, cut to maxName.
func appendText(dst []byte, s string) []byte {
	if len(s) > maxName {
		s = strings.ToValidUTF8(s[:maxName], "")
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			b, _ := json.Marshal(s) // a string always has JSON
			return append(dst, b...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// Facts are the facts of a call that its price depends on, as they were priced.
type Facts struct {
	Kind          string   `json:"kind"`
	Dialect       string   `json:"dialect,omitempty"`
	Operation     string   `json:"operation,omitempty"`
	Provider      string   `json:"provider,omitempty"`
	ResponseModel string   `json:"response_model,omitempty"`
	RequestModel  string   `json:"request_model,omitempty"`
	Host          string   `json:"host,omitempty"`
	Mode          string   `json:"mode,omitempty"`
	Geo           string   `json:"geo,omitempty"`
	AssumedGeo    string   `json:"assumed_geo,omitempty"`
	Billing       string   `json:"billing,omitempty"`
	Basis         string   `json:"basis,omitempty"`
	Failed        bool     `json:"failed,omitempty"`
	Told          []string `json:"told,omitempty"`
	Reasons       []string `json:"reasons,omitempty"` // found while reading
}

// AppendBy writes the common part of the calculation of a call whose price is
// not known, as ParseBy reads it.
func AppendBy(dst []byte, c *call.Call) []byte {
	return append(appendFacts(append(dst, `{"call":`...), c), '}')
}

// UsageOf lists the counts of a call.
func UsageOf(c *call.Call, dst []Count) []Count {
	for _, count := range c.Usage.Tokens() {
		dst = append(dst, Count{count.Meter.String(), count.Tokens})
	}
	for f := range meter.Fee(meter.NumFees) {
		if n, told := c.Usage.Fee(f); told {
			dst = append(dst, Count{f.String(), n})
		}
	}
	return dst
}

// By is what many calls have in common.
type By struct {
	Call Facts           `json:"call"`
	Card *pricebook.Card `json:"card,omitempty"` // nil if there is no price
}

// ParseBy reads the common part of a calculation.
func ParseBy(text string) (*By, error) {
	var b By
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return nil, fmt.Errorf("calculation: %w", err)
	}
	return &b, nil
}

// Call makes the call that is priced from its facts, usage and start.
func (f *Facts) Call(usage []Count, startUnixNano uint64) (*call.Call, error) {
	kind, ok := call.ParseKind(f.Kind)
	if !ok {
		return nil, fmt.Errorf("calculation: kind %q is unknown", f.Kind)
	}
	c := &call.Call{
		Kind: kind, Dialect: f.Dialect, Operation: f.Operation, Provider: f.Provider, ResponseModel: f.ResponseModel, RequestModel: f.RequestModel,
		Host: f.Host, Mode: f.Mode, Geo: f.Geo, AssumedGeo: f.AssumedGeo, Billing: f.Billing, Failed: f.Failed, StartUnixNano: startUnixNano,
	}
	for _, name := range f.Told {
		c.Told |= call.ParseFact(name)
	}
	for _, code := range f.Reasons {
		reason, ok := status.ParseReason(code)
		if !ok {
			return nil, fmt.Errorf("calculation: reason %q is unknown", code)
		}
		c.Reasons.Add(reason)
	}
	for _, count := range usage {
		if m, err := meter.Parse(count.Name); err == nil {
			if !c.Usage.Set(m, count.N) {
				return nil, fmt.Errorf("calculation: more meters than a call can have")
			}
			continue
		}
		fee, err := meter.ParseFee(count.Name)
		if err != nil {
			return nil, fmt.Errorf("calculation: usage: %w", err)
		}
		c.Usage.SetFee(fee, count.N)
	}
	return c, nil
}
