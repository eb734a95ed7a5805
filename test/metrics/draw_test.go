package metrics

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dashboards/draw"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

// drawn is how long traffic is sent for the pictures.
const drawn = 4 * time.Minute

// TestDrawDashboards draws what the dashboards show after minutes of generated
// traffic into the directory TOKENCOST_DRAW. Run by make dashboard-images.
func TestDrawDashboards(t *testing.T) {
	dir := os.Getenv("TOKENCOST_DRAW")
	if dir == "" {
		t.Skip("run by make dashboard-images")
	}
	needs(t)
	changes := section{
		"processors": section{"token_cost": section{"overhead": []section{{"name": "all", "multiplier": alphaConfigured}}}},
		"connectors": section{"token_cost": section{"metrics_flush_interval": "4s"}},
	}
	merge(changes, closing)
	traces := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})) // a trace store that takes everything
	defer traces.Close()
	merge(changes, section{
		"exporters": section{"otlp_http/traces": section{"endpoint": traces.URL}},
		"service":   section{"pipelines": section{"traces": section{"exporters": []string{"token_cost", "file", "otlp_http/traces"}}}},
	})
	c := newCollector(t, changes)
	p := scraping(t, 2*time.Second, "15s", c)
	until := c.traffic(newTruth(t))
	if wrong := differences(p.totals("token_cost_spend_total"), p.now("sum(sum_over_time(token_cost:spend:increase1m[10m]))"), exactly); len(wrong) > 0 {
		t.Errorf("the recorded minutes miss something: %v; were rules not evaluated because the machine is busy?", wrong)
	}
	for _, b := range layouts(t) {
		var panels []draw.Panel
		for _, l := range b.Panels {
			panels = append(panels, p.picture(l, until))
		}
		caption := fmt.Sprintf("Drawn from Prometheus' answers to the queries of the dashboard, not by Grafana: %.0f minutes of generated calls at test prices, and no other in the month. A minute of the rules takes 15 seconds here.", drawn.Minutes())
		if err := os.WriteFile(filepath.Join(dir, b.UID+".svg"), []byte(draw.SVG(panels, caption)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// traffic sends calls and actions, more and fewer of them in turn, and tells
// when it ended.
func (c *collector) traffic(x *truth) (until time.Time) {
	began, seed := time.Now(), uint64(100)
	for time.Since(began) < drawn {
		rate := 1 + math.Sin(time.Since(began).Seconds()/drawn.Seconds()*3*math.Pi)
		seed++
		var batches []ptrace.Traces
		if n := 1 + int(6*rate); n > 0 {
			batches = append(x.generate(genai.Options{Seed: seed, Dialects: []string{"otel", "openllmetry", "ai-sdk-7"}}, n),
				x.act(genai.Options{Seed: seed, Dialects: []string{"otel"}}, 1+int(rate))...)
		}
		for i, td := range batches {
			if i%10 == 0 {
				report(td)
			}
		}
		c.send(append(batches, requests("reports", "api.mistral.ai"))...)
		time.Sleep(time.Second)
	}
	until = time.Now()
	time.Sleep(30 * time.Second) // so that the rules see what was sent last
	return until
}

// picture asks for the data of a panel: courses until the end of the traffic,
// and of sums all.
func (p *prometheus) picture(l layout, until time.Time) draw.Panel {
	p.t.Helper()
	out := draw.Panel{
		Kind: l.Type, Title: strings.ReplaceAll(l.Title, "$currency", "USD"), Unit: l.FieldConfig.Defaults.Unit,
		X: l.GridPos.X, Y: l.GridPos.Y, W: l.GridPos.W, H: l.GridPos.H, Stacked: l.FieldConfig.Defaults.Custom.Stacking.Mode == "normal",
	}
	for _, q := range l.Targets {
		form := url.Values{"query": {substituted(q.Expr, l.TimeFrom, time.Since(until)+drawn+30*time.Second, "20s")}}
		how := "query"
		switch {
		case l.Type == "heatmap":
			form.Set("time", fmt.Sprint(until.Unix()))
		case !q.Instant:
			how = "query_range"
			form.Set("start", fmt.Sprint(until.Add(-drawn).Unix()))
			form.Set("end", fmt.Sprint(until.Unix()))
			form.Set("step", "4")
		}
		answer, err := p.evaluate(how, form)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, s := range answer {
			delete(s.Metric, "__name__")
			series := draw.Series{Legend: legend(q.LegendFormat, s.Metric), Labels: maps.Clone(map[string]string(s.Metric))}
			for _, v := range append(s.Values, s.Value) {
				if v.at > 0 {
					series.Points = append(series.Points, draw.Point{At: v.at, Value: v.value})
				}
			}
			out.Series = append(out.Series, series)
		}
	}
	return out
}

// legend fills a legend's template with labels.
func legend(template string, l labels) string {
	if template == "" {
		return l.get(slices.Sorted(maps.Keys(l))...)
	}
	return regexp.MustCompile(`\{\{(\w+)\}\}`).ReplaceAllStringFunc(template, func(m string) string {
		if v := l[strings.Trim(m, "{}")]; v != "" {
			return v
		}
		return "(none)"
	})
}
