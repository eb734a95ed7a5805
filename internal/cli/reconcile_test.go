package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// billed are flags that compare a ledger of octoberCalls with a bill.
func billed(dsn string, more ...string) []string {
	return append([]string{"reconcile", "--ledger", dsn, "--provider", "openai", "--no-builtin", "--book", "testdata/book.yaml"}, more...)
}

func TestReconcileComparesWithExports(t *testing.T) {
	dsn := writeLedger(t, append(octoberCalls[:5:5], ledgerCall{at: "2026-05-06T12:00:00Z", provider: "openai", model: "gpt-unheard", usage: "input=100000 output=10000"})...)
	for name, args := range map[string][]string{
		"reconcile.txt":     {"--bill", "testdata/openai-costs.json"},
		"reconcile-day.txt": {"--bill", "testdata/openai-costs.json", "--by", "day"},
		"reconcile.json":    {"--bill", "testdata/openai-costs.json", "--output", "json"},
		"reconcile.csv":     {"--bill", "testdata/openai-costs.json", "--output", "csv", "--by", "day,model,meter"},
		"reconcile-csv.txt": {"--bill", "testdata/invoice.csv", "--columns", "day=Date,model=Model,cost=Amount,currency=USD", "--from", "2026-05-04", "--until", "2026-05-05"},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, "", billed(dsn, args...)...)
			assert.Equal(t, outcome{Failed, got.out, ""}, got, "the bill differs by more than 1 %")
			golden(t, name, got.out)
		})
	}
}

func TestReconcileEndsWithTheToleranceAsItsStatus(t *testing.T) {
	dsn := writeLedger(t, octoberCalls[:2]...) // 5.5 USD
	for amount, want := range map[string]int{"5.5": Done, "5.55": Done, "5.45": Done, "5.56": Failed, "5.44": Failed} {
		invoice := write(t, "invoice.csv", "Day,Cost\n2026-05-04,"+amount+"\n")
		got := run(t, "", billed(dsn, "--bill", invoice, "--columns", "day=Day,cost=Cost,currency=USD")...)
		assert.Equal(t, want, got.status, amount+got.out)
		assert.Empty(t, got.err)
	}
	invoice := write(t, "invoice.csv", "Day,Cost\n2026-05-04,6\n")
	assert.Equal(t, Done, run(t, "", billed(dsn, "--bill", invoice, "--columns", "day=Day,cost=Cost,currency=USD", "--tolerance", "0.1")...).status)
}

func TestReconcileRefusesWhatItCannotDo(t *testing.T) {
	for line, want := range map[string]string{
		"reconcile":                                                               "needs --provider",
		"reconcile --provider openai":                                             "needs --bill FILE",
		"reconcile --provider openai --bill x.json":                               "x.json",
		"reconcile --provider openai --bill x.json --by hour":                     `--by "hour" is not allowed; use a list of day, model, meter`,
		"reconcile --provider openai --bill x.json --by day,day":                  `--by "day,day" is not allowed`,
		"reconcile --provider openai --bill x.json --bill-format pdf":             "use openai, anthropic, focus, csv",
		"reconcile --provider openai --bill x.json --tolerance 1%":                `--tolerance "1%" is not allowed; use a share such as 0.01`,
		"reconcile --provider openai --bill x.json --zone 20":                     "use hours from -12 to 14",
		"reconcile --provider openai --bill x.json --columns day":                 "--columns: ",
		"reconcile --provider openai --bill x.json --output xml":                  "use table, csv, json",
		"reconcile --provider openai --bill x.json --from 2026-05 --until 2026-4": `--until "2026-4" is no time`,
		"reconcile --provider opnai --bill testdata/openai-costs.json":            "close names are openai",
		"reconcile --provider openai --bill testdata":                             "is a directory",
		"reconcile --provider openai --bill testdata/openai-costs.json":           "needs --ledger DSN",
	} {
		got := run(t, "", strings.Fields(line)...)
		assert.NotEqual(t, Done, got.status, line)
		assert.Contains(t, got.err, want, line)
		assert.Empty(t, got.out, line)
	}
	dsn := writeLedger(t, octoberCalls[0])
	got := run(t, "", billed(dsn, "--bill", "testdata/openai-costs.json", "--from", "2027-01")...)
	assert.Equal(t, Failed, got.status)
	assert.Contains(t, got.err, "nothing to compare: the bill covers 2026-05-04 until 2026-05-07")
	assert.Contains(t, run(t, "", "reconcile", "--help").out, "Examples:\n  tokencost reconcile")
	assert.FileExists(t, filepath.Join("testdata", "invoice.csv"))
}

func TestRowsOfFOCUSAreChosenByName(t *testing.T) {
	dsn := writeLedger(t, octoberCalls[:2]...)
	file := write(t, "focus.csv", `BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName
5.5,USD,Usage,2026-05-04T00:00:00Z,2026-05-05T00:00:00Z,Contoso,Model Garden
9,USD,Usage,2026-05-04T00:00:00Z,2026-05-05T00:00:00Z,Contoso,Machines
`)
	got := run(t, "", billed(dsn, "--bill", file)...)
	assert.Equal(t, Failed, got.status)
	assert.Contains(t, got.err, "the bill is empty: 2 rows of others were left out, such as Contoso / Model Garden, Contoso / Machines; --bill-name names what is the provider's")
	got = run(t, "", billed(dsn, "--bill", file, "--bill-name", "model garden")...)
	assert.Equal(t, Done, got.status, got.err+got.out)
}
