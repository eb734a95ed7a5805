package draw

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

func drawStat(b *strings.Builder, r box, p Panel) {
	v := math.NaN()
	if len(p.Series) > 0 {
		v = last(p.Series[0])
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" font-size="30" fill="#1f78c1">%s</text>`+"\n", r.x+r.w/2, r.y+r.h/2+8, number(v, p.Unit))
}

// drawBars draws horizontal bars from zero, those that have room.
func drawBars(b *strings.Builder, r box, p Panel) {
	const height = 20
	highest := 0.0
	if p.Unit == "percentunit" {
		highest = 1
	}
	for _, s := range p.Series {
		highest = max(highest, last(s))
	}
	labels := r.w * 0.45
	for i, s := range p.Series {
		y := r.y + float64(i)*height
		if y+height > r.y+r.h {
			break
		}
		v := last(s)
		text(b, r.x, y+14, textSize, "#333", "", fit(s.Legend, labels))
		if highest > 0 {
			fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>`+"\n", r.x+labels+4, y+3, max(0, v/highest)*(r.w-labels-64), height-6, colour(0))
		}
		right(b, r.x+r.w, y+14, number(v, p.Unit))
	}
}

// valueWidth is the room of the column of values.
const valueWidth = 70

// drawTable draws a column for each label, and one for the value, dearest first.
// Columns are as wide as what stands in them needs, as far as there is room.
func drawTable(b *strings.Builder, r box, p Panel) {
	const bold = 1.15 // how much wider bold letters are
	needs := map[string]float64{}
	for _, s := range p.Series {
		for name, value := range s.Labels {
			needs[name] = max(needs[name], bold*widthOf(header(name)), widthOf(value))
		}
	}
	columns := slices.Sorted(maps.Keys(needs))
	sum := 0.0
	for name := range needs {
		needs[name] += 14
		sum += needs[name]
	}
	rows := slices.SortedStableFunc(slices.Values(p.Series), func(x, y Series) int { return cmp.Compare(last(y), last(x)) })
	at := r.x
	for _, name := range columns {
		width := needs[name] / sum * (r.w - valueWidth)
		text(b, at, r.y+12, textSize, "#1f78c1", "bold", fit(header(name), (width-6)/bold))
		for i, s := range rows {
			if y := rowOf(r, i); y <= r.y+r.h {
				text(b, at, y, textSize, "#333", "", fit(s.Labels[name], width-6))
			}
		}
		at += width
	}
	right(b, r.x+r.w, r.y+12, "Value")
	for i, s := range rows {
		if y := rowOf(r, i); y <= r.y+r.h {
			right(b, r.x+r.w, y, number(last(s), p.Unit))
		}
	}
}

// rowOf is where the text of a row of a table stands.
func rowOf(r box, i int) float64 { return r.y + 30 + float64(i)*18 }

// headers are short names of labels.
var headers = map[string]string{
	"gen_ai_provider_name": "provider", "gen_ai_response_model": "model", "service_name": "service", "server_address": "server",
	"token_cost_budget_name": "budget", "token_cost_budget_period": "period", "token_cost_policy_name": "policy", "token_cost_policy_rule": "rule",
}

// header is the name of a label as a column has it.
func header(label string) string {
	if short, ok := headers[label]; ok {
		return short
	}
	return strings.TrimPrefix(label, "token_cost_")
}

// drawBuckets draws the last distribution of a heat map: a column for each bucket.
func drawBuckets(b *strings.Builder, r box, p Panel) {
	type bucket struct{ bound, count float64 }
	var all []bucket
	for _, s := range p.Series {
		if bound, err := strconv.ParseFloat(s.Labels["le"], 64); err == nil {
			all = append(all, bucket{bound, last(s)})
		}
	}
	slices.SortFunc(all, func(x, y bucket) int { return cmp.Compare(x.bound, y.bound) })
	highest, below := 0.0, 0.0
	for i := range all {
		all[i].count, below = max(0, all[i].count-below), all[i].count
		highest = max(highest, all[i].count)
	}
	width := r.w / float64(max(1, len(all)))
	for i, c := range all {
		h := 0.0
		if highest > 0 {
			h = c.count / highest * (r.h - 20)
		}
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", r.x+float64(i)*width, r.y+r.h-16-h, width-2, h, colour(3))
		if i%3 == 0 {
			text(b, r.x+float64(i)*width, r.y+r.h-2, 9, "#555", "", "≤"+strconv.FormatFloat(c.bound, 'g', -1, 64))
		}
	}
}

// drawCourse draws lines, or areas on top of each other, with a legend at the right.
func drawCourse(b *strings.Builder, r box, p Panel) {
	const rowHeight, axis = 15, 44
	legend := 0.0
	for _, s := range p.Series {
		legend = max(legend, widthOf(s.Legend)+84)
	}
	legend = min(legend, r.w*0.48, 250)
	area := box{r.x + axis, r.y + 4, r.w - axis - legend - 8, r.h - 22}
	p.Series = slices.DeleteFunc(slices.Clone(p.Series), func(s Series) bool { return len(s.Points) == 0 || math.IsNaN(last(s)) })
	slices.SortStableFunc(p.Series, func(x, y Series) int { return cmp.Compare(mean(y), mean(x)) })
	if len(p.Series) == 0 {
		text(b, r.x+r.w/2-20, r.y+r.h/2, textSize, "#999", "", "no data")
		return
	}
	from, to, highest := extent(p)
	scale := ticksIn(highest, p.Unit)
	top := scale[len(scale)-1]
	x := func(at float64) float64 { return area.x + (at-from)/max(1, to-from)*area.w }
	y := func(v float64) float64 { return area.y + area.h - v/top*area.h }
	for _, v := range scale {
		fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="#e5e5e5"/>`+"\n", area.x, area.x+area.w, y(v), y(v))
		right(b, area.x-4, y(v)+4, number(v, p.Unit))
	}
	text(b, area.x, area.y+area.h+14, textSize, "#333", "", "0:00")
	right(b, area.x+area.w, area.y+area.h+14, clock(to-from)+" min")
	below := map[float64]float64{}
	for i, s := range p.Series {
		drawLine(b, s, i, p.Stacked, x, y, below)
		if row := r.y + float64(i+1)*rowHeight; row < r.y+r.h {
			fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="10" height="4" fill="%s"/>`+"\n", r.x+r.w-legend, row-6, colour(i))
			text(b, r.x+r.w-legend+14, row, textSize, "#333", "", fit(s.Legend, legend-70))
			right(b, r.x+r.w, row, number(last(s), p.Unit))
		}
	}
}

// drawLine draws one series, above what is below it if they are stacked.
func drawLine(b *strings.Builder, s Series, i int, stacked bool, x, y func(float64) float64, below map[float64]float64) {
	var upper, lower []string
	for _, p := range s.Points {
		if math.IsNaN(p.Value) {
			continue
		}
		base := 0.0
		if stacked {
			base = below[p.At]
			below[p.At] = base + p.Value
		}
		upper = append(upper, fmt.Sprintf("%.1f,%.1f", x(p.At), y(base+p.Value)))
		lower = append(lower, fmt.Sprintf("%.1f,%.1f", x(p.At), y(base)))
	}
	if stacked {
		slices.Reverse(lower)
		fmt.Fprintf(b, `<polygon points="%s %s" fill="%s" fill-opacity="0.5"/>`+"\n", strings.Join(upper, " "), strings.Join(lower, " "), colour(i))
	}
	fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="1.3"/>`+"\n", strings.Join(upper, " "), colour(i))
}

// extent is the time that is drawn, and the highest value.
func extent(p Panel) (from, to, highest float64) {
	from = math.Inf(1)
	sums := map[float64]float64{}
	for _, s := range p.Series {
		for _, q := range s.Points {
			from, to = min(from, q.At), max(to, q.At)
			if math.IsNaN(q.Value) {
				continue
			}
			sums[q.At] += q.Value
			if !p.Stacked {
				highest = max(highest, q.Value)
			}
		}
	}
	if p.Stacked {
		for _, v := range sums {
			highest = max(highest, v)
		}
	}
	return from, to, highest
}

func mean(s Series) (m float64) {
	n := 0.0
	for _, p := range s.Points {
		if !math.IsNaN(p.Value) {
			m, n = m+p.Value, n+1
		}
	}
	return m / max(1, n)
}
