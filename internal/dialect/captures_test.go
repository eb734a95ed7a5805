package dialect

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

const captureDir = "testdata/captures"

// truth is what the provider billed for one capture.
type truth struct {
	Files   []string
	Ceiling struct {
		Verdict string
		Missing []string
	}
	Calls []billedCall
}

type billedCall struct {
	Billable    map[string]int64
	ModelServed string `json:"model_served"`
	ModelAsked  string `json:"model_requested"`
	Tier        string
}

// bill is disjoint counts, summed over calls. Plain is input that is neither
// read from nor written to a cache.
type bill struct{ Plain, Read, Write5m, Write1h, WriteOther, Output, Audio, Searches int64 }

func (t truth) bill() (b bill) {
	for _, c := range t.Calls {
		g := c.Billable
		b.Plain += g["input_uncached"] + g["input_tool_prompt"] + g["input_audio"]
		b.Read += g["cache_read"]
		b.Write5m += g["cache_write_5m"]
		b.Write1h += g["cache_write_1h"]
		b.WriteOther += g["cache_write_30m"] + g["cache_write"]
		b.Output += g["output_total"] + g["output"]
		b.Audio += g["input_audio"] + g["output_audio_of_total"]
		b.Searches += g["web_search_requests"]
	}
	return b
}

func (b bill) writes() int64 { return b.Write5m + b.Write1h + b.WriteOther }

func billOf(calls []call.Call) (b bill) {
	for i := range calls {
		u := &calls[i].Usage
		get := func(m meter.Meter) int64 { n, _ := u.Get(m); return n }
		read, write := get(meter.CacheReads), get(meter.CacheWrites)
		b.Plain += get(meter.AllInput) - read - write
		b.Read += read
		b.Write5m += get(ttl(5))
		b.Write1h += get(ttl(60))
		b.WriteOther += write - get(ttl(5)) - get(ttl(60))
		b.Output += get(meter.AllOutput)
		b.Audio += get(meter.AllInput.WithModality(meter.Audio)) + get(meter.AllOutput.WithModality(meter.Audio))
		searches, _ := u.Fee(meter.WebSearch)
		b.Searches += searches
	}
	return b
}

