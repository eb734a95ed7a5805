package ledger

import (
	"fmt"
	"math"
	"time"
)

// NothingExpired is until when calls are expired in a ledger that keeps all of
// them. It is not zero, because clocks that are wrong tell times before 1970.
const NothingExpired = math.MinInt64

// StartOfDay rounds an instant down to the start of its UTC day, both in unix
// nanoseconds, or to the first instant that there is.
func StartOfDay(unixNano int64) int64 {
	const day = int64(24 * time.Hour)
	into := (unixNano%day + day) % day
	if unixNano < math.MinInt64+into {
		return math.MinInt64
	}
	return unixNano - into
}

// Live returns the rows that a store may keep when the calls of days before until,
// in unix seconds, are expired there, and how many others there are. Whether one of
// those was counted before is not known any more: daily sums outlive calls, and
// counting it again would double its money. A new price of one is an error.
func Live(rows []*Row, until int64) (live []*Row, expired int, err error) {
	for i, r := range rows {
		if Day(r.Start) >= until {
			if expired > 0 {
				live = append(live, r)
			}
			continue
		}
		if r.Origin == Repriced {
			return nil, 0, fmt.Errorf("%w: the call that started at %d (trace %x, span %x) is expired: the ledger keeps no calls before %s, so it has no new price",
				ErrPermanent, r.Start, r.Trace, r.Span, time.Unix(until, 0).UTC().Format(time.DateOnly))
		}
		if expired == 0 {
			live = append(make([]*Row, 0, len(rows)-1), rows[:i]...)
		}
		expired++
	}
	if expired == 0 {
		return rows, 0, nil
	}
	return live, expired, nil
}
