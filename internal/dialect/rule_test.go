package dialect

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// A range of versions is bounds that all hold.
func TestVersions(t *testing.T) {
	for _, c := range []struct {
		bounds, version string
		want            bool
	}{
		{"", "", true},
		{"", "nightly", true},
		{"<2.0.0", "1.9.9", true},
		{"<2.0.0", "2.0.0", false},
		{"<2.0.0", "2.0.0-beta.1", false},
		{"<2", "", false},
		{">=1.2 <2", "1.2", true},
		{">=1.2 <2", "1.10.0", true},
		{">=1.2 <2", "1.1.9", false},
		{"=1.2", "v1.2.0", true},
		{">1.2", "1.2.0", false},
		{">1.2", "1.2.0.1", true},
		{"<=0.27.0", "0.27.0", true},
		{"<2", "nightly", false},
		{"<2", "1.2.3.4.5", false},
	} {
		vs, err := parseVersions(c.bounds)
		if err != nil {
			t.Errorf("%q: %v", c.bounds, err)
		} else if got := vs.hold(c.version); got != c.want {
			t.Errorf("%q for %q: %v", c.bounds, c.version, got)
		}
	}
}

// Rules that say nothing are refused with what is wrong.
func TestRulesAreChecked(t *testing.T) {
	for want, r := range map[string]Rule{
		"scope is empty":       {Input: call.Exclusive},
		"neither input nor":    {Scope: "x"},
		`"2.0" does not begin`: {Scope: "x", Versions: "2.0", Input: call.Exclusive},
		`"two" is no version`:  {Scope: "x", Versions: "<two", Input: call.Exclusive},
	} {
		_, err := NewReader(Options{Rules: []Rule{r}})
		if err == nil || !errors.Is(err, ErrRule) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v; want %q", r, err, want)
		}
	}
	for s, want := range map[string]call.Side{"": call.SideUnknown, "inclusive": call.Inclusive, "exclusive": call.Exclusive} {
		if got, err := ParseSide(s); got != want || err != nil {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	if _, err := ParseSide("both"); !errors.Is(err, ErrRule) {
		t.Errorf("both: %v", err)
	}
	for _, o := range []Options{{AmbiguousInput: 9}, {Blobs: 9}} {
		if _, err := NewReader(o); !errors.Is(err, ErrOption) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// The memory for scopes is bounded, and scopes beyond it are read all the same.
func TestScopesAreBounded(t *testing.T) {
	r := newReader(t, Options{})
	var s Scratch
	for i := range maxScopes + 100 {
		sc := pcommon.NewInstrumentationScope()
		sc.SetName(fmt.Sprint("scope-", i))
		r.Scope(pcommon.NewResource(), sc, "", &s)
	}
	if n := len(*r.scopes.m.Load()); n != maxScopes {
		t.Errorf("%d scopes are kept", n)
	}
	sc := pcommon.NewInstrumentationScope()
	sc.SetName("gemini-cli")
	if r.Scope(pcommon.NewResource(), sc, "", &s).emitter == nil {
		t.Error("a scope beyond the bound has no emitter")
	}
	sc.SetName("gemini-cli" + strings.Repeat("x", maxScopeName))
	r.Scope(pcommon.NewResource(), sc, "", &s)
}

// An emitter whose scope is the user's own is known by its resource, unless
// the scope is somebody else's.
func TestEmitterByResource(t *testing.T) {
	r := newReader(t, Options{})
	var s Scratch
	for scope, want := range map[string]string{"my-service": "Strands Agents, by resource", "@openlit/instrumentation-anthropic": "OpenLIT JS anthropic"} {
		res, sc := pcommon.NewResource(), pcommon.NewInstrumentationScope()
		res.Attributes().PutStr("service.namespace", "strands")
		sc.SetName(scope)
		if e := r.Scope(res, sc, "", &s).emitter; e == nil || e.name != want {
			t.Errorf("%s: %+v", scope, e)
		}
	}
}

// The scope's emitter has a name to show, and a scope that nobody knows has none.
func TestEmitterHasAName(t *testing.T) {
	r := newReader(t, Options{})
	var s Scratch
	for scope, want := range map[string]string{"gemini-cli": "Gemini CLI", "mine": ""} {
		sc := pcommon.NewInstrumentationScope()
		sc.SetName(scope)
		if got := r.Scope(pcommon.NewResource(), sc, "", &s).Emitter(); got != want {
			t.Errorf("%s: %q", scope, got)
		}
	}
	if got := new(Scope).Emitter(); got != "" {
		t.Errorf("no scope: %q", got)
	}
}

// Every row says where it comes from, and every emitter can be reached.
func TestTablesAreComplete(t *testing.T) {
	names := map[string]bool{}
	for _, d := range registry {
		if d.name == "" || names[d.name] {
			t.Errorf("name of dialect %q", d.name)
		}
		names[d.name] = true
		for i := range d.emitters {
			e := &d.emitters[i]
			if e.name == "" || e.source == "" {
				t.Errorf("%s: emitter %q has no source", d.name, e.name)
			}
			byScope, byResource, byKeys := len(e.scopes) > 0, e.resource[0] != "", d.fallback == i+1
			if byScope && byResource || !byScope && !byResource && !byKeys {
				t.Errorf("%s: emitter %q is found in no way, or in two that exclude each other", d.name, e.name)
			}
			if d.fallback > len(d.emitters) {
				t.Errorf("%s: no emitter %d", d.name, d.fallback)
			}
		}
		for _, k := range d.keys {
			if e := find(k.name, uint8(slices.Index(registry, d))); e == nil || e.name != k.name {
				t.Errorf("%s: key %q is not found", d.name, k.name)
			}
			if k.name[0] == ' ' || strings.ToValidUTF8(k.name, "?") != k.name {
				t.Errorf("%s: key %q", d.name, k.name)
			}
		}
	}
}

// No two spellings of a count, word or cost have the same rank, or the order
// of attributes would decide.
func TestRanksAreUnambiguous(t *testing.T) {
	type place struct {
		what       what
		slot, rank uint8
	}
	first := map[place]string{}
	for i := range entries {
		e := &entries[i]
		p := place{e.what, e.slot, e.rank}
		if e.what == isCost {
			p.slot = 0
		}
		if e.marks&isBare != 0 || e.what == isList || e.what == isCurrency || e.what == isText && text(e.slot) == marker || e.what == isNumber && number(e.slot) >= streaming {
			continue
		}
		if other := first[p]; other != "" {
			t.Errorf("%s and %s have rank %d", other, e.name, e.rank)
		}
		first[p] = e.name
	}
}

// The documentation is made of the tables, so it has every emitter and key.
func TestDescriptionsCoverTheTables(t *testing.T) {
	emitters := map[string]bool{}
	for _, d := range Descriptions() {
		emitters[d.Emitter] = true
		if d.Dialect == "" || d.Scopes == "" || d.Source == "" {
			t.Errorf("%+v", d)
		}
	}
	for _, d := range registry {
		for _, e := range d.emitters {
			if !emitters[e.name] {
				t.Errorf("emitter %q is not described", e.name)
			}
		}
	}
	if n := len(Spellings()); n != len(entries) {
		t.Errorf("%d spellings of %d are described", n, len(entries))
	}
}

// A Reader is for all goroutines, each with a Scratch of its own.
func TestReaderIsSafeForConcurrentUse(t *testing.T) {
	r := newReader(t, Options{})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			var s Scratch
			var c call.Call
			for i := range 300 {
				res, sc, sp := span(fmt.Sprint("scope-", (i+g)%50), "", chat...)
				if !r.Span(r.Scope(res, sc, "", &s), sp, &s, &c) || c.Kind != call.Inference {
					t.Error("no call")
				}
			}
		})
	}
	wg.Wait()
}
