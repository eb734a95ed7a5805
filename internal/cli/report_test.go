package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
)

// reportedCall describes calls of a day, three of them a trace.
type reportedCall struct {
	day                           string
	calls                         int
	provider, model               string
	team, customer, status        string
	currency, failed              string
	input, cached, output, reason int64
	inputPrice, outputPrice       int64 // quanta for a token; cached ones cost a tenth
	logs                          bool
}

var reportedCalls = []reportedCall{
	{day: "2026-09-10", calls: 8, provider: "openai", model: "gpt-test", team: "search", customer: "acme", status: "exact", currency: "USD", input: 2000, cached: 500, output: 300, inputPrice: 3_000_000, outputPrice: 12_000_000},
	{day: "2026-09-20", calls: 6, provider: "anthropic", model: "claude-test", team: "chat", customer: "globex", status: "estimated", currency: "USD", input: 4000, cached: 3000, output: 500, inputPrice: 3_000_000, outputPrice: 15_000_000},
	{day: "2026-09-21", calls: 3, provider: "mistral_ai", model: "old-test", team: "chat", customer: "acme", status: "exact", currency: "EUR", input: 1000, output: 100, inputPrice: 2_000_000, outputPrice: 6_000_000},
	{day: "2026-10-01", calls: 9, provider: "openai", model: "gpt-test", team: "search", customer: "acme", status: "exact", currency: "USD", input: 2100, cached: 900, output: 330, reason: 100, inputPrice: 2_500_000, outputPrice: 10_000_000},
	{day: "2026-10-01", calls: 2, provider: "openai", model: "gpt-test", team: "search", customer: "acme", status: "exact", currency: "USD", failed: "timeout", input: 2100, output: 1, inputPrice: 2_500_000, outputPrice: 10_000_000},
	{day: "2026-10-05", calls: 5, provider: "openai", model: "gpt-test", customer: "initech", status: "partial", currency: "USD", input: 900, output: 90, inputPrice: 2_500_000, outputPrice: 10_000_000},
	{day: "2026-10-12", calls: 12, provider: "anthropic", model: "claude-test", team: "chat", customer: "globex", status: "estimated", currency: "USD", input: 4000, cached: 3500, output: 520, inputPrice: 3_000_000, outputPrice: 15_000_000},
	{day: "2026-10-12", calls: 4, provider: "anthropic", model: "claude-next", team: "chat", status: "unpriced", input: 4000, output: 520},
	{day: "2026-10-20", calls: 7, provider: "azure.ai.openai", model: "gpt-ptu", team: "chat", status: "not_metered", input: 400, output: 52},
	{day: "2026-10-25", calls: 10, provider: "openai", model: "embed\x1b[31m-test", status: "exact", currency: "USD", input: 50, inputPrice: 20_000, logs: true},
	{day: "2026-10-31", calls: 3, provider: "mistral_ai", model: "old-test", team: "chat", customer: "acme", status: "exact", currency: "EUR", input: 1000, output: 100, inputPrice: 2_000_000, outputPrice: 6_000_000},
}

// reportedRows makes rows of them.
func reportedRows(t *testing.T) (rows []*ledger.Row) {
	t.Helper()
	for i, b := range reportedCalls {
		day, err := time.Parse(time.DateOnly, b.day)
		require.NoError(t, err)
		c := &ledger.Context{
			Service: "shop", Provider: b.provider, Model: b.model, Operation: "chat", ErrorType: b.failed, Status: b.status, Currency: b.currency,
			Team: b.team, Feature: "assistant", Customer: b.customer, Tags: `{"cost.center":"` + strconv.Itoa(len(b.team)) + `"}`,
		}
		for n := range b.calls {
			r := &ledger.Row{Context: c, ContextID: c.ID(), Signal: ledger.Traces}
			if r.Trace = [16]byte{1, byte(i), byte(n / 3)}; b.logs {
				r.Signal, r.Trace[3] = ledger.Logs, byte(n)
			}
			r.Span = [8]byte{byte(i), byte(n)}
			r.Start = day.Add(time.Duration(9*60+50*n) * time.Minute).UnixNano()
			r.End = r.Start + int64(time.Second)
			r.Tokens = [ledger.NumTokens]int64{ledger.InputTokens: b.input, ledger.CacheReadTokens: b.cached, ledger.OutputTokens: b.output, ledger.ReasoningTokens: b.reason}
			a := &r.Amounts
			a[ledger.Input], a[ledger.CacheRead], a[ledger.Output] = (b.input-b.cached)*b.inputPrice, b.cached*b.inputPrice/10, b.output*b.outputPrice
			a[ledger.Total] = a[ledger.Input] + a[ledger.CacheRead] + a[ledger.Output]
			a[ledger.List], a[ledger.Loaded] = a[ledger.Total], a[ledger.Total]
			if b.provider == "anthropic" {
				a[ledger.List] += a[ledger.Total] / 4
			}
			r.Seal()
			rows = append(rows, r)
		}
	}
	return rows
}

