// Package recordertest makes rows of telemetry as a Collector with the processor
// and the exporter does, for tests of what reads ledgers.
package recordertest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/recorder"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// Pipeline prices and records.
type Pipeline struct {
	Books *bookstore.Store

	pricer   *pricer.Pricer
	recorder *recorder.Recorder
}

// New makes a pipeline with the default configuration, but with calculations, on
// which much that reads ledgers depends. Changes are made to that.
func New(t testing.TB, books bookstore.Source, changes ...func(*pricer.Config)) *Pipeline {
	t.Helper()
	store, err := bookstore.Open(books)
	require.NoError(t, err)
	cfg := pricer.DefaultConfig()
	cfg.Attributes.Calculation = true
	for _, change := range changes {
		change(cfg)
	}
	p, err := pricer.New(cfg, store)
	require.NoError(t, err)
	reader, err := cfg.Usage.Reader()
	require.NoError(t, err)
	return &Pipeline{store, p, recorder.New(recorder.Options{Prefix: "token_cost", Reader: reader})}
}

// Rows prices traces in place and returns the rows of their calls.
func (p *Pipeline) Rows(traces ptrace.Traces) []*ledger.Row {
	p.pricer.Traces(context.Background(), traces, nil)
	rows, _ := p.recorder.Traces(traces)
	return rows
}
