package clients

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/require"
)

// workers is how many clients run at a time, each with a Collector of its own.
const workers = 2

// TestWhatRealClientsCostIsWhatWasBilledOrSaysWhyNot runs every case of every client.
func TestWhatRealClientsCostIsWhatWasBilledOrSaysWhyNot(t *testing.T) {
	selection := os.Getenv("TOKENCOST_CLIENTS")
	if selection == "" {
		t.Skip("needs Node and packages; run by make e2e-clients (TOKENCOST_CLIENTS=1 runs all cases, short those of CI)")
	}
	only, err := regexp.Compile(os.Getenv("TOKENCOST_CLIENTS_ONLY"))
	require.NoError(t, err, "TOKENCOST_CLIENTS_ONLY")
	all, err := readClients()
	require.NoError(t, err)
	d := newDriver(t)
	// A worker takes a client as a whole, so that others are installed meanwhile; those with the most cases go first.
	jobs := make(chan *client)
	var wg sync.WaitGroup
	for range workers {
		w := &worker{driver: d, t: t, collectors: map[string]*collector{}}
		wg.Go(func() {
			for client := range jobs {
				for i := range client.Cases {
					w.do(client, &client.Cases[i])
				}
			}
		})
	}
	for _, client := range all {
		client.Cases = slices.DeleteFunc(client.Cases, func(c testCase) bool {
			return selection == "short" && !c.Short || !only.MatchString(client.dir+" "+c.Client+"/"+c.Name)
		})
	}
	slices.SortStableFunc(all, func(a, b *client) int { return cmp.Compare(len(b.Cases), len(a.Cases)) })
	for _, client := range all {
		jobs <- client
	}
	close(jobs)
	wg.Wait()
	d.print(t)
}

// driver is what all workers share.
type driver struct {
	mock     *mock
	workshop *workshop
	prices   priceList

	mu       sync.Mutex
	outcomes []outcome
}

// outcome is how a case came out, or why it did not.
type outcome struct {
	client string
	c      *testCase
	judgement
	declared judgement // the same with facts declared that hold in the scenario
	err      error
}

func newDriver(t *testing.T) *driver {
	t.Helper()
	_, err := os.Stat(distribution)
	require.NoError(t, err, "run make build")
	w, err := openWorkshop()
	require.NoError(t, err)
	return &driver{mock: startMock(t), workshop: w, prices: readPrices(t)}
}

// worker runs one case after another.
type worker struct {
	*driver
	t          *testing.T
	collectors map[string]*collector // by configuration of token_cost
}

