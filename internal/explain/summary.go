package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Summary adds up what became of many requests.
type Summary struct {
	stats  pricer.Stats
	totals map[string]money.Amount
	grown  map[stream]grown  // sums that grow count once, as they were told last
	items  [len(nouns)]int64 // by signal
}

// Add takes the statistics of the calls of one signal of a request.
func (s *Summary) Add(signal dialect.Signal, stats *pricer.Stats) {
	s.items[signal] += stats.Items
	s.stats.Kept += stats.Kept
	for i, n := range stats.ByStatus {
		s.stats.ByStatus[i] += n
	}
}

// Sum takes the cost of a call.
func (s *Summary) Sum(c *Call) {
	if c.Total == nil {
		return
	}
	if c.stream != (stream{}) {
		s.grow(c)
		return
	}
	if s.totals == nil {
		s.totals = map[string]money.Amount{}
	}
	s.totals[c.Currency] = s.totals[c.Currency].Add(*c.Total)
}

// String writes one line, such as "7 spans · 2 exact · 1 not_billable · total 0.0123 USD".
func (s *Summary) String() string {
	var parts []string
	for signal, n := range s.items {
		if n > 0 {
			parts = append(parts, plural(n, nouns[signal]))
		}
	}
	if len(parts) == 0 {
		return "nothing to read"
	}
	for st := status.Exact; int(st) < status.NumStatuses; st++ {
		if n := s.stats.ByStatus[st]; n > 0 {
			parts = append(parts, Thousands(n)+" "+st.String())
		}
	}
	if s.stats.Kept > 0 {
		parts = append(parts, Thousands(s.stats.Kept)+" left alone")
	}
	if s.stats.ByStatus == [status.NumStatuses]int64{} && s.stats.Kept == 0 {
		parts = append(parts, "no call among them")
	}
	totals := s.sums()
	for _, currency := range slices.Sorted(maps.Keys(totals)) {
		parts = append(parts, fmt.Sprintf("total %s %s", totals[currency], currency))
	}
	return strings.Join(parts, dot)
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Thousands(n) + " " + noun + "s"
}

// WriteSummary ends the text with the summary.
func (t *Text) WriteSummary(s *Summary) {
	if t.calls > 0 {
		t.line("")
	}
	t.line(t.paint(bold, s.String()))
}
