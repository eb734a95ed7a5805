package pricebook

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

const nameBook = `
providers:
  openai:
    hosts: [api.openai.com, "*.api.openai.com"]
    host_geo: {"*.api.openai.com": "*", eu.api.openai.com: europe}
    infer: true
    models:
      gpt-4o: {aliases: [chatgpt-4o-latest, "my deployment"], dated: true}
      gpt-4o-mini: {dated: true}
      gpt-4: {}
      "ft:gpt-4o": {}
      o3: {dated: true}
      shared: {}
  azure:
    hosts: ["*.openai.azure.com"]
    models:
      gpt-4o: {dated: true}
      prod-chat: {}
  anthropic:
    names: [claude, anthropic-ai]
    infer: true
    models:
      claude-opus-4-5: {dated: true}
      claude-sonnet-4: {}
  aws.bedrock:
    names: [bedrock]
    hosts: ["bedrock-runtime.*.amazonaws.com"]
    host_geo: {"bedrock-runtime.*.amazonaws.com": "*"}
    models:
      anthropic.claude-opus-4-5: {dated: true}
      "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123": {}
  google.gemini:
    infer: true
    models:
      gemini-2.5-pro: {dated: true}
      gemini-1.5-flash: {dated: true}
  openrouter:
    models:
      anthropic/claude-opus-4-5: {}
      gpt-exclusive: {}
  groq:
    infer: true
    models:
      shared: {}
      Ünïcode-Modell: {}
`

// resolved writes what a query means: "provider/model geo [reasons]".
func resolved(b *Book, q Query) string {
	r, _ := b.Resolve(&q)
	out := "-"
	if r.Provider != nil {
		out = r.Provider.ID
	}
	if r.Model != nil {
		out += "/" + r.Model.ID
	}
	if r.Geo != "" {
		out += " " + r.Geo
	}
	if r.Reasons != 0 {
		out += " [" + r.Reasons.String() + "]"
	}
	return out
}

