package pricebook

import "strings"

// Inheritance tells whose prices a model has, and what it changes about them.
type Inheritance struct {
	Base  string // as declared: PROVIDER/MODEL, or MODEL of the same provider
	Times []Named
	Rates []Named // that replace inherited ones
	Fees  []Named
	Axes  []string // that replace inherited ones
}

// Inheritances lists the models of the layers that inherit prices, by
// "provider/model" in lower case. Of several declarations the latest counts. It
// reads what Load accepted; mistakes are Load's to report.
func Inheritances(layers ...Layer) map[string]Inheritance {
	out := map[string]Inheritance{}
	for _, layer := range layers {
		for _, f := range layer {
			doc := parseDocument(f.Name, f.Data, &problems{})
			if doc == nil {
				continue
			}
			for _, p := range doc.providers {
				for _, m := range p.models {
					if m.base != "" {
						out[strings.ToLower(p.id+"/"+m.id)] = m.inheritance()
					}
				}
			}
		}
	}
	return out
}

func (m *modelDecl) inheritance() Inheritance {
	i := Inheritance{Base: m.base, Rates: namedRates(m.rates), Fees: namedFees(m.defaults.fees)}
	for _, f := range m.times {
		i.Times = append(i.Times, Named{f.sel.String(), f.by})
	}
	a := &m.defaults.adjust
	for _, axis := range []struct {
		name  string
		given bool
	}{{"context", a.context != nil}, {"mode", a.mode != nil}, {"geo", a.geo != nil}, {"schedule", a.schedule != nil}, {"overrides", a.overrides != nil}} {
		if axis.given {
			i.Axes = append(i.Axes, axis.name)
		}
	}
	return i
}
