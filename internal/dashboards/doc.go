// Package dashboards holds the Grafana dashboards of cost metrics: what they
// ask, in PromQL, and how that is shown. It writes them as the JSON files of
// examples/prometheus-grafana. Tests run every query against a real Prometheus
// (test/metrics).
package dashboards

//go:generate go run ./cmd/dashboards -output ../../examples/prometheus-grafana/dashboards
