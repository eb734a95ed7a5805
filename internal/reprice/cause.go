package reprice

import (
	"math/big"
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Cause says why an amount changed.
type Cause string

// The causes.
const (
	PriceChanged    Cause = "price"           // the same rules, other prices: those in force at the time of the call were corrected
	RuleChanged     Cause = "rule"            // other rules applied: context tier, mode, region, hours
	ContractChanged Cause = "contract"        // a contract began to apply, changed or ended
	ModelKnown      Cause = "model_known"     // the book did not know the model, or its provider
	ReasonResolved  Cause = "reason_resolved" // another reason why there was no price is gone
	ModelChanged    Cause = "model"           // the call is priced as another model
	CurrencyChanged Cause = "currency"        // the price is in another currency
	ReportedCosts   Cause = "reported_cost"   // a cost that the telemetry carried gave way to a calculated one
	PriceLost       Cause = "price_lost"      // there is no price any more
	StatusChanged   Cause = "status"          // only how sure the cost is
	Other           Cause = "other"           // tokens are counted to other meters
)

var causeTexts = map[Cause]string{
	PriceChanged: "the price changed", RuleChanged: "other rules applied", ContractChanged: "contract", ModelKnown: "model newly known",
	ReasonResolved: "a reason is resolved", ModelChanged: "priced as another model", CurrencyChanged: "other currency",
	ReportedCosts: "calculated instead of reported", PriceLost: "no price any more", StatusChanged: "only the status", Other: "other meters",
}

// Text says a cause in a few words.
func (c Cause) Text() string { return causeTexts[c] }

// part is a part of the change of one call.
type part struct {
	cause      Cause
	currency   string
	difference int64
}

// explain splits the change of a call into parts that add up to it exactly. What
// a contract takes off is told apart from what the list price does.
func explain(k *known, before, after *ledger.Row) []part {
	old, now := k.context, after.Context
	switch {
	case !old.Priced() && !now.Priced():
		return []part{{cause: StatusChanged}}
	case !old.Priced():
		return []part{{k.resolved(), now.Currency, after.Amounts[ledger.Total]}}
	case !now.Priced():
		return []part{{PriceLost, old.Currency, -before.Amounts[ledger.Total]}}
	case old.Currency != now.Currency:
		return []part{
			{CurrencyChanged, old.Currency, -before.Amounts[ledger.Total]},
			{CurrencyChanged, now.Currency, after.Amounts[ledger.Total]},
		}
	}
	list := after.Amounts[ledger.List] - before.Amounts[ledger.List]
	contract := after.Amounts[ledger.Total] - before.Amounts[ledger.Total] - list
	var out []part
	if contract != 0 {
		out = append(out, part{ContractChanged, now.Currency, contract})
	}
	if list != 0 {
		out = append(out, part{k.listCause(now), now.Currency, list})
	}
	if len(out) == 0 {
		out = append(out, part{StatusChanged, now.Currency, 0})
	}
	return out
}

// resolved tells what kept calls of the context from having a price.
func (k *known) resolved() Cause {
	if k.old.Has(status.ModelUnknown) || k.old.Has(status.ProviderUnknown) {
		return ModelKnown
	}
	return ReasonResolved
}

// listCause tells why the list price of a call changed.
func (k *known) listCause(now *ledger.Context) Cause {
	by, err := calculation.ParseBy(now.By)
	if err != nil || by.Card == nil || k.by == nil {
		return Other
	}
	old, card := k.by.Card, by.Card
	switch {
	case k.old.Has(status.ReportedCostUsed):
		return ReportedCosts
	case old == nil:
		return Other
	case old.Provider != card.Provider || old.Model != card.Model:
		return ModelChanged
	case !slices.Equal(old.Rules, card.Rules):
		return RuleChanged
	case !slices.EqualFunc(old.Items, card.Items, sameList):
		return PriceChanged
	}
	return Other
}

// sameList tells whether two items have the same price without contracts.
func sameList(a, b pricebook.CardItem) bool {
	return a.Meter == b.Meter && a.Per == b.Per && list(a) == list(b)
}

func list(i pricebook.CardItem) string {
	if i.List != "" {
		return i.List
	}
	return i.Price
}

// units returns quanta as currency units.
func units(quanta *big.Int) *big.Rat { return new(big.Rat).SetFrac(quanta, quantaPerUnit) }

var quantaPerUnit = new(big.Int).Exp(big.NewInt(10), big.NewInt(money.Digits), nil)
