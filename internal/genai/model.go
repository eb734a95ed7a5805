package genai

// family is a provider together with its billing API.
type family uint8

const (
	openAI family = iota
	anthropic
	gemini
	bedrock // Claude on Amazon Bedrock
)

// model is one that the generator calls. Ids are real and appear in the
// built-in price book; tests hold that.
type model struct {
	family    family
	asked     string // what the application asks for
	served    string // what the provider says it served
	reasons   bool
	embedding bool
	flex      bool  // has flex and priority service tiers
	longAt    int64 // input above which the provider charges more; 0 if it never does
}

var models = []model{
	{family: openAI, asked: "gpt-4o", served: "gpt-4o-2024-08-06"},
	{family: openAI, asked: "gpt-4o-mini", served: "gpt-4o-mini-2024-07-18"},
	{family: openAI, asked: "gpt-5-mini", served: "gpt-5-mini-2025-08-07", reasons: true, flex: true},
	{family: openAI, asked: "o4-mini", served: "o4-mini-2025-04-16", reasons: true, flex: true},
	{family: openAI, asked: "text-embedding-3-small", served: "text-embedding-3-small", embedding: true},
	{family: anthropic, asked: "claude-sonnet-4-5", served: "claude-sonnet-4-5-20250929", reasons: true},
	{family: anthropic, asked: "claude-haiku-4-5", served: "claude-haiku-4-5-20251001"},
	{family: gemini, asked: "gemini-2.5-flash", served: "gemini-2.5-flash", reasons: true},
	{family: gemini, asked: "gemini-2.5-pro", served: "gemini-2.5-pro", reasons: true, longAt: 200_000},
	{family: bedrock, asked: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", served: "us.anthropic.claude-sonnet-4-5-20250929-v1:0"},
}

// unknownModels are ids that no price book knows, one a family.
var unknownModels = [...]model{
	openAI:    {family: openAI, asked: "gpt-internal-preview", served: "gpt-internal-preview"},
	anthropic: {family: anthropic, asked: "claude-internal-preview", served: "claude-internal-preview"},
	gemini:    {family: gemini, asked: "gemini-internal-preview", served: "gemini-internal-preview"},
	bedrock:   {family: bedrock, asked: "acme.internal-preview-v1:0", served: "acme.internal-preview-v1:0"},
}

// names are the spellings of a provider in the field.
type names struct {
	book   string // in the built-in price book
	otel   string // in gen_ai.provider.name
	aiSDK  string // in ai.model.provider
	host   string
	id     string // prefix of response ids
	system string // in gen_ai.system of old instrumentations
}

var providers = [...]names{
	openAI:    {"openai", "openai", "openai.responses", "api.openai.com", "resp_", "OpenAI"},
	anthropic: {"anthropic", "anthropic", "anthropic.messages", "api.anthropic.com", "msg_", "Anthropic"},
	gemini:    {"google.gemini", "gcp.gemini", "google.generative-ai", "generativelanguage.googleapis.com", "gem_", "Google"},
	bedrock:   {"aws.bedrock", "aws.bedrock", "amazon-bedrock", "bedrock-runtime.us-east-1.amazonaws.com", "bdrk_", "AWS"},
}

// geo is where the provider served the call.
func (m model) geo() string {
	switch m.family {
	case bedrock:
		return "us"
	default:
		return "global"
	}
}
