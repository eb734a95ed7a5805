package cli

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(data)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestWrongUsageIsStatus2AndSaysWhatIsRight(t *testing.T) {
	for line, want := range map[string]string{
		"":                           "a command is missing",
		"prise":                      `unknown command "prise"; did you mean price?`,
		"frobnicate":                 `unknown command "frobnicate"`,
		"price --bogus":              "unknown flag: --bogus",
		"price --no-builtin":         "--no-builtin leaves no price book; name one with --book",
		"explain --output yaml":      `--output "yaml" is not allowed; use text, json`,
		"prices":                     "a command is missing",
		"prices lists":               `unknown command "lists"; did you mean list?`,
		"prices list gpt-4o":         "filter with --provider and --search",
		"prices list --at yesterday": `--at "yesterday" is no time; write a month such as 2026-10, a day such as 2026-10-01 or an instant such as 2026-10-01T12:00:00Z`,
		"prices list --output csv":   `--output "csv" is not allowed; use table, json`,
		"prices list --no-builtin":   "--no-builtin leaves no price book",
		"prices show":                "needs one PROVIDER/MODEL",
		"prices show a b":            "needs one PROVIDER/MODEL; 2 arguments were given",
		"prices diff builtin":        "needs two price books, each a file or 'builtin'; 1 argument was given",
		"report --top many x.json":   `--top "many" is no whole number`,
		"prices lint":                "needs price book files",
		"prices diff a":              "needs two price books",
		"prices import table.json":   "needs --from",
		"prices import --from bifrost table.json":   `--from "bifrost" is not allowed; use litellm, genai-prices, models.dev`,
		"prices import --from litellm":              "needs one FILE",
		"version 2":                                 "needs no argument",
		"prices show openai/gpt-4o --at 2026-13-01": "is no time",
	} {
		t.Run(line, func(t *testing.T) {
			got := run(t, "", strings.Fields(line)...)
			assert.Equal(t, Usage, got.status)
			assert.Contains(t, got.err, want)
			assert.Contains(t, got.err, "--help'.")
			assert.Empty(t, got.out)
		})
	}
}

// eachCommand visits all commands with the words that call them.
func eachCommand(f func(words []string, cmd *cobra.Command)) {
	var visit func([]string, *cobra.Command)
	visit = func(words []string, cmd *cobra.Command) {
		f(words, cmd)
		for _, c := range cmd.Commands() {
			visit(append(words[:len(words):len(words)], c.Name()), c)
		}
	}
	visit(nil, (&tool{}).root())
}

func TestHelpShowsEveryCommandWithExamples(t *testing.T) {
	var seen []string
	eachCommand(func(words []string, cmd *cobra.Command) {
		path := cmd.CommandPath()
		seen = append(seen, strings.Join(words, " "))
		got := run(t, "", append(words, "--help")...)
		assert.Equal(t, outcome{Done, got.out, ""}, got, path)
		assert.Contains(t, got.out, "Examples:\n  "+path, path)
		assert.Contains(t, got.out, "Exit status: 0 ", path)
		for _, c := range cmd.Commands() {
			assert.Contains(t, got.out, c.Short, path)
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if name, usage := pflag.UnquoteUsage(f); f.Value.Type() != "bool" {
				assert.Contains(t, usage, name)
				assert.Equal(t, strings.ToUpper(name), name, "%s --%s names its value", path, f.Name)
			}
		})
	})
	assert.Subset(t, seen, []string{
		"price", "explain", "report", "ledger status", "ledger verify", "ledger close", "ledger expire", "reprice", "reconcile",
		"focus export", "focus prices", "focus check", "prices list", "prices show", "prices lint", "prices diff", "prices import", "version",
	})
	golden(t, "help.txt", run(t, "", "--help").out)
}

// example matches the part of an example that is the command line of tokencost.
var (
	example = regexp.MustCompile(`(?m)^ +tokencost ([^<>|\n]*)`)
	word    = regexp.MustCompile(`"[^"]*"|\S+`)
)

