package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/collector"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/measure"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/subject"
)

// newTable is a table of Markdown that can be read as it is. The columns but the
// first ones and the last are numbers.
func newTable(words int, header ...any) table.Writer {
	t := table.NewWriter()
	t.AppendHeader(header)
	t.Style().Markdown.PadContent = true
	var columns []table.ColumnConfig
	for i := words; i < len(header)-1; i++ {
		columns = append(columns, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	return t
}

// processorTable shows what each subject costs per span.
func processorTable(subjects []*subject.Subject, series []measure.Series) string {
	t := newTable(2, "processor", "spans", "attributes", "written", "ns/span", "fastest … slowest", "B/span", "allocs/span", "target", "met")
	for i, s := range subjects {
		m := series[i].Median()
		low, high := series[i].Spread()
		t.AppendRow(table.Row{
			s.Name, s.Batch.Name, s.Batch.Attributes, s.Writes, number(m.NS), number(low) + " … " + number(high),
			fmt.Sprintf("%.0f", m.Bytes), fmt.Sprintf("%.2f", m.Allocs), target(s.Target), verdict(s.Target, m),
		})
	}
	return t.RenderMarkdown()
}

// connectorTable shows what each connector costs per priced span, with one
// goroutine and with two.
func connectorTable(subjects []*subject.Subject, series []measure.Series) string {
	t := newTable(1, "connector", "series", "goroutines", "ns/span", "fastest … slowest", "times one", "B/span", "allocs/span", "target", "met")
	one := 0.0
	for i, s := range subjects {
		m := series[i].Median()
		low, high := series[i].Spread()
		times := ""
		if s.Goroutines == 1 {
			one = m.NS
		} else {
			times = fmt.Sprintf("%.1f", one/m.NS)
		}
		t.AppendRow(table.Row{
			s.Name, s.Series, s.Goroutines, number(m.NS), number(low) + " … " + number(high), times,
			fmt.Sprintf("%.0f", m.Bytes), fmt.Sprintf("%.2f", m.Allocs), target(s.Target), verdict(s.Target, m),
		})
	}
	return t.RenderMarkdown()
}

// memoryTable shows what is remembered.
func memoryTable(reports []memory.Report) string {
	t := newTable(1, "a million different ones of", "limit", "series", "in overflow", "open", "heap MiB", "bytes for each of the limit", "bound MiB", "within")
	for _, r := range reports {
		within := "yes"
		if r.Heap > r.Bound {
			within = "no"
		}
		t.AppendRow(table.Row{
			r.Name, r.Limit, r.Series, r.Overflow, r.Open, fmt.Sprintf("%.1f", mebibytes(r.Heap)), r.Heap / int64(r.Limit), fmt.Sprintf("%.0f", mebibytes(r.Bound)), within,
		})
	}
	return t.RenderMarkdown()
}

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }

// number prints nanoseconds, with a digit behind the point where it matters.
func number(ns float64) string {
	if ns < 100 {
		return fmt.Sprintf("%.1f", ns)
	}
	return fmt.Sprintf("%.0f", ns)
}

func target(t *subject.Target) string {
	if t == nil {
		return ""
	}
	return fmt.Sprintf("%.0f ns, %.0f allocs", t.NS, t.Allocs)
}

// verdict says whether a target is met, or by how much it is not.
func verdict(t *subject.Target, m measure.Sample) string {
	if t == nil {
		return ""
	}
	var missed []string
	if m.NS > t.NS {
		missed = append(missed, fmt.Sprintf("%.0f ns (%.1f×)", m.NS-t.NS, m.NS/t.NS))
	}
	// What a batch allocates whatever its size is less than one allocation a span.
	if n := math.Floor(m.Allocs) - t.Allocs; n > 0 {
		missed = append(missed, fmt.Sprintf("%.0f allocs", n))
	}
	if len(missed) == 0 {
		return "yes"
	}
	return "missed by " + strings.Join(missed, " and ")
}

// collectorTable shows what token_cost costs a whole Collector.
func collectorTable(reports []collector.Report) string {
	t := newTable(2, "pipeline", "spans", "spans/s without", "spans/s with", "throughput kept", "lowest … highest",
		"CPU µs/span without", "CPU µs/span with", "CPU added", "target", "met")
	for _, r := range reports {
		kept, added := r.Kept(), r.Added()
		met := "yes"
		if kept.Median < collector.Target {
			met = fmt.Sprintf("missed by %.1f points", 100*(collector.Target-kept.Median))
		}
		t.AppendRow(table.Row{
			r.Pipeline, r.Mix, fmt.Sprintf("%.0f", r.Without.SpansPerSecond), fmt.Sprintf("%.0f", r.With.SpansPerSecond),
			percent(kept.Median), percent(kept.Low) + " … " + percent(kept.High),
			fmt.Sprintf("%.2f", r.Without.CPUPerSpan), fmt.Sprintf("%.2f", r.With.CPUPerSpan), percent(added.Median),
			percent(collector.Target), met,
		})
	}
	return t.RenderMarkdown() + "\n\n" + footnotes(reports)
}

func percent(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }

// footnotes say what proves the figures: that the Collectors were the bottleneck,
// and that every call got its verdict.
func footnotes(reports []collector.Report) string {
	var b strings.Builder
	for _, r := range reports {
		fmt.Fprintf(&b, "%s, %s: the Collectors used %.0f %% and %.0f %% of their one processor, the load generator %.0f %% of another; "+
			"%d spans, %d verdicts, as many as expected.\n",
			r.Pipeline, r.Mix, 100*r.Without.Busy, 100*r.With.Busy, 100*r.GeneratorBusy, r.Spans, r.Verdicts)
	}
	return b.String()
}
