package ledger

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
)

// contents is all that a ledger says of calls, comparable between ledgers.
type contents struct {
	Rows                map[string]string
	Hours, Days, Totals map[string]string
	Items               map[string]int64
	Contexts            map[int64]ledger.Context
}

func read(t *testing.T, s ledger.Reader) *contents {
	t.Helper()
	ctx := context.Background()
	c := &contents{Rows: map[string]string{}, Hours: map[string]string{}, Days: map[string]string{}, Items: map[string]int64{}, Contexts: map[int64]ledger.Context{}}
	require.NoError(t, s.Calls(ctx, whole, true, func(r *ledger.Row) error {
		key := fmt.Sprintf("%d %x %x %d", r.Start, r.Trace, r.Span, r.Version)
		if _, known := c.Rows[key]; known {
			t.Fatalf("call %s is there twice", key)
		}
		c.Rows[key] = fmt.Sprintf("%v %d %d %q %v %v %v %d %d %x %q %q", r.Superseded, r.Origin, r.ContextID, r.Usage, r.Quantities, r.Amounts, r.Tokens, r.Billing, r.End, r.Parent, r.Session, r.Response)
		return nil
	}))
	for grain, sums := range map[ledger.Grain]map[string]string{ledger.Hourly: c.Hours, ledger.Daily: c.Days} {
		require.NoError(t, s.Sums(ctx, grain, whole, func(p *ledger.PeriodSum) error {
			if p.Calls == 0 {
				return nil // reversed to nothing
			}
			text := fmt.Sprint(p.Calls, p.Tokens)
			for i := range p.Amounts {
				text += " " + p.Amounts[i].String()
			}
			sums[fmt.Sprint(p.SumKey)] = text
			return nil
		}))
	}
	require.NoError(t, s.Items(ctx, ledger.Hourly, whole, func(i *ledger.PeriodItem) error {
		if i.Quantity != 0 {
			c.Items[fmt.Sprint(i.SumKey, i.Item)] = i.Quantity
		}
		return nil
	}))
	require.NoError(t, s.Contexts(ctx, func(id int64, x *ledger.Context) error {
		c.Contexts[id] = *x
		return nil
	}))
	return c
}

// same fails unless the ledger of a data source name says what the truth says.
func same(t *testing.T, dsn string, truth ledger.Reader) {
	t.Helper()
	s, err := open.Open(context.Background(), dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	want, got := read(t, truth), read(t, s)
	assert.Len(t, got.Rows, len(want.Rows), "calls")
	missing, different := 0, 0
	for key, row := range want.Rows {
		switch other, ok := got.Rows[key]; {
		case !ok:
			missing++
		case other != row:
			if different++; different == 1 {
				t.Errorf("call %s\n is %s\nnot %s", key, other, row)
			}
		}
	}
	assert.Zero(t, missing, "calls are missing")
	assert.Zero(t, different, "calls differ")
	assert.Equal(t, want.Hours, got.Hours, "sums of hours")
	assert.Equal(t, want.Days, got.Days, "sums of days")
	assert.Equal(t, want.Items, got.Items, "quantities")
	assert.Equal(t, want.Contexts, got.Contexts, "contexts")
	t.Logf("%d calls, %d sums of hours, %d of days: as the truth", len(got.Rows), len(got.Hours), len(got.Days))
}

// stored waits until a ledger has as many calls as the truth.
func stored(t *testing.T, dsn string, truth ledger.Reader) {
	t.Helper()
	want := count(t, truth)
	s, err := open.Open(context.Background(), dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.Eventually(t, func() bool { return count(t, s) >= want }, 2*time.Minute, 200*time.Millisecond, "calls are missing for long")
}

func count(t *testing.T, s ledger.Reader) (calls int64) {
	t.Helper()
	require.NoError(t, s.Totals(context.Background(), ledger.Daily, whole, func(p *ledger.PeriodSum) error {
		calls += p.Calls
		return nil
	}))
	return calls
}
