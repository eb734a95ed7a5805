// Package draw renders dashboards as SVG from what Prometheus answers, for
// documentation that is read where no Grafana runs. It is no copy of Grafana:
// it shows the same data in the same places.
package draw

import (
	"fmt"
	"html"
	"strings"
)

// Series is one line, bar or row: its legend, its labels, and its values in
// order of time. What shows one value has one.
type Series struct {
	Legend string
	Labels map[string]string
	Points []Point
}

// Point is a value at a time, in seconds.
type Point struct{ At, Value float64 }

// Panel is one panel with its data. Place is in Grafana's grid of 24 columns.
type Panel struct {
	Kind, Title, Unit string
	X, Y, W, H        int
	Stacked           bool
	Series            []Series
}

const (
	column    = 50 // pixels
	line      = 30
	margin    = 6
	textSize  = 11
	titleSize = 12
)

// palette is that of Grafana's classic scheme, as far as it is needed.
var palette = []string{"#7eb26d", "#eab839", "#6ed0e0", "#ef843c", "#e24d42", "#1f78c1", "#ba43a9", "#705da0", "#508642", "#cca300", "#447ebc", "#c15c17"}

func colour(i int) string { return palette[i%len(palette)] }

// SVG draws panels, with a caption below.
func SVG(panels []Panel, caption string) string {
	height := 0
	for _, p := range panels {
		height = max(height, (p.Y+p.H)*line)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="Helvetica, Arial, sans-serif" font-size="%d">`+"\n", 24*column, height+2*line, textSize)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#f4f5f5"/>`+"\n")
	for _, p := range panels {
		drawPanel(&b, p)
	}
	text(&b, margin, float64(height+line), titleSize, "#555", "", caption)
	b.WriteString("</svg>\n")
	return b.String()
}

// box is an area in pixels.
type box struct{ x, y, w, h float64 }

func drawPanel(b *strings.Builder, p Panel) {
	r := box{float64(p.X*column + margin/2), float64(p.Y*line + margin/2), float64(p.W*column - margin), float64(p.H*line - margin)}
	if p.Kind == "row" {
		text(b, r.x+margin, r.y+18, 14, "#333", "bold", p.Title)
		return
	}
	fmt.Fprintf(b, `<rect x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="3" fill="#fff" stroke="#ddd"/>`+"\n", r.x, r.y, r.w, r.h)
	text(b, r.x+margin, r.y+17, titleSize, "#333", "bold", fit(p.Title, (r.w-2*margin)/1.15))
	inner := box{r.x + 2*margin, r.y + 26, r.w - 4*margin, r.h - 26 - margin}
	switch p.Kind {
	case "stat":
		drawStat(b, inner, p)
	case "bargauge":
		drawBars(b, inner, p)
	case "table":
		drawTable(b, inner, p)
	case "heatmap":
		drawBuckets(b, inner, p)
	default:
		drawCourse(b, inner, p)
	}
}

func text(b *strings.Builder, x, y float64, size int, fill, weight, s string) {
	if weight != "" {
		weight = fmt.Sprintf(` font-weight="%s"`, weight)
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" font-size="%d" fill="%s"%s>%s</text>`+"\n", x, y, size, fill, weight, html.EscapeString(s))
}

func right(b *strings.Builder, x, y float64, s string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="end" fill="#333">%s</text>`+"\n", x, y, html.EscapeString(s))
}

// widthOf is about how wide a text is, as fit reckons.
func widthOf(s string) float64 { return float64(len([]rune(s))) * textSize * 0.55 }

// fit cuts a text that is longer than a width.
func fit(s string, width float64) string {
	n := int(width / (textSize * 0.55))
	if runes := []rune(s); len(runes) > n && n > 1 {
		return string(runes[:n-1]) + "…"
	}
	return s
}
