package check

// rule is a requirement on a row that involves more than one column, or that
// holds under a condition. Rules whose columns are missing do not apply.
type rule struct {
	id     string
	column string // where it is violated
	text   string
	should bool // recommended; else required
	broken func(*row) bool
}

// nullWithout makes rules of columns that say nothing without another one.
func nullWithout(of string, columns ...string) []rule {
	var out []rule
	for _, c := range columns {
		out = append(out, rule{
			id: "null-without-" + of, column: c, text: "must be null when " + of + " is null",
			broken: func(r *row) bool { return r.has(of) && r.null(of) && !r.null(c) },
		})
	}
	return out
}

// notNullWith makes rules of columns that must not be null beside another one.
func notNullWith(of string, columns ...string) []rule {
	var out []rule
	for _, c := range columns {
		out = append(out, rule{
			id: "not-null-with-" + of, column: c, text: "must not be null when " + of + " is not null",
			broken: func(r *row) bool { return r.has(of) && !r.null(of) && r.null(c) },
		})
	}
	return out
}

// pricedColumns are not null in rows of usage and purchases, and null in taxes.
var pricedColumns = []string{
	"SkuId", "SkuPriceId", "ListUnitPrice", "ContractedUnitPrice", "PricingQuantity", "PricingUnit", "PricingCategory",
	"PricingCurrencyContractedUnitPrice", "PricingCurrencyListUnitPrice",
}

func pricedRules() []rule {
	var out []rule
	for _, c := range pricedColumns {
		out = append(
			out,
			rule{
				id: "priced-not-null", column: c, text: `must not be null when ChargeCategory is "Usage" or "Purchase" and ChargeClass is not "Correction"`,
				broken: func(r *row) bool { return r.priced() && r.null(c) },
			},
			rule{
				id: "tax-null", column: c, text: `must be null when ChargeCategory is "Tax"`,
				broken: func(r *row) bool { return r.is("ChargeCategory", "Tax") && !r.null(c) },
			},
		)
	}
	return out
}

func commitmentRules() []rule {
	const id = "CommitmentDiscountId"
	out := nullWithout(
		id, "CommitmentDiscountCategory", "CommitmentDiscountName", "CommitmentDiscountQuantity", "CommitmentDiscountStatus",
		"CommitmentDiscountType", "CommitmentDiscountUnit",
	)
	out = append(out, notNullWith(id, "CommitmentDiscountCategory", "CommitmentDiscountType")...)
	out = append(out, notNullWith("CommitmentDiscountQuantity", "CommitmentDiscountUnit")...)
	out = append(out, nullWithout("CommitmentDiscountQuantity", "CommitmentDiscountUnit")...)
	return append(
		out,
		rule{
			id: "commitment-status", column: "CommitmentDiscountStatus", text: `must not be null when CommitmentDiscountId is not null and ChargeCategory is "Usage"`,
			broken: func(r *row) bool { return !r.null(id) && r.usage() && r.null("CommitmentDiscountStatus") },
		},
		rule{
			id: "commitment-quantity", column: "CommitmentDiscountQuantity", text: `must not be null for usage and purchases of a commitment discount that are no corrections`,
			broken: func(r *row) bool { return !r.null(id) && r.priced() && r.null("CommitmentDiscountQuantity") },
		},
		rule{
			id: "committed-pricing", column: "PricingCategory", text: `must be "Committed" when usage is subject to a commitment discount`,
			broken: func(r *row) bool {
				return !r.null(id) && r.usage() && !r.null("PricingCategory") && !r.is("PricingCategory", "Committed")
			},
		},
		rule{
			id: "committed-needs-commitment", column: "PricingCategory", text: `must not be "Committed" without a CommitmentDiscountId`,
			broken: func(r *row) bool { return r.has(id) && r.null(id) && r.is("PricingCategory", "Committed") },
		},
		rule{
			id: "covered-billed", column: "BilledCost", text: "must not include what a purchase covers: usage of a commitment discount has 0",
			broken: func(r *row) bool { return !r.null(id) && r.usage() && !r.zero("BilledCost") },
		},
		rule{
			id: "purchase-effective", column: "EffectiveCost", text: "must be 0 for a purchase that covers other charges",
			broken: func(r *row) bool { return !r.null(id) && r.purchase() && !r.zero("EffectiveCost") },
		},
	)
}

func costRules() []rule {
	return []rule{
		{
			id: "list-cost", column: "ListCost", text: "must be the product of ListUnitPrice and PricingQuantity",
			broken: func(r *row) bool { return !r.times("ListUnitPrice", "PricingQuantity", "ListCost") },
		},
		{
			id: "contracted-cost", column: "ContractedCost", text: "must be the product of ContractedUnitPrice and PricingQuantity",
			broken: func(r *row) bool { return !r.times("ContractedUnitPrice", "PricingQuantity", "ContractedCost") },
		},
		{
			id: "effective-is-billed", column: "EffectiveCost", text: "must match BilledCost where a charge neither covers others nor is covered (unless the generator does not invoice, and BilledCost is 0)",
			broken: func(r *row) bool {
				return r.null("CommitmentDiscountId") && !r.zero("BilledCost") && !r.equal("EffectiveCost", "BilledCost")
			},
		},
		{
			id: "third-party-billed", column: "BilledCost", text: "must be 0 in 1.2 where InvoiceIssuerName is not ProviderName",
			broken: func(r *row) bool {
				return r.version == "1.2" && !r.null("InvoiceIssuerName") && !r.null("ProviderName") && !r.is("InvoiceIssuerName", r.values["ProviderName"]) && !r.zero("BilledCost")
			},
		},
		{
			id: "same-currency", column: "PricingCurrencyEffectiveCost", text: "must equal EffectiveCost when PricingCurrency is BillingCurrency",
			broken: func(r *row) bool {
				return r.is("PricingCurrency", r.values["BillingCurrency"]) && !r.equal("PricingCurrencyEffectiveCost", "EffectiveCost")
			},
		},
		{
			id: "same-currency-price", column: "PricingCurrencyContractedUnitPrice", text: "must equal ContractedUnitPrice when PricingCurrency is BillingCurrency",
			broken: func(r *row) bool {
				return r.is("PricingCurrency", r.values["BillingCurrency"]) && !r.equal("PricingCurrencyContractedUnitPrice", "ContractedUnitPrice")
			},
		},
	}
}

