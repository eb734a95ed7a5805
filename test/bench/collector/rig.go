package collector

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/collectorprocess"
)

// rig is a running Collector, the client that loads it, and its own metrics.
type rig struct {
	process *collectorprocess.Process
	client  *client
	http    string
	metrics string
}

// pipeline is what is between the receiver and the end.
type pipeline struct {
	processors []string
	full       bool
	backend    string // address of the sink
}

// config is a Collector that listens on this machine only.
func (p *pipeline) config(http, metrics string) string {
	processors, exporter := p.processors, "nop"
	if p.full {
		processors, exporter = append([]string{"memory_limiter"}, processors...), "otlp_http"
	}
	host, port, _ := net.SplitHostPort(metrics)
	return fmt.Sprintf(`receivers:
  otlp: {protocols: {http: {endpoint: %q}}}
processors:
  memory_limiter: {check_interval: 1s, limit_mib: 1024}
  token_cost:
exporters:
  nop:
  otlp_http:
    endpoint: http://%s
    sending_queue: {queue_size: 16, num_consumers: 4, block_on_overflow: true} # nothing is lost, and the export counts
service:
  pipelines:
    traces: {receivers: [otlp], processors: [%s], exporters: [%s]}
  telemetry:
    logs: {level: warn}
    metrics: {readers: [{pull: {exporter: {prometheus: {host: %q, port: %s}}}}]}
`, http, p.backend, strings.Join(processors, ", "), exporter, host, port)
}

// newRig starts a Collector with one processor to run on: the generator has the
// other, and cannot be what limits them.
func newRig(ctx context.Context, binary, config string, p pipeline) (*rig, error) {
	http, metrics, err := freeAddresses()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, []byte(p.config(http, metrics)), 0o600); err != nil {
		return nil, err
	}
	process, err := collectorprocess.Start(binary, config, config+".log", "GOMAXPROCS=1")
	if err != nil {
		return nil, err
	}
	r := &rig{process: process, http: http, metrics: metrics}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := process.Ready(ctx, http); err != nil {
		_ = process.Stop()
		return nil, err
	}
	return r, nil
}

func freeAddresses() (http, metrics string, err error) {
	var l [2]net.Listener
	for i := range l {
		if l[i], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return "", "", err
		}
		defer l[i].Close()
	}
	return l[0].Addr().String(), l[1].Addr().String(), nil
}

// load sends requests for some time and measures.
func (r *rig) load(ctx context.Context, requests []request, duration time.Duration) (f Figures, err error) {
	if r.client == nil {
		r.client = newClient(r.http, requests)
	}
	before, err := r.read(ctx)
	if err != nil {
		return f, err
	}
	spans, own, began := r.sentSpans(requests), ownCPU(), time.Now()
	if err := r.client.run(ctx, duration); err != nil {
		return f, err
	}
	wall := time.Since(began).Seconds()
	f.generator = (ownCPU() - own) / wall
	after, err := r.read(ctx)
	if err != nil {
		return f, err
	}
	n := float64(r.sentSpans(requests) - spans)
	cpu := after["otelcol_process_cpu_seconds"] - before["otelcol_process_cpu_seconds"]
	f.SpansPerSecond, f.CPUPerSpan, f.Busy = n/wall, cpu/n*1e6, cpu/wall
	return f, nil
}

func (r *rig) sentSpans(requests []request) (n int64) {
	for i := range requests {
		n += requests[i].spans * r.client.sent[i].Load()
	}
	return n
}

func (r *rig) sentVerdicts(requests []request) (n int64) {
	for i := range requests {
		n += requests[i].verdicts * r.client.sent[i].Load()
	}
	return n
}

// verify compares the Collector's own counts with what was sent.
func (r *rig) verify(ctx context.Context, requests []request, priced bool) error {
	m, err := r.read(ctx)
	if err != nil {
		return err
	}
	want := map[string]int64{"otelcol_receiver_accepted_spans": r.sentSpans(requests)}
	if priced {
		want["otelcol_processor_token_cost_spans"] = r.sentSpans(requests)
		want["otelcol_processor_token_cost_calls"] = r.sentVerdicts(requests)
	}
	for name, n := range want {
		if int64(m[name]) != n {
			return fmt.Errorf("%s is %.0f, not %d", name, m[name], n)
		}
	}
	return nil
}

// ownCPU is the processor time of this process in seconds.
func ownCPU() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
