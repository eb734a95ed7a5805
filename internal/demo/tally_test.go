package demo

import (
	"net"
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedspans"
)

func amount(t *testing.T, s string) money.Amount {
	t.Helper()
	a, err := money.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheTableSumsExactlyByModelAndStatus(t *testing.T) {
	var sums tally
	call := &genai.Span{Provider: "openai", RequestModel: "gpt-4o", Tokens: map[string]int64{"input": 1000, "cache_read": 234, "output": 5}}
	for range 10 {
		// Ten times a tenth is not one in floating point.
		sums.add(pricedspans.Verdict{Status: "exact", Price: "openai/gpt-4o@2024-10-02", Currency: "USD", Total: amount(t, "0.1"), HasTotal: true}, call)
	}
	sums.add(pricedspans.Verdict{
		Status: "estimated", Price: "openai/gpt-4o@2024-10-02", Currency: "USD", Total: amount(t, "0.000000000001"),
		Reasons: []string{"cache_not_reported"}, HasTotal: true,
	}, call)
	sums.add(pricedspans.Verdict{Status: "unpriced", Reasons: []string{"model_unknown"}},
		&genai.Span{Provider: "openai", RequestModel: "gpt-x", Tokens: map[string]int64{"input": 7}})
	var out strings.Builder
	sums.print(&out, 0)
	const want = `
┌──────────┬────────┬───────────┬───────┬────────┬────────┬────────────────────┬────────────────────────┐
│ provider │ model  │ status    │ spans │  input │ output │               cost │ why                    │
├──────────┼────────┼───────────┼───────┼────────┼────────┼────────────────────┼────────────────────────┤
│ openai   │ gpt-4o │ estimated │     1 │  1,234 │      5 │ 0.000000000001 USD │ cache not reported (1) │
│          │        │ exact     │    10 │ 12,340 │     50 │              1 USD │                        │
│          │ gpt-x  │ unpriced  │     1 │      7 │      - │                  - │ model unknown (1)      │
├──────────┼────────┼───────────┼───────┼────────┼────────┼────────────────────┼────────────────────────┤
│ total    │        │           │    12 │ 13,581 │     55 │ 1.000000000001 USD │                        │
└──────────┴────────┴───────────┴───────┴────────┴────────┴────────────────────┴────────────────────────┘

Why a call is not exact:
  cache not reported (1)           The emitter does not tell how many tokens were read from or written to the cache; none were assumed.
  model unknown (1)                The price book does not know the model.
`
	if got := "\n" + out.String(); got != want {
		t.Errorf("got:%s\nwant:%s", got, want)
	}
}

func TestANarrowTerminalGetsTheTableWithoutReasons(t *testing.T) {
	var sums tally
	sums.add(pricedspans.Verdict{Status: "unpriced", Reasons: []string{"model_unknown"}}, &genai.Span{Provider: "openai", RequestModel: "gpt-x"})
	var narrow, wide strings.Builder
	sums.print(&narrow, 100)
	sums.print(&wide, 200)
	if strings.Contains(narrow.String(), "why") || !strings.Contains(narrow.String(), "model unknown (1)") {
		t.Errorf("at 100 columns:\n%s", narrow.String())
	}
	if !strings.Contains(wide.String(), "why") {
		t.Errorf("at 200 columns:\n%s", wide.String())
	}
}

func TestABusyPortIsNamedWithAWayOut(t *testing.T) {
	busy := port{env: "OTLP_HTTP_PORT", usual: "1", purpose: "OTLP over HTTP"}
	listener := listen(t)
	t.Setenv("OTLP_HTTP_PORT", listener)
	err := checkFree(busy)
	if err == nil {
		t.Fatal("a busy port is no error")
	}
	for _, part := range []string{"127.0.0.1:" + listener, "OTLP over HTTP", "OTLP_HTTP_PORT="} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

// listen occupies a port and returns its number.
func listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	_, number, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return number
}
