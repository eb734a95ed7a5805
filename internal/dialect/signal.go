package dialect

import (
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/glob"
)

// Signal is a kind of telemetry. Many emitters tell of one call in several of
// them; it is priced in one. Which one is a property of the dialect, or of the
// configuration, never of what else happens to arrive: so the same span comes
// out alike wherever it is priced.
type Signal uint8

// The signals. Most emitters tell most on spans.
const (
	Traces Signal = iota
	Logs
	Metrics
)

var signalNames = [...]string{Traces: "traces", Logs: "logs", Metrics: "metrics"}

// String returns the name as configuration spells it.
func (s Signal) String() string { return signalNames[s] }

// ParseSignal reads "traces", "logs" or "metrics".
func ParseSignal(name string) (Signal, error) {
	if i := slices.Index(signalNames[:], name); i >= 0 {
		return Signal(i), nil
	}
	return 0, fmt.Errorf("%w: signal %q is not traces, logs or metrics", ErrOption, name)
}

// SignalRule says in which signal some calls are priced. Patterns may hold "*"
// for any run of characters; an empty one fits everything.
type SignalRule struct {
	Dialect string // name of a dialect
	Scope   string // pattern for the name of the instrumentation scope
	Service string // pattern for service.name of the resource
	Signal  Signal
}

// check tells whether the rule can ever fit.
func (r SignalRule) check() error {
	if r.Dialect != "" && !Known(r.Dialect) {
		return fmt.Errorf("%w: dialect %q of a rule for signals is not known; use one of %v", ErrOption, r.Dialect, Names())
	}
	if r.Signal > Metrics {
		return fmt.Errorf("%w: signal %d is not traces, logs or metrics", ErrOption, r.Signal)
	}
	return nil
}

// Known tells whether a pattern fits the name of any dialect.
func Known(pattern string) bool {
	return slices.ContainsFunc(registry, func(d *dialect) bool { return glob.Match(pattern, d.name) })
}

// Names lists the dialects.
func Names() []string {
	names := make([]string, 0, len(registry))
	for _, d := range registry {
		names = append(names, d.name)
	}
	return names
}

// signalRules puts the rules that fit a scope and its resource in the scope.
func (r *Reader) signalRules(sc *Scope, scope string, resource pcommon.Map) {
	sc.signals = sc.signals[:0]
	for i := range r.signals {
		rule := &r.signals[i]
		if rule.Scope != "" && !glob.Match(rule.Scope, scope) {
			continue
		}
		if rule.Service != "" {
			v, ok := resource.Get(attrkey.ServiceName)
			if !ok || !glob.Match(rule.Service, v.AsString()) {
				continue
			}
		}
		sc.signals = append(sc.signals, rule)
	}
}

// Signal returns the signal in which calls of a dialect under this scope are
// priced.
func (sc *Scope) Signal(dialect string) Signal {
	for _, rule := range sc.signals {
		if rule.Dialect == "" || glob.Match(rule.Dialect, dialect) {
			return rule.Signal
		}
	}
	return SignalOf(dialect)
}

// signalOf is Signal of a dialect that was found already.
func (sc *Scope) signalOf(d *dialect) Signal {
	if len(sc.signals) == 0 {
		return d.signal
	}
	return sc.Signal(d.name)
}
