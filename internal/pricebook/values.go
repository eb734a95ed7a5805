package pricebook

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// text reads text that is not empty, without the white space around it.
func (n node) text() string {
	s := strings.TrimSpace(n.y.Value)
	if n.y.Kind != yaml.ScalarNode || n.y.Tag == "!!null" || s == "" {
		n.fail("must be text, not %s", kindName(n.y))
		return ""
	}
	if len(s) > maxStringLen {
		n.fail("is %d bytes long; at most %d are allowed", len(s), maxStringLen)
		return ""
	}
	return s
}

// texts reads a list of texts.
func (n node) texts() []string {
	var out []string
	n.list(func(_ int, v node) {
		if s := v.text(); s != "" {
			out = append(out, s)
		}
	})
	return out
}

// bool reads true or false.
func (n node) bool() bool {
	if n.y.Tag != "!!bool" {
		n.fail("must be true or false, not %s", kindName(n.y))
		return false
	}
	return strings.EqualFold(n.y.Value, "true")
}

// decimal reads a non-negative number exactly from its literal text.
func (n node) decimal() *big.Rat {
	s := n.y.Value
	if n.y.Kind != yaml.ScalarNode || !isDecimal(s) {
		n.fail("must be a plain decimal such as 2.50, not negative, of at most %d characters and %d digits before the point, not %s", maxNumberLen, maxWholeLen, kindName(n.y))
		return nil
	}
	r, _ := new(big.Rat).SetString(s)
	return r
}

// isDecimal accepts digits with a point at most. A zero in front would make a
// number octal for other readers of the file.
func isDecimal(s string) bool {
	whole, frac, dotted := strings.Cut(s, ".")
	if whole == "" || dotted && frac == "" || len(s) > maxNumberLen || len(whole) > maxWholeLen || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	return strings.Trim(whole, "0123456789") == "" && strings.Trim(frac, "0123456789") == ""
}

// count reads a whole number such as a token boundary.
func (n node) count() int64 {
	if r := n.decimal(); r != nil {
		if r.IsInt() && r.Num().IsInt64() {
			return r.Num().Int64()
		}
		n.fail("must be a whole number, not %s", n.y.Value)
	}
	return 0
}

// instant reads a moment as nanoseconds since 1970, and leaves what was there
// if it is none.
func (n node) instant(to *int64) {
	t, err := time.Parse(time.RFC3339Nano, n.y.Value)
	switch {
	case n.y.Kind != yaml.ScalarNode || err != nil:
		n.fail("must be an instant such as 2026-11-23T00:00:00Z, not %s", kindName(n.y))
	case t.Year() < minYear || t.Year() > maxYear:
		n.fail("must be between %d and %d, not %s", minYear, maxYear, n.y.Value)
	default:
		*to = t.UnixNano()
	}
}

// The years that instants and calendars can have.
const (
	minYear = 1990
	maxYear = 2200
)

// date checks a calendar day such as 2026-11-23.
func (n node) date() string {
	if _, err := time.Parse(time.DateOnly, n.y.Value); n.y.Kind != yaml.ScalarNode || err != nil {
		n.fail("must be a day such as 2026-11-23, not %s", kindName(n.y))
		return ""
	}
	return n.y.Value
}

// currency reads the code of a currency.
func (n node) currency() string {
	s := n.text()
	if s != "" && !money.IsCurrency(s) {
		n.fail("must be an ISO 4217 code such as USD, not %q", s)
		return ""
	}
	return s
}

// kindName tells what stands where something else should.
func kindName(y *yaml.Node) string {
	switch y.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	default:
		if y.Tag == "!!null" {
			return "nothing"
		}
		v := y.Value
		if len(v) > 40 {
			v = v[:40] + "…"
		}
		return fmt.Sprintf("%q", v)
	}
}
