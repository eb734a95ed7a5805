package modelname

import "strings"

// parser takes one name apart. Each of its methods either understands the whole
// of what it is given and fills in the name, or reports false and changes
// nothing, so that a name is never left half unwrapped.
type parser struct {
	name Name
	// opaque tells that the ID is a handle of a customer's own, in which nothing
	// is a version tag.
	opaque bool
	// steps counts the bytes and tags looked at. A test holds it to a multiple of
	// the length: every pass goes forward over a part of the name, and none
	// starts another but on the rest.
	steps int
}

func (p *parser) parse(g Grammar, full string) {
	rest, flags := p.withoutFlags(full)
	p.name = Name{Full: full, ID: rest, Grammar: g, Flags: flags}
	if (p.routed(rest) || p.unrouted(g, rest)) && !p.opaque {
		p.bases()
	}
}

// withoutFlags removes a harmless flag from the end, if a letter or digit stands
// before it.
func (p *parser) withoutFlags(s string) (string, Flags) {
	rest, ok := strings.CutSuffix(s, "[1m]")
	p.steps += len(s)
	if !ok || rest == "" || !alphanumeric(rest[len(rest)-1]) {
		return s, 0
	}
	return rest, Context1M
}

// routed understands a name behind the prefix of a platform. The rest is spelt
// as that platform spells it, and has no second such prefix.
func (p *parser) routed(s string) bool {
	head, rest, found := p.cut(s)
	g, ok := routers[head]
	if !found || !ok {
		return false
	}
	next, _, found := p.cut(rest)
	if _, again := routers[next]; found && again {
		return false
	}
	if !p.unrouted(g, rest) {
		return false
	}
	p.name.Router = head
	return true
}

// unrouted understands a name without the prefix of a platform.
func (p *parser) unrouted(g Grammar, s string) bool {
	p.steps += len(s)
	switch {
	case g == Bedrock:
		return p.bedrockRoute(s)
	case strings.HasPrefix(s, "arn:"):
		return p.arn(s)
	case strings.IndexByte(s, '/') >= 0:
		return p.path(g, s)
	}
	return p.plain(g, s)
}

// plain understands a name that has no path.
func (p *parser) plain(g Grammar, s string) bool {
	if !p.wellFormed(s) {
		return false
	}
	p.steps += 11 * len(s) // bedrockScoped looks at no byte more than 3 times, bedrockMarked 2, bedrock 6
	p.name.ID, p.name.Grammar = s, g
	switch {
	case strings.HasPrefix(s, "ft:"):
		p.fineTuned(s)
	case g == Bedrock || bedrockScoped(s) || g == Generic && bedrockMarked(s):
		p.bedrock(s)
	case g == Generic && vertexMarked(s):
		p.name.Grammar = Vertex
	case g == Azure && strings.Contains(s, ".ft-"): // "gpt-4o-2024-08-06.ft-0e20…"
		p.name.FineTuned, p.opaque = true, true
	}
	return true
}

// vertexMarked tells whether a name ends in a version as only Vertex writes it.
func vertexMarked(s string) bool {
	return atWord.match(s) > 0 || atRevision.match(s) > 0 || atDate.match(s) > 0
}

// fineTuned fills in a fine-tuned model of OpenAI or Mistral. The ID of
//
//	ft:BASE:ORG:SUFFIX:ID
//
// where SUFFIX may be empty and :ckpt-step-N may follow, is ft:BASE, which is
// also what price books call such models. Other forms are left whole.
func (p *parser) fineTuned(s string) {
	p.name.FineTuned = true
	var part [5]string
	rest := s[len("ft:"):]
	n, more := 0, true
	for ; more && n < len(part); n++ {
		part[n], rest, more = strings.Cut(rest, ":")
	}
	p.steps += len(s)
	step, checkpoint := strings.CutPrefix(part[4], "ckpt-step-")
	job := part[1] != "" && part[3] != "" && (n == 4 || n == 5 && checkpoint && step != "" && digits(step))
	if more || part[0] == "" || n > 1 && !job {
		p.opaque = true
		return
	}
	p.name.ID = s[:len("ft:")+len(part[0])]
}

// cut splits a name at its first slash.
func (p *parser) cut(s string) (head, rest string, found bool) {
	head, rest, found = strings.Cut(s, "/")
	p.steps += len(head) + 1
	return head, rest, found
}

// wellFormed tells whether s can be a segment of a name: letters and digits of
// ASCII and a few signs, with a letter or digit in front.
func (p *parser) wellFormed(s string) bool {
	if s == "" || !alphanumeric(s[0]) {
		return false
	}
	for i := range len(s) {
		p.steps++
		switch c := s[i]; {
		case alphanumeric(c), c == '-', c == '.', c == '_', c == ':', c == '@', c == '+':
		default:
			return false
		}
	}
	return true
}

func alphanumeric(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
