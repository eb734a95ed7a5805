package pricer

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottlspan"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/ottlfuncs"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// condition selects spans. Without OTTL conditions it selects every one.
type condition struct {
	seq *ottl.ConditionSequence[*ottlspan.TransformContext]
}

// subject is a span with what surrounds it, as conditions see it.
type subject struct {
	resource ptrace.ResourceSpans
	scope    ptrace.ScopeSpans
	span     ptrace.Span
}

type conditionList []string

// GetConditions makes the list an ottl.ConditionsGetter.
func (l conditionList) GetConditions() []string { return l }

// parseConditions compiles OTTL conditions of the span context. Paths without
// a context, such as attributes["x"], mean the span.
func parseConditions(texts []string) (condition, error) {
	if len(texts) == 0 {
		return condition{}, nil
	}
	settings := component.TelemetrySettings{Logger: zap.NewNop()}
	parser, err := ottlspan.NewParser(ottlfuncs.StandardConverters[*ottlspan.TransformContext](), settings, ottlspan.EnablePathContextNames())
	if err != nil {
		return condition{}, fmt.Errorf("OTTL parser: %w", err)
	}
	convert := func(_ *ottl.ParserCollection[*ottl.ConditionSequence[*ottlspan.TransformContext]], _ ottl.ConditionsGetter, parsed []*ottl.Condition[*ottlspan.TransformContext]) (*ottl.ConditionSequence[*ottlspan.TransformContext], error) {
		seq := ottlspan.NewConditionSequence(parsed, settings, ottlspan.WithConditionSequenceErrorMode(ottl.IgnoreError))
		return &seq, nil
	}
	collection, err := ottl.NewParserCollection(settings,
		ottl.WithParserCollectionContext(ottlspan.ContextName, &parser, ottl.WithConditionConverter(convert)))
	if err != nil {
		return condition{}, fmt.Errorf("OTTL parser: %w", err)
	}
	seq, err := collection.ParseConditionsWithContext(ottlspan.ContextName, conditionList(texts), true)
	if err != nil {
		return condition{}, fmt.Errorf("%q is not valid OTTL: %w", texts, err)
	}
	return condition{seq}, nil
}

// holds tells whether any condition holds. One that cannot be evaluated, as on
// an attribute of another type, does not hold.
func (c condition) holds(ctx context.Context, s *subject) bool {
	if c.seq == nil {
		return true
	}
	tc := ottlspan.NewTransformContext(s.resource, s.scope, s.span)
	defer tc.Close()
	ok, err := c.seq.Eval(ctx, tc)
	return err == nil && ok
}

// overhead is a compiled rule of overhead:.
type overhead struct {
	condition
	alpha money.Factor
	value float64
}

// factor reads the multiplier as the decimal that its shortest notation writes,
// which is what the configuration said.
func (c *OverheadConfig) factor() (money.Factor, error) {
	if math.IsNaN(c.Multiplier) || c.Multiplier <= 0 || c.Multiplier > 1000 {
		return money.Factor{}, fmt.Errorf("%v is not allowed; use a number above 0, up to 1000, such as 1.85", c.Multiplier)
	}
	f, err := money.ParseFactor(strconv.FormatFloat(c.Multiplier, 'f', -1, 64))
	if err != nil {
		return money.Factor{}, fmt.Errorf("%v is not allowed: %w", c.Multiplier, err)
	}
	return f, nil
}
