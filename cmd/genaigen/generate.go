package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlphttp"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/progress"
)

// generate is the command without a subcommand.
type generate struct {
	seed     uint64
	calls    int
	dialects []string
	endpoint string
	output   string
	truth    string
	rate     float64
	start    string
	actions  bool
}

func newGenerate() *cobra.Command {
	var g generate
	c := &cobra.Command{
		Use:   "genaigen",
		Short: "Generate GenAI telemetry whose true usage is known",
		Long: "genaigen generates traces in the shape that real GenAI instrumentations send, from a seed, and sends them over\n" +
			"OTLP/HTTP or writes them as OTLP JSON, one request a line. With --truth it also writes what the providers would\n" +
			"bill: tokens by disjoint meter for each call. It invents usage, never prices.\n\n" +
			"Dialects: " + strings.Join(genai.Dialects(), ", ") + ".",
		Example:       "  genaigen --calls 1000 --dialects otel,ai-sdk-7\n  genaigen --start 2026-11-23T12:00:00Z --output calls.jsonl --truth truth.json",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return g.run(cmd) },
	}
	c.SetFlagErrorFunc(asUsage)
	f := c.Flags()
	f.Uint64Var(&g.seed, "seed", 1, "seed: the same seed and --start give the same telemetry")
	f.IntVar(&g.calls, "calls", 300, "number of calls to generate, at least; a trace is never cut")
	f.StringSliceVar(&g.dialects, "dialects", nil, "dialects to speak (default all)")
	f.StringVar(&g.endpoint, "endpoint", "http://127.0.0.1:4318", "OTLP/HTTP receiver to send to")
	f.StringVar(&g.output, "output", "", `file to write OTLP JSON to instead of sending, "-" for standard output`)
	f.StringVar(&g.truth, "truth", "", "file to write the truth about every GenAI span to, as JSON")
	f.Float64Var(&g.rate, "rate", 0, "calls a second (default as fast as possible)")
	f.BoolVar(&g.actions, "actions", false, "make whole user actions: agents with retries, tools, retrieval and sub-agents; the truth has the role of every call")
	f.StringVar(&g.start, "start", "", "time of the first call, as 2026-11-23T12:00:00Z (default: the last call is now)")
	return c
}

// sink is where traces go.
type sink func(context.Context, ptrace.Traces) error

func (g *generate) run(cmd *cobra.Command) (err error) {
	if g.calls < 1 {
		return usageError{fmt.Errorf("--calls is %d: it must be at least 1", g.calls)}
	}
	if g.rate < 0 {
		return usageError{fmt.Errorf("--rate is %v: it must not be negative", g.rate)}
	}
	if g.output != "" && cmd.Flags().Changed("endpoint") {
		return usageError{errors.New("--output and --endpoint exclude each other")}
	}
	start, err := g.startTime(time.Now())
	if err != nil {
		return usageError{err}
	}
	generator, err := genai.New(genai.Options{Seed: g.seed, Dialects: g.dialects, Start: start, Step: time.Second})
	if err != nil {
		return usageError{fmt.Errorf("--dialects: %w", err)}
	}
	out, finish, err := g.open(cmd.OutOrStdout())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, finish()) }()
	truth, err := g.deliver(cmd.Context(), cmd.ErrOrStderr(), generator, out)
	if err != nil {
		return err
	}
	return g.writeTruth(truth)
}

// startTime puts the first call so far back that the last is about now.
func (g *generate) startTime(now time.Time) (time.Time, error) {
	if g.start == "" {
		return now.Add(-time.Duration(g.calls) * time.Second), nil
	}
	t, err := time.Parse(time.RFC3339, g.start)
	if err != nil {
		return t, fmt.Errorf("--start is %q: it must be a time such as 2026-11-23T12:00:00Z", g.start)
	}
	return t, nil
}

// open returns where to deliver to, and what to do at the end.
func (g *generate) open(stdout io.Writer) (sink, func() error, error) {
	if g.output == "" {
		client, err := otlphttp.NewClient(g.endpoint)
		if err != nil {
			return nil, nil, usageError{fmt.Errorf("--endpoint: %w", err)}
		}
		return client.Send, func() error { return nil }, nil
	}
	file, closeFile := stdout, func() error { return nil }
	if g.output != "-" {
		f, err := os.Create(g.output)
		if err != nil {
			return nil, nil, fmt.Errorf("--output: %w", err)
		}
		file, closeFile = f, f.Close
	}
	w := bufio.NewWriter(file)
	var encoder ptrace.JSONMarshaler
	write := func(_ context.Context, traces ptrace.Traces) error {
		b, err := encoder.MarshalTraces(traces)
		if err != nil {
			return err
		}
		_, err = w.Write(append(b, '\n'))
		return err
	}
	return write, func() error { return errors.Join(w.Flush(), closeFile()) }, nil
}

func (g *generate) deliver(ctx context.Context, log io.Writer, generator *genai.Generator, out sink) (genai.Truth, error) {
	truth := genai.Truth{Seed: g.seed}
	task := progress.Start(log, "Generating calls", int64(g.calls))
	defer task.Fail()
	began, calls := time.Now(), 0
	for calls < g.calls {
		if err := g.waitTurn(ctx, began, calls); err != nil {
			return truth, err
		}
		trace := g.next(generator)
		if err := out(ctx, trace.Traces); err != nil {
			return truth, err
		}
		truth.Spans = append(truth.Spans, trace.Spans...)
		calls += trace.Calls()
		task.Set(int64(calls))
	}
	task.Done(fmt.Sprintf("%d calls", calls))
	return truth, nil
}

func (g *generate) next(generator *genai.Generator) genai.Trace {
	if g.actions {
		return generator.NextAction().Trace
	}
	return generator.Next()
}

// waitTurn waits until the next call may go at the rate wanted.
func (g *generate) waitTurn(ctx context.Context, began time.Time, calls int) error {
	if g.rate == 0 {
		return ctx.Err()
	}
	due := began.Add(time.Duration(float64(calls) / g.rate * float64(time.Second)))
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Until(due)):
		return nil
	}
}

func (g *generate) writeTruth(truth genai.Truth) error {
	if g.truth == "" {
		return nil
	}
	b, err := json.MarshalIndent(truth, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(g.truth, append(b, '\n'), 0o644); err != nil {
		return fmt.Errorf("--truth: %w", err)
	}
	return nil
}