func (w *worker) do(client *client, c *testCase) {
	o := outcome{client: c.Client, c: c}
	o.judgement, o.declared, o.err = w.run(client, c)
	name := c.Client + "/" + c.Name
	switch {
	case o.err != nil:
		w.t.Errorf("%s: %v", name, o.err)
	case o.verdict == isWrong:
		w.t.Errorf("%s: WRONG: %s %v", name, o.detail, o.reasons)
	case o.declared.verdict == isWrong && c.declares():
		w.t.Errorf("%s: WRONG where facts are declared: %s %v", name, o.declared.detail, o.declared.reasons)
	case o.verdict != c.Expect:
		w.t.Errorf("%s: is %s, and %s was expected: %s %v", name, o.verdict, c.Expect, o.detail, o.reasons)
	case o.verdict == isFlagged && c.Signal != signalMetrics && missing(c.Reasons, o.reasons) != nil:
		w.t.Errorf("%s: lacks the reasons %v: %s %v", name, missing(c.Reasons, o.reasons), o.detail, o.reasons)
	default:
		w.t.Logf("%s: %s: %s %v", name, o.verdict, o.detail, o.reasons)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outcomes = append(w.outcomes, o)
}

func missing(want, got []string) (lacking []string) {
	for _, r := range want {
		if !slices.Contains(got, r) {
			lacking = append(lacking, r)
		}
	}
	return lacking
}

// run runs a case and judges what came of it.
func (w *worker) run(client *client, c *testCase) (j, withFacts judgement, err error) {
	ctx := w.t.Context()
	if err := w.workshop.prepare(ctx, client); err != nil {
		return j, withFacts, err
	}
	col := w.collector(c)
	id := unsafeInPaths.ReplaceAllString(c.Client+"--"+c.Name, "-")
	if err := w.mock.begin(ctx, id, c); err != nil {
		return j, withFacts, err
	}
	home := filepath.Join(w.workshop.dir, "homes", id)
	if err := os.RemoveAll(home); err != nil {
		return j, withFacts, err
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return j, withFacts, err
	}
	env := w.environment(client, c, col, id, home)
	command := make([]string, len(c.Run))
	for i, a := range c.Run {
		command[i] = os.Expand(a, func(k string) string { return env[k] })
	}
	printed, runErr := run(ctx, filepath.Join(w.workshop.dir, client.dir), env, c.limit(), command)
	lines, err := col.collect(ctx)
	if err != nil {
		return j, withFacts, err
	}
	tr, err := w.mock.truth(ctx, id)
	if err != nil {
		return j, withFacts, err
	}
	if err := w.keep(id, printed, lines, tr); err != nil {
		return j, withFacts, err
	}
	if (runErr != nil) != c.Fails {
		return j, withFacts, fmt.Errorf("the client's end was %v; it printed:\n%s", runErr, tail(printed, 12))
	}
	if j, err = w.judge(c, lines, tr, ""); err != nil {
		return j, withFacts, err
	}
	withFacts, err = w.judge(c, lines, tr, declared)
	return j, withFacts, err
}

var unsafeInPaths = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// collector is the worker's Collector for a case.
func (w *worker) collector(c *testCase) *collector {
	config := cmp.Or(string(c.Config), os.Getenv("TOKENCOST_CLIENTS_CONFIG"), "{}")
	if w.collectors[config] == nil {
		w.collectors[config] = startCollector(w.t, config)
	}
	return w.collectors[config]
}

// judge bills what the mock has served, and compares with the files that begin so.
func (w *worker) judge(c *testCase, lines map[string][][]byte, tr truth, files string) (j judgement, err error) {
	var bills []*big.Rat
	for _, raw := range tr.Calls {
		var s served
		if err := json.Unmarshal(raw, &s); err != nil {
			return j, err
		}
		if !s.Billed {
			continue
		}
		b, err := w.prices.bill(&s)
		if err != nil {
			return j, err
		}
		bills = append(bills, b)
	}
	if len(tr.Calls) == 0 {
		return j, fmt.Errorf("the client has called no provider; other requests: %s", tr.Other)
	}
	var items []item
	for _, signal := range signals {
		for _, line := range lines[files+signal] {
			found, err := itemsOf(signal, line)
			if err != nil {
				return j, err
			}
			items = append(items, slices.DeleteFunc(found, func(it item) bool { return it.status == "" })...)
		}
	}
	return judge(c.Signal, bills, lastOfRunning(items)), nil
}

// keep writes what a case has given to a directory, for whoever looks for the cause of a difference.
func (d *driver) keep(id, printed string, lines map[string][][]byte, tr truth) error {
	dir := filepath.Join(d.workshop.dir, "results", id)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	truth, err := json.MarshalIndent(tr, "", " ")
	if err != nil {
		return err
	}
	files := map[string][]byte{"output.log": []byte(printed), "truth.json": truth}
	for name, l := range lines {
		if len(l) > 0 {
			files[name+".jsonl"] = bytes.Join(l, nil)
		}
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// print prints the table by client.
func (d *driver) print(t *testing.T) {
	type row struct{ cases, calls, right, exact, ifDeclared, flagged, nothing, wrong, failed int }
	rows := map[string]*row{"all": {}}
	for _, o := range d.outcomes {
		if rows[o.client] == nil {
			rows[o.client] = &row{}
		}
		for _, r := range []*row{rows[o.client], rows["all"]} {
			r.cases++
			r.calls += o.calls
			if o.err == nil && o.c.declares() && o.declared.verdict == isTrue && o.declared.exact {
				r.ifDeclared++
			}
			switch {
			case o.err != nil:
				r.failed++
			case o.verdict == isTrue:
				r.right++
				if o.exact {
					r.exact++
				}
			case o.verdict == isFlagged:
				r.flagged++
			case o.verdict == isNothing:
				r.nothing++
			default:
				r.wrong++
			}
		}
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "client\tcases\tcalls\ttrue\tof them exact\texact if declared\tflagged\tnothing told\twrong\tnot run\t")
	for _, name := range append(slices.DeleteFunc(slices.Sorted(maps.Keys(rows)), func(n string) bool { return n == "all" }), "all") {
		r := rows[name]
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, r.cases, r.calls, r.right, r.exact, r.ifDeclared, r.flagged, r.nothing, r.wrong, r.failed)
	}
	_ = table.Flush()
	t.Logf("what real clients cost, against what was billed:\n%s", b.String())
}

// environment is what a client gets: a home of its own, the mock, and the Collector.
func (w *worker) environment(client *client, c *testCase, col *collector, id, home string) map[string]string {
	base := w.mock.base(id)
	env := map[string]string{
		"PATH": w.workshop.path(client), "HOME": home, "LANG": "C.UTF-8", "TERM": "dumb", "TMPDIR": os.TempDir(), "NO_PROXY": "127.0.0.1,localhost", "DO_NOT_TRACK": "1",
		"DIR": filepath.Join(w.workshop.dir, client.dir), "MOCK_URL": base, "SCENARIO": c.Scenario, "CASE": c.Name, "PROVIDER": c.Provider,

		"OPENAI_BASE_URL": base + "/openai/v1", "OPENAI_API_KEY": "dummy", "ANTHROPIC_BASE_URL": base + "/anthropic", "ANTHROPIC_API_KEY": "dummy",
		"GOOGLE_GEMINI_BASE_URL": base + "/gemini", "GEMINI_API_KEY": "dummy", "XAI_BASE_URL": base + "/xai/v1", "XAI_API_KEY": "dummy",
		"AZURE_OPENAI_ENDPOINT": base + "/azure", "AZURE_OPENAI_API_KEY": "dummy",
		"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": base + "/bedrock", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
		"AWS_ACCESS_KEY_ID": "dummy", "AWS_SECRET_ACCESS_KEY": "dummy", "AWS_EC2_METADATA_DISABLED": "true",

		"OTEL_SERVICE_NAME": id, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://" + col.http, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
		"OTLP_HTTP_ENDPOINT": "http://" + col.http, "OTLP_GRPC_ENDPOINT": "http://" + col.grpc,
		"OTEL_BSP_SCHEDULE_DELAY": "200", "OTEL_BLRP_SCHEDULE_DELAY": "200", "OTEL_METRIC_EXPORT_INTERVAL": "1000", "OTEL_METRIC_EXPORT_TIMEOUT": "1000",
	}
	for k, v := range c.Env {
		env[k] = os.Expand(v, func(k string) string { return env[k] })
	}
	return env
}
