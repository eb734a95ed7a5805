package pricer

import (
	"fmt"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
)

// reader compiles the settings of usage: and signals:.
func (c *Config) reader() (*dialect.Reader, error) {
	o := c.Usage.options()
	o.Counted = c.EstimateTokens == Missing
	for _, s := range c.Signals {
		signal, err := dialect.ParseSignal(s.Signal)
		if err != nil {
			return nil, fmt.Errorf("signals: %w", err)
		}
		o.Signals = append(o.Signals, dialect.SignalRule{Dialect: s.Dialect, Scope: s.Scope, Service: s.Service, Signal: signal})
	}
	return dialect.NewReader(o)
}

// Reader compiles the settings of usage: alone.
func (c *UsageConfig) Reader() (*dialect.Reader, error) { return dialect.NewReader(c.options()) }

// options are the settings of usage: as the reader takes them.
func (c *UsageConfig) options() dialect.Options {
	o := dialect.Options{}
	switch c.AmbiguousInput {
	case Exclusive:
		o.AmbiguousInput = dialect.AmbiguousExclusive
	case "unpriced":
		o.AmbiguousInput = dialect.AmbiguousUnpriced
	}
	switch c.Blobs {
	case "content":
		o.Blobs = dialect.BlobsContent
	case Off:
		o.Blobs = dialect.BlobsOff
	}
	for _, r := range c.Rules {
		o.Rules = append(o.Rules, dialect.Rule{Scope: r.Scope, Versions: r.Versions, Provider: r.Provider, Input: side(r.Input), Output: side(r.Output)})
	}
	return o
}

// side reads inclusive or exclusive; RuleConfig.Validate refuses other words.
func side(word string) call.Side {
	switch word {
	case Inclusive:
		return call.Inclusive
	case Exclusive:
		return call.Exclusive
	}
	return call.SideUnknown
}
