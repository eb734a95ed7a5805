package calculation

import (
	"fmt"
	"math/big"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// Cost adds up quantities times the prices of a card exactly, and rounds once.
func Cost(card *pricebook.Card, quantities []int64) (money.Amount, error) {
	if len(quantities) > len(card.Items) {
		return money.Amount{}, fmt.Errorf("calculation: %d quantities for %d items", len(quantities), len(card.Items))
	}
	sum := new(big.Rat)
	for i, q := range quantities {
		price, ok := new(big.Rat).SetString(card.Items[i].Price)
		if !ok || card.Items[i].Per <= 0 {
			return money.Amount{}, fmt.Errorf("calculation: %q per %d is no price", card.Items[i].Price, card.Items[i].Per)
		}
		sum.Add(sum, price.Mul(price, big.NewRat(q, card.Items[i].Per)))
	}
	amount, ok := money.FromRat(sum)
	if !ok {
		return money.Amount{}, fmt.Errorf("calculation: the cost %s is no amount", sum.FloatString(money.Digits))
	}
	return amount, nil
}
