package lint

import "slices"

// Explained tells whether the list of exceptions explains a finding: the ratio
// is unusual, and right.
func Explained(f Finding) bool {
	return slices.ContainsFunc(exceptions, func(e exception) bool { return e.covers(f) })
}
