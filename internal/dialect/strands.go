package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// strands is the Strands Agents SDK. Scope and gen_ai.system are the name of
// the user's service, so the resource tells it.
var strands = dialect{
	name: "strands",
	metrics: []metric{
		// They name no model, so they tell least.
		counter("gen_ai.agent.tokens.input", input).of(tokenUsage), counter("gen_ai.agent.tokens.output", output).of(tokenUsage),
		counter("strands.event_loop.input.tokens", input).of(tokenUsage), counter("strands.event_loop.output.tokens", output).of(tokenUsage),
		counter("strands.event_loop.cache_read.input.tokens", cacheRead).of(tokenUsage), counter("strands.event_loop.cache_write.input.tokens", cacheWrite).of(tokenUsage),
	},
	emitters: []emitter{
		{
			name:         "Strands Agents Python",
			scopes:       []string{"strands.telemetry*"},
			systemMadeUp: true,
			clauses: []clause{
				{families: anthropic, out: call.Inclusive, tells: cacheFacts},
				{families: bedrock, out: call.Inclusive, tells: cacheFacts, totalProven: true},
				{families: openAI, in: call.Inclusive, out: call.Inclusive, tells: call.CacheReads},
				{families: google, in: call.Inclusive},
				{in: call.Inclusive, out: call.Inclusive},
			},
			note:   "Since 1.62 or before, input includes cache whatever the provider; earlier ones passed Anthropic's and Bedrock's on. The scope has no version.",
			source: "source of 1.62.0; harness-sdk #3886",
		},
		{
			name:         "Strands Agents",
			scopes:       []string{"strands-agents"},
			systemMadeUp: true,
			clauses:      strandsClauses,
			note:         "Direct Anthropic stays exclusive because its total is the emitter's own sum; Bedrock is inclusive since TS 1.17, which its total shows.",
			source:       "seen with TS 1.19.0, and source of the package",
		},
		{
			name:         "Strands Agents, by resource",
			resource:     [2]string{"service.namespace", "strands"},
			systemMadeUp: true,
			clauses:      strandsClauses,
			note:         "As above. OpenAI's cache writes and reasoning are dropped, before TS 1.7 its cache reads too; retention and served model never told.",
			source:       "seen with TS 1.5.0 and 1.19.0, and source of the packages",
		},
	},
}

var strandsClauses = []clause{
	{families: anthropic, in: call.Exclusive, out: call.Inclusive, tells: cacheFacts},
	{families: bedrock, out: call.Inclusive, tells: cacheFacts, totalProven: true},
	{families: google, in: call.Inclusive},
	{in: call.Inclusive, out: call.Inclusive},
}