func wordsOf(line string) []string {
	words := word.FindAllString(line, -1)
	for i := range words {
		words[i] = strings.Trim(words[i], `"`)
	}
	return words
}

func TestExamplesAreGoodUsage(t *testing.T) {
	texts := map[string]string{"command-line.md": read(t, "../../docs/command-line.md")}
	eachCommand(func(_ []string, cmd *cobra.Command) { texts[cmd.CommandPath()] = cmd.Example })
	for where, text := range texts {
		found := example.FindAllStringSubmatch(text, -1)
		assert.NotEmpty(t, found, where)
		for _, line := range found {
			root := (&tool{}).root()
			cmd, args, err := root.Find(wordsOf(line[1]))
			require.NoError(t, err, line[0])
			require.NoError(t, cmd.ParseFlags(args), line[0])
			if cmd.Args != nil {
				assert.NoError(t, cmd.Args(cmd, cmd.Flags().Args()), line[0])
			}
			assert.False(t, cmd.HasSubCommands(), "%s: is no command", line[0])
		}
	}
}

func TestThePageOfTheCommandLineHasEveryCommand(t *testing.T) {
	page := read(t, "../../docs/command-line.md")
	eachCommand(func(_ []string, cmd *cobra.Command) {
		if cmd.HasSubCommands() {
			return
		}
		row := regexp.MustCompile("(?m)^\\| \\[`" + strings.TrimPrefix(cmd.CommandPath(), "tokencost ") + "`\\]\\(#([a-z-]+)\\) \\| .+ \\|$").FindStringSubmatch(page)
		if assert.NotNil(t, row, "no row of the table for %s", cmd.CommandPath()) {
			heading := regexp.MustCompile("(?mi)^## " + strings.ReplaceAll(row[1], "-", "[, ]+") + "$")
			assert.Regexp(t, heading, page, "no section %s", row[1])
		}
	})
}

func TestStandardInputFilesAndGzipGiveTheSame(t *testing.T) {
	text := read(t, "testdata/periods.json")
	want := run(t, "", withFlags("price", "testdata/periods.json")...).out
	assert.Equal(t, want, run(t, text, withFlags("price")...).out)
	assert.Equal(t, want, run(t, text, withFlags("price", "-")...).out)

	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	assert.Equal(t, want, run(t, zipped.String(), withFlags("price")...).out)

	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	require.Len(t, lines, 2)
	first, second := write(t, "first.json", lines[0]), write(t, "second.json", lines[1])
	assert.Equal(t, want, run(t, "", withFlags("price", first, second)...).out, "files are read in order")
}

func TestPricingTwiceChangesNothing(t *testing.T) {
	once := run(t, "", withFlags("price", "testdata/estimated.json")...).out
	assert.Equal(t, once, run(t, once, withFlags("price")...).out)
}

func TestEmptyInputIsNoError(t *testing.T) {
	assert.Equal(t, outcome{Done, "", ""}, run(t, "", withFlags("price")...))
	assert.Equal(t, outcome{Done, "", ""}, run(t, "", withFlags("explain", "--output", "json")...))
	assert.Equal(t, outcome{Done, "nothing to read\n", ""}, run(t, "\n", withFlags("explain")...))
}

func TestBrokenInputIsNamedAndTheRestIsPriced(t *testing.T) {
	good := read(t, "testdata/periods.json")
	broken := write(t, "broken.json", "nonsense\n"+good)
	missing := filepath.Join(t.TempDir(), "missing.json")
	for _, command := range []string{"price", "explain"} {
		got := run(t, "", withFlags(command, broken, missing, "testdata/periods.json")...)
		assert.Equal(t, Failed, got.status)
		assert.Contains(t, got.err, broken+": line 1: must be an OTLP JSON object")
		assert.Contains(t, got.err, missing+": no such file or directory")
		alone := run(t, good, withFlags(command)...).out
		const last = "exchange" // the name of the last span of a file
		assert.Equal(t, 2*strings.Count(alone, last), strings.Count(got.out, last), "the good requests of both files are there")
	}
}

