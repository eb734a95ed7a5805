// Package nearname finds names that look like another one, for messages such as
// "did you mean". What it finds is never used in place of the name.
package nearname

import (
	"cmp"
	"slices"
	"strings"
)

// maxLen bounds the work on names from strangers, in bytes.
const maxLen = 128

// Nearest returns up to n of the names that look most like name, the nearest
// first: those that few edits lead to, and those of the same family, which
// share the beginning up to a separator.
func Nearest(name string, among []string, n int) []string {
	name = clip(name)
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	for _, other := range among {
		folded := clip(other)
		d := distance(name, folded)
		if d <= max(2, len(name)/4) || within(folded, name) || d <= max(len(name), len(folded))*2/3 && family(name, folded) {
			near = append(near, candidate{other, d})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	var out []string
	for _, c := range near[:min(n, len(near))] {
		out = append(out, c.name)
	}
	return out
}

func clip(s string) string {
	if len(s) > maxLen {
		s = s[:maxLen]
	}
	return strings.ToLower(s)
}

// family tells whether the names share at least half of the shorter one up to a
// separator.
func family(a, b string) bool {
	shared := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if i+1 == len(a) || i+1 == len(b) || strings.IndexByte("-./:_", a[i]) >= 0 {
			shared = i + 1
		}
	}
	return shared*2 >= min(len(a), len(b)) && shared >= 3
}

// within tells whether the short name stands in the long one, between separators.
func within(short, long string) bool {
	const separators = "-./:_@"
	i := strings.Index(long, short)
	if i < 0 || len(short) < 4 {
		return false
	}
	end := i + len(short)
	return (i == 0 || strings.IndexByte(separators, long[i-1]) >= 0) && (end == len(long) || strings.IndexByte(separators, long[end]) >= 0)
}

// distance is the number of bytes to insert, delete or replace to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
