package dialect

import (
	"strings"
	"testing"
)

// What Python prints comes out as JSON, and all else as it was or not at all.
func TestFromPython(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":1}`:                       `{"a":1}`,
		`{'a': 1, 'b': None}`:           `{"a": 1, "b": null}`,
		`{'a': True, 'b': False}`:       `{"a": true, "b": false}`,
		`{'a': 'it\'s', 'b': "x"}`:      `{"a": "it's", "b": "x"}`,
		`{'a': 'say "x"'}`:              `{"a": "say \"x\""}`,
		`{'a': (1, 2), 'b': U(c=3)}`:    `{"a": [1, 2], "b": {"c":3}}`,
		`{'a': U(b=V(c=None), d='(')}`:  `{"a": {"b":{"c":null}, "d":"("}}`,
		`{'a': 'cut`:                    ``,
		`{'a': 1)`:                      ``,
		`plain`:                         `plain`,
		``:                              ``,
		`{'a': nan, 'b': Decimal('1')}`: `{"a": nan, "b": {"1"}}`, // which is no JSON either
	} {
		if got := fromPython(in); got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
}

// FuzzFromPython reads foreign text: it neither panics nor grows without bound.
func FuzzFromPython(f *testing.F) {
	f.Add(`{'a': U(b=(1, 'x\'', None)), "c": 2}`)
	f.Fuzz(func(t *testing.T, s string) {
		if got := fromPython(s); len(got) > 3*len(s)+2 || !strings.HasPrefix(s, "{'") && got != s {
			t.Errorf("%q becomes %q", s, got)
		}
	})
}
