// Package datasets reads the price tables that others publish, each in its own
// shape and unit, into evidence rows in ours. It states what each table says,
// right or wrong; weighing them against each other is not its business.
package datasets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// Source is one data set: where it stands in a directory of downloads, and how it is read.
type Source struct {
	Name    string
	File    string // pattern of the file's name
	Origin  string
	Licence string
	read    func(data []byte, spellings map[string][]string) ([]evidence.Row, error)
}

// Sources lists the data sets in the order in which they are read. genai-prices
// comes last: its match rules are applied to the model names that the others spell.
var Sources = []Source{
	{"langfuse", "langfuse_*.json", "langfuse/langfuse, worker/src/constants/default-model-prices.json", "MIT", readLangfuse},
	{"litellm", "litellm_*.json", "BerriAI/litellm, model_prices_and_context_window.json", "MIT", readLiteLLM},
	{"models.dev", "models.dev_*.json", "anomalyco/models.dev, api.json", "MIT", readModelsDev},
	{"openrouter", "openrouter_*.json", "OpenRouter models API", "service data", readOpenRouter},
	{"portkey", "portkey_*.json", "Portkey-AI/models, flattened to USD per million", "MIT", readPortkey},
	{"genai-prices", "genai-prices_*.json", "pydantic/genai-prices, npm package data", "MIT", readGenaiPrices},
}

// Extract reads every data set found in dir. states tells the day of each data
// set's content, by its name.
func Extract(dir string, states map[string]string) ([]*evidence.Set, error) {
	var sets []*evidence.Set
	spellings := map[string][]string{}
	for _, src := range Sources {
		files, err := filepath.Glob(filepath.Join(dir, src.File))
		if err != nil {
			return nil, err
		}
		if len(files) != 1 {
			return nil, fmt.Errorf("%s: need exactly one file %s in %s, found %d", src.Name, src.File, dir, len(files))
		}
		if states[src.Name] == "" {
			return nil, fmt.Errorf("%s: say the day of its data with -state %s=YYYY-MM-DD", src.Name, src.Name)
		}
		data, err := os.ReadFile(files[0])
		if err != nil {
			return nil, err
		}
		rows, err := src.read(data, spellings)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", files[0], err)
		}
		set := &evidence.Set{Name: src.Name, State: states[src.Name], Origin: src.Origin, Licence: src.Licence, Rows: rows}
		set.Sort()
		collectSpellings(spellings, set)
		sets = append(sets, set)
	}
	return sets, nil
}

// collectSpellings adds the names of a set's models, with the scope that was
// taken off Bedrock's.
func collectSpellings(all map[string][]string, set *evidence.Set) {
	seen := map[string]bool{}
	for _, r := range set.Rows {
		name := r.Model
		if r.Provider == "aws.bedrock" && slices.Contains(bedrockScopes, r.Cell.Geo) {
			name = r.Cell.Geo + "." + name
		}
		if key := r.Provider + " " + name; !seen[key] {
			seen[key] = true
			all[r.Provider] = append(all[r.Provider], name)
		}
	}
}

// sheet collects the rows of one model.
type sheet struct {
	rows            *[]evidence.Row
	provider, model string
	from            string
	geo             string
}

// add states a rate given by its literal in units of 10^-shift currency units.
// Zero stands for "not priced" in all of these tables, and is left out, but for
// OpenRouter's models that are free by name.
func (s sheet) add(cell evidence.Cell, meter string, literal any, shift int) error {
	text := fmt.Sprint(literal)
	if literal == nil || text == "" || meter == "" || meter == "output" && strings.Contains(strings.ToLower(s.model), "embed") {
		return nil // embeddings have no output, whatever a table says of it
	}
	d, err := decimal.Parse(text)
	if err != nil {
		return fmt.Errorf("%s %s %s: %w", s.provider, s.model, meter, err)
	}
	if d.IsZero() && !(s.provider == "openrouter" && strings.HasSuffix(s.model, ":free")) {
		return nil
	}
	if cell.Geo == "" {
		cell.Geo = s.geo
	}
	*s.rows = append(*s.rows, evidence.Row{Provider: s.provider, Model: s.model, From: s.from, Cell: cell, Meter: meter, Rate: d.Shift(shift)})
	return nil
}

// decode reads JSON, keeping numbers as the text they were written in.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(into)
}
