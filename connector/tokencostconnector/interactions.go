package tokencostconnector

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/interaction"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// interactions adds up what whole user actions cost. It is safe for concurrent
// use; every goroutine brings a tracker of its own.
type interactions struct {
	window *interaction.Window
	dims   *dimensions // and after them the conversation, and what calls without a trace belong to
	own    int         // dimensions without these
	agents []int       // for each dimension the rank of the name of an agent, or Absent
	roles  []givenRole
	seed   maphash.Seed
	began  time.Time
	teller *teller
}

// givenRole is a compiled rule of roles.
type givenRole struct {
	role interaction.Role
	when pricer.Conditions
}

func newInteractions(cfg *Config, s *sums) (*interactions, error) {
	c := &cfg.Interactions
	if !c.Enabled {
		return nil, nil
	}
	configs := c.dimensions(cfg.Prefix)
	a := &interactions{own: len(configs), seed: maphash.MakeSeed(), began: s.now()}
	a.dims = newDimensions(append(slices.Clone(configs), DimensionConfig{Name: noAttribute, From: c.Conversations.keys(cfg.Prefix)},
		DimensionConfig{Name: noAttribute, From: c.WithoutTrace}))
	a.agents = ranksOf(attrkey.AgentName, configs)
	for _, r := range c.Roles {
		role, err := interaction.ParseRole(r.Role)
		if err != nil {
			return nil, fmt.Errorf("interactions.roles: %w", err)
		}
		when, err := pricer.ParseConditions(r.Conditions)
		if err != nil {
			return nil, fmt.Errorf("interactions.roles: %w", err)
		}
		a.roles = append(a.roles, givenRole{role, when})
	}
	a.teller = newTeller(cfg, s, a.dims.all[:a.own])
	o := interaction.Options{
		Window: c.Window, RootTimeout: c.RootTimeout, MaxAge: c.MaxAge, Limit: c.Limit, MaxSpans: c.MaxSpans, Recent: c.RecentSpans,
		Dimensions: a.own, NameRanks: ranksOf(rootName, configs), LastPrimary: c.Primary == lastPrimary,
	}
	if c.Conversations.Enabled {
		o.Conversations = c.Conversations.Window
	}
	a.window = interaction.New(o, a.teller.tell)
	return a, nil
}

// noAttribute is a name that no attribute has. A dimension that lists none is
// read from its name.
const noAttribute = "\x00"

// ranksOf tells where a name stands among what each dimension is read from.
func ranksOf(name string, configs []DimensionConfig) []int {
	ranks := make([]int, len(configs))
	for i, c := range configs {
		if ranks[i] = slices.Index(c.From, name); ranks[i] < 0 {
			ranks[i] = interaction.Absent
		}
	}
	return ranks
}

// sweep closes what is due, and everything at the end.
func (a *interactions) sweep(now time.Time, last bool) {
	if last {
		a.window.Close()
	} else {
		a.window.Sweep(int64(now.Sub(a.began)))
	}
}

// interactionEnded counts a closed interaction.
func (c *tokenCost) interactionEnded(e interaction.Ending) {
	c.metrics.ConnectorTokenCostInteractionsClosed.Add(context.Background(), 1, endings[e]...)
}

// endings are the attributes of the self-metric, made once.
var endings = func() (all [interaction.NumEndings][]metric.AddOption) {
	for e := range interaction.NumEndings {
		all[e] = []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(attribute.String("ending", e.String())))}
	}
	return all
}()
