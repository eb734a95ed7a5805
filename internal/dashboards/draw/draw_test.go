package draw

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func line2(legend string, values ...float64) Series {
	s := Series{Legend: legend, Labels: map[string]string{"model": legend, "le": "0.5"}}
	for i, v := range values {
		s.Points = append(s.Points, Point{float64(10 * i), v})
	}
	return s
}

func TestEveryKindIsDrawnAsWellFormedXML(t *testing.T) {
	series := []Series{line2(`<a&"b">`, 1, 2, math.NaN()), line2("c", 0.25, 0.5, 4), line2("empty")}
	var panels []Panel
	for i, kind := range []string{"row", "stat", "bargauge", "table", "heatmap", "timeseries"} {
		panels = append(panels, Panel{Kind: kind, Title: "Spend & more", Unit: "none", Y: 8 * i, W: 12, H: 8, Series: series, Stacked: i%2 == 0})
		panels = append(panels, Panel{Kind: kind, Title: "No data", Unit: "percentunit", X: 12, Y: 8 * i, W: 12, H: 8})
	}
	svg := SVG(panels, "a <caption>")
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
	}
	assert.NotContains(t, svg, "NaN")
	assert.NotContains(t, svg, "Inf")
}

func TestNumbersHaveThreeDigitsAndAUnit(t *testing.T) {
	for want, v := range map[string]float64{"0": 0, "1.5": 1.5, "0.0123": 0.012345, "123": 123.4, "12.3 k": 12345, "1.23 M": 1234567, "0.00000123": 1.2345e-6} {
		assert.Equal(t, want, number(v, "none"))
	}
	assert.Equal(t, "12.5%", number(0.125, "percentunit"))
	assert.Equal(t, "no data", number(math.NaN(), "none"))
}

func TestTicksAreRoundAndReachTheHighestValue(t *testing.T) {
	for _, highest := range []float64{0, 1e-6, 0.03, 1, 7, 99, 12345} {
		all := ticks(highest)
		assert.GreaterOrEqual(t, all[len(all)-1], highest)
		assert.LessOrEqual(t, len(all), 12)
	}
}
