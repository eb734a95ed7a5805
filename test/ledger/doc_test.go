// Package ledger holds the distribution's cost_ledger exporter to its promise:
// nothing lost, nothing doubled, whatever is killed. Run by make e2e-ledger.
package ledger
