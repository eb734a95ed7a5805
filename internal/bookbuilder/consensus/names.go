package consensus

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
)

// spelled is a model name of a data set taken apart as the product does it.
type spelled struct {
	id   string // without paths, regions and routers
	root string // without version tags too
}

func parse(provider, spelling string) spelled {
	n, ok := modelname.Parse(modelname.ForProvider(provider), spelling)
	if !ok {
		return spelled{spelling, spelling}
	}
	s := spelled{id: n.ID, root: n.ID}
	// The Fireworks grammar keeps account paths; its models are listed with and without.
	if rest, ok := strings.CutPrefix(s.id, "accounts/fireworks/"); ok && provider == "fireworks" {
		_, s.id, _ = strings.Cut(rest, "/")
		s.root = s.id
		return s
	}
	for _, base := range n.Bases {
		if base != "" && !(provider == "aws.bedrock" && generation(s.root)) {
			s.root = base
		}
	}
	return s
}

// generation tells whether the version that Bedrock's grammar would take off
// next tells models apart: nova-lite-v1 and its successor are two, while the
// versions of one Claude model are not.
func generation(id string) bool {
	family, isClaude := strings.CutPrefix(id, "anthropic.claude-")
	return !strings.Contains(id, ":") && (!isClaude || strings.HasPrefix(family, "v") || strings.HasPrefix(family, "instant"))
}

// versionless tells whether a provider's ids carry version tags as a rule, so
// that the id without them is the model even if no data set spells it.
func versionless(provider string) bool {
	return provider == "aws.bedrock" || provider == "google.vertex" || provider == "anthropic"
}

// fold is the key under which spellings that differ in dots and dashes meet:
// claude-3.5-haiku and claude-3-5-haiku.
func fold(id string) string { return strings.ReplaceAll(strings.ToLower(id), ".", "-") }

// owners says under which prefix OpenRouter sells the models of their owners,
// at the owners' list price. It may confirm a price, never refute one.
var owners = map[string]string{
	"alibaba": "qwen/", "anthropic": "anthropic/", "cohere": "cohere/", "deepseek": "deepseek/", "google.gemini": "google/",
	"minimax": "minimax/", "mistral": "mistralai/", "moonshot": "moonshotai/", "openai": "openai/", "perplexity": "perplexity/",
	"xai": "x-ai/", "zhipu": "z-ai/",
}
