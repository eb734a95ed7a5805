// Command bench measures what pricing and counting cost, beside the stock
// components that could do a part of it too, and prints it as tables: each
// processor by itself, each connector, what the connector remembers, and then a
// whole Collector with and without token_cost.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"testing"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/progress"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/collector"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/measure"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/subject"
)

type options struct {
	rounds    int
	benchtime time.Duration
	collector string
	load      time.Duration
}

func main() {
	var o options
	f := flag.NewFlagSet("bench", flag.ExitOnError)
	f.IntVar(&o.rounds, "rounds", 7, "how often each figure is measured; the tables show medians")
	f.DurationVar(&o.benchtime, "benchtime", 100*time.Millisecond, "how long a processor is measured in a round")
	f.StringVar(&o.collector, "collector", "", "binary of the Collector to measure; without it only processors are")
	f.DurationVar(&o.load, "load", 3*time.Second, "how long a Collector is measured in a round")
	_ = f.Parse(os.Args[1:])
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := o.run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (o *options) run(ctx context.Context, w io.Writer) error {
	if o.rounds < 1 {
		return fmt.Errorf("-rounds is %d: it must be at least 1", o.rounds)
	}
	fmt.Fprintln(w, machine())
	fmt.Fprintln(w)
	for _, part := range []func(context.Context, io.Writer) error{o.processors, o.connectors, o.memory} {
		if err := part(ctx, w); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	if o.collector == "" {
		return nil
	}
	return o.collectors(ctx, w)
}

// processors measures each processor by itself, and connectors each connector.
func (o *options) processors(ctx context.Context, w io.Writer) error {
	return o.subjects(ctx, w, "Measuring processors", subject.New, processorTable)
}

func (o *options) connectors(ctx context.Context, w io.Writer) error {
	return o.subjects(ctx, w, "Measuring connectors", subject.NewConnectors, connectorTable)
}

// subjects measures subjects by turns, so that what disturbs the machine for a
// while disturbs all of them.
func (o *options) subjects(
	ctx context.Context, w io.Writer, what string, make func(context.Context, string) (*subject.List, error), table func([]*subject.Subject, []measure.Series) string,
) error {
	testing.Init() // the benchmarks of package testing read its flags
	if err := flag.Set("test.benchtime", o.benchtime.String()); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	list, err := make(ctx, dir)
	if err != nil {
		return err
	}
	defer list.Close()
	task := progress.Start(os.Stderr, what, int64(o.rounds*len(list.Subjects)))
	defer task.Fail()
	var series []measure.Series
	for range list.Subjects {
		series = append(series, nil)
	}
	for range o.rounds {
		for i, s := range list.Subjects {
			if err := ctx.Err(); err != nil {
				return err
			}
			task.Note(s.Name)
			sample, err := measure.Once(s)
			if err != nil {
				return err
			}
			series[i] = append(series[i], sample)
			task.Add(1)
		}
	}
	task.Done("done")
	fmt.Fprintln(w, table(list.Subjects, series))
	return nil
}

// memory measures what the connector remembers of label values and traces that
// never come again.
func (o *options) memory(ctx context.Context, w io.Writer) error {
	task := progress.Start(os.Stderr, "Measuring memory", int64(len(memory.Scenarios())))
	defer task.Fail()
	var reports []memory.Report
	for _, s := range memory.Scenarios() {
		task.Note(s.Name)
		report, err := s.Run(ctx, 1_000_000)
		if err != nil {
			return err
		}
		reports = append(reports, report)
		task.Add(1)
	}
	task.Done("done")
	fmt.Fprintln(w, memoryTable(reports))
	return nil
}

// collectors measures whole Collectors.
func (o *options) collectors(ctx context.Context, w io.Writer) error {
	scenarios, err := collector.Scenarios()
	if err != nil {
		return err
	}
	task := progress.Start(os.Stderr, "Measuring the Collector", int64(o.rounds*len(scenarios)))
	defer task.Fail()
	var reports []collector.Report
	for _, s := range scenarios {
		task.Note(s.Name)
		report, err := s.Run(ctx, o.collector, o.rounds, o.load, func() { task.Add(1) })
		if err != nil {
			return err
		}
		reports = append(reports, report)
	}
	task.Done("done")
	fmt.Fprintln(w, collectorTable(reports))
	return nil
}
