// Package explain tells how the cost of a call came about, line by line: what
// the span said, how it was read, which price was found, and the arithmetic. It
// decides nothing: every fact comes from what the pricer did to the span.
package explain

import (
	"encoding/json"
	"math/big"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// Call is the explanation of one call, or of a span that carries usage and is
// none. Its JSON form is what `tokencost explain --output json` prints.
type Call struct {
	Span   Span   `json:"span"`
	Signal string `json:"signal"` // traces or logs
	ReadBy ReadBy `json:"read_by"`
	Kind   string `json:"kind"`
	Told   Told   `json:"told"`
	Model  *Model `json:"model,omitempty"`
	Usage  Usage  `json:"usage"`
	Price  *Price `json:"price,omitempty"`
	Lines  []Line `json:"lines,omitempty"`

	Status  string   `json:"status"`
	Reasons []Reason `json:"reasons,omitempty"`
	Assume  string   `json:"assume,omitempty"` // an entry of assume: that would make the call exact, if it is true
	Hints   []Hint   `json:"hints,omitempty"`

	Sum      *Number       `json:"sum,omitempty"`   // exact sum of the lines
	Total    *money.Amount `json:"total,omitempty"` // Sum rounded once, to 12 decimal places
	Parts    []Part        `json:"parts,omitempty"` // of Total
	Currency string        `json:"currency,omitempty"`
	List     *money.Amount `json:"list,omitempty"` // total without the contract
	Overhead *Double       `json:"overhead,omitempty"`
	Loaded   *Double       `json:"loaded,omitempty"`
	Reported *Double       `json:"reported,omitempty"` // in USD, as the telemetry told it
	Book     string        `json:"book"`

	stream stream            // that the points are of, if its sums grow from one batch to the next
	at     pcommon.Timestamp // of the points
}

// Span says which span it was.
type Span struct {
	Name    string `json:"name"`
	TraceID string `json:"trace_id,omitempty"`
	SpanID  string `json:"span_id,omitempty"`
	Start   string `json:"start,omitempty"` // RFC 3339, UTC
	End     string `json:"end,omitempty"`   // of the interval that the points of a metric cover
	Points  int    `json:"points,omitempty"`
	Service string `json:"service,omitempty"`
}

// ReadBy says who emitted the span, and which dialect read it.
type ReadBy struct {
	Dialect      string `json:"dialect"`
	Emitter      string `json:"emitter,omitempty"` // as docs/dialects.md names it
	Scope        string `json:"scope,omitempty"`
	ScopeVersion string `json:"scope_version,omitempty"`
}

// Told is what the span said about the call, or the configuration declared.
type Told struct {
	Operation     string `json:"operation,omitempty"`
	Provider      string `json:"provider,omitempty"`
	Host          string `json:"host,omitempty"`
	ResponseModel string `json:"response_model,omitempty"`
	RequestModel  string `json:"request_model,omitempty"`
	Mode          string `json:"mode,omitempty"`
	Geo           string `json:"geo,omitempty"`
	Billing       string `json:"billing,omitempty"`
	Failed        bool   `json:"failed,omitempty"`
}

// Model is what the names resolved to.
type Model struct {
	Provider   string `json:"provider"`
	ProviderBy string `json:"provider_by"`
	ID         string `json:"id,omitempty"`
	By         string `json:"by,omitempty"`
	Told       string `json:"told,omitempty"` // the name that led there
	Geo        string `json:"geo,omitempty"`  // region that the name or host tells
}

// Usage is what was read. Counts include the counts of the meters within them.
type Usage struct {
	Basis        string  `json:"basis,omitempty"`
	Contradicted bool    `json:"contradicted,omitempty"` // the counts disprove the rule for the emitter
	Tokens       []Count `json:"tokens,omitempty"`
	Fees         []Count `json:"fees,omitempty"`
}

// Count is how much of a meter or fee was used.
type Count struct {
	Name string `json:"name"`
	N    int64  `json:"n"`
}

// Price is the period of the price book that was in force.
type Price struct {
	ID          string           `json:"id"`
	From        string           `json:"from,omitempty"`
	Until       string           `json:"until,omitempty"`
	Currency    string           `json:"currency"` // of the rates as declared
	Source      pricebook.Source `json:"source"`
	Unconfirmed bool             `json:"unconfirmed,omitempty"`
}

// Line is the arithmetic of one meter or fee: Quantity x Rate, per million for
// tokens, is Amount.
type Line struct {
	Meter    string `json:"meter"`
	Unit     string `json:"unit"` // token or item
	Quantity int64  `json:"quantity"`
	Base     Number `json:"base"` // per 1,000,000 tokens, or per item
	BaseOf   string `json:"base_of,omitempty"`
	Steps    []Step `json:"steps,omitempty"`
	Rate     Number `json:"rate"`
	Amount   Number `json:"amount"` // exact
}

// Step is one rule that scaled or set the rate.
type Step struct {
	Rule  string  `json:"rule"`
	Times *Number `json:"times,omitempty"`
	Set   *Number `json:"set,omitempty"`
}

// Part is one part of the total.
type Part struct {
	Name   string       `json:"name"`
	Amount money.Amount `json:"amount"`
}

// Reason is why the call is not exact.
type Reason struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Hint says what would price the call, or price it exactly.
type Hint struct {
	Say   string `json:"say"`
	Where string `json:"where,omitempty"` // configuration, price book or telemetry
	YAML  string `json:"yaml,omitempty"`
}

// Number is an exact rational. Its text is a decimal, or a fraction such as
// 4/29 where no finite decimal is exact.
type Number struct{ *big.Rat }

// String writes the number exactly.
func (n Number) String() string { return pricebook.Decimal(n.Rat) }

// MarshalJSON writes the number as a string.
func (n Number) MarshalJSON() ([]byte, error) { return json.Marshal(n.String()) }

func number(r *big.Rat) *Number { return &Number{r} }

// Double is a number as it stands in an attribute. Its text is the shortest
// decimal that gives the attribute back.
type Double float64

// String writes the number without exponent.
func (d Double) String() string { return strconv.FormatFloat(float64(d), 'f', -1, 64) }

// MarshalJSON writes the number as a string.
func (d Double) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }
