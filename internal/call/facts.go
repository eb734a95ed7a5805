package call

import "iter"

// factNames are the names of facts, in the order of their bits.
var factNames = [...]string{
	"cache_reads", "cache_writes", "cache_ttl", "service_tier", "region", "modalities", "reasoning", "tool_use", "tool_prompt", "served_model",
}

// Names lists the names of the facts in the set.
func (f Facts) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, name := range factNames {
			if f&(1<<i) != 0 && !yield(name) {
				return
			}
		}
	}
}

// ParseFact returns the fact with a name. What is unknown is no fact.
func ParseFact(name string) Facts {
	for i := range factNames {
		if factNames[i] == name {
			return 1 << i
		}
	}
	return 0
}

// kindNames are the names of kinds.
var kindNames = [...]string{None: "none", Inference: "inference", RollUp: "roll_up", Other: "other", Unclear: "unclear"}

// String returns the name of the kind.
func (k Kind) String() string { return kindNames[k] }

// ParseKind returns the kind with a name.
func ParseKind(name string) (Kind, bool) {
	for i := range kindNames {
		if kindNames[i] == name {
			return Kind(i), true
		}
	}
	return None, false
}
