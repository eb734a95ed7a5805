package metrics

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asked is one query of a panel.
type asked struct {
	panel   string // uid of the dashboard and title of the panel
	number  int    // among the queries of the panel
	expr    string
	instant bool
}

// chosen are the values of variables: everything, and ranges that hold the
// whole test.
var chosen = strings.NewReplacer("$__range_s", "300", "$__range", "5m", "$__rate_interval", "5m", "$__interval", "5s",
	"$currency", "USD", "$provider", ".*", "$model", ".*", "$service", ".*", "$team", ".*", "$customer", ".*", "$use_case", ".*", "$instance", ".*")

// boards reads the queries and the variables of all dashboards.
func boards(t *testing.T) (queries []asked, variables map[string]string) {
	t.Helper()
	files, err := filepath.Glob(example + "dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d dashboards, %v", len(files), err)
	}
	variables = map[string]string{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			UID        string
			Templating struct {
				List []struct {
					Name  string
					Query json.RawMessage
				}
			}
			Panels []struct {
				Title   string
				Targets []struct {
					Expr    string
					Instant bool
				}
			}
		}
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, p := range d.Panels {
			for i, q := range p.Targets {
				queries = append(queries, asked{d.UID + "/" + p.Title, i, chosen.Replace(q.Expr), q.Instant})
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
