package metrics

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

var (
	quoted    = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	selectors = regexp.MustCompile(`\{[^}]*\}`)
	byName    = regexp.MustCompile(`__name__\s*=~\s*"([^"]*)"`)
	grouping  = regexp.MustCompile(`\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)`)
	ranges    = regexp.MustCompile(`\[[^\]]*\]`)
	words     = regexp.MustCompile(`[a-zA-Z_:][a-zA-Z0-9_:]*(\s*\()?`)
)

// metricNames returns the names of the metrics that an expression asks for,
// those of an alternation of names one by one.
func metricNames(expr string) (names []string, err error) {
	for _, m := range byName.FindAllStringSubmatch(expr, -1) {
		re, err := syntax.Parse(m[1], syntax.Perl)
		if err != nil {
			return nil, err
		}
		all, err := language(re)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m[1], err)
		}
		names = append(names, all...)
	}
	for _, re := range []*regexp.Regexp{selectors, quoted, grouping, ranges} {
		expr = re.ReplaceAllString(expr, " ")
	}
	for _, w := range words.FindAllString(expr, -1) {
		if !strings.HasSuffix(w, "(") && !slices.Contains([]string{"and", "or", "unless", "offset", "bool", "by", "without", "on"}, w) && strings.ContainsAny(w, "_:") || w == "up" {
			names = append(names, w)
		}
	}
	return names, nil
}

// language lists the strings that an expression of literals and alternatives matches.
func language(re *syntax.Regexp) ([]string, error) {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{string(re.Rune)}, nil
	case syntax.OpEmptyMatch:
		return []string{""}, nil
	case syntax.OpCharClass:
		var out []string
		for i := 0; i < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1] && len(out) < 64; r++ {
				out = append(out, string(r))
			}
		}
		return out, nil
	case syntax.OpCapture:
		return language(re.Sub[0])
	case syntax.OpAlternate:
		var out []string
		for _, sub := range re.Sub {
			all, err := language(sub)
			if err != nil {
				return nil, err
			}
			out = append(out, all...)
		}
		return out, nil
	case syntax.OpConcat:
		out := []string{""}
		for _, sub := range re.Sub {
			all, err := language(sub)
			if err != nil {
				return nil, err
			}
			var longer []string
			for _, head := range out {
				for _, tail := range all {
					longer = append(longer, head+tail)
				}
			}
			out = longer
		}
		return out, nil
	}
	return nil, fmt.Errorf("%s is no alternation of names", re)
}
