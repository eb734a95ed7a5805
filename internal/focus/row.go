package focus

import (
	"math/big"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// terms are all that rows may have in common: what is sold by whom, at which
// unit prices, for whom. They are comparable, so that usage of equal terms is
// one row. Prices are exact decimals; empty text is null.
type terms struct {
	Account   Account
	Names     ProviderNames
	Publisher string

	Provider, Model, Meter string // as the card spells them
	tokens                 bool
	per                    int64 // items in a pricing unit

	SkuID, SkuPriceID, SkuMeter, Details string
	ConsumedUnit, PricingUnit            string
	Description                          string

	Currency, PricingCurrency    string
	List, Contracted             string // unit prices in Currency
	NativeList, NativeContracted string // unit prices in PricingCurrency

	Contract, Region          string
	SubAccount, Tags, columns string // columns are separated by \x00
	Status, Price             string

	unbilled bool // who writes the rows does not invoice
}

// offer is terms with their prices as numbers.
type offer struct {
	terms
	list, contracted             *big.Rat
	nativeList, nativeContracted *big.Rat // nil if there is no rate of exchange
	rounded                      bool     // a unit price has more digits than a column
}

// Row is one charge.
type Row struct {
	*offer
	Billing, BillingEnd int64 // unix seconds
	Start, End          int64 // unix seconds
	Category            string
	Class               string
	Frequency           string
	PricingCategory     string
	Quantity            *big.Rat // of PricingUnit
	Consumed            *big.Rat // of ConsumedUnit; nil for null

	ListCost, ContractedCost  *big.Rat
	EffectiveCost, BilledCost *big.Rat
	NativeEffectiveCost       *big.Rat

	ResourceID, ResourceName, ResourceType string

	Commitment         *Commitment // nil for none
	CommitmentStatus   string
	CommitmentQuantity *big.Rat
	Applied            *application // nil for none
}

// The values of columns with a closed list of values.
const (
	usageCategory    = "Usage"
	purchaseCategory = "Purchase"
	correctionClass  = "Correction"
	usageBased       = "Usage-Based"
	standardPricing  = "Standard"
	committedPricing = "Committed"
	statusUsed       = "Used"
	statusUnused     = "Unused"
)

// offers makes the terms of contexts, and keeps one of each.
type offers struct {
	config  *Config
	version Version
	bare    bool // draft keys without x_
	known   map[terms]*offer
	cards   map[string]*calculation.By // nil for what cannot be read
}

func newOffers(o *Options) *offers {
	return &offers{config: o.Config, version: o.Version, bare: o.DraftKeys, known: map[terms]*offer{}, cards: map[string]*calculation.By{}}
}

// by reads a calculation; nil if it cannot be read.
func (o *offers) by(text string) *calculation.By {
	b, ok := o.cards[text]
	if !ok {
		b, _ = calculation.ParseBy(text)
		o.cards[text] = b
	}
	return b
}

// of returns the offers of a context, one for each item of its card.
func (o *offers) of(c *ledger.Context, by *calculation.By) ([]*offer, error) {
	card := by.Card
	names := o.config.namesOf(card.Provider)
	model := o.config.modelNames(card.Provider, card.Model)
	common := terms{
		Account: o.config.accountOf(card.Provider), Names: names, Publisher: names.Name, Provider: card.Provider, Model: card.Model,
		Currency: card.Currency, PricingCurrency: card.Currency, Contract: card.Contract, Region: region(by.Call.Geo), Status: c.Status, Price: card.Price,
		unbilled: o.config.unbilled(o.version, &names),
	}
	if model.Developer != "" {
		common.Publisher = model.Developer
	}
	if card.NativeCurrency != "" {
		common.PricingCurrency = card.NativeCurrency
	}
	var columns []string
	common.SubAccount, common.Tags, columns = o.config.Allocation.allocate(c)
	common.columns = strings.Join(columns, "\x00")
	rate, err := exchange(card)
	if err != nil {
		return nil, err
	}
	var out []*offer
	for i := range card.Items {
		item := &card.Items[i]
		s, err := describeSku(card.Provider, card.Model, card.Rules, item)
		if err != nil {
			return nil, err
		}
		t := common
		t.Meter, t.tokens, t.per = item.Meter, s.tokens, item.Per
		t.SkuID, t.SkuPriceID, t.SkuMeter, t.ConsumedUnit, t.PricingUnit = s.ID, s.PriceID, s.Meter, s.ConsumedUnit, s.PricingUnit
		t.Details = s.details(card, model, o.bare)
		t.Description = s.Meter + " of " + card.Model + " at " + names.Service
		if len(card.Rules) > 0 {
			t.Description += " (" + strings.Join(card.Rules, ", ") + ")"
		}
		made := &offer{}
		if err := made.price(&t, item, rate); err != nil {
			return nil, err
		}
		if o.known[t] == nil {
			made.terms = t
			o.known[t] = made
		}
		out = append(out, o.known[t])
	}
	return out, nil
}

// region is where a call was served, as told. Calls that are served anywhere have
// no region (the draft's examples of serving scope).
func region(geo string) string {
	if geo == "global" {
		return ""
	}
	return geo
}

// exchange returns how much of the native currency a unit of the card's is; nil
// if no item tells, one if nothing was converted.
func exchange(card *pricebook.Card) (*big.Rat, error) {
	if card.NativeCurrency == "" {
		return big.NewRat(1, 1), nil
	}
	for i := range card.Items {
		price, err := parsePrice(card.Items[i].Price)
		if err != nil {
			return nil, err
		}
		native, err := parsePrice(card.Items[i].Native)
		if err != nil {
			return nil, err
		}
		if price.Sign() > 0 {
			return native.Quo(native, price), nil
		}
	}
	return nil, nil
}

// price reads the unit prices of an item. Those that are no decimal of 18 digits,
// as converted ones may be, are rounded once, here.
func (o *offer) price(t *terms, item *pricebook.CardItem, rate *big.Rat) error {
	round := func(to **big.Rat, text *string, r *big.Rat) {
		rounded := false
		if *to, rounded = roundPrice(r); rounded {
			o.rounded = true
		}
		*text = formatDecimal(*to)
	}
	contracted, err := parsePrice(item.Price)
	if err != nil {
		return err
	}
	list := contracted
	if item.List != "" {
		if list, err = parsePrice(item.List); err != nil {
			return err
		}
	}
	round(&o.contracted, &t.Contracted, contracted)
	round(&o.list, &t.List, list)
	if rate != nil {
		round(&o.nativeContracted, &t.NativeContracted, product(contracted, rate))
		round(&o.nativeList, &t.NativeList, product(list, rate))
	} else if contracted.Sign() == 0 && list.Sign() == 0 {
		round(&o.nativeContracted, &t.NativeContracted, contracted)
		round(&o.nativeList, &t.NativeList, list)
	}
	return nil
}

// usageRow makes the row of a quantity of items at contracted prices.
func (o *offer) usageRow(p *span, quantity int64) *Row {
	items := new(big.Rat).SetInt64(quantity)
	units := new(big.Rat).Quo(items, new(big.Rat).SetInt64(o.per))
	r := &Row{
		offer: o, Billing: p.billing, BillingEnd: p.billingEnd, Start: p.start, End: p.end,
		Category: usageCategory, Frequency: usageBased, PricingCategory: standardPricing, Quantity: units, Consumed: items,
		ListCost: product(o.list, units), ContractedCost: product(o.contracted, units),
	}
	r.EffectiveCost, r.BilledCost = r.ContractedCost, r.ContractedCost
	if o.unbilled {
		r.BilledCost = new(big.Rat)
	}
	if o.nativeContracted != nil {
		r.NativeEffectiveCost = product(o.nativeContracted, units)
	}
	if p.correction {
		r.Class = correctionClass
	}
	if o.Contract != "" {
		r.Applied = &application{contract: o.Contract, commitment: o.Contract, cost: r.ContractedCost}
	}
	return r
}

// span is when a charge was incurred and when it is billed.
type span struct {
	start, end          int64
	billing, billingEnd int64
	correction          bool // billed in a later period than its own
}