func TestResolve(t *testing.T) {
	b := load(t, nameBook)
	for _, tc := range []struct {
		name  string
		query Query
		want  string
	}{
		{"exact id", Query{Provider: "openai", Response: "gpt-4o"}, "openai/gpt-4o"},
		{"case and white space do not matter", Query{Provider: " OpenAI ", Response: " GPT-4O"}, "openai/gpt-4o"},
		{"Unicode is compared in one form", Query{Provider: "groq", Response: "U\u0308NI\u0308CODE-MODELL"}, "groq/Ünïcode-Modell"},
		{"alias", Query{Provider: "openai", Response: "chatgpt-4o-latest"}, "openai/gpt-4o"},
		{"alias of several words", Query{Provider: "openai", Response: "My Deployment"}, "openai/gpt-4o"},
		{"name of a provider", Query{Provider: "Claude", Response: "claude-sonnet-4"}, "anthropic/claude-sonnet-4"},
		{"declared dated form", Query{Provider: "openai", Response: "gpt-4o-2024-08-06"}, "openai/gpt-4o"},
		{"a date where the model does not allow one", Query{Provider: "openai", Response: "gpt-4-0613"}, "openai [model_unknown]"},
		{"the dated form of another grammar", Query{Provider: "openai", Response: "gpt-4o-20240806"}, "openai [model_unknown]"},
		{"never a prefix", Query{Provider: "openai", Response: "gpt-4o-audio"}, "openai [model_unknown]"},
		{"never part of a name", Query{Provider: "openai", Response: "gpt"}, "openai [model_unknown]"},
		{"never the name within another", Query{Provider: "openai", Response: "x-gpt-4o"}, "openai [model_unknown]"},
		{"a flag that may change the price", Query{Provider: "openai", Response: "gpt-4o:online"}, "openai [model_unknown]"},
		{"fine-tuned by its own row", Query{Provider: "openai", Response: "ft:gpt-4o:acme::abc123"}, "openai/ft:gpt-4o"},
		{"fine-tuned without a row", Query{Provider: "openai", Response: "ft:gpt-4o-mini:acme::abc123"}, "openai [model_unknown]"},
		{"path", Query{Provider: "google.gemini", Response: "models/gemini-2.5-pro"}, "google.gemini/gemini-2.5-pro"},
		{"router prefix of the same provider", Query{Provider: "azure", Response: "azure/gpt-4o"}, "azure/gpt-4o"},
		{"scope of Bedrock is the region", Query{Provider: "aws.bedrock", Response: "eu.anthropic.claude-opus-4-5-20251101-v1:0"}, "aws.bedrock/anthropic.claude-opus-4-5 eu"},
		{"opaque ARN by its own row", Query{Provider: "bedrock", Response: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"}, "aws.bedrock/arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"},
		{"deployment name by the request", Query{Provider: "azure", Response: "gpt-4o-2024-08-06", Request: "prod-chat"}, "azure/gpt-4o"},

		{"a router in the name tells more than the provider", Query{Provider: "openai", Response: "azure/prod-chat"}, "azure/prod-chat [provider_inferred]"},

		{"response first", Query{Provider: "openai", Response: "gpt-4o-mini", Request: "gpt-4o"}, "openai/gpt-4o-mini"},
		{"then request", Query{Provider: "openai", Response: "gpt-99", Request: "gpt-4o"}, "openai/gpt-4o [response_model_unknown]"},
		{"request alone", Query{Provider: "openai", Request: "gpt-4o"}, "openai/gpt-4o [response_model_not_reported]"},
		{"neither known", Query{Provider: "openai", Response: "a", Request: "b"}, "openai [model_unknown]"},
		{"no model", Query{Provider: "openai"}, "openai [model_not_reported]"},
		{"nothing", Query{}, "- [model_not_reported]"},

		{"host", Query{Host: "api.openai.com", Response: "gpt-4o"}, "openai/gpt-4o"},
		{"a known host beats the name of the client", Query{Provider: "openai", Host: "acme.openai.azure.com", Response: "prod-chat"}, "azure/prod-chat"},
		{"an unknown host says nothing", Query{Provider: "openai", Host: "proxy.internal", Response: "gpt-4o"}, "openai/gpt-4o"},
		{"host with wildcard tells the region", Query{Host: "us.API.openai.com", Response: "gpt-4o"}, "openai/gpt-4o us"},
		{"the more specific host wins", Query{Host: "eu.api.openai.com", Response: "gpt-4o"}, "openai/gpt-4o europe"},
		{"a wildcard stands for some text", Query{Host: ".api.openai.com", Response: "gpt-4o", Provider: "azure"}, "azure/gpt-4o"},
		{"region of the name before that of the host", Query{Host: "bedrock-runtime.us-west-2.amazonaws.com", Response: "eu.anthropic.claude-opus-4-5-20251101-v1:0"}, "aws.bedrock/anthropic.claude-opus-4-5 eu"},
		{"region of the host", Query{Host: "bedrock-runtime.us-west-2.amazonaws.com", Response: "anthropic.claude-opus-4-5-20251101-v1:0"}, "aws.bedrock/anthropic.claude-opus-4-5 us-west-2"},

		{"provider unknown", Query{Provider: "acme", Response: "gpt-4o"}, "- [provider_unknown]"},
		{"provider unknown and too long", Query{Provider: strings.Repeat("x", 300), Response: "gpt-4o"}, "- [provider_unknown]"},
		{"inferred from one provider", Query{Response: "gpt-4o-2024-08-06"}, "openai/gpt-4o [provider_inferred]"},
		{"inferred in the spelling of its grammar", Query{Response: "gemini-1.5-flash-002"}, "google.gemini/gemini-1.5-flash [provider_inferred]"},
		{"not inferred where two have it", Query{Response: "shared"}, "- [provider_not_reported]"},
		{"not inferred from a provider that may not be", Query{Response: "prod-chat"}, "- [provider_not_reported]"},
		{"inferred by the request", Query{Response: "shared", Request: "gpt-4o"}, "openai/gpt-4o [provider_inferred,response_model_unknown]"},
		{"inferred by the request alone", Query{Request: "gpt-4o"}, "openai/gpt-4o [provider_inferred,response_model_not_reported]"},
		{"by the prefix of a router", Query{Response: "openrouter/gpt-exclusive"}, "openrouter/gpt-exclusive [provider_inferred]"},
		{"a router's provider is not replaced by another", Query{Response: "openrouter/gpt-4o"}, "openrouter [model_unknown]"},
		{"a router that is no provider of the book", Query{Response: "fireworks_ai/gpt-4o"}, "- [provider_unknown]"},
		{"by the vendor", Query{Response: "anthropic/claude-sonnet-4"}, "anthropic/claude-sonnet-4 [provider_inferred]"},
		{"a vendor's client on Bedrock", Query{Provider: "anthropic", Request: "us.anthropic.claude-opus-4-5-20251101-v1:0", Response: "claude-opus-4-5-20251101"}, "aws.bedrock/anthropic.claude-opus-4-5 us [provider_inferred,response_model_unknown]"},
		{"a vendor's client on Bedrock, a model that it lacks", Query{Provider: "anthropic", Request: "us.anthropic.claude-9-20251101-v1:0", Response: "claude-9-20251101"}, "aws.bedrock [model_unknown]"},
		{"the profile that was asked for tells the region", Query{Provider: "bedrock", Request: "eu.anthropic.claude-opus-4-5-20251101-v1:0", Response: "anthropic.claude-opus-4-5-20251101-v1:0"}, "aws.bedrock/anthropic.claude-opus-4-5 eu"},
		{"by a form that only Bedrock writes", Query{Request: "us.anthropic.claude-opus-4-5-20251101-v1:0"}, "aws.bedrock/anthropic.claude-opus-4-5 us [provider_inferred,response_model_not_reported]"},
		{"by an id that only Bedrock writes", Query{Response: "anthropic.claude-opus-4-5"}, "aws.bedrock/anthropic.claude-opus-4-5 [provider_inferred]"},
		{"by an ARN of Bedrock", Query{Response: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"}, "aws.bedrock/arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123 [provider_inferred]"},
		{"a platform that is no provider of the book", Query{Response: "claude-sonnet-4@20250514"}, "- [provider_not_reported]"},
		{"a vendor's model that it does not have", Query{Response: "anthropic/gpt-4o"}, "anthropic [model_unknown]"},
		{"a name too long", Query{Provider: "openai", Response: "gpt-4o" + strings.Repeat("x", 600)}, "openai [model_unknown]"},
		{"no name", Query{Provider: "openai", Response: "\x00\xff"}, "openai [model_unknown]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			assert.Equal(t, tc.want, resolved(b, tc.query))
			assert.Equal(t, tc.want, resolved(b, tc.query), "cached")
		})
	}
}

func TestTheSecondAnswerIsCached(t *testing.T) {
	b := load(t, nameBook)
	q := Query{Provider: "openai", Response: "gpt-4o"}
	first, cached := b.Resolve(&q)
	assert.False(t, cached)
	second, cached := b.Resolve(&q)
	assert.True(t, cached)
	assert.Same(t, first, second)
	same := Query{Provider: strings.Clone("openai"), Response: strings.Clone("gpt-4o")}
	_, cached = b.Resolve(&same)
	assert.True(t, cached, "equal strings are the same query")
	assert.Zero(t, testing.AllocsPerRun(100, func() { b.Resolve(&q) }))
}

func TestCachedQueryKeepsNothingOfTheTelemetryAlive(t *testing.T) {
	b := load(t, nameBook)
	buffer := []byte("gpt-4o")
	name := unsafeString(buffer)
	b.Resolve(&Query{Provider: "openai", Response: name})
	copy(buffer, "gpt-99")
	assert.Equal(t, "openai/gpt-4o", resolved(b, Query{Provider: "openai", Response: "gpt-4o"}))
	assert.Equal(t, "openai [model_unknown]", resolved(b, Query{Provider: "openai", Response: "gpt-99"}))
}

// TestMemoryIsBoundedWhateverNamesArrive resolves many names of strangers, both
// the longest that are cached and such as are too long for it.
func TestMemoryIsBoundedWhateverNamesArrive(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	b := load(t, nameBook)
	flood := func(round, length int) {
		for i := range 10_000 {
			name := fmt.Sprintf("%d-%d-", round, i)
			b.Resolve(&Query{Provider: "openai", Response: name + strings.Repeat("x", length-len(name))})
		}
	}
	before := heap()
	flood(1, 4096)
	long := heap()
	assert.Less(t, int64(long)-int64(before), int64(1<<20), "names of 4 KiB are not kept")
	flood(2, maxCachedLen-len("openai"))
	full := heap()
	flood(3, maxCachedLen-len("openai"))
	again := heap()
	assert.Less(t, int64(full)-int64(before), int64(16<<20), "10,000 names of half a KiB would be kept in less")
	assert.Less(t, int64(again)-int64(full), int64(2<<20), "more names do not take more memory")
	runtime.KeepAlive(b)
}

func TestResolveConcurrently(t *testing.T) {
	b := load(t, nameBook)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 2000 {
				q := Query{Provider: "openai", Response: fmt.Sprintf("gpt-4o-2024-08-%02d", i%40)}
				want := "gpt-4o"
				if i%40 == 0 || i%40 > 31 {
					want = ""
				}
				r, _ := b.Resolve(&q)
				if got := r.Model; (got == nil) != (want == "") || got != nil && got.ID != want {
					t.Errorf("goroutine %d: %s", g, q.Response)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestNeighboursOfANameAreNotIt is the lint of names: what looks like a model's
// name and is not declared resolves to nothing.
func TestNeighboursOfANameAreNotIt(t *testing.T) {
	b := load(t, nameBook)
	for _, p := range b.Providers() {
		for _, m := range p.Models() {
			for _, name := range append([]string{m.ID}, m.Aliases...) {
				assert.Same(t, m, p.Find(name), "%s resolves to itself", name)
				assert.Same(t, m, p.Find(strings.ToUpper(name)), "%s resolves in any case", name)
				for _, suffix := range []string{"-mini", "-8b", "-lite", "-pro", "-tts", "-image", "-fast", "-thinking", ":free", "x", "-"} {
					if p.ids[modelKey(name+suffix)] == nil {
						assert.Nil(t, p.Find(name+suffix), "%s%s", name, suffix)
					}
				}
				dated := name + "-2099-01-01"
				n, _ := modelname.Parse(p.Grammar, dated)
				if !m.Dated || n.Bases[0] == "" {
					assert.Nil(t, p.Find(dated), dated)
				}
			}
		}
	}
}

func TestResolutionIsTheSameAsWithoutCache(t *testing.T) {
	b := load(t, nameBook)
	for _, q := range []Query{{Provider: "openai", Response: "gpt-4o"}, {Response: "o3"}, {Provider: "x"}} {
		r, _ := b.Resolve(&q)
		assert.Equal(t, b.resolve(&q), *r)
	}
	assert.Equal(t, status.Of(status.ProviderUnknown), b.resolve(&Query{Provider: "x", Request: "y"}).Reasons)
}

// unsafeString is a string that shares memory with the bytes, as strings of
// telemetry share it with the buffer that it was read from.
func unsafeString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
