package pricer

import (
	"fmt"

	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attribution"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
)

// AttributionConfig says what calls are attributed to. A section for a dimension
// reads it; without one it is not read.
type AttributionConfig struct {
	Team     configoptional.Optional[DimensionConfig] `mapstructure:"team"`
	Feature  configoptional.Optional[DimensionConfig] `mapstructure:"feature"`
	Customer configoptional.Optional[DimensionConfig] `mapstructure:"customer"`
	User     configoptional.Optional[DimensionConfig] `mapstructure:"user"`
	Session  configoptional.Optional[DimensionConfig] `mapstructure:"session"`
	Agent    configoptional.Optional[DimensionConfig] `mapstructure:"agent"`
	// HashKey is the secret of hashes. It is never printed.
	HashKey configopaque.String `mapstructure:"hash_key"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// DimensionConfig says how a dimension is read.
type DimensionConfig struct {
	// From lists attributes to read instead of the default keys; the first that is there counts.
	From []string `mapstructure:"from"`
	// Hash is whether a keyed hash is written instead of the value.
	Hash bool `mapstructure:"hash"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// defaultAttribution reads nothing, and reads a dimension from its default keys
// once its section is there, with or without content.
func defaultAttribution() AttributionConfig {
	dimension := configoptional.Default(DimensionConfig{})
	return AttributionConfig{Team: dimension, Feature: dimension, Customer: dimension, User: dimension, Session: dimension, Agent: dimension}
}

// dimensions are the sections in the order of package attribution.
func (c *AttributionConfig) dimensions() [attribution.NumDimensions]*configoptional.Optional[DimensionConfig] {
	return [...]*configoptional.Optional[DimensionConfig]{
		attribution.Team: &c.Team, attribution.Feature: &c.Feature, attribution.Customer: &c.Customer,
		attribution.User: &c.User, attribution.Session: &c.Session, attribution.Agent: &c.Agent,
	}
}

// reader compiles the settings. It is nil if nothing is read.
func (c *AttributionConfig) reader(keys *attrkey.Written) (*attribution.Reader, error) {
	o := attribution.Options{HashKey: string(c.HashKey), Keys: keys}
	for d, section := range c.dimensions() {
		if s := section.Get(); s != nil {
			o.Dimensions[d] = &attribution.Setting{From: s.From, Hash: s.Hash}
		}
	}
	r, err := attribution.New(o)
	if err != nil {
		return nil, fmt.Errorf("attribution: %w", err)
	}
	return r, nil
}

// find reads what a call is attributed to, and returns how many attributes that
// will be.
func (b *batch) find(attrs pcommon.Map, at *subject) int {
	if b.p.who == nil {
		return 0
	}
	b.p.who.Find(attrs, at.resource().Attributes(), &b.s.found)
	return b.s.found.Len()
}

// attribute writes the n attributes that find found. Those that an earlier
// result carries are kept.
func (b *batch) attribute(attrs pcommon.Map, n int) {
	if n > 0 {
		attrs.EnsureCapacity(attrs.Len() + n)
		b.p.who.Write(&b.s.found, attrs)
	}
}
