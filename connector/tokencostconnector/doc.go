// Package tokencostconnector makes metrics of priced calls: what was spent, on
// how many tokens and calls, and how the cost of calls is distributed. It is
// the component around package series: factory, configuration, lifecycle, and
// the connector's own metrics.
package tokencostconnector

//go:generate mdatagen metadata.yaml
