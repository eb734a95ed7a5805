package otlpfile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	traceLine  = `{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[{"name":"a {\"b\"} ]"}]}]}]}`
	logLine    = `{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[{"body":{"stringValue":"x"}}]}]}]}`
	metricLine = `{"resourceMetrics":[{"resource":{},"scopeMetrics":[{"scope":{},"metrics":[{"name":"m"}]}]}]}`
)

// read reads all of a text and returns what each request holds, or what is wrong with it.
func read(t *testing.T, text string) []string {
	t.Helper()
	r, err := NewReader(strings.NewReader(text))
	require.NoError(t, err)
	return drain(t, r)
}

func drain(t *testing.T, r *Reader) []string {
	t.Helper()
	var out []string
	for {
		request, err := r.Next()
		var line *LineError
		switch {
		case errors.Is(err, io.EOF):
			return out
		case errors.As(err, &line):
			out = append(out, err.Error())
			continue
		case err != nil:
			return append(out, "end: "+err.Error())
		}
		signals := ""
		if request.HasTraces() {
			signals += "t"
		}
		if request.HasLogs() {
			signals += "l"
		}
		if request.HasMetrics() {
			signals += "m"
		}
		out = append(out, signals)
	}
}

func TestRequestsAreReadWhateverTheLayout(t *testing.T) {
	pretty := strings.NewReplacer(`[{`, "[\n  {", `:{`, ":\n {").Replace(traceLine)
	mixed := strings.TrimSuffix(traceLine, "}") + "," + strings.TrimPrefix(logLine, "{")
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":                         {"", nil},
		"blank lines only":                {"\n  \n\t\n", nil},
		"one object without line end":     {traceLine, []string{"t"}},
		"one object over many lines":      {pretty + "\n", []string{"t"}},
		"many pretty objects":             {pretty + "\n\n" + pretty, []string{"t", "t"}},
		"one object a line":               {traceLine + "\n" + logLine + "\r\n\n" + metricLine + "\n", []string{"t", "l", "m"}},
		"two signals in one object":       {mixed, []string{"tl"}},
		"snake case as pdata accepts":     {`{"resource_spans":[]}`, []string{"t"}},
		"an object without any key":       {"{}", []string{""}},
		"a byte order mark":               {"\xef\xbb\xbf" + traceLine, []string{"t"}},
		"a key with an escape in a value": {`{"x":"resourceLogs\":","resourceSpans":[]}`, []string{"t"}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, read(t, c.text)) })
	}
}

func TestBrokenRequestsAreNamedAndTheOthersRead(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"no JSON":                       {"hello\n" + traceLine, []string{`line 1: must be an OTLP JSON object such as {"resourceSpans":[…]}`, "t"}},
		"an array":                      {"[" + traceLine + "]", []string{`line 1: must be an OTLP JSON object such as {"resourceSpans":[…]}`}},
		"another object":                {traceLine + "\n{\"foo\":[]}\n" + traceLine, []string{"t", "line 2: is no OTLP request: it has none of the keys resourceSpans, resourceLogs and resourceMetrics", "t"}},
		"a line cut before the next":    {traceLine[:48] + "\n" + traceLine, []string{"line 1: is cut off: the next object begins at line 2", "t"}},
		"a line cut within a string":    {traceLine[:85] + "\n" + logLine, []string{"line 1: is cut off: a string ends with the line", "l"}},
		"the last line cut":             {traceLine + "\n" + traceLine[:48], []string{"t", "line 2: is cut off: the input ends within the object"}},
		"two objects on a line":         {traceLine + logLine + "\n" + logLine, []string{fmt.Sprintf("line 1: has more text after the object, which ends with byte %d; write one object a line", len(traceLine)), "l"}},
		"a key only within other keys":  {`{"a":{"resourceSpans":[]}}`, []string{"line 1: is no OTLP request: it has none of the keys resourceSpans, resourceLogs and resourceMetrics"}},
		"a value where a list must be":  {`{"resourceSpans":3}`, []string{"line 1: is no OTLP JSON of traces: a value is not of the type or form that its field has"}},
		"brackets that do not match":    {`{"resourceLogs":[}}` + "\n" + logLine, []string{"line 1: is no JSON object of logs: the syntax breaks near byte 18 of the object", "l"}},
		"a long line of something else": {strings.Repeat("x", 200_000) + "\n" + logLine, []string{`line 1: must be an OTLP JSON object such as {"resourceSpans":[…]}`, "l"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, c.text)
			require.Len(t, got, len(c.want))
			for i, want := range c.want {
				assert.True(t, strings.HasPrefix(got[i], want), "%q does not begin with %q", got[i], want)
			}
		})
	}
}

// secret stands for what people say to models.
const secret = "my password is hunter2"

// span returns a request of traces whose span has an attribute with a value.
func span(value string) string {
	return `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"chat","attributes":[{"key":"gen_ai.input.messages","value":{"stringValue":"` + secret + `"}},{"key":"b","value":` + value + `},{"key":"c","value":{"stringValue":"` + secret + `"}}]}]}]}]}`
}

