package glob

import "testing"

// A star stands for any run of characters, also none.
func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"a", "a", true},
		{"a", "A", false},
		{"a", "ab", false},
		{"a*", "a", true},
		{"a*", "abc", true},
		{"*b", "ab", true},
		{"*", "", true},
		{"", "", true},
		{"a*c*e", "abcde", true},
		{"a*c*e", "abcd", false},
		{"*a*", "xax", true},
		{"a**", "a", true},
	} {
		if got := Match(c.pattern, c.name); got != c.want {
			t.Errorf("%q on %q: %v", c.pattern, c.name, got)
		}
	}
}