func usageRules() []rule {
	return []rule{
		{
			id: "consumed-usage-only", column: "ConsumedQuantity", text: `must be null unless ChargeCategory is "Usage"`,
			broken: func(r *row) bool { return !r.usage() && !r.null("ConsumedQuantity") },
		},
		{
			id: "consumed-unused", column: "ConsumedQuantity", text: `must be null when CommitmentDiscountStatus is "Unused"`,
			broken: func(r *row) bool { return r.unused() && !r.null("ConsumedQuantity") },
		},
		{
			id: "consumed-not-null", column: "ConsumedQuantity", text: "must not be null for usage that is no correction and no unused commitment",
			broken: func(r *row) bool {
				return r.usage() && !r.unused() && !r.correction() && r.null("ConsumedQuantity")
			},
		},
		{
			id: "frequency-purchase", column: "ChargeFrequency", text: `must not be "Usage-Based" when ChargeCategory is "Purchase"`,
			broken: func(r *row) bool { return r.purchase() && r.is("ChargeFrequency", "Usage-Based") },
		},
		{
			id: "charge-period", column: "ChargePeriodEnd", text: "must be after ChargePeriodStart",
			broken: func(r *row) bool { return r.values["ChargePeriodEnd"] <= r.values["ChargePeriodStart"] },
		},
		{
			id: "billing-period", column: "BillingPeriodEnd", text: "must be after BillingPeriodStart",
			broken: func(r *row) bool { return r.values["BillingPeriodEnd"] <= r.values["BillingPeriodStart"] },
		},
		{
			id: "correction-period", column: "BillingPeriodStart", text: "must be of a later billing period than the charge when ChargeClass is \"Correction\"",
			broken: func(r *row) bool {
				return r.correction() && r.values["ChargePeriodStart"] >= r.values["BillingPeriodStart"]
			},
		},
		{
			id: "usage-period", column: "ChargePeriodStart", text: "should be within the billing period for usage that is no correction", should: true,
			broken: func(r *row) bool {
				return r.usage() && !r.correction() && (r.values["ChargePeriodStart"] < r.values["BillingPeriodStart"] || r.values["ChargePeriodStart"] >= r.values["BillingPeriodEnd"])
			},
		},
		{
			id: "sku-meter", column: "SkuMeter", text: "should not be null when SkuId is not null", should: true,
			broken: func(r *row) bool { return !r.null("SkuId") && r.null("SkuMeter") },
		},
		{
			id: "service-parent", column: "ServiceSubcategory", text: "must be one of its ServiceCategory",
			broken: func(r *row) bool {
				return r.is("ServiceCategory", "AI and Machine Learning") && !r.null("ServiceSubcategory") && !oneOf(r.values["ServiceSubcategory"], aiSubcategories)
			},
		},
	}
}

// rules returns all of them.
func rules() []rule {
	var out []rule
	out = append(out, pricedRules()...)
	out = append(out, nullWithout(
		"SkuPriceId", "ListUnitPrice", "ContractedUnitPrice", "PricingQuantity", "PricingUnit", "PricingCategory", "SkuPriceDetails",
		"ConsumedQuantity", "ConsumedUnit", "CommitmentDiscountQuantity",
	)...)
	out = append(out, nullWithout("SkuId", "SkuMeter")...)
	out = append(out, nullWithout("ConsumedQuantity", "ConsumedUnit")...)
	out = append(out, notNullWith("ConsumedQuantity", "ConsumedUnit")...)
	out = append(out, nullWithout("PricingQuantity", "PricingUnit")...)
	out = append(out, notNullWith("PricingQuantity", "PricingUnit")...)
	out = append(out, nullWithout("SubAccountId", "SubAccountName", "SubAccountType")...)
	out = append(out, notNullWith("SubAccountId", "SubAccountType")...)
	out = append(out, nullWithout("ResourceId", "ResourceName", "ResourceType")...)
	out = append(out, notNullWith("ResourceId", "ResourceType")...)
	out = append(out, nullWithout("RegionId", "RegionName")...)
	out = append(out, notNullWith("RegionId", "RegionName")...)
	out = append(out, commitmentRules()...)
	out = append(out, costRules()...)
	out = append(out, usageRules()...)
	return append(out, jsonRules()...)
}

func oneOf(value string, allowed []string) bool {
	for _, a := range allowed {
		if a == value {
			return true
		}
	}
	return false
}