// writeReported makes a ledger of them, and returns its name.
func writeReported(t *testing.T) string {
	t.Helper()
	dsn := "sqlite://" + filepath.Join(t.TempDir(), "ledger.db")
	store, err := open.Open(context.Background(), dsn)
	require.NoError(t, err)
	_, err = store.Write(context.Background(), reportedRows(t))
	require.NoError(t, err)
	require.NoError(t, store.Close())
	return dsn
}

// at sets the clock of the command line until the test ends.
func at(t *testing.T, instant string) {
	t.Helper()
	when, err := time.Parse(time.RFC3339, instant)
	require.NoError(t, err)
	now = func() time.Time { return when }
	t.Cleanup(func() { now = time.Now })
}

func TestReportsOfALedger(t *testing.T) {
	dsn := writeReported(t)
	at(t, "2026-11-23T12:00:00Z")
	for name, args := range map[string][]string{
		"model-team.txt":    {"--month", "2026-10", "--by", "model,team", "--interactions"},
		"plot.txt":          {"--from", "2026-09", "--until", "2026-11", "--plot"},
		"day.txt":           {"--month", "2026-10", "--by", "day,provider", "--top", "1", "--plot"},
		"berlin.txt":        {"--month", "2026-10", "--by", "week", "--time-zone", "Europe/Berlin"},
		"where.json":        {"--month", "2026-10", "--by", "customer", "--where", "team=", "--where", "team=sea*", "--where", "status!=partial", "--output", "json"},
		"interactions.csv":  {"--last", "60d", "--by", "tags.cost.center", "--interactions", "--output", "csv"},
		"unpriced.txt":      {"--month", "2026-10", "--where", "status=unpriced", "--interactions"},
		"nothing.txt":       {"--month", "2025-10"},
		"compare.txt":       {"--month", "2026-10", "--compare", "previous", "--by", "provider,model"},
		"compare-top.csv":   {"--month", "2026-10", "--compare", "2026-09-01..2026-10-01", "--by", "model", "--top", "1", "--output", "csv"},
		"compare.json":      {"--month", "2026-10", "--compare", "2026-09..2026-10", "--by", "model", "--where", "currency=USD", "--output", "json"},
		"running-month.txt": {},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, "", append([]string{"report", "--ledger", dsn}, args...)...)
			assert.Equal(t, outcome{Done, got.out, ""}, got)
			assert.NotContains(t, got.out, "\x1b")
			golden(t, "report-"+name, got.out)
		})
	}
}

func TestAReportOfAFileIsWhatExplainSays(t *testing.T) {
	for _, name := range fixtures {
		file := "testdata/" + name + ".json"
		want := new(big.Rat)
		explained := run(t, "", withFlags("explain", file, "--output", "json")...)
		for line := range strings.Lines(explained.out) {
			var call struct {
				Total, Currency string
				Span            struct{ Points int }
			}
			require.NoError(t, json.Unmarshal([]byte(line), &call))
			if call.Currency != "" && call.Span.Points == 0 { // metrics are no calls
				want.Add(want, decimal(t, call.Total))
			}
		}
		sum := new(big.Rat)
		for _, line := range reportCSV(t, withFlags("report", file, "--output", "csv")...) {
			if line["cost"] != "" {
				sum.Add(sum, decimal(t, line["cost"]))
			}
		}
		assert.Equal(t, want, sum, name)
		assert.Equal(t, name != "not-priced", sum.Sign() > 0, name)
	}
}

func TestCallsOfFilesCountOnce(t *testing.T) {
	file := "testdata/every-rule.json"
	once := run(t, "", withFlags("report", file)...)
	golden(t, "report-files.txt", once.out)
	twice := run(t, "", withFlags("report", file, file)...)
	assert.Equal(t, once.out, twice.out)
	assert.Equal(t, Done, twice.status)
	assert.Equal(t, "tokencost: left out 1 call seen twice\n", twice.err)
	assert.Contains(t, run(t, "", withFlags("report", "testdata/signals.json")...).err, "left out the metrics of 2 requests")
	cheaper := run(t, "", withFlags("report", file, "testdata/estimated.json")...)
	assert.Contains(t, cheaper.err, "saw 1 call again with another cost")
}