func TestCallsPricedInAnotherSignalAreSaid(t *testing.T) {
	record := `{"resourceLogs":[{"scopeLogs":[{"scope":{"name":"my.instrumentation"},"logRecords":[{"timeUnixNano":"1793613600000000000",
		"eventName":"gen_ai.client.inference.operation.details","attributes":[
		{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},
		{"key":"gen_ai.response.model","value":{"stringValue":"gpt-test"}},
		{"key":"gen_ai.usage.input_tokens","value":{"intValue":"10"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":"5"}}]}]}]}]}`
	record = strings.ReplaceAll(record, "\n", "")
	got := run(t, record+"\n"+record, withFlags("price")...)
	assert.Equal(t, Done, got.status)
	assert.Equal(t, "tokencost: left 2 calls unpriced whose source is priced in another signal (priced_in_other_signal); signals: in the configuration changes which, and explain shows them\n", got.err)
	assert.Contains(t, got.out, `"stringValue":"not_billable"`)
	assert.NotContains(t, got.out, "token_cost.total")

	config := write(t, "config.yaml", "signals: [{dialect: semconv, signal: logs}]")
	got = run(t, record, "price", "--no-builtin", "--book", "testdata/book.yaml", "--config", config)
	assert.Equal(t, outcome{Done, got.out, ""}, got)
	assert.Contains(t, got.out, "token_cost.total")
}

func TestADirectoryIsNoInput(t *testing.T) {
	dir := t.TempDir()
	got := run(t, "", withFlags("price", dir)...)
	assert.Equal(t, outcome{Failed, "", "tokencost: " + dir + " is a directory; name files\n"}, got)
}

