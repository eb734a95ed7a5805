package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Dimension is what spend is grouped by: a field of contexts, one of their tags,
// the billing period, or a period of time.
type Dimension struct {
	Name    string
	field   func(*ledger.Context) *string
	tag     string
	billing bool
	period  *Period
}

// tagPrefix stands before the names of tags.
const tagPrefix = "tags."

// ParseDimension finds a dimension by its name.
func ParseDimension(name string) (Dimension, error) {
	for _, f := range ledger.Fields {
		if f.Name == name {
			return Dimension{Name: name, field: f.At}, nil
		}
	}
	for i := range periods {
		if periods[i].name == name {
			return Dimension{Name: name, period: &periods[i]}, nil
		}
	}
	if tag, ok := strings.CutPrefix(name, tagPrefix); ok && tag != "" {
		return Dimension{Name: name, tag: tag}, nil
	}
	if name == "billing_period" {
		return Dimension{Name: name, billing: true}, nil
	}
	return Dimension{}, fmt.Errorf("%q is no dimension; use %s", name, strings.Join(DimensionNames(), ", "))
}

// DimensionNames lists what ParseDimension knows.
func DimensionNames() []string {
	var names []string
	for _, f := range ledger.Fields {
		names = append(names, f.Name)
	}
	for _, p := range periods {
		names = append(names, p.name)
	}
	return append(names, "billing_period", tagPrefix+"NAME")
}

// Periodic tells whether the dimension is a period of time.
func (d *Dimension) Periodic() bool { return d.period != nil }

// of returns the value of a dimension that is no period of time.
func (d *Dimension) of(c *ledger.Context, billing int64) string {
	switch {
	case d.field != nil:
		return *d.field(c)
	case d.billing:
		return time.Unix(billing, 0).UTC().Format("2006-01")
	case d.tag != "":
		return tagOf(c.Tags, d.tag)
	}
	return ""
}

// tagOf reads one member of a flat JSON object.
func tagOf(tags, name string) string {
	if tags == "" {
		return ""
	}
	var all map[string]any
	if json.Unmarshal([]byte(tags), &all) != nil {
		return ""
	}
	switch v := all[name].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(text)
	}
}

// checkDimensions refuses lists that would not group.
func checkDimensions(by []Dimension) error {
	var seen []string
	var timed string
	for _, d := range by {
		if slices.Contains(seen, d.Name) {
			return fmt.Errorf("dimension %s is named twice", d.Name)
		}
		seen = append(seen, d.Name)
		if d.Periodic() {
			if timed != "" {
				return fmt.Errorf("dimensions %s and %s are both periods of time; name one", timed, d.Name)
			}
			timed = d.Name
		}
	}
	return nil
}
