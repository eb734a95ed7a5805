package reprice

import (
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Verdict tells whether a call could be priced again, or why it was left as it is.
type Verdict string

// The verdicts.
const (
	Priced         Verdict = ""
	NoCalculation  Verdict = "no_calculation"     // the telemetry did not carry the facts of the call
	Unreadable     Verdict = "unreadable"         // the facts are not what this version writes
	ReportedCost   Verdict = "reported_cost_used" // the total is what the telemetry said
	WouldLosePrice Verdict = "would_lose_price"   // the book has no price for a call that has one
	OutOfRange     Verdict = "out_of_range"       // the new amount is beyond what a ledger holds
)

var verdictTexts = map[Verdict]string{
	NoCalculation:  "the telemetry did not carry what the cost was calculated from; attributes: {calculation: true} of the processor makes it",
	Unreadable:     "what the cost was calculated from cannot be read, as if a newer version had written it",
	ReportedCost:   "the total is the cost that the telemetry carried; --reported prices them too",
	WouldLosePrice: "the price book has no price for them, and the ledger has; --allow-unpriced stores that",
	OutOfRange:     "the new amount is beyond what a ledger holds",
}

// Text explains why calls were left.
func (v Verdict) Text() string { return verdictTexts[v] }

// known is a context of the ledger, and what was found out about it.
type known struct {
	context  *ledger.Context
	selected bool
	parsed   bool
	by       *calculation.By // nil if it cannot be read
	alpha    money.Factor
	loaded   bool // alpha is set
	old      status.Set
}

// parse reads what the calls of the context have in common, once.
func (k *known) parse() {
	if k.parsed {
		return
	}
	k.parsed = true
	for code := range strings.FieldsSeq(k.context.Reasons) {
		if reason, ok := status.ParseReason(code); ok {
			k.old.Add(reason)
		}
	}
	if k.context.Overhead != "" {
		alpha, err := money.ParseFactor(k.context.Overhead)
		if err != nil {
			return
		}
		k.alpha, k.loaded = alpha, true
	}
	if by, err := calculation.ParseBy(k.context.By); err == nil {
		k.by = by
	}
}

// pricing prices calls with one book. It keeps what it needs between calls.
type pricing struct {
	book     *pricebook.Book
	reported bool
	unpriced bool
	result   engine.Result
	text     []byte
	read     calculation.Calculation
}

// price prices a call again. It returns a version if status or money differ.
func (p *pricing) price(k *known, row *ledger.Row) (*ledger.Row, Verdict) {
	if k.context.By == "" {
		return nil, NoCalculation
	}
	k.parse()
	if k.by == nil {
		return nil, Unreadable
	}
	reported := k.old.Has(status.ReportedCostUsed)
	switch {
	case reported && !p.reported:
		return nil, ReportedCost
	case k.context.Priced() && k.by.Card == nil && !reported: // read from the telemetry, without what was assumed
		return nil, NoCalculation
	}
	call, err := k.by.Call.Call(ledger.ParseUsage(row.Usage), uint64(row.Start))
	if err != nil {
		return nil, Unreadable
	}
	engine.Price(p.book, call, &p.result)
	r := &p.result
	amounts := amountsOf(r, k)
	currency := ""
	if r.Status.Priced() {
		currency = r.Currency
	}
	if k.context.Status == r.Status.String() && k.context.Currency == currency && equal(row, &amounts) {
		return nil, Priced
	}
	if k.context.Priced() && r.Status == status.Unpriced && !p.unpriced {
		return nil, WouldLosePrice
	}
	p.text = calculation.Append(p.text[:0], call, r)
	if err := calculation.Parse(string(p.text), &p.read); err != nil {
		return nil, Unreadable
	}
	version := *row
	for i := range amounts {
		if ledger.Amount(i) == ledger.Reported {
			continue
		}
		n, ok := amounts[i].Int64()
		if !ok {
			return nil, OutOfRange
		}
		version.Amounts[i] = n
	}
	version.Origin, version.Version, version.Superseded, version.Run = ledger.Repriced, 0, false, 0
	version.Quantities = slices.Clone(p.read.Quantities)
	version.Context = contextOf(k.context, r, currency, p.book.Label, withCard(k.context.By, p.read.By))
	version.ContextID = version.Context.ID()
	version.Seal()
	return &version, Priced
}

// withCard puts the card of another calculation in the place of a calculation's
// own. Its facts stay as they were written: some of them explain, and have no
// effect on the price. No string of JSON holds what is looked for.
func withCard(by, other string) string {
	const card = `,"card":`
	facts, _, found := strings.Cut(by, card)
	if !found {
		facts = strings.TrimSuffix(by, "}")
	}
	if _, rest, found := strings.Cut(other, card); found {
		return facts + card + rest
	}
	return facts + "}"
}

// amountsOf lists the amounts of a result. That which was reported is none of them.
func amountsOf(r *engine.Result, k *known) [ledger.NumAmounts]money.Amount {
	var out [ledger.NumAmounts]money.Amount
	if !r.Status.Priced() {
		return out
	}
	out[ledger.Total] = r.Total
	out[ledger.Input] = r.Parts[engine.PartInput]
	out[ledger.CacheRead] = r.Parts[engine.PartCacheRead]
	out[ledger.CacheWrite] = r.Parts[engine.PartCacheWrite]
	out[ledger.Output] = r.Parts[engine.PartOutput]
	out[ledger.Fees] = r.Parts[engine.PartFees]
	out[ledger.List], out[ledger.Loaded] = r.Total, r.Total
	if r.Contract {
		out[ledger.List] = r.List
	}
	if k.loaded {
		out[ledger.Loaded] = r.Loaded(k.alpha)
	}
	return out
}

func equal(row *ledger.Row, amounts *[ledger.NumAmounts]money.Amount) bool {
	for i, a := range row.Amounts {
		if ledger.Amount(i) != ledger.Reported && (a < 0 || money.Quanta(uint64(a)) != amounts[i]) {
			return false
		}
	}
	return true
}

// contextOf returns what calls of a context have in common after they were
// priced again. An overhead stays, so that it applies to whatever they cost later.
func contextOf(old *ledger.Context, r *engine.Result, currency, book, by string) *ledger.Context {
	c := *old
	c.Status, c.Reasons, c.Currency, c.Price, c.Book, c.By = r.Status.String(), "", currency, "", book, by
	if r.Status != status.Exact {
		c.Reasons = strings.ReplaceAll(r.Reasons.String(), ",", " ")
	}
	if r.Price != nil {
		c.Price, c.Provider, c.Model = r.Price.ID, r.Price.Model.Provider.ID, r.Price.Model.ID
	}
	return &c
}
