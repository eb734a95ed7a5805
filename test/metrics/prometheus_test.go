package metrics

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// scrapeInterval is that of the tests, half of the connector's flush interval.
const scrapeInterval = 500 * time.Millisecond

// prometheus is a running Prometheus with the example's configuration, a fresh
// data directory, and targets of its own.
type prometheus struct {
	t   *testing.T
	url string
}

// newPrometheus starts one that scrapes the Collectors, of broken ones their own
// metrics only. It is stopped at the end of the test.
func newPrometheus(t *testing.T, collectors ...*collector) *prometheus {
	t.Helper()
	return scraping(t, scrapeInterval, ruleInterval, collectors...)
}

// scraping starts one that scrapes so often, and whose minutes last so long.
func scraping(t *testing.T, interval time.Duration, minute string, collectors ...*collector) *prometheus {
	t.Helper()
	var costs, health []string
	for _, c := range collectors {
		health = append(health, address(c.ports[3]))
		if !c.broken {
			costs = append(costs, address(c.ports[2]))
		}
	}
	config := adapted(t, example+"prometheus.yml", section{
		"global":     section{"scrape_interval": interval.String(), "evaluation_interval": "1s"},
		"rule_files": []string{fastRules(t, minute)},
	})
	target(t, config, "token_cost", costs)
	target(t, config, "otelcol", health)
	dir, port := t.TempDir(), freePorts(t, 1)[0]
	p := &prometheus{t: t, url: "http://" + address(port)}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(example + "start-prometheus.sh")
	cmd.Env = append(os.Environ(), "PROMETHEUS_CONFIG="+config, "DATA_DIR="+dir, fmt.Sprintf("PROMETHEUS_PORT=%d", port))
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if b, err := os.ReadFile(log.Name()); t.Failed() && err == nil {
			t.Logf("the end of Prometheus' log:\n%s", b[max(0, len(b)-4<<10):])
		}
	})
	await(t, "Prometheus to scrape", func() (any, bool) {
		up, err := p.query("sum(up)")
		return err, err == nil && len(up) == 1 && int(up[0].Value.value) == len(costs)+len(health)
	})
	return p
}

// target sets the addresses of a scrape job in a configuration file.
func target(t *testing.T, config, job string, addresses []string) {
	t.Helper()
	read := section{}
	loadYAML(t, config, &read)
	for _, s := range read["scrape_configs"].([]any) {
		if s := s.(section); s["job_name"] == job {
			s["static_configs"] = []any{section{"targets": addresses}}
			saveYAML(t, config, read)
			return
		}
	}
	t.Fatalf("the example's prometheus.yml has no job %s", job)
}

// labels are those of a series, and sample is one of its values.
type labels map[string]string

// get joins the values of some labels.
func (l labels) get(names ...string) string {
	var values []string
	for _, n := range names {
		values = append(values, l[n])
	}
	return strings.Join(values, " ")
}

type sample struct {
	at    float64 // Unix time in seconds
	value float64
}

func (s *sample) UnmarshalJSON(b []byte) error {
	var pair [2]any
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	at, isNumber := pair[0].(float64)
	text, isText := pair[1].(string)
	if !isNumber || !isText {
		return fmt.Errorf("%s is no sample", b)
	}
	v, err := strconv.ParseFloat(text, 64)
	s.at, s.value = at, v
	return err
}

// series is one of an answer. An instant query has one value, a range several.
type series struct {
	Metric labels   `json:"metric"`
	Value  sample   `json:"value"`
	Values []sample `json:"values"`
}

// ask gets a path of the API, with a query of URL if there is one, and decodes
// the data of the answer.
func (p *prometheus) ask(path string, form url.Values, data any) error {
	resp, err := http.Get(p.url + "/api/v1/" + path + "?" + form.Encode())
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	answer := struct {
		Status, Error string
		Data          any
	}{Data: data}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("%s: %w", body, err)
	}
	if answer.Status != "success" {
		return fmt.Errorf("%s", answer.Error)
	}
	return nil
}

// query evaluates an expression now.
func (p *prometheus) query(expr string) ([]series, error) {
	return p.evaluate("query", url.Values{"query": {expr}})
}

// course evaluates an expression over the past minute.
func (p *prometheus) course(expr string) ([]series, error) {
	end := time.Now()
	at := func(t time.Time) []string { return []string{strconv.FormatInt(t.Unix(), 10)} }
	return p.evaluate("query_range", url.Values{"query": {expr}, "start": at(end.Add(-time.Minute)), "end": at(end), "step": {"5"}})
}

func (p *prometheus) evaluate(how string, form url.Values) ([]series, error) {
	expr := form.Get("query")
	var data struct{ Result json.RawMessage }
	if err := p.ask(how, form, &data); err != nil {
		return nil, fmt.Errorf("%s: %w", expr, err)
	}
	var out []series
	if err := json.Unmarshal(data.Result, &out); err != nil {
		var scalar sample
		if err := json.Unmarshal(data.Result, &scalar); err != nil {
			return nil, fmt.Errorf("%s: %w", expr, err)
		}
		return []series{{Value: scalar}}, nil
	}
	return out, nil
}

// totals adds up what a counter counted, over all resets, by some labels. It
// reads the samples themselves: increase() extrapolates, and so is not exact.
func (p *prometheus) totals(selector string, by ...string) map[string]float64 {
	p.t.Helper()
	all, err := p.query(selector + "[1h]")
	if err != nil {
		p.t.Fatal(err)
	}
	sums := map[string]float64{}
	for _, s := range all {
		sums[s.Metric.get(by...)] += overResets(s.Values)
	}
	return sums
}

// overResets is what was counted in all: a value that is less than the one
// before it began at zero.
func overResets(values []sample) (sum float64) {
	last := 0.0
	for _, v := range values {
		if v.value < last {
			sum += last
		}
		last = v.value
	}
	return sum + last
}

// total is the same in all.
func (p *prometheus) total(selector string) (sum float64) {
	p.t.Helper()
	for _, v := range p.totals(selector) {
		sum += v
	}
	return sum
}
