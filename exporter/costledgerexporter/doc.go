// Package costledgerexporter keeps a durable record of what each call cost. It
// is the component around package ledger: factory, configuration, lifecycle,
// upkeep, and the exporter's own metrics.
package costledgerexporter

//go:generate mdatagen metadata.yaml
