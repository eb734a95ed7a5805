// Package attribution reads who a call is for: team, feature, customer, user,
// session and agent, from the attributes that dialects use for them or that a
// configuration names. It owns the table of default keys, the order in which
// they count, and what a value may be. It knows nothing of prices, and of
// telemetry only attribute maps, so that spans, log records and metric points
// are read alike.
//
// Values name people and customers. Nothing is read unless it is configured,
// values can be replaced by keyed hashes, and recorded prompts and completions
// are never a source.
package attribution

//go:generate go run ./attributiondoc ../../docs/attribution.md
