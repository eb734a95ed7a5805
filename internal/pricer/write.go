package pricer

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// writer puts results on spans and log records.
type writer struct {
	keys        *attrkey.Written
	parts       [engine.NumParts]string
	breakdown   bool
	calculation bool
	presets     []*preset
}

func newWriter(cfg *AttributesConfig) *writer {
	k := attrkey.Under(cfg.Prefix)
	return &writer{
		keys: k, breakdown: cfg.Breakdown, calculation: cfg.Calculation, presets: choosePresets(cfg.AlsoWrite),
		parts: [engine.NumParts]string{k.Input, k.CacheRead, k.CacheWrite, k.Output, k.Fees},
	}
}

// written is a result with what the configuration adds to it.
type written struct {
	call        *call.Call
	result      *engine.Result
	book        string
	basis       call.Basis
	overhead    float64
	loaded      money.Amount
	hasOverhead bool
	reported    float64
	hasReported bool
	further     int    // attributes that are written after it
	text        []byte // room for the calculation
}

// carries tells whether anything stands under the prefix already, and whether
// it is a result: then it has a status.
func (w *writer) carries(attrs pcommon.Map) (anything, result bool) {
	n := len(w.keys.Prefix)
	for key := range attrs.All() {
		if len(key) > n && key[0] == w.keys.Prefix[0] && key[:n] == w.keys.Prefix {
			anything = true
			result = result || key == w.keys.Status
		}
	}
	return anything, result
}

// earlier is what a result that is removed said.
type earlier struct {
	total, reported       float64
	hasTotal, hasReported bool
}

// strip removes whatever stands under the prefix.
func (w *writer) strip(attrs pcommon.Map) {
	attrs.RemoveIf(func(key string, _ pcommon.Value) bool {
		return strings.HasPrefix(key, w.keys.Prefix)
	})
}

// clear removes a result, and the attributes of presets that were written from
// it, and returns what it said.
func (w *writer) clear(attrs pcommon.Map) earlier {
	var e earlier
	e.total, e.hasTotal = double(attrs, w.keys.Total)
	e.reported, e.hasReported = double(attrs, w.keys.Reported)
	if e.hasTotal && !(e.hasReported && e.reported == e.total) { // else the sender's own cost is the same amount
		for _, p := range w.presets {
			p.clear(attrs, e.total)
		}
	}
	w.strip(attrs)
	return e
}

func double(attrs pcommon.Map, key string) (float64, bool) {
	v, ok := attrs.Get(key)
	if !ok || v.Type() != pcommon.ValueTypeDouble {
		return 0, false
	}
	return v.Double(), true
}

// write puts a result on a span that has none. The order of keys is fixed.
func (w *writer) write(attrs pcommon.Map, v *written) {
	r := v.result
	attrs.EnsureCapacity(attrs.Len() + w.size(v) + v.further)
	attrs.PutStr(w.keys.Status, r.Status.String())
	if r.Status != status.Exact {
		putReasons(attrs.PutEmptySlice(w.keys.Reasons), r.Reasons)
	}
	if r.Status.Priced() {
		w.costs(attrs, v)
	}
	attrs.PutStr(w.keys.Book, v.book)
	if v.hasReported {
		attrs.PutDouble(w.keys.Reported, v.reported)
	}
	if w.calculation {
		v.text = calculation.Append(v.text[:0], v.call, r)
		attrs.PutStr(w.keys.Calculation, string(v.text))
	}
}

// size counts the attributes to be written, so that room for them is made once
// and no more of it than is needed. Presets may turn out to write fewer.
func (w *writer) size(v *written) int {
	r := v.result
	n := 2 // status, book
	if r.Status != status.Exact {
		n++
	}
	if v.hasReported {
		n++
	}
	if w.calculation {
		n++
	}
	if !r.Status.Priced() {
		return n
	}
	n += 4 // total, currency, price, usage basis
	if w.breakdown {
		for _, has := range r.HasPart {
			if has {
				n++
			}
		}
	}
	if r.Contract {
		n++
	}
	if v.hasOverhead {
		n += 2
	}
	for _, p := range w.presets {
		n += p.size()
	}
	return n
}

func (w *writer) costs(attrs pcommon.Map, v *written) {
	r, k := v.result, w.keys
	attrs.PutDouble(k.Total, r.Total.Float64())
	if w.breakdown {
		for part, key := range w.parts {
			if r.HasPart[part] {
				attrs.PutDouble(key, r.Parts[part].Float64())
			}
		}
	}
	if r.Contract {
		attrs.PutDouble(k.List, r.List.Float64())
	}
	if v.hasOverhead {
		attrs.PutDouble(k.Overhead, v.overhead)
		attrs.PutDouble(k.Loaded, v.loaded.Float64())
	}
	attrs.PutStr(k.Currency, r.Currency)
	if r.Price != nil {
		attrs.PutStr(k.Price, r.Price.ID)
	}
	if basis := v.basis.String(); basis != "" { // a call billed by fees alone has no input count
		attrs.PutStr(k.UsageBasis, basis)
	}
	for _, p := range w.presets {
		p.write(attrs, r)
	}
}

func putReasons(s pcommon.Slice, reasons status.Set) {
	s.EnsureCapacity(reasons.Len())
	for reason := range reasons.All() {
		s.AppendEmpty().SetStr(reason.Code())
	}
}
