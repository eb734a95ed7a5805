package explain_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlpfile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

var keys = attrkey.Under(attrkey.DefaultPrefix)

// captures calls f with every batch of traces that real clients sent.
func captures(t *testing.T, f func(name string, td ptrace.Traces)) {
	t.Helper()
	files, err := filepath.Glob("../dialect/testdata/captures/*.otlp.json*")
	require.NoError(t, err)
	require.Greater(t, len(files), 100)
	for _, name := range files {
		file, err := os.Open(name)
		require.NoError(t, err)
		r, err := otlpfile.NewReader(bufio.NewReader(file))
		require.NoError(t, err)
		for {
			request, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, name)
			if request.HasTraces() {
				f(filepath.Base(name), request.Traces)
			}
		}
		file.Close()
	}
}

var openStore = sync.OnceValues(func() (*bookstore.Store, error) { return bookstore.Open(bookstore.Source{Builtin: true}) })

func newPricer(t *testing.T, cfg *pricer.Config) *pricer.Pricer {
	t.Helper()
	store, err := openStore()
	require.NoError(t, err)
	p, err := pricer.New(cfg, store)
	require.NoError(t, err)
	return p
}

func copyOf(td ptrace.Traces) ptrace.Traces {
	out := ptrace.NewTraces()
	td.CopyTo(out)
	return out
}

var million = big.NewRat(1_000_000, 1)

func TestTheLinesAddUpToTheTotalOfEveryCapturedCall(t *testing.T) {
	p := newPricer(t, pricer.DefaultConfig())
	priced := 0
	captures(t, func(name string, td ptrace.Traces) {
		calls := explained(p, td)
		for _, c := range calls {
			if c.Total == nil {
				assert.Empty(t, c.Lines, name)
				continue
			}
			priced++
			sum := new(big.Rat)
			for _, l := range c.Lines {
				assert.Zero(t, rate(&l).Cmp(l.Rate.Rat), "%s: the steps of %s do not lead to its rate", name, l.Meter)
				amount := new(big.Rat).Mul(l.Rate.Rat, big.NewRat(l.Quantity, 1))
				if l.Unit == "token" {
					amount.Quo(amount, million)
				}
				assert.Zero(t, amount.Cmp(l.Amount.Rat), "%s: %s", name, l.Meter)
				sum.Add(sum, amount)
			}
			total, ok := money.FromRat(sum)
			require.True(t, ok)
			assert.Equal(t, *c.Total, total, name)

			var parts money.Amount
			for _, part := range c.Parts {
				parts = parts.Add(part.Amount)
			}
			assert.Equal(t, *c.Total, parts, "%s: the parts", name)
		}
	})
	assert.Greater(t, priced, 150)
}

// rate applies the steps of a line to its base.
func rate(l *explain.Line) *big.Rat {
	r := l.Base.Rat
	for _, s := range l.Steps {
		if s.Set != nil {
			r = s.Set.Rat
		} else {
			r = new(big.Rat).Mul(r, s.Times.Rat)
		}
	}
	return r
}

func TestExplainWritesWhatPriceWrites(t *testing.T) {
	p := newPricer(t, pricer.DefaultConfig())
	captures(t, func(name string, td ptrace.Traces) {
		alone := copyOf(td)
		p.Traces(context.Background(), alone, nil)
		calls := explained(p, td)
		want, err := (&ptrace.JSONMarshaler{}).MarshalTraces(alone)
		require.NoError(t, err)
		got, err := (&ptrace.JSONMarshaler{}).MarshalTraces(td)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), name)

		i := 0
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					status, ok := span.Attributes().Get(keys.Status)
					if !ok {
						continue
					}
					require.Less(t, i, len(calls), name)
					assert.Equal(t, span.Name(), calls[i].Span.Name, "calls are explained in the order of the input")
					assert.Equal(t, status.Str(), calls[i].Status)
					if total, ok := span.Attributes().Get(keys.Total); ok {
						assert.Equal(t, total.Double(), calls[i].Total.Float64())
					}
					i++
				}
			}
		}
		assert.Len(t, calls, i, name)
	})
}

