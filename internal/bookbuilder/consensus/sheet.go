package consensus

import (
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// sheet is what one data set says of one model in one period.
type sheet struct {
	from  string // the day it began; empty for always
	cells map[evidence.Cell]book.Numbers
}

// base returns the prices of standard service.
func (s *sheet) base() book.Numbers { return s.cells[evidence.Cell{}] }

// entry is a model as one data set spells it, with its periods in order.
type entry struct {
	set      *evidence.Set
	spelling string
	periods  []*sheet
}

// current returns the prices on the day of the data set.
func (e *entry) current() *sheet {
	s := e.periods[0]
	for _, p := range e.periods {
		if p.from <= e.set.State {
			s = p
		}
	}
	return s
}

// entries reads a data set's rows about a provider, by spelling. Rows for the
// global endpoint of a cloud are its list price, and stand for the bare id
// unless the data set prices that too.
func entries(set *evidence.Set, provider string) map[string]*entry {
	all := map[string]*entry{}
	for _, r := range set.Rows {
		if r.Provider != provider {
			continue
		}
		e := all[r.Model]
		if e == nil {
			e = &entry{set: set, spelling: r.Model}
			all[r.Model] = e
		}
		n := len(e.periods)
		if n == 0 || e.periods[n-1].from != r.From {
			e.periods = append(e.periods, &sheet{from: r.From, cells: map[evidence.Cell]book.Numbers{}})
			n++
		}
		s := e.periods[n-1]
		if s.cells[r.Cell] == nil {
			s.cells[r.Cell] = book.Numbers{}
		}
		s.cells[r.Cell][r.Meter] = r.Rate
	}
	for spelling, e := range all {
		for _, s := range e.periods {
			promoteGlobal(s)
		}
		if len(e.current().base()) == 0 {
			delete(all, spelling)
		}
	}
	return all
}

// promoteGlobal moves the prices of the global scope to the base where nothing
// else stands there.
func promoteGlobal(s *sheet) {
	if len(s.base()) > 0 {
		return
	}
	for cell, numbers := range s.cells {
		if cell.Geo == "global" {
			delete(s.cells, cell)
			cell.Geo = ""
			s.cells[cell] = numbers
		}
	}
}

// Tuple is what two data sets have to state alike to agree on a model: the
// price of plain input and output or, for models that have neither, the fees.
func Tuple(n book.Numbers) string {
	if n["input"] != "" || n["output"] != "" {
		return string(n["input"]) + "/" + string(n["output"])
	}
	var parts []string
	for _, fee := range []string{"search_unit", "page", "image", "audio_second", "character"} {
		if n[fee] != "" {
			parts = append(parts, fee+" "+string(n[fee]))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}
