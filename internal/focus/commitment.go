package focus

import (
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/glob"
)

// CommitmentsV1 is the schema of files of commitments.
const CommitmentsV1 = "tokencost.commitments/v1"

// maxCommitments bounds a file of commitments.
const maxCommitments = 1000

// Commitment is a purchase that usage draws down: an amount of money (Spend) or
// of tokens (Usage), paid in advance.
type Commitment struct {
	ID         string            `yaml:"id"`
	Name       string            `yaml:"name"`
	Type       string            `yaml:"type"`     // what the provider calls it
	Contract   string            `yaml:"contract"` // id of the contract it is part of; its own id if empty
	Provider   string            `yaml:"provider"` // as the price book spells it
	Models     []string          `yaml:"models"`   // ids with *; all of the provider if empty
	From       string            `yaml:"from"`     // the first instant that it covers, UTC
	Until      string            `yaml:"until"`    // the first instant that it does not
	Purchased  string            `yaml:"purchased"`
	Currency   string            `yaml:"currency"`
	Amount     string            `yaml:"amount"`      // what was paid
	Tokens     int64             `yaml:"tokens"`      // what was bought, of Usage; of Spend it is the amount
	Discount   string            `yaml:"discount"`    // part of the contracted price that covered usage does not cost
	UnitPrices map[string]string `yaml:"unit_prices"` // what covered usage costs, by meter or model/meter

	from, until, purchased int64 // unix seconds
	amount, factor         *big.Rat
	unitPrices             map[string]*big.Rat
}

// ParseCommitments reads a file of commitments. Usage draws the first one that
// covers it and is not used up.
func ParseCommitments(data []byte) ([]*Commitment, error) {
	var file struct {
		Schema      string        `yaml:"schema"`
		Commitments []*Commitment `yaml:"commitments"`
	}
	if err := decode(data, &file); err != nil {
		return nil, fmt.Errorf("commitments: %w", err)
	}
	if file.Schema != CommitmentsV1 {
		return nil, fmt.Errorf("commitments: schema %q is not known; use %s", file.Schema, CommitmentsV1)
	}
	if len(file.Commitments) > maxCommitments {
		return nil, fmt.Errorf("commitments: %d are more than %d", len(file.Commitments), maxCommitments)
	}
	var errs []error
	seen := map[string]bool{}
	for i, c := range file.Commitments {
		if c == nil {
			errs = append(errs, fmt.Errorf("commitments[%d]: is empty", i))
			continue
		}
		if seen[c.ID] {
			errs = append(errs, fmt.Errorf("commitments[%d]: id %q is used twice", i, c.ID))
		}
		seen[c.ID] = true
		if err := c.compile(); err != nil {
			errs = append(errs, fmt.Errorf("commitments[%d] %q: %w", i, c.ID, err))
		}
	}
	return file.Commitments, errors.Join(errs...)
}

func (c *Commitment) compile() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, f := range []struct{ key, value string }{
		{"id", c.ID}, {"name", c.Name}, {"type", c.Type}, {"provider", c.Provider}, {"currency", c.Currency},
	} {
		if f.value == "" {
			wrong("%s is missing", f.key)
		}
	}
	if c.Contract == "" {
		c.Contract = c.ID
	}
	if c.Purchased == "" {
		c.Purchased = c.From
	}
	for _, f := range []struct {
		key, value string
		to         *int64
	}{{"from", c.From, &c.from}, {"until", c.Until, &c.until}, {"purchased", c.Purchased, &c.purchased}} {
		t, err := time.Parse(time.RFC3339, f.value)
		if err != nil {
			if t, err = time.Parse(time.DateOnly, f.value); err != nil {
				wrong("%s %q is no time; write 2026-01-01 or 2026-01-01T00:00:00Z", f.key, f.value)
				continue
			}
		}
		if *f.to = t.Unix(); t.Unix()%3600 != 0 {
			wrong("%s %q is no full hour", f.key, f.value)
		}
	}
	if c.until <= c.from {
		wrong("until %q is not after from %q", c.Until, c.From)
	}
	if c.Tokens < 0 {
		wrong("tokens %d is negative", c.Tokens)
	}
	c.compileMoney(wrong)
	return errors.Join(errs...)
}

func (c *Commitment) compileMoney(wrong func(string, ...any)) {
	decimal := func(key, value string, scale int, to **big.Rat) bool {
		r, err := parsePrice(value)
		if err == nil {
			var rounded bool
			if *to, rounded = roundTo(r, scale); !rounded {
				return true
			}
			err = fmt.Errorf("%q has more than %d decimal places", value, scale)
		}
		wrong("%s: %w", key, err)
		return false
	}
	decimal("amount", c.Amount, quantityScale, &c.amount)
	c.unitPrices = map[string]*big.Rat{}
	for key, value := range c.UnitPrices {
		var price *big.Rat
		if decimal("unit_prices: "+key, value, coveredScale, &price) {
			c.unitPrices[key] = price
		}
	}
	if c.Discount == "" {
		return
	}
	var discount *big.Rat
	if decimal("discount", c.Discount, coveredScale, &discount) {
		if c.factor = new(big.Rat).Sub(big.NewRat(1, 1), discount); c.factor.Sign() < 0 {
			wrong("discount %q is more than 1", c.Discount)
		}
	}
	if c.Tokens > 0 || len(c.UnitPrices) > 0 {
		wrong("discount stands beside tokens or unit_prices; give one of them")
	}
}

// category tells whether money or tokens are drawn down.
func (c *Commitment) category() string {
	if c.Tokens > 0 {
		return "Usage"
	}
	return "Spend"
}

func (c *Commitment) unit() string {
	if c.Tokens > 0 {
		return "Tokens"
	}
	return c.Currency
}

// size is how much can be drawn down, in units.
func (c *Commitment) size() *big.Rat {
	if c.Tokens > 0 {
		return new(big.Rat).SetInt64(c.Tokens)
	}
	return c.amount
}

// covers tells whether usage of an offer that began at an instant may draw it.
func (c *Commitment) covers(o *offer, start int64) bool {
	if o.Provider != c.Provider || o.Currency != c.Currency || start < c.from || start >= c.until || c.Tokens > 0 && !o.tokens {
		return false
	}
	if len(c.UnitPrices) > 0 && c.listed(o) == nil {
		return false
	}
	if len(c.Models) == 0 {
		return true
	}
	for _, m := range c.Models {
		if glob.Match(m, o.Model) {
			return true
		}
	}
	return false
}

func (c *Commitment) listed(o *offer) *big.Rat {
	if p := c.unitPrices[o.Model+"/"+o.Meter]; p != nil {
		return p
	}
	return c.unitPrices[o.Meter]
}

// effective is what a pricing unit of covered usage costs, rounded to 12 digits
// where it has more.
func (c *Commitment) effective(o *offer) *big.Rat {
	price := c.listed(o)
	switch {
	case price != nil:
	case c.Tokens > 0:
		price = new(big.Rat).Quo(product(c.amount, new(big.Rat).SetInt64(o.per)), new(big.Rat).SetInt64(c.Tokens))
	case c.factor != nil:
		price = product(o.contracted, c.factor)
	default:
		price = o.contracted
	}
	price, _ = roundTo(price, coveredScale)
	return price
}
