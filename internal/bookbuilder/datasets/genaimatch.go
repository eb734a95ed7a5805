package datasets

import (
	"regexp"
	"strconv"
	"strings"
)

// genaiMatch is a clause of genai-prices' model matching.
type genaiMatch struct {
	Equals     *string       `json:"equals"`
	StartsWith *string       `json:"starts_with"`
	EndsWith   *string       `json:"ends_with"`
	Contains   *string       `json:"contains"`
	Regex      *string       `json:"regex"`
	Or         []*genaiMatch `json:"or"`
	And        []*genaiMatch `json:"and"`
}

func (m *genaiMatch) matches(name string) bool {
	switch {
	case m == nil:
		return false
	case m.Equals != nil:
		return name == strings.ToLower(*m.Equals)
	case m.StartsWith != nil:
		return strings.HasPrefix(name, strings.ToLower(*m.StartsWith))
	case m.EndsWith != nil:
		return strings.HasSuffix(name, strings.ToLower(*m.EndsWith))
	case m.Contains != nil:
		return strings.Contains(name, strings.ToLower(*m.Contains))
	case m.Regex != nil:
		re, err := regexp.Compile("(?i)" + *m.Regex)
		return err == nil && re.MatchString(name)
	case m.Or != nil:
		for _, c := range m.Or {
			if c.matches(name) {
				return true
			}
		}
		return false
	}
	for _, c := range m.And {
		if !c.matches(name) {
			return false
		}
	}
	return len(m.And) > 0
}

// literals adds the names that the clause accepts by equality.
func (m *genaiMatch) literals(into map[string]bool) {
	if m == nil {
		return
	}
	if m.Equals != nil {
		into[*m.Equals] = true
	}
	for _, c := range m.Or {
		c.literals(into)
	}
}

func atoi(v any) (int, error) { return strconv.Atoi(numberText(v)) }
