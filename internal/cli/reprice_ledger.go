package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/glob"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
)

// ledgerVariable is the environment variable that names the ledger if no flag does.
const ledgerVariable = "TOKENCOST_LEDGER"

// chosenLedger is the flag that names a ledger.
type chosenLedger struct{ dsn string }

func (l *chosenLedger) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.dsn, "ledger", "", "`DSN` of the ledger, such as sqlite:///var/lib/otelcol/ledger.db; default: $"+ledgerVariable)
}

// open opens the ledger, or says how to name one.
func (l *chosenLedger) open(cmd *cobra.Command) (ledger.Store, error) {
	dsn := l.dsn
	if dsn == "" {
		dsn = os.Getenv(ledgerVariable)
	}
	if dsn == "" {
		return nil, misuse(cmd, "needs --ledger DSN, such as sqlite:///var/lib/otelcol/ledger.db, or $%s", ledgerVariable)
	}
	if err := exists(dsn); err != nil {
		return nil, err
	}
	return open.Open(cmd.Context(), dsn)
}

// exists refuses a file that is not there: opening would make an empty ledger of
// what is a slip of the pen.
func exists(dsn string) error {
	path, ok := strings.CutPrefix(dsn, "sqlite://")
	if !ok {
		return nil
	}
	path, _, _ = strings.Cut(path, "?")
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("--ledger: %w", err)
	}
	return nil
}

// ledgerPeriod are the flags that bound a period of a ledger.
type ledgerPeriod struct{ from, until string }

func (p *ledgerPeriod) flags(cmd *cobra.Command, byDefault string) {
	const form = "`TIME` such as 2026-11, 2026-11-01 or 2026-11-01T12:00:00Z"
	cmd.Flags().StringVar(&p.from, "from", "", "start of the period: a "+form+byDefault)
	cmd.Flags().StringVar(&p.until, "until", "", "end of the period, which is not part of it: a "+form+byDefault)
}

// span returns the period. An end that was not named is that of the fallback.
func (p *ledgerPeriod) span(cmd *cobra.Command, fallback ledger.Span) (ledger.Span, error) {
	out := fallback
	for _, end := range []struct {
		flag, value string
		to          *int64
	}{{"from", p.from, &out.From}, {"until", p.until, &out.Until}} {
		if end.value == "" {
			continue
		}
		at, err := parsePeriodEnd(end.value)
		if err != nil {
			return out, misuse(cmd, "--%s %q is no time; write a month such as 2026-11, a day such as 2026-11-01 or an instant such as 2026-11-01T12:00:00Z", end.flag, end.value)
		}
		*end.to = at.UnixNano()
	}
	if out.From >= out.Until {
		return out, misuse(cmd, "the period is empty: it begins at %s and ends before %s", instantOf(out.From), instantOf(out.Until))
	}
	return out, nil
}

func parsePeriodEnd(s string) (time.Time, error) {
	var failed error
	for _, layout := range []string{"2006-01", time.DateOnly, time.RFC3339Nano} {
		t, err := time.Parse(layout, s)
		if err == nil && (t.Year() < 1971 || t.Year() > 2261) { // nanoseconds since 1970 must hold it
			err = fmt.Errorf("year %d is not allowed", t.Year())
		}
		if err == nil {
			return t, nil
		}
		failed = err
	}
	return time.Time{}, failed
}

// instantOf writes an instant, and a midnight as its day.
func instantOf(unixNano int64) string {
	t := time.Unix(0, unixNano).UTC()
	if t.Truncate(24 * time.Hour).Equal(t) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}

// everCalled is the span of all calls of a ledger, to the end of the day of the last.
func everCalled(ctx context.Context, store ledger.Reader) (ledger.Span, bool, error) {
	first, last, ok, err := store.Bounds(ctx)
	if err != nil || !ok {
		return ledger.Span{}, false, err
	}
	const day = int64(24 * time.Hour)
	return ledger.Span{From: ledger.Day(first) * int64(time.Second), Until: ledger.Day(last)*int64(time.Second) + day}, true, nil
}

// contextFilter is the flag that selects calls by what they have in common. It
// means what it means to report.
type contextFilter struct{ where []string }

func (f *contextFilter) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.where, "where", nil, "only calls with `KEY=PATTERN`, or without with KEY!=PATTERN, such as provider=openai or model=gpt-5*; can be repeated: one pattern of each KEY has to match")
}

// compile returns the condition.
func (f *contextFilter) compile(cmd *cobra.Command) (func(*ledger.Context) bool, error) {
	wanted, unwanted := map[string][]string{}, map[string][]string{} // patterns by key
	for _, w := range f.where {
		key, pattern, ok := strings.Cut(w, "=")
		key, not := strings.CutSuffix(key, "!")
		if !ok || !slices.Contains(contextNames(), key) {
			return nil, misuse(cmd, "--where %q is not allowed; write KEY=PATTERN or KEY!=PATTERN, where KEY is one of %s", w, strings.Join(contextNames(), ", "))
		}
		if not {
			unwanted[key] = append(unwanted[key], pattern)
		} else {
			wanted[key] = append(wanted[key], pattern)
		}
	}
	return func(c *ledger.Context) bool {
		for _, field := range ledger.Fields {
			hit := func(pattern string) bool { return glob.Match(pattern, *field.At(c)) }
			if slices.ContainsFunc(unwanted[field.Name], hit) || len(wanted[field.Name]) > 0 && !slices.ContainsFunc(wanted[field.Name], hit) {
				return false
			}
		}
		return true
	}, nil
}

func contextNames() []string {
	var out []string
	for _, f := range ledger.Fields {
		out = append(out, f.Name)
	}
	return out
}
