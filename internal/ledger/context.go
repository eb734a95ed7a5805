package ledger

import (
	"crypto/sha256"
	"encoding/binary"
)

// Context is what many calls have in common, and what spend is grouped by. All
// fields are text, empty if not known; none is made of content.
type Context struct {
	Service       string // service.name
	Namespace     string // service.namespace
	Environment   string // deployment.environment.name
	Provider      string // as the price book spells it, or as told if it does not know it
	Model         string // likewise
	RequestModel  string // gen_ai.request.model
	ResponseModel string // gen_ai.response.model
	Operation     string // gen_ai.operation.name
	ErrorType     string // error.type, or "error" if the call failed and told none
	Status        string // token_cost.status
	Reasons       string // token_cost.reasons, with spaces between
	Currency      string // ISO 4217
	Price         string // token_cost.price
	Book          string // token_cost.book
	Overhead      string // token_cost.overhead as a decimal, empty without one
	Team          string
	Feature       string
	Customer      string
	Agent         string
	Tags          string // further attributes, as a flat JSON object with sorted keys; empty without any
	By            string // what package calculation calls so; empty if the telemetry does not tell
}

// Field is a field of a context under the name of its column.
type Field struct {
	Name string
	At   func(*Context) *string
}

// Fields lists the fields in the order of their columns.
var Fields = []Field{
	{"service_name", func(c *Context) *string { return &c.Service }},
	{"service_namespace", func(c *Context) *string { return &c.Namespace }},
	{"environment", func(c *Context) *string { return &c.Environment }},
	{"provider", func(c *Context) *string { return &c.Provider }},
	{"model", func(c *Context) *string { return &c.Model }},
	{"request_model", func(c *Context) *string { return &c.RequestModel }},
	{"response_model", func(c *Context) *string { return &c.ResponseModel }},
	{"operation", func(c *Context) *string { return &c.Operation }},
	{"error_type", func(c *Context) *string { return &c.ErrorType }},
	{"status", func(c *Context) *string { return &c.Status }},
	{"reasons", func(c *Context) *string { return &c.Reasons }},
	{"currency", func(c *Context) *string { return &c.Currency }},
	{"price", func(c *Context) *string { return &c.Price }},
	{"book", func(c *Context) *string { return &c.Book }},
	{"overhead", func(c *Context) *string { return &c.Overhead }},
	{"team", func(c *Context) *string { return &c.Team }},
	{"feature", func(c *Context) *string { return &c.Feature }},
	{"customer", func(c *Context) *string { return &c.Customer }},
	{"agent", func(c *Context) *string { return &c.Agent }},
	{"tags", func(c *Context) *string { return &c.Tags }},
	{"calculated_by", func(c *Context) *string { return &c.By }},
}

// ID returns the number of the context: the same for the same fields, in every
// Collector and store. Two different contexts have the same one with a
// probability of 1 in 10^7 among a million; stores refuse that.
func (c *Context) ID() int64 {
	h := sha256.New()
	var n [4]byte
	for _, f := range Fields {
		s := *f.At(c)
		binary.BigEndian.PutUint32(n[:], uint32(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	var sum [sha256.Size]byte
	return int64(binary.BigEndian.Uint64(h.Sum(sum[:0])) >> 1)
}

// Priced tells whether calls of the context have a cost.
func (c *Context) Priced() bool { return c.Currency != "" }

// Failed tells whether calls of the context failed.
func (c *Context) Failed() bool { return c.ErrorType != "" }
