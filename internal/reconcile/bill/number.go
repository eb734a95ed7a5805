package bill

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// number is what a decimal may look like. The bounds keep a short text from
// standing for a number that fills the memory.
var number = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{0,60})?([eE][+-]?[0-9]{1,2})?$`)

// errNumber is wrapped by errors about numbers.
var errNumber = errors.New("is no number")

// parseNumber reads a decimal exactly, and counts its decimal places.
func parseNumber(s string) (*big.Rat, int, error) {
	s = strings.TrimSpace(s)
	if !number.MatchString(s) {
		return nil, 0, fmt.Errorf("%q %w such as 1200 or 0.0125", cut(s), errNumber)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, 0, fmt.Errorf("%q %w", cut(s), errNumber)
	}
	places, _ := r.FloatPrec()
	return r, places, nil
}

// decimal is a JSON number, or a string that holds one; nil of null.
type decimal struct{ *big.Rat }

// UnmarshalJSON reads the number exactly.
func (d *decimal) UnmarshalJSON(b []byte) error {
	text := string(b)
	if text == "null" {
		d.Rat = nil
		return nil
	}
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	}
	r, _, err := parseNumber(text)
	d.Rat = r
	return err
}

// positive returns the number unless it is nil or zero.
func (d decimal) positive() *big.Rat {
	if d.Rat == nil || d.Sign() == 0 {
		return nil
	}
	return d.Rat
}

// The times that a bill may have.
var firstTime, lastTime = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

var timeLayouts = []string{time.RFC3339Nano, time.DateOnly, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05Z07:00", "20060102"}

// parseTime reads an instant or a day, without a zone as UTC, or seconds since 1970.
func parseTime(s string) (at int64, err error) {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) > 8 {
		return checkTime(n, s)
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return checkTime(t.Unix(), s)
		}
	}
	return 0, fmt.Errorf("%q is no time such as 2026-11-01, 2026-11-01T00:00:00Z or 1793491200", cut(s))
}

func checkTime(at int64, s string) (int64, error) {
	if at < firstTime.Unix() || at >= lastTime.Unix() {
		return 0, fmt.Errorf("%q is no time from 2015 to 2199", cut(s))
	}
	return at, nil
}

// cut shortens what a message quotes, and what a line keeps.
func cut(s string) string {
	if len(s) > maxText {
		return strings.ToValidUTF8(s[:maxText], "")
	}
	return s
}
