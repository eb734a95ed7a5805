package dialect

import "strings"

// family is a set of provider families. Providers are of one family if their
// APIs count alike; what a raw count includes follows from it.
type family uint16

const (
	unknownFamily family = 1 << iota
	openAI               // input holds cache, output holds reasoning
	anthropic            // input excludes cache reads and writes
	bedrock              // Converse: input excludes cache reads and writes
	google               // input excludes tool prompts, output excludes thoughts
	xai                  // chat: output excludes reasoning
	compatible           // the many that count like OpenAI

	anyFamily family = 0
)

// rawExclusive are the families whose API counts input without cache.
const rawExclusive = anthropic | bedrock

// rawWithoutReasoning are the families whose API may count output without reasoning.
const rawWithoutReasoning = google | xai

// familyOf tells the family from provider, whose own is f, and model as told. The provider
// counts first, but clouds host models whose API they pass through, so there
// the model decides.
func familyOf(f family, provider, system, model, host string) family {
	if f&(openAI|compatible|unknownFamily) != 0 && host != "" {
		if g := hostFamily(host); g != unknownFamily {
			return g // OpenAI's client is pointed at many services
		}
	}
	switch {
	case f == unknownFamily:
		if g := providerFamily(system); g != unknownFamily {
			return g
		}
	case f == bedrock:
		if contains(model, "gpt-") || providerFamily(system) == openAI {
			return openAI // Bedrock's OpenAI models count like OpenAI
		}
		return bedrock
	case f == google || f == compatible:
		switch {
		case contains(model, "claude"):
			return anthropic
		case f == compatible && prefixed(provider, "az") && contains(model, "grok"):
			return xai
		}
		return f
	default:
		return f
	}
	return modelFamily(model)
}

// hostFamily tells the family of the hosts whose services count unlike OpenAI's.
func hostFamily(host string) family {
	switch {
	case suffixed(host, "api.x.ai"):
		return xai
	case suffixed(host, ".googleapis.com"):
		return google
	case suffixed(host, "api.anthropic.com"):
		return anthropic
	case suffixed(host, ".amazonaws.com"):
		return bedrock
	}
	return unknownFamily
}

// providers are the spellings met most, for speed.
var providers = makeWords(map[string]family{
	"openai": openAI, "anthropic": anthropic, "aws.bedrock": bedrock, "azure.ai.openai": openAI, "azure.ai.inference": compatible,
	"gcp.gemini": google, "gcp.gen_ai": google, "gcp.vertex_ai": google, "x_ai": xai, "deepseek": compatible, "mistral_ai": compatible,
	"groq": compatible, "cohere": compatible, "perplexity": compatible, "moonshot_ai": compatible, "ibm.watsonx.ai": compatible,
	"anthropic.messages": anthropic, "openai.responses": openAI, "openai.chat": openAI, "google.generative-ai": google,
	"amazon-bedrock": bedrock, "openrouter": compatible,
})

// providerFamily knows the spellings of providers: values of the conventions,
// their deprecated forms and the ids of SDKs such as "anthropic.messages".
func providerFamily(p string) family {
	if f, ok := providers.get(p); ok {
		return f
	}
	switch {
	case p == "":
		return unknownFamily
	case prefixed(p, "anthropic"), prefixed(p, "vertex.anthropic"), prefixed(p, "google.vertex.anthropic"),
		prefixed(p, "vertexanthropic"), prefixed(p, "googlevertexanthropic"):
		return anthropic
	case prefixed(p, "aws"), prefixed(p, "amazon-bedrock"), prefixed(p, "amazon_bedrock"), prefixed(p, "bedrock"):
		return bedrock
	case prefixed(p, "gcp."), prefixed(p, "google"), prefixed(p, "gemini"), prefixed(p, "vertex"):
		return google
	case prefixed(p, "openai"), prefixed(p, "azure.ai.openai"), prefixed(p, "az.ai.openai"), prefixed(p, "azure-openai"), prefixed(p, "azure_openai"):
		return openAI
	case prefixed(p, "x_ai"), prefixed(p, "xai"), prefixed(p, "x-ai"):
		return xai
	case prefixed(p, "azure"), prefixed(p, "az.ai"), prefixed(p, "deepseek"), prefixed(p, "mistral"), prefixed(p, "groq"),
		prefixed(p, "moonshot"), prefixed(p, "openrouter"), prefixed(p, "perplexity"), prefixed(p, "cohere"), prefixed(p, "together"),
		prefixed(p, "fireworks"), prefixed(p, "cerebras"), prefixed(p, "ibm"), prefixed(p, "ollama"), prefixed(p, "hosted_vllm"), prefixed(p, "vllm"):
		return compatible
	}
	return unknownFamily
}

