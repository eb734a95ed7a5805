// Package importer turns price tables that others publish into price books. It
// takes what a table says at its word, and counts what the book cannot say or
// the table leaves unclear. Whether a table is right is not its business.
package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
)

// Known names the providers that other books know: it returns the id that a name
// means, and whether there is one.
type Known func(name string) (id string, ok bool)

// Options say what to import.
type Options struct {
	Known    Known
	Provider string // only this provider, by its id here or its name there; empty for all
}

// formats are the tables that can be read, by the name of who publishes them.
var formats = map[string]func(data []byte, t *table) error{
	"litellm":      readLiteLLM,
	"genai-prices": readGenaiPrices,
	"models.dev":   readModelsDev,
}

// Formats lists the names that Import accepts.
func Formats() []string { return []string{"litellm", "genai-prices", "models.dev"} }

// Result is the outcome of an import.
type Result struct {
	Book   []byte // a price book in YAML
	Models int
	Losses []Loss // what is not in the book, the most frequent first
}

// Import reads a table.
func Import(format string, data []byte, o Options) (*Result, error) {
	read := formats[format]
	if read == nil {
		return nil, fmt.Errorf("format %q is not known; use %s", format, strings.Join(Formats(), ", "))
	}
	if o.Known == nil {
		o.Known = func(string) (string, bool) { return "", false }
	}
	t := &table{options: o, source: format, providers: map[string]*book.Provider{}, losses: losses{}}
	if err := read(data, t); err != nil {
		return nil, fmt.Errorf("is not the table of %s: %w", format, err)
	}
	if len(t.providers) == 0 {
		return nil, fmt.Errorf("holds no price%s", t.filter())
	}
	return t.result(), nil
}

// table is an import in progress.
type table struct {
	options   Options
	source    string
	providers map[string]*book.Provider
	losses    losses
	claimed   map[string]string // names of models, "provider\x00name" in lower case, to their ids
}

func (t *table) filter() string {
	if t.options.Provider == "" {
		return ""
	}
	return fmt.Sprintf(" of provider %q", t.options.Provider)
}

// id returns the id under which a provider of the table stands in the book.
func (t *table) id(names ...string) string {
	for _, n := range names {
		if id, ok := t.options.Known(n); ok {
			return id
		}
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(names[0]))
}

// The lengths of the longest provider ids and names of models that are taken.
const (
	maxProviderID = 64
	maxName       = 200
)

// isName tells whether a book can hold the text as a name.
func isName(s string) bool {
	return s != "" && len(s) <= maxName && utf8.ValidString(s) && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// wanted tells whether the provider is to be imported.
func (t *table) wanted(id, name string) bool {
	o := t.options.Provider
	if o == "" || strings.EqualFold(o, id) || strings.EqualFold(o, name) {
		return true
	}
	known, ok := t.options.Known(o)
	return ok && known == id
}

// add puts a model into the book. Names that another model has are left out.
func (t *table) add(id, name, model string, aliases []string, prices []book.Price) {
	where := id + "/" + model
	switch {
	case len(prices) == 0:
		return
	case !isName(model) || strings.Contains(model, " ") || id == "" || len(id) > maxProviderID:
		t.losses.add("models whose name is no id", where)
		return
	case !t.claim(id, model, model):
		if p := t.providers[id]; p.Models[model] == nil || !reflect.DeepEqual(p.Models[model].Prices, prices) {
			t.losses.add("models that the table states twice in different ways; the first was taken", where)
		}
		return
	}
	m := &book.Model{ID: model, Prices: prices}
	for _, a := range aliases {
		switch {
		case strings.EqualFold(a, model):
		case !isName(a):
			t.losses.add("aliases that are no names", where)
		case !t.claim(id, a, model):
			t.losses.add("aliases that another model has", where+" "+a)
		default:
			m.Aliases = append(m.Aliases, a)
		}
	}
	slices.Sort(m.Aliases)
	p := t.providers[id]
	if p == nil {
		p = &book.Provider{ID: id, Models: map[string]*book.Model{}}
		t.providers[id] = p
	}
	if _, known := t.options.Known(name); !known && isName(name) && !strings.EqualFold(name, id) && !slices.Contains(p.Names, name) {
		p.Names = append(p.Names, name)
	}
	p.Models[model] = m
}

func (t *table) claim(provider, name, model string) bool {
	key := provider + "\x00" + strings.ToLower(strings.TrimSpace(name))
	if owner, taken := t.claimed[key]; taken {
		return owner == model && name != model
	}
	if t.claimed == nil {
		t.claimed = map[string]string{}
	}
	t.claimed[key] = model
	return true
}

func (t *table) result() *Result {
	r := &Result{Losses: t.losses.sorted()}
	ids := make([]string, 0, len(t.providers))
	for id, p := range t.providers {
		ids = append(ids, id)
		r.Models += len(p.Models)
	}
	slices.Sort(ids)
	var out bytes.Buffer
	for i, id := range ids {
		p := t.providers[id]
		slices.Sort(p.Names)
		text := p.Render("")
		if i > 0 { // one head for all providers
			_, text, _ = bytes.Cut(text, []byte("\nproviders:\n"))
		}
		out.Write(text)
	}
	r.Book = out.Bytes()
	return r
}

// decode reads JSON, keeping numbers as the text they were written in.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	err := d.Decode(into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("it is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it is cut off")
	case errors.As(err, &syntax):
		return fmt.Errorf("it is no JSON from byte %d on", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Errorf("a value that ends with byte %d is not of the kind that stands there", kind.Offset)
	}
	return err
}

func literal(v any) string {
	switch n := v.(type) {
	case json.Number:
		return n.String()
	case string:
		return n
	}
	return ""
}
