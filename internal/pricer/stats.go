package pricer

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Stats counts what became of a batch.
type Stats struct {
	Items      int64                     // all spans or log records
	ByStatus   [status.NumStatuses]int64 // calls by verdict
	ByReason   [status.NumReasons]int64  // reasons given; a call can have several
	Kept       int64                     // calls that carried results and were left alone
	CacheHits  int64                     // resolutions of model names that were cached
	CacheMiss  int64                     // resolutions that were not
	Contradict int64                     // calls whose counts disprove the rule for their emitter
	Reported   int64                     // calls that carried a cost in a known unit and were priced
	Difference float64                   // sum over those of the reported cost minus ours, in USD
}

func (b *batch) count(c *call.Call) {
	s, r := &b.stats, &b.s.result
	s.ByStatus[r.Status]++
	if r.Reasons != 0 {
		for reason := range r.Reasons.All() {
			s.ByReason[reason]++
		}
	}
	if r.Resolution != nil {
		if r.Cached {
			s.CacheHits++
		} else {
			s.CacheMiss++
		}
	}
	if c.Contradicted {
		s.Contradict++
	}
}
