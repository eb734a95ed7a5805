// Package report computes what people ask a ledger: what was spent, on how many
// tokens and calls, for whom, what one call or interaction costs, how much of it
// is certain, and why it changed. It reads sums, so that the number of calls does
// not matter, and calls only where interactions are asked for.
//
// Money is counted in whole quanta of 1e-12 currency units. Divisions give
// rational numbers, which are rounded where they are written and nowhere else.
// Amounts of different currencies are never added.
package report
