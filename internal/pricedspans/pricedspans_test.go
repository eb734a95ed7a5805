package pricedspans

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

func traces(names ...string) ptrace.Traces {
	t := ptrace.NewTraces()
	spans := t.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for _, name := range names {
		spans.AppendEmpty().SetName(name)
	}
	return t
}

func request(t *testing.T, names ...string) string {
	t.Helper()
	var m ptrace.JSONMarshaler
	b, err := m.MarshalTraces(traces(names...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// reader appends to a file and reads what is new, as span names.
type reader struct {
	t *testing.T
	*Follower
}

func (r *reader) put(text string, flags int) {
	r.t.Helper()
	f, err := os.OpenFile(r.path, flags|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		r.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		r.t.Fatal(err)
	}
}

func (r *reader) got() (names []string) {
	r.t.Helper()
	err := r.Read(func(t ptrace.Traces) {
		for _, s := range t.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
			names = append(names, s.Name())
		}
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return names
}

func TestAFollowerReadsEachCompleteLineOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spans.jsonl")
	f, err := Follow(path)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t, f}
	if got := r.got(); got != nil {
		t.Errorf("a file that does not exist yet gives %v", got)
	}
	line := request(t, "second", "third")
	r.put(request(t, "first")+"\n"+line[:10], os.O_APPEND)
	if got := r.got(); !slices.Equal(got, []string{"first"}) {
		t.Errorf("got %v before the second line is complete", got)
	}
	r.put(line[10:]+"\n", os.O_APPEND)
	if got := r.got(); !slices.Equal(got, []string{"second", "third"}) {
		t.Errorf("got %v", got)
	}
	if got := r.got(); got != nil {
		t.Errorf("read %v twice", got)
	}
	r.put(request(t, "n")+"\n", os.O_TRUNC)
	if got := r.got(); !slices.Equal(got, []string{"n"}) {
		t.Errorf("after the file was replaced: got %v", got)
	}
}

func TestAFollowerSkipsWhatIsThereAlready(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spans.jsonl")
	r := &reader{t, &Follower{path: path}}
	r.put(request(t, "old")+"\n", 0)
	f, err := Follow(path)
	if err != nil {
		t.Fatal(err)
	}
	r.Follower = f
	r.put(request(t, "new")+"\n", os.O_APPEND)
	if got := r.got(); !slices.Equal(got, []string{"new"}) {
		t.Errorf("got %v", got)
	}
}

func TestALineThatIsNoRequestIsAnErrorThatNamesThePlace(t *testing.T) {
	r := &reader{t, &Follower{path: filepath.Join(t.TempDir(), "spans.jsonl")}}
	r.put("{]\n", 0)
	if err := r.Read(func(ptrace.Traces) {}); err == nil {
		t.Error("no error")
	}
}

func TestAVerdictHasTheExactAmount(t *testing.T) {
	in := traces("chat", "app")
	in.ResourceSpans().At(0).Resource().Attributes().PutStr("service.name", "support")
	a := in.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes()
	a.PutStr("token_cost.status", "estimated")
	a.PutEmptySlice("token_cost.reasons").AppendEmpty().SetStr("cache_not_reported")
	a.PutDouble("token_cost.total", 0.000000000003)
	a.PutStr("token_cost.currency", "USD")
	a.PutStr("token_cost.price", "aws.bedrock/anthropic.claude-opus-5@2026-01-01")
	var all []Verdict
	Verdicts(in, func(v Verdict) { all = append(all, v) })
	if len(all) != 1 {
		t.Fatalf("%d verdicts, want one: a span without a status has none", len(all))
	}
	v := all[0]
	provider, model := v.Model()
	if v.Total.String() != "0.000000000003" || !v.HasTotal || v.Service != "support" || provider != "aws.bedrock" || model != "anthropic.claude-opus-5" {
		t.Errorf("got %+v", v)
	}
	if !slices.Equal(v.Reasons, []string{"cache_not_reported"}) {
		t.Errorf("reasons %v", v.Reasons)
	}
}
