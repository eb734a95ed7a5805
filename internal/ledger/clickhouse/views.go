package clickhouse

import (
	"fmt"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Views work sums out of the calls, so that they agree at any time, without
// transactions. Queries of this package are those of the views, with a condition
// on the start of calls.

// expired is a condition: calls whose daily sums are kept in their stead. One that
// a writer stored after that, because it looked before, counts.
const expired = "(start_unix_nano < (SELECT max(until_unix_nano) FROM token_cost_expiries) AND ingested_unix_nano <= (SELECT max(at_unix_nano) FROM token_cost_expiries))"

// numbers are the columns that sums add up, but for the number of calls.
var numbers = ledger.NumberNames

const (
	hour = "3600"
	day  = "86400"
)

// period is the start of the hour or day of a call, in seconds.
func period(length string) string {
	return "intDiv(start_unix_nano - positiveModulo(start_unix_nano, toInt64(" + length + "000000000)), 1000000000)"
}

// versions orders the versions of each call.
const versions = "PARTITION BY " + key + " ORDER BY " + order

// none is the billing period of a version that none comes after. It is not the start of a month.
const none = "-1"

// alone is a condition: calls that nothing else starts with in the same
// nanosecond. They have one version, there once, so that they are read without
// bringing rows together. Of calls of a month, that is nearly all.
func alone(where string) string { return "start_unix_nano NOT IN " + crowded(where) }

// crowded are the starts of all other calls.
func crowded(where string) string {
	return "(SELECT start_unix_nano FROM token_cost_calls " + condition(where, "NOT "+expired) + " GROUP BY start_unix_nano HAVING count() > 1)"
}

// entries are what sums add up: each call that counts; of calls with several
// versions each one that counted, and its reversal, which is booked with the
// version that counts instead. A version counts unless an earlier one has a higher
// origin.
func entries(where string) string {
	columns := key + ", context_id, quantities, " + list(same, numbers...)
	return "SELECT " + columns + ", billing_period, toInt64(1) AS sign FROM token_cost_calls " + condition(where, "NOT "+expired+" AND "+alone(where)) +
		" UNION ALL SELECT " + columns + ", booking.1 AS billing_period, booking.2 AS sign FROM (" +
		"SELECT " + columns + ", billing_period AS booked, leadInFrame(billing_period, 1, toInt64(" + none + ")) OVER (" + versions + " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS reversed FROM (" +
		"SELECT *, max(origin) OVER (" + versions + " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS highest FROM token_cost_live " + condition(where, "start_unix_nano IN "+crowded(where)) +
		") WHERE origin = highest" +
		") ARRAY JOIN if(reversed = " + none + ", [(booked, toInt64(1))], [(booked, toInt64(1)), (reversed, toInt64(-1))]) AS booking"
}

func condition(a, b string) string {
	switch {
	case a == "" && b == "":
		return ""
	case a == "":
		return "WHERE " + b
	case b == "":
		return "WHERE " + a
	}
	return "WHERE " + a + " AND " + b
}

// sums adds entries up by period.
func sums(length, where string) string {
	return "SELECT " + period(length) + " AS start_unix, context_id, billing_period, sum(sign) AS calls, " +
		list(func(name string) string { return "sum(e." + name + " * e.sign) AS " + name }, numbers...) +
		" FROM (" + entries(where) + ") AS e GROUP BY start_unix, context_id, billing_period"
}

// generation is that of the daily sums that are kept of expired calls.
const generation = "(SELECT max(generation) FROM token_cost_expiries)"

// days adds up sums of days of calls, and of those that expired.
func days(where string) string {
	kept := "SELECT start_unix, context_id, billing_period, calls, " + list(same, numbers...) + " FROM token_cost_kept_days FINAL WHERE generation = " + generation
	return "SELECT start_unix, context_id, billing_period, sum(d.calls) AS calls, " + list(func(name string) string { return "sum(d." + name + ") AS " + name }, numbers...) +
		" FROM (" + sums(day, where) + " UNION ALL " + kept + ") AS d GROUP BY start_unix, context_id, billing_period"
}

// items adds up quantities by period and item of the card.
func items(length, where string) string {
	return "SELECT " + period(length) + " AS start_unix, context_id, billing_period, position - 1 AS item, sum(used * e.sign) AS quantity" +
		" FROM (" + entries(where) + ") AS e ARRAY JOIN e.quantities AS used, arrayEnumerate(e.quantities) AS position GROUP BY start_unix, context_id, billing_period, item"
}

// counting are the versions that count: of each call the last one of the highest origin.
func counting(where string) string {
	return "SELECT * FROM token_cost_calls " + condition(where, "NOT "+expired+" AND "+alone(where)) +
		" UNION ALL SELECT * FROM (SELECT * FROM token_cost_live " + condition(where, "start_unix_nano IN "+crowded(where)) +
		" ORDER BY " + key + ", origin DESC, ingested_unix_nano DESC, run_id DESC, fingerprint DESC LIMIT 1 BY " + key + ")"
}

// within is a condition on the start of calls.
func within(span ledger.Span) string {
	return fmt.Sprintf("start_unix_nano >= %d AND start_unix_nano < %d", span.From, span.Until)
}
