// Package glob matches names against patterns in which "*" stands for any run
// of characters, slashes and dots included: model names have both.
package glob

// Match tells whether s matches a pattern. Every other character stands for
// itself. Linear but for the stars, and never recursive.
func Match(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
