package check

import "slices"

// kind is what values of a column look like.
type kind uint8

const (
	text     kind = iota
	instant       // YYYY-MM-DDTHH:mm:ssZ
	decimal       // Numeric Format
	currency      // ISO 4217
	unit          // Unit Format
	pairs         // Key-Value Format: a flat JSON object
	object        // JSON Object Format
)

// need is how a column has to be present.
type need uint8

const (
	conditional need = iota
	mandatory
	recommended
)

// spec is what the specification says of one column, whatever the row.
type spec struct {
	name        string
	kind        kind
	need        need
	null        bool // may be null
	nonNegative bool
	allowed     []string // of the values
	first, last string   // versions; empty for all
}

func (s *spec) in(version string) bool {
	return (s.first == "" || version >= s.first) && (s.last == "" || version <= s.last)
}

var (
	chargeCategories = []string{"Usage", "Purchase", "Tax", "Credit", "Adjustment"}
	frequencies      = []string{"One-Time", "Recurring", "Usage-Based"}
	pricings         = []string{"Standard", "Dynamic", "Committed", "Other"}
	services         = []string{
		"AI and Machine Learning", "Analytics", "Business Applications", "Compute", "Databases", "Developer Tools", "Multicloud",
		"Identity", "Integration", "Internet of Things", "Management and Governance", "Media", "Migration", "Mobile", "Networking", "Security",
		"Storage", "Web", "Other",
	}
	aiSubcategories = []string{"AI Platforms", "Bots", "Generative AI", "Machine Learning", "Natural Language Processing", "Other (AI and Machine Learning)"}
)

// table has the columns of the Cost and Usage dataset of 1.2, 1.3 and 1.4.
var table = []spec{
	{name: "AllocatedMethodDetails", kind: object, null: true, first: "1.3"},
	{name: "AllocatedMethodId", null: true, first: "1.3"},
	{name: "AllocatedResourceId", null: true, first: "1.3"},
	{name: "AllocatedResourceName", null: true, first: "1.3"},
	{name: "AllocatedTags", kind: pairs, null: true, first: "1.3"},
	{name: "AvailabilityZone", null: true},
	{name: "BilledCost", kind: decimal, need: mandatory},
	{name: "BillingAccountId", need: mandatory},
	{name: "BillingAccountName", need: mandatory, null: true},
	{name: "BillingAccountType"},
	{name: "BillingCurrency", kind: currency, need: mandatory},
	{name: "BillingPeriodEnd", kind: instant, need: mandatory},
	{name: "BillingPeriodStart", kind: instant, need: mandatory},
	{name: "CapacityReservationId", null: true},
	{name: "CapacityReservationStatus", null: true, allowed: []string{"Used", "Unused"}},
	{name: "ChargeCategory", need: mandatory, allowed: chargeCategories},
	{name: "ChargeClass", need: mandatory, null: true, allowed: []string{"Correction"}},
	{name: "ChargeDescription", need: mandatory, null: true},
	{name: "ChargeFrequency", need: recommended, allowed: frequencies},
	{name: "ChargePeriodEnd", kind: instant, need: mandatory},
	{name: "ChargePeriodStart", kind: instant, need: mandatory},
	{name: "CommitmentDiscountCategory", null: true, allowed: []string{"Spend", "Usage"}},
	{name: "CommitmentDiscountId", null: true},
	{name: "CommitmentDiscountName", null: true},
	{name: "CommitmentDiscountQuantity", kind: decimal, null: true},
	{name: "CommitmentDiscountStatus", null: true, allowed: []string{"Used", "Unused"}},
	{name: "CommitmentDiscountType", null: true},
	{name: "CommitmentDiscountUnit", kind: unit, null: true},
	{name: "CommitmentProgramEligibilityDetails", kind: object, null: true, first: "1.4"},
	{name: "ConsumedQuantity", kind: decimal, null: true},
	{name: "ConsumedUnit", kind: unit, null: true},
	{name: "ContractApplied", kind: object, null: true, first: "1.3"},
	{name: "ContractedCost", kind: decimal, need: mandatory},
	{name: "ContractedUnitPrice", kind: decimal, null: true, nonNegative: true},
	{name: "EffectiveCost", kind: decimal, need: mandatory},
	{name: "HostProviderName", need: mandatory, first: "1.3", last: "1.3"},
	{name: "HostProviderName", need: mandatory, null: true, first: "1.4"},
	{name: "InvoiceDetailId", null: true, first: "1.4"},
	{name: "InvoiceId", need: recommended, null: true},
	{name: "InvoiceIssuerName", need: mandatory},
	{name: "ListCost", kind: decimal, need: mandatory},
	{name: "ListUnitPrice", kind: decimal, null: true, nonNegative: true},
	{name: "PricingCategory", null: true, allowed: pricings},
	{name: "PricingCurrency"}, // of a country or virtual
	{name: "PricingCurrencyContractedUnitPrice", kind: decimal, null: true, nonNegative: true},
	{name: "PricingCurrencyEffectiveCost", kind: decimal},
	{name: "PricingCurrencyListUnitPrice", kind: decimal, null: true, nonNegative: true},
	{name: "PricingQuantity", kind: decimal, need: mandatory, null: true},
	{name: "PricingUnit", kind: unit, need: mandatory, null: true},
	{name: "ProviderName", need: mandatory, last: "1.3"},
	{name: "PublisherName", need: mandatory, last: "1.3"},
	{name: "RegionId", null: true},
	{name: "RegionName", null: true},
	{name: "ResourceId", null: true},
	{name: "ResourceName", null: true},
	{name: "ResourceType", null: true},
	{name: "ServiceCategory", need: mandatory, allowed: services},
	{name: "ServiceName", need: mandatory},
	{name: "ServiceProviderName", need: mandatory, first: "1.3"},
	{name: "ServiceSubcategory", need: recommended},
	{name: "SkuId", null: true},
	{name: "SkuMeter", null: true},
	{name: "SkuPriceDetails", kind: pairs, null: true},
	{name: "SkuPriceId", null: true},
	{name: "SubAccountId", null: true},
	{name: "SubAccountName", null: true},
	{name: "SubAccountType", null: true},
	{name: "Tags", kind: pairs, null: true},
}

// Versions are the versions that can be checked.
var Versions = []string{"1.2", "1.3", "1.4"}

// specs returns the columns of a version by name.
func specs(version string) map[string]*spec {
	out := map[string]*spec{}
	for i := range table {
		if table[i].in(version) {
			out[table[i].name] = &table[i]
		}
	}
	return out
}

// priceKeys are the keys of SkuPriceDetails that the specification defines (1.2
// to 1.4), and those that the draft of 1.5 adds.
var (
	priceKeys = []string{
		"CoreCount", "DiskMaxIops", "DiskSpace", "DiskType", "GpuCount", "InstanceSeries", "InstanceType", "MemorySize",
		"NetworkMaxIops", "NetworkMaxThroughput", "OperatingSystem", "Redundancy", "StorageClass",
	}
	draftKeys = []string{"ModelDeveloper", "ModelFamily", "ModelId", "ModelVersion", "TokenCacheAction", "TokenDirection"}
)

func definedKey(key string, draft bool) bool {
	return slices.Contains(priceKeys, key) || draft && slices.Contains(draftKeys, key)
}
