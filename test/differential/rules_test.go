package differential

import (
	"encoding/json"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
)

// rule explains a difference: who is right, why, and when it shows.
type rule struct {
	ID     string `yaml:"id"`
	Right  string `yaml:"right"` // ours, theirs or contested
	Why    string `yaml:"why"`
	Source struct {
		URL  string `yaml:"url"`
		Read string `yaml:"read"`
	} `yaml:"source"`
	When  condition `yaml:"when"`
	Ratio struct {
		Min float64 `yaml:"min"` // of theirs over ours, without fees
		Max float64 `yaml:"max"`
	} `yaml:"ratio"`
}

// condition holds if everything that is stated holds.
type condition struct {
	Providers []string `yaml:"providers"`
	Models    []string `yaml:"models"` // of our book, * stands for any text but /
	Input     int64    `yaml:"input"`  // exactly so many tokens
	Over      int64    `yaml:"over"`   // more input than this
	Days      []string `yaml:"days"`   // of the week, in UTC
	Dates     []string `yaml:"dates"`
	Hours     []int    `yaml:"hours"` // of the day, in UTC
	From      string   `yaml:"from"`
	Until     string   `yaml:"until"` // exclusive
}

func readRules(t *testing.T) []rule {
	t.Helper()
	f, err := os.Open("rules.yaml")
	require.NoError(t, err)
	defer f.Close()
	d := yaml.NewDecoder(f)
	d.KnownFields(true)
	var doc struct {
		Rules []rule `yaml:"rules"`
	}
	require.NoError(t, d.Decode(&doc))
	return doc.Rules
}

// TestRulesNameTheirReasons holds the list to what it is for.
func TestRulesNameTheirReasons(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range readRules(t) {
		assert.False(t, seen[r.ID], "two rules are named %s", r.ID)
		seen[r.ID] = true
		assert.Contains(t, []string{"ours", "theirs", "contested"}, r.Right, r.ID)
		assert.NotEmpty(t, r.Why, r.ID)
		assert.True(t, strings.HasPrefix(r.Source.URL, "https://"), r.ID)
		_, err := time.Parse(time.DateOnly, r.Source.Read)
		assert.NoError(t, err, r.ID)
		assert.NotEmpty(t, r.When.Providers, "%s holds for every provider", r.ID)
		assert.NotEmpty(t, r.When.Models, "%s holds for every model", r.ID)
		assert.Positive(t, r.Ratio.Min, "%s allows any amount", r.ID)
		assert.GreaterOrEqual(t, r.Ratio.Max, r.Ratio.Min, r.ID)
		for _, text := range []string{r.When.From, r.When.Until} {
			_, err := time.Parse(time.RFC3339, text)
			assert.True(t, text == "" || err == nil, "%s: %q is no instant", r.ID, text)
		}
		for _, glob := range r.When.Models {
			_, err := path.Match(glob, "")
			assert.NoError(t, err, r.ID)
		}
	}
}

// TestThePackageIsPinned holds that the comparison is with one version, which
// comes from whatever registry npm is configured for.
func TestThePackageIsPinned(t *testing.T) {
	var lock struct {
		Packages map[string]struct {
			Version   string `json:"version"`
			Resolved  string `json:"resolved"`
			Integrity string `json:"integrity"`
		} `json:"packages"`
	}
	data, err := os.ReadFile("package-lock.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &lock))
	for name, p := range lock.Packages {
		assert.Empty(t, p.Resolved, "%q names a registry", name)
		if name != "" {
			assert.NotEmpty(t, p.Integrity, name)
		}
	}
	data, err = os.ReadFile("package.json")
	require.NoError(t, err)
	var pkg struct {
		Dependencies map[string]string `json:"dependencies"`
	}
	require.NoError(t, json.Unmarshal(data, &pkg))
	require.Len(t, pkg.Dependencies, 1)
	for name, version := range pkg.Dependencies {
		assert.Regexp(t, `^\d+\.\d+\.\d+$`, version)
		assert.Equal(t, version, lock.Packages["node_modules/"+name].Version)
	}
}

// explains tells whether the rule covers the difference.
func (r *rule) explains(c *comparison) bool {
	if c.refused != "" || !c.result.Status.Priced() || c.amount == 0 || !r.When.holds(c) {
		return false
	}
	const slack = 1e-6                                // for amounts that are few quanta
	fees := c.result.Parts[engine.PartFees].Float64() // which both bill alike, and no rule is about
	ratio := (c.peers - fees) / (c.amount - fees)
	return ratio >= r.Ratio.Min*(1-slack) && ratio <= r.Ratio.Max*(1+slack)
}

func (w *condition) holds(c *comparison) bool {
	input := c.usage["input"]
	if !slices.Contains(w.Providers, c.subject.ours) || w.Input > 0 && input != w.Input || w.Over > 0 && input <= w.Over {
		return false
	}
	if !slices.ContainsFunc(w.Models, func(glob string) bool {
		ok, _ := path.Match(glob, c.res.Model.ID)
		return ok
	}) {
		return false
	}
	if len(w.Days) > 0 && !slices.Contains(w.Days, strings.ToLower(c.at.Weekday().String()[:3])) {
		return false
	}
	if len(w.Dates) > 0 && !slices.Contains(w.Dates, c.at.Format(time.DateOnly)) {
		return false
	}
	if w.From != "" && c.at.Before(instant(w.From)) || w.Until != "" && !c.at.Before(instant(w.Until)) {
		return false
	}
	return len(w.Hours) == 0 || slices.Contains(w.Hours, c.at.Hour())
}

// instant reads what TestRulesNameTheirReasons has checked.
func instant(s string) time.Time {
	at, _ := time.Parse(time.RFC3339, s)
	return at
}
