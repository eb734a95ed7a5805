package modelname

import (
	"strings"
	"testing"
)

// bases spells Name.Bases in tables.
func bases(s ...string) (b [MaxBases]string) {
	copy(b[:], s)
	return b
}

// rule is a group of names that one rule decides. In want, Full is the name
// itself if it is empty, ID is Full if it is empty, and Grammar is the one asked
// for if it is Generic.
type rule struct {
	rule  string
	cases []nameCase
}

type nameCase struct {
	grammar Grammar
	name    string
	want    Name
}

const (
	claude35 = "anthropic.claude-3-5-sonnet"
	appARN   = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6"
)

var rules = []rule{
	{"a plain id is left as it is", []nameCase{
		{OpenAI, "gpt-4o", Name{}},
		{OpenAI, "gpt-4o-mini", Name{}},
		{OpenAI, "gpt-5-nano", Name{}},
		{OpenAI, "gpt-5.6-terra", Name{}},
		{OpenAI, "gpt-6.1-sol", Name{}},
		{OpenAI, "text-embedding-3-small", Name{}},
		{OpenAI, "o4-mini", Name{}},
		{Anthropic, "claude-sonnet-5", Name{}},
		{Anthropic, "claude-sonnet-4-6", Name{}},
		{Anthropic, "claude-haiku-4-5", Name{}},
		{Anthropic, "claude-haiku-5-5", Name{}},
		{Anthropic, "claude-opus-4", Name{}},
		{Gemini, "gemini-2.5-pro", Name{}},
		{Gemini, "gemini-2.5-flash", Name{}},
		{XAI, "grok-4.7", Name{}},
		{XAI, "grok-4", Name{}},
		{Mistral, "mistral-large", Name{}},
		{XAI, "deepseek-v4-flash", Name{}},
		{XAI, "deepseek-chat", Name{}},
		{Azure, "o4-mini-deep-research", Name{}},
		{Generic, "gpt-4o", Name{}},
		{Generic, "auto", Name{}},
		{Generic, "anthropic", Name{}},
		{Hosted, "llama-3.3-70b-versatile", Name{}},
	}},
	{"sizes, variants and previews are no version tags", []nameCase{
		{Gemini, "gemini-1.5-flash-8b", Name{}},
		{OpenAI, "gpt-4-32k", Name{}},
		{OpenAI, "gpt-3.5-turbo-16k", Name{}},
		{OpenAI, "gpt-4-1106-preview", Name{}},
		{OpenAI, "gpt-4-0125-preview", Name{}},
		{OpenAI, "gpt-4o-audio-preview", Name{}},
		{OpenAI, "text-davinci-003", Name{}},
		{XAI, "grok-4.20-0309-reasoning", Name{}},
		{XAI, "kimi-k2-0905-preview", Name{}},
		{Zhipu, "glm-4-32b-0414-128k", Name{}},
		{Mistral, "mistral-ocr-2505-completion", Name{}},
		{Gemini, "gemini-2.5-flash-preview-tts", Name{}},
		{Hosted, "moonshotai/kimi-k2-instruct-0905", Name{Vendor: "moonshotai"}},
		{Hosted, "qwen/qwen3-235b-a22b-instruct-2507", Name{Vendor: "qwen"}},
		{Anthropic, "claude-3-haiku", Name{}},
		{Anthropic, "claude-opus-4-1", Name{}},
	}},
	{"what may not be a date is no date", []nameCase{
		{OpenAI, "gpt-4o-2024-13-06", Name{}},
		{OpenAI, "gpt-4o-2024-00-06", Name{}},
		{OpenAI, "gpt-4o-2024-08-32", Name{}},
		{OpenAI, "gpt-4o-2024-08-00", Name{}},
		{OpenAI, "gpt-4o-1924-08-06", Name{}},
		{OpenAI, "gpt-4o-2024-8-6", Name{}},
		{OpenAI, "gpt-4o-2024-08-0x", Name{}},
		{OpenAI, "gpt-4o-20:4-08-06", Name{}},
		{OpenAI, "x-2048", Name{}},
		{Anthropic, "claude-opus-5-20241301", Name{}},
		{Mistral, "mistral-large-2413", Name{}},
		{Mistral, "mistral-large-5011", Name{}},
		{Cohere, "command-r-13-2024", Name{}},
		{OpenAI, "-2024-08-06", Name{}},
		{OpenAI, "gpt--2024-08-06", Name{}},
	}},
	{"OpenAI: -YYYY-MM-DD and -MMDD", []nameCase{
		{OpenAI, "gpt-4o-2024-08-06", Name{Bases: bases("gpt-4o")}},
		{OpenAI, "gpt-5-nano-2025-08-07", Name{Bases: bases("gpt-5-nano")}},
		{OpenAI, "gpt-5-mini-2025-08-07", Name{Bases: bases("gpt-5-mini")}},
		{OpenAI, "o4-mini-2025-04-16", Name{Bases: bases("o4-mini")}},
		{OpenAI, "gpt-6.2-sol-2099-01-01", Name{Bases: bases("gpt-6.2-sol")}},
		{OpenAI, "gpt-4-0613", Name{Bases: bases("gpt-4")}},
		{OpenAI, "gpt-3.5-turbo-1106", Name{Bases: bases("gpt-3.5-turbo")}},
		{OpenAI, "gpt-4-turbo-2024-04-09", Name{Bases: bases("gpt-4-turbo")}},
		{OpenAI, "qwen-plus-2025-07-28", Name{Bases: bases("qwen-plus")}},
		{OpenAI, "gpt-4o-20240806", Name{}},
		{OpenAI, "gpt-4o-2024-08-06-2024-08-06", Name{Bases: bases("gpt-4o-2024-08-06")}},
	}},
	{"Azure: the tags of every vendor it serves", []nameCase{
		{Azure, "gpt-4o-2024-08-06", Name{Bases: bases("gpt-4o")}},
		{Azure, "gpt-35-turbo-0125", Name{Bases: bases("gpt-35-turbo")}},
		{Azure, "claude-sonnet-4-5-20250929", Name{Bases: bases("claude-sonnet-4-5")}},
		{Azure, "mistral-large-2407", Name{Bases: bases("mistral-large")}},
		{Azure, "DeepSeek-V3-0324", Name{Full: "deepseek-v3-0324", Bases: bases("deepseek-v3")}},
	}},
	{"Azure: deployment names are whole", []nameCase{
		{Azure, "my-prod-deployment", Name{}},
		{Azure, "Chat Team EU", Name{Full: "chat team eu"}},
		{Azure, "gpt4o_eastus2", Name{}},
	}},
	{"Anthropic: -YYYYMMDD", []nameCase{
		{Anthropic, "claude-sonnet-4-5-20250929", Name{Bases: bases("claude-sonnet-4-5")}},
		{Anthropic, "claude-haiku-4-5-20251001", Name{Bases: bases("claude-haiku-4-5")}},
		{Anthropic, "claude-opus-5-20990101", Name{Bases: bases("claude-opus-5")}},
		{Anthropic, "claude-opus-5-2099-01-01", Name{}},
		{Anthropic, "claude-sonnet-4-5-20250929-v1:0", Name{}},
		{Anthropic, "claude-opus-4@20250514", Name{}},
	}},
	{"Gemini: -0NN, -MM-YYYY, -MM-DD", []nameCase{
		{Gemini, "gemini-2.0-flash-001", Name{Bases: bases("gemini-2.0-flash")}},
		{Gemini, "gemini-embedding-001", Name{Bases: bases("gemini-embedding")}},
		{Gemini, "gemini-2.5-flash-preview-09-2025", Name{Bases: bases("gemini-2.5-flash-preview")}},
		{Gemini, "gemini-2.5-flash-lite-preview-06-17", Name{Bases: bases("gemini-2.5-flash-lite-preview")}},
		{Gemini, "gemini-2.5-pro-2099-01-01", Name{}},
		{Gemini, "gemini-exp-1206", Name{}},
		{Gemini, "gemini-2.5-pro-123", Name{}},
	}},
	{"Vertex: @version, and the tags of every publisher", []nameCase{
		{Vertex, "claude-3-5-sonnet@20240620", Name{Bases: bases("claude-3-5-sonnet")}},
		{Vertex, "claude-3-5-sonnet-v2@20241022", Name{Bases: bases("claude-3-5-sonnet-v2")}},
		{Vertex, "claude-opus-4-8@default", Name{Bases: bases("claude-opus-4-8")}},
		{Vertex, "claude-sonnet-4-5-20250929", Name{Bases: bases("claude-sonnet-4-5")}},
		{Vertex, "codestral@latest", Name{Bases: bases("codestral")}},
		{Vertex, "codestral@2405", Name{Bases: bases("codestral")}},
		{Vertex, "mistral-large@2411-001", Name{Bases: bases("mistral-large@2411", "mistral-large")}},
		{Vertex, "mistral-small-2503@001", Name{Bases: bases("mistral-small-2503", "mistral-small")}},
		{Vertex, "gemini-2.0-flash-001", Name{Bases: bases("gemini-2.0-flash")}},
		{Vertex, "gemini-3.5-flash-lite", Name{}},
		{Vertex, "claude-opus-5@20241301", Name{}},
		{Vertex, "claude-opus-5@stable", Name{}},
	}},
	{"Mistral: -YYMM", []nameCase{
		{Mistral, "mistral-large-2411", Name{Bases: bases("mistral-large")}},
		{Mistral, "mistral-medium-3-1-2508", Name{Bases: bases("mistral-medium-3-1")}},
		{Mistral, "open-mistral-7b", Name{}},
	}},
	{"Cohere: -MM-YYYY", []nameCase{
		{Cohere, "command-r-08-2024", Name{Bases: bases("command-r")}},
		{Cohere, "command-a-03-2025", Name{Bases: bases("command-a")}},
		{Cohere, "rerank-v3.5", Name{}},
	}},
	{"xAI, DeepSeek, Moonshot: -MMDD", []nameCase{
		{XAI, "grok-4-0709", Name{Bases: bases("grok-4")}},
		{XAI, "grok-2-1212", Name{Bases: bases("grok-2")}},
		{XAI, "grok-2-1312", Name{}},
		{XAI, "deepseek-r1-0528", Name{Bases: bases("deepseek-r1")}},
	}},
	{"Zhipu: -MMDD and -YYMMDD", []nameCase{
		{Zhipu, "glm-4-0520", Name{Bases: bases("glm-4")}},
		{Zhipu, "GLM-4-FlashX-250414", Name{Full: "glm-4-flashx-250414", Bases: bases("glm-4-flashx")}},
		{Zhipu, "glm-4-251314", Name{}},
	}},
	{"without a known grammar only long dates are tags", []nameCase{
		{Generic, "gpt-4o-2024-08-06", Name{Bases: bases("gpt-4o")}},
		{Generic, "claude-sonnet-4-5-20250929", Name{Bases: bases("claude-sonnet-4-5")}},
		{Generic, "gpt-4-0613", Name{}},
		{Generic, "mistral-large-2411", Name{}},
		{Generic, "gemini-2.0-flash-001", Name{}},
	}},
	{"flags that may change the price stay, and hide the tag before them", []nameCase{
		{Hosted, "openai/gpt-4o:online", Name{Vendor: "openai"}},
		{Hosted, "openai/gpt-oss-20b:free", Name{Vendor: "openai"}},
		{Hosted, "meta-llama/llama-3.3-70b-instruct:nitro", Name{Vendor: "meta-llama"}},
		{Hosted, "meta-llama/llama-3.3-70b-instruct:floor", Name{Vendor: "meta-llama"}},
		{Hosted, "deepseek/deepseek-v3.2:exacto", Name{Vendor: "deepseek"}},
		{Hosted, "qwen/qwen-plus-2025-07-28:thinking", Name{Vendor: "qwen"}},
		{Hosted, "anthropic/claude-opus-4.8-fast", Name{Vendor: "anthropic"}},
		{Hosted, "anthropic/claude-opus-4.8-thinking", Name{Vendor: "anthropic"}},
		{Generic, "openai/gpt-4o:online", Name{ID: "gpt-4o:online", Vendor: "openai", Grammar: OpenAI}},
		{Anthropic, "claude-opus-4-6-20260205-fast", Name{}},
		{Anthropic, "claude-opus-4-6-thinking-32k", Name{}},
	}},
	{"-latest moves, and is no tag", []nameCase{
		{Mistral, "mistral-large-latest", Name{}},
		{OpenAI, "chatgpt-4o-latest", Name{}},
		{XAI, "grok-4-latest", Name{}},
		{Gemini, "gemini-flash-latest", Name{}},
		{Hosted, "~anthropic/claude-opus-latest", Name{}},
	}},
	{"[1m] is removed and listed", []nameCase{
		{Anthropic, "claude-opus-4-8[1m]", Name{ID: "claude-opus-4-8", Flags: Context1M}},
		{Anthropic, "claude-sonnet-4-5[1m]", Name{ID: "claude-sonnet-4-5", Flags: Context1M}},
		{Anthropic, "Claude-Sonnet-4-5-20250929[1M]", Name{Full: "claude-sonnet-4-5-20250929[1m]", ID: "claude-sonnet-4-5-20250929", Bases: bases("claude-sonnet-4-5"), Flags: Context1M}},
		{Bedrock, "us.anthropic.claude-opus-4-6-v1[1m]", Name{ID: "anthropic.claude-opus-4-6-v1", Bases: bases("anthropic.claude-opus-4-6"), Vendor: "anthropic", Geo: "us", Flags: Context1M}},
		{Generic, "anthropic/claude-opus-4-8[1m]", Name{ID: "claude-opus-4-8", Vendor: "anthropic", Grammar: Anthropic, Flags: Context1M}},
		{Azure, "my deployment[1m]", Name{ID: "my deployment", Flags: Context1M}},
		{Anthropic, "claude-opus-4-8[200k]", Name{}},
		{Anthropic, "claude-opus-4-8[1m][1m]", Name{}},
		{Anthropic, "[1m]", Name{}},
	}},
	{"models/X is a path of the Gemini API", []nameCase{
		{Gemini, "models/gemini-2.5-pro", Name{ID: "gemini-2.5-pro"}},
		{Gemini, "models/gemini-2.0-flash-001", Name{ID: "gemini-2.0-flash-001", Bases: bases("gemini-2.0-flash")}},
		{Vertex, "models/gemini-2.5-pro", Name{ID: "gemini-2.5-pro"}},
		{Generic, "models/gemini-2.5-pro", Name{ID: "gemini-2.5-pro", Grammar: Gemini}},
		{OpenAI, "models/gemini-2.5-flash", Name{ID: "gemini-2.5-flash", Grammar: Gemini}},
		{Gemini, "models/models/gemini-2.5-pro", Name{}},
		{Gemini, "models/", Name{}},
		{Gemini, "models/-flash", Name{}},
		{Gemini, "tunedModels/my-model-123", Name{Full: "tunedmodels/my-model-123"}},
	}},
	{"publishers' paths are Vertex's, and L is the region", []nameCase{
		{Vertex, "publishers/google/models/gemini-2.5-pro", Name{ID: "gemini-2.5-pro", Vendor: "google"}},
		{Generic, "publishers/google/models/gemini-2.5-flash", Name{ID: "gemini-2.5-flash", Vendor: "google", Grammar: Vertex}},
		{Gemini, "publishers/google/models/gemini-2.5-pro", Name{ID: "gemini-2.5-pro", Vendor: "google", Grammar: Vertex}},
		{Vertex, "publishers/anthropic/models/claude-opus-4-8@default", Name{ID: "claude-opus-4-8@default", Bases: bases("claude-opus-4-8"), Vendor: "anthropic"}},
		{Vertex, "projects/my-project/locations/us-central1/publishers/google/models/gemini-2.5-pro", Name{ID: "gemini-2.5-pro", Vendor: "google", Geo: "us-central1"}},
		{Vertex, "projects/123/locations/global/publishers/anthropic/models/claude-sonnet-4-5@20250929", Name{ID: "claude-sonnet-4-5@20250929", Bases: bases("claude-sonnet-4-5"), Vendor: "anthropic", Geo: "global"}},
		{Vertex, "projects/p/locations/eu/publishers/meta/models/llama-3.1-405b-instruct-maas", Name{ID: "llama-3.1-405b-instruct-maas", Vendor: "meta", Geo: "eu"}},
		{Vertex, "projects/p/locations/us-central1/endpoints/1234567890", Name{}},
		{Vertex, "projects/p/locations/us-central1/models/my-tuned-model", Name{}},
		{Vertex, "endpoints/1234567890", Name{}},
		{Vertex, "publishers/google/models/", Name{}},
		{Vertex, "projects//locations/us-central1/publishers/google/models/gemini-2.5-pro", Name{}},
	}},
	{"Vertex: publisher/model", []nameCase{
		{Vertex, "google/gemini-2.5-pro", Name{ID: "gemini-2.5-pro", Vendor: "google"}},
		{Vertex, "meta/llama-3.3-70b-instruct-maas", Name{ID: "llama-3.3-70b-instruct-maas", Vendor: "meta"}},
		{Vertex, "mistralai/codestral-2@001", Name{ID: "codestral-2@001", Bases: bases("codestral-2"), Vendor: "mistralai"}},
	}},
	{"accounts' paths are Fireworks ids and stay", []nameCase{
		{Hosted, "accounts/fireworks/models/llama-v3p1-8b-instruct", Name{}},
		{Hosted, "accounts/fireworks/routers/glm-5-fast", Name{}},
		{Generic, "accounts/fireworks/models/deepseek-v3p1", Name{Grammar: Hosted}},
		{Hosted, "accounts/acme/deployedModels/x-1", Name{Full: "accounts/acme/deployedmodels/x-1"}},
		{Hosted, "accounts/fireworks/models/x#accounts/acme/deployments/d1", Name{}},
		{Generic, "fireworks_ai/accounts/fireworks/models/kimi-k3", Name{ID: "accounts/fireworks/models/kimi-k3", Router: "fireworks_ai", Grammar: Hosted}},
	}},
	{"Bedrock: version tags come off one by one, a scope is the region", []nameCase{
		{Bedrock, "us.anthropic.claude-3-5-sonnet-20240620-v1:0", Name{
			ID: claude35 + "-20240620-v1:0", Vendor: "anthropic", Geo: "us", Bases: bases(claude35+"-20240620-v1", claude35+"-20240620", claude35),
		}},
		{Bedrock, "anthropic.claude-3-5-sonnet-20241022-v2:0", Name{
			Vendor: "anthropic", Bases: bases(claude35+"-20241022-v2", claude35+"-20241022", claude35),
		}},
		{Bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0", Name{
			ID: "anthropic.claude-sonnet-4-5-20250929-v1:0", Vendor: "anthropic", Geo: "us",
			Bases: bases("anthropic.claude-sonnet-4-5-20250929-v1", "anthropic.claude-sonnet-4-5-20250929", "anthropic.claude-sonnet-4-5"),
		}},
		{Bedrock, "amazon.nova-micro-v1:0", Name{Vendor: "amazon", Bases: bases("amazon.nova-micro-v1", "amazon.nova-micro")}},
		{Bedrock, "anthropic.claude-opus-5", Name{Vendor: "anthropic"}},
		{Bedrock, "anthropic.claude-opus-4-6-v1", Name{Vendor: "anthropic", Bases: bases("anthropic.claude-opus-4-6")}},
		{Bedrock, "anthropic.claude-v2:1", Name{Vendor: "anthropic", Bases: bases("anthropic.claude-v2", "anthropic.claude")}},
		{Bedrock, "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", Name{
			ID: "anthropic.claude-sonnet-4-5-20250929-v1:0", Vendor: "anthropic", Geo: "us-gov",
			Bases: bases("anthropic.claude-sonnet-4-5-20250929-v1", "anthropic.claude-sonnet-4-5-20250929", "anthropic.claude-sonnet-4-5"),
		}},
		{Bedrock, "eu.amazon.nova-pro-v1:0", Name{ID: "amazon.nova-pro-v1:0", Vendor: "amazon", Geo: "eu", Bases: bases("amazon.nova-pro-v1", "amazon.nova-pro")}},
		{Bedrock, "apac.amazon.nova-lite-v1:0", Name{ID: "amazon.nova-lite-v1:0", Vendor: "amazon", Geo: "apac", Bases: bases("amazon.nova-lite-v1", "amazon.nova-lite")}},
		{Bedrock, "au.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "au"}},
		{Bedrock, "jp.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "jp"}},
		{Bedrock, "ca.amazon.nova-2-lite-v1:0", Name{ID: "amazon.nova-2-lite-v1:0", Vendor: "amazon", Geo: "ca", Bases: bases("amazon.nova-2-lite-v1", "amazon.nova-2-lite")}},
		{Bedrock, "sa.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "sa"}},
		{Bedrock, "in.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "in"}},
		{Bedrock, "global.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "global"}},
		{Bedrock, "deepseek.v3.2", Name{Vendor: "deepseek"}},
		{Bedrock, "us.deepseek.r1-v1:0", Name{ID: "deepseek.r1-v1:0", Vendor: "deepseek", Geo: "us", Bases: bases("deepseek.r1-v1", "deepseek.r1")}},
		{Bedrock, "us.newvendor.model-v1:0", Name{ID: "newvendor.model-v1:0", Vendor: "newvendor", Geo: "us", Bases: bases("newvendor.model-v1", "newvendor.model")}},
		{Bedrock, "openai.gpt-oss-120b-1:0", Name{Vendor: "openai", Bases: bases("openai.gpt-oss-120b-1", "openai.gpt-oss-120b")}},
		{Bedrock, "cohere.rerank-v3-5:0", Name{Vendor: "cohere", Bases: bases("cohere.rerank-v3-5")}},
		{Bedrock, "openai.gpt-oss-next-1:0", Name{Vendor: "openai", Bases: bases("openai.gpt-oss-next-1")}},
		{Bedrock, "openai.gpt-6-1:0", Name{Vendor: "openai", Bases: bases("openai.gpt-6-1")}},
		{Bedrock, "amazon.nova-v123", Name{Vendor: "amazon"}},
		{Bedrock, "amazon.nova:12345", Name{Vendor: "amazon"}},
		{Bedrock, "mistral.mistral-large-2402-v1:0", Name{Vendor: "mistral", Bases: bases("mistral.mistral-large-2402-v1", "mistral.mistral-large-2402")}},
		{Bedrock, "us.us.anthropic.claude-opus-5", Name{}},
		{Bedrock, "mars.anthropic.claude-opus-5", Name{Vendor: "mars"}},
	}},
	{"Bedrock: a context size is a tag", []nameCase{
		{Bedrock, "anthropic.claude-3-sonnet-20240229-v1:0:200k", Name{Vendor: "anthropic", Bases: bases(
			"anthropic.claude-3-sonnet-20240229-v1:0", "anthropic.claude-3-sonnet-20240229-v1", "anthropic.claude-3-sonnet-20240229", "anthropic.claude-3-sonnet")}},
		{Bedrock, "cohere.embed-english-v3:0:512", Name{Vendor: "cohere", Bases: bases("cohere.embed-english-v3:0", "cohere.embed-english-v3", "cohere.embed-english")}},
		{Bedrock, "anthropic.claude-v2:18k", Name{Vendor: "anthropic", Bases: bases("anthropic.claude-v2", "anthropic.claude")}},
	}},
	{"Bedrock: emitters cut scope and vendor off", []nameCase{
		{Bedrock, "claude-sonnet-4-5-20250929-v1:0", Name{Bases: bases("claude-sonnet-4-5-20250929-v1", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5")}},
		{Bedrock, "claude-sonnet-4-5-20250929", Name{Bases: bases("claude-sonnet-4-5")}},
		{Bedrock, "gpt-4.1-mini", Name{}},
		{Bedrock, "gpt4.1-mini", Name{}},
	}},
	{"Bedrock: ARNs of models and profiles hold an id; the region counts unless a scope does", []nameCase{
		{Bedrock, "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "us-east-1"}},
		{Bedrock, "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-opus-4-6-v1", Name{
			ID: "anthropic.claude-opus-4-6-v1", Vendor: "anthropic", Geo: "eu", Bases: bases("anthropic.claude-opus-4-6"),
		}},
		{Generic, "arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "global", Grammar: Bedrock}},
		{Anthropic, "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0", Name{
			ID: "amazon.nova-pro-v1:0", Vendor: "amazon", Geo: "us-gov-west-1", Bases: bases("amazon.nova-pro-v1", "amazon.nova-pro"), Grammar: Bedrock,
		}},
		{Bedrock, "arn:aws:bedrock:us-east-1:123456789012:inference-profile/k3x9", Name{}},
		{Bedrock, "arn:aws:bedrock:*::foundation-model/anthropic.claude-opus-5", Name{}},
		{Bedrock, "arn:aws:bedrock:us-east-1::foundation-model/", Name{}},
		{Bedrock, "arn:aws:bedrock:us-east-1::foundation-model/a/b", Name{}},
		{Bedrock, "arn:aws:sagemaker:us-east-1:123456789012:endpoint/anthropic.claude-opus-5", Name{}},
		{Bedrock, "arn:evil:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5", Name{}},
		{Bedrock, "arn:awsome:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5", Name{}},
		{Bedrock, "arn:aws:bedrock:1:2::foundation-model/anthropic.claude-opus-5", Name{}},
		{Bedrock, "arn:aws:bedrock", Name{}},
	}},
	{"Bedrock: other ARNs are opaque", []nameCase{
		{Bedrock, appARN, Name{}},
		{Generic, appARN, Name{Grammar: Bedrock}},
		{Bedrock, "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc-20240620", Name{}},
		{Bedrock, "arn:aws:bedrock:us-east-1:123456789012:imported-model/k2-2024", Name{}},
		{Bedrock, "arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1", Name{}},
		{Bedrock, "arn:aws:bedrock:us-east-1:123456789012:prompt-router/r", Name{}},
		{Bedrock, "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-pro-v1:0/abc", Name{}},
		{Generic, "bedrock/" + appARN, Name{ID: appARN, Router: "bedrock", Grammar: Bedrock}},
		{Generic, "bedrock/converse/" + appARN, Name{ID: appARN, Router: "bedrock", Grammar: Bedrock}},
	}},
	{"Bedrock is recognised under another provider by what only Bedrock writes", []nameCase{
		{Generic, "us.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "us", Grammar: Bedrock}},
		{Generic, "anthropic.claude-opus-5", Name{Vendor: "anthropic", Grammar: Bedrock}},
		{Generic, "amazon.nova-2-lite", Name{Vendor: "amazon", Grammar: Bedrock}},
		{Generic, "meta.llama3-1-8b-instruct-v1:0:128k", Name{Vendor: "meta", Grammar: Bedrock, Bases: bases("meta.llama3-1-8b-instruct-v1:0", "meta.llama3-1-8b-instruct-v1", "meta.llama3-1-8b-instruct")}},
		{Generic, "claude-sonnet-4-5-20250929-v1:0", Name{Grammar: Bedrock, Bases: bases("claude-sonnet-4-5-20250929-v1", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5")}},
		{Anthropic, "us.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "us", Grammar: Bedrock}},
		{Anthropic, "anthropic.claude-opus-5", Name{}},
		{Generic, "us.newvendor.model", Name{}},
		{Generic, "cohere.command-r-plus", Name{}},
		{Generic, "llama3.2:3b", Name{}},
	}},
	{"Vertex is recognised without a provider by what only Vertex writes", []nameCase{
		{Generic, "claude-opus-5@default", Name{Grammar: Vertex, Bases: bases("claude-opus-5")}},
		{Generic, "claude-sonnet-4-5@20250929", Name{Grammar: Vertex, Bases: bases("claude-sonnet-4-5")}},
		{Generic, "codestral-2@001", Name{Grammar: Vertex, Bases: bases("codestral-2")}},
		{Generic, "me@home", Name{}},
	}},
	{"a router prefix names the platform, whose grammar reads the rest", []nameCase{
		{Azure, "azure/gpt-4o", Name{ID: "gpt-4o", Router: "azure"}},
		{OpenAI, "azure/gpt-4o-2024-08-06", Name{ID: "gpt-4o-2024-08-06", Bases: bases("gpt-4o"), Router: "azure", Grammar: Azure}},
		{Generic, "azure_ai/claude-opus-5", Name{ID: "claude-opus-5", Router: "azure_ai", Grammar: Azure}},
		{Generic, "bedrock/anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Router: "bedrock", Grammar: Bedrock}},
		{Generic, "bedrock/us.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "us", Router: "bedrock", Grammar: Bedrock}},
		{Bedrock, "bedrock/converse/us.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "us", Router: "bedrock"}},
		{Bedrock, "bedrock/us-west-2/anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "us-west-2", Router: "bedrock"}},
		{Bedrock, "invoke/us-west-2/anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "us-west-2"}},
		{Bedrock, "us-west-2/global.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "global"}},
		{Bedrock, "bedrock/us-east-1/1-month-commitment/anthropic.claude-v1", Name{}},
		{Bedrock, "usa-east-1/anthropic.claude-opus-5", Name{}},
		{Bedrock, "us--1/anthropic.claude-opus-5", Name{}},
		{Bedrock, "us-east/anthropic.claude-opus-5", Name{}},
		{Generic, "vertex_ai/claude-opus-5@default", Name{ID: "claude-opus-5@default", Bases: bases("claude-opus-5"), Router: "vertex_ai", Grammar: Vertex}},
		{Generic, "vertex_ai/meta/llama-3.1-405b-instruct-maas", Name{ID: "llama-3.1-405b-instruct-maas", Vendor: "meta", Router: "vertex_ai", Grammar: Vertex}},
		{Generic, "gemini/gemini-2.0-flash-001", Name{ID: "gemini-2.0-flash-001", Bases: bases("gemini-2.0-flash"), Router: "gemini", Grammar: Gemini}},
		{Gemini, "googleai/gemini-2.5-flash", Name{ID: "gemini-2.5-flash", Router: "googleai"}},
		{Gemini, "gemini/models/gemini-2.5-pro", Name{ID: "gemini-2.5-pro", Router: "gemini"}},
		{Generic, "openrouter/anthropic/claude-sonnet-4.5", Name{ID: "anthropic/claude-sonnet-4.5", Vendor: "anthropic", Router: "openrouter", Grammar: Hosted}},
		{Hosted, "openrouter/openai/gpt-4o:online", Name{ID: "openai/gpt-4o:online", Vendor: "openai", Router: "openrouter"}},
		{Hosted, "groq/llama-3.3-70b-versatile", Name{ID: "llama-3.3-70b-versatile", Router: "groq"}},
		{Generic, "together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo", Name{
			Full: "together_ai/meta-llama/llama-3.3-70b-instruct-turbo", ID: "meta-llama/llama-3.3-70b-instruct-turbo", Vendor: "meta-llama", Router: "together_ai", Grammar: Hosted,
		}},
		{Azure, "azure/", Name{}},
		{Azure, "azure/my deployment", Name{}},
		{Azure, "azure/eu/gpt-4o", Name{}},
		{Generic, "openrouter/openrouter/auto", Name{}},
		{Generic, "litellm_proxy/gpt-4o", Name{}},
	}},
	{"a vendor prefix is removed where ids have none", []nameCase{
		{Generic, "anthropic/claude-sonnet-4-5", Name{ID: "claude-sonnet-4-5", Vendor: "anthropic", Grammar: Anthropic}},
		{OpenAI, "openai/gpt-4o-mini", Name{ID: "gpt-4o-mini", Vendor: "openai"}},
		{Generic, "openai/gpt-4o-mini", Name{ID: "gpt-4o-mini", Vendor: "openai", Grammar: OpenAI}},
		{Generic, "openai/gpt-4-0613", Name{ID: "gpt-4-0613", Bases: bases("gpt-4"), Vendor: "openai", Grammar: OpenAI}},
		{OpenAI, "anthropic/claude-opus-5", Name{ID: "claude-opus-5", Vendor: "anthropic", Grammar: Anthropic}},
		{Azure, "openai/gpt-4o", Name{ID: "gpt-4o", Vendor: "openai"}},
		{XAI, "x-ai/grok-4", Name{ID: "grok-4", Vendor: "x-ai"}},
		{Mistral, "mistralai/mistral-large-2411", Name{ID: "mistral-large-2411", Bases: bases("mistral-large"), Vendor: "mistralai"}},
		{OpenAI, "openai/us.anthropic.claude-opus-5", Name{ID: "anthropic.claude-opus-5", Vendor: "anthropic", Geo: "us", Grammar: Bedrock}},
		{OpenAI, "openai/", Name{}},
		{OpenAI, "openai/openai/gpt-4o", Name{}},
	}},
	{"where ids are vendor/model the vendor stays", []nameCase{
		{Hosted, "anthropic/claude-sonnet-4.5", Name{Vendor: "anthropic"}},
		{Hosted, "openai/gpt-oss-20b", Name{Vendor: "openai"}},
		{Hosted, "openai/gpt-oss-safeguard-20b", Name{Vendor: "openai"}},
		{Hosted, "openai/gpt-4o-2024-08-06", Name{Bases: bases("openai/gpt-4o"), Vendor: "openai"}},
		{Hosted, "perplexity/sonar", Name{Vendor: "perplexity"}},
	}},
	{"open weights served by nobody we know are whole", []nameCase{
		{Generic, "Qwen/Qwen2.5-0.5B-Instruct", Name{Full: "qwen/qwen2.5-0.5b-instruct"}},
		{Generic, "hosted_vllm/Qwen/Qwen2.5-0.5B-Instruct", Name{Full: "hosted_vllm/qwen/qwen2.5-0.5b-instruct"}},
		{OpenAI, "hosted_vllm/Qwen/Qwen2.5-0.5B-Instruct", Name{Full: "hosted_vllm/qwen/qwen2.5-0.5b-instruct"}},
		{Generic, "mistralai/Mistral-7B-Instruct-v0.3", Name{Full: "mistralai/mistral-7b-instruct-v0.3"}},
		{Generic, "meta-llama/Llama-3.3-70B-Instruct", Name{Full: "meta-llama/llama-3.3-70b-instruct"}},
	}},
	{"ft: is fine-tuned, and the ID is ft: and the base", []nameCase{
		{OpenAI, "ft:gpt-4o-mini:acme::abc123", Name{ID: "ft:gpt-4o-mini", FineTuned: true}},
		{OpenAI, "ft:gpt-4o-mini-2024-07-18:acme::abc123", Name{ID: "ft:gpt-4o-mini-2024-07-18", Bases: bases("ft:gpt-4o-mini"), FineTuned: true}},
		{OpenAI, "ft:gpt-4o-mini-2024-07-18:acme:support:AbC123", Name{
			Full: "ft:gpt-4o-mini-2024-07-18:acme:support:abc123", ID: "ft:gpt-4o-mini-2024-07-18", Bases: bases("ft:gpt-4o-mini"), FineTuned: true,
		}},
		{OpenAI, "ft:gpt-3.5-turbo-0125:acme:support:abc123:ckpt-step-200", Name{ID: "ft:gpt-3.5-turbo-0125", Bases: bases("ft:gpt-3.5-turbo"), FineTuned: true}},
		{OpenAI, "ft:gpt-4o", Name{FineTuned: true}},
		{OpenAI, "openai/ft:gpt-4o:acme::abc123", Name{ID: "ft:gpt-4o", Vendor: "openai", FineTuned: true}},
		{Mistral, "ft:open-mistral-7b:daf5e488:20240430:c1bed559", Name{ID: "ft:open-mistral-7b", FineTuned: true}},
		{Generic, "ft:gpt-4o-2024-08-06:acme::abc123", Name{ID: "ft:gpt-4o-2024-08-06", Bases: bases("ft:gpt-4o"), FineTuned: true}},
		{OpenAI, "ft:gpt-4o:acme", Name{FineTuned: true}},
		{OpenAI, "ft:gpt-4o:acme:x", Name{FineTuned: true}},
		{OpenAI, "ft:gpt-4o:::abc123", Name{FineTuned: true}},
		{OpenAI, "ft:gpt-4o:acme:support:", Name{FineTuned: true}},
		{OpenAI, "ft:gpt-4o:acme:support:abc123:step-200", Name{FineTuned: true}},
		{OpenAI, "ft:gpt-4o:acme:support:abc123:ckpt-step-", Name{FineTuned: true}},
		{OpenAI, "ft:gpt-4o:acme:support:abc123:ckpt-step-x", Name{FineTuned: true}},
		{OpenAI, "ft:gpt-4o:acme:support:abc123:ckpt-step-200:", Name{FineTuned: true}},
		{OpenAI, "ft:gpt-4o:acme:a-2024-08-06", Name{FineTuned: true}},
		{OpenAI, "ft:", Name{FineTuned: true}},
		{Azure, "gpt-4o-mini-2024-07-18.ft-0e208cf33a6a466994aff31a08aba678", Name{FineTuned: true}},
		{Azure, "gpt-4o-mini-2024-07-18.ft-0e20-2024-08-06", Name{FineTuned: true}},
	}},
	{"case, space around and Unicode forms do not matter", []nameCase{
		{OpenAI, "  GPT-4o\n", Name{Full: "gpt-4o"}},
		{Generic, "Cafe\u0301-1", Name{Full: "caf\u00e9-1"}},
		{Generic, "\u00c9COLE", Name{Full: "\u00e9cole"}},
		{Generic, "\u212a2-\u00a0x", Name{Full: "k2-\u00a0x"}},
		{Generic, "J\u030c-1", Name{Full: "\u01f0-1"}},
		{Generic, "\u0130-1", Name{Full: "i-1"}},
		{Generic, "I\u0307-1", Name{Full: "i-1"}},
	}},
}

func TestEveryRuleTakesNamesApart(t *testing.T) {
	for _, r := range rules {
		t.Run(r.rule, func(t *testing.T) {
			for _, c := range r.cases {
				want := c.want
				if want.Full == "" {
					want.Full = c.name
				}
				if want.ID == "" {
					want.ID = want.Full
				}
				if want.Grammar == Generic {
					want.Grammar = c.grammar
				}
				got, ok := Parse(c.grammar, c.name)
				if !ok {
					t.Errorf("Parse(%v, %q) refused the name", c.grammar, c.name)
				} else if got != want {
					t.Errorf("Parse(%v, %q)\n got %+v\nwant %+v", c.grammar, c.name, got, want)
				}
			}
		})
	}
}

func TestWhatIsNoNameIsRefused(t *testing.T) {
	for why, raw := range map[string]string{
		"empty":                    "",
		"only space":               " \t\n\u00a0",
		"too long":                 strings.Repeat("a", MaxLength+1),
		"too long with its spaces": "gpt-4o" + strings.Repeat(" ", MaxLength),
		"invalid UTF-8":            "gpt-4o\xff",
		"a control character":      "gpt\x004o",
		"a line break":             "gpt-4o\ngpt-4o",
		"delete":                   "gpt-4o\x7f!",
		"a C1 control character":   "gpt\u00854o",
		"too long in NFC":          strings.Repeat("\u0958", MaxLength/3),
	} {
		if got, ok := Parse(OpenAI, raw); ok || got != (Name{}) {
			t.Errorf("%s: Parse accepted %q as %+v", why, raw, got)
		}
	}
	if _, ok := Parse(OpenAI, strings.Repeat("a", MaxLength)); !ok {
		t.Errorf("a name of %d bytes is refused", MaxLength)
	}
}

func TestGrammarNamesRoundTrip(t *testing.T) {
	for g := range numGrammars {
		if got, err := ParseGrammar(g.String()); err != nil || got != g {
			t.Errorf("ParseGrammar(%q) = %v, %v", g.String(), got, err)
		}
	}
	for _, name := range []string{"", "OpenAI", "gpt"} {
		_, err := ParseGrammar(name)
		if err == nil {
			t.Fatalf("ParseGrammar(%q) accepted it", name)
		}
		if text := err.Error(); !strings.Contains(text, "openai") || !strings.Contains(text, "hosted") {
			t.Errorf("ParseGrammar(%q): %q does not say what is allowed", name, text)
		}
	}
	if got := numGrammars.String(); got != "Grammar(12)" {
		t.Errorf("String of no grammar is %q", got)
	}
}

func TestProvidersHaveTheirGrammar(t *testing.T) {
	for id, want := range map[string]Grammar{
		"openai": OpenAI, "azure": Azure, "anthropic": Anthropic, "aws.bedrock": Bedrock, "google.gemini": Gemini, "google.vertex": Vertex,
		"mistral": Mistral, "cohere": Cohere, "deepseek": XAI, "xai": XAI, "moonshot": XAI, "alibaba": OpenAI, "zhipu": Zhipu,
		"groq": Hosted, "together": Hosted, "fireworks": Hosted, "perplexity": Hosted, "cerebras": Hosted, "openrouter": Hosted,
		"minimax": Generic, "acme": Generic, "": Generic,
	} {
		if got := ForProvider(id); got != want {
			t.Errorf("ForProvider(%q) = %v, want %v", id, got, want)
		}
	}
}

func TestAnUnknownGrammarIsGeneric(t *testing.T) {
	if got, _ := Parse(numGrammars, "gpt-4o"); got.Grammar != Generic {
		t.Errorf("grammar is %v", got.Grammar)
	}
}
