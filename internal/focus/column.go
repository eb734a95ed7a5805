package focus

import (
	"math/big"
	"slices"
	"strings"
)

// Kind is the type of a column.
type Kind string

// The types, as the specification's schema metadata names them.
const (
	Text     Kind = "STRING"
	Instant  Kind = "DATETIME"
	Decimal  Kind = "DECIMAL"
	Document Kind = "JSON"
)

// Value is what a row has in a column: one of the fields is set, or none for null.
type Value struct {
	Text string
	Time int64 // unix seconds
	Num  *big.Rat
}

// Column is a column of the files.
type Column struct {
	Name  string
	Kind  Kind
	Scale int  // of Decimal
	Null  bool // may be null

	of func(*Row) Value
}

// Of returns what a row has in the column.
func (c *Column) Of(r *Row) Value { return c.of(r) }

// column is a column of some versions.
type column struct {
	Column
	first, last Version // last is empty for all after the first
}

func text(name string, of func(*Row) string) column { return typed(name, Text, false, of) }

func nullable(name string, of func(*Row) string) column { return typed(name, Text, true, of) }

func typed(name string, kind Kind, null bool, of func(*Row) string) column {
	return column{Column: Column{name, kind, 0, null, func(r *Row) Value { return Value{Text: of(r)} }}}
}

func instant(name string, of func(*Row) int64) column {
	return column{Column: Column{name, Instant, 0, false, func(r *Row) Value { return Value{Time: of(r)} }}}
}

func decimal(name string, scale int, null bool, of func(*Row) *big.Rat) column {
	return column{Column: Column{name, Decimal, scale, null, func(r *Row) Value { return Value{Num: of(r)} }}}
}

// in bounds the versions of a column.
func (c column) in(first, last Version) column {
	c.first, c.last = first, last
	return c
}

// ofCommitment reads a commitment, and is null without one.
func ofCommitment(of func(*Row) string) func(*Row) string {
	return func(r *Row) string {
		if r.Commitment == nil {
			return ""
		}
		return of(r)
	}
}

// columns are those of every configuration. Names are FOCUS column ids.
var columns = []column{
	decimal("BilledCost", costScale, false, func(r *Row) *big.Rat { return r.BilledCost }),
	text("BillingAccountId", func(r *Row) string { return r.Account.ID }),
	nullable("BillingAccountName", func(r *Row) string { return r.Account.Name }),
	text("BillingCurrency", func(r *Row) string { return r.Currency }),
	instant("BillingPeriodEnd", func(r *Row) int64 { return r.BillingEnd }),
	instant("BillingPeriodStart", func(r *Row) int64 { return r.Billing }),
	text("ChargeCategory", func(r *Row) string { return r.Category }),
	nullable("ChargeClass", func(r *Row) string { return r.Class }),
	nullable("ChargeDescription", func(r *Row) string { return r.Description }),
	text("ChargeFrequency", func(r *Row) string { return r.Frequency }),
	instant("ChargePeriodEnd", func(r *Row) int64 { return r.End }),
	instant("ChargePeriodStart", func(r *Row) int64 { return r.Start }),
	nullable("CommitmentDiscountCategory", ofCommitment(func(r *Row) string { return r.Commitment.category() })),
	nullable("CommitmentDiscountId", ofCommitment(func(r *Row) string { return r.Commitment.ID })),
	nullable("CommitmentDiscountName", ofCommitment(func(r *Row) string { return r.Commitment.Name })),
	decimal("CommitmentDiscountQuantity", costScale, true, func(r *Row) *big.Rat { return r.CommitmentQuantity }),
	nullable("CommitmentDiscountStatus", func(r *Row) string { return r.CommitmentStatus }),
	nullable("CommitmentDiscountType", ofCommitment(func(r *Row) string { return r.Commitment.Type })),
	nullable("CommitmentDiscountUnit", ofCommitment(func(r *Row) string { return r.Commitment.unit() })),
	decimal("ConsumedQuantity", quantityScale, true, func(r *Row) *big.Rat { return r.Consumed }),
	nullable("ConsumedUnit", func(r *Row) string { return r.ConsumedUnit }),
	typed("ContractApplied", Document, true, nil).in(V13, ""), // its value depends on the version
	decimal("ContractedCost", costScale, false, func(r *Row) *big.Rat { return r.ContractedCost }),
	decimal("ContractedUnitPrice", priceScale, true, func(r *Row) *big.Rat { return r.contracted }),
	decimal("EffectiveCost", costScale, false, func(r *Row) *big.Rat { return r.EffectiveCost }),
	text("HostProviderName", func(r *Row) string { return r.Names.Host }).in(V13, ""),
	nullable("InvoiceId", func(*Row) string { return "" }), // there is no invoice yet
	text("InvoiceIssuerName", func(r *Row) string { return r.Names.Issuer }),
	decimal("ListCost", costScale, false, func(r *Row) *big.Rat { return r.ListCost }),
	decimal("ListUnitPrice", priceScale, true, func(r *Row) *big.Rat { return r.list }),
	nullable("PricingCategory", func(r *Row) string { return r.PricingCategory }),
	text("PricingCurrency", func(r *Row) string { return r.PricingCurrency }),
	decimal("PricingCurrencyContractedUnitPrice", priceScale, true, func(r *Row) *big.Rat { return r.nativeContracted }),
	decimal("PricingCurrencyEffectiveCost", costScale, true, func(r *Row) *big.Rat { return r.NativeEffectiveCost }),
	decimal("PricingCurrencyListUnitPrice", priceScale, true, func(r *Row) *big.Rat { return r.nativeList }),
	decimal("PricingQuantity", quantityScale, true, func(r *Row) *big.Rat { return r.Quantity }),
	nullable("PricingUnit", func(r *Row) string { return r.PricingUnit }),
	text("ProviderName", func(r *Row) string { return r.Names.Name }).in(V12, V13),
	text("PublisherName", func(r *Row) string { return r.Publisher }).in(V12, V13),
	nullable("RegionId", func(r *Row) string { return r.Region }),
	nullable("RegionName", func(r *Row) string { return r.Region }),
	nullable("ResourceId", func(r *Row) string { return r.ResourceID }),
	nullable("ResourceName", func(r *Row) string { return r.ResourceName }),
	nullable("ResourceType", func(r *Row) string { return r.ResourceType }),
	text("ServiceCategory", func(*Row) string { return "AI and Machine Learning" }),
	text("ServiceName", func(r *Row) string { return r.Names.Service }),
	text("ServiceProviderName", func(r *Row) string { return r.Names.Name }).in(V13, ""),
	text("ServiceSubcategory", func(*Row) string { return "Generative AI" }),
	nullable("SkuId", func(r *Row) string { return r.SkuID }),
	nullable("SkuMeter", func(r *Row) string { return r.SkuMeter }),
	typed("SkuPriceDetails", Document, true, func(r *Row) string { return r.Details }),
	nullable("SkuPriceId", func(r *Row) string { return r.SkuPriceID }),
	typed("Tags", Document, true, func(r *Row) string { return r.Tags }),
}