// modelFamily guesses from a model name when no provider tells.
func modelFamily(m string) family {
	switch {
	case m == "":
		return unknownFamily
	case contains(m, "anthropic.claude"), contains(m, "amazon.nova"), contains(m, "arn:aws"):
		return bedrock
	case contains(m, "claude"):
		return anthropic
	case contains(m, "gemini"):
		return google
	case contains(m, "grok"):
		return xai
	case contains(m, "gpt-"), contains(m, "text-embedding-"), prefixed(m, "o1"), prefixed(m, "o3"), prefixed(m, "o4"):
		return openAI
	case contains(m, "deepseek"), contains(m, "mistral"), contains(m, "llama"), contains(m, "qwen"):
		return compatible
	}
	return unknownFamily
}

// posers are frameworks that put their own name where the provider's belongs.
var posers = makeWords(map[string]bool{
	"strands-agents": true, "strands": true, "spring_ai": true, "gcp.vertex.agent": true, "langchain": true, "langgraph": true,
	"crewai": true, "agno": true, "openai_agents": true, "pydantic-ai": true, "pydantic_ai": true, "autogen": true,
	"llama_index": true, "llamaindex": true, "haystack": true, "mastra": true, "smolagents": true, "dspy": true, "litellm": true,
	"microsoft.agent_framework": true, "semantic_kernel": true, "vercel": true, "genkit": true, "ag2": true, "google_adk": true,
})

// isPoser tells whether a provider value names a framework. Langchain and the
// like come capitalised from older emitters.
func isPoser(p string) bool {
	if len(p) == 0 || len(p) > 32 {
		return false
	}
	if yes, _ := posers.get(p); yes {
		return true
	}
	for i := range len(p) {
		if 'A' <= p[i] && p[i] <= 'Z' {
			yes, _ := posers.get(strings.ToLower(p))
			return yes
		}
	}
	return false
}

// apiSuffixes are what the Vercel AI SDK appends to a provider: the API called.
var apiSuffixes = makeWords(map[string]bool{
	".responses": true, ".messages": true, ".chat": true, ".completion": true, ".embedding": true, ".image": true, ".speech": true,
	".transcription": true, ".reranking": true,
})

// withoutAPI cuts the name of the API off a provider, as in "openai.responses".
func withoutAPI(p string) string {
	if i := strings.LastIndexByte(p, '.'); i > 0 {
		if yes, _ := apiSuffixes.get(p[i:]); yes {
			return p[:i]
		}
	}
	return p
}

// prefixed tells whether s begins with the lower-case p, whatever its case.
func prefixed(s, p string) bool {
	return len(s) >= len(p) && strings.EqualFold(s[:len(p)], p)
}

// suffixed tells whether s ends with the lower-case p, whatever its case.
func suffixed(s, p string) bool {
	return len(s) >= len(p) && strings.EqualFold(s[len(s)-len(p):], p)
}

// contains tells whether s contains the lower-case sub, whatever its case.
func contains(s, sub string) bool {
	if len(s) > 256 {
		s = s[:256]
	}
	c := sub[0]
	for i := 0; i+len(sub) <= len(s); i++ {
		if s[i]|0x20 == c|0x20 && strings.EqualFold(s[i:i+len(sub)], sub) {
			return true
		}
	}
	return false
}
