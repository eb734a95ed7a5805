package budget

import (
	"fmt"
	"strconv"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// Event tells that spend, or the projected spend, reached a threshold. All of it
// is fixed at the crossing, so that an event that is sent again is the same to
// the last byte.
type Event struct {
	ID        string       `json:"id"`
	Budget    string       `json:"budget"`
	Period    string       `json:"period"`
	Start     time.Time    `json:"start"`
	End       time.Time    `json:"end"`
	Kind      Kind         `json:"kind"`
	Threshold float64      `json:"threshold"`
	Spent     money.Amount `json:"spent"`
	Projected money.Amount `json:"projected"` // of the kind Projected only
	Amount    money.Amount `json:"amount"`
	Currency  string       `json:"currency,omitempty"`
	At        time.Time    `json:"at"`
}

// event returns the event of a crossing.
func (a *Account) event(w *window, t *threshold, projected money.Amount, now time.Time) Event {
	return Event{
		ID: a.id(w, t), Budget: a.limit.Name, Period: a.limit.Period.String(), Start: w.Start, End: w.End,
		Kind: t.kind, Threshold: t.share, Spent: w.spent, Projected: projected,
		Amount: a.limit.Amount, Currency: a.limit.Currency, At: now.UTC(),
	}
}

// id names a crossing: the same one has the same id, whoever finds it and
// whenever. The amount is in it, because a share of another amount is another
// threshold.
func (a *Account) id(w *window, t *threshold) string {
	unit := a.limit.Currency
	if unit == "" {
		unit = "tokens"
	}
	return fmt.Sprintf("%s/%s/%s/%s/%s/of %s %s", a.limit.Name, a.limit.Period, w.Start.Format(time.RFC3339), t.kind,
		strconv.FormatFloat(t.share, 'f', -1, 64), a.limit.Amount, unit)
}
