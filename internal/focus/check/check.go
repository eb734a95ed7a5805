package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Options say what a file is held to.
type Options struct {
	Version   string // 1.2, 1.3 or 1.4
	DraftKeys bool   // SkuPriceDetails may have the keys of the draft of 1.5
}

// Finding is a requirement that a file does not meet.
type Finding struct {
	Rule   string
	Column string
	Text   string
	Should bool // recommended, not required
	Row    int  // the first, from 1; 0 is the header
	Rows   int  // how many
	Value  string
}

// String writes the finding in one line.
func (f *Finding) String() string {
	level := "MUST"
	if f.Should {
		level = "SHOULD"
	}
	where := "header"
	if f.Row > 0 {
		where = fmt.Sprintf("row %d", f.Row)
		if f.Rows > 1 {
			where += fmt.Sprintf(" and %d more", f.Rows-1)
		}
	}
	s := fmt.Sprintf("%s %s: %s (%s, %s)", level, f.Column, f.Text, f.Rule, where)
	if f.Value != "" {
		s += fmt.Sprintf(": %q", f.Value)
	}
	return s
}

// Report is what was found in a file.
type Report struct {
	Version  string
	Rows     int
	Columns  int
	Findings []*Finding
}

// Conforms tells whether every requirement is met; recommendations aside.
func (r *Report) Conforms() bool {
	return !slices.ContainsFunc(r.Findings, func(f *Finding) bool { return !f.Should })
}

// checker checks rows one by one.
type checker struct {
	Options
	report  Report
	index   map[[2]string]*Finding
	columns []string
	specs   map[string]*spec
	rules   []rule
	present map[string]bool
	skuOf   map[string]string // by SkuPriceId
	details map[string]string // by SkuPriceId
}

// maxIDs bounds what is remembered across rows.
const maxIDs = 1 << 20

// File checks a file, whose name ends in .csv, .csv.gz or .parquet.
func File(name string, o Options) (*Report, error) {
	if !slices.Contains(Versions, o.Version) {
		return nil, fmt.Errorf("FOCUS version %q cannot be checked; use %s", o.Version, strings.Join(Versions, ", "))
	}
	t, err := open(name)
	if err != nil {
		return nil, err
	}
	defer t.close()
	c := &checker{
		Options: o, index: map[[2]string]*Finding{}, specs: specs(o.Version), rules: rules(), present: map[string]bool{},
		skuOf: map[string]string{}, details: map[string]string{},
	}
	c.report = Report{Version: o.Version, Columns: len(t.columns)}
	c.header(t)
	for {
		values, err := t.next()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if values == nil {
			break
		}
		c.report.Rows++
		c.row(values)
	}
	return &c.report, nil
}

func (c *checker) found(id, column, text, value string, should bool) {
	key := [2]string{id, column}
	f := c.index[key]
	if f == nil {
		f = &Finding{Rule: id, Column: column, Text: text, Should: should, Row: c.report.Rows, Value: clip(value)}
		c.index[key] = f
		c.report.Findings = append(c.report.Findings, f)
	}
	f.Rows++
}

// clip shortens a value that is shown.
func clip(s string) string {
	if len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}

var customName = regexp.MustCompile(`^x_[A-Z][A-Za-z0-9]*$`)

// header checks names, presence, order and, of Parquet, types of columns.
func (c *checker) header(t *rowReader) {
	c.columns = t.columns
	custom := ""
	for i, name := range t.columns {
		if c.present[name] {
			c.found("unique-column", name, "must be one column", "", false)
		}
		c.present[name] = true
		s := c.specs[name]
		switch {
		case strings.HasPrefix(name, "x_"):
			custom = name
			if !customName.MatchString(name) || len(name) > 50 {
				c.found("custom-column-name", name, "should be x_ and at most 48 letters and digits in Pascal case", "", true)
			}
		case s == nil:
			c.found("custom-column", name, "is no column of FOCUS "+c.Version+" and must begin with x_", "", false)
		case custom != "":
			c.found("column-order", name, "should come before custom columns such as "+custom, "", true)
		}
		if s != nil && t.kinds != nil && !t.kinds[i].holds(s.kind) {
			c.found("column-type", name, "has the type "+string(t.kinds[i])+", which is not that of the column", "", false)
		}
	}
	for i := range table {
		s := &table[i]
		if !s.in(c.Version) || c.present[s.name] {
			continue
		}
		switch s.need {
		case mandatory:
			c.found("mandatory-column", s.name, "must be present", "", false)
		case recommended:
			c.found("recommended-column", s.name, "should be present", "", true)
		}
	}
}

// row checks one row: nil values are null.
func (c *checker) row(values []*string) {
	r := &row{values: make(map[string]string, len(values)), present: c.present, version: c.Version, draft: c.DraftKeys}
	for i, v := range values {
		name := c.columns[i]
		s := c.specs[name]
		if v == nil {
			if s != nil && !s.null {
				c.found("not-null", name, "must not be null", "", false)
			}
			continue
		}
		r.values[name] = *v
		if strings.TrimSpace(*v) == "" {
			c.found("blank", name, "must be null rather than blank", "", false)
			continue
		}
		if s != nil {
			c.value(s, *v)
		}
	}
	for i := range c.rules {
		u := &c.rules[i]
		if c.present[u.column] && u.broken(r) {
			c.found(u.id, u.column, u.text, r.values[u.column], u.should)
		}
	}
	c.across(r)
}

func (c *checker) value(s *spec, v string) {
	if !s.well(v) {
		c.found("format", s.name, "has not the format of its column: "+formats[s.kind], v, false)
	}
	if len(s.allowed) > 0 && !oneOf(v, s.allowed) {
		c.found("allowed-value", s.name, "must be one of "+strings.Join(s.allowed, ", "), v, false)
	}
	if s.nonNegative && strings.HasPrefix(v, "-") {
		c.found("non-negative", s.name, "must not be negative", v, false)
	}
}

var formats = map[kind]string{
	instant: "YYYY-MM-DDTHH:mm:ssZ", decimal: "a plain decimal number", currency: "three capital letters (ISO 4217)",
	unit: "a unit such as Tokens or 1000000 Tokens", pairs: "a flat JSON object with unique keys", object: "a JSON object",
}

// across checks what holds between rows.
func (c *checker) across(r *row) {
	id, ok := r.values["SkuPriceId"]
	if !ok || len(c.skuOf) >= maxIDs {
		return
	}
	provider := r.values["ServiceProviderName"] + r.values["ProviderName"] + "\x00" + id
	if sku, known := c.skuOf[provider]; known && sku != r.values["SkuId"] {
		c.found("one-sku", "SkuPriceId", "must have one SkuId", id, false)
	}
	c.skuOf[provider] = r.values["SkuId"]
	if d, known := c.details[provider]; known && d != r.values["SkuPriceDetails"] {
		c.found("same-details", "SkuPriceDetails", "must be the same for one SkuPriceId", id, false)
	}
	c.details[provider] = r.values["SkuPriceDetails"]
}
