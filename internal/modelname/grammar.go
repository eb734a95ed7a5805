package modelname

import (
	"fmt"
	"slices"
	"strings"
)

// Grammar says how a provider spells model names.
type Grammar uint8

// The grammars. Providers that spell alike share one, see [ForProvider].
const (
	Generic   Grammar = iota // nothing is known of the provider, or it has no spelling of its own
	OpenAI                   // also Alibaba
	Azure                    // OpenAI's names and those of other vendors; often deployment names
	Anthropic                //
	Bedrock                  // vendor.model-vN:M with scopes, ARNs
	Gemini                   // the Gemini API
	Vertex                   // publishers and model@version
	Mistral                  //
	Cohere                   //
	XAI                      // also DeepSeek and Moonshot
	Zhipu                    //
	Hosted                   // sellers of many vendors' models, whose ids are vendor/model or plain names
	numGrammars
)

var grammarNames = [numGrammars]string{
	Generic: "generic", OpenAI: "openai", Azure: "azure", Anthropic: "anthropic", Bedrock: "bedrock", Gemini: "gemini",
	Vertex: "vertex", Mistral: "mistral", Cohere: "cohere", XAI: "xai", Zhipu: "zhipu", Hosted: "hosted",
}

// String returns the name that a price book uses for the grammar.
func (g Grammar) String() string {
	if g >= numGrammars {
		return fmt.Sprintf("Grammar(%d)", uint8(g))
	}
	return grammarNames[g]
}

// ParseGrammar returns the grammar of that name.
func ParseGrammar(name string) (Grammar, error) {
	if i := slices.Index(grammarNames[:], name); i >= 0 {
		return Grammar(i), nil
	}
	return Generic, fmt.Errorf("grammar %q is unknown: allowed are %s", name, strings.Join(grammarNames[:], ", "))
}

// providers holds the grammars of provider ids. Providers that are not in it
// have the generic one.
var providers = map[string]Grammar{
	"openai":        OpenAI,
	"alibaba":       OpenAI,
	"azure":         Azure,
	"anthropic":     Anthropic,
	"aws.bedrock":   Bedrock,
	"google.gemini": Gemini,
	"google.vertex": Vertex,
	"mistral":       Mistral,
	"cohere":        Cohere,
	"xai":           XAI,
	"deepseek":      XAI,
	"moonshot":      XAI,
	"zhipu":         Zhipu,

	"baseten":        Hosted,
	"cerebras":       Hosted,
	"cloudflare":     Hosted,
	"deepinfra":      Hosted,
	"fireworks":      Hosted,
	"github.copilot": Hosted,
	"github.models":  Hosted,
	"groq":           Hosted,
	"huggingface":    Hosted,
	"hyperbolic":     Hosted,
	"nebius":         Hosted,
	"novita":         Hosted,
	"openrouter":     Hosted,
	"perplexity":     Hosted,
	"replicate":      Hosted,
	"sambanova":      Hosted,
	"together":       Hosted,
	"vercel":         Hosted,
}

// ForProvider returns the grammar of a provider id of the price book, which is
// Generic for providers that spell their names in no way of their own.
func ForProvider(id string) Grammar { return providers[id] }

// routers holds the prefixes that name a platform, in the spellings of LiteLLM,
// the AI SDK, LangChain and Genkit, and the platforms' grammars.
var routers = map[string]Grammar{
	"azure": Azure, "azure_ai": Azure, "azure-openai": Azure, "azure_openai": Azure,
	"bedrock": Bedrock, "bedrock_converse": Bedrock, "bedrock_mantle": Bedrock, "amazon-bedrock": Bedrock,
	"gemini": Gemini, "googleai": Gemini, "google_genai": Gemini,
	"vertex_ai": Vertex, "vertex_ai_beta": Vertex, "vertexai": Vertex, "google-vertex": Vertex, "google_vertexai": Vertex,
	"openrouter": Hosted, "groq": Hosted, "cerebras": Hosted, "deepinfra": Hosted, "huggingface": Hosted,
	"together_ai": Hosted, "together": Hosted, "togetherai": Hosted,
	"fireworks_ai": Hosted, "fireworks": Hosted, "fireworks-ai": Hosted,
	"sambanova": Hosted, "novita": Hosted, "nebius": Hosted, "hyperbolic": Hosted, "baseten": Hosted,
	"replicate": Hosted, "github_copilot": Hosted, "github-copilot": Hosted, "vercel_ai_gateway": Hosted,
}

// vendor is what a vendor's prefix says about the rest of a name.
type vendor struct {
	grammar Grammar
	// organization marks a spelling that open weights on any host also have. It
	// is a prefix only where names of that vendor's grammar are expected.
	organization bool
}

// vendors holds the prefixes that name who makes the model, and under that name
// sells it.
var vendors = map[string]vendor{
	"openai":     {grammar: OpenAI},
	"anthropic":  {grammar: Anthropic},
	"google":     {grammar: Gemini},
	"mistral":    {grammar: Mistral},
	"mistralai":  {grammar: Mistral, organization: true},
	"cohere":     {grammar: Cohere},
	"xai":        {grammar: XAI},
	"x-ai":       {grammar: XAI, organization: true},
	"deepseek":   {grammar: XAI},
	"moonshot":   {grammar: XAI},
	"moonshotai": {grammar: XAI, organization: true},
	"dashscope":  {grammar: OpenAI},
	"alibaba":    {grammar: OpenAI},
	"qwen":       {grammar: OpenAI, organization: true},
	"zai":        {grammar: Zhipu},
	"z-ai":       {grammar: Zhipu, organization: true},
	"zhipu":      {grammar: Zhipu},
	"zhipuai":    {grammar: Zhipu},
	"minimax":    {grammar: Generic},
	"perplexity": {grammar: Hosted},
	"voyage":     {grammar: Generic},
	"ai21":       {grammar: Generic},
	"amazon":     {grammar: Generic},
}

// platform tells whether names keep this grammar after a vendor was taken off
// them, because the platform and not the vendor decides how they are spelt.
func (g Grammar) platform() bool { return g == Azure || g == Bedrock || g == Vertex }