func TestErrorsTellThePlaceAndQuoteNothing(t *testing.T) {
	pretty := strings.ReplaceAll(span(`{"stringValue":5}`), "{", "{\n")
	record := func(body string) string {
		return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityText":"` + secret + `","body":{"stringValue":` + body + `}}]}]}]}`
	}
	for name, c := range map[string]struct{ text, at, want string }{
		"a number for a string":    {span(`{"stringValue":5}`), `5}`, "is no OTLP JSON of traces: a value near byte %d of the object"},
		"text for a number":        {span(`{"intValue":"` + secret + `"}`), `"}},{"key":"c"`, "is no OTLP JSON of traces: a value near byte %d of the object"},
		"over many lines":          {pretty, `5}`, "is no OTLP JSON of traces: a value near byte %d of the object"},
		"a list for an object":     {span(`["` + secret + `"]`), `["`, "is no OTLP JSON of traces: a value near byte %d of the object"},
		"at the beginning":         {`{"resourceSpans":"` + secret + strings.Repeat(" ", 100) + `"}`, `"` + secret, "is no OTLP JSON of traces: a value near byte %d of the object"},
		"logs":                     {record(`{"a":"` + secret + `"}`), `{"a"`, "is no OTLP JSON of logs: a value near byte %d of the object"},
		"a comma too many":         {span(`{"stringValue":"` + secret + `",}`), `}},{"key":"c"`, "is no JSON object of traces: the syntax breaks near byte %d of the object"},
		"short":                    {`{"resourceMetrics":"` + secret + `"}`, "", "is no OTLP JSON of metrics: a value is not of the type"},
		"after the object":         {traceLine + ` "` + secret + `"`, ` "` + secret, ""},
		"no object":                {secret, "", "must be an OTLP JSON object"},
		"another object":           {`{"` + secret + `":"` + secret + `"}`, "", "is no OTLP request"},
		"cut within the text":      {span(`{"stringValue":"` + secret)[:120], "", "is cut off"},
		"text that looks like one": {span(`{"stringValue":["bigger context ...|` + secret + `|..."]}`), "", "is no OTLP JSON of traces: a value"},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, c.text)
			require.NotEmpty(t, got)
			want := c.want
			if strings.Contains(want, "%d") {
				want = fmt.Sprintf(want, strings.Index(c.text, c.at)+1)
			}
			assert.Contains(t, got[0], "line 1: "+want)
			assert.NotContains(t, strings.Join(got, " "), "password")
			assert.NotContains(t, strings.Join(got, " "), "hunter")
		})
	}
}

func TestARequestBeyondTheLimitIsSkipped(t *testing.T) {
	for name, text := range map[string]string{
		"on one line":     `{"resourceSpans":[` + strings.Repeat(" ", 300_000) + "]}\n" + logLine,
		"over many lines": "{\"resourceSpans\":[\n" + strings.Repeat("                  \n", 20_000) + "]}",
	} {
		t.Run(name, func(t *testing.T) {
			r, err := NewReader(strings.NewReader(text))
			require.NoError(t, err)
			r.limit = 200_000
			got := drain(t, r)
			assert.Equal(t, "line 1: is longer than the 256 MiB that one request may have", got[0])
			if name == "on one line" {
				assert.Equal(t, []string{"l"}, got[1:])
			}
		})
	}
}

func zipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

func TestGzipIsToldByItsBytes(t *testing.T) {
	data := append(zipped(traceLine+"\n"), zipped(logLine)...) // members follow each other as with cat
	r, err := NewReader(bytes.NewReader(data))
	require.NoError(t, err)
	assert.Equal(t, []string{"t", "l"}, drain(t, r))
}

func TestDamagedGzipIsAnError(t *testing.T) {
	data := zipped(strings.Repeat(traceLine+"\n", 5000))
	r, err := NewReader(bytes.NewReader(data[:len(data)/2]))
	require.NoError(t, err)
	got := drain(t, r)
	assert.Contains(t, got[len(got)-1], "end: after line ")
	assert.Contains(t, got[len(got)-1], "the gzip is cut off")

	data[len(data)/3] ^= 0xff
	r, err = NewReader(bytes.NewReader(data))
	require.NoError(t, err)
	got = drain(t, r)
	assert.Contains(t, got[len(got)-1], "the gzip is damaged")

	_, err = NewReader(strings.NewReader("\x1f\x8b nonsense"))
	assert.EqualError(t, err, "the gzip is damaged")
	_, err = NewReader(strings.NewReader("\x1f\x8b"))
	assert.EqualError(t, err, "the gzip is cut off")
}

func TestWhatIsReadIsWrittenAsOneLine(t *testing.T) {
	mixed := strings.TrimSuffix(traceLine, "}") + "," + strings.TrimPrefix(logLine, "{")
	for _, text := range []string{traceLine, logLine, metricLine, mixed, "{}", `{"resourceSpans":[]}`} {
		r, err := NewReader(strings.NewReader(text))
		require.NoError(t, err)
		first, err := r.Next()
		require.NoError(t, err)
		line, err := first.MarshalJSON()
		require.NoError(t, err)
		assert.NotContains(t, string(line), "\n")

		r, err = NewReader(bytes.NewReader(line))
		require.NoError(t, err)
		second, err := r.Next()
		require.NoError(t, err, "%s", line)
		again, err := second.MarshalJSON()
		require.NoError(t, err)
		assert.Equal(t, string(line), string(again))
		if text != `{"resourceSpans":[]}` { // which has nothing to write
			assert.Equal(t, first.signals, second.signals)
		}
	}
}

func FuzzReader(f *testing.F) {
	for _, text := range []string{traceLine, logLine + "\n" + metricLine, "{", `{"resourceSpans":[`, "[]", "\x1f\x8b"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := NewReader(bytes.NewReader(data))
		if err != nil {
			return
		}
		r.limit = 1 << 16
		for range len(data) + 2 { // every request or error takes at least a byte
			request, err := r.Next()
			var line *LineError
			switch {
			case errors.As(err, &line):
			case err != nil:
				return
			default:
				if _, err := request.MarshalJSON(); err != nil {
					t.Fatalf("cannot write what was read: %v", err)
				}
			}
		}
		t.Fatal("the stream does not end")
	})
}
