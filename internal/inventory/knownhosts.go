package inventory

// Known are hosts of AI APIs that the built-in price book has no prices for, so
// that it does not know them. Each has the source of the fact that models are
// called there. What is missing can be configured.
//
//   - litellm: the endpoints of github.com/BerriAI/litellm,
//     litellm/constants.py, openai_compatible_endpoints, commit 000db7e8
//   - genai-prices: the API patterns of the Python package genai-prices 0.2.3
//   - model-studio: alibabacloud.com/help/en/model-studio/base-url, as of 2026-06-30
//   - replicate: replicate.com/docs/reference/http, servers of api.replicate.com/openapi.json
var Known = []Host{
	{Pattern: "router.huggingface.co", Provider: "huggingface"},                             // genai-prices
	{Pattern: "api-inference.huggingface.co", Provider: "huggingface"},                      // huggingface_client 0.1.0, HfInference
	{Pattern: "integrate.api.nvidia.com", Provider: "nvidia"},                               // litellm
	{Pattern: "api.sambanova.ai", Provider: "sambanova"},                                    // litellm
	{Pattern: "api.friendli.ai", Provider: "friendli"},                                      // litellm
	{Pattern: "api.featherless.ai", Provider: "featherless"},                                // litellm
	{Pattern: "inference.api.nscale.com", Provider: "nscale"},                               // litellm
	{Pattern: "api.llama.com", Provider: "meta"},                                            // litellm
	{Pattern: "api.meta.ai", Provider: "meta"},                                              // genai-prices
	{Pattern: "api.publicai.co", Provider: "publicai"},                                      // litellm
	{Pattern: "api.synthetic.new", Provider: "synthetic"},                                   // litellm
	{Pattern: "nano-gpt.com", Provider: "nano-gpt", Path: "/api/"},                          // litellm
	{Pattern: "api.poe.com", Provider: "poe"},                                               // litellm
	{Pattern: "llm.chutes.ai", Provider: "chutes"},                                          // litellm
	{Pattern: "api.v0.dev", Provider: "v0"},                                                 // litellm
	{Pattern: "api.lambda.ai", Provider: "lambda"},                                          // litellm
	{Pattern: "api.hyperbolic.xyz", Provider: "hyperbolic"},                                 // litellm
	{Pattern: "ai-gateway.helicone.ai", Provider: "helicone"},                               // litellm
	{Pattern: "api.clarifai.com", Provider: "clarifai"},                                     // litellm
	{Pattern: "api.endpoints.anyscale.com", Provider: "anyscale"},                           // litellm
	{Pattern: "ollama.com", Provider: "ollama", Path: "/api/"},                              // litellm; the same host is the web site
	{Pattern: "dashscope.aliyuncs.com", Provider: "alibaba"},                                // model-studio
	{Pattern: "dashscope-us.aliyuncs.com", Provider: "alibaba"},                             // model-studio
	{Pattern: "cn-hongkong.dashscope.aliyuncs.com", Provider: "alibaba"},                    // model-studio
	{Pattern: "*.maas.aliyuncs.com", Provider: "alibaba"},                                   // model-studio
	{Pattern: "api.replicate.com", Provider: "replicate"},                                   // replicate
	{Pattern: "open.bigmodel.cn", Provider: "zhipu"},                                        // genai-prices
	{Pattern: "api.minimax.com", Provider: "minimax"},                                       // genai-prices
	{Pattern: "api.minimaxi.com", Provider: "minimax"},                                      // genai-prices
	{Pattern: "api.moonshot.cn", Provider: "moonshot"},                                      // genai-prices
	{Pattern: "api.arcee.ai", Provider: "arcee"},                                            // genai-prices
	{Pattern: "api.avian.io", Provider: "avian"},                                            // genai-prices
	{Pattern: "api.doubleword.ai", Provider: "doubleword"},                                  // genai-prices
	{Pattern: "api.elevenlabs.io", Provider: "elevenlabs"},                                  // genai-prices
	{Pattern: "api.*.elevenlabs.io", Provider: "elevenlabs"},                                // genai-prices
	{Pattern: "api.githubcopilot.com", Provider: "github-copilot"},                          // genai-prices
	{Pattern: "api.cursor.com", Provider: "cursor"},                                         // genai-prices
	{Pattern: "*.cloud.databricks.com", Provider: "databricks", Path: "/serving-endpoints"}, // genai-prices
	{Pattern: "*.azuredatabricks.net", Provider: "databricks", Path: "/serving-endpoints"},  // genai-prices
	{Pattern: "*.gcp.databricks.com", Provider: "databricks", Path: "/serving-endpoints"},   // genai-prices
	{Pattern: "*.cloud.databricks.com", Provider: "databricks", Path: "/ai-gateway"},        // genai-prices
	{Pattern: "*.azuredatabricks.net", Provider: "databricks", Path: "/ai-gateway"},         // genai-prices
	{Pattern: "*.gcp.databricks.com", Provider: "databricks", Path: "/ai-gateway"},          // genai-prices
}

// needsPath are hosts of the built-in price book that serve more than models,
// with the part of the path that models have. Source: genai-prices, as above.
var needsPath = map[string]string{"api.cloudflare.com": "/ai/"}

// OfBook returns the host of a price book as one of the inventory.
func OfBook(pattern, provider string) Host {
	return Host{Pattern: pattern, Provider: provider, Path: needsPath[pattern]}
}
