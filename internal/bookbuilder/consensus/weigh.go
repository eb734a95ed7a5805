package consensus

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// voice is one statement of a base price.
type voice struct {
	entry *entry
	sheet *sheet
}

// weigher knows who else may speak for a provider.
type weigher struct {
	ownList   string            // the data set that is the provider's own list
	witnesses map[string]*entry // OpenRouter's entries about the owner's models
}

// weigh finds the prices that the entries agree on.
func (w weigher) weigh(id string, voters []*entry) *Finding {
	witness := w.witnesses[fold(id)]
	f := &Finding{ID: id, Modes: map[string]*Axis{}, Contexts: map[int]*Axis{}, Geos: map[string]*Axis{}}
	camps := map[string][]voice{} // who states a price, now or in a period
	now := map[string][]voice{}
	for _, e := range voters {
		for _, s := range e.periods {
			camps[Tuple(s.base())] = append(camps[Tuple(s.base())], voice{e, s})
		}
		now[Tuple(e.current().base())] = append(now[Tuple(e.current().base())], voice{e, e.current()})
	}
	if witness != nil {
		t := Tuple(witness.current().base())
		if len(camps[t]) > 0 {
			camps[t] = append(camps[t], voice{witness, witness.current()})
		}
	}
	winner := f.choose(now, camps)
	if h := historian(voters, winner); h != nil {
		for _, s := range h.periods {
			f.Periods = append(f.Periods, w.agree(s.from, camps[Tuple(s.base())]))
		}
	} else {
		p := w.agree("", camps[winner])
		p.Dissent = f.dissent(now, winner, p)
		p.Confirmed = p.Confirmed && len(p.Dissent) == 0
		f.Periods = []*Period{p}
	}
	if witness != nil && Tuple(witness.current().base()) == winner {
		voters = append(slices.Clone(voters), witness)
	}
	f.weighAxes(w.ownList, voters, winner)
	return f
}

// choose returns the tuple that most data sets state, the newest among equals.
func (f *Finding) choose(now, camps map[string][]voice) string {
	tuples := slices.Sorted(maps.Keys(now))
	newest := func(t string) string {
		return slices.MaxFunc(now[t], func(a, b voice) int { return cmp.Compare(a.entry.set.State, b.entry.set.State) }).entry.set.State
	}
	slices.SortStableFunc(tuples, func(a, b string) int {
		return cmp.Or(cmp.Compare(distinct(camps[b]), distinct(camps[a])), cmp.Compare(newest(b), newest(a)))
	})
	winner := tuples[0]
	if len(tuples) > 1 && distinct(camps[winner]) == 1 {
		var said []string
		for _, t := range tuples {
			said = append(said, now[t][0].entry.set.Name+" "+t)
		}
		f.Contradiction = strings.Join(said, ", ")
	}
	return winner
}

func distinct(voices []voice) int {
	names := map[string]bool{}
	for _, v := range voices {
		names[v.entry.set.Name] = true
	}
	return len(names)
}

// historian returns the data set that knows several periods of the winner.
func historian(voters []*entry, winner string) *entry {
	for _, e := range voters {
		if len(e.periods) > 1 && slices.ContainsFunc(e.periods, func(s *sheet) bool { return Tuple(s.base()) == winner }) {
			return e
		}
	}
	return nil
}

// dissent lists what data sets newer than all supporters say, or what as many
// others say: a price that may have changed is not confirmed.
func (f *Finding) dissent(now map[string][]voice, winner string, p *Period) []string {
	newest := ""
	for _, s := range p.Support {
		newest = max(newest, s.State)
	}
	var out []string
	for _, t := range slices.Sorted(maps.Keys(now)) {
		if t == winner {
			continue
		}
		for _, v := range now[t] {
			if v.entry.set.State > newest || distinct(now[t]) >= len(p.Support) {
				out = append(out, v.entry.set.Name+" "+t)
			}
		}
	}
	return out
}

