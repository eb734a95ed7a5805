package report

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/glob"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Query says what is asked for.
type Query struct {
	From, Until time.Time      // of the starts of calls; half-open
	Zone        *time.Location // of days, weeks and months; nil for UTC
	By          []Dimension
	Where       Conditions
	Top         int  // how many groups; the others become one. Zero for all.
	Count       bool // count interactions, for which calls are read
	// Series asks what was spent in each hour, day or week, or nil.
	Series *Period
	// Progress, if it is not nil, is told how many calls have been read of how many at most.
	Progress func(done, total int64)
}

// Condition is one that contexts have to meet.
type Condition struct {
	dimension Dimension
	pattern   string
	not       bool
}

// ParseCondition reads KEY=PATTERN or KEY!=PATTERN, in which * stands for any run
// of characters.
func ParseCondition(text string) (Condition, error) {
	key, pattern, ok := strings.Cut(text, "=")
	key, not := strings.CutSuffix(key, "!")
	if !ok {
		return Condition{}, fmt.Errorf("%q is no condition; write KEY=PATTERN or KEY!=PATTERN, such as model=gpt-5*", text)
	}
	d, err := ParseDimension(key)
	if err != nil {
		return Condition{}, err
	}
	if d.Periodic() {
		return Condition{}, fmt.Errorf("%s is a period of time, and no condition; say from when until when", key)
	}
	return Condition{d, pattern, not}, nil
}

// String writes the condition as ParseCondition reads it.
func (c Condition) String() string {
	if c.not {
		return c.dimension.Name + "!=" + c.pattern
	}
	return c.dimension.Name + "=" + c.pattern
}

// OfContext tells whether the context of a call alone decides on the condition,
// and not the billing period.
func (c Condition) OfContext() bool { return !c.dimension.billing }

// Conditions are conditions that go together.
type Conditions []Condition

// Texts writes the conditions, none as an empty list.
func (all Conditions) Texts() []string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.String()
	}
	return out
}

// Match tells whether a context with calls booked in a billing period, in unix
// seconds, meets all conditions. Of several patterns for one dimension one has to
// match, and none of those with !=.
func (all Conditions) Match(c *ledger.Context, billing int64) bool {
	asked, met := map[string]bool{}, map[string]bool{}
	for i := range all {
		w := &all[i]
		hit := glob.Match(w.pattern, w.dimension.of(c, billing))
		if w.not {
			if hit {
				return false
			}
			continue
		}
		asked[w.dimension.Name] = true
		if hit {
			met[w.dimension.Name] = true
		}
	}
	return len(asked) == len(met)
}

// maxPeriods bounds the periods of a report.
const maxPeriods = 100_000

func (q *Query) check() error {
	switch {
	case !q.From.Before(q.Until):
		return fmt.Errorf("the time from %s until %s is empty", q.From.Format(time.RFC3339), q.Until.Format(time.RFC3339))
	case q.From.Before(Earliest) || q.Until.After(Latest):
		return fmt.Errorf("times before %d and after %d cannot be in a ledger", Earliest.Year(), Latest.Year())
	case q.Top < 0:
		return errors.New("the number of groups is below zero")
	}
	for _, p := range []*Period{q.period(), q.Series} {
		if p == nil {
			continue
		}
		if length := p.next(p.start(q.From)).Sub(p.start(q.From)); q.Until.Sub(q.From)/length > maxPeriods {
			return fmt.Errorf("from %s until %s there are more than %d periods of a %s; ask for longer ones", q.From.Format(time.DateOnly), q.Until.Format(time.DateOnly), maxPeriods, p.name)
		}
	}
	return checkDimensions(q.By)
}

func (q *Query) zone() *time.Location {
	if q.Zone == nil {
		return time.UTC
	}
	return q.Zone
}

// Earliest and Latest bound the times of reports: what unix nanoseconds in 64
// bits can tell, and calls may start at.
var (
	Earliest = time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC)
	Latest   = time.Date(2250, 1, 1, 0, 0, 0, 0, time.UTC)
)

// period returns the period of time that is a dimension, if one is.
func (q *Query) period() *Period {
	for _, d := range q.By {
		if d.Periodic() {
			return d.period
		}
	}
	return nil
}

func (q *Query) span() ledger.Span {
	return ledger.Span{From: q.From.UnixNano(), Until: q.Until.UnixNano()}
}

// maxSteps is how many steps of a series are still seen as one picture.
const maxSteps = 62

// StepFor returns the shortest step of a series that shows a span as a picture:
// its hours, up to two days, its days, weeks or months; or nil if it is longer.
func StepFor(from, until time.Time) *Period {
	hours := until.Sub(from).Hours()
	switch {
	case hours <= 48:
		return hourly
	case hours <= maxSteps*24:
		return daily
	case hours <= maxSteps*7*24:
		return weekly
	case hours <= maxSteps*30*24:
		return monthly
	}
	return nil
}
