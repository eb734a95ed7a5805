// Package otlpfile reads export requests of OTLP JSON from a stream and writes
// them back: one object a request, one or many in a stream, plain or gzipped,
// of any signal. It knows the envelope only; what is in a request is the
// business of others.
package otlpfile

import (
	"bytes"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Request is one export request. An object can hold more than one signal.
type Request struct {
	Line    int // of the stream, where the object begins; 1-based
	Traces  ptrace.Traces
	Logs    plog.Logs
	Metrics pmetric.Metrics

	signals signals
}

// signals is a set of signals.
type signals uint8

const (
	traces signals = 1 << iota
	logs
	metrics
)

// signalOf tells the signal by the key that holds it. pdata accepts the
// spelling of protocol buffers too.
var signalOf = map[string]signals{
	"resourceSpans": traces, "resource_spans": traces,
	"resourceLogs": logs, "resource_logs": logs,
	"resourceMetrics": metrics, "resource_metrics": metrics,
}

// HasTraces, HasLogs and HasMetrics tell which of the fields are set.
func (r *Request) HasTraces() bool { return r.signals&traces != 0 }

// HasLogs tells whether Logs is set.
func (r *Request) HasLogs() bool { return r.signals&logs != 0 }

// HasMetrics tells whether Metrics is set.
func (r *Request) HasMetrics() bool { return r.signals&metrics != 0 }

// errSignal says what an object must hold.
var errSignal = errors.New("is no OTLP request: it has none of the keys resourceSpans, resourceLogs and resourceMetrics")

// parse reads the signals of an object whose keys were found.
func parse(obj []byte, keys signals, empty bool) (*Request, error) {
	if keys == 0 && !empty {
		return nil, errSignal
	}
	r := &Request{signals: keys}
	var err error
	if r.HasTraces() {
		if r.Traces, err = (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(obj); err != nil {
			return nil, unread(obj, "traces", err)
		}
	}
	if r.HasLogs() {
		if r.Logs, err = (&plog.JSONUnmarshaler{}).UnmarshalLogs(obj); err != nil {
			return nil, unread(obj, "logs", err)
		}
	}
	if r.HasMetrics() {
		if r.Metrics, err = (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(obj); err != nil {
			return nil, unread(obj, "metrics", err)
		}
	}
	return r, nil
}

// MarshalJSON writes the request as one line of OTLP JSON without a line end.
func (r *Request) MarshalJSON() ([]byte, error) {
	var parts [][]byte
	add := func(b []byte, err error) error {
		parts = append(parts, b)
		return err
	}
	var errs []error
	if r.HasTraces() {
		errs = append(errs, add((&ptrace.JSONMarshaler{}).MarshalTraces(r.Traces)))
	}
	if r.HasLogs() {
		errs = append(errs, add((&plog.JSONMarshaler{}).MarshalLogs(r.Logs)))
	}
	if r.HasMetrics() {
		errs = append(errs, add((&pmetric.JSONMarshaler{}).MarshalMetrics(r.Metrics)))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("write OTLP JSON: %w", err)
	}
	return merge(parts), nil
}

// merge makes one object of several.
func merge(objects [][]byte) []byte {
	if len(objects) == 1 {
		return objects[0]
	}
	var fields [][]byte
	for _, o := range objects {
		if inner := bytes.TrimSpace(o[1 : len(o)-1]); len(inner) > 0 {
			fields = append(fields, inner)
		}
	}
	return append(append([]byte("{"), bytes.Join(fields, []byte(","))...), '}')
}
