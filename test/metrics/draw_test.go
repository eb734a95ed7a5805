package metrics

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
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
		"connectors": section{"token_cost": section{"metrics_flush_interval": "2s"}},
	}
	merge(changes, closing)
	c := newCollector(t, changes)
	p := newPrometheus(t, c)
	c.traffic(newTruth(t))
	for _, b := range layouts(t) {
		var panels []draw.Panel
		for _, l := range b.Panels {
			panels = append(panels, p.picture(l))
		}
		caption := fmt.Sprintf("Drawn from Prometheus' answers to the queries of the dashboard, not by Grafana: %.0f minutes of generated calls at test prices, and no other in the month.", drawn.Minutes())
		if err := os.WriteFile(filepath.Join(dir, b.UID+".svg"), []byte(draw.SVG(panels, caption)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// traffic sends calls and actions, more and fewer of them in turn.
func (c *collector) traffic(x *truth) {
	began, seed := time.Now(), uint64(100)
	for time.Since(began) < drawn {
		rate := 1 + math.Sin(time.Since(began).Seconds()/drawn.Seconds()*3*math.Pi)
		seed++
		var batches []ptrace.Traces
		if n := 1 + int(6*rate); n > 0 {
			batches = append(x.generate(genai.Options{Seed: seed, Dialects: []string{"otel", "openllmetry", "ai-sdk-7"}}, n),
				x.act(genai.Options{Seed: seed, Dialects: []string{"otel"}}, 1+int(rate))...)
		}
		c.send(batches...)
		time.Sleep(time.Second)
	}
	time.Sleep(3 * scrapeInterval) // what was sent last
}

// picture asks for the data of a panel.
func (p *prometheus) picture(l layout) draw.Panel {
	p.t.Helper()
	out := draw.Panel{
		Kind: l.Type, Title: strings.ReplaceAll(l.Title, "$currency", "USD"), Unit: l.FieldConfig.Defaults.Unit,
		X: l.GridPos.X, Y: l.GridPos.Y, W: l.GridPos.W, H: l.GridPos.H, Stacked: l.FieldConfig.Defaults.Custom.Stacking.Mode == "normal",
	}
	for _, q := range l.Targets {
		form := url.Values{"query": {substituted(q.Expr, l.TimeFrom, drawn, "20s")}}
		how := "query"
		if !q.Instant && l.Type != "heatmap" {
			how = "query_range"
			now := time.Now().Unix()
			form.Set("start", fmt.Sprint(now-int64(drawn.Seconds())))
			form.Set("end", fmt.Sprint(now))
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
		return l.get(sorted(l)...)
	}
	return regexp.MustCompile(`\{\{(\w+)\}\}`).ReplaceAllStringFunc(template, func(m string) string {
		if v := l[strings.Trim(m, "{}")]; v != "" {
			return v
		}
		return "(none)"
	})
}
