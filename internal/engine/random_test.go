package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// This file makes random books and writes them as price files.

// loadBook loads the text of a price file without its schema line.
func loadBook(text string) (*pricebook.Book, error) {
	return pricebook.Load(pricebook.Layer{{Name: "book.yaml", Data: []byte("schema: tokencost.pricebook/v1\n" + text)}})
}

func mustLoad(t testing.TB, text string) *pricebook.Book {
	t.Helper()
	b, err := loadBook(text)
	require.NoError(t, err)
	return b
}

var (
	meterPool = []string{
		"cache_read", "cache_write", "cache_write.5m", "cache_write.1h", "tool_prompt", "reasoning", "citation", "input.audio", "input.image",
		"input.text", "cache_read.audio", "cache_write.image", "cache_write.1h.audio", "output.audio", "output.text", "reasoning.audio",
	}
	feePool = []string{"request", "web_search", "image", "page"}
	selPool = []string{"tokens", "input", "cache", "output", "fees"}
	zones   = []string{"UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Beirut"}
	holiday = []string{"2026-01-01", "2026-05-01", "2026-10-01", "2026-10-02"}
)

type random struct{ *rand.Rand }

func (r random) chance(percent int) bool { return r.IntN(100) < percent }

func pick[T any](r random, from []T) T { return from[r.IntN(len(from))] }

func some[T any](r random, from []T, percent int) (out []T) {
	for _, v := range from {
		if r.chance(percent) {
			out = append(out, v)
		}
	}
	return out
}

// decimal is a price or factor: round ones, long ones, zero, and such as make denominators large.
func (r random) decimal() string {
	switch r.IntN(10) {
	case 0:
		return "0"
	case 1:
		return fmt.Sprintf("%d.%018d", r.IntN(20), r.Int64N(1_000_000_000_000_000_000))
	case 2:
		return "0.333333333333"
	case 3, 4, 5:
		return fmt.Sprint(1 + r.IntN(60))
	}
	return fmt.Sprintf("%d.%0*d", r.IntN(20), 1+r.IntN(6), r.IntN(10))
}

func (r random) numbers(names []string) (out numbers) {
	for _, n := range names {
		out = append(out, struct{ name, value string }{n, r.decimal()})
	}
	return out
}

// effect changes some of what the book has a base price for.
func (r random) effect(b *bookSpec) (e effectSpec) {
	if r.chance(70) {
		e.times = r.numbers(append(some(r, selPool, 30), some(r, slices.Concat(meterPool, b.fees.names()), 8)...))
	}
	if r.chance(40) {
		e.set = r.numbers(r.settable(b, 20))
	}
	return e
}

// settable picks meters and fees that have a base price.
func (r random) settable(b *bookSpec, percent int) (out []string) {
	for _, name := range some(r, slices.Concat([]string{"input", "output"}, meterPool), percent) {
		m, _ := parseMeter(name)
		if _, ok := nearest(b.rates.names(), m); ok {
			out = append(out, name)
		}
	}
	return append(out, some(r, b.fees.names(), percent)...)
}

func (r random) book() *bookSpec {
	b := &bookSpec{}
	names := []string{}
	for _, root := range []string{"input", "output"} {
		if r.chance(95) {
			names = append(names, root)
		}
	}
	for _, name := range some(r, meterPool, 25) {
		m, _ := parseMeter(name)
		if m.class == "" || slices.Contains(names, m.dir+"put") {
			names = append(names, name)
		}
	}
	b.rates = r.numbers(names)
	b.fees = r.numbers(some(r, feePool, 30))
	if r.chance(50) {
		for i := range 1 + r.IntN(3) {
			c := contextSpec{name: fmt.Sprint("tier", i), effectSpec: r.effect(b)}
			c.input, c.output = int64(1+r.IntN(60)), int64(r.IntN(2)*(1+r.IntN(60)))
			if r.chance(20) {
				c.input, c.output = 0, int64(1+r.IntN(60))
			}
			b.context = append(b.context, c)
		}
	}
	value := func(key string) valueSpec {
		v := valueSpec{key: key, names: some(r, []string{key + "-a", key + "-b"}, 50), effectSpec: r.effect(b)}
		if r.chance(20) {
			v.from = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		}
		if r.chance(20) {
			v.until = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
		}
		return v
	}
	for _, key := range some(r, []string{"batch", "flex", "priority", "default"}, 35) {
		b.mode = append(b.mode, value(key))
	}
	for _, key := range some(r, []string{"eu", "us", "*", "?", "global"}, 25) {
		b.geo = append(b.geo, value(key))
	}
	if r.chance(30) {
		b.schedule = r.windows(b)
	}
	for range r.IntN(4) {
		if o := r.override(b); len(o.when) > 0 && len(o.set) > 0 {
			b.overrides = append(b.overrides, o)
		}
	}
	if r.chance(30) {
		e := r.effect(b)
		if len(e.times)+len(e.set) > 0 {
			b.contract = &e
		}
	}
	if r.chance(30) {
		b.perUSD = pick(r, []string{"7.25", "3", "0.007", "1", "151.37"})
	}
	return b
}

