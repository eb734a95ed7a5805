// Package demo runs the distribution with the quickstart example, sends it
// generated calls, and shows what they cost and why. Then it keeps running, and
// shows the calls that the user's own application sends.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"golang.org/x/term"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/collectorprocess"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlphttp"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedspans"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/progress"
)

// Options say what to run.
type Options struct {
	Collector string // the distribution's binary
	Config    string // examples/quickstart/config.yaml, or one that writes to the same file
	DataDir   string // where the Collector writes; created
	Calls     int
	Seed      uint64
	Once      bool // stop after the table
	Out       io.Writer
}

// pricedFile is the name of the quickstart's output in the data directory.
const pricedFile = "priced-spans.jsonl"

// patience is how long the demo waits without any progress before it gives up.
const patience = 30 * time.Second

// run is a demo under way.
type run struct {
	Options
	collector *collectorprocess.Process
	priced    string // the file that the Collector writes
	file      *pricedspans.Follower
	truth     map[string]*genai.Span // by span id
}

// Run runs the demo until the context ends or, with Once, until the table is printed.
func Run(ctx context.Context, o Options) (err error) {
	if err := checkFree(httpPort, grpcPort, metricsPort); err != nil {
		return err
	}
	if o.DataDir, err = filepath.Abs(o.DataDir); err != nil {
		return err
	}
	if err := os.MkdirAll(o.DataDir, 0o755); err != nil {
		return err
	}
	r := &run{Options: o, priced: filepath.Join(o.DataDir, pricedFile), truth: map[string]*genai.Span{}}
	if r.file, err = pricedspans.Follow(r.priced); err != nil {
		return err
	}
	if r.collector, err = collectorprocess.Start(o.Collector, o.Config, filepath.Join(o.DataDir, "collector.log"), "DATA_DIR="+o.DataDir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.collector.Stop()) }()
	task := progress.Start(o.Out, "Starting the Collector", 0)
	if err := r.collector.Ready(ctx, httpPort.address()); err != nil {
		task.Fail()
		return err
	}
	task.Done("ready")
	return r.show(ctx)
}

func (r *run) show(ctx context.Context) error {
	calls, err := r.send(ctx)
	if err != nil {
		return err
	}
	t, err := r.collect(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "\n%d calls in %d dialects, and what they cost:\n\n", calls, len(genai.Dialects()))
	t.print(r.Out, terminalWidth(r.Out))
	if r.Once {
		return nil
	}
	fmt.Fprintf(r.Out, `
Send your own OTLP to http://%s (HTTP) or %s (gRPC); what is priced appears here.
All spans, with their token_cost.* attributes: %s
The Collector's log: %s
Configuration: %s. Stop with Ctrl-C.

`, httpPort.address(), grpcPort.address(), r.priced, r.collector.LogFile(), r.Config)
	return r.watch(ctx)
}

// terminalWidth is the number of columns, or 0 where there is no terminal.
func terminalWidth(out io.Writer) int {
	if f, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			return width
		}
	}
	return 0
}

// send generates and sends traces until enough calls are on their way.
func (r *run) send(ctx context.Context) (calls int, err error) {
	g, err := genai.New(genai.Options{Seed: r.Seed, Start: time.Now().Add(-10 * time.Minute), Step: time.Second})
	if err != nil {
		return 0, err
	}
	client, err := otlphttp.NewClient("http://" + httpPort.address())
	if err != nil {
		return 0, err
	}
	task := progress.Start(r.Out, "Sending calls", int64(r.Calls))
	defer task.Fail()
	for calls < r.Calls {
		trace := g.Next()
		for i := range trace.Spans {
			r.truth[trace.Spans[i].SpanID] = &trace.Spans[i]
		}
		task.Note(trace.Spans[0].Dialect)
		if err := client.Send(ctx, trace.Traces); err != nil {
			return calls, err
		}
		calls += trace.Calls()
		task.Set(int64(calls))
	}
	task.Done("sent")
	return calls, nil
}

// collect waits until every generated span came back with a verdict.
func (r *run) collect(ctx context.Context) (*tally, error) {
	t, got := &tally{}, map[string]bool{}
	task := progress.Start(r.Out, "Receiving priced spans", int64(len(r.truth)))
	defer task.Fail()
	take := func(v pricedspans.Verdict) {
		if truth := r.truth[v.SpanID]; truth != nil && !got[v.SpanID] {
			got[v.SpanID] = true
			t.add(v, truth)
		}
	}
	last := time.Now()
	for len(got) < len(r.truth) {
		before := len(got)
		if err := r.pause(ctx); err != nil {
			return nil, err
		}
		if err := r.file.Read(func(traces ptrace.Traces) { pricedspans.Verdicts(traces, take) }); err != nil {
			return nil, err
		}
		if task.Set(int64(len(got))); len(got) > before {
			last = time.Now()
		} else if time.Since(last) > patience {
			if len(got) == 0 {
				return nil, fmt.Errorf("no span came back with a verdict within %s; see %s and %s", patience, r.priced, r.collector.LogFile())
			}
			task.Done(fmt.Sprintf("%d of %d spans came back without a verdict or not at all; see %s",
				len(r.truth)-len(got), len(r.truth), r.collector.LogFile()))
			return t, nil
		}
	}
	task.Done("all priced or explained")
	return t, nil
}

// watch prints a line for each priced call of the user's own, until stopped.
func (r *run) watch(ctx context.Context) error {
	for {
		if err := r.pause(ctx); errors.Is(err, context.Canceled) {
			return nil
		} else if err != nil {
			return err
		}
		shown, more := 0, 0
		err := r.file.Read(func(traces ptrace.Traces) {
			pricedspans.Verdicts(traces, func(v pricedspans.Verdict) {
				if shown++; shown <= 20 {
					fmt.Fprintln(r.Out, line(v))
				} else {
					more++
				}
			})
		})
		if err != nil {
			return err
		}
		if more > 0 {
			fmt.Fprintf(r.Out, "… and %d more\n", more)
		}
	}
}

// pause waits for a moment, or tells that there is nothing more to wait for.
func (r *run) pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-r.collector.Exited():
		return r.collector.Failure()
	case <-time.After(200 * time.Millisecond):
		return nil
	}
}

func line(v pricedspans.Verdict) string {
	provider, model := v.Model()
	what := v.Name
	if model != "" {
		what = provider + "/" + model
	}
	s := fmt.Sprintf("%-20s %-40s %-12s", v.Service, what, v.Status)
	if v.HasTotal {
		s += " " + v.Total.String() + " " + v.Currency
	}
	if len(v.Reasons) > 0 {
		s += "  " + words(strings.Join(v.Reasons, ", "))
	}
	return s
}
