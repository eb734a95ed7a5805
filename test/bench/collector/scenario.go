// Package collector measures what token_cost costs a whole Collector: two of them,
// the same but for token_cost, receive the same requests by turns.
package collector

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/spans"
)

// Target is the share of its throughput that a Collector should keep.
const Target = 0.95

// Scenario is a pipeline and what flows through it.
type Scenario struct {
	Name, Pipeline, Mix string
	requests            []request
	full                bool // the pipeline limits memory and exports
}

// Scenarios returns all of them.
func Scenarios() ([]*Scenario, error) {
	some, err := encode(0.2)
	if err != nil {
		return nil, err
	}
	all, err := encode(1)
	if err != nil {
		return nil, err
	}
	const bare, full = "receive, drop", "receive, limit memory, export compressed"
	return []*Scenario{
		{Name: "20 % GenAI, exported", Pipeline: full, Mix: "20 % GenAI", requests: some, full: true},
		{Name: "20 % GenAI, dropped", Pipeline: bare, Mix: "20 % GenAI", requests: some},
		{Name: "100 % GenAI, dropped", Pipeline: bare, Mix: "100 % GenAI", requests: all},
	}, nil
}

// encode makes the requests of a mix.
func encode(share float64) ([]request, error) {
	traces, err := spans.Requests(share)
	if err != nil {
		return nil, err
	}
	return newRequests(traces)
}

// Run measures both Collectors by turns. It calls done after every round.
func (s *Scenario) Run(ctx context.Context, binary string, rounds int, load time.Duration, done func()) (r Report, err error) {
	r = Report{Pipeline: s.Pipeline, Mix: s.Mix}
	dir, err := os.MkdirTemp("", "bench-collector")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	backend, err := newSink()
	if err != nil {
		return r, err
	}
	defer backend.close()
	var rigs [2]*rig
	for i, processors := range [2][]string{nil, {"token_cost"}} {
		config := filepath.Join(dir, fmt.Sprintf("config-%d.yaml", i))
		if rigs[i], err = newRig(ctx, binary, config, pipeline{processors: processors, full: s.full, backend: backend.address}); err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, rigs[i].process.Stop()) }()
		if _, err := rigs[i].load(ctx, s.requests, load/3); err != nil { // to warm up
			return r, err
		}
	}
	for round := range rounds {
		var pair [2]Figures
		for k := range rigs {
			i := (k + round) % 2 // neither is always the first
			if pair[i], err = rigs[i].load(ctx, s.requests, load); err != nil {
				return r, err
			}
		}
		r.pairs = append(r.pairs, pair)
		done()
	}
	for i := range rigs {
		if err := rigs[i].verify(ctx, s.requests, i == 1); err != nil {
			return r, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	r.Spans, r.Verdicts = rigs[1].sentSpans(s.requests), rigs[1].sentVerdicts(s.requests)
	r.summarise()
	return r, nil
}
