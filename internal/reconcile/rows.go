package reconcile

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
)

// rows brings what is compared to the dimensions that were asked for.
func (r *Report) rows(c *claim, v *view) {
	rows := map[cell]*Row{}
	at := func(k cell) *Row {
		if !slices.Contains(r.By, ByDay) {
			k.day = 0
		}
		if !slices.Contains(r.By, ByModel) {
			k.model = ""
		}
		if !slices.Contains(r.By, ByMeter) {
			k.meter = bill.Unsplit
		}
		if rows[k] == nil {
			rows[k] = &Row{Model: k.model, Meter: k.meter}
			if k.day != 0 {
				rows[k].Day = instant(k.day)
			}
		}
		return rows[k]
	}
	pair := func(p **Pair) *Pair {
		if *p == nil {
			*p = &Pair{new(big.Rat), new(big.Rat)}
		}
		return *p
	}
	tokens := func(row *Row) *Pair { return pair(&row.Tokens) }
	cost := func(row *Row) *Pair { return pair(&row.Cost) }
	put := func(any bool, billed, ours amounts[cell], of func(*Row) *Pair) {
		if !any {
			return
		}
		total := of(&r.Total)
		for k, n := range billed {
			p := of(at(k))
			p.Billed.Add(p.Billed, n)
			total.Billed.Add(total.Billed, n)
		}
		for k, n := range ours {
			p := of(at(k))
			p.Ours.Add(p.Ours, n)
			total.Ours.Add(total.Ours, n)
		}
	}
	put(c.quantityShape.any, c.quantities, v.quantities, tokens)
	put(c.costShape.any, c.costs, v.costs, cost)
	r.Rows = nil
	for _, k := range slices.SortedFunc(maps.Keys(rows), compareCells) {
		r.Rows = append(r.Rows, *rows[k])
	}
}

// meterOrder is the order in which people read meters.
var meterOrder = map[bill.Meter]int{bill.Input: 1, bill.CacheRead: 2, bill.CacheWrite: 3, bill.Output: 4, bill.Unsplit: 5, bill.Fees: 6, bill.NotUsage: 7}

func compareCells(a, b cell) int {
	return cmp.Or(cmp.Compare(a.day, b.day), compareModels(a.model, b.model), cmp.Compare(meterOrder[a.meter], meterOrder[b.meter]))
}

// compareModels puts what is of no model last.
func compareModels(a, b string) int {
	if (a == "") != (b == "") {
		return cmp.Compare(b, a)
	}
	return strings.Compare(a, b)
}

// factors computes what to multiply the ledger's cost by, for all and by model.
func (r *Report) factors(c *claim, v *view) {
	if r.Total.Cost == nil {
		return
	}
	models := map[string]*Pair{}
	for _, side := range []struct {
		of   amounts[cell]
		pick func(*Pair) *big.Rat
	}{{c.costs, func(p *Pair) *big.Rat { return p.Billed }}, {v.costs, func(p *Pair) *big.Rat { return p.Ours }}} {
		for k, n := range side.of {
			if models[k.model] == nil {
				models[k.model] = &Pair{new(big.Rat), new(big.Rat)}
			}
			sum := side.pick(models[k.model])
			sum.Add(sum, n)
		}
	}
	if r.Total.Cost.Ours.Sign() > 0 {
		r.Factors = append(r.Factors, Factor{Ratio: new(big.Rat).Quo(r.Total.Cost.Billed, r.Total.Cost.Ours)})
	}
	for _, model := range slices.SortedFunc(maps.Keys(models), compareModels) {
		if p := models[model]; model != "" && p.Ours.Sign() > 0 {
			r.Factors = append(r.Factors, Factor{model, new(big.Rat).Quo(p.Billed, p.Ours)})
		}
	}
}
