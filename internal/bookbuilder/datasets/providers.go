package datasets

import "strings"

// provider says under which names the data sets carry a provider of ours.
type provider struct {
	id        string
	litellm   []string // values of litellm_provider; "x*" for a prefix
	genai     []string
	modelsDev []string
	portkey   []string
}

var providers = []provider{
	{id: "ai21", litellm: []string{"ai21"}, portkey: []string{"ai21"}},
	{id: "alibaba", litellm: []string{"dashscope"}, modelsDev: []string{"alibaba"}, portkey: []string{"dashscope"}},
	{id: "anthropic", litellm: []string{"anthropic"}, genai: []string{"anthropic"}, modelsDev: []string{"anthropic"}, portkey: []string{"anthropic"}},
	{id: "aws.bedrock", litellm: []string{"bedrock", "bedrock_converse", "bedrock_mantle"}, genai: []string{"aws"}, modelsDev: []string{"amazon-bedrock"}, portkey: []string{"bedrock", "bedrock-mantle"}},
	{id: "azure", litellm: []string{"azure", "azure_ai", "azure_text"}, genai: []string{"azure"}, modelsDev: []string{"azure"}, portkey: []string{"azure-openai", "azure-ai"}},
	{id: "baseten", litellm: []string{"baseten"}, genai: []string{"baseten"}, modelsDev: []string{"baseten"}},
	{id: "cerebras", litellm: []string{"cerebras"}, genai: []string{"cerebras"}, modelsDev: []string{"cerebras"}, portkey: []string{"cerebras"}},
	{id: "cloudflare", litellm: []string{"cloudflare"}, genai: []string{"cloudflare"}, modelsDev: []string{"cloudflare-workers-ai"}, portkey: []string{"workers-ai"}},
	{id: "cohere", litellm: []string{"cohere", "cohere_chat"}, genai: []string{"cohere"}, modelsDev: []string{"cohere"}, portkey: []string{"cohere"}},
	{id: "deepinfra", litellm: []string{"deepinfra"}, modelsDev: []string{"deepinfra"}, portkey: []string{"deepinfra"}},
	{id: "deepseek", litellm: []string{"deepseek"}, genai: []string{"deepseek"}, modelsDev: []string{"deepseek"}, portkey: []string{"deepseek"}},
	{id: "fireworks", litellm: []string{"fireworks_ai", "fireworks_ai-embedding-models"}, genai: []string{"fireworks"}, modelsDev: []string{"fireworks-ai"}, portkey: []string{"fireworks-ai"}},
	{id: "google.gemini", litellm: []string{"gemini"}, genai: []string{"google"}, modelsDev: []string{"google"}, portkey: []string{"google"}},
	{id: "google.vertex", litellm: []string{"vertex_ai*"}, genai: []string{"google"}, modelsDev: []string{"google-vertex", "google-vertex-anthropic"}, portkey: []string{"vertex-ai"}},
	{id: "groq", litellm: []string{"groq"}, genai: []string{"groq"}, modelsDev: []string{"groq"}, portkey: []string{"groq"}},
	{id: "inception", litellm: []string{"inception"}, modelsDev: []string{"inception"}},
	{id: "minimax", litellm: []string{"minimax"}, genai: []string{"minimax"}, modelsDev: []string{"minimax"}, portkey: []string{"minimax"}},
	{id: "mistral", litellm: []string{"mistral", "codestral"}, genai: []string{"mistral"}, modelsDev: []string{"mistral"}, portkey: []string{"mistral-ai"}},
	{id: "moonshot", litellm: []string{"moonshot"}, genai: []string{"moonshotai"}, modelsDev: []string{"moonshotai"}, portkey: []string{"moonshot"}},
	{id: "morph", litellm: []string{"morph"}, modelsDev: []string{"morph"}},
	{id: "nebius", litellm: []string{"nebius"}, modelsDev: []string{"nebius"}, portkey: []string{"nebius"}},
	{id: "novita", litellm: []string{"novita"}, genai: []string{"novita"}, modelsDev: []string{"novita-ai"}, portkey: []string{"novita-ai"}},
	{id: "oci", litellm: []string{"oci"}, portkey: []string{"oracle"}},
	{id: "openai", litellm: []string{"openai", "text-completion-openai"}, genai: []string{"openai"}, modelsDev: []string{"openai"}, portkey: []string{"openai"}},
	{id: "openrouter", litellm: []string{"openrouter"}, genai: []string{"openrouter"}, modelsDev: []string{"openrouter"}, portkey: []string{"openrouter"}},
	{id: "ovhcloud", litellm: []string{"ovhcloud"}, genai: []string{"ovhcloud"}, modelsDev: []string{"ovhcloud"}},
	{id: "perplexity", litellm: []string{"perplexity"}, genai: []string{"perplexity"}, modelsDev: []string{"perplexity"}, portkey: []string{"perplexity-ai"}},
	{id: "scaleway", litellm: []string{"scaleway"}, modelsDev: []string{"scaleway"}},
	{id: "together", litellm: []string{"together_ai"}, genai: []string{"together"}, modelsDev: []string{"togetherai"}, portkey: []string{"together-ai"}},
	{id: "vercel", litellm: []string{"vercel_ai_gateway"}, modelsDev: []string{"vercel"}},
	{id: "voyage", litellm: []string{"voyage"}, genai: []string{"voyageai"}},
	{id: "wandb", litellm: []string{"wandb"}, modelsDev: []string{"wandb"}},
	{id: "xai", litellm: []string{"xai"}, genai: []string{"x-ai"}, modelsDev: []string{"xai"}, portkey: []string{"x-ai"}},
	{id: "zhipu", litellm: []string{"zai"}, genai: []string{"zai"}, modelsDev: []string{"zai"}, portkey: []string{"z-ai"}},
}

// ours finds the providers that a data set carries under the name.
func ours(name string, names func(provider) []string) []string {
	var ids []string
	for _, p := range providers {
		for _, n := range names(p) {
			if prefix, ok := strings.CutSuffix(n, "*"); n == name || ok && strings.HasPrefix(name, prefix) {
				ids = append(ids, p.id)
			}
		}
	}
	return ids
}

// Geographic scopes that Bedrock puts before a model id.
var bedrockScopes = []string{"us-gov", "global", "regional", "apac", "us", "eu", "au", "jp", "ca", "sa", "in"}

// bedrockModel takes the scope or region from a Bedrock id as data sets spell it.
func bedrockModel(id string) (model, geo string) {
	if rest, ok := strings.CutPrefix(id, "bedrock/"); ok {
		region, model, ok := strings.Cut(rest, "/")
		if ok && strings.Count(region, "-") >= 2 {
			return model, region
		}
		id = rest
	}
	for _, scope := range bedrockScopes {
		if rest, ok := strings.CutPrefix(id, scope+"."); ok {
			return rest, scope
		}
	}
	return id, ""
}
