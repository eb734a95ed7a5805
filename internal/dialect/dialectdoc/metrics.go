package main

import (
	"fmt"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
)

const metricsHead = `## Metrics

Points of a scope that differ in nothing but what tells the type of token or its modality, and have the same time, are one usage: the sum over the calls of an
interval. Token types that overlap, such as a total, cached input or audio, are never added up. Points of several metrics that tell a usage together
belong together if their times are within a second, because some SDKs read the clock for each. Where the metrics of a scope repeat each other, those that tell
most are priced: a dialect's own, then ` + "`gen_ai.client.inference.usage.*`, `gen_ai.client.inference.operation.*`, `gen_ai.client.token.usage`" + `. A metric that was
scraped is known by the name that Prometheus makes of it, and its attributes likewise. Sums, histograms and exponential histograms are read, cumulative
and delta; gauges, summaries and sums that can fall are not priced (` + "`metric_not_additive`" + `). A cost beside a usage, with the same attributes, is its reported cost.

Metrics are priced only where a dialect's calls are priced in metrics: by default they are in the signal that tells most, and ` + "`signals:`" + ` in the configuration
changes which.

`

// writeMetrics writes the metrics of a dialect, and where its calls are priced.
func writeMetrics(b *strings.Builder, rows []dialect.MetricDescription, name string) {
	var parts []string
	for _, r := range rows {
		if r.Dialect != name {
			continue
		}
		text := "`" + r.Name + "` (" + r.Counts
		if r.By != "" {
			text += " by `" + r.By + "`"
		}
		if r.Repeats {
			text += "; repeats another, not priced"
		}
		parts = append(parts, text+")")
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "Metrics read: %s.\n\n", strings.Join(parts, ", "))
	}
	if signal := dialect.SignalOf(name); signal != dialect.Traces {
		fmt.Fprintf(b, "Calls are priced in %s.\n\n", signal)
	}
}
