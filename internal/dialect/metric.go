package dialect

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// metric is a row of a dialect's table of metrics: what the points of a metric
// count.
type metric struct {
	name string
	what number        // what all of its points count, or byType
	by   string        // key of the attribute that names the token type, if it is not one of the conventions
	unit call.CostUnit // of a metric that is a cost and counts nothing

	source tokenSource
	own    bool   // only under the scopes of the dialect's own emitters
	again  bool   // another metric of the emitter counts the same tokens, and more
	note   string // for the documentation
}

// tokenSource is a set of metrics that tell usage together. Where the metrics
// of one scope belong to several, those of an operation count the same tokens,
// and the first is priced: it tells most.
type tokenSource uint8

const (
	ownMetrics     tokenSource = iota // a dialect's own names
	usageCounters                     // gen_ai.client.inference.usage.*
	operationSizes                    // gen_ai.client.inference.operation.*: no cache, no modalities
	tokenUsage                        // gen_ai.client.token.usage: deprecated
)

// byType stands for what is counted where an attribute of the point tells it.
const byType = numNumbers

// tokens is a row for a metric with a point for each type of token.
func tokens(name, by string) metric { return metric{name: name, what: byType, by: by} }

// counter is a row for a metric that counts one type of token.
func counter(name string, n number) metric { return metric{name: name, what: n} }

// spend is a row for a metric that is a cost.
func spend(name string, u call.CostUnit) metric { return metric{name: name, unit: u} }

// of makes a row belong to a source.
func (m metric) of(s tokenSource) metric {
	m.source = s
	return m
}

// metricRow is a row with its dialect.
type metricRow struct {
	*metric
	dialect uint8
	// underscored tells that name and attributes are spelled as Prometheus
	// does, as a metric that was scraped is.
	underscored bool
}

var metricsByName = map[string][]metricRow{}

func init() {
	for d, dia := range registry {
		for i := range dia.metrics {
			m := &dia.metrics[i]
			metricsByName[m.name] = append(metricsByName[m.name], metricRow{metric: m, dialect: uint8(d)})
			for _, name := range scrapedNames(m.name) {
				metricsByName[name] = append(metricsByName[name], metricRow{metric: m, dialect: uint8(d), underscored: true})
			}
		}
	}
}

// scrapedNames are the names that exporters for Prometheus make of a metric:
// underscores for what the format does not allow, the unit, and total for
// counters (OpenTelemetry specification, Prometheus compatibility).
func scrapedNames(name string) []string {
	base := underscored(name)
	var names []string
	for _, unit := range []string{"", "_token", "_tokens", "_USD", "_usd"} {
		for _, total := range []string{"", "_total"} {
			if n := base + unit + total; n != name {
				names = append(names, n)
			}
		}
	}
	return names
}

func underscored(name string) string {
	return strings.NewReplacer(".", "_", "/", "_").Replace(name)
}

// findMetric looks a metric up, and prefers the row of the scope's dialect.
func findMetric(sc *Scope, name string) (metricRow, bool) {
	var found metricRow
	for _, row := range metricsByName[name] {
		switch {
		case row.dialect == sc.dialect:
			return row, true
		case !row.own && found.metric == nil:
			found = row
		}
	}
	return found, found.metric != nil
}

// The keys that tell points of one usage apart. They are no part of what the
// usage is about.
const (
	keyTokenType    = attrkey.TokenType
	keyOldTokenType = "gen_ai.usage.token_type"
	keyModality     = "gen_ai.token.modality"
)

// role is what an attribute does on a point.
type role uint8

const (
	aboutUsage  role = iota // says what the usage is about
	tellsOld                // names the token type, by the older key
	tellsType               // names the token type
	tellsOwn                // names the token type, by the metric's own key
	tellsMedium             // names the modality
)

// role tells what an attribute does.
func (m *metricRow) role(key string) role {
	if key == m.by {
		return tellsOwn
	}
	if n := len(key); n != len(keyTokenType) && n != len(keyOldTokenType) && n != len(keyModality) {
		return aboutUsage
	}
	switch key {
	case keyTokenType:
		return tellsType
	case keyOldTokenType:
		return tellsOld
	case keyModality:
		return tellsMedium
	}
	if m.underscored {
		switch key {
		case "gen_ai_token_type":
			return tellsType
		case "gen_ai_usage_token_type":
			return tellsOld
		case "gen_ai_token_modality":
			return tellsMedium
		}
	}
	return aboutUsage
}

// dimensions are the attributes of points that say what a usage is about, by
// the name that Prometheus makes of them.
var dimensions = func() map[string]string {
	m := map[string]string{}
	for _, key := range []string{
		attrkey.ProviderName, attrkey.System, attrkey.OperationName, attrkey.RequestModel, attrkey.ResponseModel,
		attrkey.ServerAddress, attrkey.ErrorType, "openai.response.service_tier", "openai.request.service_tier", "anthropic.provider",
	} {
		m[underscored(key)] = key
	}
	return m
}()

// dimension reads an attribute of a point: words, flags, and facts that are no
// counts. Counts among the attributes of a point are nobody's.
func (rd *record) dimension(row *metricRow, name string, v pcommon.Value) {
	if row.underscored {
		if dotted, ok := dimensions[name]; ok {
			name = dotted
		}
	}
	if !passes(&gate, name) {
		return
	}
	e := find(name, row.dialect)
	switch {
	case e == nil:
		rd.wordOfFact(name, v)
		return
	case e.what == isText && rest[e.index].blob == nil:
		rd.string(e, v)
	case e.what == isNumber && number(e.slot) >= streaming && number(e.slot) < duration:
		rd.number(e, v)
	case e.what == isCurrency:
		rd.currency(v)
	default:
		return
	}
	if e.marks&isMarker != 0 {
		rd.hit |= 1 << e.dialect
	}
}

// wordOfFact reads a fact that is no count.
func (rd *record) wordOfFact(name string, v pcommon.Value) {
	switch name {
	case attrkey.FactMode, attrkey.FactGeo, attrkey.FactBilling:
		rd.fact(name[len(factPrefix):], v)
	}
}
