// Package worked_test prices worked examples from what providers document, with
// the built-in price book and through the whole of the pricer, and demands the
// documented amounts to the last digit.
package worked_test

import (
	"cmp"
	"context"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// atLeast is how many examples there have to be.
const atLeast = 60

// document is examples.yaml.
type document struct {
	Pages    map[string]page `yaml:"pages"`
	Examples []example       `yaml:"examples"`
}

type page struct {
	URL  string `yaml:"url"`
	Read string `yaml:"read"` // the day
}

type example struct {
	Name string `yaml:"name"`
	Page string `yaml:"page"`
	Says string `yaml:"says"`
	// Layer is a price book in testdata above the built-in one.
	Layer string `yaml:"layer"`
	Call  struct {
		Provider  string `yaml:"provider"`
		Model     string `yaml:"model"`
		At        string `yaml:"at"`
		Operation string `yaml:"operation"` // chat if not said
		Mode      string `yaml:"mode"`
		Geo       string `yaml:"geo"`
		Host      string `yaml:"host"`
		Scope     string `yaml:"scope"`
	} `yaml:"call"`
	Usage      map[string]int64 `yaml:"usage"`
	Fees       map[string]int64 `yaml:"fees"`
	Attributes map[string]int64 `yaml:"attributes"`

	Parts    map[string]string `yaml:"parts"`
	Total    string            `yaml:"total"`
	List     string            `yaml:"list"`
	Overhead float64           `yaml:"overhead"`
	Loaded   string            `yaml:"loaded"`
	Currency string            `yaml:"currency"` // USD if not said
	Status   string            `yaml:"status"`   // exact if not said
	Reasons  []string          `yaml:"reasons"`
}

func readExamples(t *testing.T) document {
	t.Helper()
	f, err := os.Open("examples.yaml")
	require.NoError(t, err)
	defer f.Close()
	decoder := yaml.NewDecoder(f)
	decoder.KnownFields(true)
	var doc document
	require.NoError(t, decoder.Decode(&doc))
	return doc
}

// TestProvidersDocumentedAmountsAreComputedToTheLastDigit is the reason for this package.
func TestProvidersDocumentedAmountsAreComputedToTheLastDigit(t *testing.T) {
	doc := readExamples(t)
	require.GreaterOrEqual(t, len(doc.Examples), atLeast)
	stores := map[string]*bookstore.Store{}
	for _, e := range doc.Examples {
		t.Run(e.Name, func(t *testing.T) {
			require.Contains(t, doc.Pages, e.Page, "the page is not among pages:")
			store := stores[e.Layer]
			if store == nil {
				store = openBook(t, e.Layer)
				stores[e.Layer] = store
			}
			e.check(t, e.price(t, store))
		})
	}
}

// TestExamplesAreWorkedOutRight checks the arithmetic of the examples themselves.
func TestExamplesAreWorkedOutRight(t *testing.T) {
	doc := readExamples(t)
	names := map[string]bool{}
	for _, e := range doc.Examples {
		assert.False(t, names[e.Name], "two examples are named %q", e.Name)
		names[e.Name] = true
		assert.NotEmpty(t, e.Says, e.Name)
		sum, exact := new(big.Rat), new(big.Rat)
		for part, work := range e.Parts {
			left, right := e.worked(t, part, work)
			sum.Add(sum, right)
			exact.Add(exact, left)
		}
		if e.Total != "" {
			assert.Zero(t, sum.Cmp(rational(t, e.Total)), "%s: the parts add up to %s, not %s", e.Name, sum.FloatString(money.Digits), e.Total)
			rounded, ok := money.FromRat(exact)
			assert.True(t, ok && rounded.String() == e.Total, "%s: the arithmetic gives %s, not %s", e.Name, rounded, e.Total)
		}
		if e.List != "" {
			e.worked(t, "list", e.List)
		}
	}
	for name, p := range doc.Pages {
		_, err := time.Parse(time.DateOnly, p.Read)
		assert.NoError(t, err, "pages: %s", name)
		assert.True(t, strings.HasPrefix(p.URL, "https://"), "pages: %s", name)
	}
}

// worked reads "arithmetic = value", and checks that the value is what the
// arithmetic gives, to less than one quantum where that has no finite decimals.
func (e *example) worked(t *testing.T, part, work string) (left, right *big.Rat) {
	t.Helper()
	arithmetic, value, ok := strings.Cut(work, " = ")
	require.True(t, ok, "%s: %s: %q has no value", e.Name, part, work)
	left, right = new(big.Rat), rational(t, value)
	for term := range strings.SplitSeq(arithmetic, " + ") {
		left.Add(left, product(t, term))
	}
	off := new(big.Rat).Sub(left, right)
	quantum := money.Quanta(1).Rat()
	assert.Negative(t, off.Abs(off).Cmp(quantum), "%s: %s: %s is %s", e.Name, part, arithmetic, left.FloatString(money.Digits+3))
	if new(big.Rat).Quo(left, quantum).IsInt() {
		assert.Zero(t, left.Cmp(right), "%s: %s: %s is %s", e.Name, part, arithmetic, left.FloatString(money.Digits))
	}
	return left, right
}

// product computes factors and divisors from the left; M is a million.
func product(t *testing.T, term string) *big.Rat {
	t.Helper()
	value, divide := big.NewRat(1, 1), false
	for word := range strings.FieldsSeq(term) {
		switch word {
		case "*":
			divide = false
			continue
		case "/":
			divide = true
			continue
		case "M":
			word = "1000000"
		}
		if n := rational(t, word); divide {
			value.Quo(value, n)
		} else {
			value.Mul(value, n)
		}
	}
	return value
}

func rational(t *testing.T, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	require.True(t, ok, "%q is no number", s)
	return r
}

func openBook(t *testing.T, layer string) *bookstore.Store {
	t.Helper()
	source := bookstore.Source{Builtin: true}
	if layer != "" {
		source.Files = []string{filepath.Join("testdata", layer)}
	}
	store, err := bookstore.Open(source)
	require.NoError(t, err)
	return store
}

// priced is what came of an example.
type priced struct {
	attributes pcommon.Map
	visited    bool
	total      string
	parts      map[string]string
}

// price sends the example through the pricer as a span.
func (e *example) price(t *testing.T, store *bookstore.Store) priced {
	t.Helper()
	cfg := pricer.DefaultConfig()
	if e.Overhead != 0 {
		cfg.Overhead = []pricer.OverheadConfig{{Name: "example", Multiplier: e.Overhead}}
	}
	require.NoError(t, cfg.Validate())
	p, err := pricer.New(cfg, store)
	require.NoError(t, err)
	td := e.span(t)
	out := priced{parts: map[string]string{}}
	p.Traces(context.Background(), td, func(v *pricer.Visited) {
		out.visited = true
		out.total = v.Result.Total.String()
	})
	require.True(t, out.visited, "the span was not seen as a call")
	out.attributes = td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes()
	return out
}

func (e *example) span(t *testing.T) ptrace.Traces {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, e.Call.At)
	require.NoError(t, err)
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	ss.Scope().SetName(e.Call.Scope)
	span := ss.Spans().AppendEmpty()
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(at))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(at.Add(time.Second)))
	a := span.Attributes()
	a.PutStr(attrkey.OperationName, cmp.Or(e.Call.Operation, "chat"))
	a.PutStr(attrkey.ProviderName, e.Call.Provider)
	a.PutStr(attrkey.RequestModel, e.Call.Model)
	a.PutStr(attrkey.ResponseModel, e.Call.Model)
	for key, value := range map[string]string{attrkey.ServerAddress: e.Call.Host, attrkey.FactMode: e.Call.Mode, attrkey.FactGeo: e.Call.Geo} {
		if value != "" {
			a.PutStr(key, value)
		}
	}
	for name, n := range e.Attributes {
		a.PutInt(name, n)
	}
	for _, facts := range []map[string]int64{e.Usage, e.Fees} {
		for name, n := range facts {
			a.PutInt(attrkey.FactPrefix+name, n)
		}
	}
	return td
}