// Columns lists the columns of an export in their order: those of FOCUS by name,
// then the custom ones.
func (o *Options) Columns() []Column {
	v, c := o.Version, o.Config
	var out []Column
	add := func(c column) {
		if v.within(c.first, c.last) {
			out = append(out, c.Column)
		}
	}
	for _, col := range columns {
		switch {
		case col.Name == "BillingCurrency" && c.BillingAccount.Type != "":
			add(text("BillingAccountType", func(r *Row) string { return r.Account.Type }))
		case col.Name == "Tags" && c.Allocation.SubAccount.From != "":
			kind := c.Allocation.SubAccount.Type
			add(nullable("SubAccountId", func(r *Row) string { return r.SubAccount }))
			add(nullable("SubAccountName", func(r *Row) string { return r.SubAccount }))
			add(nullable("SubAccountType", func(r *Row) string {
				if r.SubAccount == "" {
					return ""
				}
				return kind
			}))
		case col.Name == "ContractApplied":
			col.of = func(r *Row) Value {
				if r.Applied == nil {
					return Value{}
				}
				return Value{Text: r.Applied.json(v)}
			}
		}
		add(col)
	}
	custom := c.Allocation.columnNames()
	custom = append(custom, ownColumns...)
	slices.Sort(custom)
	for _, name := range custom {
		add(nullable(name, customValue(name, c)))
	}
	return out
}

// ownColumns are the custom columns of every configuration.
var ownColumns = []string{"x_ContractName", "x_CostStatus", "x_PriceId"}

// customValue reads a custom column.
func customValue(name string, c *Config) func(*Row) string {
	switch name {
	case "x_ContractName":
		return func(r *Row) string { return r.Contract }
	case "x_CostStatus":
		return func(r *Row) string { return r.Status }
	case "x_PriceId":
		return func(r *Row) string { return r.Price }
	}
	for i, n := range c.Allocation.columnNames() {
		if n == name {
			return func(r *Row) string {
				if values := strings.Split(r.columns, "\x00"); i < len(values) {
					return values[i]
				}
				return ""
			}
		}
	}
	return func(*Row) string { return "" }
}