func TestConfigurationErrorsNameFileAndKeyAndWhatIsAllowed(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":                {"bogus: 1", `: "bogus" is no key of the configuration; allowed: assume, attributes, attribution, estimate_tokens, incoming, overhead, price_book, reported_cost, signals, usage`},
		"unknown key below":          {"token_cost: {usage: {sides: 1}}", `: token_cost.usage: "sides" is no key of the configuration; allowed: ambiguous_input, blobs, rules`},
		"unknown key in a list":      {"usage: {rules: [{scope: a, input: inclusive}, {scop: b}]}", `: usage.rules[1]: "scop" is no key of the configuration; allowed: input, output, provider, scope, versions`},
		"the second mistake too":     {"bogus: 1\nusage: {sides: 1}", `usage: "sides" is no key`},
		"a list for a mapping":       {"usage: [blobs]", ": usage: must be a mapping with keys among ambiguous_input, blobs, rules, not a list"},
		"a mapping for a list":       {"overhead: {multiplier: 2}", ": overhead: must be a list of mappings with keys among conditions, multiplier, name, not a mapping"},
		"a text in a list":           {"overhead: [2]", ": overhead[0]: must be a mapping with keys among conditions, multiplier, name, not a single value"},
		"a list under its key":       {"token_cost: [a]", ": token_cost: must be a mapping with keys among assume,"},
		"a value of the environment": {"usage: '${env:TOKENCOST_TEST_UNSET:-off}'", ": usage: must be a mapping with keys among ambiguous_input, blobs, rules, not a single value"},
		"keys that are numbers":      {"1: a", "not a mapping with keys that are no text"},
		"unknown dimension":          {"attribution: {tema: {}}", `: attribution: "tema" is no key of the configuration; allowed: agent, customer, feature, hash_key, session, team, user`},
		"unknown key of a dimension": {"attribution: {team: {form: a}}", `: attribution.team: "form" is no key of the configuration; allowed: enabled, from, hash`},
		"value not allowed":          {"incoming: drop", `incoming: "drop" is not allowed; use keep, replace`},
		"a number for a text":        {"incoming: 3", `: incoming: must be a text; put it in quotes if it looks like something else`},
		"no length of time":          {"price_book: {reload_interval: soon}", `: price_book.reload_interval: "soon" is not allowed; use a number with a unit, such as 30s, 10m or 1h`},
		"no truth value":             {"token_cost: {attributes: {breakdown: maybe}}", `: token_cost.attributes.breakdown: "maybe" is not allowed; use true or false`},
		"condition no OTTL":          {"overhead: [{conditions: ['nonsense('], multiplier: 2}]", "is not valid OTTL"},
		"not YAML":                   {"a: b: c", "mapping values are not allowed"},
		"a list":                     {"- a", "must be a mapping with keys among assume, attributes, attribution, estimate_tokens, incoming, overhead, price_book, reported_cost, signals, usage, not a list"},
		"a text":                     {"hello", "must be a mapping with keys among assume,"},
		"a whole Collector's":        {"processors: {token_cost: {}}\nservice: {}", "give a file with only what stands under the key token_cost of its processors"},
		"no such price book":         {"price_book: {files: [/nowhere.yaml]}", "open /nowhere.yaml: no such file or directory"},
		"no book at all":             {"price_book: {builtin: false}", "leaves no price book"},
		"environment not told":       {"incoming: ${env:TOKENCOST_TEST_UNSET:-drop}", `incoming: "drop" is not allowed`},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "config.yaml", c.text)
			got := run(t, "", "price", "--config", file)
			assert.Equal(t, Failed, got.status)
			assert.Contains(t, got.err, c.want)
			assert.NotContains(t, got.err, "pricer.")
			assert.NotContains(t, got.err, "interface")
			if c.want[0] == ':' {
				assert.Contains(t, got.err, "--config "+file+c.want)
			}
		})
	}
	got := run(t, "", "price", "--config", "/nowhere.yaml")
	assert.Equal(t, Failed, got.status)
	assert.Contains(t, got.err, "/nowhere.yaml: no such file or directory")
}

func TestConfigurationIsReadWithOrWithoutItsKey(t *testing.T) {
	t.Setenv("TOKENCOST_TEST_PREFIX", "my.cost")
	book := []string{"--no-builtin", "--book", "testdata/book.yaml", "testdata/periods.json"}
	for _, text := range []string{
		"attributes: {prefix: my.cost}", "token_cost: {attributes: {prefix: my.cost}}", "token_cost/second: {attributes: {prefix: my.cost}}",
		"attributes: {prefix: '${env:TOKENCOST_TEST_PREFIX}'}",
	} {
		got := run(t, "", append([]string{"price", "--config", write(t, "config.yaml", text)}, book...)...)
		assert.Equal(t, Done, got.status, got.err)
		assert.Contains(t, got.out, `"my.cost.total"`)
	}
	for _, text := range []string{"", "token_cost:", "token_cost: {}"} {
		got := run(t, "", append([]string{"price", "--config", write(t, "config.yaml", text)}, book...)...)
		assert.Equal(t, Done, got.status, got.err)
		assert.Contains(t, got.out, `"token_cost.total"`)
	}
}

func TestBooksAreLaidOverEachOther(t *testing.T) {
	dear := write(t, "dear.yaml", "schema: tokencost.pricebook/v1\nproviders: {zhipu: {models: {glm-test: {prices: [{rates: {input: 100, output: 100}}]}}}}\n")
	got := run(t, "", "explain", "--no-builtin", "--book", "testdata/book.yaml", "--book", dear, "testdata/periods.json")
	assert.Contains(t, got.out, "exchange  exact  0.1001 USD")
	got = run(t, "", "explain", "--no-builtin", "--book", dear, "--book", "testdata/book.yaml", "testdata/periods.json")
	assert.Contains(t, got.out, "exchange  exact  0.000138896552 USD")
}

