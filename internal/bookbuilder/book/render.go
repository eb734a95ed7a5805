package book

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Render writes the file of a provider. The output is the same for the same
// book, whatever order it was built in.
func (p *Provider) Render(head string) []byte {
	w := &writer{}
	for line := range strings.Lines(head) {
		w.raw(strings.TrimRight("# "+line, "\n ") + "\n")
	}
	w.raw("schema: tokencost.pricebook/v1\n")
	if p.ConfirmedFrom != "" {
		w.raw("confirmed_from: " + p.ConfirmedFrom + "T00:00:00Z\n")
	}
	w.raw("providers:\n")
	w.line(1, p.ID+":")
	w.list(2, "names", p.Names)
	w.list(2, "hosts", p.Hosts)
	if len(p.HostGeo) > 0 {
		w.line(2, "host_geo: "+flow(p.HostGeo, func(s string) string { return scalar(s) }))
	}
	w.field(2, "grammar", p.Grammar)
	w.field(2, "currency", p.Currency)
	if p.Infer {
		w.line(2, "infer: true")
	}
	w.numbers(2, "fees", p.Fees)
	w.adjust(2, p.Adjust)
	w.line(2, "models:")
	for _, m := range p.Sorted() {
		w.model(m)
	}
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

func (w *writer) raw(s string) { w.WriteString(s) }

func (w *writer) line(depth int, s string) {
	w.WriteString(strings.Repeat("  ", depth))
	w.WriteString(s)
	w.WriteByte('\n')
}

func (w *writer) field(depth int, key, value string) {
	if value != "" {
		w.line(depth, key+": "+scalar(value))
	}
}

func (w *writer) list(depth int, key string, values []string) {
	if len(values) > 0 {
		w.line(depth, key+": "+flowList(values))
	}
}

func (w *writer) numbers(depth int, key string, n Numbers) {
	if len(n) > 0 {
		w.line(depth, key+": "+n.flow())
	}
}

func (w *writer) model(m *Model) {
	w.line(3, scalar(m.ID)+":")
	w.list(4, "aliases", m.Aliases)
	if m.Dated {
		w.line(4, "dated: true")
	}
	w.field(4, "base", m.Base)
	w.numbers(4, "rates", m.Rates)
	if w.numbers(4, "fees", m.Fees); m.Fees != nil && len(m.Fees) == 0 {
		w.line(4, "fees: {}")
	}
	w.adjust(4, m.Adjust)
	if len(m.Prices) == 0 {
		return
	}
	w.line(4, "prices:")
	for _, p := range m.Prices {
		w.price(p)
	}
}

func (w *writer) price(p Price) {
	start := w.Len()
	w.field(6, "from", p.From)
	w.field(6, "until", p.Until)
	w.line(6, "source: "+p.Source.flow())
	if p.Unconfirmed {
		w.line(6, "unconfirmed: true")
	}
	w.numbers(6, "rates", p.Rates)
	w.numbers(6, "fees", p.Fees)
	w.adjust(6, p.Adjust)
	// The first key of a list item stands behind the dash.
	copy(w.Bytes()[start+10:], "- ")
}

func (s Source) flow() string {
	parts := []string{}
	for _, f := range [][2]string{{"url", s.URL}, {"checked", s.Checked}, {"note", s.Note}} {
		if f[1] != "" {
			parts = append(parts, f[0]+": "+scalar(f[1]))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (w *writer) adjust(depth int, a Adjust) {
	if a.Empty() {
		return
	}
	w.line(depth, "adjust:")
	if len(a.Context) > 0 {
		w.line(depth+1, "context:")
		for _, r := range a.Context {
			w.line(depth+2, "- "+r.flow())
		}
	}
	w.choices(depth+1, "mode", a.Mode)
	w.choices(depth+1, "geo", a.Geo)
	if len(a.Schedule) > 0 {
		w.line(depth+1, "schedule:")
		for _, r := range a.Schedule {
			w.line(depth+2, "- "+r.flow())
		}
	}
	if len(a.Overrides) > 0 {
		w.line(depth+1, "overrides:")
		for _, r := range a.Overrides {
			w.line(depth+2, "- {when: "+flow(r.When, scalar)+", set: "+r.Set.flow()+"}")
		}
	}
}

func (w *writer) choices(depth int, axis string, c Choices) {
	if len(c) == 0 {
		return
	}
	w.line(depth, axis+":")
	for _, key := range slices.Sorted(maps.Keys(c)) {
		rules := c[key]
		if len(rules) == 1 {
			w.line(depth+1, scalar(key)+": "+rules[0].flow())
			continue
		}
		w.line(depth+1, scalar(key)+":")
		for _, r := range rules {
			w.line(depth+2, "- "+r.flow())
		}
	}
}

func (r Rule) flow() string {
	var f fields
	f.list("names", r.Names)
	f.text("from", r.From)
	f.text("until", r.Until)
	f.numbers("times", r.Times)
	f.numbers("set", r.Set)
	return f.String()
}

func (r ContextRule) flow() string {
	var f fields
	f.text("name", r.Name)
	f.bound("input", r.Input)
	f.bound("output", r.Output)
	if r.Contested {
		f = append(f, "contested: true")
	}
	f.numbers("times", r.Times)
	f.numbers("set", r.Set)
	return f.String()
}

func (r Window) flow() string {
	var f fields
	f.text("name", r.Name)
	f.text("from", r.From)
	f.text("until", r.Until)
	f.text("tz", r.TZ)
	f.text("days", r.Days)
	f.list("hours", r.Hours)
	f.text("except", r.Except)
	f.numbers("times", r.Times)
	f.numbers("set", r.Set)
	return f.String()
}

// fields are the parts of a mapping in flow style.
type fields []string

func (f fields) String() string { return "{" + strings.Join(f, ", ") + "}" }

func (f *fields) text(key, v string) {
	if v != "" {
		*f = append(*f, key+": "+scalar(v))
	}
}

func (f *fields) list(key string, v []string) {
	if len(v) > 0 {
		*f = append(*f, key+": "+flowList(v))
	}
}

func (f *fields) numbers(key string, n Numbers) {
	if len(n) > 0 {
		*f = append(*f, key+": "+n.flow())
	}
}

func (f *fields) bound(key string, b Bound) {
	switch {
	case b.Over != 0:
		*f = append(*f, fmt.Sprintf("%s: {over: %d}", key, b.Over))
	case b.AtLeast != 0:
		*f = append(*f, fmt.Sprintf("%s: {at_least: %d}", key, b.AtLeast))
	}
}

// order is that in which people read prices; everything else follows by name.
var order = []string{"tokens", "input", "cache", "cache_read", "cache_write", "cache_write.5m", "cache_write.30m", "cache_write.1h", "cache_write.12h", "output"}

// String lists the numbers as YAML does; nothing is the empty string.
func (n Numbers) String() string {
	if len(n) == 0 {
		return ""
	}
	return n.flow()
}

func (n Numbers) flow() string {
	var parts []string
	names := slices.Sorted(maps.Keys(n))
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	for _, k := range names {
		parts = append(parts, k+": "+string(n[k]))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func rank(name string) int {
	if i := slices.Index(order, name); i >= 0 {
		return i
	}
	return len(order)
}

func flow[V any](m map[string]V, value func(V) string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, scalar(k)+": "+value(m[k]))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func flowList(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = scalar(v)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// scalar quotes a string where YAML would read it as something else.
func scalar(s string) string {
	plain := s != "" && !strings.ContainsAny(s, "\"'\\{}[],&*#?|<>=!%@`:") && !strings.HasPrefix(s, "-") && !strings.HasPrefix(s, "~") && strings.TrimSpace(s) == s
	if _, err := strconv.ParseFloat(s, 64); err == nil || slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off"}, strings.ToLower(s)) {
		plain = false
	}
	if len(s) == len("2026-11-23") && s[4] == '-' && s[7] == '-' && !strings.ContainsFunc(s, func(r rune) bool { return r != '-' && (r < '0' || r > '9') }) {
		return s // a day, which YAML and we read alike
	}
	if plain || instant(s) {
		return s
	}
	return strconv.Quote(s)
}

// instant tells whether s is spelt like 2026-08-16T16:00:00Z, which needs no quotes.
func instant(s string) bool {
	return len(s) == len("2026-08-16T16:00:00Z") && s[10] == 'T' && strings.HasSuffix(s, "Z")
}
