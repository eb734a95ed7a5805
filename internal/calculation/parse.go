package calculation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// Count is how much of a meter or fee was used.
type Count struct {
	Name string
	N    int64
}

// Calculation is a text that was read. Strings point into it.
type Calculation struct {
	Quantities []int64 // of Card.Items: disjoint tokens, and items of fees
	Usage      []Count // as read from the telemetry: counts include the more specific ones
	By         string  // for ParseBy
}

// ErrSyntax is wrapped by errors about texts that are no calculation.
var ErrSyntax = errors.New("not a calculation")

// maxText bounds the text. The longest that Append writes has about 10 KiB.
const maxText = 1 << 15

// Parse reads a text into c, and uses c's memory again.
func Parse(text string, c *Calculation) error {
	if len(text) > maxText {
		return fmt.Errorf("%w: %d bytes", ErrSyntax, len(text))
	}
	if c.parse(text) {
		return nil
	}
	return c.parseAny(text)
}

// parse reads what Append wrote.
func (c *Calculation) parse(text string) bool {
	c.Quantities, c.Usage, c.By = c.Quantities[:0], c.Usage[:0], ""
	rest, ok := strings.CutPrefix(text, `{`)
	if !ok {
		return false
	}
	if list, found := strings.CutPrefix(rest, `"quantities":[`); found {
		for list != "" && list[0] != ']' {
			n, tail, ok := number(list)
			if !ok || len(c.Quantities) == 2*usage.MaxMeters {
				return false
			}
			c.Quantities = append(c.Quantities, n)
			list = strings.TrimPrefix(tail, ",")
		}
		if rest, ok = strings.CutPrefix(list, "],"); !ok {
			return false
		}
	}
	if rest, ok = strings.CutPrefix(rest, `"usage":{`); !ok {
		return false
	}
	for rest != "" && rest[0] == '"' {
		name, tail, ok := strings.Cut(rest[1:], `":`)
		if !ok || len(c.Usage) == 2*usage.MaxMeters {
			return false
		}
		n, tail, ok := number(tail)
		if !ok {
			return false
		}
		c.Usage = append(c.Usage, Count{name, n})
		rest = strings.TrimPrefix(tail, ",")
	}
	if rest, ok = strings.CutPrefix(rest, `},"by":`); !ok {
		return false
	}
	c.By, ok = strings.CutSuffix(rest, "}")
	return ok
}

func number(s string) (n int64, rest string, ok bool) {
	end := strings.IndexAny(s, ",]}")
	if end < 0 {
		return 0, "", false
	}
	n, err := strconv.ParseInt(s[:end], 10, 64)
	return n, s[end:], err == nil
}

// parseAny reads a text that something wrote anew on the way.
func (c *Calculation) parseAny(text string) error {
	c.Quantities, c.Usage, c.By = c.Quantities[:0], c.Usage[:0], ""
	var doc struct {
		Quantities []int64          `json:"quantities"`
		Usage      map[string]int64 `json:"usage"`
		By         json.RawMessage  `json:"by"`
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	if len(doc.By) == 0 || len(doc.Quantities) > 2*usage.MaxMeters || len(doc.Usage) > 2*usage.MaxMeters {
		return ErrSyntax
	}
	c.Quantities = append(c.Quantities, doc.Quantities...)
	for name, n := range doc.Usage {
		c.Usage = append(c.Usage, Count{name, n})
	}
	slices.SortFunc(c.Usage, func(a, b Count) int { return strings.Compare(a.Name, b.Name) })
	var by bytes.Buffer
	if err := json.Compact(&by, doc.By); err != nil {
		return fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	c.By = by.String()
	return nil
}
