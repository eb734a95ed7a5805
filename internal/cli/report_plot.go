package cli

import (
	"math/big"
	"strings"
)

var (
	heights = []rune("▁▂▃▄▅▆▇█")
	eighths = []rune("▏▎▍▌▋▊▉█")
)

// level scales n to 0 to steps: 0 for nothing, and at least 1 for anything.
func level(n, most *big.Int, steps int64) int64 {
	if n.Sign() <= 0 || most.Sign() <= 0 {
		return 0
	}
	scaled := new(big.Int).Mul(n, big.NewInt(steps))
	scaled.Add(scaled, new(big.Int).Sub(most, big.NewInt(1)))
	return scaled.Quo(scaled, most).Int64() // rounds up
}

// sparkline draws a column for each number, with a space for nothing.
func sparkline(series []big.Int) string {
	most := largest(series)
	var b strings.Builder
	for i := range series {
		if n := level(&series[i], most, int64(len(heights))); n > 0 {
			b.WriteRune(heights[n-1])
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func largest(series []big.Int) *big.Int {
	most := new(big.Int)
	for i := range series {
		if series[i].Cmp(most) > 0 {
			most = &series[i]
		}
	}
	return most
}

// barWidth is that of the longest bar.
const barWidth = 20

// bar draws a number as a line.
func bar(n, most *big.Int) string {
	parts := int64(len(eighths))
	filled := level(n, most, barWidth*parts)
	s := strings.Repeat("█", int(filled/parts))
	if rest := filled % parts; rest > 0 {
		s += string(eighths[rest-1])
	}
	return s
}
