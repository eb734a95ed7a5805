package dialect

import (
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// path is one row of a table about JSON: where a value stands, as names joined
// by dots, "*" for any name and "0" for the first of a list, and what it means.
type path struct {
	at    string
	num   number
	str   text
	isStr bool
	unit  call.CostUnit
	list  *list
	tells call.Facts
	// beside says that zero is no count where others tell the same in parts.
	beside bool
	// tier is the service tier that the name of the count tells.
	tier string
}

// list tells how to read a list of objects that each count one kind of tokens.
type list struct {
	label, count string // names of the members that say the kind and the count
	kinds        map[string]number
}

// node is the compiled form: a tree of names.
type node struct {
	name     string
	children []node
	any      *node // child for every other name
	row      *path
	// other takes numbers under names without a child.
	other func(rd *record, name string, n int64)
}

// paths compiles a table.
func paths(rows ...path) *node {
	root := &node{}
	for i := range rows {
		n := root
		for rest := rows[i].at; rest != ""; {
			var name string
			name, rest, _ = strings.Cut(rest, ".")
			n = n.child(name)
		}
		n.row = &rows[i]
	}
	return root
}

func (n *node) child(name string) *node {
	if name == "*" {
		if n.any == nil {
			n.any = &node{name: name}
		}
		return n.any
	}
	for i := range n.children {
		if n.children[i].name == name {
			return &n.children[i]
		}
	}
	n.children = append(n.children, node{name: name})
	return &n.children[len(n.children)-1]
}

// find returns the node for a name, or nil.
func (n *node) find(name string) *node {
	for i := range n.children {
		if n.children[i].name == name {
			return &n.children[i]
		}
	}
	return n.any
}

// at is a row for a number.
func at(p string, n number) path { return path{at: p, num: n} }

// atText is a row for a string.
func atText(p string, t text) path { return path{at: p, str: t, isStr: true} }

// atCost is a row for a cost.
func atCost(p string, u call.CostUnit) path { return path{at: p, unit: u} }

// atList is a row for a list of counts.
func atList(p, label, count string, kinds map[string]number) path {
	return path{at: p, list: &list{label, count, kinds}}
}

// telling adds facts that the presence of the value tells.
func (p path) telling(f call.Facts) path {
	p.tells |= f
	return p
}

// besideParts makes zero no count, which stands there beside its parts.
func (p path) besideParts() path {
	p.beside = true
	return p
}

// under names the service tier that a count with this name was served by.
func (p path) under(tier string) path {
	p.tier = tier
	return p
}

// take records a value. Null is absence.
func (p *path) take(rd *record, raw string) {
	if raw == "null" {
		return
	}
	if p.unit != call.NoCost {
		if f, err := strconv.ParseFloat(raw, 64); err == nil {
			rd.putCost(p.unit, jsonRank, f)
		}
		return
	}
	if !p.isStr {
		v, how := jsonCount(raw)
		if p.num >= streaming {
			v, how = 0, valid
			if raw == "true" {
				v = 1
			}
		}
		if !p.beside || v != 0 || how != valid {
			rd.fill(p.num, v, how)
		}
		if p.tier != "" && how == valid {
			rd.putText(tierServed, jsonRank, p.tier)
		}
		if how == valid {
			rd.told |= p.tells
		}
		return
	}
	const longest = 256
	if len(raw) < 2 || len(raw) > longest || raw[0] != '"' {
		return
	}
	if strings.IndexByte(raw, '\\') >= 0 {
		return
	}
	rd.putText(p.str, jsonRank, raw[1:len(raw)-1])
	rd.told |= p.tells
}
