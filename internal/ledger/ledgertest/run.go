package ledgertest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Exception is something that a store does not promise, for reasons that its
// documentation tells.
type Exception string

// Atomic: a write that fails leaves nothing, and of concurrent writers of one call
// exactly one counts it as inserted. Without it, writing again makes it right.
const Atomic Exception = "atomic"

// Run holds a store to the rules. Each one gets an empty store, which it closes.
func Run(t *testing.T, open func(t *testing.T) ledger.Store, but ...Exception) {
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			p := &pair{T: t, store: open(t), model: newModel(), atomic: !slices.Contains(but, Atomic)}
			defer func() { assert.NoError(t, p.store.Close()) }()
			rule.test(p)
		})
	}
}

var rules = []struct {
	name string
	test func(p *pair)
}{
	{"an empty store has nothing to say", nothing},
	{"every field is read as it was written", everyField},
	{"a replay is a duplicate and changes nothing", replay},
	{"the same call twice in a batch is stored once", twiceInABatch},
	{"another price for a known call is a version that counts", versions},
	{"a replay of an older version is a duplicate", olderVersion},
	{"a repriced version is not superseded by telemetry", repricedWins},
	{"repricing goes back to an earlier price", repricedBack},
	{"what is not in the ledger has no new price", repricedUnknown},
	{"runs are kept as they were told", runs},
	{"late rows of a closed period are booked in the first open one", late},
	{"versions of calls of a closed period are reversed and booked in the first open one", lateVersions},
	{"periods are closed at the start of a month, and stay closed", closing},
	{"amounts beyond 64 bits are added up exactly", large},
	{"spans are half open", spans},
	{"calls may start at any time", anyTime},
	{"bounds are those of the calls", bounds},
	{"expiry keeps daily sums longer than calls", expiry},
	{"expiry is by whole days", expiryByDays},
	{"expiry counts calls", expiryOfVersions},
	{"a call of an expired day is not counted again", expiredReplay},
	{"a call that is written while its day expires is counted once or left out", expiryMeanwhile},
	{"an error of a reader's function ends the reading", readerError},
	{"two contexts with one number are refused", collision},
	{"sums are those of the calls after any operations", anything},
	{"of versions that are written at once one counts", overlappingVersions},
	{"writers of overlapping batches store every call once", overlapping},
	{"a write that is cancelled leaves nothing", cancelled},
}
