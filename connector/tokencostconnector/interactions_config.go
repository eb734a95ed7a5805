package tokencostconnector

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/interaction"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// InteractionsConfig is about the cost of whole user actions.
type InteractionsConfig struct {
	// Enabled makes the metrics of interactions.
	Enabled bool `mapstructure:"enabled"`
	// Window is after how long without a span an interaction is closed whose root span has come.
	Window time.Duration `mapstructure:"window"`
	// RootTimeout is after how long without a span one is closed whose root span has not come.
	RootTimeout time.Duration `mapstructure:"root_timeout"`
	// MaxAge is how long an interaction is open at most.
	MaxAge time.Duration `mapstructure:"max_age"`
	// Limit is the number of open interactions; beyond it the oldest is closed early.
	Limit int `mapstructure:"limit"`
	// MaxSpans is how many calls, and how many other spans, of an interaction decide roles.
	MaxSpans int `mapstructure:"max_spans"`
	// RecentSpans is how many spans are remembered whose trace is not known to have GenAI spans.
	RecentSpans int `mapstructure:"recent_spans"`
	// Dimensions are the attributes of the metrics; nil is the use case alone.
	Dimensions []DimensionConfig `mapstructure:"dimensions"`
	// Primary says which calls of the main model are primary: all of its calls on the top level, or the last.
	Primary string `mapstructure:"primary"`
	// Roles gives roles to calls by conditions, the first that matches.
	Roles []RoleConfig `mapstructure:"roles"`
	// WithoutTrace lists the attributes that name what a call without a trace belongs to.
	WithoutTrace []string `mapstructure:"without_trace"`
	// Conversations joins the interactions of a conversation.
	Conversations ConversationsConfig `mapstructure:"conversations"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// RoleConfig gives a role to the calls that conditions select.
type RoleConfig struct {
	Role       string   `mapstructure:"role"`
	Conditions []string `mapstructure:"conditions"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// ConversationsConfig is about interactions that are more than one trace.
type ConversationsConfig struct {
	Enabled bool `mapstructure:"enabled"`
	// From lists the attributes that name the conversation.
	From []string `mapstructure:"from"`
	// Window is after how long without an interaction a conversation is closed.
	Window time.Duration `mapstructure:"window"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// The values of interactions.primary.
const (
	allPrimary  = "all"
	lastPrimary = "last"
)

// maxAge is the longest time that anything is kept open.
const maxAge = 24 * time.Hour

// notDimensions is what is read like dimensions and is none: the conversation,
// and what calls without a trace belong to.
const notDimensions = 2

// rootName stands for the name of the root span among the attributes that a
// dimension of interactions is read from.
const rootName = "root_span.name"

var (
	_ confmap.Validator = (*InteractionsConfig)(nil)
	_ confmap.Validator = (*RoleConfig)(nil)
	_ confmap.Validator = (*ConversationsConfig)(nil)
)

func defaultInteractions() InteractionsConfig {
	return InteractionsConfig{
		Enabled: true, Window: 30 * time.Second, RootTimeout: 5 * time.Minute, MaxAge: time.Hour,
		Limit: 20_000, MaxSpans: 1000, RecentSpans: 1 << 16, Primary: allPrimary,
		WithoutTrace:  []string{"prompt.id", "prompt_id", attrkey.ConversationID, attrkey.SessionID, "conversation.id"},
		Conversations: ConversationsConfig{Window: 30 * time.Minute},
	}
}

// dimensions returns the configured dimensions, or the use case.
func (c *InteractionsConfig) dimensions(prefix string) []DimensionConfig {
	if c.Dimensions != nil {
		return c.Dimensions
	}
	k := attrkey.Under(prefix)
	return []DimensionConfig{{
		Name: k.Prefix + useCaseAttribute,
		From: []string{k.Feature, "ai.telemetry.functionId", "gen_ai.workflow.name", "traceloop.workflow.name", attrkey.AgentName, rootName, attrkey.ServiceName},
	}}
}

// keys returns the attributes that name the conversation.
func (c *ConversationsConfig) keys(prefix string) []string {
	if len(c.From) > 0 {
		return c.From
	}
	return []string{attrkey.Under(prefix).Session, attrkey.ConversationID, attrkey.SessionID}
}

// Validate checks the bounds.
func (c *InteractionsConfig) Validate() error {
	var errs []error
	for _, d := range []struct {
		key    string
		value  time.Duration
		atMost time.Duration
		which  string
	}{
		{"window", c.Window, c.RootTimeout, "root_timeout"},
		{"root_timeout", c.RootTimeout, c.MaxAge, "max_age"},
		{"max_age", c.MaxAge, maxAge, "a day"},
	} {
		switch {
		case d.value < 100*time.Millisecond:
			errs = append(errs, fmt.Errorf("%s: %s is not allowed; use 100ms or more", d.key, d.value))
		case d.value > d.atMost:
			errs = append(errs, fmt.Errorf("%s: %s is too long; use at most %s, which is %s", d.key, d.value, d.atMost, d.which))
		}
	}
	for _, n := range []struct {
		key               string
		value, low, limit int
	}{{"limit", c.Limit, 1, 10_000_000}, {"max_spans", c.MaxSpans, 1, 100_000}, {"recent_spans", c.RecentSpans, 0, 1 << 26}} {
		if n.value < n.low || n.value > n.limit {
			errs = append(errs, fmt.Errorf("%s: %d is not allowed; use %d to %d", n.key, n.value, n.low, n.limit))
		}
	}
	if slices.Contains(c.WithoutTrace, "") {
		errs = append(errs, errors.New("without_trace: has an empty name; use names of attributes, such as session.id"))
	}
	errs = append(errs, oneOf("primary", c.Primary, allPrimary, lastPrimary))
	if len(c.Dimensions) > maxDimensions-notDimensions {
		errs = append(errs, fmt.Errorf("dimensions: %d are too many; use %d at most", len(c.Dimensions), maxDimensions-notDimensions))
	}
	return errors.Join(errs...)
}

// checkNames checks that the dimensions differ from each other and from what
// the metrics have anyway.
func (c *InteractionsConfig) checkNames(prefix string) error {
	k := attrkey.Under(prefix)
	taken := []string{k.Status, k.Currency, k.Prefix + roleAttribute}
	var errs []error
	for _, d := range c.Dimensions {
		if slices.Contains(taken, d.Name) {
			errs = append(errs, fmt.Errorf("interactions: dimensions: %q is there already", d.Name))
		}
		taken = append(taken, d.Name)
	}
	return errors.Join(errs...)
}

// Validate checks the role and compiles the conditions.
func (c *RoleConfig) Validate() error {
	var errs []error
	if _, err := interaction.ParseRole(c.Role); err != nil {
		errs = append(errs, fmt.Errorf("role: %w", err))
	}
	if len(c.Conditions) == 0 {
		errs = append(errs, errors.New("conditions: none is there; use OTTL conditions that select calls"))
	} else if _, err := pricer.ParseConditions(c.Conditions); err != nil {
		errs = append(errs, fmt.Errorf("conditions: %w", err))
	}
	return errors.Join(errs...)
}

// Validate checks the bounds.
func (c *ConversationsConfig) Validate() error {
	var errs []error
	if slices.Contains(c.From, "") {
		errs = append(errs, errors.New("from: has an empty name; use names of attributes, such as session.id"))
	}
	if c.Window < 100*time.Millisecond || c.Window > maxAge {
		errs = append(errs, fmt.Errorf("window: %s is not allowed; use 100ms to 24h", c.Window))
	}
	return errors.Join(errs...)
}
