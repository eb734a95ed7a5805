package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// Scratch is the memory that reading works in. One belongs to one goroutine
// and may be used again for every span; the zero value is ready. It holds
// strings of the span read last.
type Scratch struct {
	scope   Scope
	rd      record
	renamed Scope   // a scope that nobody knows, as the dialect of an event knows it
	adopted matched // what renamed points to
}

// record collects what one span says, by meaning, before it is understood.
// Only slots whose bit is set hold values of this span.
type record struct {
	hasNum, badNum, disagree uint64     // bit per number
	hasText                  uint64     // bit per text
	hit                      uint64     // bit per dialect with a marker on the span
	marked                   bool       // some row marked the span as GenAI
	style                    marksOf    // isOld: gen_ai.system and underscored cache keys; isNew: gen_ai.provider.name or dotted ones
	told, voided, stated     call.Facts // stated: by token_usage attributes
	reasons                  status.Set

	last    [64]*entry // for each place among attributes, the row of the key that was there last
	num     [numNumbers]int64
	numRank [numNumbers]uint8
	str     [numTexts]string
	strRank [numTexts]uint8
	blob    [numTexts - usageJSON]*node // how to read the strings that are JSON

	vendor   family // of the provider as told, whatever the host says
	cost     float64
	costUnit call.CostUnit
	costRank uint8
	merged   clause // of several versions of the emitter
	log      bool   // what is read is a log record
	metric   bool   // what is read is the points of a metric
	below    bool   // some count is negative, in whatever spelling
	foreign  bool   // a currency is told, and it is not the dollar
	quoted   bool   // a word that can be JSON is, as Langfuse's Python writes metadata

	facts    usage.Usage // token_usage.*: counts of this span and its resource
	hasFacts bool
	mode     string
	geo      string
	billing  string
}

func (r *record) reset() {
	r.hasNum, r.badNum, r.disagree, r.hasText, r.hit = 0, 0, 0, 0, 0
	r.marked, r.style, r.hasFacts = false, 0, false
	r.told, r.voided, r.stated, r.reasons = 0, 0, 0, 0
	r.costUnit, r.foreign, r.below, r.quoted = call.NoCost, false, false, false
	r.mode, r.geo, r.billing = "", "", ""
}

func (r *record) has(n number) bool { return r.hasNum&(1<<n) != 0 }

// get returns a count, zero if it is absent or invalid.
func (r *record) get(n number) int64 {
	if r.hasNum&(1<<n) == 0 {
		return 0
	}
	return r.num[n]
}

func (r *record) text(t text) string {
	if r.hasText&(1<<t) == 0 {
		return ""
	}
	return r.str[t]
}

// put records one spelling of a count. The lowest rank wins; spellings that
// disagree are noted.
func (r *record) put(n number, rank uint8, v int64, how reading) {
	bit := uint64(1) << n
	switch how {
	case absent:
		return
	case negative:
		r.below, how = true, invalid
	}
	if (r.hasNum|r.badNum)&bit != 0 {
		if how == valid && r.hasNum&bit != 0 && r.num[n] != v {
			r.disagree |= bit
		}
		if rank >= r.numRank[n] {
			return
		}
	}
	r.numRank[n] = rank
	if how == invalid {
		r.badNum |= bit
		r.hasNum &^= bit
		return
	}
	r.badNum &^= bit
	r.hasNum |= bit
	r.num[n] = v
}

// fill records a count that JSON tells, unless an attribute told it.
func (r *record) fill(n number, v int64, how reading) { r.put(n, jsonRank, v, how) }

// add adds to a count that has no spelling of its own.
func (r *record) add(n number, v int64) {
	r.num[n] = r.get(n) + v
	r.hasNum |= 1 << n
	r.numRank[n] = 0
}

// jsonRank is below all attributes.
const jsonRank = 200

// putText records one spelling of a string and reports whether it counts.
func (r *record) putText(t text, rank uint8, v string) bool {
	bit := uint64(1) << t
	if v == "" || r.hasText&bit != 0 && rank >= r.strRank[t] {
		return false
	}
	r.hasText |= bit
	r.strRank[t] = rank
	r.str[t] = v
	return true
}
