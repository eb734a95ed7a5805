package modelname

import "strings"

// scopes are the prefixes of inference profiles, which tell where a call may be
// routed to, and with that its price.
var scopes = map[string]bool{
	"us": true, "eu": true, "apac": true, "au": true, "jp": true, "ca": true, "sa": true, "in": true, "us-gov": true, "global": true,
}

// bedrockVendors are the vendors on Bedrock. A name is only taken for Bedrock's
// without being told so if one of them stands in it.
var bedrockVendors = map[string]bool{
	"ai21": true, "amazon": true, "anthropic": true, "cohere": true, "deepseek": true, "google": true, "luma": true, "meta": true,
	"minimax": true, "mistral": true, "moonshot": true, "moonshotai": true, "nvidia": true, "openai": true, "qwen": true,
	"stability": true, "twelvelabs": true, "writer": true, "xai": true, "zai": true,
}

// bedrockRoute understands [converse/|invoke/][REGION/]NAME, as LiteLLM writes
// Bedrock's names, where NAME is an id or an ARN.
func (p *parser) bedrockRoute(s string) bool {
	geo := ""
	head, rest, found := p.cut(s)
	if found && (head == "converse" || head == "invoke") {
		s = rest
		head, rest, found = p.cut(s)
	}
	if found && region(head) {
		s, geo = rest, head
	}
	p.steps += len(s)
	switch {
	case strings.HasPrefix(s, "arn:"):
		return p.arn(s)
	case strings.IndexByte(s, '/') >= 0:
		return p.path(Bedrock, s)
	case !p.plain(Bedrock, s):
		return false
	}
	if p.name.Geo == "" {
		p.name.Geo = geo
	}
	return true
}

// bedrock fills in what an id of Bedrock tells: [SCOPE.][VENDOR.]MODEL. Some
// emitters cut scope and vendor off, so neither is needed.
func (p *parser) bedrock(s string) {
	scope, rest, _ := strings.Cut(s, ".")
	if scopes[scope] && bedrockVendor(rest) != "" {
		p.name.Geo, s = scope, rest
	}
	p.name.ID, p.name.Vendor, p.name.Grammar = s, bedrockVendor(s), Bedrock
}

// bedrockVendor returns the vendor in front of an id. It is one word, and a
// model that starts with a letter follows: "gpt-4.1" has none.
func bedrockVendor(s string) string {
	vendor, model, found := strings.Cut(s, ".")
	if !found || model == "" || model[0] < 'a' || model[0] > 'z' || scopes[vendor] || strings.ContainsAny(vendor, "-_:@+") {
		return ""
	}
	return vendor
}

// bedrockScoped tells whether a name has a scope and a known vendor, which only
// Bedrock writes.
func bedrockScoped(s string) bool {
	scope, rest, _ := strings.Cut(s, ".")
	return scopes[scope] && bedrockVendors[bedrockVendor(rest)]
}

// bedrockMarked tells whether a name can be no other platform's than Bedrock's:
// Oracle and others also write vendor.model, but not these vendors, and not
// with -vN:M.
func bedrockMarked(s string) bool {
	switch bedrockVendor(s) {
	case "anthropic", "amazon":
		return true
	}
	s = s[:len(s)-context(s)]
	n := number(s)
	return n > 0 && numbered(s[:len(s)-n], "-v", 2) > 0
}

// arn understands the ARN of a Bedrock resource:
//
//	arn:PARTITION:bedrock:REGION:ACCOUNT:TYPE/RESOURCE
//
// Foundation models and system-defined inference profiles hold a model id. All
// other types are handles, which only an alias can resolve.
func (p *parser) arn(s string) bool {
	p.steps += len(s)
	var part [5]string // arn, partition, service, region, account
	rest, found := s, true
	for i := 0; i < len(part) && found; i++ {
		part[i], rest, found = strings.Cut(rest, ":")
	}
	kind, id, slash := strings.Cut(rest, "/")
	if !found || !slash || part[1] != "aws" && !strings.HasPrefix(part[1], "aws-") || part[2] != "bedrock" || !region(part[3]) {
		return false
	}
	if kind != "foundation-model" && kind != "inference-profile" {
		p.name.ID, p.name.Grammar, p.opaque = s, Bedrock, true
		return true
	}
	if !bedrockScoped(id) && bedrockVendor(id) == "" || !p.plain(Bedrock, id) {
		return false
	}
	if p.name.Geo == "" {
		p.name.Geo = part[3]
	}
	return true
}

// region tells whether s is spelt like an AWS region: "us-east-1", "us-gov-west-1".
func region(s string) bool {
	n := numbered(s, "-", 2)
	words := s[:len(s)-n]
	for i := range len(words) {
		if c := words[i]; c != '-' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return n > 0 && len(words) > 3 && words[2] == '-'
}
