package engine_test

import (
	"math/big"
	"slices"
	"strings"
	"time"
)

// This file is a second implementation of the arithmetic, written from
// docs/price-book.md and for nothing but being obviously right: names are
// strings, numbers are rationals, nothing is compiled or cached.

// mt is a token meter by its statements; empty ones are not made.
type mt struct{ dir, class, ttl, mod string }

var classDir = map[string]string{"cache_read": "in", "cache_write": "in", "tool_prompt": "in", "reasoning": "out", "citation": "out"}

func parseMeter(name string) (m mt, ok bool) {
	words := strings.Split(name, ".")
	switch {
	case words[0] == "input":
		m.dir = "in"
	case words[0] == "output":
		m.dir = "out"
	case classDir[words[0]] != "":
		m.dir, m.class = classDir[words[0]], words[0]
	default:
		return m, false
	}
	for _, w := range words[1:] {
		if strings.ContainsAny(w, "0123456789") {
			m.ttl = w
		} else {
			m.mod = w
		}
	}
	return m, true
}

func (m mt) name() string {
	words := []string{m.class}
	if m.class == "" {
		words[0] = m.dir + "put"
	}
	for _, w := range []string{m.ttl, m.mod} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, ".")
}

func (m mt) contains(n mt) bool {
	return m.dir == n.dir && (m.class == "" || m.class == n.class) && (m.ttl == "" || m.ttl == n.ttl) && (m.mod == "" || m.mod == n.mod)
}

// narrow compares two meters that contain the same tokens: more statements are
// narrower, and of as many the class counts before the retention before the modality.
func (m mt) narrow() int {
	n := 0
	for _, s := range []string{m.class, m.ttl, m.mod} {
		if s != "" {
			n += 100
		}
	}
	if m.class != "" {
		n += 9
	}
	if m.ttl != "" {
		n += 5
	}
	if m.mod != "" {
		n++
	}
	return n
}

// nearest returns the narrowest of the named meters that contains m.
func nearest(names []string, m mt) (best mt, ok bool) {
	for _, name := range names {
		if n, is := parseMeter(name); is && n.contains(m) && (!ok || n.narrow() > best.narrow()) {
			best, ok = n, true
		}
	}
	return best, ok
}

// numbers is a mapping of a price book, in order.
type numbers []struct{ name, value string }

func (n numbers) names() (out []string) {
	for _, e := range n {
		out = append(out, e.name)
	}
	return out
}

func (n numbers) get(name string) *big.Rat {
	for _, e := range n {
		if e.name == name {
			r, _ := new(big.Rat).SetString(e.value)
			return r
		}
	}
	return nil
}

type effectSpec struct{ times, set numbers }

type contextSpec struct {
	name          string
	input, output int64 // at least so many; 0 for no condition
	effectSpec
}

type valueSpec struct {
	key         string
	names       []string
	from, until time.Time // zero where open
	effectSpec
}

type windowSpec struct {
	name, tz string
	days     []time.Weekday
	from, to int // minutes
	holidays []string
	effectSpec
}

type overrideSpec struct {
	when map[string]string
	set  numbers
}

type bookSpec struct {
	rates, fees numbers
	context     []contextSpec
	mode, geo   []valueSpec
	schedule    []windowSpec
	overrides   []overrideSpec
	contract    *effectSpec
	perUSD      string // empty for prices in USD
}

// situation is what a call says besides its usage.
type situation struct {
	mode, geo     string
	at            time.Time
	input, output int64
}

// rule is a rule that holds, with the value that overrides know it by.
type rule struct {
	axis, value string
	effectSpec
}

// holding lists the rules that hold, axis by axis.
func (b *bookSpec) holding(s situation) (out []rule) {
	best := -1
	for i, c := range b.context {
		if (c.input > 0 && s.input < c.input) || (c.output > 0 && s.output < c.output) {
			continue
		}
		if best < 0 || c.input > b.context[best].input || c.input == b.context[best].input && c.output > b.context[best].output {
			best = i
		}
	}
	if best >= 0 {
		out = append(out, rule{"context", b.context[best].name, b.context[best].effectSpec})
	}
	value := func(axis, told string, specs []valueSpec, fallback string) {
		named := func(v valueSpec, told string) bool { return v.key == told || slices.Contains(v.names, told) }
		use := func(told string) {
			for _, v := range specs {
				if named(v, told) && !s.at.Before(v.from) && (v.until.IsZero() || s.at.Before(v.until)) {
					out = append(out, rule{axis, v.key, v.effectSpec})
					return
				}
			}
		}
		known := slices.ContainsFunc(specs, func(v valueSpec) bool { return named(v, told) })
		if known || told == "global" {
			use(told)
		} else if fallback != "" {
			use(fallback)
		}
	}
	if s.mode != "" {
		value("mode", s.mode, b.mode, "")
	}
	if s.geo == "" {
		value("geo", "?", b.geo, "")
	} else {
		value("geo", s.geo, b.geo, "*")
	}
	for _, w := range b.schedule {
		if w.holds(s.at) {
			out = append(out, rule{"schedule", w.name, w.effectSpec})
			break
		}
	}
	return out
}

// holds looks at the day of the instant and at the day before, whose window may run past midnight.
func (w *windowSpec) holds(at time.Time) bool {
	zone, err := time.LoadLocation(w.tz)
	if err != nil {
		panic(err)
	}
	local := at.In(zone)
	minute := local.Hour()*60 + local.Minute()
	for back, m := range []int{minute, minute + 24*60} {
		day := time.Date(local.Year(), local.Month(), local.Day()-back, 12, 0, 0, 0, time.UTC)
		to := w.to
		if to < w.from {
			to += 24 * 60
		}
		if m >= w.from && m < to && slices.Contains(w.days, day.Weekday()) && !slices.Contains(w.holidays, day.Format(time.DateOnly)) {
			return true
		}
	}
	return false
}

