package subject

import (
	"strings"
	"testing"
	"time"
)

func TestEveryConnectorTellsAllSeriesAndTheRightSums(t *testing.T) {
	l, err := NewConnectors(t.Context(), t.TempDir()) // proves it
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if got, want := len(l.Subjects), 2*len(seriesOfConnectors)*len(connectors()); got != want {
		t.Errorf("%d subjects, not %d", got, want)
	}
	for _, s := range l.Subjects {
		if !strings.HasPrefix(s.Name, "token_cost") || s.NewTraces || s.Goroutines > 1 {
			continue
		}
		if n := allocations(t, s); n != 0 {
			t.Errorf("%s, %d series: allocates %v times a span of a known series", s.Name, s.Series, n)
		}
	}
}

func TestAProofSeesWhatIsMissing(t *testing.T) {
	l := &List{dir: t.TempDir(), ctx: t.Context()}
	batches := l.pricedBatches(1, 10)
	if l.err != nil {
		t.Fatal(l.err)
	}
	c := connectors()[0]
	defer func(d time.Duration) { patience = d }(patience)
	patience = 300 * time.Millisecond
	s := &Subject{Batch: batches[0], Series: 11}
	if err := c.proof(t.Context(), s); err == nil || !strings.Contains(err.Error(), "10 series, not 11") {
		t.Errorf("a series too few passes: %v", err)
	}
	c.metrics = []string{"token_cost.spent"}
	if err := c.proof(t.Context(), s); err == nil || !strings.Contains(err.Error(), "token_cost.spent has 0 series") {
		t.Errorf("a metric that is not told passes: %v", err)
	}
}
