package inventory

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

func builtin(t testing.TB) (hosts []Host) {
	t.Helper()
	layer, err := bookstore.Builtin()
	require.NoError(t, err)
	book, err := pricebook.Load(layer)
	require.NoError(t, err)
	for pattern, provider := range book.Hosts() {
		hosts = append(hosts, OfBook(pattern, provider.ID))
	}
	require.NotEmpty(t, hosts)
	return append(hosts, Known...)
}

func TestHostsOfAIAPIsAreFoundByNameInAnyFormThatAttributesHave(t *testing.T) {
	hosts := NewHosts(builtin(t))
	for host, want := range map[string]string{
		"api.openai.com":                             "openai",
		"API.OpenAI.com":                             "openai",
		"api.openai.com:443":                         "openai",
		"api.openai.com.":                            "openai",
		"eu.api.openai.com":                          "openai",
		"api.anthropic.com":                          "anthropic",
		"shop.openai.azure.com":                      "azure",
		"bedrock-runtime.eu-central-1.amazonaws.com": "aws.bedrock",
		"generativelanguage.googleapis.com":          "google.gemini",
		"europe-west4-aiplatform.googleapis.com":     "google.vertex",
		"api.mistral.ai":                             "mistral",
		"router.huggingface.co":                      "huggingface",
		"api.us.elevenlabs.io":                       "elevenlabs",
		"ws-1.ap-southeast-1.maas.aliyuncs.com":      "alibaba",
	} {
		_, provider, ok := hosts.Provider(&Target{hosts: [numNames]string{host}})
		assert.True(t, ok, host)
		assert.Equal(t, want, provider, host)
	}
	for _, host := range []string{
		"", "openai.com", "api.openai.com.evil.example", "notapi.openai.com.", "storage.googleapis.com", "s3.eu-central-1.amazonaws.com",
		"10.0.0.1", "::1", "[::1]:443", "api.openai.com/v1", "api openai com", strings.Repeat("a", 300) + ".openai.azure.com",
	} {
		_, provider, ok := hosts.Provider(&Target{hosts: [numNames]string{host}})
		assert.False(t, ok, "%s is said to be of %s", host, provider)
	}
}

func TestAHostThatServesMoreThanModelsCountsByPathOnly(t *testing.T) {
	hosts := NewHosts(builtin(t))
	for path, want := range map[string]bool{
		"/client/v4/accounts/1/ai/run/@cf/meta/llama-3-8b-instruct": true,
		"/client/v4/zones/1/dns_records":                            false,
		"":                                                          false,
	} {
		_, _, ok := hosts.Provider(&Target{hosts: [numNames]string{"api.cloudflare.com"}, path: path})
		assert.Equal(t, want, ok, path)
	}
}

func TestEveryKnownHostIsFoundAndNoneIsInTheBookAlready(t *testing.T) {
	all := builtin(t)
	book := NewHosts(all[:len(all)-len(Known)])
	known := NewHosts(Known)
	for _, h := range Known {
		assert.True(t, ValidPattern(h.Pattern), h.Pattern)
		host := strings.ReplaceAll(h.Pattern, "*", "x")
		_, ok := known.Find(host, h.Path)
		assert.True(t, ok, h.Pattern)
		provider, ok := book.Find(host, h.Path)
		assert.False(t, ok, "%s is %s in the price book", h.Pattern, provider)
	}
	for host := range needsPath {
		_, ok := book.Find(host, "")
		assert.False(t, ok, host)
		_, ok = book.Find(host, needsPath[host])
		assert.True(t, ok, "%s is no host of the price book any more", host)
	}
}

func TestConfiguredHostsWinAndMayLeaveTheirDomainOpen(t *testing.T) {
	hosts := NewHosts(append([]Host{{Pattern: "api.openai.com", Provider: "mine"}, {Pattern: "llm.*", Provider: "gateway"}, {Pattern: "ollama", Provider: "local"}}, builtin(t)...))
	for host, want := range map[string]string{"api.openai.com": "mine", "llm.corp.example": "gateway", "ollama": "local", "eu.api.openai.com": "openai"} {
		provider, _ := hosts.Find(host, "")
		assert.Equal(t, want, provider, host)
	}
}

