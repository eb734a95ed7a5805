package focus

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// PriceRecord is a row of the SKU Price dataset of the draft of 1.5. Nulls are
// empty. Keys are its columns, by name; those with x_ are custom.
type PriceRecord struct {
	ChargeCategory          string `json:"ChargeCategory"`
	ContractID              string `json:"ContractId"`
	PricingCurrency         string `json:"PricingCurrency"`
	PricingCurrencyCategory string `json:"PricingCurrencyCategory"`
	PricingServiceName      string `json:"PricingServiceName"`
	PricingUnit             string `json:"PricingUnit"`
	ServiceProviderName     string `json:"ServiceProviderName"`
	SkuID                   string `json:"SkuId"`
	SkuPriceCreated         string `json:"SkuPriceCreated"`
	SkuPriceDescription     string `json:"SkuPriceDescription"`
	SkuPriceEffectiveEnd    string `json:"SkuPriceEffectiveEnd"`
	SkuPriceEffectiveStart  string `json:"SkuPriceEffectiveStart"`
	SkuPriceEligibility     string `json:"SkuPriceEligibility"`
	SkuPriceID              string `json:"SkuPriceId"`
	SkuPriceLastUpdated     string `json:"SkuPriceLastUpdated"`
	UnitPrice               string `json:"UnitPrice"`
	UnitPriceType           string `json:"UnitPriceType"`
	Confirmed               string `json:"x_Confirmed"`
	PriceID                 string `json:"x_PriceId"`
	SourceURL               string `json:"x_SourceUrl"`
}

// priceColumns are the columns in their order, which is that of the fields.
var priceColumns = []string{
	"ChargeCategory", "ContractId", "PricingCurrency", "PricingCurrencyCategory", "PricingServiceName", "PricingUnit", "ServiceProviderName",
	"SkuId", "SkuPriceCreated", "SkuPriceDescription", "SkuPriceEffectiveEnd", "SkuPriceEffectiveStart", "SkuPriceEligibility", "SkuPriceId",
	"SkuPriceLastUpdated", "UnitPrice", "UnitPriceType", "x_Confirmed", "x_PriceId", "x_SourceUrl",
}

func (p *PriceRecord) fields() []string {
	return []string{
		p.ChargeCategory, p.ContractID, p.PricingCurrency, p.PricingCurrencyCategory, p.PricingServiceName, p.PricingUnit, p.ServiceProviderName,
		p.SkuID, p.SkuPriceCreated, p.SkuPriceDescription, p.SkuPriceEffectiveEnd, p.SkuPriceEffectiveStart, p.SkuPriceEligibility, p.SkuPriceID,
		p.SkuPriceLastUpdated, p.UnitPrice, p.UnitPriceType, p.Confirmed, p.PriceID, p.SourceURL,
	}
}

// Combinations says which rules of a price get records of their own.
type Combinations string

// The combinations. Combined ones multiply: a model with four service tiers in
// ten regions has forty.
const (
	NoRules   Combinations = "none" // the price without any rule
	EachRule  Combinations = "each" // and with each rule alone
	Combined  Combinations = "all"  // and with every combination of rules
	maxChoice              = 4096   // of one price
)

