package subject

import (
	"context"
	"fmt"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/attributesprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/processor/tokencostprocessor"
)

// running is a started processor or connector before a consumer that does nothing.
type running struct {
	processor.Traces
	stop func() error
}

// run creates a processor as the Collector does: by its factory, from YAML, with
// metrics that are really recorded.
func run(ctx context.Context, factory processor.Factory, config string) (*running, error) {
	cfg, err := configuration(factory, config)
	if err != nil {
		return nil, err
	}
	metrics := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	set := processortest.NewNopSettings(factory.Type())
	set.MeterProvider = metrics
	p, err := factory.CreateTraces(ctx, set, cfg, consumertest.NewNop())
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", factory.Type(), err)
	}
	return start(ctx, factory, p, metrics)
}

// start starts a component that takes traces.
func start(ctx context.Context, factory component.Factory, p processor.Traces, metrics *sdkmetric.MeterProvider) (*running, error) {
	if err := p.Start(ctx, componenttest.NewNopHost()); err != nil {
		return nil, fmt.Errorf("start %s: %w", factory.Type(), err)
	}
	return &running{p, func() error {
		if err := p.Shutdown(ctx); err != nil {
			return err
		}
		return metrics.Shutdown(ctx)
	}}, nil
}

// configuration reads YAML as the Collector does.
func configuration(factory component.Factory, config string) (component.Config, error) {
	var text map[string]any
	if err := yaml.Unmarshal([]byte(config), &text); err != nil {
		return nil, fmt.Errorf("configuration of %s: %w", factory.Type(), err)
	}
	cfg := factory.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(text).Unmarshal(cfg); err != nil {
		return nil, fmt.Errorf("configuration of %s: %w", factory.Type(), err)
	}
	if v, ok := cfg.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return nil, fmt.Errorf("configuration of %s: %w", factory.Type(), err)
		}
	}
	return cfg, nil
}

func tokenCost() processor.Factory  { return tokencostprocessor.NewFactory() }
func attributes() processor.Factory { return attributesprocessor.NewFactory() }
func transform() processor.Factory  { return transformprocessor.NewFactory() }

// byHand is a processor around a function: what the Collector's helper for
// processors costs, and what pdata costs, without any processor's work.
func byHand(work func(ptrace.Traces)) processor.Factory {
	create := func(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
		return processorhelper.NewTraces(ctx, set, cfg, next, func(_ context.Context, td ptrace.Traces) (ptrace.Traces, error) {
			work(td)
			return td, nil
		}, processorhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}))
	}
	return processor.NewFactory(component.MustNewType("by_hand"), func() component.Config { return &struct{}{} },
		processor.WithTraces(create, component.StabilityLevelDevelopment))
}
