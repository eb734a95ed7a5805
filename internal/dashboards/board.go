package dashboards

import "fmt"

// board is a dashboard as it is written down here; build lays it out.
type board struct {
	uid, title, description string
	from                    string // how far back it looks
	filters                 []filter
	rows                    []row
}

// row is a titled group of charts, placed from left to right in lines.
type row struct {
	title  string
	charts []chart
}

// chart is one panel.
type chart struct {
	kind        kind
	title       string
	description string
	unit        string
	width       int // of 24
	height      int
	since       string // a time range of its own, such as now/M for the month so far
	queries     []query
	limits      []float64 // where the colour changes to yellow, and to red
	stacked     bool
}

type kind string

const (
	stat       kind = "stat"
	timeseries kind = "timeseries"
	bars       kind = "bargauge"
	table      kind = "table"
	heatmap    kind = "heatmap"
)

// query is one expression of a chart. The legend is in Grafana's template
// language; a table takes its columns from the labels.
type query struct {
	expr     string
	legend   string
	exemplar bool
}

// now tells whether a chart shows one value rather than its course.
func (k kind) now() bool { return k == stat || k == bars || k == table }

const (
	columns    = 24
	lineHeight = 8
)

// build lays out a board: each row begins with its title, and its charts fill
// lines of 24 columns.
func build(b *board) dashboard {
	d := dashboard{
		UID: b.uid, Title: b.title, Description: b.description, Tags: []string{tag}, SchemaVersion: 39, Editable: true, GraphTooltip: 1,
		Refresh: "1m", Time: timeRange{b.from, "now"}, Timezone: "browser",
		Links:      []link{{Title: "GenAI cost", Type: "dashboards", Tags: []string{tag}, IncludeVars: true, KeepTime: true}},
		Templating: templating{variables(b.filters)},
	}
	y, id := 0, 0
	for _, r := range b.rows {
		id++
		open := false
		d.Panels = append(d.Panels, panel{ID: id, Type: "row", Title: r.title, GridPos: gridPos{1, columns, 0, y}, Collapsed: &open})
		y++
		x, tallest := 0, 0
		for _, c := range r.charts {
			p := c.panel()
			if x+p.GridPos.W > columns {
				x, y, tallest = 0, y+tallest, 0
			}
			id++
			p.ID, p.GridPos.X, p.GridPos.Y = id, x, y
			x, tallest = x+p.GridPos.W, max(tallest, p.GridPos.H)
			d.Panels = append(d.Panels, p)
		}
		y += tallest
	}
	return d
}

// tag is what links the dashboards to each other.
const tag = "token-cost"

func (c *chart) panel() panel {
	p := panel{
		Type: string(c.kind), Title: c.title, Description: c.description, Datasource: &source, TimeFrom: c.since,
		GridPos: gridPos{H: c.height, W: c.width}, FieldConfig: &fieldConfig{Overrides: []any{}}, Options: c.options(),
	}
	if p.GridPos.H == 0 {
		p.GridPos.H = lineHeight
	}
	f := &p.FieldConfig.Defaults
	f.Unit, f.NoValue, f.Custom, f.Thresholds = c.unit, "no data", c.custom(), colours(c.limits)
	if c.unit == share {
		f.Min = new(float64)
	}
	for i, q := range c.queries {
		p.Targets = append(p.Targets, target{
			RefID: string(rune('A' + i)), Datasource: source, Expr: q.expr, LegendFormat: q.legend, Format: c.format(),
			Instant: c.kind.now(), Range: !c.kind.now(), Exemplar: q.exemplar, EditorMode: "code",
		})
	}
	if c.kind == table {
		p.Transformations = []transformation{
			{"organize", map[string]any{"excludeByName": map[string]bool{"Time": true}}},
			{"sortBy", map[string]any{"sort": []map[string]any{{"field": "Value", "desc": true}}}},
		}
	}
	return p
}

func (c *chart) format() string {
	switch c.kind {
	case table:
		return "table"
	case heatmap:
		return "heatmap"
	}
	return "time_series"
}

func (c *chart) options() map[string]any {
	last := map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}
	switch c.kind {
	case stat:
		return map[string]any{"reduceOptions": last, "colorMode": "value", "graphMode": "none", "textMode": "auto"}
	case bars:
		return map[string]any{"reduceOptions": last, "orientation": "horizontal", "displayMode": "basic", "showUnfilled": true}
	case table:
		return map[string]any{"showHeader": true}
	case heatmap:
		return map[string]any{"calculate": false, "yAxis": map[string]any{"unit": c.unit}, "color": map[string]any{"scheme": "Oranges", "mode": "scheme"}, "legend": map[string]any{"show": true}, "exemplars": map[string]any{"color": "rgba(255,0,255,0.7)"}}
	}
	return map[string]any{
		"legend":  map[string]any{"displayMode": "table", "placement": "right", "showLegend": true, "calcs": []string{"mean", "lastNotNull"}, "sortBy": "Mean", "sortDesc": true},
		"tooltip": map[string]any{"mode": "multi", "sort": "desc"},
	}
}

func (c *chart) custom() map[string]any {
	if c.kind != timeseries {
		return nil
	}
	custom := map[string]any{"lineWidth": 1, "fillOpacity": 10, "showPoints": "never", "spanNulls": false}
	if c.stacked {
		custom["stacking"] = map[string]any{"mode": "normal", "group": "A"}
		custom["fillOpacity"] = 40
	}
	return custom
}

// colours are green, and yellow and red from the limits on.
func colours(limits []float64) *thresholds {
	t := &thresholds{Mode: "absolute", Steps: []step{{Color: "green"}}}
	for i, limit := range limits {
		t.Steps = append(t.Steps, step{[]string{"yellow", "red"}[min(i, 1)], &limit})
	}
	return t
}

// Units of Grafana. Amounts have none: the currency is a variable, and stands
// in titles.
const (
	amount  = "none"
	number  = "short"
	share   = "percentunit"
	seconds = "s"
	memory  = "bytes"
)

// File is a dashboard as JSON, and its name.
type File struct {
	Name string
	Data []byte
}

func (b *board) file() string { return fmt.Sprintf("%s.json", b.uid) }
