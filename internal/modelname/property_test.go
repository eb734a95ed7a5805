package modelname

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
)

// check holds a parsed name to what is true of every name.
func check(t *testing.T, g Grammar, raw string, n Name) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("Parse(%v, %q) = %+v: %s", g, raw, n, fmt.Sprintf(format, args...))
	}
	if n.Full == "" || n.ID == "" || len(n.Full) > MaxLength {
		fail("Full and ID are never empty, and Full has at most %d bytes", MaxLength)
	}
	if strings.ContainsFunc(n.Full, func(r rune) bool { return unicode.ToLower(r) != r }) {
		fail("Full is not in lower case")
	}
	for _, part := range append([]string{n.ID, n.Vendor, n.Router, n.Geo}, n.Bases[:]...) {
		if !strings.Contains(n.Full, part) {
			fail("%q is no part of Full", part)
		}
	}
	checkBases(fail, n)

	again, ok := Parse(n.Grammar, n.ID)
	if !ok || again.ID != n.ID || again.Bases != n.Bases || again.Grammar != n.Grammar || again.FineTuned != n.FineTuned {
		fail("parsing the ID again gives %+v, %v", again, ok)
	}
	if full, ok := Parse(g, n.Full); !ok || full != n {
		fail("parsing Full again gives %+v, %v", full, ok)
	}
}

// checkBases holds the bases to the edges of tags: what a step takes off is one
// whole tag, and a letter or digit stands before it.
func checkBases(fail func(string, ...any), n Name) {
	rest, ended := n.ID, false
	for _, base := range n.Bases {
		if base == "" {
			ended = true
			continue
		}
		tag, isPrefix := strings.CutPrefix(rest, base)
		switch {
		case ended:
			fail("base %q follows an empty one", base)
		case !isPrefix || tag == "":
			fail("base %q is not %q without its end", base, rest)
		case !isTag(n.Grammar, base, tag):
			fail("%q is no version tag of %v", tag, n.Grammar)
		case !alphanumeric(base[len(base)-1]):
			fail("base %q ends in a sign", base)
		}
		rest = base
	}
}

// isTag says in its own words what a version tag is.
func isTag(g Grammar, base, s string) bool {
	shape := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '9'
		}
		return r
	}, s)
	switch g {
	case Bedrock:
		if strings.Trim(shape, "9") == "-v" || strings.Trim(shape, "9") == ":" || strings.HasPrefix(shape, ":") && strings.Trim(shape[1:], "9") == "k" {
			return true
		}
		return s == "-1" && strings.HasPrefix(base, "openai.gpt-oss-") || shape == "-99999999"
	case Vertex:
		if s == "@default" || s == "@latest" || shape == "@999" || shape == "@9999" || shape == "@99999999" || shape == "-9999" || shape == "-99999999" {
			return true
		}
		fallthrough
	case Gemini:
		return shape == "-999" && s[1] == '0' || shape == "-99-9999" || shape == "-99-99"
	case Mistral, XAI:
		return shape == "-9999"
	case Cohere:
		return shape == "-99-9999"
	case Zhipu:
		return shape == "-9999" || shape == "-999999"
	case Anthropic:
		return shape == "-99999999"
	case OpenAI:
		return shape == "-9999-99-99" || shape == "-9999"
	case Azure:
		return shape == "-9999-99-99" || shape == "-9999" || shape == "-99999999"
	case Generic, Hosted:
		return shape == "-9999-99-99" || shape == "-99999999"
	}
	return false
}

func TestEveryNameInEveryGrammarKeepsTheInvariants(t *testing.T) {
	for _, r := range rules {
		for _, c := range r.cases {
			for g := range numGrammars {
				if n, ok := Parse(g, c.name); ok {
					check(t, g, c.name, n)
				}
			}
		}
	}
}

