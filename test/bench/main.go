// Command bench measures what pricing costs, beside the stock processors that could
// write a price too, and prints it as tables: first each processor by itself, then
// a whole Collector with and without token_cost.
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
	if err := o.processors(ctx, w); err != nil {
		return err
	}
	if o.collector == "" {
		return nil
	}
	fmt.Fprintln(w)
	return o.collectors(ctx, w)
}

// processors measures the subjects by turns, so that what disturbs the machine for
// a while disturbs all of them.
func (o *options) processors(ctx context.Context, w io.Writer) error {
	testing.Init() // the benchmarks of package testing read its flags
	if err := flag.Set("test.benchtime", o.benchtime.String()); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	list, err := subject.New(ctx, dir)
	if err != nil {
		return err
	}
	defer list.Close()
	task := progress.Start(os.Stderr, "Measuring processors", int64(o.rounds*len(list.Subjects)))
	defer task.Fail()
	series := make([]measure.Series, len(list.Subjects))
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
	fmt.Fprintln(w, processorTable(list.Subjects, series))
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
