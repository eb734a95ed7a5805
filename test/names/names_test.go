// Package names_test resolves names of models as telemetry spells them with the
// built-in price book. A name that the book does not know exactly has to stay
// unknown: a price that belongs to a neighbour is wrong money.
package names_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

func builtin(t *testing.T) *pricebook.Book {
	t.Helper()
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	return store.Book()
}

// unknown is the expectation of a name that no row, alias or dated form claims.
const unknown = ""

// spelling is a name of a model with the provider as telemetry bills it.
type spelling struct {
	provider string
	name     string
	model    string // "provider/model" of the book, or unknown
	geo      string // region that the name tells
	reasons  string // comma-separated; for an unknown model "model_unknown" if not said
}

var spellings = map[string][]spelling{
	"OpenAI's own names": {
		{provider: "openai", name: "gpt-4o", model: "openai/gpt-4o"},
		{provider: "openai", name: "GPT-4o", model: "openai/gpt-4o"},
		{provider: "openai", name: " gpt-4o ", model: "openai/gpt-4o"},
		{provider: "openai", name: "gpt-4o-2024-08-06", model: "openai/gpt-4o"},
		{provider: "openai", name: "gpt-4o-2024-05-13", model: "openai/gpt-4o-2024-05-13"},
		{provider: "openai", name: "gpt-4o-mini-2024-07-18", model: "openai/gpt-4o-mini"},
		{provider: "openai", name: "gpt-5.6", model: "openai/gpt-5.6-sol"},
		{provider: "openai", name: "gpt-6.1-sol", model: "openai/gpt-6.1-sol"},
		{provider: "openai", name: "gpt-6.2-sol", model: "openai/gpt-6.2-sol"},
		{provider: "openai", name: "openai/gpt-4o", model: "openai/gpt-4o"},
		{provider: "openai", name: "o4-mini-deep-research", model: "openai/o4-mini-deep-research"},
		{provider: "openai", name: "o4-mini-deep-research-2025-06-26", model: "openai/o4-mini-deep-research"},
		{provider: "openai", name: "text-embedding-3-small", model: "openai/text-embedding-3-small"},
		{provider: "openai", name: "gpt-4o-2024-13-45", model: unknown},
		{provider: "openai", name: "gpt-6.3-sol", model: unknown},
		{provider: "openai", name: "gpt-4o-latest", model: unknown},
		{provider: "openai", name: "gpt-4", model: "openai/gpt-4"},
		{provider: "openai", name: "gpt-4o:online", model: unknown},
		{provider: "openai", name: "gpt-6-sol-fast", model: unknown},
	},
	"fine-tuned models, only by a row that begins with ft:": {
		{provider: "openai", name: "ft:gpt-4o-mini:acme::abc123", model: "openai/ft:gpt-4o-mini"},
		{provider: "openai", name: "ft:gpt-4o-mini-2024-07-18:acme::abc123", model: "openai/ft:gpt-4o-mini"},
		{provider: "openai", name: "ft:gpt-4o-mini-2024-07-18:acme:support:abc123", model: "openai/ft:gpt-4o-mini"},
		{provider: "openai", name: "ft:gpt-6-sol:acme::abc123", model: unknown},
		{provider: "openai", name: "ft:o3:acme::abc123", model: unknown},
	},
	"Azure": {
		{provider: "azure.ai.openai", name: "gpt-4o", model: "azure/gpt-4o"},
		{provider: "az.ai.openai", name: "gpt-4o-2024-11-20", model: "azure/gpt-4o"},
		{provider: "azure", name: "azure/gpt-4o", model: "azure/gpt-4o"},
		{provider: "azure", name: "o4-mini-deep-research", model: "azure/o4-mini-deep-research"},
		{provider: "azure", name: "gpt-35-turbo", model: "azure/gpt-3.5-turbo"},
		{provider: "azure", name: "gpt-5.6-sol", model: "azure/gpt-5.6-sol"},
		{provider: "azure", name: "prod-chat", model: unknown},
		{provider: "azure", name: "gpt4o-eu-prod", model: unknown},
		{provider: "azure", name: "my-gpt-4o", model: unknown},
		{provider: "azure", name: "gpt-4o-prod", model: unknown},
		{provider: "azure", name: "model-router", model: unknown},
	},
	"Anthropic": {
		{provider: "anthropic", name: "claude-opus-4-5-20251101", model: "anthropic/claude-opus-4-5"},
		{provider: "anthropic", name: "claude-haiku-5-5", model: "anthropic/claude-haiku-5-5"},
		{provider: "anthropic", name: "claude-haiku-4-5-20251001", model: "anthropic/claude-haiku-4-5"},
		{provider: "anthropic", name: "anthropic/claude-sonnet-4-5", model: "anthropic/claude-sonnet-4-5"},
		{provider: "anthropic", name: "claude-sonnet-4-5-20250929[1m]", model: "anthropic/claude-sonnet-4-5"},
		{provider: "anthropic", name: "claude-3-5-sonnet-latest", model: "anthropic/claude-3-5-sonnet-latest"},
		{provider: "anthropic", name: "claude-opus-4-20250514", model: "anthropic/claude-opus-4"},
		{provider: "anthropic", name: "claude-opus-4-9", model: unknown},
		{provider: "anthropic", name: "claude-opus-4-9-20270101", model: unknown},
		{provider: "anthropic", name: "claude-opus-4-8-fast", model: unknown},
		{provider: "anthropic", name: "claude-opus-6", model: unknown},
		{provider: "anthropic", name: "claude", model: unknown},
	},
	"Bedrock: vendors, versions and scopes": {
		{provider: "aws.bedrock", name: "anthropic.claude-sonnet-4-5-20250929-v1:0", model: "aws.bedrock/anthropic.claude-sonnet-4-5"},
		{provider: "aws.bedrock", name: "global.anthropic.claude-sonnet-4-5-20250929-v1:0", model: "aws.bedrock/anthropic.claude-sonnet-4-5", geo: "global"},
		{provider: "aws.bedrock", name: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", model: "aws.bedrock/anthropic.claude-sonnet-4-5", geo: "us"},
		{provider: "aws.bedrock", name: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", model: "aws.bedrock/anthropic.claude-sonnet-4-5", geo: "eu"},
		{provider: "aws.bedrock", name: "jp.anthropic.claude-sonnet-4-5-20250929-v1:0", model: "aws.bedrock/anthropic.claude-sonnet-4-5", geo: "jp"},
		{provider: "aws.bedrock", name: "au.anthropic.claude-opus-4-6-v1", model: "aws.bedrock/anthropic.claude-opus-4-6", geo: "au"},
		{provider: "aws.bedrock", name: "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", model: "aws.bedrock/anthropic.claude-sonnet-4-5", geo: "us-gov"},
		{provider: "aws.bedrock", name: "apac.anthropic.claude-3-haiku-20240307-v1:0", model: "aws.bedrock/anthropic.claude-3-haiku", geo: "apac"},
		{provider: "aws.bedrock", name: "anthropic.claude-3-5-sonnet-20241022-v2:0", model: "aws.bedrock/anthropic.claude-3-5-sonnet"},
		{provider: "aws.bedrock", name: "anthropic.claude-3-5-sonnet-20241022-v2:0:200k", model: "aws.bedrock/anthropic.claude-3-5-sonnet"},
		{provider: "bedrock", name: "bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0", model: "aws.bedrock/anthropic.claude-haiku-4-5", geo: "us"},
		{provider: "bedrock", name: "bedrock/converse/eu.anthropic.claude-haiku-4-5-20251001-v1:0", model: "aws.bedrock/anthropic.claude-haiku-4-5", geo: "eu"},
		{provider: "aws.bedrock", name: "us.openai.gpt-5.6-sol", model: "aws.bedrock/openai.gpt-5.6-sol", geo: "us"},
		{provider: "aws.bedrock", name: "anthropic.claude-opus-9-v1:0", model: unknown},
		{provider: "aws.bedrock", name: "xx.anthropic.claude-haiku-4-5-20251001-v1:0", model: unknown},
	},
	"Bedrock: ARNs": {
		{
			provider: "aws.bedrock", name: "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
			model: "aws.bedrock/anthropic.claude-sonnet-4-5", geo: "us",
		},
		{
			provider: "aws.bedrock", name: "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/global.anthropic.claude-opus-5-v1",
			model: "aws.bedrock/anthropic.claude-opus-5", geo: "global",
		},
		{
			provider: "aws.bedrock", name: "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
			model: "aws.bedrock/anthropic.claude-3-haiku", geo: "eu-west-1",
		},
		{
			provider: "aws.bedrock", name: "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0",
			model: "aws.bedrock/anthropic.claude-sonnet-4-5", geo: "us-gov",
		},
		{provider: "aws.bedrock", name: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6", model: unknown},
		{provider: "aws.bedrock", name: "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/a1b2c3d4e5f6", model: unknown},
		{provider: "aws.bedrock", name: "arn:aws:sagemaker:us-east-1:123456789012:endpoint/anthropic.claude-3-haiku-20240307-v1:0", model: unknown},
	},
	"Gemini API": {
		{provider: "gcp.gemini", name: "gemini-2.5-pro", model: "google.gemini/gemini-2.5-pro"},
		{provider: "gcp.gemini", name: "models/gemini-2.5-pro", model: "google.gemini/gemini-2.5-pro"},
		{provider: "gemini", name: "gemini/gemini-2.5-pro", model: "google.gemini/gemini-2.5-pro"},
		{provider: "gcp.gemini", name: "gemini-1.5-flash-002", model: "google.gemini/gemini-1.5-flash"},
		{provider: "gcp.gemini", name: "gemini-2.5-flash-lite", model: "google.gemini/gemini-2.5-flash-lite"},
		{provider: "gcp.gemini", name: "gemini-2.5-flash-preview-tts", model: "google.gemini/gemini-2.5-flash-preview-tts"},
		{provider: "gcp.gemini", name: "gemini-3.8-flash", model: "google.gemini/gemini-3.8-flash"},
		{provider: "gcp.gemini", name: "gemini-9-flash", model: unknown},
		{provider: "gcp.gemini", name: "tunedModels/support-bot-abc123", model: unknown},
	},
	"Vertex AI": {
		{
			provider: "gcp.vertex_ai", name: "projects/acme/locations/europe-west4/publishers/google/models/gemini-2.5-pro",
			model: "google.vertex/gemini-2.5-pro", geo: "europe-west4",
		},
		{
			provider: "gcp.vertex_ai", name: "projects/acme/locations/global/publishers/google/models/gemini-3.8-flash",
			model: "google.vertex/gemini-3.8-flash", geo: "global",
		},
		{provider: "gcp.vertex_ai", name: "publishers/google/models/gemini-2.5-flash", model: "google.vertex/gemini-2.5-flash"},
		{provider: "gcp.vertex_ai", name: "publishers/anthropic/models/claude-sonnet-4-5@20250929", model: "google.vertex/claude-sonnet-4-5"},
		{provider: "vertex_ai", name: "claude-sonnet-4-5@20250929", model: "google.vertex/claude-sonnet-4-5"},
		{provider: "vertex_ai", name: "claude-opus-4-1@20250805", model: "google.vertex/claude-opus-4-1"},
		{provider: "vertex_ai", name: "vertex_ai/gemini-2.5-flash", model: "google.vertex/gemini-2.5-flash"},
		{provider: "vertex_ai", name: "projects/acme/locations/us-central1/endpoints/1234567890", model: unknown},
	},
	"Mistral, where -latest moves": {
		{provider: "mistral_ai", name: "mistral-large-latest", model: "mistral/mistral-large-latest"},
		{provider: "mistral_ai", name: "mistral-large-2411", model: "mistral/mistral-large-2411"},
		{provider: "mistral_ai", name: "mistral-small-2506", model: "mistral/mistral-small-2506"},
		{provider: "mistral", name: "mistral/codestral-latest", model: "mistral/codestral-latest"},
		{provider: "mistral_ai", name: "ministral-8b-latest", model: "mistral/ministral-8b-latest"},
		{provider: "mistral_ai", name: "mistral-huge-latest", model: unknown},
	},
	"Groq, whose ids have slashes": {
		{provider: "groq", name: "openai/gpt-oss-120b", model: "groq/openai/gpt-oss-120b"},
		{provider: "groq", name: "openai/gpt-oss-20b", model: "groq/openai/gpt-oss-20b"},
		{provider: "groq", name: "openai/gpt-oss-safeguard-20b", model: "groq/openai/gpt-oss-safeguard-20b"},
		{provider: "groq", name: "groq/llama-3.3-70b-versatile", model: "groq/llama-3.3-70b-versatile"},
		{provider: "groq", name: "openai/gpt-oss-safeguard-120b", model: unknown},
		{provider: "groq", name: "openai/gpt-oss-999b", model: unknown},
	},
	"xAI": {
		{provider: "x_ai", name: "grok-4.7", model: "xai/grok-4.7"},
		{provider: "xai", name: "grok-4-0709", model: "xai/grok-4"},
		{provider: "xai", name: "grok-4-latest", model: "xai/grok-4"},
		{provider: "xai", name: "xai/grok-4.3", model: "xai/grok-4.3"},
		{provider: "xai", name: "grok-4.20-0309", model: "xai/grok-4.20-0309"},
		{provider: "xai", name: "grok-9", model: unknown},
	},
	"Together and Fireworks": {
		{provider: "together", name: "meta-llama/Llama-3.3-70B-Instruct-Turbo", model: "together/meta-llama/llama-3.3-70b-instruct-turbo"},
		{provider: "together_ai", name: "together_ai/openai/gpt-oss-120b", model: "together/openai/gpt-oss-120b"},
		{provider: "together", name: "acme/Llama-3.3-70B-Instruct-Turbo-tuned", model: unknown},
		{provider: "fireworks", name: "accounts/fireworks/models/kimi-k2p6", model: "fireworks/kimi-k2p6"},
		{provider: "fireworks", name: "accounts/fireworks/routers/kimi-k2p6-fast", model: "fireworks/kimi-k2p6-fast"},
		{provider: "fireworks", name: "accounts/acme/models/kimi-k2p6", model: unknown},
		{provider: "fireworks", name: "accounts/fireworks/models/kimi-k2p6-fast", model: unknown},
	},
	"OpenRouter, whose flags change the price": {
		{provider: "openrouter", name: "anthropic/claude-sonnet-4.5", model: "openrouter/anthropic/claude-sonnet-4.5"},
		{provider: "openrouter", name: "openrouter/anthropic/claude-sonnet-4.5", model: "openrouter/anthropic/claude-sonnet-4.5"},
		{provider: "openrouter", name: "openai/gpt-4o", model: "openrouter/openai/gpt-4o"},
		{provider: "openrouter", name: "openai/gpt-4o:online", model: unknown},
		{provider: "openrouter", name: "openai/gpt-4o:nitro", model: unknown},
		{provider: "openrouter", name: "openai/gpt-4o:free", model: unknown},
		{provider: "openrouter", name: "anthropic/claude-sonnet-4.5:thinking", model: unknown},
		{provider: "openrouter", name: "openrouter/auto", model: unknown},
	},
	"others": {
		{provider: "cohere", name: "command-a-03-2025", model: "cohere/command-a"},
		{provider: "cohere", name: "rerank-v3.5", model: "cohere/rerank-v3.5"},
		{provider: "perplexity", name: "sonar-pro", model: "perplexity/sonar-pro"},
		{provider: "deepseek", name: "deepseek-v4-flash", model: "deepseek/deepseek-v4-flash"},
		{provider: "deepseek", name: "deepseek-v5", model: unknown},
		{provider: "moonshot", name: "kimi-k2.6", model: "moonshot/kimi-k2.6"},
		{provider: "minimax", name: "MiniMax-M3", model: "minimax/minimax-m3"},
		{provider: "zhipu", name: "glm-4.6", model: "zhipu/glm-4.6"},
	},
	"a provider that was not told, or that nobody knows": {
		{name: "gpt-6.2-sol", model: "openai/gpt-6.2-sol", reasons: "provider_inferred"},
		{name: "claude-haiku-4-5-20251001", model: "anthropic/claude-haiku-4-5", reasons: "provider_inferred"},
		{name: "azure/gpt-4o", model: "azure/gpt-4o", reasons: "provider_inferred"},
		{name: "vertex_ai/gemini-2.5-pro", model: "google.vertex/gemini-2.5-pro", reasons: "provider_inferred"},
		{name: "bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0", model: "aws.bedrock/anthropic.claude-haiku-4-5", geo: "us", reasons: "provider_inferred"},
		{name: "my-model", model: unknown, reasons: "provider_not_reported"},
		{provider: "acme-gateway", name: "gpt-4o", model: unknown, reasons: "provider_unknown"},
		{provider: "openai", name: "", model: unknown, reasons: "model_not_reported"},
	},
}

// TestEverySpellingIsThatModelOrNone is the list of names seen in the wild: those
// that published tables miss, and those that they take for something else.
func TestEverySpellingIsThatModelOrNone(t *testing.T) {
	book := builtin(t)
	n := 0
	for group, rows := range spellings {
		for _, s := range rows {
			n++
			t.Run(group+"/"+s.provider+" "+s.name, func(t *testing.T) {
				res, _ := book.Resolve(&pricebook.Query{Provider: s.provider, Response: s.name})
				require.Equal(t, s.model, modelID(res))
				want := s.reasons
				if want == "" && s.model == unknown {
					want = "model_unknown"
				}
				assert.Equal(t, want, res.Reasons.String(), "reasons")
				if s.model != unknown {
					assert.Equal(t, s.geo, res.Geo, "region")
				}
			})
		}
	}
	require.Greater(t, n, 100)
}

// TestNamesThatTablesTakeForANeighbour lists what was seen to get the price of
// another model: it may have a row of its own, or none, but never that one.
func TestNamesThatTablesTakeForANeighbour(t *testing.T) {
	book := builtin(t)
	for _, c := range []struct{ provider, name, not string }{
		{"gcp.gemini", "gemini-1.5-flash-8b", "gemini-1.5-flash"},
		{"gcp.vertex_ai", "gemini-1.5-flash-8b", "gemini-1.5-flash"},
		{"groq", "openai/gpt-oss-safeguard-20b", "openai/gpt-oss-120b"},
		{"azure", "o4-mini-deep-research", "o4-mini"},
		{"openai", "o4-mini-deep-research", "o4-mini"},
		{"mistral_ai", "mistral-large-latest", "mistral-large-2411"},
		{"openai", "gpt-image-1-mini", "gpt-image-1"},
		{"openai", "gpt-4o-mini-tts", "gpt-4o-mini"},
		{"openai", "gpt-5-chat-latest", "gpt-5-nano"},
		{"gcp.gemini", "gemini-3-pro-image-preview", "gemini-3-pro-preview"},
		{"gcp.gemini", "gemini-2.5-flash-image", "gemini-2.5-flash"},
		{"anthropic", "claude-opus-4-9", "claude-opus-4"},
		{"openai", "ft:gpt-4o-mini:acme::abc123", "gpt-4o-mini"},
	} {
		res, _ := book.Resolve(&pricebook.Query{Provider: c.provider, Response: c.name})
		if res.Model != nil {
			assert.NotEqual(t, c.not, res.Model.ID, "%s %s", c.provider, c.name)
		}
	}
}

// TestTheRegionInANameMovesThePrice compares the input rate for the region that
// a name tells with the one of the global or base price.
func TestTheRegionInANameMovesThePrice(t *testing.T) {
	book := builtin(t)
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).UnixNano()
	for _, c := range []struct{ provider, name, factor string }{
		{"aws.bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", "1"},
		{"aws.bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "1.1"},
		{"aws.bedrock", "eu.anthropic.claude-opus-5-v1", "1.1"},
		{"aws.bedrock", "apac.anthropic.claude-haiku-4-5-20251001-v1:0", "1.1"},
		{"aws.bedrock", "jp.anthropic.claude-sonnet-4-5-20250929-v1:0", "1.1"},
		{"aws.bedrock", "au.anthropic.claude-sonnet-4-6", "1.1"},
		{"aws.bedrock", "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "1.2"},
		{"aws.bedrock", "eu.anthropic.claude-3-7-sonnet-20250219-v1:0", "1"},
		{"aws.bedrock", "us.amazon.nova-lite-v1:0", "1"},
		{"aws.bedrock", "eu.amazon.nova-lite-v1:0", "1.3"},
		{"aws.bedrock", "apac.amazon.nova-lite-v1:0", "1.05"},
		{"aws.bedrock", "eu.amazon.nova-pro-v1:0", "1.3125"},
		{"aws.bedrock", "apac.amazon.nova-pro-v1:0", "1.05"},
		{"gcp.vertex_ai", "projects/acme/locations/europe-west4/publishers/google/models/gemini-3.8-flash", "1.1"},
		{"gcp.vertex_ai", "projects/acme/locations/global/publishers/google/models/gemini-3.8-flash", "1"},
		{"gcp.vertex_ai", "projects/acme/locations/us-central1/publishers/google/models/gemini-2.5-pro", "1"},
		{"gcp.vertex_ai", "projects/acme/locations/us-east5/publishers/anthropic/models/claude-haiku-4-5@20251001", "1.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, _ := book.Resolve(&pricebook.Query{Provider: c.provider, Response: c.name})
			require.NotNil(t, res.Model)
			price := res.Model.At(at)
			require.NotNil(t, price)
			rule, known := price.Geo(res.Geo, at)
			require.True(t, known, "the price has no rule for region %q", res.Geo)
			rate := price.Rate(meter.AllInput, pricebook.Choice{Geo: rule})
			factor, _ := new(big.Rat).SetString(c.factor)
			assert.Zero(t, rate.Value.Cmp(new(big.Rat).Mul(rate.Base, factor)), "%s instead of %s times %s", rate.Value.RatString(), c.factor, rate.Base.RatString())
		})
	}
}

// neighbours are endings that make another model of any name, or a date of one.
var neighbours = []string{"-mini", "-8b", "-lite", "-pro", "-tts", "-image", "-2099-01-01"}

// TestNoNameIsTakenForItsNeighbour puts every ending behind every id of the
// book: what comes out has to be declared, or dated and said to be.
func TestNoNameIsTakenForItsNeighbour(t *testing.T) {
	book := builtin(t)
	for _, p := range book.Providers() {
		for _, m := range p.Models() {
			for _, ending := range neighbours {
				name := m.ID + ending
				res, _ := book.Resolve(&pricebook.Query{Provider: p.ID, Response: name})
				if res.Model == nil || declares(res.Model, name) {
					continue
				}
				dated := ending == "-2099-01-01" && res.Model == m && m.Dated
				assert.True(t, dated, "%s %s resolves to %s", p.ID, name, modelID(res))
			}
		}
	}
}

// TestEveryNameOfTheBookIsFound looks every id and alias up as it stands.
func TestEveryNameOfTheBookIsFound(t *testing.T) {
	book := builtin(t)
	for _, p := range book.Providers() {
		for _, m := range p.Models() {
			for _, name := range append([]string{m.ID}, m.Aliases...) {
				for _, spelt := range []string{name, strings.ToUpper(name)} {
					res, _ := book.Resolve(&pricebook.Query{Provider: p.ID, Response: spelt})
					assert.Same(t, m, res.Model, "%s %s resolves to %s", p.ID, spelt, modelID(res))
				}
			}
		}
	}
}

// declares tells whether the name is an id or alias of the model as it stands.
func declares(m *pricebook.Model, name string) bool {
	for _, n := range append([]string{m.ID}, m.Aliases...) {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func modelID(res *pricebook.Resolution) string {
	if res.Model == nil {
		return unknown
	}
	return res.Model.Provider.ID + "/" + res.Model.ID
}
