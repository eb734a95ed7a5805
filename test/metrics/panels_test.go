package metrics

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

// filled is set up as people run it: two replicas with budgets, policies,
// overhead and interactions; and a third Collector that fails in every way.
func filled(t *testing.T) (*prometheus, *truth) {
	t.Helper()
	changes := section{
		"processors": section{"token_cost": section{"overhead": []section{{"name": "all", "multiplier": alphaConfigured}}}},
		"connectors": section{"token_cost": section{"metrics_flush_interval": "2s"}},
	}
	merge(changes, closing)
	replicas := []*collector{newCollector(t, changes), newCollector(t, changes)}
	broken := newCollector(t, failing())
	broken.broken = true
	p := newPrometheus(t, replicas[0], replicas[1], broken)
	x := newTruth(t)
	broken.fail(newTruth(t).generate(genai.Options{Seed: 70, Dialects: []string{"otel"}}, 30))
	told := []string{"otel"} // which tells all tokens
	batches := append(x.generate(genai.Options{Seed: 71, Dialects: told}, 500, "provisioned"), x.act(genai.Options{Seed: 72, Dialects: told}, 60)...)
	for i, td := range batches {
		if i%10 == 0 {
			report(td)
		}
		replicas[i%2].send(td)
	}
	x.learn(replicas...)
	for range httpRequests {
		replicas[0].send(requests("reports", "api.mistral.ai"))
	}
	p.spendIsTrue(x, dimensions...)
	await(t, "all interactions to be closed", func() (any, bool) {
		n := p.total("token_cost_interaction_role_calls_total")
		return n, n == x.total(one)
	})
	replicas[0].send(x.afterwards(batches[len(batches)-1]))
	x.learn(replicas...)
	await(t, "the call that is late", func() (any, bool) {
		n := p.total("token_cost_interaction_late_spend_total")
		return n, n > 0
	})
	await(t, "the rules to have seen everything", func() (any, bool) {
		wrong := differences(x.sum(cost), p.now("sum(sum_over_time(token_cost:spend:increase1m[5m]))"), exactly)
		return wrong, len(wrong) == 0
	})
	return p, x
}

// httpRequests is how many requests a service sends that has no GenAI telemetry.
const httpRequests = 20

// requests makes the span of one, to a host of an AI API.
func requests(service, host string) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", service)
	span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	now := time.Now()
	var id pcommon.TraceID
	binary.BigEndian.PutUint64(id[8:], uint64(now.UnixNano()))
	span.SetTraceID(id)
	span.SetSpanID(pcommon.SpanID(id[8:]))
	span.SetKind(ptrace.SpanKindClient)
	span.SetName("POST")
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(now))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(now.Add(time.Second)))
	span.Attributes().PutStr("http.request.method", "POST")
	span.Attributes().PutStr("server.address", host)
	return td
}

// afterwards makes one more call of an action that is closed.
func (x *truth) afterwards(action ptrace.Traces) ptrace.Traces {
	x.t.Helper()
	id := action.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID()
	td := x.generate(genai.Options{Seed: 73, Dialects: []string{"otel"}}, 1, "failed", "unknown_model", "provisioned", "agent", "batch", "embeddings")[0]
	for _, ss := range td.ResourceSpans().At(0).ScopeSpans().All() {
		for _, span := range ss.Spans().All() {
			span.SetTraceID(id)
			if k := x.calls[span.SpanID().String()]; k != nil {
				k.TraceID, k.Role = id.String(), late
			}
		}
	}
	return td
}

// reportedCost is what some spans say that they cost, and alphaConfigured what
// is configured as overhead.
const (
	reportedCost    = 0.25
	alphaConfigured = 1.8
)

// report puts a cost on every span with usage.
func report(td ptrace.Traces) {
	for _, ss := range td.ResourceSpans().At(0).ScopeSpans().All() {
		for _, span := range ss.Spans().All() {
			if _, ok := span.Attributes().Get("gen_ai.usage.input_tokens"); ok {
				span.Attributes().PutDouble("gen_ai.usage.cost", reportedCost)
			}
		}
	}
}

// now evaluates an expression, by some labels.
func (p *prometheus) now(expr string, by ...string) map[string]float64 {
	p.t.Helper()
	answer, err := p.query(expr)
	if err != nil {
		p.t.Fatal(err)
	}
	return labelled(answer, by)
}

// early tells whether budgets have no projection yet: less than a tenth of
// their period is over. They are of a month in Berlin.
func early(t *testing.T) bool {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return time.Now().In(berlin).Day() <= 4
}

const projected = "token_cost_budget_projected"

// waits tells of queries about what comes with time: the highest forecast needs
// a week of history, which forecast_test.yaml gives to its rule, and any
// forecast a tenth of the month.
func waits(t *testing.T, expr string) bool {
	return expr == "token_cost:budget:forecast_high" || expr == "token_cost:budget:forecast" && early(t)
}

func TestEveryQueryOfTheDashboardsAgreesWithTheTruth(t *testing.T) {
	needs(t)
	p, x := filled(t)
	queries, variables := boards(t)
	queries = append(queries, shown(t)...)
	expected := expectations(x)
	checked, answered := map[string]bool{}, 0
	for _, q := range queries {
		if waits(t, q.expr) {
			continue
		}
		answer := p.data(q)
		if answer == nil {
			continue
		}
		answered++
		name := q.panel + nth(q.number)
		e, ok := expected[name]
		if !ok {
			continue
		}
		checked[name] = true
		if err := e(answer); err != nil {
			t.Errorf("%s: %v\n%s", q.panel, err, q.expr)
		}
	}
	for panel := range expected {
		if !checked[panel] {
			t.Errorf("there is no panel %s, or it has no data", panel)
		}
	}
	t.Logf("%d of %d queries have data, %d agree with the truth", answered, len(queries), len(checked))
	for name, query := range variables {
		if m := regexp.MustCompile(`^label_values\((\w+), (\w+)\)$`).FindStringSubmatch(query); m != nil && len(p.now(fmt.Sprintf(`%s{%s!=""}`, m[1], m[2]), m[2])) == 0 {
			t.Errorf("the variable %s has no values: %s", name, query)
		}
	}
	namesExist(t, p, queries)
	rulesWork(t, p)
	exemplarsLeadToDearCalls(t, p, x)
}

