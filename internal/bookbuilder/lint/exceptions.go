package lint

// exceptions are the ratios that are right although they are unusual.
var exceptions = []exception{
	{"alibaba/qwen*", "context", "Qwen prices every range of context length on its own"},
	{"anthropic/claude-3-haiku", "cache_write", "Anthropic lists 0.30 for cache writes of Claude 3 Haiku, 1.2 times input"},
	{"anthropic/claude-3-haiku", "cache_write.5m", "Anthropic lists 0.30 for cache writes of Claude 3 Haiku, 1.2 times input"},
	{"anthropic/claude-haiku-5-5", "context", "Anthropic lists five times the price above 100,000 tokens"},
	{"cloudflare/@cf/meta/llama-guard-3-8b", "output", "a classifier: its input is the work, its output a word"},
	{"deepinfra/deepseek-ai/*", "cache_read", "hosts of open models set their own discount on cache reads, and two data sets agree"},
	{"google.vertex/text-unicorn", "distance to siblings", "a language model of 2023 among embedding models"},
	{"minimax/minimax-m*-highspeed", "cache_write", "MiniMax writes the cache of its fast variants at the price of the plain ones"},
	{"openrouter/anthropic/claude-3-haiku", "cache_write", "as Anthropic lists it"},
	{"openrouter/bytedance-seed/seed-1.6-flash", "context", "OpenRouter passes on a tier of the vendor's own, and two data sets agree"},
	{"openrouter/bytedance/*", "cache_read", "hosts of open models set their own discount on cache reads, and two data sets agree"},
	{"openrouter/deepseek/*", "cache_read", "hosts of open models set their own discount on cache reads, and two data sets agree"},
	{"openrouter/google/gemini-*", "cache_write", "OpenRouter bills five minutes of Gemini's cache storage as a write"},
	{"openrouter/~google/gemini-*", "cache_write", "OpenRouter bills five minutes of Gemini's cache storage as a write"},
	{"openrouter/google/gemma-*", "cache_read", "hosts of open models set their own discount on cache reads, and two data sets agree"},
	{"openrouter/ibm-granite/*", "cache_read", "hosts of open models set their own discount on cache reads, and two data sets agree"},
	{"openrouter/nvidia/*", "cache_read", "hosts of open models set their own discount on cache reads, and two data sets agree"},
	{"openrouter/qwen/qwen3.7-flash", "cache_write", "1.25 times, in a price that OpenRouter rounds to three digits"},
	{"openrouter/qwen/*", "cache_read", "hosts of open models set their own discount on cache reads, and two data sets agree"},
	{"openrouter/qwen/*", "context", "Qwen prices every range of context length on its own"},
	{"vercel/anthropic/claude-3-haiku", "cache_write", "as Anthropic lists it"},
}