func loadTruth(t testing.TB) map[string]truth {
	raw, err := os.ReadFile(filepath.Join(captureDir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]truth
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func loadTraces(t testing.TB, file string) []ptrace.Traces {
	f, err := os.Open(filepath.Join(captureDir, file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var all []ptrace.Traces
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 1 && strings.Contains(string(line[:min(len(line), 40)]), "resourceSpans") {
			var u ptrace.JSONUnmarshaler
			td, err := u.UnmarshalTraces(line)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			all = append(all, td)
		}
		if err != nil {
			return all
		}
	}
}

func newReader(t testing.TB, o Options) *Reader {
	t.Helper()
	if len(o.Signals) == 0 {
		o.Signals = []SignalRule{{Signal: Traces}} // these tests are about spans
	}
	r, err := NewReader(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// readAll reads the calls of all batches of a capture as one: what is a call,
// or might be one, and is no duplicate.
func readAll(r *Reader, batches []ptrace.Traces) []call.Call {
	var s Scratch
	var d Duplicates
	var calls []call.Call
	var numbers []int
	for _, td := range batches {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				sc := r.Scope(rs.Resource(), ss.Scope(), ss.SchemaUrl(), &s)
				for _, span := range ss.Spans().All() {
					var c call.Call
					if r.Span(sc, span, &s, &c) && (c.Kind == call.Inference || c.Kind == call.Unclear) {
						calls = append(calls, c)
						numbers = append(numbers, d.Add(sc, PlaceOf(span), &c))
					}
				}
			}
		}
	}
	var once []call.Call
	for i, c := range calls {
		if !d.Duplicate(numbers[i]) {
			if d.Contradicted(numbers[i]) {
				c.Reasons.Add(status.UsageContradictory)
			}
			once = append(once, c)
		}
	}
	return once
}

// verdict compares calls with the truth. A call that says what it misses is
// flagged; one that is told and wrong is the error that must not happen.
func verdict(t truth, calls []call.Call) (string, string) {
	want := t.bill()
	var billed []call.Call
	told := call.Facts(call.AllFacts)
	var reasons status.Set
	missing := 0
	for _, c := range calls {
		if c.Reasons.Only(status.NotBillable) != 0 {
			continue
		}
		reasons |= c.Reasons
		if c.Reasons.Only(status.Unpriced) != 0 {
			missing++
			continue
		}
		billed = append(billed, c)
		told &= c.Told
	}
	got := billOf(billed)
	var wrong, flagged []string
	differ := func(what string, differs, isFlagged bool) {
		switch {
		case !differs:
		case isFlagged || missing > 0:
			flagged = append(flagged, what)
		default:
			wrong = append(wrong, what)
		}
	}
	anyReason := reasons != 0
	cacheUntold := !told.Has(call.CacheReads | call.CacheWrites)
	differ("plain", got.Plain != want.Plain, anyReason || cacheUntold || !told.Has(call.ToolPrompt))
	differ("read", got.Read != want.Read, anyReason || !told.Has(call.CacheReads))
	differ("write", got.writes() != want.writes(), anyReason || !told.Has(call.CacheWrites))
	differ("ttl", got.Write1h != want.Write1h, anyReason || !told.Has(call.CacheTTL))
	differ("output", got.Output != want.Output, anyReason)
	differ("audio", got.Audio != want.Audio, !told.Has(call.Modalities))
	differ("searches", got.Searches != want.Searches, !told.Has(call.ToolUse))
	for i := range billed {
		c := &billed[i]
		if c.Told.Has(call.ServedModel) {
			served := slices.ContainsFunc(t.Calls, func(k billedCall) bool {
				return k.ModelServed == c.ResponseModel || k.ModelAsked == c.ResponseModel && strings.Contains(k.ModelAsked, k.ModelServed)
			})
			differ("model "+c.ResponseModel, !served, false)
		}
		if len(t.Calls) == 1 {
			differ("tier", plainTier(t.Calls[0].Tier) != plainTier(c.Mode), !c.Told.Has(call.ServiceTier))
		}
	}
	switch {
	case len(wrong) > 0 && len(billed) < len(t.Calls) && len(calls) < len(t.Calls):
		return "no span", fmt.Sprintf("%d of %d calls have a span", len(calls), len(t.Calls))
	case len(wrong) > 0:
		return "WRONG", fmt.Sprintf("%v flagged %v got %+v want %+v told %s reasons %v", wrong, flagged, got, want, factNames(told), reasons)
	case len(flagged) > 0:
		return "flagged", fmt.Sprintf("%v reasons %v", flagged, reasons)
	}
	return "right", fmt.Sprintf("told %s reasons %v", factNames(told), reasons)
}

// plainTier makes one of the names for no tier.
func plainTier(s string) string {
	switch s {
	case "", "standard", "normal", "auto":
		return "default"
	}
	return s
}

func factNames(f call.Facts) string {
	names := []string{"reads", "writes", "ttl", "tier", "region", "modalities", "reasoning", "tooluse", "toolprompt", "model"}
	var out []string
	for i, n := range names {
		if f&(1<<i) == 0 {
			out = append(out, "!"+n)
		}
	}
	return strings.Join(out, ",")
}

// notComplete are captures whose numbers all stand in attributes by chance,
// which is all that a search for them can see.
var notComplete = map[string]string{
	"langchain-openinference-anthropic__anthropic__tool": "cache writes have no key; the second call reads what the first wrote",
	"langchain-traceloop-openai-chat__openai__tool":      "cached tokens have no key",
	"langchain-traceloop-openai-responses__openai__tool": "no counts at all",
	"openinference-openai__openai__tier-downgraded":      "the tier asked for is told, not the one that served",
}

// Every capture is read as the provider billed it, or what differs is said to
// be unknown. A capture from whose attributes the bill can be rebuilt is right.
func TestCapturesAreRightOrFlagged(t *testing.T) {
	all := loadTruth(t)
	r := newReader(t, Options{})
	type score struct{ right, flagged, noSpan, wrong int }
	families := map[string]*score{}
	names := slices.Sorted(func(yield func(string) bool) {
		for n := range all {
			if !yield(n) {
				return
			}
		}
	})
	for _, name := range names {
		tr := all[name]
		var batches []ptrace.Traces
		for _, f := range tr.Files {
			batches = append(batches, loadTraces(t, f)...)
		}
		calls := readAll(r, batches)
		parts := strings.Split(name, "__")
		fam := parts[0] + " " + parts[1]
		if families[fam] == nil {
			families[fam] = &score{}
		}
		v, why := verdict(tr, calls)
		switch v {
		case "right":
			families[fam].right++
		case "flagged":
			families[fam].flagged++
		case "no span":
			families[fam].noSpan++
		default:
			families[fam].wrong++
			t.Errorf("%s: %s", name, why)
		}
		if tr.Ceiling.Verdict == "complete" && v != "right" && v != "WRONG" && notComplete[name] == "" {
			t.Errorf("%s: the bill can be rebuilt from attributes, but is %s: %s", name, v, why)
		}
		if testing.Verbose() {
			t.Logf("%-60s %-17s %-8s %s", name, tr.Ceiling.Verdict, v, why)
		}
	}
	keys := make([]string, 0, len(families))
	for k := range families {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-50s %6s %8s %8s %6s\n", "family", "right", "flagged", "no span", "wrong")
	var sum score
	for _, k := range keys {
		s := families[k]
		fmt.Fprintf(&table, "%-50s %6d %8d %8d %6d\n", k, s.right, s.flagged, s.noSpan, s.wrong)
		sum.right, sum.flagged, sum.noSpan, sum.wrong = sum.right+s.right, sum.flagged+s.flagged, sum.noSpan+s.noSpan, sum.wrong+s.wrong
	}
	fmt.Fprintf(&table, "%-50s %6d %8d %8d %6d", "all", sum.right, sum.flagged, sum.noSpan, sum.wrong)
	t.Log(table.String())
}

// With recorded response bodies, captures whose bill stands only there are
// right too, and none is worse than without.
func TestBodiesCompleteCaptures(t *testing.T) {
	r := newReader(t, Options{Blobs: BlobsContent})
	right := 0
	for name, tr := range loadTruth(t) {
		var batches []ptrace.Traces
		for _, f := range tr.Files {
			batches = append(batches, loadTraces(t, f)...)
		}
		v, why := verdict(tr, readAll(r, batches))
		switch {
		case v == "WRONG":
			t.Errorf("%s: %s", name, why)
		case tr.Ceiling.Verdict != "in content only":
		case v == "right":
			right++
		case bodyFallsShort[name] == "":
			t.Errorf("%s: the bill can be rebuilt from the body, but is %s: %s", name, v, why)
		}
	}
	if right == 0 {
		t.Error("no capture was read from its body")
	}
}

// bodyFallsShort are captures whose bodies lack something after all.
var bodyFallsShort = map[string]string{
	"langchain-openinference-anthropic__anthropic__cachestream": "LangChain adds the count of message_start to the output",
}
