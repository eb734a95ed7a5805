package modelname_test

import (
	"fmt"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
)

func ExampleParse() {
	n, ok := modelname.Parse(modelname.ForProvider("aws.bedrock"), "us.anthropic.claude-sonnet-4-5-20250929-v1:0")
	fmt.Println(ok, n.Geo, n.Vendor)
	fmt.Println(n.ID)
	for _, base := range n.Bases {
		if base == "" {
			break
		}
		fmt.Println(base)
	}
	// Output:
	// true us anthropic
	// anthropic.claude-sonnet-4-5-20250929-v1:0
	// anthropic.claude-sonnet-4-5-20250929-v1
	// anthropic.claude-sonnet-4-5-20250929
	// anthropic.claude-sonnet-4-5
}

func ExampleParse_unknownProvider() {
	n, _ := modelname.Parse(modelname.Generic, "vertex_ai/claude-opus-5@default")
	fmt.Println(n.Router, n.Grammar, n.ID, n.Bases[0])
	// Output: vertex_ai vertex claude-opus-5@default claude-opus-5
}

func ExampleParseGrammar() {
	_, err := modelname.ParseGrammar("gcp")
	fmt.Println(err)
	// Output: grammar "gcp" is unknown: allowed are generic, openai, azure, anthropic, bedrock, gemini, vertex, mistral, cohere, xai, zhipu, hosted
}
