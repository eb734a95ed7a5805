package pricebook

import (
	"encoding/json"
	"math/big"
)

// Card says what a price came to under a choice, item by item, so that a cost
// can be verified and reported without the price book that it was made with.
type Card struct {
	Price          string     `json:"price"`    // Price.ID
	Provider       string     `json:"provider"` // as the book spells it
	Model          string     `json:"model"`
	Currency       string     `json:"currency"`                  // ISO 4217, of the prices
	NativeCurrency string     `json:"native_currency,omitempty"` // of the provider's list, where prices were converted
	Contract       string     `json:"contract,omitempty"`        // name of the contract that applied
	Rules          []string   `json:"rules,omitempty"`           // such as "mode batch"
	Items          []CardItem `json:"items"`                     // Price.Meters, then Price.Fees
}

// CardItem is the price of one meter or fee. Prices are exact: decimals, or
// fractions such as "1/3" where no decimal is.
type CardItem struct {
	Meter  string `json:"meter"`
	Per    int64  `json:"per"`              // items that Price buys: 1,000,000 tokens, or one of a fee
	Price  string `json:"price"`            // in Currency, with every rule
	List   string `json:"list,omitempty"`   // in Currency, without the contract
	Native string `json:"native,omitempty"` // in NativeCurrency, with every rule
}

// CardJSON returns the card of a choice as JSON. It is computed once for each
// of the first choices that ask.
func (p *Price) CardJSON(c Choice) string {
	if text, ok := p.cards.get(c); ok {
		return text
	}
	b, err := json.Marshal(p.Card(c))
	if err != nil {
		panic(err) // strings and integers only
	}
	return p.cards.keep(c, string(b))
}

// Card describes what the price comes to under a choice.
func (p *Price) Card(c Choice) *Card {
	out := &Card{Price: p.ID, Provider: p.Model.Provider.ID, Model: p.Model.ID, Currency: p.Currency, Rules: p.applied(c)}
	list, native := c, c
	list.Contract, native.Exchange = 0, 0
	if c.Contract > 0 {
		out.Contract = p.Model.contracts[c.Contract-1].name
	}
	if c.Exchange > 0 {
		out.Currency, out.NativeCurrency = usd, p.Currency
	}
	add := func(name string, per int64, rate func(Choice) *big.Rat) {
		item := CardItem{Meter: name, Per: per, Price: Decimal(rate(c))}
		if c.Contract > 0 {
			item.List = Decimal(rate(list))
		}
		if c.Exchange > 0 {
			item.Native = Decimal(rate(native))
		}
		out.Items = append(out.Items, item)
	}
	for _, m := range p.Meters {
		add(m.String(), 1_000_000, func(c Choice) *big.Rat { return p.Rate(m, c).Value })
	}
	for _, f := range p.Fees {
		add(f.String(), 1, func(c Choice) *big.Rat { return p.FeeRate(f, c).Value })
	}
	return out
}

// applied names the rules that a choice consists of.
func (p *Price) applied(c Choice) []string {
	var out []string
	for _, r := range p.Rules() {
		if one := r.Choice; one != (Choice{}) && r.Axis != "override" && (one.Context == 0 || one.Context == c.Context) && (one.Mode == 0 || one.Mode == c.Mode) &&
			(one.Geo == 0 || one.Geo == c.Geo) && (one.Schedule == 0 || one.Schedule == c.Schedule) {
			out = append(out, r.String())
		}
	}
	return out
}
