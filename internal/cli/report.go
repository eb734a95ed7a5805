package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
)

// reporting are the flags of `tokencost report`.
type reporting struct {
	chosen       chosenLedger
	pricing      pricing
	period       period
	filter       filter
	by           []string
	top          int
	compare      string
	interactions bool
	plot         bool
	output       string
}

func (t *tool) report() *cobra.Command {
	var r reporting
	cmd := &cobra.Command{
		Use:   "report [FILE...]",
		Short: "Show what was spent, on what, for whom, and why it changed",
		Long: `Adds up what a ledger holds: spend, tokens, calls and unit costs by any dimensions, how
much of it is certain and attributed, and with --compare why it differs from another
period. FILEs of OTLP JSON are priced first, with the flags of 'tokencost price'.

Every amount of a table is rounded for reading; csv and json have them exact.`,
		Example: `  tokencost report --ledger sqlite:///var/lib/otelcol/ledger.db --month 2026-10 --by model,team
  tokencost report --last 30d --by customer --top 10 --interactions
  tokencost report --month 2026-10 --compare previous --by provider,model
  tokencost report --last 7d --by day --where "team=search*" --output csv
  tokencost report traces.json.gz`,
		RunE: func(cmd *cobra.Command, files []string) error {
			return r.run(cmd, t, files)
		},
	}
	r.chosen.flags(cmd)
	r.pricing.flags(cmd)
	r.period.flags(cmd, "without any of these the running month of a ledger, and all of files; an end that is not said is that of the calls")
	r.period.zoneFlag(cmd, "the time zone of days, weeks and months, such as `ZONE` Europe/Berlin; needs hourly sums")
	r.filter.flags(cmd)
	f := cmd.Flags()
	f.StringSliceVar(&r.by, "by", []string{"model"}, "`DIMENSIONS` to group by, with commas between; --by list shows all")
	f.IntVar(&r.top, "top", 0, "only the `N` groups that cost most, and one for the others")
	f.StringVar(&r.compare, "compare", "", "compare with a `PERIOD`: previous, or FROM..UNTIL")
	f.BoolVar(&r.interactions, "interactions", false, "count interactions (traces), and those that succeeded: reads calls, which takes longer")
	f.BoolVar(&r.plot, "plot", false, "draw spend over time, as on a terminal")
	outputFlag(cmd, &r.output, "table", "csv", "json")
	return cmd
}

// manyTraces is from how many calls on a person wants to see how far the work is.
const manyTraces = 50_000

func (r *reporting) run(cmd *cobra.Command, t *tool, files []string) error {
	if slices.Equal(r.by, []string{"list"}) {
		for _, name := range report.DimensionNames() {
			fmt.Fprintln(t.Out, name)
		}
		return nil
	}
	q, err := r.query(cmd)
	if err != nil {
		return err
	}
	store, err := r.source(cmd, t, files)
	if err != nil {
		return err
	}
	defer store.Close()
	ok, err := r.setTime(cmd, store, q, len(files) > 0)
	if err != nil {
		return err
	}
	if !ok {
		fmt.Fprintln(t.Err, "tokencost: there are no calls to report")
		return nil
	}
	if r.compare != "" {
		return r.comparePeriods(cmd, t, store, q)
	}
	if (r.plot || colourful(t.Out)) && r.output == "table" && !periodic(q) {
		q.Series = report.StepFor(q.From, q.Until)
	}
	out, err := t.readReport(cmd.Context(), store, q)
	if err != nil {
		return err
	}
	switch r.output {
	case "json":
		return writeJSON(t.Out, reportJSON(out))
	case "csv":
		return writeReportCSV(t.Out, out)
	}
	return t.printReport(out, r.plot || colourful(t.Out))
}

// query makes all of the query but its time.
func (r *reporting) query(cmd *cobra.Command) (*report.Query, error) {
	q := &report.Query{Top: r.top, Count: r.interactions}
	if r.top < 0 {
		return nil, misuse(cmd, "--top %d is not allowed; use 0 for all groups, or how many", r.top)
	}
	for _, name := range r.by {
		d, err := report.ParseDimension(name)
		if err != nil {
			return nil, misuse(cmd, "--by: %w", err)
		}
		q.By = append(q.By, d)
	}
	where, err := r.filter.conditions(cmd)
	q.Where = where
	return q, err
}

func periodic(q *report.Query) bool {
	return slices.ContainsFunc(q.By, func(d report.Dimension) bool { return d.Periodic() })
}

// readReport computes a report, and shows how far it is if calls are read.
func (t *tool) readReport(ctx context.Context, store ledger.Reader, q *report.Query) (*report.Report, error) {
	show, end := t.showIfLong("Counting interactions", manyTraces)
	defer end("counted")
	q.Progress = show
	return report.Read(ctx, store, q)
}

func (r *reporting) comparePeriods(cmd *cobra.Command, t *tool, store ledger.Reader, q *report.Query) error {
	before, err := r.before(cmd, q)
	if err != nil {
		return err
	}
	if r.interactions {
		return misuse(cmd, "--interactions and --compare do not go together; ask for each period by itself")
	}
	if periodic(q) {
		return misuse(cmd, "--by with a period of time and --compare do not go together")
	}
	c, err := report.Compare(cmd.Context(), store, before, q)
	if err != nil {
		return err
	}
	switch r.output {
	case "json":
		return writeJSON(t.Out, comparisonJSON(c))
	case "csv":
		return writeComparisonCSV(t.Out, c)
	}
	return t.printComparison(c)
}

// before returns the period to compare with.
func (r *reporting) before(cmd *cobra.Command, q *report.Query) (*report.Query, error) {
	if r.compare == "previous" {
		return q.Previous(), nil
	}
	from, until, ok := cutRange(r.compare)
	if !ok {
		return nil, misuse(cmd, "--compare %q is no period; write previous, or FROM..UNTIL such as 2026-09-01..2026-10-01", r.compare)
	}
	p := *q
	for _, end := range []struct {
		text string
		to   *time.Time
	}{{from, &p.From}, {until, &p.Until}} {
		at, err := parseTime(end.text, q.Zone)
		if err != nil {
			return nil, misuse(cmd, "--compare %q: %w", r.compare, err)
		}
		*end.to = at
	}
	return &p, nil
}
