package attrkey

import (
	"slices"
	"strings"
	"testing"
)

// All keys of results stand under the prefix, once each, with or without its dot.
func TestKeysStandUnderThePrefix(t *testing.T) {
	w, dotted := Under(DefaultPrefix), Under(DefaultPrefix+".")
	if *w != *dotted {
		t.Errorf("%+v and %+v", w, dotted)
	}
	keys := w.Keys()
	slices.Sort(keys)
	if n := len(slices.Compact(slices.Clone(keys))); n != 23 || n != len(keys) {
		t.Errorf("%d keys of %d", n, len(keys))
	}
	for _, k := range keys {
		if !strings.HasPrefix(k, "token_cost.") || strings.Count(k, ".") != 1 {
			t.Errorf("key %q", k)
		}
	}
	if w.Total != "token_cost.total" || w.UsageBasis != "token_cost.usage_basis" {
		t.Errorf("%+v", w)
	}
}
