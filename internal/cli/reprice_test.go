package cli

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// ledgerCall is a call that a Collector priced with testdata/book.yaml.
type ledgerCall struct {
	at              string // of RFC 3339
	provider, model string
	mode            string
	usage           string
	service         string
	bare            bool // without a calculation
}

// openLedger opens a ledger for the time of a test.
func openLedger(t *testing.T, dsn string) ledger.Store {
	t.Helper()
	store, err := open.Open(context.Background(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// writeLedger makes a ledger of calls, and returns its name.
func writeLedger(t *testing.T, calls ...ledgerCall) string {
	t.Helper()
	dsn := "sqlite://" + filepath.Join(t.TempDir(), "ledger.db")
	store, err := open.Open(context.Background(), dsn)
	require.NoError(t, err)
	layer, err := readLayer("testdata/book.yaml")
	require.NoError(t, err)
	book, err := pricebook.Load(layer)
	require.NoError(t, err)
	var rows []*ledger.Row
	for i, c := range calls {
		rows = append(rows, ledgerRow(t, book, i+1, &c))
	}
	_, err = store.Write(context.Background(), rows)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	return dsn
}

func ledgerRow(t *testing.T, book *pricebook.Book, n int, c *ledgerCall) *ledger.Row {
	t.Helper()
	at, err := time.Parse(time.RFC3339, c.at)
	require.NoError(t, err)
	facts := calculation.Facts{
		Kind: "inference", Operation: "chat", Provider: c.provider, ResponseModel: c.model, RequestModel: c.model, Mode: c.mode, Basis: "inclusive:rule",
		Told: []string{"cache_reads", "cache_writes", "cache_ttl", "service_tier", "region", "modalities", "reasoning", "tool_use", "tool_prompt", "served_model"},
	}
	billed, err := facts.Call(ledger.ParseUsage(c.usage), uint64(at.UnixNano()))
	require.NoError(t, err)
	var r engine.Result
	engine.Price(book, billed, &r)
	var read calculation.Calculation
	require.NoError(t, calculation.Parse(string(calculation.Append(nil, billed, &r)), &read))
	row := &ledger.Row{
		Key: ledger.Key{Start: at.UnixNano(), Trace: [16]byte{15: byte(n)}, Span: [8]byte{7: 1}}, Signal: ledger.Traces, End: at.UnixNano() + 1,
		Usage: c.usage, Quantities: append([]int64(nil), read.Quantities...),
		Context: &ledger.Context{
			Service: c.service, Provider: c.provider, Model: c.model, RequestModel: c.model, ResponseModel: c.model, Status: r.Status.String(),
			Reasons: strings.ReplaceAll(r.Reasons.String(), ",", " "), Book: book.Label, By: read.By,
		},
	}
	for _, count := range ledger.ParseUsage(c.usage) {
		for i, name := range map[ledger.Token]string{ledger.InputTokens: "input", ledger.CacheReadTokens: "cache_read", ledger.CacheWriteTokens: "cache_write", ledger.OutputTokens: "output"} {
			if name == count.Name {
				row.Tokens[i] = count.N
			}
		}
	}
	if r.Status.Priced() {
		row.Context.Currency, row.Context.Price = r.Currency, r.Price.ID
		row.Context.Provider, row.Context.Model = r.Price.Model.Provider.ID, r.Price.Model.ID
		for amount, m := range map[ledger.Amount]string{
			ledger.Total: r.Total.String(), ledger.List: r.Total.String(), ledger.Loaded: r.Total.String(),
			ledger.Input: r.Parts[engine.PartInput].String(), ledger.CacheRead: r.Parts[engine.PartCacheRead].String(),
			ledger.CacheWrite: r.Parts[engine.PartCacheWrite].String(), ledger.Output: r.Parts[engine.PartOutput].String(), ledger.Fees: r.Parts[engine.PartFees].String(),
		} {
			whole, frac, _ := strings.Cut(m, ".")
			for _, d := range whole + (frac + "000000000000")[:12] {
				row.Amounts[amount] = row.Amounts[amount]*10 + int64(d-'0')
			}
		}
		if r.Contract {
			require.Fail(t, "calls of contracts are not needed here")
		}
	}
	if c.bare {
		row.Context.By, row.Quantities = "", nil
	}
	row.ContextID = row.Context.ID()
	row.Seal()
	return row
}

// octoberCalls are calls before the contract of the book, one of them without facts.
var octoberCalls = []ledgerCall{
	{at: "2026-05-04T10:00:00Z", provider: "openai", model: "gpt-test", usage: "cache_read=200000 input=1000000 output=100000"},
	{at: "2026-05-04T11:00:00Z", provider: "openai", model: "gpt-test", usage: "input=500000 output=100000"},
	{at: "2026-05-05T10:00:00Z", provider: "anthropic", model: "claude-test-1-20260101", usage: "input=1000 output=500"},
	{at: "2026-05-05T11:00:00Z", provider: "anthropic", model: "claude-next", usage: "input=2000 output=500"},
	{at: "2026-05-06T10:00:00Z", provider: "openai", model: "gpt-test", usage: "input=500000 output=100000", bare: true},
	{at: "2026-06-04T10:00:00Z", provider: "openai", model: "gpt-test", usage: "input=1000000 output=100000"},
}

const mayCorrected = `schema: tokencost.pricebook/v1
version: corrected
providers:
  anthropic: {models: {claude-next: {prices: [{from: 2026-01-01T00:00:00Z, rates: {input: 5, output: 25}}]}}}
  openai: {models: {gpt-test: {prices: [{until: 2026-06-01T00:00:00Z, rates: {input: 2.2, cache_read: 1.1, output: 9}}]}}}
`

func TestRepriceTellsWhatChanges(t *testing.T) {
	dsn := writeLedger(t, octoberCalls[:5]...)
	corrected := write(t, "corrected.yaml", mayCorrected)
	args := []string{"reprice", "--ledger", dsn, "--from", "2026-05", "--until", "2026-06-01", "--no-builtin", "--book", "testdata/book.yaml", "--book", corrected}

	store := openLedger(t, dsn)
	june, _ := time.Parse(time.DateOnly, "2026-06-01")
	require.NoError(t, store.ClosePeriods(context.Background(), june.Unix()))

	dry := run(t, "", append(args, "--dry-run")...)
	assert.Equal(t, outcome{Done, dry.out, ""}, dry)
	golden(t, "reprice-dry.txt", dry.out)

	stored := run(t, "", append(args, "--note", "price list of May was wrong", "--output", "json")...)
	assert.Equal(t, outcome{Done, stored.out, ""}, stored)
	golden(t, "reprice.json", stored.out)

	again := run(t, "", args...)
	assert.Equal(t, outcome{Done, again.out, ""}, again)
	golden(t, "reprice-again.txt", again.out)
	runs, err := store.Runs(context.Background())
	require.NoError(t, err)
	require.Len(t, runs, 1)
	assert.Equal(t, "price list of May was wrong", runs[0].Note)
}

func TestRepriceSelects(t *testing.T) {
	dsn := writeLedger(t, octoberCalls[:5]...)
	corrected := write(t, "corrected.yaml", mayCorrected)
	t.Setenv(ledgerVariable, dsn)
	got := run(t, "", "reprice", "--from", "2026-05-04T11:00:00Z", "--no-builtin", "--book", "testdata/book.yaml", "--book", corrected, "--dry-run", "--where", "provider=anth*", "--where", "model=claude-next", "--until", "2026-07")
	assert.Equal(t, Done, got.status, got.err)
	assert.Contains(t, got.out, "1 call of the ledger from 2026-05-04T11:00:00Z until 2026-07-01")
	assert.Contains(t, got.out, "model newly known")
	assert.Contains(t, got.out, "+0.0225 USD")
}

func TestRepriceSelectsAsReportDoes(t *testing.T) {
	t.Setenv(ledgerVariable, writeLedger(t, octoberCalls...))
	for where, want := range map[string]string{
		"":                                   "6 calls",
		"provider=openai":                    "4 calls",
		"provider!=openai":                   "2 calls",
		"model=claude-next model=gpt-*":      "5 calls",
		"provider=openai model!=gpt-*":       "0 calls",
		"status=unpriced provider=anthropic": "1 call ",
	} {
		args := []string{"reprice", "--from", "2026-05", "--no-builtin", "--book", "testdata/book.yaml", "--dry-run"}
		for w := range strings.FieldsSeq(where) {
			args = append(args, "--where", w)
		}
		got := run(t, "", args...)
		assert.True(t, strings.HasPrefix(got.out, want), "%s: %s%s", where, got.out, got.err)
	}
}

func TestRepriceOfManyCallsShowsHowFarItIs(t *testing.T) {
	calls := make([]ledgerCall, manyCalls)
	start := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	for i := range calls {
		calls[i] = ledgerCall{at: start.Add(time.Duration(i) * time.Second).Format(time.RFC3339), provider: "openai", model: "gpt-test", usage: "input=1000 output=10"}
	}
	got := run(t, "", "reprice", "--ledger", writeLedger(t, calls...), "--from", "2026-05", "--no-builtin", "--book", "testdata/book.yaml", "--dry-run")
	assert.Equal(t, Done, got.status)
	assert.Contains(t, got.err, "Pricing again …\nPricing again: 0 calls differ (")
	assert.Contains(t, got.out, "20,000 calls of the ledger")
}

func TestRepriceRefusesWhatItCannotDo(t *testing.T) {
	for line, want := range map[string]string{
		"reprice":                                   "needs --from, --month or --last",
		"reprice --from yesterday":                  `--from "yesterday" is no time`,
		"reprice --from 2026-05":                    "needs --ledger DSN",
		"reprice --from 1661-05":                    `--from "1661-05" is no time`,
		"reprice --from 2026-05 --until 2026-05-01": "is empty",
		"reprice --from 2026-05 --where team":       "write KEY=PATTERN",
		"reprice --from 2026-05 --where colour=red": "service_name, service_namespace",
		"reprice --from 2026-05 --output xml":       `--output "xml" is not allowed; use table, json`,
		"reprice --from 2026-05 --no-builtin":       "leaves no price book",
		"reprice --from 2026-05 ledger.db":          "needs no argument",
	} {
		got := run(t, "", strings.Fields(line)...)
		assert.Equal(t, Usage, got.status, line)
		assert.Contains(t, got.err, want, line)
	}
	missing := filepath.Join(t.TempDir(), "no.db")
	got := run(t, "", "reprice", "--from", "2026-05", "--ledger", "sqlite://"+missing)
	assert.Equal(t, Failed, got.status)
	assert.Contains(t, got.err, "no.db")
	assert.NoFileExists(t, missing, "a slip of the pen makes no ledger")
	assert.Contains(t, run(t, "", "reprice", "--help").out, "Examples:\n  tokencost reprice")
}

func TestThePagesShowWhatTheCommandsPrint(t *testing.T) {
	for page, printed := range map[string]string{"reprice.md": "reprice-dry.txt", "reconcile.md": "reconcile.txt"} {
		assert.Contains(t, read(t, "../../docs/"+page), read(t, "testdata/golden/"+printed), page)
	}
}
