package pricer

import (
	"context"
	"fmt"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottldatapoint"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottllog"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottlspan"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/ottlfuncs"
	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
)

// condition selects calls: any of its OTTL conditions that holds does, and
// without conditions every call is selected. Each is compiled for every signal
// that understands it. Paths of resource and scope mean the same in all, and
// attributes["x"] those of the span, log record or data point. One with a path
// that a signal does not have holds for nothing of it.
type condition struct {
	all    bool
	spans  *ottl.ConditionSequence[*ottlspan.TransformContext]
	logs   *ottl.ConditionSequence[*ottllog.TransformContext]
	points *ottl.ConditionSequence[*ottldatapoint.TransformContext]
}

var (
	settings  = component.TelemetrySettings{Logger: zap.NewNop()}
	errorMode = ottl.IgnoreError // one that cannot be evaluated, as on an attribute of another type, does not hold
)

// parseConditions compiles OTTL conditions. One that no signal understands is
// an error; it tells what is wrong with it as a condition on spans.
func parseConditions(texts []string) (condition, error) {
	if len(texts) == 0 {
		return condition{all: true}, nil
	}
	var c condition
	spans, spanErrs := compile(texts, ottlspan.ContextName, ottlspan.NewParser, ottlfuncs.StandardConverters[*ottlspan.TransformContext](), ottlspan.EnablePathContextNames())
	logs, logErrs := compile(texts, ottllog.ContextName, ottllog.NewParser, ottlfuncs.StandardConverters[*ottllog.TransformContext](), ottllog.EnablePathContextNames())
	points, pointErrs := compile(texts, ottldatapoint.ContextName, ottldatapoint.NewParser, ottlfuncs.StandardConverters[*ottldatapoint.TransformContext](), ottldatapoint.EnablePathContextNames())
	for i, text := range texts {
		if spanErrs[i] != nil && logErrs[i] != nil && pointErrs[i] != nil {
			return condition{}, fmt.Errorf("%q is not valid OTTL: %w", text, spanErrs[i])
		}
	}
	if len(spans) > 0 {
		seq := ottlspan.NewConditionSequence(spans, settings, ottlspan.WithConditionSequenceErrorMode(errorMode))
		c.spans = &seq
	}
	if len(logs) > 0 {
		seq := ottllog.NewConditionSequence(logs, settings, ottllog.WithConditionSequenceErrorMode(errorMode))
		c.logs = &seq
	}
	if len(points) > 0 {
		seq := ottldatapoint.NewConditionSequence(points, settings, ottldatapoint.WithConditionSequenceErrorMode(errorMode))
		c.points = &seq
	}
	return c, nil
}

type conditionList []string

// GetConditions makes the list an ottl.ConditionsGetter.
func (l conditionList) GetConditions() []string { return l }

// compile compiles each condition for one signal, and returns the errors in the
// places of those that the signal does not understand.
func compile[K any, O any](texts []string, signal string, newParser func(map[string]ottl.Factory[K], component.TelemetrySettings, ...O) (ottl.Parser[K], error), functions map[string]ottl.Factory[K], options ...O) (parsed []*ottl.Condition[K], errs []error) {
	errs = make([]error, len(texts))
	for i, text := range texts {
		one, err := compileOne(text, signal, newParser, functions, options)
		parsed = append(parsed, one...)
		errs[i] = err
	}
	return parsed, errs
}

func compileOne[K any, O any](text, signal string, newParser func(map[string]ottl.Factory[K], component.TelemetrySettings, ...O) (ottl.Parser[K], error), functions map[string]ottl.Factory[K], options []O) ([]*ottl.Condition[K], error) {
	parser, err := newParser(functions, settings, options...)
	if err != nil {
		return nil, err
	}
	asParsed := func(_ *ottl.ParserCollection[[]*ottl.Condition[K]], _ ottl.ConditionsGetter, parsed []*ottl.Condition[K]) ([]*ottl.Condition[K], error) {
		return parsed, nil
	}
	collection, err := ottl.NewParserCollection(settings, ottl.WithParserCollectionContext(signal, &parser, ottl.WithConditionConverter(asParsed)))
	if err != nil {
		return nil, err
	}
	return collection.ParseConditionsWithContext(signal, conditionList{text}, true)
}

// holds tells whether the call that stands there is selected.
func (c *condition) holds(ctx context.Context, s *subject) bool {
	if c.all {
		return true
	}
	var ok bool
	var err error
	switch {
	case s.signal == dialect.Traces && c.spans != nil:
		tc := ottlspan.NewTransformContext(s.traces, s.spans, s.span)
		ok, err = c.spans.Eval(ctx, tc)
		tc.Close()
	case s.signal == dialect.Logs && c.logs != nil:
		tc := ottllog.NewTransformContext(s.logs, s.records, s.record)
		ok, err = c.logs.Eval(ctx, tc)
		tc.Close()
	case s.signal == dialect.Metrics && c.points != nil:
		tc := ottldatapoint.NewTransformContext(s.metrics, s.meters, s.metric, s.point)
		ok, err = c.points.Eval(ctx, tc)
		tc.Close()
	}
	return err == nil && ok
}