func decimal(t *testing.T, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	require.True(t, ok, s)
	return r
}

// reportCSV runs a report and returns its lines by column.
func reportCSV(t *testing.T, args ...string) (out []map[string]string) {
	t.Helper()
	got := run(t, "", args...)
	require.Equal(t, Done, got.status, got.err)
	lines, err := csv.NewReader(strings.NewReader(got.out)).ReadAll()
	require.NoError(t, err)
	for _, line := range lines[1:] {
		m := map[string]string{}
		for i, name := range lines[0] {
			m[name] = line[i]
		}
		out = append(out, m)
	}
	return out
}

func TestCSVHasWhatTheRowsAddUpTo(t *testing.T) {
	dsn := writeReported(t)
	rows := reportedRows(t)
	for _, line := range reportCSV(t, "report", "--ledger", dsn, "--from", "2026-09", "--until", "2026-11", "--by", "model,customer", "--output", "csv") {
		var calls, input, output int64
		var amounts [ledger.NumAmounts]int64
		for _, r := range rows {
			c := r.Context
			if (c.Currency == line["currency"] || c.Currency == "") && c.Model == line["model"] && c.Customer == line["customer"] {
				calls++
				input, output = input+r.Tokens[ledger.InputTokens], output+r.Tokens[ledger.OutputTokens]
				for i, n := range r.Amounts {
					amounts[i] += n
				}
			}
		}
		assert.Equal(t, []string{strconv.FormatInt(calls, 10), strconv.FormatInt(input, 10), strconv.FormatInt(output, 10)}, []string{line["calls"], line["input_tokens"], line["output_tokens"]}, line)
		for i, name := range ledger.AmountNames {
			if name == "total" {
				name = "cost"
			}
			if line["priced_calls"] == "0" {
				assert.Empty(t, line[name])
				continue
			}
			assert.Equal(t, big.NewRat(amounts[i], 1_000_000_000_000), decimal(t, line[name]), name)
		}
	}
}

func TestReportsThatCannotBeMadeSayWhy(t *testing.T) {
	dsn := writeReported(t)
	t.Setenv(ledgerVariable, "")
	ledgerFlag := []string{"--ledger", dsn}
	for say, args := range map[string][]string{
		"needs --ledger DSN":                       {},
		"not both":                                 append(ledgerFlag, "traces.json"),
		"price files":                              append(ledgerFlag, "--book", "testdata/book.yaml"),
		"exclude each other":                       append(ledgerFlag, "--month", "2026-10", "--last", "7d"),
		"\"7x\" is no length":                      append(ledgerFlag, "--last", "7x"),
		"\"2026-13\" is no month":                  append(ledgerFlag, "--month", "2026-13"),
		"no time zone":                             append(ledgerFlag, "--time-zone", "Europa/Berlin"),
		"\"modell\" is no dimension":               append(ledgerFlag, "--by", "modell"),
		"\"model\" is no condition":                append(ledgerFlag, "--where", "model"),
		"--output \"yaml\" is not allowed":         append(ledgerFlag, "--output", "yaml"),
		"--top -1":                                 append(ledgerFlag, "--top", "-1"),
		"is no period":                             append(ledgerFlag, "--month", "2026-10", "--compare", "before"),
		"--interactions and --compare do not go":   append(ledgerFlag, "--month", "2026-10", "--compare", "previous", "--interactions"),
		"--by with a period of time and --compare": append(ledgerFlag, "--month", "2026-10", "--compare", "previous", "--by", "day"),
		"is empty":                                 append(ledgerFlag, "--from", "2026-10-02", "--until", "2026-10-01"),
		"--from \"soon\" is no time":               append(ledgerFlag, "--from", "soon"),
	} {
		got := run(t, "", append([]string{"report"}, args...)...)
		assert.Equal(t, Usage, got.status, say)
		assert.Contains(t, got.err, say)
		assert.Empty(t, got.out)
	}
	for say, args := range map[string][]string{
		"no such file": {"--ledger", "sqlite:///nowhere/ledger.db"},
		"full hours":   append(ledgerFlag, "--from", "2026-10-01T00:30:00Z"),
	} {
		got := run(t, "", append([]string{"report"}, args...)...)
		assert.Equal(t, Failed, got.status, say)
		assert.Contains(t, got.err, say)
	}
	assert.Contains(t, run(t, "", "report", "--by", "list").out, "model\n")
}

