// Package tokencostprocessor attaches to each GenAI call what it cost. It is
// the component around package pricer: factory, configuration, lifecycle, and
// the processor's own metrics and health.
package tokencostprocessor

//go:generate mdatagen metadata.yaml
