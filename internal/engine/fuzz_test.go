package engine_test

import (
	"encoding/binary"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// fuzzMeters are the meters that fuzzed counts and rates are of.
var fuzzMeters = append([]string{
	"input", "output", "cache_write.30m", "cache_write.12h.text", "cache_read.text", "input.video", "citation.video", "tool_prompt.audio",
}, meterPool...)

// fuzzUsage reads counts: a byte that names the meter, and four that count.
func fuzzUsage(data []byte) (u usage.Usage) {
	for ; len(data) >= 5; data = data[5:] {
		m, err := meter.Parse(fuzzMeters[int(data[0])%len(fuzzMeters)])
		if err != nil {
			panic(err)
		}
		n := int64(int32(binary.LittleEndian.Uint32(data[1:])))
		if data[0]&0x80 == 0 {
			n = int64(data[1]) // small counts collide more
		}
		u.Set(m, n)
	}
	return u
}

// FuzzDecompose prices any counts at any set of priced meters: quantities are
// never negative, they add up to the totals where all is priced, the parts add
// up to the total cost, and what contradicts is never exact.
func FuzzDecompose(f *testing.F) {
	f.Add(uint32(0b11), []byte{0, 100, 0, 0, 0, 1, 10, 0, 0, 0})
	f.Add(uint32(0xffffff), []byte{0, 100, 0, 0, 0, 8, 40, 0, 0, 0, 15, 30, 0, 0, 0, 18, 9, 0, 0, 0})
	f.Add(uint32(0x8f0f), []byte{0x80, 0xff, 0xff, 0xff, 0x7f, 0x88, 1, 2, 3, 4, 9, 255, 0, 0, 0})
	f.Fuzz(func(t *testing.T, priced uint32, data []byte) {
		spec := &bookSpec{}
		for i, name := range fuzzMeters {
			m, _ := parseMeter(name)
			if priced&(1<<i) != 0 && (m.class == "" || priced&(1<<map[string]int{"in": 0, "out": 1}[m.dir]) != 0) {
				spec.rates = append(spec.rates, struct{ name, value string }{name, "0.37"})
			}
		}
		if len(spec.rates) == 0 {
			return
		}
		book, err := loadBook(spec.yaml())
		if err != nil {
			t.Fatal(err)
		}
		u := fuzzUsage(data)
		c := call.Call{Kind: call.Inference, Provider: "p", ResponseModel: "m", StartUnixNano: 1, Usage: u, Told: call.AllFacts}
		var r engine.Result
		engine.Price(book, &c, &r)
		if u.Plausible() == r.Reasons.Has(status.UsageInvalid) {
			t.Fatalf("plausible %v, reasons %s", u.Plausible(), r.Reasons)
		}
		if r.Price == nil {
			return
		}
		conserved(t, &r, r.Reasons.Has(status.MeterNotPriced))
		sum := r.Parts[0]
		for _, p := range r.Parts[1:] {
			sum = sum.Add(p)
		}
		if sum != r.Total {
			t.Fatalf("parts add up to %s, total is %s", sum, r.Total)
		}
		for m, whole := range map[meter.Meter]int64{meter.AllInput: r.Input, meter.AllOutput: r.Output} {
			if n, told := u.Get(m); told && n != whole && !r.Reasons.Has(status.UsageContradictory) {
				t.Fatalf("%s was told as %d and is %d, reasons %s", m, n, whole, r.Reasons)
			}
		}
	})
}
