package bill

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// focusColumns are the columns of FOCUS 1.2 to 1.4 that are read. 1.3 replaced
// ProviderName by ServiceProviderName, and 1.4 dropped it.
func focusColumns() Columns {
	return Columns{
		colDay: "ChargePeriodStart", colEnd: "ChargePeriodEnd", colCost: "BilledCost", colCurrency: "BillingCurrency", colCategory: "ChargeCategory",
		colQuantity: "?ConsumedQuantity", colUnit: "?ConsumedUnit", colMeter: "?SkuMeter", colDetails: "?SkuPriceDetails", colModel: "?ResourceName",
		colProvider: "?ServiceProviderName|ProviderName", colService: "?ServiceName", colCharge: "?ChargeDescription",
	}
}

// Keep tells whether a row of a FOCUS file is the provider's, by what it calls
// provider and service. It is nil for all rows.
type Keep func(names ...string) bool

// focusLine reads a row of a FOCUS file.
func focusLine(b *Bill, r *record) error {
	provider, service := r.get(colProvider), r.get(colService)
	if b.Keep != nil && !b.Keep(provider, service) {
		b.skip(cut(provider + " / " + service))
		return nil
	}
	start, end, err := r.times()
	if err != nil {
		return err
	}
	l := Line{Start: start, End: end, Model: cut(r.get(colModel)), Item: cut(r.get(colMeter))}
	if l.Item == "" {
		l.Item = cut(r.get(colCharge))
	}
	if err := r.amounts(b, &l); err != nil {
		return err
	}
	b.covers(start, end)
	if category := r.get(colCategory); category != "Usage" {
		l.Meter, l.Item, l.Quantity = NotUsage, cut(category), nil
		return b.add(l)
	}
	if err := l.focusDetails(r.get(colDetails)); err != nil {
		return err
	}
	if l.Meter == Unsplit {
		l.Meter = meterOf(l.Item)
		l.OneHour = l.Meter == CacheWrite && oneHour(l.Item)
	}
	if unit := strings.ToLower(r.get(colUnit)); unit != "" && !strings.Contains(unit, "token") {
		l.Meter, l.Quantity = Fees, nil
	}
	return b.add(l)
}

// focusDetails reads SkuPriceDetails: the keys of the draft of 1.5, which have
// x_ in front until then.
func (l *Line) focusDetails(text string) error {
	if text == "" {
		return nil
	}
	var raw map[string]any
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return fmt.Errorf("SkuPriceDetails is no JSON object: %w", err)
	}
	details := map[string]string{}
	for key, value := range raw {
		if s, ok := value.(string); ok {
			details[strings.ToLower(strings.TrimPrefix(key, "x_"))] = s
		}
	}
	if model := details["modelid"]; model != "" {
		l.Model = cut(model)
	}
	l.Tier = Tier(cut(details["servicetier"]))
	l.OneHour = details["cacheretentionminutes"] == "60"
	switch action := details["tokencacheaction"]; {
	case details["tokendirection"] == "Output":
		l.Meter = Output
	case action == "Read":
		l.Meter = CacheRead
	case action == "Write":
		l.Meter = CacheWrite
	case details["tokendirection"] == "Input":
		l.Meter = Input
	}
	return nil
}

// maxOthers bounds the names that are kept of rows that are not the provider's.
const maxOthers = 5

func (b *Bill) skip(name string) {
	b.Skipped++
	if len(b.Others) < maxOthers && !slices.Contains(b.Others, name) {
		b.Others = append(b.Others, name)
	}
}
