package subject

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/spans"
)

// model names model i of the books and price tables made here.
func model(i int) string { return fmt.Sprintf("model-%d", i) }

// spread returns for each span of a batch a model of a book, evenly spread over
// all of it.
func spread(models int) func(span int) string {
	return func(span int) string { return model(span * models / spans.BatchSize % models) }
}

// rates are the prices of a model per million tokens. Models differ, so that a
// price taken from another one is seen.
func rates(model int) (input, cacheRead, output float64) {
	input = 1 + 0.25*float64(model%40)
	return input, input / 4, input * 4
}

// writeBook writes a price book of n models of one provider, and returns its file.
func writeBook(dir string, n int) (string, error) {
	var b strings.Builder
	b.WriteString("schema: tokencost.pricebook/v1\nversion: bench\nproviders:\n  openai:\n    hosts: [api.openai.com]\n    models:\n")
	for i := range n {
		in, read, out := rates(i)
		fmt.Fprintf(&b, "      %s: {dated: true, prices: [{rates: {input: %v, cache_read: %v, output: %v}, adjust: {mode: {flex: {times: {tokens: 0.5}}}}}]}\n",
			model(i), in, read, out)
	}
	file := filepath.Join(dir, fmt.Sprintf("book-%d.yaml", n))
	return file, os.WriteFile(file, []byte(b.String()), 0o600)
}

// statements is the same price table as OTTL: one statement a model. A single
// statement prices every model alike.
func statements(n int) string {
	const cost = `      - set(span.attributes["cost"], (span.attributes["gen_ai.usage.input_tokens"] - span.attributes["gen_ai.usage.cache_read.input_tokens"]) * %s` +
		` + span.attributes["gen_ai.usage.cache_read.input_tokens"] * %s + span.attributes["gen_ai.usage.output_tokens"] * %s) where `
	b := strings.Builder{}
	b.WriteString("trace_statements:\n  - statements:\n")
	for i := range n {
		in, read, out := rates(i)
		fmt.Fprintf(&b, cost, perToken(in), perToken(read), perToken(out))
		if n == 1 {
			b.WriteString("span.attributes[\"gen_ai.response.model\"] != nil\n")
		} else {
			fmt.Fprintf(&b, "span.attributes[\"gen_ai.response.model\"] == %q\n", model(i))
		}
	}
	return b.String()
}

// perToken writes a price per million tokens as OTTL reads numbers: without an exponent.
func perToken(rate float64) string { return strconv.FormatFloat(rate/1e6, 'f', -1, 64) }
