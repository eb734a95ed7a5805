package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// dialect is what one instrumentation or family of them looks like.
type dialect struct {
	name     string
	keys     []key
	emitters []emitter
	events   []event // names of log records that tell of calls
	metrics  []metric
	signal   Signal // in which calls are priced, unless the configuration says otherwise
	shared   bool   // others use this dialect's keys too
	fallback int    // 1 + index of the emitter for spans with this dialect's keys under a scope that nobody knows
}

// registry lists the dialects. Emitters are tried in this order, so the
// conventions, which match by nothing, come last.
var registry = []*dialect{
	&tanStack, &vercel, &openLLMetry, &openInference, &openLIT, &anthropicSDK,
	&claudeCode, &codex, &geminiCLI, &qwenCode, &cursor, &adk, &strands, &langfuse, &langSmith, &genkit, &mlflow, &laminar,
	&mastra, &pydanticAI, &microsoft, &sentry, &liteLLM, &copilot, &servers, &gateway, &outliers,
	&semconv,
}

// key is one row of a dialect's table: an attribute key and what it means.
// The constructors below set what belongs to each.
type key struct {
	name   string
	what   what
	num    number
	str    text
	unit   call.CostUnit
	rank   uint8      // of the spellings present on a span, the lowest rank counts
	bare   bool       // too common a word: counts only on spans of this dialect's emitters
	marker bool       // its presence makes a span a GenAI span
	tells  call.Facts // what its presence tells, beyond the count itself
	voids  call.Facts // what is not told after all when it is not zero
	prefix string     // of the elements of a list that count
	json   bool       // the string is JSON: a word in quotes
	value  string     // the only string that counts, whatever its case, if not all do
	style  style      // which age of the conventions the spelling belongs to
	blob   *node      // where usage stands, if the string is JSON
}

// style is an age of the GenAI conventions. Emitters that use the new names
// follow their rule for counts more often than those that use the old ones.
type style uint8

const (
	noStyle style = iota
	oldStyle
	newStyle
)

type what uint8

const (
	isNumber what = iota + 1
	isText
	isCost
	isCurrency
	isList
)

// count is a row for a count; rows of counts mark GenAI spans.
func count(name string, n number, rank uint8) key {
	return key{name: name, what: isNumber, num: n, rank: rank, marker: true}
}

// flag is a row for a truth value, which by itself says nothing about GenAI.
func flag(name string, n number) key { return key{name: name, what: isNumber, num: n} }

// milliseconds is a row for how long a call took.
func milliseconds(name string) key { return key{name: name, what: isNumber, num: duration} }

// word is a row for a string that GenAI spans carry.
func word(name string, t text, rank uint8) key {
	return key{name: name, what: isText, str: t, rank: rank, marker: true}
}

// blob is a row for a string of JSON.
func blob(name string, t text, rank uint8, table *node) key {
	return key{name: name, what: isText, str: t, rank: rank, marker: true, blob: table}
}

// body is a row for a recorded response body, which other spans carry too.
func body(name string, rank uint8, table *node) key {
	return key{name: name, what: isText, str: contentJSON, rank: rank, blob: table}
}

// common is a row for a string that other spans carry too.
func common(name string, t text, rank uint8) key {
	return key{name: name, what: isText, str: t, rank: rank}
}

// cost is a row for a cost that the telemetry carries. Costs mark nothing:
// backends read them, so processors write them on the spans of any emitter.
func cost(name string, u call.CostUnit, rank uint8) key {
	return key{name: name, what: isCost, unit: u, rank: rank}
}

// costBlob is a row for a string of JSON with a cost, which marks nothing either.
func costBlob(name string, rank uint8, table *node) key {
	return key{name: name, what: isText, str: costJSON, rank: rank, blob: table}
}

// currency is a row for the currency of the costs on a span.
func currency(name string) key { return key{name: name, what: isCurrency} }

// styled marks a row as belonging to an age of the conventions.
func (k key) styled(s style) key {
	k.style = s
	return k
}

// untelling takes facts back where a count is not zero.
func (k key) untelling(f call.Facts) key {
	k.voids |= f
	return k
}

// quoted marks a string that is a word in JSON.
func (k key) quoted() key {
	k.json = true
	return k
}

// only restricts a row to one value of the string.
func (k key) only(value string) key {
	k.value = value
	return k
}