// check compares with what the documentation says.
func (e *example) check(t *testing.T, got priced) {
	t.Helper()
	keys := attrkey.Under(attrkey.DefaultPrefix)
	if want := cmp.Or(e.Status, "exact"); want != "any" {
		assert.Equal(t, want, text(got.attributes, keys.Status), "status, reasons %v", reasons(got.attributes, keys.Reasons))
		assert.ElementsMatch(t, e.Reasons, reasons(got.attributes, keys.Reasons), "reasons")
	}
	if e.Total == "" {
		assert.Empty(t, decimal(got.attributes, keys.Total), "total of a call without a price")
		return
	}
	assert.Equal(t, e.Total, got.total, "total")
	assert.Equal(t, e.Total, decimal(got.attributes, keys.Total), "total as an attribute")
	want, have := map[string]string{}, map[string]string{}
	for part, work := range e.Parts {
		_, value, _ := strings.Cut(work, " = ")
		want[part] = value
	}
	for part, key := range map[string]string{"input": keys.Input, "cache_read": keys.CacheRead, "cache_write": keys.CacheWrite, "output": keys.Output, "fees": keys.Fees} {
		if value := decimal(got.attributes, key); value != "" {
			have[part] = value
		}
	}
	assert.Equal(t, want, have, "parts")
	_, list, _ := strings.Cut(e.List, " = ")
	assert.Equal(t, list, decimal(got.attributes, keys.List), "list")
	assert.Equal(t, e.Loaded, decimal(got.attributes, keys.Loaded), "loaded")
	assert.Equal(t, cmp.Or(e.Currency, "USD"), text(got.attributes, keys.Currency), "currency")
}

func text(attrs pcommon.Map, key string) string {
	v, ok := attrs.Get(key)
	if !ok {
		return ""
	}
	return v.Str()
}

// decimal recovers the exact amount from a double, as it says in the contract
// that one can.
func decimal(attrs pcommon.Map, key string) string {
	v, ok := attrs.Get(key)
	if !ok {
		return ""
	}
	s := strconv.FormatFloat(v.Double(), 'f', money.Digits, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func reasons(attrs pcommon.Map, key string) []string {
	v, ok := attrs.Get(key)
	if !ok {
		return nil
	}
	var out []string
	for _, r := range v.Slice().All() {
		out = append(out, r.Str())
	}
	slices.Sort(out)
	return out
}
