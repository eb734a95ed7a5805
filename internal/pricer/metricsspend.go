package pricer

import (
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Names of the metrics that are added, each after the prefix.
const (
	spendName  = "spend"  // what token counts cost
	loadedName = "loaded" // that times the overhead, where a rule of overhead: matched
)

// spends are the costs of the usages of a scope, as they come to stand beside
// them. They are kept apart until all usages were read.
type spends struct {
	w       *writer
	metrics pmetric.MetricSlice // of the scope
	fresh   pmetric.MetricSlice
	kept    map[spendKey]pcommon.Map // the attributes of costs that usages have already
	replace bool
	ours    bool             // some metric of the scope has one of our names
	earlier []pmetric.Metric // the first of those that hold results
}

// maxEarlier is how many metrics of costs a scope is thought to have: one for
// each currency and temporality.
const maxEarlier = 8

// spendKey tells which usage a cost is that of.
type spendKey struct {
	attrs dialect.Fingerprint
	time  pcommon.Timestamp
}

// begin looks for costs that stand in the scope already.
func (s *spends) begin(w *writer, metrics pmetric.MetricSlice, replace bool) {
	s.w, s.metrics, s.fresh, s.replace, s.ours, s.earlier = w, metrics, pmetric.NewMetricSlice(), replace, false, s.earlier[:0]
	s.forget()
	for i := range metrics.Len() {
		m := metrics.At(i)
		if !s.named(m) {
			continue
		}
		s.ours = true
		if !replace && s.holdsResults(m) {
			s.keep(m.Sum().DataPoints())
			if len(s.earlier) < maxEarlier {
				s.earlier = append(s.earlier, m)
			}
		}
	}
}

// end puts the costs beside the usages. Earlier ones that are replaced go, and
// so do metrics with our names that hold no results: they were forged.
func (s *spends) end() {
	if s.ours {
		s.metrics.RemoveIf(func(m pmetric.Metric) bool { return s.named(m) && (s.replace || !s.holdsResults(m)) })
	}
	s.fresh.MoveAndAppendTo(s.metrics)
	clear(s.earlier) // they point into telemetry
	s.forget()
	s.metrics, s.fresh = pmetric.MetricSlice{}, pmetric.MetricSlice{}
}

// forget lets go of the costs that were kept, and of much room for them.
func (s *spends) forget() {
	if len(s.kept) > maxEarlierCosts {
		s.kept = nil
	}
	clear(s.kept)
}

// maxEarlierCosts is how many costs there is room for between batches.
const maxEarlierCosts = 1024

// named tells whether a metric has one of our names.
func (s *spends) named(m pmetric.Metric) bool {
	rest, ok := strings.CutPrefix(m.Name(), s.w.keys.Prefix)
	return ok && (rest == spendName || rest == loadedName)
}

// holdsResults tells whether a metric has a point with a status, as ours have.
func (s *spends) holdsResults(m pmetric.Metric) bool {
	if m.Type() != pmetric.MetricTypeSum {
		return false
	}
	for _, d := range m.Sum().DataPoints().All() {
		if _, ok := d.Attributes().Get(s.w.keys.Status); ok {
			return true
		}
	}
	return false
}

// keep notes whose costs the points are. What was added to the attributes of a
// usage is ours by its key, but for the provider and the model: those may have
// been there before.
func (s *spends) keep(points pmetric.NumberDataPointSlice) {
	if s.kept == nil {
		s.kept = map[spendKey]pcommon.Map{}
	}
	for _, d := range points.All() {
		var attrs, provider, model dialect.Fingerprint
		result := false
		for key, v := range d.Attributes().All() {
			if strings.HasPrefix(key, s.w.keys.Prefix) {
				result = result || key == s.w.keys.Status
				continue
			}
			f := dialect.FingerprintOf(key, v)
			attrs = attrs.Plus(f)
			switch key {
			case providerKeys[0], providerKeys[1]:
				provider = f
			case modelKeys[0], modelKeys[1]:
				model = f
			}
		}
		if !result || len(s.kept) >= 4*maxGroups {
			continue
		}
		for _, f := range [...]dialect.Fingerprint{attrs, attrs.Minus(provider), attrs.Minus(model), attrs.Minus(provider).Minus(model)} {
			s.kept[spendKey{f, d.Timestamp()}] = d.Attributes()
		}
	}
}

// of returns the attributes of the cost that a usage has already, if it is kept.
func (s *spends) of(g *dialect.Group) (attrs pcommon.Map, ok bool) {
	if len(s.kept) == 0 {
		return attrs, false
	}
	f := g.Fingerprint
	for key, v := range g.Attributes.All() {
		if strings.HasPrefix(key, s.w.keys.Prefix) && g.OwnKey(key) {
			f = f.Minus(dialect.FingerprintOf(key, v)) // which costs are not given
		}
	}
	attrs, ok = s.kept[spendKey{f, g.Time}]
	return attrs, ok
}

// add adds the cost of a usage, and what it is loaded with.
func (s *spends) add(g *dialect.Group, w *written, attribute func(pcommon.Map)) {
	r := w.result
	attrs := s.point(spendName, "What the calls cost whose tokens are counted beside it.", g, r.Currency, r.Total)
	s.describe(attrs, g, r, w.further)
	attribute(attrs)
	if w.hasOverhead {
		attrs.CopyTo(s.point(loadedName, "What the calls cost, times their overhead.", g, r.Currency, w.loaded))
	}
}

// point adds a point to the metric for its currency and temporality, and
// returns its attributes.
func (s *spends) point(name, description string, g *dialect.Group, currency string, amount money.Amount) pcommon.Map {
	d := s.sum(s.w.keys.Prefix+name, description, "{"+currency+"}", g.Temporality).DataPoints().AppendEmpty()
	d.SetStartTimestamp(g.Start)
	d.SetTimestamp(g.Time)
	d.SetDoubleValue(amount.Float64())
	return d.Attributes()
}

// sum returns the metric of a name, unit and temporality: one that is kept, or
// else one of ours.
func (s *spends) sum(name, description, unit string, temporality pmetric.AggregationTemporality) pmetric.Sum {
	fits := func(m pmetric.Metric) bool {
		return m.Name() == name && m.Unit() == unit && m.Type() == pmetric.MetricTypeSum && m.Sum().IsMonotonic() && m.Sum().AggregationTemporality() == temporality
	}
	for i := range s.fresh.Len() {
		if m := s.fresh.At(i); fits(m) {
			return m.Sum()
		}
	}
	if i := slices.IndexFunc(s.earlier, fits); i >= 0 {
		return s.earlier[i].Sum()
	}
	m := s.fresh.AppendEmpty()
	m.SetName(name)
	m.SetUnit(unit)
	m.SetDescription(description)
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(true)
	sum.SetAggregationTemporality(temporality)
	return sum
}

// Keys of what was resolved, plain and as Prometheus spells them.
var (
	providerKeys = [2]string{attrkey.ProviderName, "gen_ai_provider_name"}
	modelKeys    = [2]string{attrkey.ResponseModel, "gen_ai_response_model"}
)

// describe writes the attributes of a cost: those of the usage, which provider
// and model it was priced as if they do not tell, its status and its currency.
// They must not change while a stream of growing sums lasts, or it would break
// into two that both hold the whole: so the reasons are told by the
// processor's own metrics only, and so is whether such a stream's usage is
// partly unpriced at the moment.
func (s *spends) describe(attrs pcommon.Map, g *dialect.Group, r *engine.Result, further int) {
	attrs.EnsureCapacity(g.Attributes.Len() + 4 + further)
	g.Attributes.CopyTo(attrs)
	attrs.RemoveIf(func(key string, _ pcommon.Value) bool {
		return !g.OwnKey(key) || strings.HasPrefix(key, s.w.keys.Prefix)
	})
	spelling := 0
	if g.Underscored() {
		spelling = 1
	}
	if res := r.Resolution; res != nil && res.Provider != nil {
		putAbsent(attrs, providerKeys, spelling, res.Provider.ID)
		if res.Model != nil {
			putAbsent(attrs, modelKeys, spelling, res.Model.ID)
		}
	}
	st := r.Status
	if g.Temporality == pmetric.AggregationTemporalityCumulative {
		st = status.Estimated
	}
	attrs.PutStr(s.w.keys.Status, st.String())
	attrs.PutStr(s.w.keys.Currency, r.Currency)
}

func putAbsent(attrs pcommon.Map, keys [2]string, spelling int, value string) {
	for _, key := range keys {
		if _, ok := attrs.Get(key); ok {
			return
		}
	}
	attrs.PutStr(keys[spelling], value)
}