// onlyHere restricts rows to spans of the dialect's own emitters.
func onlyHere(keys ...key) []key {
	for i := range keys {
		keys[i].bare, keys[i].marker = true, true
	}
	return keys
}

// entry is a row in the global table, small enough for all to stay in the
// nearest cache. The rare properties of a row stand in rest.
type entry struct {
	name    string
	what    what
	slot    uint8 // number or text
	rank    uint8
	dialect uint8 // index into registry
	marks   marksOf
	next    uint16 // 1 + index of the next entry of the bucket
	index   uint16 // of this entry
}

// marksOf are the flags of a row.
type marksOf uint8

const (
	isMarker marksOf = 1 << iota
	isBare
	isOld
	isNew
	hasRest
	isBound // which row a key stands for depends on the scope
)

// keyGate tells for each first byte which lengths of keys are known, and
// rejects nearly all foreign keys.
type keyGate [256]uint64

func passes(g *keyGate, name string) bool {
	n := len(name)
	return n != 0 && g[name[0]]&(1<<min(uint(n), maxKeyLen)) != 0
}

// The global table: an open hash over all rows, with a gate for all keys and
// one for those that mark a GenAI span.
const (
	tableBits = 10
	maxKeyLen = 63 // stands for itself and all longer ones
)

var (
	gate       keyGate
	markerGate keyGate
	buckets    [1 << tableBits]uint16 // 1 + index into entries
	entries    []entry
	rest       []key  // for each entry
	fallbacks  uint64 // the dialects that have an emitter for scopes that nobody knows
)

func init() {
	for d, dia := range registry {
		if dia.fallback > 0 {
			fallbacks |= 1 << d
		}
		for _, k := range dia.keys {
			if len(k.name) == 0 || len(k.name) >= maxKeyLen {
				panic("dialect: length of key " + k.name)
			}
			if find(k.name, uint8(d)) != nil {
				panic("dialect: key " + k.name + " stands in two tables")
			}
			b := &buckets[hash(k.name)]
			e := compact(k, uint8(d))
			e.next, e.index = *b, uint16(len(entries))
			entries = append(entries, e)
			rest = append(rest, k)
			*b = uint16(len(entries))
			gate[k.name[0]] |= 1 << len(k.name)
			if k.marker {
				markerGate[k.name[0]] |= 1 << len(k.name)
			}
		}
	}
	rows := map[string]int{}
	for i := range entries {
		rows[entries[i].name]++
	}
	for i := range entries {
		if e := &entries[i]; e.marks&isBare != 0 || rows[e.name] > 1 {
			e.marks |= isBound
		}
	}
	for n := len(factPrefix) + 1; n <= maxKeyLen; n++ {
		gate[factPrefix[0]] |= 1 << n
		markerGate[factPrefix[0]] |= 1 << n
	}
}

func compact(k key, dialect uint8) entry {
	e := entry{name: k.name, what: k.what, slot: uint8(k.num), rank: k.rank, dialect: dialect}
	if k.what == isText {
		e.slot = uint8(k.str)
	}
	for _, f := range []struct {
		on   bool
		mark marksOf
	}{
		{k.marker, isMarker},
		{k.bare, isBare},
		{k.style == oldStyle, isOld},
		{k.style == newStyle, isNew},
		{k.tells != 0 || k.voids != 0 || k.json || k.value != "" || k.blob != nil, hasRest},
	} {
		if f.on {
			e.marks |= f.mark
		}
	}
	return e
}

// find returns the row of a key, or nil. Bare rows are found for the emitters
// of their own dialect only.
func find(name string, dialect uint8) *entry {
	for i := buckets[hash(name)]; i != 0; {
		e := &entries[i-1]
		if e.name == name && (e.marks&isBare == 0 || e.dialect == dialect) {
			return e
		}
		i = e.next
	}
	return nil
}

// hash mixes the end of a key with its length and bytes before it: the
// beginnings of keys are alike. It is small enough to be inlined.
func hash(s string) uint32 {
	n := len(s)
	h := uint64(n)
	if n >= 8 {
		h = load(s[n-8:]) + (h|uint64(s[n/2])<<8|uint64(s[n/4])<<16)*0xD6E8FEB86659FD93
	}
	return uint32(h * 0x9E3779B97F4A7C15 >> (64 - tableBits))
}

// load reads eight bytes; the compiler makes one load of it.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
