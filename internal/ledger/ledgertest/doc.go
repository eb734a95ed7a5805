// Package ledgertest tells what every store of the ledger has to do. A store's
// test runs it over empty stores:
//
//	func TestStore(t *testing.T) {
//		ledgertest.Run(t, func(t *testing.T) ledger.Store { … })
//	}
package ledgertest