func TestPatternsThatAreNoHostsAreRefused(t *testing.T) {
	for _, p := range []string{"", "*", "*.*", "https://api.openai.com", "api.openai.com/v1", "api.openai.com:443", "a b"} {
		assert.False(t, ValidPattern(p), p)
	}
	for _, p := range []string{"ollama", "*.example.com", "llm-*.example.com", "API.example.com"} {
		assert.True(t, ValidPattern(p), p)
	}
}

func TestTheTargetComesFromCurrentAttributesBeforeDeprecatedOnes(t *testing.T) {
	hosts := NewHosts(builtin(t))
	for _, c := range []struct {
		name  string
		attrs map[string]any
		want  string // host
	}{
		{"server.address", map[string]any{"server.address": "api.openai.com", "net.peer.name": "api.anthropic.com"}, "api.openai.com"},
		{"url.full", map[string]any{"url.full": "https://user:secret@api.openai.com:443/v1/chat?x=@api.mistral.ai"}, "api.openai.com"},
		{"http.url", map[string]any{"http.url": "https://api.openai.com/v1"}, "api.openai.com"},
		{"net.peer.name", map[string]any{"net.peer.name": "api.openai.com"}, "api.openai.com"},
		{"http.host", map[string]any{"http.host": "api.openai.com:443"}, "api.openai.com"},
		{"an address that is no known host does not hide a URL", map[string]any{"server.address": "10.1.2.3", "url.full": "https://api.openai.com/v1"}, "api.openai.com"},
		{"the path of a deprecated attribute", map[string]any{"net.peer.name": "api.cloudflare.com", "http.target": "/client/v4/accounts/1/ai/run"}, "api.cloudflare.com"},
		{"a number is no host", map[string]any{"server.address": 7}, ""},
		{"a URL without scheme is none", map[string]any{"url.full": "api.openai.com/v1"}, ""},
		{"the host in a query is not the host", map[string]any{"url.full": "https://proxy.example?u=https://api.openai.com/"}, ""},
	} {
		attrs := pcommon.NewMap()
		require.NoError(t, attrs.FromRaw(c.attrs))
		var target Target
		target.Read(attrs)
		host, _, ok := hosts.Provider(&target)
		assert.Equal(t, c.want, host, c.name)
		assert.Equal(t, c.want != "", ok, c.name)
	}
}

func TestFindingATargetAllocatesNothing(t *testing.T) {
	hosts := NewHosts(builtin(t))
	attrs := pcommon.NewMap()
	attrs.PutStr("http.request.method", "POST")
	attrs.PutStr("server.address", "bedrock-runtime.eu-central-1.amazonaws.com")
	attrs.PutStr("url.full", "https://bedrock-runtime.eu-central-1.amazonaws.com/model/x/converse")
	var target Target
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		target.Read(attrs)
		_, _, ok := hosts.Provider(&target)
		assert.True(t, ok)
	}))
}

// FuzzHostOfURL compares with net/url where that can read a URL, and demands
// that whatever comes in gives a bounded plain name or nothing.
func FuzzHostOfURL(f *testing.F) {
	for _, s := range []string{
		"https://api.openai.com/v1", "http://u:p@h.example:8080/a?b#c", "https://[::1]:80/", "://", "a://b@c@d/", "https://API.x.ai.", "https://a?@b", "x://\xff/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, _ := hostOf(s)
		normal := Normal(host)
		if len(normal) > MaxHost || strings.ContainsAny(normal, "/:@?# []") || normal != strings.ToLower(normal) {
			t.Fatalf("%q gives %q", s, normal)
		}
		u, err := url.Parse(s)
		if err != nil || u.Host == "" || normal == "" || strings.Contains(u.Host, "%") {
			return
		}
		if want := Normal(u.Host); want != "" && want != normal {
			t.Fatalf("%q: host %q, and net/url says %q", s, normal, want)
		}
	})
}

