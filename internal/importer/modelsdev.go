package importer

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
)

// models.dev states USD per million tokens. Source: anomalyco/models.dev, api.json.
var modelsDevMeters = map[string]string{
	"input": "input", "output": "output", "reasoning": "reasoning", "cache_read": "cache_read", "cache_write": "cache_write",
	"input_audio": "input.audio", "output_audio": "output.audio", "citation": "citation",
}

type modelsDevModel struct {
	Cost         map[string]any `json:"cost"`
	Experimental struct {
		Modes map[string]struct {
			Cost     map[string]any `json:"cost"`
			Provider struct {
				Body map[string]any `json:"body"`
			} `json:"provider"`
		} `json:"modes"`
	} `json:"experimental"`
}

func readModelsDev(data []byte, t *table) error {
	var providers map[string]struct {
		Models map[string]modelsDevModel `json:"models"`
	}
	if err := decode(data, &providers); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(providers)) {
		id := t.id(name)
		if !t.wanted(id, name) {
			continue
		}
		models := providers[name].Models
		for _, model := range slices.Sorted(maps.Keys(models)) {
			m := models[model]
			s := t.sheet(id + "/" + model)
			s.modelsDevCost(cell{}, m.Cost)
			for _, mode := range slices.Sorted(maps.Keys(m.Experimental.Modes)) {
				e := m.Experimental.Modes[mode]
				key := mode
				if tier, ok := e.Provider.Body["service_tier"].(string); ok { // the value that telemetry shows
					key = tier
				}
				s.modelsDevCost(cell{mode: key}, e.Cost)
			}
			if p, ok := s.price(); ok {
				t.add(id, name, model, nil, one(p))
			}
		}
	}
	return nil
}

func (s *sheet) modelsDevCost(c cell, cost map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(cost)) {
		switch name := modelsDevMeters[key]; {
		case name != "":
			s.set(c, name, literal(cost[key]), 0)
		case key == "tiers":
			s.modelsDevTiers(c, cost[key])
		case key == "context_over_200k": // the older spelling of a tier
			if tier, ok := cost[key].(map[string]any); ok && cost["tiers"] == nil {
				above := c
				above.over = 200_000
				s.modelsDevCost(above, tier)
			}
		case key != "tier" && strings.Trim(literal(cost[key]), "0.") != "":
			s.table.losses.add("models.dev's "+key, s.name)
		}
	}
}

func (s *sheet) modelsDevTiers(c cell, value any) {
	tiers, _ := value.([]any)
	for _, v := range tiers {
		tier, _ := v.(map[string]any)
		bound, _ := tier["tier"].(map[string]any)
		size, err := strconv.Atoi(literal(bound["size"]))
		if err != nil || size <= 0 || size > maxTier {
			s.table.losses.add("models.dev's tiers by something else than size", s.name)
			continue
		}
		c.over = size
		s.modelsDevCost(c, tier)
	}
}

// one is the list of a price that holds at all times.
func one(p book.Price) []book.Price { return []book.Price{p} }
