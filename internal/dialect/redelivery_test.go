package dialect

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

func TestLogRecordsThatAreEqualInEverythingAreOneCall(t *testing.T) {
	const at int64 = 1_764_000_000_123_456_789
	request := func(change func(plog.LogRecord)) plog.LogRecord {
		lr := logged("claude_code.api_request", "event.name", "api_request", "model", "claude-sonnet-4-5", "input_tokens", 10, "output_tokens", 7, "duration_ms", 7)
		lr.SetTimestamp(pcommon.Timestamp(at))
		change(lr)
		return lr
	}
	plain := func(plog.LogRecord) {}
	for name, c := range map[string]struct {
		change func(plog.LogRecord)
		pod    string // of the second record
		again  bool
		both   bool // records are changed
	}{
		"a copy":                          {plain, "a", true, false},
		"observed again":                  {func(lr plog.LogRecord) { lr.SetObservedTimestamp(pcommon.Timestamp(at + 1e9)) }, "a", true, false},
		"a nanosecond later":              {func(lr plog.LogRecord) { lr.SetTimestamp(pcommon.Timestamp(at + 1)) }, "a", false, false},
		"another attribute":               {func(lr plog.LogRecord) { lr.Attributes().PutStr("session.id", "2") }, "a", false, false},
		"another trace":                   {func(lr plog.LogRecord) { lr.SetTraceID(pcommon.TraceID{1}) }, "a", false, false},
		"another body":                    {func(lr plog.LogRecord) { lr.Body().SetStr("x") }, "a", false, false},
		"another resource":                {plain, "b", false, false},
		"a clock that counts in millis":   {func(lr plog.LogRecord) { lr.SetTimestamp(pcommon.Timestamp(at - at%1e6)) }, "a", false, true},
		"no time, and it is observed now": {func(lr plog.LogRecord) { lr.SetTimestamp(0) }, "a", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			first := request(plain)
			if c.both {
				first = request(c.change)
			}
			r := newReader(t, Options{Signals: []SignalRule{{Signal: Logs}}})
			var s Scratch
			var d Duplicates
			var numbers []int
			for i, lr := range []plog.LogRecord{first, request(c.change)} {
				rl := plog.NewLogs().ResourceLogs().AppendEmpty()
				rl.Resource().Attributes().PutStr("k8s.pod.name", []string{"a", c.pod}[i])
				sl := rl.ScopeLogs().AppendEmpty()
				sl.Scope().SetName("com.anthropic.claude_code.events")
				var got call.Call
				sc := r.Scope(rl.Resource(), sl.Scope(), "", &s)
				require.True(t, r.Log(sc, lr, &s, &got))
				numbers = append(numbers, d.Add(sc, Place{Trace: lr.TraceID()}, &got))
			}
			require.Equal(t, []int{0, 1}, numbers)
			left := 0
			for _, n := range numbers {
				if d.Duplicate(n) {
					left++
				}
			}
			assert.Equal(t, c.again, left == 1, "%d are left out", left)
		})
	}
}
