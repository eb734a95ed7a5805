package dialect

import (
	"cmp"
	"math/bits"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// source is what attributes stand on: a span, a log record or the points of a
// metric.
type source struct {
	name   string // of the span
	start  uint64 // Unix time in nanoseconds
	failed bool
	client bool   // a span of kind client
	event  *event // of a log record, if its name is known
	log    bool
	metric bool
}

func spanSource(span ptrace.Span) source {
	return source{
		name: span.Name(), start: uint64(span.StartTimestamp()),
		failed: span.Status().Code() == ptrace.StatusCodeError, client: span.Kind() == ptrace.SpanKindClient,
	}
}

// understand turns what a span or log record says into a call.
func (r *Reader) understand(sc *Scope, from source, s *Scratch, c *call.Call) {
	rd := &s.rd
	rd.log, rd.metric = from.log, from.metric
	e, shared := rd.emitter(sc)
	reset(c)
	c.Kind = rd.kindOf(e, &from)
	c.Operation = rd.text(operation)
	c.StartUnixNano = from.start
	c.Failed = from.failed || rd.has(success) && rd.get(success) == 0
	c.ResponseID = rd.text(responseID)
	spoken := rd.dialect(sc)
	c.Dialect = spoken.name
	if c.Kind == call.Inference || c.Kind == call.Unclear {
		r.blobsOf(rd)
	}

	if e != nil && e.echoes {
		rd.echo()
	}
	told := rd.told
	rd.names(e, c)
	rd.vendor = providerFamily(rd.text(provider))
	f := familyOf(rd.vendor, rd.text(provider), rd.text(system), rd.modelName(), c.Host)
	if c.Kind == call.Inference {
		r.contentOf(rd, f)
		told |= rd.told
	}
	cl := rd.clauseOf(sc, e, f)
	var likely clause
	if shared && cl != nil {
		likely, rd.merged = *cl, *cl
		rd.merged.in, rd.merged.out, rd.merged.tells = call.SideUnknown, call.SideUnknown, 0
		cl = &rd.merged
	}
	rd.models(e, cl, c)
	rd.tier(c, &told)
	c.Billing = rd.billing
	rd.reported(c)
	if c.ResponseModel != "" {
		told |= call.ServedModel
	}
	if cl != nil {
		told &^= cl.hides
		if !rd.log && !rd.metric || cl.when == ifLog || cl.when == ifMetric {
			told |= cl.tells // what absence tells was seen on spans, and other signals often repeat less
		}
	}
	c.Reasons |= rd.reasons
	if rd.onForeignSpan(sc, &from) {
		c.Reasons.Add(status.SightingUncertain)
	}
	switch c.Kind {
	case call.Inference, call.Unclear:
		rd.overrideNumbers()
		t := reckoning{Reader: r, record: rd, scope: sc, emitter: e, clause: cl, family: f, told: told, likelyIn: likely.in, likelyOut: likely.out}
		t.reckon(c)
	case call.RollUp:
		if rd.hasUsage() {
			c.Reasons.Add(status.RollUp)
		}
	default:
		if rd.hasUsage() {
			c.Reasons.Add(status.NoInference)
		}
	}
	if from.event != nil && from.event.again {
		c.Reasons.Add(status.DuplicateCall)
	}
	if rd.has(billable) && rd.get(billable) == 0 {
		c.Reasons.Add(status.NotBilled)
	}
	if (c.Kind == call.Inference || c.Kind == call.Unclear) && sc.signalOf(spoken) != from.signal() {
		c.Kind = call.Inference
		c.Reasons.Add(status.PricedInOtherSignal)
	}
}

func (s *source) signal() Signal {
	switch {
	case s.log:
		return Logs
	case s.metric:
		return Metrics
	}
	return Traces
}

// reported passes the cost on that the telemetry carries. In another currency
// than that of its unit it is nothing that ours could be compared with.
func (rd *record) reported(c *call.Call) {
	if rd.costUnit == call.NoCost {
		return
	}
	c.ReportedCost, c.ReportedUnit = rd.cost, rd.costUnit
	if rd.foreign {
		c.ReportedUnit = call.Credits
	}
}

// emitter returns the emitter of the scope or, where nobody knows the scope,
// the one that stands for the most particular dialect whose keys the span has.
// Where others use such keys too, it is the likely one, and no more.
func (rd *record) emitter(sc *Scope) (e *emitter, shared bool) {
	if sc.matched.emitter != nil {
		return sc.matched.emitter, false
	}
	if hit := rd.hit & fallbacks; hit != 0 {
		dia := registry[bits.TrailingZeros64(hit)]
		return &dia.emitters[dia.fallback-1], dia.shared
	}
	return nil, false
}

// reset empties a call without clearing the memory of its usage.
func reset(c *call.Call) {
	c.Usage.Reset()
	c.Kind, c.Failed, c.Contradicted = call.None, false, false
	c.Dialect, c.Operation, c.Provider, c.ResponseModel, c.RequestModel, c.Host, c.ResponseID = "", "", "", "", "", "", ""
	c.Mode, c.Geo, c.AssumedGeo, c.Billing = "", "", "", ""
	c.Basis = call.Basis{}
	c.Told, c.Missing, c.Reasons = 0, 0, 0
	c.ReportedCost, c.ReportedUnit = 0, call.NoCost
}

// echo takes parameters that repeat the response as what the response told.
func (rd *record) echo() {
	id := rd.text(echoedID)
	if id == "" {
		return
	}
	rd.putText(responseID, jsonRank, id)
	rd.putText(responseModel, jsonRank, rd.text(anyModel))
	rd.putText(tierServed, jsonRank, rd.text(tierRequested))
}

// dialect is the emitter's, or else the most particular one whose keys the span
// has: the conventions are last in the registry.
func (rd *record) dialect(sc *Scope) *dialect {
	if sc.dialect != noDialect {
		return registry[sc.dialect]
	}
	if rd.hit != 0 {
		return registry[bits.TrailingZeros64(rd.hit)]
	}
	return registry[len(registry)-1]
}

// names fills provider and host. A framework that poses as provider is none.
func (rd *record) names(e *emitter, c *call.Call) {
	p := rd.text(provider)
	if p == "" {
		p = rd.text(system)
	}
	madeUp := e != nil && e.systemMadeUp && rd.text(provider) != "" && rd.strRank[provider] <= conventionRank // other keys are a translator's
	if _, common := providers.get(p); !common && isPoser(p) || madeUp {
		p = ""
		rd.hasText &^= 1<<provider | 1<<system
	}
	c.Provider = withoutAPI(p)
	if v := rd.text(cloud); v != "" {
		if p, known := clouds.get(v); known {
			c.Provider = cmp.Or(c.Provider, p)
		} else {
			c.Provider = v
		}
	}
	if e == nil || !e.hostMadeUp {
		c.Host = rd.text(host)
	}
}

// clouds are the words of Claude Code (anthropic.provider) and Gemini CLI
// (auth_type) for through whom they use an API, where these name no provider:
// a gateway can lead anywhere, and Google's logins are no API that is billed.
var clouds = makeWords(map[string]string{
	"firstParty": "anthropic", "anthropicAws": "anthropic", "anthropicGoogleCloud": "anthropic", "mantle": "aws.bedrock", "foundry": "", "gateway": "",
	"gemini-api-key": "gcp.gemini", "vertex-ai": "gcp.vertex_ai", "oauth-personal": "", "cloud-shell": "", "compute-default-credentials": "",
})

// modelName is any name of the model, for telling its family.
func (rd *record) modelName() string {
	for _, t := range [...]text{responseModel, requestModel, anyModel} {
		if m := rd.text(t); m != "" {
			return m
		}
	}
	return ""
}

// models fills the names of the model served and the model asked for.
func (rd *record) models(e *emitter, cl *clause, c *call.Call) {
	c.ResponseModel, c.RequestModel = rd.text(responseModel), rd.text(requestModel)
	switch d := rd.text(deployment); {
	case d != "":
		c.ResponseModel = d
	case e != nil && e.requestIsPrice && c.RequestModel != "":
		c.ResponseModel, c.RequestModel = c.RequestModel, c.ResponseModel
	}
	m := rd.text(anyModel)
	if m == "" || providerFamily(m) != unknownFamily && len(m) < 10 && modelFamily(m) == unknownFamily {
		return // a vendor's name in the model's place
	}
	if c.ResponseModel == "" && e != nil && e.modelIsServed && (cl == nil || cl.hides&call.ServedModel == 0) {
		c.ResponseModel = m
	} else if c.RequestModel == "" {
		c.RequestModel = m
	}
}

// tier fills mode and region. The tier that served counts; the one asked for
// tells only if the provider never serves another in its place. A fast speed
// is a price of its own whatever the tier.
func (rd *record) tier(c *call.Call, told *call.Facts) {
	served, asked, sp := rd.text(tierServed), rd.text(tierRequested), rd.text(speed)
	switch {
	case rd.mode != "":
		c.Mode = rd.mode
	case sp == "fast":
		c.Mode = sp
		*told |= call.ServiceTier
	case served != "" && served != "auto":
		c.Mode = served
		if rd.get(fastAsked) == 0 {
			*told |= call.ServiceTier
		}
	case sp != "":
		c.Mode = sp
		*told |= call.ServiceTier
	case asked != "":
		c.Mode = asked
		switch asked {
		case "default", "standard", "standard_only", "flex":
			*told |= call.ServiceTier
		}
	}
	switch {
	case rd.geo != "":
		c.Geo = rd.geo
	case rd.text(region) != "" && rd.text(region) != "not_available":
		c.Geo = rd.text(region)
		*told |= call.Region
	}
}
