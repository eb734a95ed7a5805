package evidence

import (
	"fmt"
	"strconv"
	"strings"
)

// Cell says under which conditions a price holds. The zero value is standard
// service at base context length and in no special region.
type Cell struct {
	Mode string // batch, flex, priority, fast
	Over int    // total input above this many tokens; "at least N" is Over N-1
	Geo  string // a region or a group of regions
}

// String returns the cell as evidence files spell it, such as
// "mode=priority,over=272000"; the standard cell is empty.
func (c Cell) String() string {
	var parts []string
	if c.Mode != "" {
		parts = append(parts, "mode="+c.Mode)
	}
	if c.Over != 0 {
		parts = append(parts, "over="+strconv.Itoa(c.Over))
	}
	if c.Geo != "" {
		parts = append(parts, "geo="+c.Geo)
	}
	return strings.Join(parts, ",")
}

// ParseCell reads what String wrote.
func ParseCell(s string) (Cell, error) {
	var c Cell
	if s == "" {
		return c, nil
	}
	for part := range strings.SplitSeq(s, ",") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "mode":
			c.Mode = value
		case "geo":
			c.Geo = value
		case "over":
			n, err := strconv.Atoi(value)
			if err != nil || n <= 0 {
				return c, fmt.Errorf("over must be a number above zero, not %q", value)
			}
			c.Over = n
		default:
			return c, fmt.Errorf("cell %q: the keys are mode, over and geo", s)
		}
	}
	return c, nil
}