// data evaluates a query as Grafana does, and demands values. What is shown as
// a course is also returned as of now, over a range that holds everything.
func (p *prometheus) data(q asked) []series {
	p.t.Helper()
	if !q.instant {
		course, err := p.course(q.expr)
		if err != nil || !hasValue(course) {
			p.t.Errorf("%s has no course (%v):\n%s", q.panel, err, q.expr)
		}
	}
	answer, err := p.query(q.expr)
	if err != nil || !hasValue(answer) {
		p.t.Errorf("%s has no data (%v):\n%s", q.panel, err, q.expr)
		return nil
	}
	return answer
}

func hasValue(answer []series) bool {
	for _, s := range answer {
		for _, v := range append(s.Values, s.Value) {
			if v.at > 0 && !math.IsNaN(v.value) && !math.IsInf(v.value, 0) {
				return true
			}
		}
	}
	return false
}

// namesExist demands that every metric exists that dashboards and rules ask for.
func namesExist(t *testing.T, p *prometheus, queries []asked) {
	t.Helper()
	var all []string
	if err := p.ask("label/__name__/values", nil, &all); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, name := range all {
		known[name] = true
	}
	for _, file := range rules(t) { // a rule may need days of history; what it asks for is looked at below
		for _, g := range file.Groups {
			for _, r := range g.Rules {
				known[r.Record] = true
			}
		}
	}
	asksFor := func(where, expr string) {
		names, err := metricNames(expr)
		if err != nil {
			t.Errorf("%s: %v", where, err)
		}
		if len(names) == 0 && !strings.HasPrefix(expr, "vector(") {
			t.Errorf("%s asks for no metric: %s", where, expr)
		}
		for _, name := range names {
			if !known[name] && !(name == projected && early(t)) {
				t.Errorf("%s asks for %s, which nothing emits", where, name)
			}
		}
	}
	for _, q := range queries {
		asksFor(q.panel, q.expr)
	}
	for file, r := range rules(t) {
		for _, g := range r.Groups {
			for _, rule := range g.Rules {
				asksFor(file+" "+rule.Record+rule.Alert, rule.Expr)
			}
		}
	}
}

// rulesWork demands that Prometheus evaluated every rule without an error, and
// that the alerts fire that the broken Collector is reason for.
func rulesWork(t *testing.T, p *prometheus) {
	t.Helper()
	var data struct {
		Groups []struct {
			Rules []struct{ Name, Health, LastError, State string }
		}
	}
	if err := p.ask("rules", nil, &data); err != nil {
		t.Fatal(err)
	}
	n, firing := 0, map[string]bool{}
	for _, g := range data.Groups {
		for _, r := range g.Rules {
			n++
			if r.Health != "ok" {
				t.Errorf("rule %s is %s: %s", r.Name, r.Health, r.LastError)
			}
			firing[r.Name] = firing[r.Name] || r.State == "firing"
		}
	}
	for _, alert := range []string{"TokenCostCollectorLoses", "TokenCostSeriesOverflow", "TokenCostPolicyViolations", "TokenCostNotApproved"} {
		if !firing[alert] {
			t.Errorf("%s does not fire", alert)
		}
	}
	for _, alert := range []string{"TokenCostCollectorDown", "TokenCostPriceBookFailing", "TokenCostPriceBookStale", "TokenCostBudgetBurn"} {
		if firing[alert] {
			t.Errorf("%s fires", alert)
		}
	}
	t.Logf("%d rules were evaluated", n)
}

// exemplarsLeadToDearCalls demands that the dearest call of all is named by an
// exemplar, and that every exemplar names a call with its cost.
func exemplarsLeadToDearCalls(t *testing.T, p *prometheus, x *truth) {
	t.Helper()
	costs, dearest := map[string]bool{}, ""
	most := 0.0
	for _, k := range x.calls {
		if v := k.result.Total.Float64(); k.result.HasTotal {
			key := fmt.Sprintf("%s %.12f", k.TraceID, v)
			costs[key] = true
			if v > most {
				most, dearest = v, key
			}
		}
	}
	var answers []struct {
		Exemplars []struct {
			Labels map[string]string
			Value  string
		}
	}
	now := time.Now()
	form := url.Values{
		"query": {"token_cost_call_cost_bucket"},
		"start": {fmt.Sprint(now.Add(-time.Hour).Unix())}, "end": {fmt.Sprint(now.Add(time.Hour).Unix())},
	}
	if err := p.ask("query_exemplars", form, &answers); err != nil {
		t.Fatal(err)
	}
	n, found := 0, false
	for _, a := range answers {
		for _, e := range a.Exemplars {
			n++
			var v float64
			if _, err := fmt.Sscan(e.Value, &v); err != nil {
				t.Fatal(err)
			}
			key := fmt.Sprintf("%s %.12f", e.Labels["trace_id"], v)
			found = found || key == dearest
			if !costs[key] {
				t.Errorf("the exemplar %s is no call", key)
			}
		}
	}
	t.Logf("%d exemplars", n)
	if !found {
		t.Errorf("no exemplar names the dearest call, %s", dearest)
	}
}
