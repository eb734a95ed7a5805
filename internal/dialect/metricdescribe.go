package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// MetricDescription is a metric that is read, for documentation.
type MetricDescription struct {
	Dialect, Name string
	Counts        string // what its points count, or are in the case of a cost
	By            string // key of the attribute that tells the token type, if the metric does not
	Repeats       bool   // another metric of the dialect counts the same, and more
}

// MetricDescriptions lists the metrics that are read, dialect by dialect.
func MetricDescriptions() []MetricDescription {
	var all []MetricDescription
	for _, d := range registry {
		for i := range d.metrics {
			m := &d.metrics[i]
			out := MetricDescription{Dialect: d.name, Name: m.name, Repeats: m.again}
			switch {
			case m.unit != call.NoCost:
				out.Counts = costNames[m.unit]
			case m.what == byType:
				out.Counts, out.By = "tokens", m.by
				if m.by == "" || m.own {
					out.By = keyTokenType
				}
			default:
				out.Counts = countNames[m.what]
			}
			all = append(all, out)
		}
	}
	return all
}

var costNames = [...]string{call.USD: "cost in USD", call.MicroUSD: "cost in millionths of USD", call.Credits: "cost in a unit of its own"}

var countNames = map[number]string{input: "input", output: "output", cacheRead: "cache reads", cacheWrite: "cache writes", reasoning: "reasoning"}

// SignalOf returns the signal in which the calls of a dialect are priced, unless
// the configuration says otherwise.
func SignalOf(name string) Signal {
	for _, d := range registry {
		if d.name == name {
			return d.signal
		}
	}
	return Traces
}
