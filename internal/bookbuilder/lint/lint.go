// Package lint checks the ratios between the prices of a model. Vendors price
// cache, batch and tiers as multiples of their input price, and only a few
// multiples are in use: anything else is a misread number until somebody
// explains it.
package lint

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
)

// Finding is a ratio out of its range.
type Finding struct {
	Model string // provider/model
	Check string
	Value string
}

// Write prints the findings that no exception explains, and the exceptions in
// use, and fails if there are any of the first or an exception is not in use.
func Write(w io.Writer, providers []*book.Provider) error {
	findings := Check(providers)
	used := make([]int, len(exceptions))
	unexplained := 0
	for _, f := range findings {
		i := slices.IndexFunc(exceptions, func(e exception) bool { return e.covers(f) })
		if i >= 0 {
			used[i]++
			continue
		}
		unexplained++
		fmt.Fprintf(w, "%s: %s is %s\n", f.Model, f.Check, f.Value)
	}
	idle := 0
	for i, e := range exceptions {
		fmt.Fprintf(w, "exception %-40s %-28s %4d: %s\n", e.model, e.check, used[i], e.reason)
		if used[i] == 0 {
			idle++
		}
	}
	fmt.Fprintf(w, "%d ratios out of range, %d explained\n", len(findings), len(findings)-unexplained)
	if unexplained > 0 || idle > 0 {
		return fmt.Errorf("%d ratios that no exception explains, %d exceptions that explain nothing", unexplained, idle)
	}
	return nil
}

// exception explains findings. Model is a pattern in which * stands for any text.
type exception struct{ model, check, reason string }

func (e exception) covers(f Finding) bool {
	ok, err := path.Match(strings.ReplaceAll(e.model, "/", "\x00"), strings.ReplaceAll(f.Model, "/", "\x00"))
	return err == nil && ok && e.check == f.Check
}