func TestTheLastDaysEndWithTheRunningOne(t *testing.T) {
	dsn := writeReported(t)
	for last, want := range map[string]string{"1d": "2026-10-31 until 2026-11-01, UTC", "2w": "2026-10-18 until 2026-11-01, UTC", "3h": "2026-10-31T09:00Z until 2026-10-31T12:00Z, UTC"} {
		at(t, "2026-10-31T11:59:00Z")
		got := run(t, "", "report", "--ledger", dsn, "--last", last)
		assert.Equal(t, want, strings.SplitN(got.out, "\n", 2)[0])
	}
	at(t, "2026-10-24T22:30:00Z") // the 25th in Berlin, which has 25 hours
	got := run(t, "", "report", "--ledger", dsn, "--last", "1d", "--time-zone", "Europe/Berlin")
	assert.True(t, strings.HasPrefix(got.out, "2026-10-25 until 2026-10-26, Europe/Berlin\n"), got.out)
}

func TestReadingChangesNothingInALedger(t *testing.T) {
	dsn := writeReported(t)
	file := strings.TrimPrefix(dsn, "sqlite://")
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(file, 0o400))
	t.Setenv(ledgerVariable, dsn)
	for say, args := range map[string][]string{"gpt-test": {"report", "--from", "2026-09"}, "calls       69": {"ledger", "status"}, "nothing differs": {"ledger", "verify"}} {
		got := run(t, "", args...)
		assert.Equal(t, outcome{Done, got.out, ""}, got)
		assert.Contains(t, got.out, say)
	}
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

func TestAClockThatIsWrongByCenturiesIsNoObstacle(t *testing.T) {
	dsn := writeReported(t)
	store, err := open.Open(context.Background(), dsn)
	require.NoError(t, err)
	rows := reportedRows(t)[:3]
	for i, start := range []int64{-1 << 61, 1<<63 - 2, 5} {
		rows[i].Start = start
	}
	_, err = store.Write(context.Background(), rows)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	got := run(t, "", "report", "--ledger", dsn, "--until", "2030-01-01", "--plot")
	assert.Equal(t, outcome{Done, got.out, ""}, got)
	assert.Contains(t, got.out, "1896-12-06 until 2030-01-01")
	got = run(t, "", "report", "--ledger", dsn, "--from", "2026-10", "--by", "day")
	assert.Equal(t, outcome{Done, got.out, ""}, got)
	assert.Contains(t, got.out, "until 2250-01-01")
	for _, command := range []string{"status", "verify"} {
		got = run(t, "", "ledger", command, "--ledger", dsn)
		assert.Equal(t, outcome{Done, got.out, ""}, got)
		assert.Contains(t, got.out, "72")
	}
}

var sizes = regexp.MustCompile(`[0-9.]+ [KM]iB`)

func TestALedgerIsLookedAfter(t *testing.T) {
	dsn := writeReported(t)
	at(t, "2026-11-23T12:00:00Z")
	ledgerCommand := func(args ...string) outcome {
		return run(t, "", append(append([]string{"ledger"}, args...), "--ledger", dsn)...)
	}
	done := func(name string, args ...string) {
		t.Helper()
		got := ledgerCommand(args...)
		assert.Equal(t, outcome{Done, got.out, ""}, got)
		golden(t, "ledger-"+name, sizes.ReplaceAllString(got.out, "(size)"))
	}
	done("status.txt", "status")
	done("verify.txt", "verify")
	done("close.txt", "close", "2026-10")
	done("close-again.txt", "close", "2026-09")
	done("expire-dry.txt", "expire", "--calls", "60d", "--sums", "65d", "--dry-run")
	done("expire.txt", "expire", "--calls", "60d", "--sums", "65d")
	done("expired.txt", "status")
	done("verify-expired.txt", "verify")
	var state ledgerState
	require.NoError(t, json.Unmarshal([]byte(ledgerCommand("status", "--output", "json").out), &state))
	assert.Equal(t, "2026-11", state.ClosedTo)
	assert.Positive(t, state.Bytes)

	for say, args := range map[string][]string{
		"2026-11 has not ended":               {"close", "2026-11"},
		"would stay without their daily sums": {"expire", "--sums", "30d"},
	} {
		got := ledgerCommand(args...)
		assert.Equal(t, Failed, got.status)
		assert.Contains(t, got.err, say)
	}
	for say, args := range map[string][]string{
		"\"october\" is no month": {"close", "october"},
		"needs --calls or --sums": {"expire"},
		"no number of days":       {"expire", "--calls", "24h"},
		"400d or 60w":             {"expire", "--calls", "10"},
		"\"-5d\" is no number":    {"expire", "--calls", "-5d"},
	} {
		got := ledgerCommand(args...)
		assert.Equal(t, Usage, got.status)
		assert.Contains(t, got.err, say)
	}
}
