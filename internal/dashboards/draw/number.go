package draw

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// number writes a value in the unit of a panel, with three digits.
func number(v float64, unit string) string {
	switch {
	case math.IsNaN(v):
		return "no data"
	case unit == "percentunit":
		return short(100*v) + "%"
	case unit == "bytes":
		return short(v/(1<<20)) + " MiB"
	case unit == "s":
		return short(v) + " s"
	case math.Abs(v) >= 1e6:
		return short(v/1e6) + " M"
	case math.Abs(v) >= 1e4:
		return short(v/1e3) + " k"
	}
	return short(v)
}

func short(v float64) string {
	if v == 0 {
		return "0"
	}
	digits := max(0, 2-int(math.Floor(math.Log10(math.Abs(v)))))
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// ticks are round values from zero to at least the highest.
func ticks(highest float64) []float64 {
	if !(highest > 0) {
		return []float64{0, 1}
	}
	step := math.Pow(10, math.Floor(math.Log10(highest)))
	for _, finer := range []float64{0.2, 0.5} {
		if highest/(step*finer) <= 5 {
			step *= finer
			break
		}
	}
	var out []float64
	for i := 0.0; i == 0 || out[len(out)-1] < highest; i++ {
		out = append(out, i*step)
	}
	return out
}

// ticksIn are round in the unit of a panel.
func ticksIn(highest float64, unit string) []float64 {
	if unit != "bytes" {
		return ticks(highest)
	}
	all := ticks(highest / (1 << 20))
	for i := range all {
		all[i] *= 1 << 20
	}
	return all
}

func last(s Series) float64 {
	for i := len(s.Points) - 1; i >= 0; i-- {
		if v := s.Points[i].Value; !math.IsNaN(v) {
			return v
		}
	}
	return math.NaN()
}

func clock(seconds float64) string { return fmt.Sprintf("%d:%02d", int(seconds)/60, int(seconds)%60) }
