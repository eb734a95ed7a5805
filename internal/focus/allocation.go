package focus

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// allocate returns what a context is allocated to: the sub account, the tags as
// a JSON object, and the configured columns by name. Empty ones are null.
func (a *Allocation) allocate(c *ledger.Context) (subAccount, tags string, columns []string) {
	further := map[string]any{}
	if c.Tags != "" {
		_ = json.Unmarshal([]byte(c.Tags), &further) // what is no object holds no tags
	}
	value := func(source string) string {
		if key, ok := strings.CutPrefix(source, "tags."); ok {
			return scalar(further[key])
		}
		for _, f := range ledger.Fields {
			if f.Name == source {
				return *f.At(c)
			}
		}
		return ""
	}
	set := map[string]string{}
	for key, source := range a.Tags {
		if source == allTags {
			for k, v := range further {
				if _, own := a.Tags[k]; !own && scalar(v) != "" {
					set[k] = scalar(v)
				}
			}
		} else if v := value(source); v != "" {
			set[key] = v
		}
	}
	if len(set) > 0 {
		text, _ := json.Marshal(set) // strings always have JSON; keys are sorted
		tags = string(text)
	}
	if a.SubAccount.From != "" {
		subAccount = value(a.SubAccount.From)
	}
	for _, name := range a.columnNames() {
		columns = append(columns, value(a.Columns[name]))
	}
	return subAccount, tags, columns
}

func (a *Allocation) columnNames() []string { return slices.Sorted(maps.Keys(a.Columns)) }

// scalar writes a value of a tag as text.
func scalar(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	text, _ := json.Marshal(v) // came from JSON
	return string(text)
}
