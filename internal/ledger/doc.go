// Package ledger is the record of what each call cost: rows that are never
// edited, their identity, and sums over hours and days that are kept with them.
// How they are stored is up to the packages below it.
package ledger
