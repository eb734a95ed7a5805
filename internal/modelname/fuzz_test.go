package modelname

import "testing"

// FuzzParse holds arbitrary names to the invariants of every grammar, and to a
// linear number of steps.
func FuzzParse(f *testing.F) {
	for _, r := range rules {
		for _, c := range r.cases {
			f.Add(uint8(c.grammar), c.name)
		}
	}
	f.Fuzz(func(t *testing.T, grammar uint8, raw string) {
		g := Grammar(grammar % uint8(numGrammars))
		n, ok := Parse(g, raw)
		if !ok {
			if n != (Name{}) {
				t.Errorf("a refused name is %+v", n)
			}
			return
		}
		check(t, g, raw, n)
		var p parser
		if p.parse(g, n.Full); p.steps > maxStepsPerByte*(len(n.Full)+8) {
			t.Errorf("%d steps for %d bytes: %q", p.steps, len(n.Full), n.Full)
		}
	})
}
