package pricebook

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// FuzzLoad loads anything: it never panics, and gives either errors that name
// the file, or a book of which every price computes for every rule that it has.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/mistakes/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 2000 {
			f.Add(data)
		}
	}
	for _, text := range []string{nameBook, inheriting, contracted, oneModel} {
		f.Add([]byte("schema: " + SchemaV1 + "\n" + text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Load(Layer{{Name: "f.yaml", Data: data}})
		if err != nil {
			var mistake *Error
			if !errors.As(err, &mistake) || mistake.File != "f.yaml" || mistake.Problem == "" || b != nil {
				t.Fatalf("%v", err)
			}
			return
		}
		over, err := Load(Layer{{Name: "f.yaml", Data: data}}, Layer{{Name: "g.yaml", Data: data}})
		if err == nil {
			computeAll(t, over)
		}
		computeAll(t, b)
	})
}

// computeAll derives the rates of every price with each rule alone and with all first ones.
func computeAll(t *testing.T, b *Book) {
	t.Helper()
	for _, p := range b.Providers() {
		for _, m := range p.Models() {
			if len(m.Prices) > 20 {
				m.Prices = m.Prices[:20]
			}
			for i, price := range m.Prices {
				if i > 0 && m.Prices[i-1].until > price.from {
					t.Fatalf("%s: periods overlap", price.ID)
				}
				for _, c := range choices(price) {
					r := price.Rates(c)
					if r.Len() != len(price.Meters)+len(price.Fees) {
						t.Fatalf("%s: %d rates", price.ID, r.Len())
					}
					for k := range r.Len() {
						if r.PerItem(k).Sign() < 0 {
							t.Fatalf("%s: rate %d is negative", price.ID, k)
						}
					}
				}
				now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC).UnixNano()
				price.Schedule(now)
				price.Context(1000, 1000)
				price.Mode("batch", now)
				price.Geo("eu", now)
			}
			for _, name := range append([]string{m.ID}, m.Aliases...) {
				if found := p.Find(name); found == nil || p.names[modelKey(name)] != found {
					t.Fatalf("%q is declared and means %v", name, found)
				}
			}
		}
	}
}

func choices(p *Price) []Choice {
	out := []Choice{{}}
	for i := range min(3, len(p.adjust.context)) {
		out = append(out, Choice{Context: uint8(i + 1)})
	}
	for i := range min(3, len(p.adjust.mode)) {
		out = append(out, Choice{Mode: uint8(i + 1)})
	}
	for i := range min(3, len(p.adjust.geo)) {
		out = append(out, Choice{Geo: uint8(i + 1)})
	}
	all := Choice{uint8(min(1, len(p.adjust.context))), uint8(min(1, len(p.adjust.mode))), uint8(min(1, len(p.adjust.geo))), uint8(min(1, len(p.adjust.schedule))), uint16(min(1, len(p.Model.contracts))), uint16(min(1, len(p.exchange)))}
	return append(out, all)
}

// FuzzResolve looks up anything: what it means is the same in any case of
// letters, with or without white space and cache, and only a declared name, or a
// name that a grammar can unwrap to one, means a model.
func FuzzResolve(f *testing.F) {
	b := load(f, nameBook)
	for _, q := range []Query{
		{"openai", "", "gpt-4o-2024-08-06", ""},
		{"", "api.openai.com", "GPT-4o", "x"},
		{"bedrock", "bedrock-runtime.eu-west-1.amazonaws.com", "eu.anthropic.claude-opus-4-5-20251101-v1:0", ""},
		{"", "", "openrouter/gpt-exclusive", "anthropic/claude-sonnet-4"},
		{"groq", "", "Ünïcode-Modell", ""},
		{"azure", "", "azure/gpt-4o", "\xff"},
	} {
		f.Add(q.Provider, q.Host, q.Response, q.Request)
	}
	f.Fuzz(func(t *testing.T, provider, host, response, request string) {
		q := Query{provider, host, response, request}
		got := *first(b.Resolve(&q))
		again := *first(b.Resolve(&q))
		if got != again || got != b.resolve(&q) {
			t.Fatalf("%+v means %+v, then %+v", q, got, again)
		}
		if (got.Model == nil) != (got.Reasons.Status().String() == "unpriced") {
			t.Fatalf("%+v: %v", q, got.Reasons)
		}
		if got.Model == nil {
			return
		}
		if got.Model.Provider != got.Provider {
			t.Fatalf("%+v: the model is another provider's", q)
		}
		declared := append([]string{modelKey(got.Model.ID)}, got.Model.Aliases...)
		for _, name := range []string{response, request} {
			for _, d := range declared {
				if strings.Contains(modelKey(name), strings.TrimPrefix(d, "ft:")) {
					return
				}
			}
		}
		t.Fatalf("%+v means %s, of which neither name has anything", q, got.Model.ID)
	})
}

func first(r *Resolution, _ bool) *Resolution { return r }
