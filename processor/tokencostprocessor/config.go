package tokencostprocessor

import (
	"go.opentelemetry.io/collector/component"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// Config is the configuration of the processor. Its fields are documented in
// the README, and shared with the command line.
type Config = pricer.Config

var _ component.Config = (*Config)(nil)

func createDefaultConfig() component.Config { return pricer.DefaultConfig() }
