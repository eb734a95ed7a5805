// Package metrics tests cost metrics as people use them: generated calls with a
// known truth go through the built distribution, with the configuration of
// examples/prometheus-grafana, into a real Prometheus, and every query of the
// dashboards and rules is held to that truth. Run by make e2e-metrics.
package metrics
