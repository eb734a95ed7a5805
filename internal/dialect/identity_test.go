package dialect

import "testing"

// Servers of local models count their answers from one, and some write a word
// where they have no id.
func TestAResponseIDThatComesAgainIsNoProof(t *testing.T) {
	var d Duplicates
	for name, c := range map[string]struct {
		id   string
		step int64
		kept int
	}{
		"a word for none":                        {"null", 100, 5},
		"a short id, one after another":          {"chatcmpl-1", 100, 5},
		"a short id, at the same time":           {"chatcmpl-1", 1, 1},
		"a provider's own id, one after another": {"chatcmpl-9vXkQ2mN4pR6sT8u", 100, 1},
	} {
		var batch []seen
		for i := range int64(5) {
			batch = append(batch, seen{scope: "a", id: byte(i + 1), start: i * c.step, end: i*c.step + 50, in: 10, out: 5, responseID: c.id})
		}
		ids, _ := kept(t, &d, batch)
		if len(ids) != c.kept {
			t.Errorf("%s: %d kept, not %d", name, len(ids), c.kept)
		}
	}
}
