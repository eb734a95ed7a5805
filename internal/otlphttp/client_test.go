package otlphttp

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

func send(t *testing.T, handler http.HandlerFunc) error {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	c, err := NewClient(server.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	traces := ptrace.NewTraces()
	traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetName("chat")
	return c.Send(t.Context(), traces)
}

func TestSpansArriveAsAnOTLPRequest(t *testing.T) {
	var got string
	err := send(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		traces, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(body)
		if err == nil {
			got = r.URL.Path + " " + r.Header.Get("Content-Type") + " " + traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Name()
		}
	})
	if want := "/v1/traces application/x-protobuf chat"; err != nil || got != want {
		t.Errorf("the receiver got %q, want %q, error %v", got, want, err)
	}
}

func TestWhatTheReceiverRefusesIsAnError(t *testing.T) {
	err := send(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	if err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("got %v", err)
	}
	err = send(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{1<<3 | 2, 2, 8, 1}) })
	if !errors.Is(err, ErrRejected) {
		t.Errorf("got %v, want a rejection", err)
	}
}

func TestAnEndpointIsAURL(t *testing.T) {
	for _, endpoint := range []string{"", "127.0.0.1:4318", "ftp://127.0.0.1"} {
		if _, err := NewClient(endpoint); err == nil {
			t.Errorf("%q was taken", endpoint)
		}
	}
}