// windows are up to two that never hold at once.
func (r random) windows(b *bookSpec) (out []windowSpec) {
	cuts := []int{r.IntN(1440), r.IntN(1440), r.IntN(1440), r.IntN(1440)}
	slices.Sort(cuts)
	if cuts = slices.Compact(cuts); len(cuts) < 4 {
		return nil
	}
	zone := pick(r, zones)
	spans := [][2]int{{cuts[0], cuts[1]}, {cuts[2], cuts[3]}, {cuts[3], cuts[0]}}
	for i, span := range [][2]int{spans[0], spans[1+r.IntN(2)]} {
		w := windowSpec{name: fmt.Sprint("window", i), tz: zone, from: span[0], to: span[1], effectSpec: r.effect(b)}
		for d := range time.Weekday(7) {
			if r.chance(70) {
				w.days = append(w.days, d)
			}
		}
		if len(w.days) == 0 {
			w.days = []time.Weekday{time.Monday}
		}
		if r.chance(30) {
			w.holidays = holiday
		}
		out = append(out, w)
	}
	return out[:1+r.IntN(2)]
}

func (r random) override(b *bookSpec) overrideSpec {
	o := overrideSpec{when: map[string]string{}, set: r.numbers(r.settable(b, 12))}
	if len(b.mode) > 0 && r.chance(50) {
		o.when["mode"] = pick(r, b.mode).key
	}
	if len(b.geo) > 0 && r.chance(50) {
		o.when["geo"] = pick(r, b.geo).key
	}
	if len(b.context) > 0 && r.chance(30) {
		o.when["context"] = pick(r, b.context).name
	}
	if len(b.schedule) > 0 && r.chance(30) {
		o.when["schedule"] = pick(r, b.schedule).name
	}
	return o
}

func (n numbers) yaml() string {
	var out []string
	for _, e := range n {
		out = append(out, e.name+": "+e.value)
	}
	return "{" + strings.Join(out, ", ") + "}"
}

func (e effectSpec) yaml() string {
	out := ""
	if len(e.times) > 0 {
		out += ", times: " + e.times.yaml()
	}
	if len(e.set) > 0 {
		out += ", set: " + e.set.yaml()
	}
	return out
}

func list[T any](of []T, write func(T) string) string {
	var out []string
	for _, v := range of {
		out = append(out, write(v))
	}
	return strings.Join(out, ", ")
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }

func (v valueSpec) yaml() string {
	out := quoted(v.key) + ": {names: [" + list(v.names, quoted) + "]"
	if !v.from.IsZero() {
		out += ", from: " + v.from.Format(time.RFC3339)
	}
	if !v.until.IsZero() {
		out += ", until: " + v.until.Format(time.RFC3339)
	}
	return out + v.effectSpec.yaml() + "}"
}

func (c contextSpec) yaml() string {
	out := "{name: " + c.name
	if c.input > 0 {
		out += fmt.Sprintf(", input: {at_least: %d}", c.input)
	}
	if c.output > 0 {
		out += fmt.Sprintf(", output: {over: %d}", c.output-1)
		if c.output == 1 {
			out = strings.Replace(out, "{over: 0}", "{at_least: 1}", 1)
		}
	}
	return out + c.effectSpec.yaml() + "}"
}

func (w windowSpec) yaml() string {
	out := fmt.Sprintf(`{name: %s, tz: %s, hours: ["%02d:%02d-%02d:%02d"]`, w.name, w.tz, w.from/60, w.from%60, w.to/60, w.to%60)
	out += `, days: "` + strings.ReplaceAll(list(w.days, func(d time.Weekday) string { return strings.ToLower(d.String()[:3]) }), " ", "") + `"`
	if len(w.holidays) > 0 {
		out += ", except: holidays"
	}
	return out + w.effectSpec.yaml() + "}"
}

func (o overrideSpec) yaml() string {
	var when []string
	for axis, value := range o.when {
		when = append(when, axis+": "+quoted(value))
	}
	return "{when: {" + strings.Join(when, ", ") + "}, set: " + o.set.yaml() + "}"
}

func (b *bookSpec) yaml() string {
	currency := "USD"
	out := "calendars: {holidays: {2026: [" + strings.Join(holiday, ", ") + "]}}\n"
	if b.perUSD != "" {
		currency = "CNY"
		out += "fx: {CNY: [{per_usd: " + b.perUSD + "}]}\n"
	}
	if b.contract != nil {
		out += "contracts: [{name: c, provider: p" + b.contract.yaml() + "}]\n"
	}
	out += "providers: {p: {currency: " + currency + ", models: {m: {prices: [{rates: " + b.rates.yaml() + ", fees: " + b.fees.yaml()
	return out + ", adjust: {context: [" + list(b.context, contextSpec.yaml) + "], mode: {" + list(b.mode, valueSpec.yaml) + "}, geo: {" + list(b.geo, valueSpec.yaml) +
		"}, schedule: [" + list(b.schedule, windowSpec.yaml) + "], overrides: [" + list(b.overrides, overrideSpec.yaml) + "]}}]}}}}\n"
}

// loaded returns a random book that loads, and how often one did not: what is
// made at random can tie, overlap or price nothing.
func (r random) loaded() (spec *bookSpec, book *pricebook.Book, refused int) {
	for ; ; refused++ {
		spec = r.book()
		book, err := loadBook(spec.yaml())
		if err == nil {
			return spec, book, refused
		}
		if strings.Contains(err.Error(), "YAML") || strings.Contains(err.Error(), "not a known key") {
			panic(err)
		}
	}
}