// brokenPipe is what standard output is when its reader has gone.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

type fullDisk struct{}

var errFull = errors.New("no space left on device")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestAReaderThatHasEnoughIsNoFailureAndAFullDiskIs(t *testing.T) {
	for _, command := range []string{"price", "explain"} {
		var errs bytes.Buffer
		status := Run(context.Background(), withFlags(command, "testdata/periods.json"), Streams{In: strings.NewReader(""), Out: brokenPipe{}, Err: &errs})
		assert.Equal(t, Done, status)
		assert.Empty(t, errs.String())

		status = Run(context.Background(), withFlags(command, "testdata/periods.json"), Streams{In: strings.NewReader(""), Out: fullDisk{}, Err: &errs})
		assert.Equal(t, Failed, status)
		assert.Contains(t, errs.String(), "no space left on device")
	}
}

func TestUnknownModelsAreNeverGuessed(t *testing.T) {
	stack := []string{"--no-builtin", "--book", "testdata/book.yaml"}
	for arg, want := range map[string]string{
		"openai/gpt-tset":   `no model "gpt-tset" of provider openai; close names are openai/gpt-test`,
		"openai/gpt-test-x": "close names are openai/gpt-test",
		"gtp-test":          `no model "gtp-test"; close names are`,
		"nobody/gpt-test":   "close names are openai/gpt-test",
		"openai/quux":       "see 'tokencost prices list'",
	} {
		got := run(t, "", append([]string{"prices", "show", arg}, stack...)...)
		assert.Equal(t, Failed, got.status, arg)
		assert.Contains(t, got.err, want)
		assert.Empty(t, got.out)
	}
	got := run(t, "", append([]string{"prices", "list", "--provider", "opnai"}, stack...)...)
	assert.Equal(t, Failed, got.status)
	assert.Contains(t, got.err, `no provider "opnai"; close names are openai`)

	got = run(t, "", append([]string{"prices", "show", "anthropic/claude-test-1", "--at", "2025-01-01"}, stack...)...)
	assert.Equal(t, Failed, got.status)
	assert.Contains(t, got.err, "has no price at 2025-01-01")
}

func TestLintTellsMistakesFromWarnings(t *testing.T) {
	bad := write(t, "bad.yaml", `schema: tokencost.pricebook/v1
providers:
  acme:
    models:
      m:
        prices:
          - rates: {input: -1, inptu: 3}
`)
	odd := write(t, "odd.yaml", `schema: tokencost.pricebook/v1
providers:
  acme:
    models:
      m:
        prices: [{rates: {input: 3, cache_read: 30, output: 15}}]
      none: {}
`)
	got := run(t, "", "prices", "lint", bad, "testdata/book.yaml", odd)
	assert.Equal(t, Failed, got.status)
	assert.Contains(t, got.err, bad+":7: providers.acme.models.m.prices[0].rates.input: must be a plain decimal")
	assert.Contains(t, got.err, bad+":7: providers.acme.models.m.prices[0].rates.inptu: is no token meter; allowed: input")
	assert.Contains(t, got.out, "testdata/book.yaml: good, 5 models")
	assert.Contains(t, got.out, odd+":6: acme/m: cache_read is 10, a ratio that is not usual")
	assert.Contains(t, got.out, odd+":7: acme/none: has no price")

	assert.Equal(t, Done, run(t, "", "prices", "lint", "testdata/book.yaml").status)
	assert.Equal(t, Done, run(t, "", "prices", "lint", "--no-builtin", "testdata/book.yaml").status)
	inherits := run(t, "", "prices", "lint", "--no-builtin", "testdata/inherits.yaml")
	assert.Equal(t, Failed, inherits.status)
	assert.Contains(t, inherits.err, `"anthropic/claude-test-1" is no model of the book`)
}

