package calculation_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

func generated(t *testing.T, calls int, visit func(*pricer.Visited)) *pricebook.Book {
	t.Helper()
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	p, err := pricer.New(pricer.DefaultConfig(), store)
	require.NoError(t, err)
	g, err := genai.New(genai.Options{Seed: 7})
	require.NoError(t, err)
	for range calls {
		trace := g.Next()
		p.Traces(context.Background(), trace.Traces, visit)
	}
	return store.Book()
}

func TestACallPricedFromItsCalculationCostsTheSame(t *testing.T) {
	var text []byte
	var c calculation.Calculation
	seen := map[string]int{}
	generated(t, 600, func(v *pricer.Visited) {
		text = calculation.Append(text[:0], v.Call, v.Result)
		require.True(t, json.Valid(text), string(text))
		require.NoError(t, calculation.Parse(string(text), &c))
		by, err := calculation.ParseBy(c.By)
		require.NoError(t, err)
		again, err := by.Call.Call(c.Usage, v.Call.StartUnixNano)
		require.NoError(t, err)
		var r engine.Result
		engine.Price(v.Book, again, &r)
		assert.Equal(t, v.Result.Total, r.Total)
		assert.Equal(t, v.Result.Status, r.Status)
		assert.Equal(t, v.Result.Reasons, r.Reasons)
		seen[r.Status.String()]++
		if by.Card != nil {
			assert.Len(t, c.Quantities, len(by.Card.Items))
		}
	})
	assert.Greater(t, seen["exact"], 10, seen)
	assert.Greater(t, seen["estimated"], 20, seen)
}

func TestATextThatWasWrittenAnewIsReadToo(t *testing.T) {
	var c, d calculation.Calculation
	text := `{"quantities":[900,300],"usage":{"cache_read":300,"input":1200},"by":{"call":{"kind":"inference"}}}`
	require.NoError(t, calculation.Parse(text, &c))
	require.NoError(t, calculation.Parse(` { "by" : {"call": {"kind" :"inference"}}, "usage":{"input":1200, "cache_read":300},"quantities":[900, 300]} `, &d))
	assert.Equal(t, c, d)
	assert.Equal(t, []int64{900, 300}, c.Quantities)
	for _, wrong := range []string{"", "{", `{"usage":{}}`, `[]`, `{"quantities":[1.5],"usage":{},"by":{}}`, strings.Repeat("x", 1<<17)} {
		assert.ErrorIs(t, calculation.Parse(wrong, &c), calculation.ErrSyntax, wrong)
	}
}

// written is the common part of what is written of a call that has no price.
func written(t *testing.T, billed *call.Call) *calculation.By {
	t.Helper()
	var c calculation.Calculation
	require.NoError(t, calculation.Parse(string(calculation.Append(nil, billed, &engine.Result{})), &c))
	by, err := calculation.ParseBy(c.By)
	require.NoError(t, err)
	return by
}

func TestNamesFromTelemetryAreCutAndEscaped(t *testing.T) {
	c := &call.Call{Kind: call.Inference, ResponseModel: strings.Repeat("é", 4096), Host: "a\"b\\c\x00\xff"}
	facts := written(t, c).Call
	assert.Equal(t, strings.Repeat("é", 128), facts.ResponseModel)
	assert.Equal(t, "a\"b\\c\x00\ufffd", facts.Host)
}

func FuzzParse(f *testing.F) {
	f.Add(`{"quantities":[900,300],"usage":{"cache_read":300,"input":1200},"by":{"call":{"kind":"inference","told":["region"]}}}`)
	f.Add(`{"usage":{},"by":{"call":{"kind":"inference","reasons":["x"]}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c calculation.Calculation
		if calculation.Parse(text, &c) != nil {
			return
		}
		by, err := calculation.ParseBy(c.By)
		if err != nil {
			return
		}
		if again, err := by.Call.Call(c.Usage, 1); err == nil {
			written(t, again)
		}
	})
}
