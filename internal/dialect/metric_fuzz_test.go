package dialect

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// checkGroups holds for the groups of every scope, whatever its metrics: each
// point with a value is in one group or beyond the limit, and what is read of a
// group is credible, or says that it is not.
func checkGroups(t *testing.T, r *Reader, res pcommon.Resource, sm pmetric.ScopeMetrics, limit int) []string {
	t.Helper()
	var s Scratch
	var g Groups
	sc := r.Scope(res, sm.Scope(), sm.SchemaUrl(), &s)
	points := 0
	for _, m := range sm.Metrics().All() {
		if row, ok := findMetric(sc, m.Name()); ok && row.unit == call.NoCost {
			var p point
			pointsOf(m, &p, func(int) { points++ })
		}
	}
	rest := points - r.Metrics(sc, sm.Metrics(), limit, &g)
	if len(g.All()) > limit {
		t.Fatalf("%d groups of at most %d", len(g.All()), limit)
	}
	var lines []string
	for i := range g.All() {
		group := &g.All()[i]
		rest -= group.Points
		var c, again call.Call
		r.Group(sc, group, &s, &c)
		r.Group(sc, group, &s, &again)
		if describeCall(&c) != describeCall(&again) {
			t.Fatal("reading twice differs")
		}
		if !c.Reasons.Has(status.UsageAggregated) || c.Kind == call.None || c.Told&^call.AllFacts != 0 {
			t.Fatalf("%+v", c)
		}
		for _, k := range c.Usage.Tokens() {
			if k.Tokens < 0 {
				t.Fatalf("%s is %d", k.Meter, k.Tokens)
			}
		}
		if !c.Usage.PlausibleSum() && !c.Reasons.Has(status.UsageInvalid) {
			t.Fatalf("not plausible, and nothing says so: %+v", c.Usage.Tokens())
		}
		if !nested(&c.Usage) && !c.Reasons.Has(status.UsageContradictory) {
			t.Fatalf("parts are larger than the whole, and nothing says so: %+v", c.Usage.Tokens())
		}
		if group.Temporality == pmetric.AggregationTemporalityUnspecified && c.Reasons.Only(status.Unpriced)|c.Reasons.Only(status.NotBillable) == 0 {
			t.Fatal("what cannot be added up is priced")
		}
		in, _ := c.Usage.Get(meter.AllInput)
		out, _ := c.Usage.Get(meter.AllOutput)
		lines = append(lines, c.Dialect+describeCall(&c)+group.Time.String()+itoa(in+out)) // strings of the points are in none
	}
	if rest != 0 {
		t.Fatalf("%d of %d points are nowhere", rest, points)
	}
	slices.Sort(lines)
	return lines
}

// FuzzMetrics reads metrics of OTLP JSON.
func FuzzMetrics(f *testing.F) {
	files, _ := filepath.Glob("testdata/captures/*.metrics.otlp.json.gz")
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			f.Fatal(err)
		}
		z, err := gzip.NewReader(file)
		if err != nil {
			f.Fatal(err)
		}
		data, err := io.ReadAll(z)
		if err != nil {
			f.Fatal(err)
		}
		for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
			if line := bytes.Clone(lines.Bytes()); len(line) < 8<<10 {
				f.Add(line, uint8(3))
			}
		}
		_ = file.Close()
	}
	for _, kind := range []filler{deltaSum, gauge, histogram, exponential, summary} {
		_, sm := scopeMetrics("gemini-cli", series{"gen_ai.client.token.usage", kind, usageOf(gpt, "input", 10, "output", 5, "total", 15)}, series{"gen_ai.usage.cost", kind, []pt{tally(1, gpt...)}})
		md := pmetric.NewMetrics()
		sm.CopyTo(md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty())
		raw, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(md)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, uint8(100))
	}
	r, err := NewReader(Options{Signals: []SignalRule{{Signal: Metrics}}, AmbiguousInput: AmbiguousExclusive})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte, limit uint8) {
		var u pmetric.JSONUnmarshaler
		md, err := u.UnmarshalMetrics(raw)
		if err != nil {
			return
		}
		for _, rm := range md.ResourceMetrics().All() {
			for _, sm := range rm.ScopeMetrics().All() {
				checkGroups(t, r, rm.Resource(), sm, int(limit))
			}
		}
	})
}

// FuzzMetricNames combines what the tables know with values of all kinds: it
// reaches what no emitter sends. The order of metrics and points changes
// nothing but for whose cost stands beside a usage.
func FuzzMetricNames(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(0))
	f.Add(uint64(99), uint8(40), uint8(5))
	r, err := NewReader(Options{Signals: []SignalRule{{Signal: Metrics}}})
	if err != nil {
		f.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(metricsByName))
	scopes := []string{"x", "codex", "com.anthropic.claude_code", "gemini-cli", "genkit", "envoyproxy/ai-gateway", "github.com/traefik/traefik"}
	types := []string{"input", "output", "total", "cached_input", "cacheCreation", "thought", "tool", "input_audio", "dreams", ""}
	values := []float64{0, 1, 5, 17, 0.5, -1, math.NaN(), math.Inf(1), 1e15, 1e16, 3}
	fills := []filler{deltaSum, cumulativeSum, fallingSum, timelessSum, gauge, histogram, exponential, summary}
	f.Fuzz(func(t *testing.T, seed uint64, n, scope uint8) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		var all []series
		for range 1 + n%8 {
			s := series{name: names[rnd.IntN(len(names))], fill: fills[rnd.IntN(len(fills))]}
			for range 1 + n%6 {
				p := tally(values[rnd.IntN(len(values))], "model", []string{"gpt-5", "claude-x", "gemini-2"}[rnd.IntN(3)])
				for _, key := range []string{"type", "token_type", "gen_ai.token.type", "gen_ai_token_type"} {
					p.attrs = append(p.attrs, key, types[rnd.IntN(len(types))])
				}
				if rnd.IntN(2) == 0 {
					p.attrs = append(p.attrs, "gen_ai.token.modality", []string{"text", "audio", "unknown", "smell"}[rnd.IntN(4)])
				}
				s.pts = append(s.pts, p.at(float64(60+10*rnd.IntN(3))))
			}
			all = append(all, s)
		}
		name := scopes[int(scope)%len(scopes)]
		res, sm := scopeMetrics(name, all...)
		want := checkGroups(t, r, res, sm, 1000)
		checkGroups(t, r, res, sm, 3)
		rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, s := range all {
			rnd.Shuffle(len(s.pts), func(i, j int) { s.pts[i], s.pts[j] = s.pts[j], s.pts[i] })
		}
		res, sm = scopeMetrics(name, all...)
		if got := checkGroups(t, r, res, sm, 1000); !slices.Equal(want, got) {
			t.Fatalf("the order counts:\n%q\n%q", want, got)
		}
	})
}
