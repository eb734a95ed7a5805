package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// options reads the flags.
func (e *focusExporting) options(cmd *cobra.Command) (*focus.Options, error) {
	if e.out == "" {
		return nil, misuse(cmd, "needs --out DIR")
	}
	config, err := e.config.load(cmd)
	if err != nil {
		return nil, err
	}
	o := &focus.Options{
		Dir: e.out, Version: focus.Version(e.version), Format: focus.Format(e.format), Grain: ledger.Daily, ByDay: e.byDay, DraftKeys: e.draftKeys,
		Config: config, Generator: generator(), Now: exportClock,
	}
	if e.grain == "hour" {
		o.Grain = ledger.Hourly
	}
	if e.commitments != "" {
		data, err := readFile(e.commitments, maxSmall)
		if err != nil {
			return nil, fmt.Errorf("--commitments: %w", err)
		}
		if o.Commitments, err = focus.ParseCommitments(data); err != nil {
			return nil, fmt.Errorf("--commitments %s: %w", e.commitments, err)
		}
	}
	return o, nil
}

func (t *tool) exportFocus(cmd *cobra.Command, e *focusExporting) error {
	o, err := e.options(cmd)
	if err != nil {
		return err
	}
	store, err := e.ledger.read(cmd)
	if err != nil {
		return err
	}
	defer store.Close()
	periods, err := e.periods(cmd, store)
	if err != nil {
		return err
	}
	if len(periods) == 0 {
		return fmt.Errorf("the ledger has no calls in that time; nothing was exported")
	}
	var all []*focus.Summary
	for _, p := range periods {
		s, err := focus.Export(cmd.Context(), store, o, p)
		if err != nil {
			return err
		}
		all = append(all, s)
		t.sayExcluded(s)
	}
	if e.output == "json" {
		return writeJSON(t.Out, all)
	}
	return t.printExport(all)
}

// months reads the flags that choose billing periods. Zero is what is not said.
func (e *focusExporting) months(cmd *cobra.Command) (from, until focus.Period, err error) {
	if e.month != "" && e.from+e.until != "" {
		return 0, 0, misuse(cmd, "--from and --until, and --month exclude each other")
	}
	for _, end := range []struct {
		flag, text string
		to         *focus.Period
	}{{"month", e.month, &from}, {"from", e.from, &from}, {"until", e.until, &until}} {
		if end.text == "" {
			continue
		}
		at, err := parseBilling(end.text)
		if err != nil {
			return 0, 0, misuse(cmd, "--%s %w", end.flag, err)
		}
		*end.to = focus.PeriodOf(at)
	}
	if e.month != "" {
		until = from.Next()
	}
	if from != 0 && until != 0 && from >= until {
		return 0, 0, misuse(cmd, "--from %s is not before --until %s", e.from, e.until)
	}
	return from, until, nil
}

// periods lists the billing periods to export. Bounds that are named count, also
// where calls have expired and only sums are left.
func (e *focusExporting) periods(cmd *cobra.Command, store ledger.Reader) ([]focus.Period, error) {
	known, err := focus.Periods(cmd.Context(), store)
	if err != nil {
		return nil, err
	}
	from, until, err := e.months(cmd)
	if err != nil {
		return nil, err
	}
	var first, end focus.Period
	if len(known) > 0 {
		first, end = known[0], known[len(known)-1].Next()
	}
	if from != 0 {
		first = from
	}
	if until != 0 {
		end = until
		if first == 0 {
			first = end
		}
	}
	var out []focus.Period
	for p := first; p < end; p = p.Next() {
		out = append(out, p)
	}
	return out, nil
}

// sayExcluded says on standard error what files do not hold.
func (t *tool) sayExcluded(s *focus.Summary) {
	for _, x := range s.Excluded {
		cost := "no cost"
		if len(x.Cost) > 0 {
			cost = "a cost of " + moneyText(x.Cost)
		}
		fmt.Fprintf(t.Err, "tokencost: %s: left out %s with %s: %s\n", s.BillingPeriod, plural(int(x.Calls), "call"), cost, x.Reason)
	}
	if s.RoundedUnitPrices > 0 {
		fmt.Fprintf(t.Err, "tokencost: %s: unit prices of %s have no end as decimals, as converted ones may, and were rounded to 18 digits\n", s.BillingPeriod, plural(s.RoundedUnitPrices, "row"))
	}
	if !s.Consistent {
		fmt.Fprintf(t.Err, "tokencost: %s: rows differ from the ledger by %s, which rounding does not explain; was it written meanwhile, or have sums expired?\n", s.BillingPeriod, moneyText(s.Difference))
	}
}

func moneyText(m focus.Money) string {
	var parts []string
	for _, currency := range m.Currencies() {
		parts = append(parts, pricebook.Decimal(m[currency])+" "+currency)
	}
	return strings.Join(parts, ", ")
}

func (t *tool) printExport(all []*focus.Summary) error {
	header := []string{"billing period", "rows", "corrections", "calls", "currency", "billed cost", "effective cost", "list cost"}
	var rows [][]string
	for _, s := range all {
		currencies := s.BilledCost.Currencies()
		if len(currencies) == 0 {
			rows = append(rows, []string{s.BillingPeriod, fmt.Sprint(s.Rows), fmt.Sprint(s.Corrections), fmt.Sprint(s.Calls), "", "", "", ""})
		}
		for _, c := range currencies {
			rows = append(rows, []string{
				s.BillingPeriod, fmt.Sprint(s.Rows), fmt.Sprint(s.Corrections), fmt.Sprint(s.Calls), c,
				pricebook.Decimal(s.BilledCost[c]), pricebook.Decimal(s.EffectiveCost[c]), pricebook.Decimal(s.ListCost[c]),
			})
		}
	}
	return writeTable(t.Out, header, rows, "rows", "corrections", "calls", "billed cost", "effective cost", "list cost")
}
