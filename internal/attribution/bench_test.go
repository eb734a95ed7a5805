package attribution

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// call returns the attributes of a call with a user, a team and a session, and
// those of its resource.
func call(t testing.TB) (record, resource pcommon.Map) {
	return attributes(t, map[string]any{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o",
			"gen_ai.response.id": "chatcmpl-1", "server.address": "api.openai.com", "server.port": 443, "gen_ai.usage.input_tokens": 1250,
			"gen_ai.usage.cache_read.input_tokens": 1000, "gen_ai.usage.output_tokens": 80, "user.id": "jane", "gen_ai.conversation.id": "c-1",
		}), attributes(t, map[string]any{
			"service.name": "support", "service.version": "1.2.3", "deployment.environment.name": "production", "team.id": "search",
			"host.name": "node-1", "k8s.pod.name": "support-1", "telemetry.sdk.language": "python", "telemetry.sdk.version": "1.40.0",
		})
}

func BenchmarkFind(b *testing.B) {
	hashed := all()
	hashed.Dimensions[User].Hash = true
	for _, bench := range []struct {
		name    string
		options Options
	}{{"plain", all()}, {"user hashed", hashed}, {"team only", with(map[Dimension]Setting{Team: {}})}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			r := reader(b, bench.options)
			record, resource := call(b)
			var f Found
			for b.Loop() {
				r.Find(record, resource, &f)
			}
		})
	}
}

func TestFindAllocatesForHashesOnly(t *testing.T) {
	if raceDetector {
		t.Log("the race detector allocates by itself; counts are checked without it")
		return
	}
	record, resource := call(t)
	o := all()
	for hashes := range 3 {
		if hashes > 0 {
			o.Dimensions[[]Dimension{User, Session}[hashes-1]].Hash = true
		}
		r := reader(t, o)
		var f Found
		r.Find(record, resource, &f) // the first takes a digest
		require.Equal(t, 3, f.Len())
		allocs := testing.AllocsPerRun(100, func() { r.Find(record, resource, &f) })
		require.LessOrEqual(t, allocs, float64(hashes), "%d hashes", hashes)
	}
}
