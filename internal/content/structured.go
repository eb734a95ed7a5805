package content

import "go.opentelemetry.io/collector/pdata/pcommon"

// handlingOf is how a structured value is read in the place of text.
var handlingOf = [...]handling{text: walk, parts: walk, talk: walk, raw: verbatim}

// structured reads an attribute that is a map or slice where others have JSON.
func (r *reader) structured(as form, v pcommon.Value, depth int) {
	if as == raw && v.Type() == pcommon.ValueTypeSlice { // a list of JSON texts
		for _, x := range v.Slice().All() {
			r.nested(verbatim, x, depth+1)
		}
		return
	}
	if as == talk && v.Type() == pcommon.ValueTypeSlice { // and so may messages be
		for _, x := range v.Slice().All() {
			if x.Type() == pcommon.ValueTypeStr {
				r.string(talk, x.Str())
			} else {
				r.nested(walk, x, depth+1)
			}
		}
		return
	}
	r.nested(handlingOf[as], v, depth)
}

// nested reads a value as walker.value does.
func (r *reader) nested(as handling, v pcommon.Value, depth int) {
	switch {
	case r.found.Cut || as == ignore:
	case depth > maxDepth:
		r.found.Cut = true
	case as == attached:
		r.found.Other = r.found.Other || !empty(v)
	case as == begins:
		r.found.Messages++
	case v.Type() == pcommon.ValueTypeStr && as != lists:
		r.put(v.Str())
	case v.Type() == pcommon.ValueTypeSlice && as != verbatim:
		for _, x := range v.Slice().All() {
			r.nested(walk, x, depth+1)
		}
	case v.Type() == pcommon.ValueTypeMap && as == walk:
		r.object(v.Map(), depth)
	case v.Type() == pcommon.ValueTypeBytes:
		r.found.Other = r.found.Other || !empty(v)
	case (as == verbatim || as == call && v.Type() == pcommon.ValueTypeMap) && !empty(v):
		if deeper(v, maxDepth-depth) {
			r.found.Cut = true
			return
		}
		r.put(v.AsString())
	}
}

// deeper tells whether values are nested in more than so many levels. What is
// written as JSON is walked by recursion, and comes from strangers.
func deeper(v pcommon.Value, levels int) bool {
	if levels < 0 {
		return true
	}
	switch v.Type() {
	case pcommon.ValueTypeMap:
		for _, x := range v.Map().All() {
			if deeper(x, levels-1) {
				return true
			}
		}
	case pcommon.ValueTypeSlice:
		for _, x := range v.Slice().All() {
			if deeper(x, levels-1) {
				return true
			}
		}
	default:
	}
	return false
}

// object reads the members of a map.
func (r *reader) object(m pcommon.Map, depth int) {
	var p plan
	for name, v := range m.All() {
		word := ""
		if v.Type() == pcommon.ValueTypeStr {
			word = v.Str()
		}
		p.sees(r.lookUp(name), empty(v), word)
	}
	if p.attached {
		r.found.Other = true
		return
	}
	for name, v := range m.All() {
		if found := r.lookUp(name); p.reads(found) {
			r.nested(found.as, v, depth+1)
		}
	}
}

// empty tells whether a value says nothing.
func empty(v pcommon.Value) bool {
	switch v.Type() {
	case pcommon.ValueTypeEmpty:
		return true
	case pcommon.ValueTypeStr:
		return v.Str() == ""
	case pcommon.ValueTypeBool:
		return !v.Bool()
	case pcommon.ValueTypeSlice:
		return v.Slice().Len() == 0
	case pcommon.ValueTypeMap:
		return v.Map().Len() == 0
	case pcommon.ValueTypeBytes:
		return v.Bytes().Len() == 0
	default:
		return false
	}
}
