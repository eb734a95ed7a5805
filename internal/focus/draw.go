package focus

import (
	"math/big"
	"time"
)

// balance is how much of a commitment is left.
type balance struct {
	*Commitment
	left  *big.Rat // units: money or tokens
	spent *big.Rat // money: the effective cost of what drew it
}

// balances are those of all commitments, in the order in which they are drawn.
type balances []*balance

func newBalances(commitments []*Commitment) balances {
	var out balances
	for _, c := range commitments {
		out = append(out, &balance{c, new(big.Rat).Set(c.size()), new(big.Rat)})
	}
	return out
}

// rows makes the rows of a quantity: what commitments cover, and the rest.
// Negative quantities, which are corrections, give back what was drawn.
func (bs balances) rows(o *offer, p *span, quantity int64) []*Row {
	var out []*Row
	for _, b := range bs {
		if quantity == 0 {
			return out
		}
		if b.covers(o, p.start) {
			if n := b.most(o, quantity); n != 0 {
				out = append(out, b.draw(o, p, n))
				quantity -= n
			}
		}
	}
	if quantity != 0 {
		out = append(out, o.usageRow(p, quantity))
	}
	return out
}

// most is how many of a quantity of items the balance covers.
func (b *balance) most(o *offer, quantity int64) int64 {
	each := new(big.Rat).SetInt64(1)
	if b.Tokens == 0 {
		each.Quo(b.effective(o), new(big.Rat).SetInt64(o.per))
	}
	if each.Sign() == 0 {
		return quantity
	}
	room := b.left
	if quantity < 0 {
		room = new(big.Rat).Sub(b.size(), b.left)
	}
	if room.Sign() <= 0 {
		return 0
	}
	fit := new(big.Rat).Quo(room, each)
	whole := new(big.Int).Quo(fit.Num(), fit.Denom())
	size := new(big.Int).Abs(big.NewInt(quantity))
	if whole.Cmp(size) >= 0 {
		return quantity
	}
	if quantity < 0 {
		whole.Neg(whole)
	}
	return whole.Int64()
}

// draw makes the row of items that the commitment covers: its billed cost is
// part of the purchase, its effective cost what it uses up of that.
func (b *balance) draw(o *offer, p *span, quantity int64) *Row {
	r := o.usageRow(p, quantity)
	price := b.effective(o)
	r.EffectiveCost, r.BilledCost = product(price, r.Quantity), new(big.Rat)
	r.PricingCategory = committedPricing
	r.Commitment, r.CommitmentStatus = b.Commitment, statusUsed
	r.CommitmentQuantity = r.EffectiveCost
	r.Applied = &application{contract: b.Contract, commitment: b.ID, cost: r.EffectiveCost}
	if b.Tokens > 0 {
		r.CommitmentQuantity = r.Consumed
		r.Applied = &application{contract: b.Contract, commitment: b.ID, quantity: r.Consumed, unit: b.unit()}
	}
	if o.nativeContracted != nil && o.contracted.Sign() > 0 {
		native := new(big.Rat).Quo(o.nativeContracted, o.contracted)
		rounded, _ := roundPrice(native.Mul(native, price))
		r.NativeEffectiveCost = product(rounded, r.Quantity)
	}
	b.left = new(big.Rat).Sub(b.left, r.CommitmentQuantity)
	b.spent = new(big.Rat).Add(b.spent, r.EffectiveCost)
	return r
}

// purchases makes the rows of what was bought in a billing period.
func (bs balances) purchases(o *Options, p *span) []*Row {
	var out []*Row
	for _, b := range bs {
		if b.purchased < p.billing || b.purchased >= p.billingEnd {
			continue
		}
		quantity := big.NewRat(1, 1)
		price := b.amount
		if b.Tokens == 0 {
			quantity, price = price, quantity
		}
		r := b.row(o.Config, p, quantity, price, b.from, b.until)
		if b.Tokens == 0 {
			r.PricingUnit = b.Currency
		}
		r.SkuPriceID += ";purchase"
		r.Category, r.Frequency, r.PricingCategory = purchaseCategory, "One-Time", standardPricing
		r.BilledCost, r.EffectiveCost, r.NativeEffectiveCost = b.amount, new(big.Rat), new(big.Rat)
		if o.Config.unbilled(o.Version, &r.Names) {
			r.BilledCost = new(big.Rat)
		}
		r.CommitmentQuantity = b.size()
		r.Applied = b.applied(b.size())
		out = append(out, r)
	}
	return out
}

// expired makes the rows of what is left when commitments end, so that their
// usage costs as much as their purchase. The commitments are used up then.
func (bs balances) expired(c *Config, p *span, now int64) []*Row {
	var out []*Row
	for _, b := range bs {
		rest := new(big.Rat).Sub(b.amount, b.spent)
		if b.until > p.billingEnd || b.until > now || rest.Sign() == 0 {
			continue
		}
		last := *p
		last.correction = b.until <= p.billing
		r := b.row(c, &last, big.NewRat(1, 1), rest, b.until-int64(24*time.Hour/time.Second), b.until)
		r.SkuPriceID += ";unused"
		r.Category, r.Frequency, r.PricingCategory = usageCategory, usageBased, committedPricing
		r.BilledCost, r.EffectiveCost, r.NativeEffectiveCost = new(big.Rat), rest, rest
		r.CommitmentStatus, r.CommitmentQuantity = statusUnused, b.left
		if b.Tokens == 0 {
			r.CommitmentQuantity = rest
		}
		r.Applied = b.applied(r.CommitmentQuantity)
		b.left, b.spent = new(big.Rat), b.amount
		out = append(out, r)
	}
	return out
}

// applied says that a quantity of the commitment was bought or used up.
func (b *balance) applied(quantity *big.Rat) *application {
	a := &application{contract: b.Contract, commitment: b.ID}
	if b.Tokens > 0 {
		a.quantity, a.unit = quantity, b.unit()
	} else {
		a.cost = quantity
	}
	return a
}

// row makes a row of the commitment itself. Its pricing unit is the commitment as
// a whole.
func (b *balance) row(c *Config, p *span, quantity, price *big.Rat, start, end int64) *Row {
	names := c.namesOf(b.Provider)
	t := terms{
		Account: c.accountOf(b.Provider), Names: names, Publisher: names.Name, Provider: b.Provider,
		SkuID: b.Provider + "/commitment/" + b.ID, SkuMeter: "Commitment", PricingUnit: "Units",
		Currency: b.Currency, PricingCurrency: b.Currency, Description: b.Type + " " + b.Name + " of " + names.Name,
	}
	t.SkuPriceID = t.SkuID
	o := &offer{terms: t, list: price, contracted: price, nativeList: price, nativeContracted: price}
	cost := product(price, quantity)
	r := &Row{
		offer: o, Billing: p.billing, BillingEnd: p.billingEnd, Start: start, End: end, Quantity: quantity,
		ListCost: cost, ContractedCost: cost, Commitment: b.Commitment,
		ResourceID: b.ID, ResourceName: b.Name, ResourceType: "Commitment",
	}
	if p.correction {
		r.Class = correctionClass
	}
	return r
}
