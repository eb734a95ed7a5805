package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// numbers are the columns that sums add up.
var numbers = append([]string{"calls"}, ledger.NumberNames...)

// sums changes the sums as the rows of the transaction ask for.
func (t *transaction) sums() error {
	if err := t.addTo("token_cost_hours", t.deltas.Hours); err != nil {
		return err
	}
	if err := t.addTo("token_cost_days", t.deltas.Days); err != nil {
		return err
	}
	return t.addItems()
}

// addTo adds to sums. A sum beyond 64 bits would become a floating-point number,
// which a STRICT table refuses.
func (t *transaction) addTo(table string, sums map[ledger.SumKey]*ledger.Sum) error {
	var add []string
	for _, name := range numbers {
		add = append(add, name+" = "+name+" + excluded."+name)
	}
	stmt, err := t.conn.PrepareContext(t.ctx, "INSERT INTO "+table+" (start_unix, context_id, billing_period, "+strings.Join(numbers, ", ")+") VALUES ("+
		list("?", 3+len(numbers))+") ON CONFLICT DO UPDATE SET "+strings.Join(add, ", "))
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, k := range ledger.Sorted(sums) {
		s := sums[k]
		args := []any{k.Start, k.Context, k.Billing, s.Calls}
		for _, a := range s.Amounts {
			args = append(args, a)
		}
		for _, n := range s.Tokens {
			args = append(args, n)
		}
		if _, err := stmt.ExecContext(t.ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) addItems() error {
	stmt, err := t.conn.PrepareContext(t.ctx, "INSERT INTO token_cost_hour_items (start_unix, context_id, billing_period, item, quantity) VALUES (?, ?, ?, ?, ?) "+
		"ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity")
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, k := range ledger.Sorted(t.deltas.Hours) {
		for item, quantity := range t.deltas.Hours[k].Items {
			if quantity == 0 {
				continue
			}
			if _, err := stmt.ExecContext(t.ctx, k.Start, k.Context, k.Billing, item, quantity); err != nil {
				return err
			}
		}
	}
	return nil
}

type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// closed reads until when billing periods are closed, in unix seconds.
func closed(ctx context.Context, q queryer) (until int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT coalesce(max(value), 0) FROM token_cost_meta WHERE key = 'closed_until'").Scan(&until)
	return until, err
}

// expired reads until when calls are expired, in unix seconds.
func expired(ctx context.Context, q queryer) (until int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT coalesce(max(value), ?) FROM token_cost_meta WHERE key = 'expired_until'", int64(ledger.NothingExpired)).Scan(&until)
	return until, err
}