func canonical(provider string) string {
	return map[string]string{"gcp.vertex_ai": "google.vertex", "google.vertex": "google.vertex", "openai": "openai"}[provider]
}

func TestApproval(t *testing.T) {
	rules := []Rule{
		{Provider: "openai", Model: "gpt-4o*", Service: "shop*"},
		{Provider: "google.vertex"},
		{Provider: "*", Model: "local/*"},
		{Provider: "anthropic", Model: "claude-*", Service: "Support"},
	}
	for _, c := range []struct {
		name string
		id   ID
		want Verdict
	}{
		{"all of a rule fit", ID{GenAI, "shop-eu", "openai", "gpt-4o-mini", ""}, Approved},
		{"another model", ID{GenAI, "shop-eu", "openai", "o3", ""}, Unapproved},
		{"another service", ID{GenAI, "crm", "openai", "gpt-4o", ""}, Unapproved},
		{"another provider", ID{GenAI, "shop", "azure", "gpt-4o", ""}, Unapproved},
		{"another name of the provider", ID{GenAI, "crm", "gcp.vertex_ai", "gemini-2.5-pro", ""}, Approved},
		{"provider and model in any case", ID{GenAI, "shop", "OpenAI", "GPT-4o", ""}, Approved},
		{"services as they are written", ID{GenAI, "support", "anthropic", "claude-opus-4", ""}, Unapproved},
		{"a star stands for slashes too", ID{GenAI, "", "vllm", "local/a/b", ""}, Approved},
		{"a request to a provider of which every model is approved", ID{HTTP, "crm", "google.vertex", "", "aiplatform.googleapis.com"}, Approved},
		{"a request where it depends on the model", ID{HTTP, "shop", "openai", "", "api.openai.com"}, Unknown},
		{"a request of a service that is approved for nothing there", ID{HTTP, "crm", "anthropic", "", "api.anthropic.com"}, Unknown},
	} {
		assert.Equal(t, c.want.String(), NewApprovals(rules, canonical).Of(&c.id).String(), c.name)
	}
	assert.Equal(t, Unapproved, NewApprovals(rules[:2], canonical).Of(&ID{HTTP, "crm", "anthropic", "", "api.anthropic.com"}))
	assert.Equal(t, Unknown, NewApprovals(nil, canonical).Of(&ID{GenAI, "shop", "openai", "gpt-4o", ""}), "without rules nothing is known")
	assert.Equal(t, Approved, NewApprovals([]Rule{{Provider: "gcp.vertex_ai"}}, canonical).Of(&ID{HTTP, "", "google.vertex", "", "h"}), "a rule may use any name of the provider")
}

func TestARecordComesBackAsItWas(t *testing.T) {
	first, last := time.Unix(1_800_000_000, 0), time.Unix(1_800_000_900, 0)
	for _, id := range []ID{{GenAI, "shop", "openai", "gpt-4o", ""}, {HTTP, "", "openai", "", "api.openai.com"}} {
		r := NewRecord(&id, first, last)
		b, err := Encode([]Record{r})
		require.NoError(t, err)
		back, err := Decode(b)
		require.NoError(t, err)
		gotID, gotFirst, gotLast, ok := back[0].Entry()
		assert.True(t, ok)
		assert.Equal(t, id, gotID)
		assert.Equal(t, first, gotFirst)
		assert.Equal(t, last, gotLast)
	}
	_, err := Decode([]byte("{"))
	assert.ErrorIs(t, err, ErrStored)
	none, err := Decode(nil)
	assert.NoError(t, err)
	assert.Empty(t, none)
	_, _, _, ok := (&Record{Source: "else"}).Entry()
	assert.False(t, ok)
}
