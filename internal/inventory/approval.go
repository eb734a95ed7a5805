package inventory

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/glob"
)

// Rule approves calls. Its fields are patterns in which "*" stands for any run
// of characters; an empty one is for all.
type Rule struct{ Provider, Model, Service string }

// Verdict is whether an entry is approved.
type Verdict uint8

// The verdicts. Unknown is that of a list without rules, and of requests of
// which the model is not told where approval depends on it.
const (
	Unknown Verdict = iota
	Approved
	Unapproved
)

// String returns the value of the attribute token_cost.approved.
func (v Verdict) String() string { return [...]string{"unknown", "true", "false"}[v] }

// Approvals is a list of rules. It is immutable and safe for concurrent use.
type Approvals struct {
	rules     []Rule
	canonical func(provider string) string
}

// NewApprovals returns a list. Providers have several names; the function
// returns the one of the price book, or nothing for one it does not know.
func NewApprovals(rules []Rule, canonical func(provider string) string) *Approvals {
	a := &Approvals{canonical: canonical}
	for _, r := range rules {
		r.Provider, r.Model = strings.ToLower(r.Provider), strings.ToLower(r.Model)
		if id := canonical(r.Provider); id != "" {
			r.Provider = strings.ToLower(id)
		}
		a.rules = append(a.rules, r)
	}
	return a
}

// Of judges an entry. Providers and models match in any case; services as they
// are written.
func (a *Approvals) Of(id *ID) Verdict {
	if len(a.rules) == 0 {
		return Unknown
	}
	provider, model := strings.ToLower(id.Provider), strings.ToLower(id.Model)
	book := strings.ToLower(a.canonical(id.Provider))
	verdict := Unapproved
	for _, r := range a.rules {
		if !fits(r.Service, id.Service) || !fits(r.Provider, provider) && (book == "" || !fits(r.Provider, book)) {
			continue
		}
		if fits(r.Model, model) {
			return Approved
		}
		if model == "" {
			verdict = Unknown
		}
	}
	return verdict
}

func fits(pattern, s string) bool { return pattern == "" || glob.Match(pattern, s) }
