package bookbuilder

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"testing"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/build"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/consensus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/facts"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/lint"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/report"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/prices"
)

// builtin loads the book as the product does.
func builtin(t *testing.T) *pricebook.Book {
	t.Helper()
	var layer pricebook.Layer
	names, err := fs.Glob(prices.Files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := prices.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		layer = append(layer, pricebook.File{Name: name, Data: data})
	}
	b, err := pricebook.Load(layer)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rebuilt makes the book from evidence and facts.
func rebuilt(t *testing.T) (*build.Result, []*evidence.Set) {
	t.Helper()
	sets, err := evidence.ReadDir("evidence/data")
	if err != nil {
		t.Fatal(err)
	}
	files, err := facts.ReadDir("facts/data")
	if err != nil {
		t.Fatal(err)
	}
	r, err := build.Build(files, sets)
	if err != nil {
		t.Fatal(err)
	}
	return r, sets
}

func TestCommittedBookIsWhatTheBuilderMakes(t *testing.T) {
	r, _ := rebuilt(t)
	for name, want := range r.Files() {
		got, err := prices.Files.ReadFile(name)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("prices/%s is not what the builder makes; run bookbuilder build", name)
		}
	}
}

func TestSameInputMakesTheSameBook(t *testing.T) {
	first, _ := rebuilt(t)
	for range 3 {
		again, _ := rebuilt(t)
		for name, data := range again.Files() {
			if !bytes.Equal(data, first.Files()[name]) {
				t.Fatalf("%s differs from one run to the next", name)
			}
		}
	}
}

func TestRatiosAreUsualOrExplained(t *testing.T) {
	r, _ := rebuilt(t)
	var out bytes.Buffer
	if err := lint.Write(&out, r.Providers); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestBookHasNineHundredConfirmedModels(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC).UnixNano()
	priced, confirmed := 0, 0
	for _, p := range builtin(t).Providers() {
		for _, m := range p.Models() {
			if price := m.At(now); price != nil {
				priced++
				if !price.Unconfirmed {
					confirmed++
				}
				if price.Source.URL == "" || price.Source.Checked == "" {
					t.Errorf("%s has no source and date", price.ID)
				}
			}
		}
	}
	t.Logf("%d models with a price, %d of them confirmed", priced, confirmed)
	if confirmed < 900 {
		t.Errorf("%d models have a confirmed price, want at least 900", confirmed)
	}
}

func TestIDsAndAliasesLeadToTheirModel(t *testing.T) {
	b := builtin(t)
	for _, p := range b.Providers() {
		for _, m := range p.Models() {
			for _, name := range append([]string{m.ID}, m.Aliases...) {
				res, _ := b.Resolve(&pricebook.Query{Provider: p.ID, Response: name})
				if res.Model != m {
					t.Errorf("%s/%s: %q leads to %v", p.ID, m.ID, name, res.Model)
				}
			}
		}
	}
}

// The report compares a data set's price with that of the model which the
// product finds under the same name.
func TestReportFindsModelsAsTheProductDoes(t *testing.T) {
	b := builtin(t)
	r, sets := rebuilt(t)
	shared := 0
	for _, p := range r.Providers {
		index := consensus.NewIndex(p)
		for _, set := range sets {
			for name := range consensus.BasePrices(set, p.ID) {
				res, _ := b.Resolve(&pricebook.Query{Provider: p.ID, Response: name})
				want, got := "", ""
				if m := index.Find(name); m != nil {
					want = m.ID
					shared++
				}
				if res.Model != nil {
					got = res.Model.ID
				}
				if got != want && (res.Model == nil || res.Model.Provider.ID == p.ID) {
					t.Errorf("%s: %s of %s is %q in the product and %q in the report", p.ID, name, set.Name, got, want)
				}
			}
		}
	}
	if shared < 4000 {
		t.Errorf("%d names of data sets are in the book", shared)
	}
}

// Where no provider was told, a name must lead to one provider only.
func TestInferredNamesAreUnambiguous(t *testing.T) {
	b := builtin(t)
	for _, name := range []string{
		"gpt-6-luna", "o3", "text-embedding-3-small", "claude-haiku-5-5", "claude-sonnet-4-5-20250929", "gemini-3.8-flash", "mistral-large-latest",
		"command-a-03-2025", "deepseek-v4-pro", "grok-4.7", "sonar-pro", "kimi-k2.5", "minimax-m2.5", "glm-4.7", "qwen3-max", "voyage-3.5",
	} {
		if res, _ := b.Resolve(&pricebook.Query{Response: name}); res.Model == nil {
			t.Errorf("%s is not recognised without its provider: %v", name, res.Reasons)
		}
	}
}

func TestDriftFromDataSetsIsSmallForFirstParties(t *testing.T) {
	r, sets := rebuilt(t)
	for _, provider := range []string{"openai", "anthropic"} {
		for _, d := range report.Drift(r.Providers, sets, provider) {
			if 20*d.Base > d.Shared {
				t.Errorf("%s against %s: %d of %d shared models have another input or output price", provider, d.Set, d.Base, d.Shared)
			}
		}
	}
	if err := report.Write(io.Discard, r.Providers, sets, "", true); err != nil {
		t.Error(err)
	}
}

// rate returns what a meter costs per million tokens.
func rate(t *testing.T, b *pricebook.Book, c conditions, name string) string {
	t.Helper()
	price, choice := c.find(t, b)
	m, err := meter.Parse(name)
	if err != nil {
		f, err := meter.ParseFee(name)
		if err != nil {
			t.Fatal(err)
		}
		return price.FeeRate(f, choice).Value.RatString()
	}
	return price.Rate(m, choice).Value.RatString()
}

// conditions are what moves the price of a call.
type conditions struct {
	provider, model, mode, geo, at string
	input                          int64
}

func (c conditions) find(t *testing.T, b *pricebook.Book) (*pricebook.Price, pricebook.Choice) {
	t.Helper()
	if c.at == "" {
		c.at = "2026-11-23T12:00:00Z"
	}
	at, err := time.Parse(time.RFC3339, c.at)
	if err != nil {
		t.Fatal(err)
	}
	res, _ := b.Resolve(&pricebook.Query{Provider: c.provider, Response: c.model})
	if res.Model == nil {
		t.Fatalf("%s/%s is not in the book", c.provider, c.model)
	}
	price := res.Model.At(at.UnixNano())
	if price == nil {
		t.Fatalf("%s/%s has no price at %s", c.provider, c.model, c.at)
	}
	geo := c.geo
	if geo == "" {
		geo = res.Geo
	}
	var choice pricebook.Choice
	choice.Context, _ = price.Context(c.input, 0)
	choice.Mode, _ = price.Mode(c.mode, at.UnixNano())
	choice.Geo, _ = price.Geo(geo, at.UnixNano())
	choice.Schedule, _ = price.Schedule(at.UnixNano())
	return price, choice
}

func (c conditions) String() string {
	return fmt.Sprintf("%s/%s mode=%s geo=%s at=%s input=%d", c.provider, c.model, c.mode, c.geo, c.at, c.input)
}

func sameNumber(t *testing.T, got, want string) bool {
	t.Helper()
	a, ok := new(big.Rat).SetString(got)
	b, ok2 := new(big.Rat).SetString(want)
	if !ok || !ok2 {
		t.Fatalf("not numbers: %q, %q", got, want)
	}
	return a.Cmp(b) == 0
}

func number(t *testing.T, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("not a number: %q", s)
	}
	return r
}
