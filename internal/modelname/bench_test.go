package modelname

import (
	"strings"
	"testing"
)

// plainNames are lower-case ASCII names that go through every part of the parser.
var plainNames = []struct {
	grammar Grammar
	name    string
}{
	{OpenAI, "gpt-4o-2024-08-06"},
	{Anthropic, "claude-opus-4-8[1m]"},
	{Bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0"},
	{Bedrock, "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-sonnet-20240229-v1:0:200k"},
	{Vertex, "projects/p/locations/us-central1/publishers/mistralai/models/mistral-large@2411-001"},
	{Generic, "openrouter/anthropic/claude-sonnet-4.5"},
	{OpenAI, "ft:gpt-4o-mini-2024-07-18:acme::abc123"},
	{Generic, strings.Repeat("-2024-01-01", MaxLength/11)},
}

var sink Name

func TestLowerCaseNamesAreTakenApartWithoutAllocation(t *testing.T) {
	for _, c := range plainNames {
		if n := testing.AllocsPerRun(100, func() { sink, _ = Parse(c.grammar, c.name) }); n != 0 {
			t.Errorf("Parse(%v, %q) allocates %v times", c.grammar, c.name, n)
		}
	}
	for _, r := range rules {
		for _, c := range r.cases {
			full, ok := normalize(c.name)
			if !ok {
				t.Fatalf("%q was refused", c.name)
			}
			if n := testing.AllocsPerRun(5, func() { sink, _ = Parse(c.grammar, full) }); n != 0 {
				t.Errorf("Parse(%v, %q) allocates %v times", c.grammar, full, n)
			}
		}
	}
}

func TestUpperCaseNamesAreAllocatedOnce(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { sink, _ = Parse(Hosted, "meta-llama/Llama-3.3-70B-Instruct-Turbo") }); n != 1 {
		t.Errorf("lower-casing allocates %v times, want once", n)
	}
}

func BenchmarkParse(b *testing.B) {
	for _, c := range plainNames {
		b.Run(c.grammar.String()+"/"+c.name[:min(24, len(c.name))], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink, _ = Parse(c.grammar, c.name)
			}
		})
	}
}
