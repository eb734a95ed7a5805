package consensus

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
)

// Index finds the models of a provider by the names of the data sets, as the
// product finds them by the names of telemetry.
type Index struct {
	provider string
	names    map[string]*book.Model
}

// NewIndex indexes a provider's models.
func NewIndex(p *book.Provider) Index {
	x := Index{p.ID, map[string]*book.Model{}}
	for _, m := range p.Models {
		x.names[strings.ToLower(m.ID)] = m
		for _, a := range m.Aliases {
			x.names[strings.ToLower(a)] = m
		}
	}
	return x
}

// Find returns the model that a name means, or nil.
func (x Index) Find(name string) *book.Model {
	n, ok := modelname.Parse(modelname.ForProvider(x.provider), name)
	if !ok {
		return nil
	}
	for _, key := range []string{n.Full, n.ID} {
		if m := x.names[key]; m != nil {
			return m
		}
	}
	for _, key := range n.Bases {
		if m := x.names[key]; m != nil && m.Dated {
			return m
		}
	}
	return nil
}

// BasePrices returns what a data set says of a provider's models on the day of
// its content, for standard service, by spelling.
func BasePrices(set *evidence.Set, provider string) map[string]book.Numbers {
	out := map[string]book.Numbers{}
	for spelling, e := range entries(set, provider) {
		out[spelling] = e.current().base()
	}
	return out
}