// Prices passes the records of a price book as captured at an instant.
// Eligibility is global for list prices, and what a contract says cannot be told
// in its terms otherwise.
func Prices(book *pricebook.Book, c *Config, which Combinations, now time.Time, f func(*PriceRecord) error) error {
	for _, provider := range book.Providers() {
		names := c.namesOf(provider.ID)
		for _, model := range provider.Models() {
			for _, price := range model.Prices {
				if err := pricesOf(price, &names, which, now, f); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func pricesOf(p *pricebook.Price, names *ProviderNames, which Combinations, now time.Time, f func(*PriceRecord) error) error {
	choices, err := choicesOf(p, which)
	if err != nil {
		return err
	}
	contracts := p.Model.Contracts()
	for _, choice := range choices {
		for i := range len(contracts) + 1 {
			with := choice
			if with.Contract = uint16(i); i > 0 {
				var ok bool
				if with.span, ok = intersect(with.span, contracts[i-1].Period); !ok {
					continue
				}
			}
			if err := records(p, &with, names, now, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// choice is rules of a price that may hold together, and when they do.
type choice struct {
	pricebook.Choice
	span pricebook.Span
}

// choicesOf lists the choices of a price, that without rules first.
func choicesOf(p *pricebook.Price, which Combinations) ([]choice, error) {
	out := []choice{{span: p.Period()}}
	if which == NoRules {
		return out, nil
	}
	axes := map[string][]pricebook.Rule{}
	for _, r := range p.Rules() {
		axes[r.Axis] = append(axes[r.Axis], r)
	}
	base := out[0]
	for _, axis := range []string{"context", "mode", "geo", "schedule"} {
		from := out
		if which == EachRule {
			from = []choice{base}
		}
		for _, r := range axes[axis] {
			for _, c := range from {
				c.Context, c.Mode = max(c.Context, r.Choice.Context), max(c.Mode, r.Choice.Mode)
				c.Geo, c.Schedule = max(c.Geo, r.Choice.Geo), max(c.Schedule, r.Choice.Schedule)
				var ok bool
				if c.span, ok = intersect(c.span, r.Period); ok {
					out = append(out, c)
				}
				if len(out) > maxChoice {
					return nil, fmt.Errorf("%s has more than %d combinations of rules; use %s", p.ID, maxChoice, EachRule)
				}
			}
		}
	}
	return out, nil
}

func intersect(a, b pricebook.Span) (pricebook.Span, bool) {
	if b.HasFrom && (!a.HasFrom || b.From > a.From) {
		a.From, a.HasFrom = b.From, true
	}
	if b.HasUntil && (!a.HasUntil || b.Until < a.Until) {
		a.Until, a.HasUntil = b.Until, true
	}
	return a, !a.HasFrom || !a.HasUntil || a.From < a.Until
}

// records makes one record for each meter and fee of a choice.
func records(p *pricebook.Price, c *choice, names *ProviderNames, now time.Time, f func(*PriceRecord) error) error {
	card := p.Card(c.Choice)
	r := PriceRecord{
		ChargeCategory: usageCategory, PricingCurrency: card.Currency, PricingCurrencyCategory: "Payable", PricingServiceName: names.Service,
		ServiceProviderName: names.Name, SkuPriceEligibility: `{"IsGlobalScope":true}`, UnitPriceType: "List",
		Confirmed: strconv.FormatBool(!p.Unconfirmed), PriceID: p.ID, SourceURL: p.Source.URL,
	}
	if card.Contract != "" {
		r.ContractID, r.UnitPriceType, r.SkuPriceEligibility = card.Contract, "Contracted", `{"IsComplexScope":true}`
	}
	r.SkuPriceCreated = now.UTC().Format(time.RFC3339)
	if day, err := time.Parse(time.DateOnly, p.Source.Checked); err == nil {
		r.SkuPriceCreated = day.Format(time.RFC3339)
	}
	r.SkuPriceLastUpdated = r.SkuPriceCreated
	if c.span.HasFrom {
		r.SkuPriceEffectiveStart = instantText(c.span.From)
	}
	if c.span.HasUntil {
		r.SkuPriceEffectiveEnd = instantText(c.span.Until)
	}
	for i := range card.Items {
		item := &card.Items[i]
		s, err := describeSku(card.Provider, card.Model, card.Rules, item)
		if err != nil {
			return err
		}
		price, err := parsePrice(item.Price)
		if err != nil {
			return err
		}
		price, _ = roundPrice(price)
		one := r
		one.SkuID, one.SkuPriceID, one.PricingUnit, one.UnitPrice = s.ID, s.PriceID, s.PricingUnit, formatDecimal(price)
		one.SkuPriceDescription = s.Meter + " of " + card.Model + " at " + names.Service
		if err := f(&one); err != nil {
			return err
		}
	}
	return nil
}

func instantText(unixNano int64) string {
	return time.Unix(0, unixNano).UTC().Truncate(time.Second).Format(time.RFC3339)
}

// WritePrices writes the records as CSV with a header, or as JSON, one on each line.
func WritePrices(w io.Writer, asJSON bool, each func(func(*PriceRecord) error) error) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return each(func(r *PriceRecord) error { return enc.Encode(nulls(r)) })
	}
	out := csv.NewWriter(w)
	if err := out.Write(priceColumns); err != nil {
		return err
	}
	if err := each(func(r *PriceRecord) error { return out.Write(r.fields()) }); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// nulls makes null of empty text, objects of JSON, and numbers of prices.
func nulls(r *PriceRecord) map[string]any {
	out := map[string]any{}
	for i, v := range r.fields() {
		switch name := priceColumns[i]; {
		case v == "":
			out[name] = nil
		case name == "SkuPriceEligibility" || name == "UnitPrice" || name == "x_Confirmed":
			out[name] = json.RawMessage(v)
		default:
			out[name] = v
		}
	}
	return out
}
