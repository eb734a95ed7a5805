package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// gateway is gateways that tell of tokens in metrics alone. Others, such as
// Envoy AI Gateway and Kong, have spans with usage, which tell more: they are
// read by what their spans are, and priced there unless the configuration says
// otherwise.
var gateway = dialect{
	name:   "gateway",
	signal: Metrics,
	keys: []key{
		common("kong.gen_ai.cache.status", cacheKey, 3).only("hit"), // of Kong's semantic cache
	},
	emitters: []emitter{{
		name:    "Traefik Hub",
		scopes:  []string{"github.com/traefik/*"},
		clauses: []clause{{families: openAI | compatible, in: call.Inclusive, out: call.Inclusive}},
		note:    "Its AI middlewares pass the provider's counts on: whether input holds the cache is open for providers whose own count does not. Its spans are those of HTTP.",
		source:  "documentation of the vendor, November 2026; scope from the source of Traefik",
	}},
}
