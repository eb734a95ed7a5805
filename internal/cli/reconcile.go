package cli

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
)

// billFlags say what was billed, and how it is compared.
type billFlags struct {
	provider  string
	names     []string
	files     []string
	format    string
	columns   string
	by        string
	tolerance string
	zone      int
	output    string
}

func (t *tool) reconcile() *cobra.Command {
	var (
		stack        books
		chosen       chosenLedger
		chosenPeriod period
		flags        billFlags
	)
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "Compare a ledger with what a provider billed",
		Long: `Compares a period of the ledger with what the provider billed, by day, model and meter,
and says why they differ: calls without a price, telemetry that is missing, other prices,
another time zone, and more, with amounts that add up to the difference. The ledger is
not changed.

FILE holds pages of OpenAI's or Anthropic's usage and cost APIs, FOCUS as CSV, or any CSV
whose columns --columns names.

Exit status: 0 within the tolerance, 1 beyond it, or something could not be processed,
2 wrong usage.`,
		Example: `  tokencost reconcile --ledger sqlite:///var/lib/otelcol/ledger.db --provider openai --bill costs.json --bill usage.json
  tokencost reconcile --provider anthropic --bill cost_report.json --by day --tolerance 0.02
  tokencost reconcile --provider openai --bill invoice.csv --columns day=Date,model=Model,meter=Type,quantity=Tokens,cost=Cost,currency=USD`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, columns, err := flags.options(cmd)
			if err != nil {
				return err
			}
			if chosenPeriod.said() {
				s, err := chosenPeriod.read(cmd, time.FixedZone("", o.Zone*3600))
				if err != nil {
					return err
				}
				if s, err = s.complete(cmd, span{report.Earliest, report.Latest}); err != nil {
					return err
				}
				o.Span = s.ledger()
			}
			if o.Book, err = stack.load(cmd); err != nil {
				return err
			}
			billed, err := flags.read(o, columns)
			if err != nil {
				return err
			}
			store, err := chosen.read(cmd)
			if err != nil {
				return err
			}
			defer store.Close()
			compared, err := reconcile.Compare(cmd.Context(), store, billed, o)
			if err != nil {
				return err
			}
			t.failed = t.failed || !compared.Within()
			return t.printReconciled(compared, flags.output)
		},
	}
	chosen.flags(cmd)
	chosenPeriod.flags(cmd, "without any of these what the bill covers")
	stack.flags(cmd)
	flags.flags(cmd)
	return cmd
}

func (f *billFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.provider, "provider", "", "who billed, such as openai: `NAME` of a provider of the price book")
	cmd.Flags().StringArrayVar(&f.files, "bill", nil, "`FILE` of the bill, plain or gzipped; can be repeated for further pages, and for usage beside cost")
	cmd.Flags().StringArrayVar(&f.names, "bill-name", nil, "`NAME` that rows of FOCUS have as provider or service, where the price book does not know it; can be repeated")
	chooseFlag(cmd, &f.format, "bill-format", "`FORMAT` of the files, where their first bytes do not tell it", string(bill.OpenAI), string(bill.Anthropic), string(bill.FOCUS), string(bill.CSV))
	cmd.Flags().StringVar(&f.columns, "columns", "", "`WHAT=HEADER,...` of a CSV: day, end, model, meter, tier, quantity, unit, cost, currency; of FOCUS, to replace its own")
	cmd.Flags().StringVar(&f.by, "by", "model,meter", "what rows are told apart by: a `LIST` of day, model, meter")
	cmd.Flags().StringVar(&f.tolerance, "tolerance", "0.01", "`SHARE` of the bill by which the ledger may differ")
	cmd.Flags().IntVar(&f.zone, "zone", 0, "time zone of the bill's days, and of those of --from, in `HOURS` east of UTC")
	outputFlag(cmd, &f.output, "table", "csv", "json")
}

// share is the form of --tolerance.
var share = regexp.MustCompile(`^[0-9](\.[0-9]{1,9})?$`)

func (f *billFlags) options(cmd *cobra.Command) (*reconcile.Options, bill.Columns, error) {
	o := &reconcile.Options{Provider: f.provider, Zone: f.zone}
	if f.provider == "" {
		return nil, nil, misuse(cmd, "needs --provider, such as --provider openai")
	}
	if len(f.files) == 0 {
		return nil, nil, misuse(cmd, "needs --bill FILE")
	}
	if !share.MatchString(f.tolerance) {
		return nil, nil, misuse(cmd, "--tolerance %q is not allowed; use a share such as 0.01", f.tolerance)
	}
	if f.zone < -12 || f.zone > 14 {
		return nil, nil, misuse(cmd, "--zone %d is not allowed; use hours from -12 to 14", f.zone)
	}
	o.Tolerance, _ = new(big.Rat).SetString(f.tolerance)
	for name := range strings.SplitSeq(f.by, ",") {
		d := reconcile.Dimension(strings.TrimSpace(name))
		if !slices.Contains(reconcile.Dimensions, d) || slices.Contains(o.By, d) {
			return nil, nil, misuse(cmd, "--by %q is not allowed; use a list of day, model, meter", f.by)
		}
		o.By = append(o.By, d)
	}
	columns, err := bill.ParseColumns(f.columns)
	if err != nil {
		return nil, nil, misuse(cmd, "--columns: %w", err)
	}
	return o, columns, nil
}

// read reads the files of the bill.
func (f *billFlags) read(o *reconcile.Options, columns bill.Columns) (*bill.Bill, error) {
	p := o.Book.Provider(f.provider)
	if p == nil && f.format != string(bill.CSV) {
		if _, err := findProvider(o.Book, f.provider); err != nil {
			return nil, fmt.Errorf("--provider: %w", err)
		}
	}
	b := &bill.Bill{Keep: func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			named := func(known string) bool { return strings.EqualFold(name, known) }
			return named(f.provider) || slices.ContainsFunc(f.names, named) || p != nil && o.Book.Provider(name) == p
		})
	}}
	for _, name := range f.files {
		if err := readBill(b, name, bill.Format(f.format), columns); err != nil {
			return nil, err
		}
	}
	if err := b.Finish(); err != nil {
		if b.Skipped > 0 {
			err = fmt.Errorf("%w: %s of others were left out, such as %s; --bill-name names what is the provider's",
				err, plural(b.Skipped, "row"), explain.Printable(strings.Join(b.Others, ", ")))
		}
		return nil, err
	}
	return b, nil
}

func readBill(b *bill.Bill, name string, format bill.Format, columns bill.Columns) error {
	file, err := openFile(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return b.Read(name, file, format, columns)
}
