package cli

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/nearname"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// maxNear is how many names a message suggests.
const maxNear = 8

// nearModels lists models of all providers, as PROVIDER/MODEL, whose names look
// like one that may or may not have a provider before it.
func nearModels(b *pricebook.Book, name string) []string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	owners := map[string][]string{}
	var ids []string
	for _, p := range b.Providers() {
		for _, m := range p.Models() {
			if owners[m.ID] == nil {
				ids = append(ids, m.ID)
			}
			owners[m.ID] = append(owners[m.ID], p.ID+"/"+m.ID)
		}
	}
	var out []string
	for _, id := range nearname.Nearest(name, ids, maxNear) {
		out = append(out, owners[id]...)
	}
	return out
}

// nearProviders lists the providers whose ids look like a name.
func nearProviders(b *pricebook.Book, name string) []string {
	var ids []string
	for _, p := range b.Providers() {
		ids = append(ids, p.ID)
	}
	return nearname.Nearest(name, ids, maxNear)
}

// didYouMean writes what is close, or where to look.
func didYouMean(near []string) string {
	if len(near) == 0 {
		return "see 'tokencost prices list'"
	}
	return "close names are " + strings.Join(near[:min(maxNear, len(near))], ", ")
}
