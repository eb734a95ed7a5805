package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/recorder"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlpfile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/progress"
)

// source opens the ledger, or makes one of the files.
func (r *reporting) source(cmd *cobra.Command, t *tool, files []string) (ledger.Store, error) {
	priced := cmd.Flags().Changed("config") || cmd.Flags().Changed("book") || cmd.Flags().Changed("no-builtin")
	switch {
	case len(files) > 0 && r.chosen.dsn != "":
		return nil, misuse(cmd, "name a ledger or files, not both")
	case len(files) == 0 && r.chosen.none():
		return nil, misuse(cmd, "needs --ledger DSN, such as sqlite:///var/lib/otelcol/ledger.db, or $%s, or FILEs of OTLP JSON; - is standard input", ledgerVariable)
	case len(files) == 0 && priced:
		return nil, misuse(cmd, "--config, --book and --no-builtin price files; what a ledger holds is priced: see tokencost reprice")
	case len(files) == 0:
		return r.chosen.read(cmd)
	}
	p, keys, err := r.pricing.open(cmd)
	if err != nil {
		return nil, err
	}
	return t.recordFiles(cmd.Context(), p, keys, files)
}

// manyBytes is from which size of files on a person wants to see how far the work is.
const manyBytes = 64 << 20

// recordFiles prices files and records their calls in memory.
func (t *tool) recordFiles(ctx context.Context, p *pricer.Pricer, keys *attrkey.Written, files []string) (ledger.Store, error) {
	store := memory.New()
	rec := recorder.New(recorder.Options{Prefix: strings.TrimSuffix(keys.Prefix, ".")})
	task := startIfLarge(t, files)
	metrics, lost := 0, 0
	var became ledger.Outcome
	visit := explained(keys)
	err := t.requests(ctx, files, func(request *otlpfile.Request) error {
		priceRequest(ctx, p, request, visit, nil)
		if request.HasMetrics() {
			metrics++
		}
		var rows []*ledger.Row
		add := func(made []*ledger.Row, stats recorder.Stats) {
			rows = append(rows, made...)
			lost += stats.OutOfRange
		}
		if request.HasTraces() {
			add(rec.Traces(request.Traces))
		}
		if request.HasLogs() {
			add(rec.Logs(request.Logs))
		}
		if task != nil {
			task.Add(int64(len(rows)))
		}
		out, err := store.Write(ctx, rows)
		became.Duplicates += out.Duplicates
		became.Versions += out.Versions
		return err
	})
	if task != nil {
		task.Done("priced")
	}
	if metrics > 0 {
		fmt.Fprintf(t.Err, "tokencost: left out the metrics of %s: a report is of calls\n", plural(metrics, "request"))
	}
	if became.Duplicates > 0 {
		fmt.Fprintf(t.Err, "tokencost: left out %s seen twice\n", plural(became.Duplicates, "call"))
	}
	if became.Versions > 0 {
		fmt.Fprintf(t.Err, "tokencost: saw %s again with another cost, or other facts; the last counts\n", plural(became.Versions, "call"))
	}
	if lost > 0 {
		err = errors.Join(err, fmt.Errorf("left out %s that cost more than a ledger holds for one", plural(lost, "call")))
	}
	return store, err
}

// explained writes what each cost was calculated from, which tells the recorder
// the usage as it was read.
func explained(keys *attrkey.Written) func(*pricer.Visited) {
	var text []byte
	return func(v *pricer.Visited) {
		if _, ok := v.Attributes.Get(keys.Calculation); ok || v.Group != nil {
			return
		}
		result := v.Result
		if result == nil { // an earlier result was kept, and its price is not known
			result = &engine.Result{}
		}
		text = calculation.Append(text[:0], v.Call, result)
		v.Attributes.PutStr(keys.Calculation, string(text))
	}
}

// startIfLarge shows a task of an unknown number of calls, if there is much to read.
func startIfLarge(t *tool, files []string) *progress.Task {
	var size int64
	for _, name := range files {
		if info, err := os.Stat(name); err == nil {
			size += info.Size()
		}
	}
	if size < manyBytes {
		return nil
	}
	task := progress.Start(t.Err, "Pricing", 0)
	task.Note("calls")
	return task
}
