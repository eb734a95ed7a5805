package postgres

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// quantum is one of the 1e-12 that amounts are counted in. Multiplying by it is exact.
const quantum = "0.000000000001"

// numbers are the columns that sums add up.
var numbers = append([]string{"calls"}, ledger.NumberNames...)

func upsertSums(table string) string {
	n, selected := 3, 0
	arrays := list(func(string) string { n++; return fmt.Sprintf("$%d::bigint[]", n) }, numbers...)
	values := list(func(name string) string {
		selected++
		if selected > 1 && selected <= 1+int(ledger.NumAmounts) {
			return "u." + name + " * " + quantum
		}
		return "u." + name
	}, numbers...)
	names := list(same, numbers...)
	return "INSERT INTO " + table + " AS s (start_unix, context_id, billing_period, " + names + ")" +
		" SELECT u.start_unix, u.context_id, u.billing_period, " + values +
		" FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], " + arrays + ") AS u (start_unix, context_id, billing_period, " + names + ")" +
		" ON CONFLICT (start_unix, context_id, billing_period) DO UPDATE SET " +
		list(func(name string) string { return name + " = s." + name + " + excluded." + name }, numbers...)
}

var (
	upsertHours = upsertSums("token_cost_hours")
	upsertDays  = upsertSums("token_cost_days")
)

const upsertItems = "INSERT INTO token_cost_hour_items AS s (start_unix, context_id, billing_period, item, quantity)" +
	" SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::integer[], $5::bigint[])" +
	" ON CONFLICT (start_unix, context_id, billing_period, item) DO UPDATE SET quantity = s.quantity + excluded.quantity"

// sums changes the sums as the rows of the transaction ask for. It comes last,
// because writers of the same sums wait for each other until they commit, and in
// one order, so that they never wait in a circle.
func (t *transaction) sums() error {
	if len(t.deltas.Hours) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	batch.Queue(upsertHours, arrays(t.deltas.Hours)...)
	batch.Queue(upsertDays, arrays(t.deltas.Days)...)
	var starts, contexts, billing, quantities []int64
	var items []int32
	for _, k := range ledger.Sorted(t.deltas.Hours) {
		for i, quantity := range t.deltas.Hours[k].Items {
			if quantity == 0 {
				continue
			}
			starts, contexts, billing = append(starts, k.Start), append(contexts, k.Context), append(billing, k.Billing)
			items, quantities = append(items, int32(i)), append(quantities, quantity)
		}
	}
	if len(items) > 0 {
		batch.Queue(upsertItems, starts, contexts, billing, items, quantities)
	}
	return t.tx.SendBatch(t.ctx, batch).Close()
}

// arrays returns the columns of sums.
func arrays(sums map[ledger.SumKey]*ledger.Sum) []any {
	keys := ledger.Sorted(sums)
	columns := make([][]int64, 3+len(numbers))
	for i := range columns {
		columns[i] = make([]int64, 0, len(keys))
	}
	for _, k := range keys {
		s := sums[k]
		values := append(append([]int64{k.Start, k.Context, k.Billing, s.Calls}, s.Amounts[:]...), s.Tokens[:]...)
		for i, v := range values {
			columns[i] = append(columns[i], v)
		}
	}
	out := make([]any, len(columns))
	for i := range columns {
		out[i] = columns[i]
	}
	return out
}
