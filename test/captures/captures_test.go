// Package captures_test prices telemetry of real clients and compares with what
// the provider billed.
package captures_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// captured is an entry of testdata/bills.json: what the provider billed at the
// list prices of November 2026, and whether attributes of spans tell enough to know.
type captured struct {
	BillUSD  string   `json:"bill_usd"`
	Complete bool     `json:"complete"`
	Files    []string `json:"files"`
}

// dir is where the captures are: those of package dialect, or any others.
func dir() string {
	if d := os.Getenv("CAPTURES"); d != "" {
		return d
	}
	return "../../internal/dialect/testdata/captures"
}

// mustBeTrue are the clients whose complete captures have to come out true to the bill.
var mustBeTrue = []string{"otel-", "traceloop-", "openinference-", "ai-sdk-"}

// exceptions are complete captures of those that do not, and why.
var exceptions = map[string]string{
	"openinference-openai__openai__tier-downgraded": "the span tells the tier that was asked for; the one that was served is only in the recorded response body",
	"ai-sdk-6__gemini__tool-prompt":                 "the bill leaves out the tokens of tool results, which Google counts as input (toolUsePromptTokenCount)",
	"ai-sdk-7__gemini__tool-prompt":                 "the bill leaves out the tokens of tool results, which Google counts as input (toolUsePromptTokenCount)",
}

// outcome is how a capture's traces came out.
type outcome struct {
	name     string
	complete bool
	bill     *big.Rat
	total    *big.Rat
	priced   int
	flagged  bool // some call is not exact
	reasons  status.Set
}

func (o *outcome) right() bool {
	diff := new(big.Rat).Sub(o.total, o.bill)
	limit := new(big.Rat).Mul(o.bill, big.NewRat(1, 1_000_000_000))
	return diff.Abs(diff).Cmp(limit) <= 0
}

// TestCapturesComeOutTrueToTheBillOrSayWhyNot prices every capture's traces.
// Never may a call say exact and its capture differ from the bill.
func TestCapturesComeOutTrueToTheBillOrSayWhyNot(t *testing.T) {
	index := map[string]captured{}
	data, err := os.ReadFile(filepath.Join("testdata", "bills.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &index))
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	p, err := pricer.New(pricer.DefaultConfig(), store)
	require.NoError(t, err)

	type tally struct{ right, flagged, wrong, completeMissed int }
	families := map[string]*tally{}
	var names []string
	for name, c := range index {
		o := outcome{name: name, bill: new(big.Rat), total: new(big.Rat)}
		_, ok := o.bill.SetString(c.BillUSD)
		require.True(t, ok, name)
		o.complete = c.Complete
		found := false
		for _, f := range c.Files {
			found = o.price(t, p, filepath.Join(dir(), f)) || found
		}
		if !found {
			continue
		}
		family, _, _ := strings.Cut(name, "__")
		if families[family] == nil {
			families[family] = &tally{}
			names = append(names, family)
		}
		switch {
		case o.right():
			families[family].right++
		case o.flagged || o.priced == 0:
			families[family].flagged++
			if o.complete {
				families[family].completeMissed++
				if slices.ContainsFunc(mustBeTrue, func(p string) bool { return strings.HasPrefix(name, p) }) && exceptions[name] == "" {
					t.Errorf("%s is complete and not true to the bill", name)
				}
				t.Logf("complete but not true: %s: bill %s, got %s, %s", name, c.BillUSD, o.total.FloatString(9), o.reasons)
			}
		default:
			families[family].wrong++
			t.Errorf("%s says exact and is wrong: bill %s, got %s", name, c.BillUSD, o.total.FloatString(9))
		}
	}
	slices.Sort(names)
	right := 0
	for _, n := range names {
		f := families[n]
		right += f.right
		t.Logf("%-45s right %3d  flagged %3d  wrong %3d  complete but not true %3d", n, f.right, f.flagged, f.wrong, f.completeMissed)
	}
	require.GreaterOrEqual(t, right, 150, "captures that come out true")
}

// price adds up a file's calls. It reports false if the file is not there.
func (o *outcome) price(t *testing.T, p *pricer.Pricer, file string) bool {
	t.Helper()
	data, err := readFile(file)
	if os.IsNotExist(err) {
		return false
	}
	require.NoError(t, err)
	lines := bufio.NewReader(bytes.NewReader(data))
	for {
		line, err := lines.ReadBytes('\n')
		if bytes.Contains(line, []byte(`"resourceSpans"`)) {
			var u ptrace.JSONUnmarshaler
			td, uerr := u.UnmarshalTraces(line)
			require.NoError(t, uerr, file)
			p.Traces(t.Context(), td, o.add)
		}
		if err == io.EOF {
			return true
		}
		require.NoError(t, err)
	}
}

func (o *outcome) add(v *pricer.Visited) {
	r := v.Result
	o.reasons |= r.Reasons
	if r.Status.Priced() {
		o.priced++
		o.total.Add(o.total, r.Total.Rat())
	}
	switch r.Status {
	case status.Exact, status.NotBillable:
	default:
		o.flagged = true
	}
}

func readFile(name string) ([]byte, error) {
	if data, err := os.ReadFile(name); err == nil {
		return data, nil
	}
	f, err := os.Open(name + ".gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
