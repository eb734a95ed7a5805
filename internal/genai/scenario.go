package genai

import "math/rand/v2"

// scenario is a thing that happens to calls in production.
type scenario uint8

const (
	plain scenario = iota
	cacheRead
	cacheWrite
	reasoning
	flexTier
	priorityTier
	streamed
	longContext
	embeddings
	agent
	failed
	unknownModel
	batch       // told with token_usage.mode
	provisioned // told with token_usage.billing
	toldFacts   // the application adds what its instrumentation cannot tell
	numScenarios
)

var scenarioNames = [numScenarios]string{
	plain: "plain", cacheRead: "cache_read", cacheWrite: "cache_write", reasoning: "reasoning", flexTier: "flex", priorityTier: "priority",
	streamed: "streamed", longContext: "long_context", embeddings: "embeddings", agent: "agent", failed: "failed", unknownModel: "unknown_model",
	batch: "batch", provisioned: "provisioned", toldFacts: "told_facts",
}

func (s scenario) String() string { return scenarioNames[s] }

// weights is how often each scenario is drawn, out of their sum.
var weights = [numScenarios]int{
	plain: 24, cacheRead: 16, cacheWrite: 8, reasoning: 8, flexTier: 4, priorityTier: 4, streamed: 12, longContext: 2,
	embeddings: 5, agent: 8, failed: 4, unknownModel: 3, batch: 2, provisioned: 1, toldFacts: 4,
}

func drawScenario(r *rand.Rand) scenario {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := r.IntN(sum)
	for s, w := range weights {
		if n -= w; n < 0 {
			return scenario(s)
		}
	}
	return plain
}

// fits tells whether the scenario can happen to the model.
func (s scenario) fits(m model) bool {
	switch s {
	case embeddings:
		return m.embedding
	case reasoning:
		return m.reasons
	case flexTier, priorityTier:
		return m.flex
	case cacheWrite:
		return m.family == anthropic || m.family == bedrock
	case longContext:
		return m.longAt > 0
	}
	return !m.embedding
}

// draw invents the usage of one call.
func (s scenario) draw(r *rand.Rand, m model) counts {
	c := counts{input: 20 + r.Int64N(4000), output: 10 + r.Int64N(1200)}
	if s == toldFacts {
		if s = cacheRead; m.family == anthropic || m.family == bedrock {
			s = cacheWrite
		}
	}
	switch s {
	case embeddings:
		return counts{input: c.input}
	case cacheRead:
		c.cacheRead = 1024 + 128*r.Int64N(400)
	case cacheWrite:
		c.cacheRead = 128 * r.Int64N(40)
		c.write5m = 1024 + r.Int64N(8000)
		if m.family == anthropic && r.IntN(3) == 0 {
			c.write1h = 1024 + r.Int64N(9000)
		}
	case longContext:
		c.input = m.longAt + 1 + r.Int64N(m.longAt)
	case failed:
		return counts{}
	}
	if m.reasons && (s == reasoning || r.IntN(4) == 0) {
		c.reasoning = 64 * (1 + r.Int64N(40))
	}
	return c
}
