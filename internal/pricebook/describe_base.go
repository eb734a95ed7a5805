package pricebook

// Declaration is where a layer says something about a model.
type Declaration struct {
	Provider, Model string // ids as spelt there
	File            string
	Line            int
	Base            *Inheritance // nil if it inherits no prices
}

// Inheritance tells whose prices a model has, and what it changes about them.
type Inheritance struct {
	Of    string // as declared: PROVIDER/MODEL, or MODEL of the same provider
	Times []Named
	Rates []Named // that replace inherited ones
	Fees  []Named
	Axes  []string // that replace inherited ones
}

// Declarations lists what the layers say about models, in the order in which it
// stands there. It reads what Load accepted; mistakes are Load's to report.
func Declarations(layers ...Layer) []Declaration {
	var out []Declaration
	for _, layer := range layers {
		for _, f := range layer {
			doc := parseDocument(f.Name, f.Data, &problems{})
			if doc == nil {
				continue
			}
			for _, p := range doc.providers {
				for _, m := range p.models {
					out = append(out, Declaration{p.id, m.id, f.Name, m.where.line, m.inheritance()})
				}
			}
		}
	}
	return out
}

func (m *modelDecl) inheritance() *Inheritance {
	if m.base == "" {
		return nil
	}
	i := &Inheritance{Of: m.base, Rates: namedRates(m.rates), Fees: namedFees(m.defaults.fees)}
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