// TestNeighboursOfAModelAreOtherModels is the guard against prefix matches: a
// model whose name is an id and something more must not come down to that id.
func TestNeighboursOfAModelAreOtherModels(t *testing.T) {
	ids := map[Grammar]string{
		Generic: "model-x", OpenAI: "gpt-4o", Azure: "gpt-4o", Anthropic: "claude-opus-5", Bedrock: "anthropic.claude-opus-5", Gemini: "gemini-2.5-pro",
		Vertex: "gemini-2.5-pro", Mistral: "mistral-large", Cohere: "command-r", XAI: "grok-4", Zhipu: "glm-5", Hosted: "openai/gpt-oss-20b",
	}
	more := []string{
		"-mini", "-8b", "-lite", "-pro", "-tts", "-image", "-fast", "-thinking", "-latest", "-preview", "-32k", "-128k", "-1", "-5", "-12", "-512", "-5x", "x", "2", ".1",
		":free", ":online", ":nitro", ":floor", ":thinking", ":exacto", ":extended", "-2099-01", "-20990", "-209901", "-9901", "@", ":", "-", "@latest-preview", "-2099-01-01-preview", "/x",
	}
	for g := range numGrammars {
		id := ids[g]
		if id == "" {
			t.Fatalf("%v has no id to test with", g)
		}
		for _, m := range more {
			for _, name := range []string{id + m, "x" + id + m, "x-" + id, "x/y/z/" + id} {
				n, ok := Parse(g, name)
				if !ok {
					t.Fatalf("Parse(%v, %q) refused the name", g, name)
				}
				if n.ID == id {
					t.Errorf("Parse(%v, %q): the ID is %q", g, name, id)
				}
				for _, base := range n.Bases {
					if base == id {
						t.Errorf("Parse(%v, %q): a base is %q", g, name, id)
					}
				}
			}
		}
	}
}

func TestAtMostOneTagOfAStageFits(t *testing.T) {
	tags := []string{
		"-2024-08-06", "-20240806", "-240806", "-0806", "-2408", "-08-2024", "-08-06", "-001", "@default", "@latest", "@001", "@20240806", "@2408", ":200k", ":0:512", ":0", "-v1", "-1",
	}
	for g := range numGrammars {
		for _, set := range stages[g] {
			for _, text := range tags {
				fit := 0
				for one := tag(1); one != 0; one <<= 1 {
					if set&one != 0 && one.match("openai.gpt-oss-120b"+text) > 0 {
						fit++
					}
				}
				if fit > 1 {
					t.Errorf("%v: %d tags of one stage fit %q", g, fit, text)
				}
			}
		}
	}
}

// maxStepsPerByte bounds the work on a name of any kind, for names long enough
// that the fixed number of tag matchers does not count.
const maxStepsPerByte = 20

func TestWorkIsLinearInTheLength(t *testing.T) {
	units := []string{
		"-2024-01-01", "-20240101", "-0101", "-2401", "-001", "-01-01", "models/", "publishers/", "projects/", "openai/", "azure/", "bedrock/", "us-east-1/", "converse/", "invoke/", "openrouter/",
		":", "::::", ":0", ":0:0", ":200k", "k", "@", "@default", "@001", "ft:", "ft:a:", "arn:", "arn:aws:bedrock:us-east-1::", "us.", "us.anthropic.", "anthropic.", ".", "-", "-v1", "-v1:0", "[", "[1m]", "/", "a/", "a", "1", " a",
		".ft-", "accounts/a/models/",
	}
	for g := range numGrammars {
		for _, unit := range units {
			for _, frame := range [][2]string{{"", ""}, {"x", ""}, {"ft:", ""}, {"arn:aws:bedrock:us-east-1::foundation-model/", ""}, {"bedrock/converse/us-east-1/", ""}, {"azure/", "[1m]"}, {"", "-v1:0:200k"}} {
				for _, length := range []int{128, 256, 511} {
					fill := length - len(frame[0]) - len(frame[1])
					name := frame[0] + strings.Repeat(unit, fill/len(unit)+1)[:fill] + frame[1]
					var p parser
					p.parse(g, name)
					if p.steps > maxStepsPerByte*length {
						t.Fatalf("%v: %d steps for %d bytes of %q", g, p.steps, length, unit)
					}
				}
			}
		}
	}
}

func TestALongNameIsRefusedWithoutReadingIt(t *testing.T) {
	long := strings.Repeat("A\u0301", 64<<10)
	if n := testing.AllocsPerRun(10, func() {
		if _, ok := Parse(OpenAI, long); ok {
			t.Fatal("a name of 192 KiB was accepted")
		}
	}); n != 0 {
		t.Errorf("refusing a long name takes %v allocations", n)
	}
}
