package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/history"
)

// found is what was seen of calls while a day was read.
type found struct {
	versions, calls int64
	unknown         bool // a context was missing
	differences     []Difference
}

// accept counts what was seen of a day whose sums did not change meanwhile.
func (a *audit) accept(f *found) {
	a.Versions += f.versions
	a.Calls += f.calls
	for _, d := range f.differences {
		a.differ(d)
	}
}

// recompute adds up the calls of a day from all their versions.
func (a *audit) recompute(span ledger.Span) (*kept, *found, error) {
	k, f := &kept{newSums(), newSums()}, new(found)
	call := versions{audit: a, kept: k, found: f}
	err := a.reader.Calls(a.ctx, span, true, func(r *ledger.Row) error {
		if r.Key != call.key || call.last == nil {
			call.end()
			call = versions{audit: a, kept: k, found: f, key: r.Key}
		}
		call.add(r)
		if f.versions++; f.versions%1024 == 0 {
			a.progress(a.Versions+f.versions, max(a.total, a.Versions+f.versions))
		}
		return nil
	})
	call.end()
	a.progress(a.Versions+f.versions, max(a.total, a.Versions+f.versions))
	return k, f, err
}

// versions follows one call through its versions.
type versions struct {
	*audit
	*kept
	*found
	key    ledger.Key
	placed []*ledger.Row // copies, of which the one counts that has to
	marked []int         // versions that are said to count
	last   *ledger.Row
}

// add counts a version as a store does when it comes. What it takes the place of
// is reversed in the billing period of its own, or that of the new version if
// that is later, because then its own was closed.
func (v *versions) add(r *ledger.Row) {
	v.check(r)
	if !r.Superseded {
		v.marked = append(v.marked, r.Version)
	}
	v.last = r
	placed := *r
	if old := history.Place(v.placed, &placed); old != nil {
		v.book(old, -1, max(old.Billing, r.Billing))
	}
	placed.Version = r.Version
	v.placed = append(v.placed, &placed)
	if !placed.Superseded {
		v.book(&placed, 1, r.Billing)
	}
}

func (v *versions) book(r *ledger.Row, sign, billing int64) {
	hour := v.hours.at(ledger.SumKey{Start: ledger.Hour(r.Start), Context: r.ContextID, Billing: billing})
	hour.count(r, sign)
	hour.countItems(r, sign)
	v.days.at(ledger.SumKey{Start: ledger.Day(r.Start), Context: r.ContextID, Billing: billing}).count(r, sign)
}

// check looks at a version by itself.
func (v *versions) check(r *ledger.Row) {
	differ := func(what, stored, recomputed string) {
		v.differences = append(v.differences, Difference{Where: callAt(r), Context: r.ContextID, What: what, Stored: stored, Recomputed: recomputed})
	}
	if want := ledger.Month(r.Start); r.Billing < want || r.Billing != ledger.Month(r.Billing*1e9) {
		differ("billing period", month(r.Billing), month(want))
	}
	c := v.contexts[r.ContextID]
	if c == nil {
		v.unknown = true
		differ("context", "missing", "")
		return
	}
	sealed := *r
	sealed.Context = c
	if sealed.Seal(); sealed.Fingerprint != r.Fingerprint {
		differ("fingerprint", number(r.Fingerprint), number(sealed.Fingerprint))
	}
}

// end checks which version counts, once all of them were seen.
func (v *versions) end() {
	if v.last == nil {
		return
	}
	v.calls++
	counts := v.placed[slices.IndexFunc(v.placed, func(r *ledger.Row) bool { return !r.Superseded })].Version
	if slices.Equal(v.marked, []int{counts}) {
		return
	}
	stored := "none"
	if len(v.marked) > 0 {
		stored = strings.Trim(fmt.Sprint(v.marked), "[]")
	}
	v.differences = append(v.differences, Difference{Where: callAt(v.last), Context: v.last.ContextID, What: "version that counts", Stored: stored, Recomputed: number(int64(counts))})
}
