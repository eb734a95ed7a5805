package modelname

// maxSegments is the number of segments of the longest path, that of a
// publisher's model in a project.
const maxSegments = 8

// path understands a name with slashes.
func (p *parser) path(g Grammar, s string) bool {
	var seg [maxSegments]string
	n, rest := 0, s
	for more := true; more; n++ {
		if n == maxSegments {
			return false
		}
		seg[n], rest, more = p.cut(rest)
		if !p.wellFormed(seg[n]) {
			return false
		}
	}
	switch {
	case n == 8 && seg[0] == "projects" && seg[2] == "locations" && seg[4] == "publishers" && seg[6] == "models":
		return p.published(seg[5], seg[7], seg[3])
	case n == 4 && seg[0] == "publishers" && seg[2] == "models":
		return p.published(seg[1], seg[3], "")
	case n == 4 && seg[0] == "accounts" && (seg[2] == "models" || seg[2] == "routers"):
		p.name.ID, p.name.Grammar = s, Hosted
		return true
	case n == 2 && seg[0] == "models" && g == Vertex:
		return p.plain(Vertex, seg[1])
	case n == 2 && seg[0] == "models":
		return p.plain(Gemini, seg[1])
	case g == Hosted:
		p.name.ID, p.name.Grammar = s, g
		if n == 2 {
			p.name.Vendor = seg[0]
		}
		return true
	case n == 2:
		return p.made(g, seg[0], seg[1])
	}
	return false
}

// published understands a model of a publisher on Vertex.
func (p *parser) published(publisher, model, location string) bool {
	if !p.plain(Vertex, model) {
		return false
	}
	p.name.Vendor = publisher
	if location != "" {
		p.name.Geo = location
	}
	return true
}

// made understands a model behind the name of its maker. On Vertex that is any
// publisher ("meta/llama-3.3-70b-instruct-maas"), elsewhere a known vendor.
func (p *parser) made(g Grammar, maker, model string) bool {
	v, known := vendors[maker]
	switch {
	case g == Vertex && !collection(maker):
	case !known || v.organization && v.grammar != g:
		return false
	case !g.platform():
		g = v.grammar
	}
	if !p.plain(g, model) {
		return false
	}
	if p.name.Vendor == "" {
		p.name.Vendor = maker
	}
	return true
}

// collection tells whether a segment is a collection of a Google API, so that
// what follows is a resource of the customer's own.
func collection(segment string) bool {
	switch segment {
	case "endpoints", "models", "tunedmodels", "projects", "locations", "publishers", "deployments", "reasoningengines":
		return true
	}
	return false
}
