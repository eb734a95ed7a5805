// Package facts reads the hand-kept files that hold what vendors state about
// their own billing: names and hosts of the provider, list prices read on
// vendor pages, and rules such as "batch is half price". Each fact carries the
// confidence and the day it was read; facts decide where data sets disagree.
package facts

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
)

// File holds the facts about one provider.
type File struct {
	Provider book.Provider `yaml:"provider"`
	URL      string        `yaml:"url"` // the vendor's price page
	// Inclusive tells that the provider's context tiers begin at their boundary, not above it.
	Inclusive bool `yaml:"inclusive_context"`
	// Contested lists boundaries that the provider states in two ways.
	Contested []int `yaml:"contested_context"`
	// Single tells that a model which only one data set knows enters the book,
	// marked. Where a provider resells or hosts thousands, it stays out.
	Single bool `yaml:"single_source"`
	// FeesWhereStated tells that the provider's fees are for some models only:
	// those for which a data set states any, and those that facts price.
	FeesWhereStated bool `yaml:"fees_where_stated"`
	// OwnList names the data set that is the provider's own list. What it states beside a price that
	// others confirm needs no second voice, and a context tier that it does not state is none.
	OwnList string `yaml:"own_list"`
	// Scopes names groups of regions: where the regions of one are known to have one price, the group has it.
	Scopes map[string][]string `yaml:"scopes"`
	// VendorPrefix tells that ids start with the vendor and a dot.
	VendorPrefix bool `yaml:"vendor_prefix"`
	// FastIsPriority tells that fast and priority are two names of one mode.
	FastIsPriority bool   `yaml:"fast_is_priority"`
	Facts          []Fact `yaml:"facts"`
}

// Fact is one statement, and what it means for the models that it names.
type Fact struct {
	Say        string   `yaml:"say"`
	Confidence string   `yaml:"confidence"` // A: vendor page; B: curated data base or maintainers' notes
	Checked    string   `yaml:"checked"`
	Models     []string `yaml:"models"` // ids, or patterns with *
	Except     []string `yaml:"except"`

	// The model as a whole.
	Create  bool         `yaml:"create"` // the ids are models even if no data set knows them
	Aliases []string     `yaml:"aliases"`
	Dated   *bool        `yaml:"dated"`
	Prices  []book.Price `yaml:"prices"` // replace every period
	Base    string       `yaml:"base"`   // provider to inherit from, with the id that is left without Strip
	Strip   string       `yaml:"strip"`
	Always  bool         `yaml:"always"` // inherit even against the data sets
	Drop    bool         `yaml:"drop"`   // leave the model out; Say tells why

	// Parts of it.
	Rates  book.Numbers `yaml:"rates"`  // in every period
	Fees   book.Numbers `yaml:"fees"`   // in every period
	Unset  []string     `yaml:"unset"`  // meters that the provider does not charge for
	Ratios book.Numbers `yaml:"ratios"` // meter = ratio x input, wherever it is priced by fewer than two data sets
	Adjust book.Adjust  `yaml:"adjust"`
	// RatiosOfLone confirms a ratio that one data set states, and adds none.
	RatiosOfLone book.Numbers `yaml:"ratios_of_lone"`
	// Modes confirms factors of modes that only one data set states.
	Modes book.Numbers `yaml:"modes"`
	// Geos confirms factors of regions that only one data set states.
	Geos book.Numbers `yaml:"geos"`
	// GeoRange confirms factors of regions within these bounds that only one data set states.
	GeoRange []decimal.Decimal `yaml:"geo_range"`
	// Contexts tells that the provider has context tiers, so that one data set is enough for their factors.
	Contexts bool `yaml:"contexts"`
	// Flat tells that the price does not depend on context length.
	Flat bool `yaml:"flat"`
	// Standard tells that the provider's own modes are all there are: evidence of others is dropped.
	Standard bool `yaml:"standard"`
	// Note tells that Say belongs into the notes of the prices.
	Note bool `yaml:"note"`
	// Uncertain tells that the price depends on something that no call tells; Say tells on what.
	Uncertain bool `yaml:"uncertain"`
}

// Applies tells whether the fact is about the model.
func (f *Fact) Applies(id string) bool {
	return matches(f.Models, id) && !matches(f.Except, id)
}

// Names tells whether the fact names the model, not just a pattern.
func (f *Fact) Names(id string) bool { return slices.Contains(f.Models, id) }

func matches(patterns []string, id string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if p == "*" {
			return true
		}
		// path.Match keeps * from crossing slashes, which stand in many ids.
		ok, err := path.Match(strings.ReplaceAll(p, "/", "\x00"), strings.ReplaceAll(id, "/", "\x00"))
		return err == nil && ok
	})
}

// ReadDir reads every .yaml file; its name is the id of the provider.
func ReadDir(dir string) ([]*File, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no facts in %s", dir)
	}
	var files []*File
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f := &File{}
		d := yaml.NewDecoder(bytes.NewReader(data))
		d.KnownFields(true)
		if err := d.Decode(f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		f.Provider.ID = strings.TrimSuffix(filepath.Base(name), ".yaml")
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files = append(files, f)
	}
	return files, nil
}

// check refuses facts without confidence, day or subject.
func (f *File) check() error {
	if f.URL == "" {
		return fmt.Errorf("url: the vendor's price page is missing")
	}
	for i, fact := range f.Facts {
		switch {
		case fact.Say == "" || len(fact.Models) == 0:
			return fmt.Errorf("fact %d: needs say and models", i+1)
		case fact.Confidence != "A" && fact.Confidence != "B":
			return fmt.Errorf("fact %d (%s): confidence must be A or B, not %q", i+1, fact.Say, fact.Confidence)
		case len(fact.GeoRange) != 0 && len(fact.GeoRange) != 2:
			return fmt.Errorf("fact %d (%s): geo_range needs a lowest and a highest factor", i+1, fact.Say)
		case len(fact.Checked) != len("2026-11-23"):
			return fmt.Errorf("fact %d (%s): checked must be a day", i+1, fact.Say)
		}
	}
	return nil
}

// Label is how the notes of prices name the fact.
func (f *Fact) Label() string { return "vendor facts " + f.Confidence + " " + f.Checked }
