// Package attrkey holds the attribute keys that the project writes, and those
// that more than one package reads. Spellings that only one dialect uses stand
// in that dialect's table in package dialect.
package attrkey

import "strings"

// FactPrefix begins the keys of facts that an SDK or an earlier processor puts
// on a span or resource: a meter or fee of the price book, or one of the facts
// below. Such facts win over what is inferred.
const FactPrefix = "token_usage."

// Facts that are no counts.
const (
	FactMode    = FactPrefix + "mode"    // service tier, speed or batch
	FactGeo     = FactPrefix + "geo"     // region or data residency
	FactBilling = FactPrefix + "billing" // "provisioned": paid for by time
)

// BillingProvisioned is the value of FactBilling for capacity that is paid for by time.
const BillingProvisioned = "provisioned"

// DefaultPrefix begins the keys of results, unless the configuration says otherwise.
const DefaultPrefix = "token_cost"

// Names of results, each after the prefix and a dot.
const (
	Status     = "status"
	Reasons    = "reasons"
	Total      = "total"
	Input      = "input"
	CacheRead  = "cache_read"
	CacheWrite = "cache_write"
	Output     = "output"
	Fees       = "fees"
	List       = "list"
	Overhead   = "overhead"
	Loaded     = "loaded"
	Currency   = "currency"
	Price      = "price"
	Book       = "book"
	UsageBasis = "usage_basis"
	Reported   = "reported"
	// Calculation is what the cost was calculated from, as package calculation writes it.
	Calculation = "calculation"
)

// Names of what calls are attributed to, each after the prefix and a dot.
const (
	Team     = "team"
	Feature  = "feature"
	Customer = "customer"
	User     = "user"
	Session  = "session"
	Agent    = "agent"
)

// Written holds the full keys of results under one prefix, built once so that
// writing allocates no strings. Keys with the same prefix are the same strings.
type Written struct {
	Prefix string // with the dot
	Status, Reasons, Total, Input, CacheRead, CacheWrite, Output, Fees, List,
	Overhead, Loaded, Currency, Price, Book, UsageBasis, Reported, Calculation,
	Team, Feature, Customer, User, Session, Agent string
}

// Under returns the keys under a prefix such as "token_cost". A dot at the end
// of the prefix is optional.
func Under(prefix string) *Written {
	p := strings.TrimSuffix(prefix, ".") + "."
	return &Written{
		Prefix: p,
		Status: p + Status, Reasons: p + Reasons, Total: p + Total, Input: p + Input, CacheRead: p + CacheRead,
		CacheWrite: p + CacheWrite, Output: p + Output, Fees: p + Fees, List: p + List, Overhead: p + Overhead,
		Loaded: p + Loaded, Currency: p + Currency, Price: p + Price, Book: p + Book, UsageBasis: p + UsageBasis, Reported: p + Reported, Calculation: p + Calculation,
		Team: p + Team, Feature: p + Feature, Customer: p + Customer, User: p + User, Session: p + Session, Agent: p + Agent,
	}
}

// Keys lists all the keys in w, for removing what others wrote.
func (w *Written) Keys() []string {
	return []string{
		w.Status, w.Reasons, w.Total, w.Input, w.CacheRead, w.CacheWrite, w.Output, w.Fees, w.List,
		w.Overhead, w.Loaded, w.Currency, w.Price, w.Book, w.UsageBasis, w.Reported, w.Calculation,
		w.Team, w.Feature, w.Customer, w.User, w.Session, w.Agent,
	}
}
