package metrics

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// asked is one query of a panel.
type asked struct {
	panel   string // uid of the dashboard and title of the panel
	number  int    // among the queries of the panel
	expr    string
	instant bool
}

// rangeSeconds is the range that the variables choose: one that holds the whole test.
const rangeSeconds = 300

// chosen replaces variables by everything. A panel with a time range of its
// own has that.
func chosen(expr, since string) string {
	return substituted(expr, since, rangeSeconds*time.Second, "300s")
}

func substituted(expr, since string, length time.Duration, rate string) string {
	if since == "now/M" {
		_, elapsed := monthSoFar()
		length = max(length, elapsed)
	}
	s := fmt.Sprint(int(length.Seconds()))
	return strings.NewReplacer("$__range_s", s, "$__range", s+"s", "$__rate_interval", rate, "$__interval", "4s",
		"$currency", "USD", "$provider", ".*", "$model", ".*", "$service", ".*", "$team", ".*", "$customer", ".*", "$use_case", ".*", "$caller", ".*", "$instance", ".*").Replace(expr)
}

// monthSoFar is how long the month is, and how much of it is over.
func monthSoFar() (month, elapsed time.Duration) {
	now := time.Now().UTC()
	begin := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	return begin.AddDate(0, 1, 0).Sub(begin), max(now.Sub(begin), rangeSeconds*time.Second)
}

// board is a dashboard's file, as far as it is looked at.
type board struct {
	UID        string
	Templating struct {
		List []struct {
			Name  string
			Query json.RawMessage
		}
	}
	Panels []layout
}

// layout is a panel of it.
type layout struct {
	Type, Title, TimeFrom string
	GridPos               struct{ X, Y, W, H int }
	FieldConfig           struct {
		Defaults struct {
			Unit   string
			Custom struct{ Stacking struct{ Mode string } }
		}
	}
	Targets []struct {
		Expr, LegendFormat string
		Instant            bool
	}
}

func layouts(t *testing.T) (out []board) {
	t.Helper()
	files, err := filepath.Glob(example + "dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d dashboards, %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d board
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out = append(out, d)
	}
	return out
}

// boards returns the queries and the variables of all dashboards.
func boards(t *testing.T) (queries []asked, variables map[string]string) {
	t.Helper()
	variables = map[string]string{}
	for _, d := range layouts(t) {
		for _, p := range d.Panels {
			for i, q := range p.Targets {
				queries = append(queries, asked{d.UID + "/" + p.Title, i, chosen(q.Expr, p.TimeFrom), q.Instant})
			}
		}
		for _, v := range d.Templating.List {
			var q struct{ Query string }
			if err := json.Unmarshal(v.Query, &q); err == nil {
				variables[d.UID+" "+v.Name] = q.Query
			}
		}
	}
	return queries, variables
}

// shown reads the queries that the documentation shows.
func shown(t *testing.T) (queries []asked) {
	t.Helper()
	b, err := os.ReadFile(root + "docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```promql\n(.*?)```").FindAllSubmatch(b, -1) {
		queries = append(queries, asked{"docs/metrics.md", len(queries), string(block[1]), true})
	}
	if len(queries) == 0 {
		t.Fatal("docs/metrics.md shows no query")
	}
	return queries
}

// labelled returns the values of an answer by labels.
func labelled(answer []series, by []string) map[string]float64 {
	out := map[string]float64{}
	for _, s := range answer {
		out[s.Metric.get(by...)] += s.Value.value
	}
	return out
}
