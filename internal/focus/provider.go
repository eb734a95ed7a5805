package focus

import "strings"

// ProviderNames are the names that the participants of a charge have on
// invoices. Empty ones are those of the provider itself.
type ProviderNames struct {
	Name    string `yaml:"name"`    // ServiceProviderName, and ProviderName up to 1.3
	Service string `yaml:"service"` // ServiceName
	Host    string `yaml:"host"`    // HostProviderName
	Issuer  string `yaml:"invoice_issuer"`
}

// providers are the names of the providers of the built-in price book, as their
// own pages spell them (November 2026). Where the host is not told apart, it is
// the provider, as the specification allows (HostProviderName, 1.3).
var providers = map[string]ProviderNames{
	"ai21":          {Name: "AI21 Labs", Service: "AI21 Studio"},
	"alibaba":       {Name: "Alibaba Cloud", Service: "Alibaba Cloud Model Studio"},
	"anthropic":     {Name: "Anthropic", Service: "Claude API"},
	"aws.bedrock":   {Name: "Amazon Web Services", Service: "Amazon Bedrock"},
	"azure":         {Name: "Microsoft", Service: "Azure OpenAI"},
	"baseten":       {Name: "Baseten", Service: "Baseten Model APIs"},
	"cerebras":      {Name: "Cerebras", Service: "Cerebras Inference"},
	"cloudflare":    {Name: "Cloudflare", Service: "Workers AI"},
	"cohere":        {Name: "Cohere", Service: "Cohere API"},
	"deepinfra":     {Name: "DeepInfra", Service: "DeepInfra API"},
	"deepseek":      {Name: "DeepSeek", Service: "DeepSeek API"},
	"fireworks":     {Name: "Fireworks AI", Service: "Fireworks API"},
	"google.gemini": {Name: "Google", Service: "Gemini API"},
	"google.vertex": {Name: "Google Cloud", Service: "Vertex AI"},
	"groq":          {Name: "Groq", Service: "GroqCloud"},
	"inception":     {Name: "Inception", Service: "Inception API"},
	"minimax":       {Name: "MiniMax", Service: "MiniMax API"},
	"mistral":       {Name: "Mistral AI", Service: "Mistral API"},
	"moonshot":      {Name: "Moonshot AI", Service: "Kimi API"},
	"morph":         {Name: "Morph", Service: "Morph API"},
	"nebius":        {Name: "Nebius", Service: "Nebius Token Factory"},
	"novita":        {Name: "Novita AI", Service: "Novita API"},
	"oci":           {Name: "Oracle", Service: "OCI Generative AI"},
	"openai":        {Name: "OpenAI", Service: "OpenAI API"},
	"openrouter":    {Name: "OpenRouter", Service: "OpenRouter API"},
	"ovhcloud":      {Name: "OVHcloud", Service: "AI Endpoints"},
	"perplexity":    {Name: "Perplexity", Service: "Perplexity API"},
	"scaleway":      {Name: "Scaleway", Service: "Generative APIs"},
	"together":      {Name: "Together AI", Service: "Together API"},
	"vercel":        {Name: "Vercel", Service: "AI Gateway"},
	"voyage":        {Name: "Voyage AI", Service: "Voyage API"},
	"wandb":         {Name: "Weights & Biases", Service: "W&B Inference"},
	"xai":           {Name: "xAI", Service: "xAI API"},
	"zhipu":         {Name: "Zhipu AI", Service: "Zhipu AI API"},
}

// namesOf returns the names of a provider, of which configured ones go first.
// A provider that nobody knows has the name that the ledger has for it.
func (c *Config) namesOf(provider string) ProviderNames {
	out, known := c.Providers[provider], providers[provider]
	for _, f := range []struct {
		to   *string
		from []string
	}{
		{&out.Name, []string{known.Name, provider}},
		{&out.Service, []string{known.Service, provider}},
		{&out.Host, []string{out.Name, known.Name, provider}},
		{&out.Issuer, []string{out.Name, known.Name, provider}},
	} {
		for _, name := range f.from {
			if *f.to == "" {
				*f.to = name
			}
		}
	}
	return out
}

// ModelNames is what a model is called beside its id.
type ModelNames struct {
	Developer string `yaml:"developer"`
	Family    string `yaml:"family"`
	Version   string `yaml:"version"`
}

// developers are who makes the models whose names begin so. Families carry the
// name of one developer each, wherever they are served.
var developers = []struct{ prefix, name string }{
	{"claude", "Anthropic"},
	{"gpt", "OpenAI"},
	{"o1", "OpenAI"},
	{"o3", "OpenAI"},
	{"o4", "OpenAI"},
	{"text-embedding-3", "OpenAI"},
	{"gemini", "Google"},
	{"gemma", "Google"},
	{"llama", "Meta"},
	{"meta-llama", "Meta"},
	{"mistral", "Mistral AI"},
	{"mixtral", "Mistral AI"},
	{"codestral", "Mistral AI"},
	{"magistral", "Mistral AI"},
	{"command", "Cohere"},
	{"deepseek", "DeepSeek"},
	{"qwen", "Alibaba Cloud"},
	{"grok", "xAI"},
	{"kimi", "Moonshot AI"},
	{"glm", "Zhipu AI"},
	{"nova", "Amazon Web Services"},
	{"jamba", "AI21 Labs"},
	{"sonar", "Perplexity"},
	{"phi-", "Microsoft"},
}

// modelNames returns the configured names of a model, and who developed it if
// its name says so.
func (c *Config) modelNames(provider, model string) *ModelNames {
	out := c.Models[provider+"/"+model]
	if out.Developer == "" {
		name := strings.ToLower(model)
		name = name[strings.LastIndexByte(name, '/')+1:]
		if head, tail, ok := strings.Cut(name, "."); ok && !strings.ContainsAny(head, "-0123456789") {
			name = tail // anthropic.claude-3
		}
		for _, d := range developers {
			if strings.HasPrefix(name, d.prefix) {
				out.Developer = d.name
				break
			}
		}
	}
	return &out
}