// agree makes a period of the voices that state the same base price.
func (w weigher) agree(from string, voices []voice) *Period {
	p := &Period{From: from, Rates: book.Numbers{}, Offered: book.Numbers{}}
	meters := map[string]map[decimal.Decimal][]*evidence.Set{}
	for _, v := range voices {
		if !slices.Contains(p.Support, v.entry.set) {
			p.Support = append(p.Support, v.entry.set)
		}
		for m, d := range v.sheet.base() {
			if m == evidence.Times {
				continue
			}
			if meters[m] == nil {
				meters[m] = map[decimal.Decimal][]*evidence.Set{}
			}
			if !slices.Contains(meters[m][d], v.entry.set) {
				meters[m][d] = append(meters[m][d], v.entry.set)
			}
		}
	}
	for _, m := range slices.Sorted(maps.Keys(meters)) {
		_, err := meter.ParseFee(m)
		ownList := w.ownList
		if err == nil {
			ownList = "" // that a price list has a fee does not tell that the model incurs it
		}
		rate, lone := pick(meters[m], ownList)
		if err == nil && lone && (meters["input"] != nil || meters["output"] != nil) {
			p.Offered[m] = rate // a fee without a price shows as such on the calls that incur it
			continue
		}
		p.Rates[m] = rate
		if lone {
			p.Lone = append(p.Lone, m)
		}
	}
	p.simplify(meters)
	p.Confirmed = len(p.Support) >= 2
	return p
}

// simplify drops what says nothing: a part that costs what the whole does, and
// modalities about which the data sets contradict each other, so that their
// tokens have the price of the whole.
func (p *Period) simplify(meters map[string]map[decimal.Decimal][]*evidence.Set) {
	for _, m := range slices.Sorted(maps.Keys(p.Rates)) {
		whole, modality := whole(m)
		switch {
		case whole == "":
			continue
		case p.Rates[m] == p.Rates[whole] && !(whole == "cache_read" && p.Rates["input."+modality] != "" && p.Rates["input."+modality] != p.Rates["input"]):
		case modality != "" && slices.Contains(p.Lone, m) && len(meters[m]) > 1:
		case whole == "cache_read" && slices.Contains(p.Lone, m) && p.discounted(modality):
			p.Lone = slices.DeleteFunc(p.Lone, func(l string) bool { return l == m })
			continue
		default:
			continue
		}
		delete(p.Rates, m)
		p.Lone = slices.DeleteFunc(p.Lone, func(l string) bool { return l == m })
	}
}

// discounted tells whether cached tokens of a modality cost the part of its
// input that cached tokens cost of plain input: such a price is confirmed by the
// ratio, as factors are compared as factors.
func (p *Period) discounted(modality string) bool {
	if slices.Contains(p.Lone, "cache_read") || slices.Contains(p.Lone, "input."+modality) {
		return false
	}
	whole, _ := p.Rates["cache_read"].Over(p.Rates["input"])
	part, _ := p.Rates["cache_read."+modality].Over(p.Rates["input."+modality])
	return whole != "" && part.Near(whole, "0.05")
}

// whole returns the meter that a meter is a part of, and the modality if that
// is what sets it apart.
func whole(m string) (of, modality string) {
	if m == "reasoning" {
		return "output", ""
	}
	i := strings.LastIndexByte(m, '.')
	if i < 0 || !slices.Contains([]string{"text", "audio", "image", "video"}, m[i+1:]) {
		return "", ""
	}
	return m[:i], m[i+1:]
}

// pick returns the value that most data sets state, the newest among equals,
// and whether no other data set supports it. What the provider's own list states
// needs no support unless a newer data set says otherwise.
func pick(values map[decimal.Decimal][]*evidence.Set, ownList string) (best decimal.Decimal, lone bool) {
	state := func(d decimal.Decimal) string {
		newest := ""
		for _, s := range values[d] {
			newest = max(newest, s.State)
		}
		return newest
	}
	var all []decimal.Decimal
	for d := range values {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b decimal.Decimal) int {
		return cmp.Or(cmp.Compare(len(values[b]), len(values[a])), cmp.Compare(state(b), state(a)), cmp.Compare(a, b))
	})
	for _, d := range all {
		own := slices.IndexFunc(values[d], func(s *evidence.Set) bool { return s.Name == ownList })
		if own >= 0 && !slices.ContainsFunc(all, func(o decimal.Decimal) bool { return o != d && state(o) > values[d][own].State }) {
			return d, false
		}
	}
	best = all[0]
	return best, len(values[best]) < 2 || len(all) > 1 && len(values[all[1]]) == len(values[best])
}
