package interaction

import (
	"fmt"
	"slices"
	"strings"
)

// Role is why a call was made. Every call of a closed action has one; what is
// not Primary is overhead.
type Role uint8

// The roles.
const (
	Undecided    Role = iota // the zero value; no call of a closed action has it
	Primary                  // the main model answers the user
	Step                     // a call of the main model before the last one, where only the last one is primary
	Retry                    // failed, and was made again
	Failed                   // failed, and was not made again
	Tool                     // below a tool
	Retrieval                // embeddings, reranking, or below a retriever
	SubAgent                 // below an agent that another agent called
	OtherModel               // by another model than the main one
	Unclassified             // beyond the number of spans that are kept of one trace
	Untraced                 // belongs to no trace, and to nothing else that has a name
	Late                     // came after its action was closed
	NumRoles
)

var roleNames = [NumRoles]string{
	"", "primary", "step", "retry", "failed", "tool", "retrieval", "sub_agent", "other_model", "unclassified", "untraced", "late",
}

// String returns the value of the attribute token_cost.role.
func (r Role) String() string { return roleNames[r] }

// ParseRole reads a role that a configuration can give to calls.
func ParseRole(name string) (Role, error) {
	given := roleNames[Primary:Unclassified]
	if i := slices.Index(given, name); i >= 0 {
		return Primary + Role(i), nil
	}
	return Undecided, fmt.Errorf("%q is not a role; use %s", name, strings.Join(given, ", "))
}