func TestWhatIsSuggestedToAssumeMakesCallsExact(t *testing.T) {
	p := newPricer(t, pricer.DefaultConfig())
	checked := map[string]int{}
	captures(t, func(name string, td ptrace.Traces) {
		before := explained(p, copyOf(td))
		for i, c := range before {
			if c.Assume == "" || checked[c.Assume] > 0 {
				continue
			}
			checked[c.Assume]++
			cfg := pricer.DefaultConfig()
			var entry []any
			require.NoError(t, yaml.Unmarshal([]byte(c.Assume), &entry), c.Assume)
			require.NoError(t, confmap.NewFromStringMap(map[string]any{"assume": entry}).Unmarshal(cfg))
			require.NoError(t, confmap.Validate(cfg), c.Assume)
			after := explained(newPricer(t, cfg), copyOf(td))
			var left []string
			for _, r := range after[i].Reasons {
				left = append(left, r.Code)
			}
			for _, r := range c.Reasons {
				if _, answered := answers[r.Code]; answered && !(r.Code == "service_tier_not_reported" && c.Told.Mode != "") {
					assert.NotContains(t, left, r.Code, "%s: %s", name, c.Assume)
				}
			}
			if len(c.Hints) == 0 {
				assert.Equal(t, "exact", after[i].Status, "%s: %s leaves %s", name, c.Assume, left)
			}
		}
	})
	assert.Greater(t, len(checked), 20)
}

// answers are the reasons that assume: can answer.
var answers = map[string]struct{}{
	"service_tier_not_reported": {}, "region_not_reported": {}, "cache_not_reported": {}, "cache_write_not_reported": {},
	"cache_ttl_not_reported": {}, "modality_not_reported": {}, "reasoning_not_reported": {}, "tool_use_not_reported": {},
	"response_model_not_reported": {}, "tool_prompt_not_reported": {},
}

func TestTextIsPrintedWithoutControlCharacters(t *testing.T) {
	var out bytes.Buffer
	text := explain.NewText(&out, false)
	p := newPricer(t, pricer.DefaultConfig())
	captures(t, func(_ string, td ptrace.Traces) {
		for _, rs := range td.ResourceSpans().All() {
			rs.Resource().Attributes().PutStr(attrkey.ServiceName, "a\x1b[2Jb\r\u202e")
		}
		calls := explained(p, td)
		for _, c := range calls {
			text.Write(c)
		}
	})
	require.NoError(t, text.Flush())
	assert.NotContains(t, out.String(), "\x1b")
	assert.NotContains(t, out.String(), "\r")
	assert.Contains(t, out.String(), "a�[2Jb��")
}

func TestColourIsOnlyInTheStyle(t *testing.T) {
	p := newPricer(t, pricer.DefaultConfig())
	captures(t, func(name string, td ptrace.Traces) {
		calls := explained(p, td)
		var plain, colourful bytes.Buffer
		for _, sheet := range []struct {
			w      io.Writer
			colour bool
		}{{&plain, false}, {&colourful, true}} {
			text := explain.NewText(sheet.w, sheet.colour)
			for _, c := range calls {
				text.Write(c)
			}
			require.NoError(t, text.Flush())
		}
		assert.Equal(t, plain.String(), sgr(colourful.String()), name)
	})
}

// sgr removes styles.
func sgr(s string) string {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] == 0x1b {
			for s[i] != 'm' {
				i++
			}
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -999: "-999"} {
		assert.Equal(t, want, explain.Thousands(n))
	}
}

// explained prices a batch and returns the explanations of its calls.
func explained(p *pricer.Pricer, td ptrace.Traces) []*explain.Call {
	var calls []*explain.Call
	p.Traces(context.Background(), td, explain.Collect(keys, func(c *explain.Call) { calls = append(calls, c) }))
	return calls
}