// factorFor is the factor of the narrowest selector that matches, or nil.
func factorFor(times numbers, m mt) *big.Rat {
	cached := m.class == "cache_read" || m.class == "cache_write"
	best, value := -1, (*big.Rat)(nil)
	for _, t := range times {
		n := -1
		switch t.name {
		case "tokens":
			n = 0
		case "input":
			if m.dir == "in" && !cached {
				n = 1
			}
		case "cache":
			if cached {
				n = 1
			}
		case "output":
			if m.dir == "out" {
				n = 1
			}
		default:
			if s, ok := parseMeter(t.name); ok && s.contains(m) {
				n = 2 + s.narrow()
			}
		}
		if n > best {
			best, value = n, times.get(t.name)
		}
	}
	return value
}

// factorForFee is the factor for a fee, or nil.
func factorForFee(times numbers, fee string) *big.Rat {
	if by := times.get(fee); by != nil {
		return by
	}
	return times.get("fees")
}

// setFor is the price that is set for a meter, or for one between it and the
// meter whose base price it has.
func setFor(set numbers, m, from mt) (*big.Rat, int) {
	var between []string
	for _, name := range set.names() {
		if n, ok := parseMeter(name); ok && from.contains(n) {
			between = append(between, name)
		}
	}
	n, ok := nearest(between, m)
	if !ok {
		return nil, 0
	}
	for _, name := range between { // spelt as in the book
		if o, _ := parseMeter(name); o == n {
			return set.get(name), n.narrow()
		}
	}
	return nil, 0
}

// rate is the price of a million tokens of a meter, or nil if there is none.
func (b *bookSpec) rate(m mt, s situation, withContract bool) *big.Rat {
	from, ok := nearest(b.rates.names(), m)
	if !ok {
		return nil
	}
	return b.derive(b.rates.get(from.name()), from.narrow(), s, withContract,
		func(e effectSpec) (*big.Rat, int) { return setFor(e.set, m, from) },
		func(e effectSpec) *big.Rat { return factorFor(e.times, m) })
}

// fee is the price of an item, or nil if there is none.
func (b *bookSpec) fee(name string, s situation, withContract bool) *big.Rat {
	base := b.fees.get(name)
	if base == nil {
		return nil
	}
	return b.derive(base, 0, s, withContract,
		func(e effectSpec) (*big.Rat, int) { return e.set.get(name), 0 },
		func(e effectSpec) *big.Rat { return factorForFee(e.times, name) })
}

func (b *bookSpec) derive(price *big.Rat, narrow int, s situation, withContract bool, set func(effectSpec) (*big.Rat, int), times func(effectSpec) *big.Rat) *big.Rat {
	rules := b.holding(s)
	isSet := make([]bool, len(rules))
	for i, r := range rules {
		if v, n := set(r.effectSpec); v != nil && n >= narrow {
			price, narrow, isSet[i] = v, n, true
		}
	}
	for i, r := range rules {
		if by := times(r.effectSpec); by != nil && !isSet[i] {
			price = new(big.Rat).Mul(price, by)
		}
	}
	most, final, finalNarrow := 0, price, narrow
	for _, o := range b.overrides {
		matches := true
		for axis, value := range o.when {
			matches = matches && slices.ContainsFunc(rules, func(r rule) bool { return r.axis == axis && r.value == value })
		}
		if v, n := set(effectSpec{set: o.set}); matches && v != nil && n >= narrow && len(o.when) > most {
			final, finalNarrow, most = v, n, len(o.when)
		}
	}
	price, narrow = final, finalNarrow
	if b.contract != nil && withContract {
		if v, n := set(*b.contract); v != nil && n >= narrow {
			price = v
		} else if by := times(*b.contract); by != nil {
			price = new(big.Rat).Mul(price, by)
		}
	}
	if b.perUSD != "" {
		perUSD, _ := new(big.Rat).SetString(b.perUSD)
		price = new(big.Rat).Quo(price, perUSD)
	}
	return price
}

// billing lists the meters that have a price apart: a base rate, or one that a
// rule or contract sets or scales alone.
func (b *bookSpec) billing() (out []string) {
	add := func(n numbers) {
		for _, name := range n.names() {
			m, ok := parseMeter(name)
			if _, priced := nearest(b.rates.names(), m); ok && priced && (m.class+m.mod != "" || b.rates.get(name) != nil) {
				out = append(out, name)
			}
		}
	}
	add(b.rates)
	effects := []effectSpec{}
	for _, r := range b.context {
		effects = append(effects, r.effectSpec)
	}
	for _, r := range slices.Concat(b.mode, b.geo) {
		effects = append(effects, r.effectSpec)
	}
	for _, r := range b.schedule {
		effects = append(effects, r.effectSpec)
	}
	for _, o := range b.overrides {
		effects = append(effects, effectSpec{set: o.set})
	}
	if b.contract != nil {
		effects = append(effects, *b.contract)
	}
	for _, e := range effects {
		add(e.set)
		add(e.times)
	}
	return out
}

// quanta rounds an amount to 1e-12 currency units, half to even.
func quanta(r *big.Rat) *big.Int {
	scaled := new(big.Rat).Mul(r, big.NewRat(1_000_000_000_000, 1))
	floor := new(big.Int).Div(scaled.Num(), scaled.Denom())
	rest := new(big.Rat).Sub(scaled, new(big.Rat).SetInt(floor))
	up := rest.Cmp(big.NewRat(1, 2))
	if up > 0 || up == 0 && floor.Bit(0) == 1 {
		floor.Add(floor, big.NewInt(1))
	}
	return floor
}