func TestDiffOfABookWithItselfIsEmpty(t *testing.T) {
	for _, book := range []string{"builtin", "testdata/book.yaml"} {
		assert.Equal(t, outcome{Done, "no difference\n", ""}, run(t, "", "prices", "diff", book, book))
		assert.Equal(t, outcome{Done, "[]\n", ""}, run(t, "", "prices", "diff", "--output", "json", book, book))
	}
	got := run(t, "", "prices", "diff", "--over-builtin", "builtin", "testdata/inherits.yaml")
	assert.Equal(t, Failed, got.status, "its base is not in the built-in book")
}

func TestTheBuiltInBookIsListedAndShown(t *testing.T) {
	got := run(t, "", "prices", "list", "--output", "json")
	require.Equal(t, Done, got.status)
	var models []struct{ Provider, Model string }
	require.NoError(t, json.Unmarshal([]byte(got.out), &models))
	assert.Greater(t, len(models), 500)
	for _, m := range models[:5] {
		shown := run(t, "", "prices", "show", m.Provider+"/"+m.Model)
		assert.Equal(t, Done, shown.status, shown.err)
		assert.True(t, strings.HasPrefix(shown.out, m.Provider+"/"+m.Model+", by exact id\n"), shown.out)
	}
	got = run(t, "", "version")
	assert.Equal(t, Done, got.status)
	assert.Contains(t, got.out, "price book 20")
}

// silent is a pipe that is open and tells nothing.
func silent(t *testing.T) *os.File {
	t.Helper()
	in, other, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { in.Close(); other.Close() })
	return in
}

func TestAnInterruptEndsEachCommandThatReadsFiles(t *testing.T) {
	for _, command := range []string{"price", "explain", "report -"} {
		t.Run(command, func(t *testing.T) {
			ctx, interrupt := context.WithCancel(t.Context())
			var out, errs bytes.Buffer
			status := make(chan int)
			go func() { status <- Run(ctx, strings.Fields(command), Streams{silent(t), &out, &errs}) }()
			interrupt()
			assert.Equal(t, Failed, <-status)
			assert.Contains(t, errs.String(), "tokencost: interrupted\n")
			assert.NotContains(t, errs.String(), "context")
		})
	}
}

func TestAnInterruptEndsALongFile(t *testing.T) {
	request := `{"resourceSpans":[]}` + "\n"
	file := write(t, "long.jsonl", strings.Repeat(request, 50_000))
	ctx, interrupt := context.WithCancel(t.Context())
	var errs bytes.Buffer
	out := &afterFirst{then: interrupt}
	assert.Equal(t, Failed, Run(ctx, []string{"price", file, "missing.json"}, Streams{nil, out, &errs}))
	assert.Equal(t, "tokencost: interrupted\n", errs.String(), "nor are further files read")
}

// afterFirst calls then with the first write.
type afterFirst struct{ then func() }

func (w *afterFirst) Write(p []byte) (int, error) {
	w.then()
	return len(p), nil
}

func TestAFileOfSomethingElseIsNotNamedLineByLine(t *testing.T) {
	got := run(t, strings.Repeat("no telemetry\n", 5000), "price")
	assert.Equal(t, Failed, got.status)
	assert.Equal(t, maxNamed+1, strings.Count(got.err, "\n"))
	assert.Contains(t, got.err, "line 20: must be")
	assert.Contains(t, got.err, "tokencost: standard input: 4980 more lines cannot be read\n")
}

func TestOutputThatCannotBeWrittenIsAFailureOfEachCommand(t *testing.T) {
	for _, command := range []string{"--help", "version", "report --by list", "report --help", "prices list", "prices show openai/gpt-4o", "focus prices"} {
		t.Run(command, func(t *testing.T) {
			var errs bytes.Buffer
			assert.Equal(t, Failed, Run(t.Context(), strings.Fields(command), Streams{strings.NewReader(""), fullDisk{}, &errs}))
			assert.Equal(t, "tokencost: no space left on device\n", errs.String(), "once, and in one line")
		})
	}
}
