package cli

import (
	"bufio"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
)

func (t *tool) focus() *cobra.Command {
	return t.group(&cobra.Command{
		Use:   "focus",
		Short: "Export FOCUS files from a ledger, and check them",
		Long: `Writes what a ledger holds as Cost and Usage files of FOCUS, the FinOps Open Cost and
Usage Specification, prints the price book as one, and checks files. docs/focus.md
describes them.`,
		Example: `  tokencost focus export --ledger sqlite:///var/lib/otelcol/ledger.db --out focus --billing-account-id acct-1001
  tokencost focus check focus/billing_period=2026-11/cost_and_usage.parquet`,
	}, t.focusExport(), t.focusPrices(), t.focusCheck())
}

// focusConfig are the flags that name what only the organisation knows.
type focusConfig struct{ file, accountID, accountName string }

func (f *focusConfig) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "config", "", "`FILE` with accounts, allocation and names ("+focus.SchemaV1+")")
	cmd.Flags().StringVar(&f.accountID, "billing-account-id", "", "`ID` of the account that providers bill")
	cmd.Flags().StringVar(&f.accountName, "billing-account-name", "", "`NAME` of that account")
}

// load reads the configuration, over which flags go.
func (f *focusConfig) load(cmd *cobra.Command) (*focus.Config, error) {
	c, err := f.read()
	if err != nil {
		return nil, err
	}
	if f.accountID != "" {
		c.BillingAccount.ID = f.accountID
	}
	if f.accountName != "" {
		c.BillingAccount.Name = f.accountName
	}
	if c.BillingAccount.ID == "" {
		return nil, misuse(cmd, "needs --billing-account-id, or billing_account: in a --config FILE: rows must name the account that is billed")
	}
	return c, c.Validate()
}

// read reads the file, if there is one.
func (f *focusConfig) read() (*focus.Config, error) {
	if f.file == "" {
		return &focus.Config{}, nil
	}
	data, err := readFile(f.file, maxSmall)
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	c, err := focus.ReadConfig(data)
	if err != nil {
		return nil, fmt.Errorf("--config %s: %w", f.file, err)
	}
	return c, nil
}

// focusExporting are the flags of the export.
type focusExporting struct {
	ledger                                           chosenLedger
	config                                           focusConfig
	out, version, format, grain, commitments, output string
	from, until, month                               string
	draftKeys, byDay                                 bool
}

func (t *tool) focusExport() *cobra.Command {
	var e focusExporting
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write Cost and Usage files of a ledger",
		Long: `Writes one partition for each billing period, which is a UTC month, below DIR:

  billing_period=2026-11/cost_and_usage.parquet
  billing_period=2026-11/_manifest.json        what the partition holds and leaves out
  metadata/schema-….json                       its columns

A partition is replaced as a whole. Calls whose telemetry does not tell unit prices,
and calls without a cost, are left out, counted in the manifest and said here.`,
		Example: `  tokencost focus export --ledger sqlite:///var/lib/otelcol/ledger.db --out focus --billing-account-id acct-1001
  tokencost focus export --out focus --config focus.yaml --commitments commitments.yaml --format csv.gz --month 2026-10`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error { return t.exportFocus(cmd, &e) },
	}
	f := cmd.Flags()
	e.ledger.flags(cmd)
	e.config.flags(cmd)
	f.StringVar(&e.out, "out", "", "`DIR` for the partitions")
	e.version, e.format, e.grain = string(focus.V14), string(focus.Parquet), "day"
	chooseFlag(cmd, &e.version, "focus-version", "`VERSION` of FOCUS", focus.Versions()...)
	chooseFlag(cmd, &e.format, "format", "`FORMAT` of the files", focus.Formats()...)
	chooseFlag(cmd, &e.grain, "grain", "length of charge periods, a `GRAIN`", "day", "hour")
	f.BoolVar(&e.byDay, "by-day", false, "partitions by day within those by billing period")
	f.BoolVar(&e.draftKeys, "draft-keys", false, "write ModelId, TokenDirection and the like as the draft of FOCUS 1.5 spells them, without x_")
	f.StringVar(&e.commitments, "commitments", "", "`FILE` of prepaid commitments ("+focus.CommitmentsV1+")")
	f.StringVar(&e.from, "from", "", "the first billing period, a `MONTH` such as 2026-10; the first of the ledger by default")
	f.StringVar(&e.until, "until", "", "the first billing period that is not exported, a `MONTH`; all by default")
	f.StringVar(&e.month, "month", "", "only this billing period, a `MONTH`")
	outputFlag(cmd, &e.output, "table", "json")
	return cmd
}

func (t *tool) focusPrices() *cobra.Command {
	var stack books
	var config focusConfig
	var format, rules string
	cmd := &cobra.Command{
		Use:   "prices",
		Short: "Print the price book as a SKU Price dataset",
		Long: `Prints the price book in the columns of the SKU Price dataset of the draft of FOCUS
1.5, with every price period and contract. SKU prices are those of focus export.`,
		Example: `  tokencost focus prices > sku_price.csv
  tokencost focus prices --book contract.yaml --rules all --format json`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.read()
			if err != nil {
				return err
			}
			book, err := stack.load(cmd)
			if err != nil {
				return err
			}
			w := bufio.NewWriter(t.Out)
			err = focus.WritePrices(w, format == "json", func(f func(*focus.PriceRecord) error) error {
				return focus.Prices(book, c, focus.Combinations(rules), now(), f)
			})
			return afterFlush(err, w.Flush())
		},
	}
	stack.flags(cmd)
	cmd.Flags().StringVar(&config.file, "config", "", "`FILE` with names of providers ("+focus.SchemaV1+")")
	format, rules = "csv", string(focus.EachRule)
	chooseFlag(cmd, &format, "format", "`FORMAT`, with one record on each line", "csv", "json")
	chooseFlag(cmd, &rules, "rules", "`RULES` with prices of their own, none of them, each alone, or all combinations", string(focus.NoRules), string(focus.EachRule), string(focus.Combined))
	return cmd
}

// generator names the program in files.
func generator() string { return "tokencost " + strings.TrimSpace(programVersion()) }

// exportClock is the time of exports.
func exportClock() time.Time { return now().UTC().Truncate(time.Second) }
