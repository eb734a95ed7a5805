package pricebook

import (
	"math/big"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// fxRate is what one USD is in another currency in a period.
type fxRate struct {
	period
	perUSD *big.Rat
	where  place
}

// fxTable holds the exchange rates of one currency, as one file declares them.
type fxTable struct {
	code  string
	where place
	rates []fxRate
}

func parseFX(code string, n node) fxTable {
	if !money.IsCurrency(code) || code == "USD" {
		n.fail("must be an ISO 4217 code other than USD")
	}
	t := fxTable{code: code, where: n.place()}
	n.limited(maxPeriods, "periods", func(_ int, v node) {
		r := fxRate{period: always, where: v.place()}
		good := v.fields(with(r.period.readers(), map[string]func(node){
			"per_usd": func(n node) { r.perUSD = n.decimal() },
			"source":  func(n node) { parseSource(n) },
		}))
		if good && (r.perUSD == nil || r.perUSD.Sign() == 0) {
			v.fail("needs per_usd, the units of %s for one USD, above zero", code)
		}
		t.rates = append(t.rates, r)
	})
	closePeriods(n.errs, t.rates, func(r *fxRate) (*period, place) { return &r.period, r.where })
	return t
}

// Exchange returns the exchange rate of the price's currency at an instant, for
// Choice.Exchange, and the currency that amounts are in then. ok is false if
// the book has a table for the currency that does not cover the instant.
func (p *Price) Exchange(at int64) (rate uint16, currency string, ok bool) {
	if p.exchange == nil {
		return 0, p.Currency, true
	}
	for i := range p.exchange {
		if p.exchange[i].contains(at) {
			return uint16(i + 1), "USD", true
		}
	}
	return 0, "", false
}
