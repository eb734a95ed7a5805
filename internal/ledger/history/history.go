// Package history decides what a further row of a known call is: a duplicate, a
// version that counts, or one that does not. All stores decide alike.
package history

import (
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Says tells whether a row says nothing new. Telemetry may say again what it
// said at any time; repricing may go back to an earlier price.
func Says(versions []*ledger.Row, r *ledger.Row) bool {
	return slices.ContainsFunc(versions, func(v *ledger.Row) bool {
		if r.Origin == ledger.Repriced {
			return !v.Superseded && v.Fingerprint == r.Fingerprint
		}
		return v.Origin == r.Origin && v.Fingerprint == r.Fingerprint
	})
}

// Place makes a row the next version of a call, after those in their order. It
// returns the version that counted until now and no longer does, or nil.
func Place(versions []*ledger.Row, r *ledger.Row) (old *ledger.Row) {
	r.Version, r.Superseded = 1, false
	if len(versions) == 0 {
		return nil
	}
	r.Version = versions[len(versions)-1].Version + 1
	i := slices.IndexFunc(versions, func(v *ledger.Row) bool { return !v.Superseded })
	if i < 0 {
		return nil
	}
	old = versions[i]
	if r.Superseded = old.Origin > r.Origin; r.Superseded {
		return nil
	}
	old.Superseded = true
	return old
}
