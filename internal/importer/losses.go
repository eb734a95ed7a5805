package importer

import (
	"cmp"
	"fmt"
	"slices"
)

// Loss is something that a table says and the book does not.
type Loss struct {
	What    string
	Count   int
	Example string // the first one
}

// String writes the loss for people.
func (l Loss) String() string { return fmt.Sprintf("%5d  %s, such as %s", l.Count, l.What, l.Example) }

type losses map[string]*Loss

func (l losses) add(what, example string) {
	if l[what] == nil {
		l[what] = &Loss{What: what, Example: example}
	}
	l[what].Count++
}

func (l losses) sorted() []Loss {
	var out []Loss
	for _, loss := range l {
		out = append(out, *loss)
	}
	slices.SortFunc(out, func(a, b Loss) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.What, b.What))
	})
	return out
}
