package budget

import (
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// BurnWindows are those over which the rate of spending is told: the short
// ones of the multi-window alerts of SRE practice, and one that joins them.
var BurnWindows = []time.Duration{5 * time.Minute, time.Hour, 6 * time.Hour}

// burnMinutes is how many minutes are kept: the longest window and the minute that runs.
const burnMinutes = 6*60 + 1

// burn is what was spent in each of the last minutes.
type burn struct {
	minutes [burnMinutes]MinuteSpend
}

// MinuteSpend is what was spent in a minute.
type MinuteSpend struct {
	Minute int64        `json:"minute"` // since 1970
	Spent  money.Amount `json:"spent"`
}

// add adds to the minute of a call. What is older than the windows or ahead of
// the clock stays out.
func (b *burn) add(at time.Time, amount money.Amount, now time.Time) {
	m, last := floorMinute(at), floorMinute(now)
	if m > last || m <= last-burnMinutes {
		return
	}
	slot := &b.minutes[(m%burnMinutes+burnMinutes)%burnMinutes]
	if m != slot.Minute {
		*slot = MinuteSpend{Minute: m}
	}
	slot.Spent = slot.Spent.Add(amount)
}

func floorMinute(t time.Time) int64 {
	s := t.Unix()
	return (s - (s%60+60)%60) / 60
}

// list returns the minutes that are within the windows still, for storage.
func (b *burn) list(now time.Time) (out []MinuteSpend) {
	last := floorMinute(now)
	for _, s := range b.minutes {
		if !s.Spent.IsZero() && s.Minute <= last && s.Minute > last-burnMinutes {
			out = append(out, s)
		}
	}
	return out
}

// rate returns spend per second over the last whole minutes of a window and the
// minute that runs.
func (b *burn) rate(now time.Time, over time.Duration) float64 {
	last := floorMinute(now)
	var spent money.Amount
	for i := range b.minutes {
		if s := &b.minutes[i]; s.Minute >= last-int64(over/time.Minute) && s.Minute <= last {
			spent = spent.Add(s.Spent)
		}
	}
	running := now.Sub(time.Unix(last*60, 0))
	return spent.Float64() / (over + running).Seconds()
}
