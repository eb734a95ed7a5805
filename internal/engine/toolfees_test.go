package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Tool use is told by the fees of tools that the price has, each of them, and
// by no other fee.
func TestToolUseIsToldFeeByFee(t *testing.T) {
	book := mustLoad(t, `
providers:
  p:
    models:
      m: {prices: [{rates: {input: 1, output: 2}, fees: {request: 0.001, web_search: 0.01, file_search: 0.0025}}]}
`)
	for name, c := range map[string]struct {
		fees counts
		told bool
	}{
		"none":                 {counts{}, false},
		"the request":          {counts{"request": 1}, false},
		"one of two":           {counts{"file_search": 0}, false},
		"one that has no cost": {counts{"session": 0, "image": 0}, false},
		"both":                 {counts{"web_search": 0, "file_search": 2}, true},
	} {
		c.fees["input"], c.fees["output"] = 100, 10
		k := told("m", c.fees)(t)
		k.Told &^= call.ToolUse
		var r engine.Result
		engine.Price(book, &k, &r)
		assert.Equal(t, !c.told, r.Reasons.Has(status.ToolUseNotReported), name)
	}
}
