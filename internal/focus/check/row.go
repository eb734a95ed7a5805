package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"regexp"
	"strings"
)

// row is one row under check. Values are those of columns that are there and
// not null.
type row struct {
	values  map[string]string
	present map[string]bool // columns of the file
	version string
	draft   bool
}

func (r *row) has(name string) bool { return r.present[name] }

func (r *row) null(name string) bool {
	_, ok := r.values[name]
	return !ok
}

func (r *row) is(name, value string) bool { return r.values[name] == value && !r.null(name) }

func (r *row) usage() bool      { return r.is("ChargeCategory", "Usage") }
func (r *row) purchase() bool   { return r.is("ChargeCategory", "Purchase") }
func (r *row) correction() bool { return r.is("ChargeClass", "Correction") }
func (r *row) unused() bool     { return r.is("CommitmentDiscountStatus", "Unused") }

// priced tells whether the row is one that must have unit prices.
func (r *row) priced() bool { return (r.usage() || r.purchase()) && !r.correction() }

// maxDigits bounds the size of numbers.
const maxDigits = 120

// numeric is the Numeric Format: an exponent has a sign only if it is negative.
var numeric = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE]-?[0-9]{1,3})?$`)

// number reads a number exactly; nil if it is null or none.
func (r *row) number(name string) *big.Rat {
	s, ok := r.values[name]
	if !ok || len(s) > maxDigits || !numeric.MatchString(s) {
		return nil
	}
	n, _ := new(big.Rat).SetString(s)
	return n
}

// times tells whether price times quantity is the cost. It is true where one of
// them is missing, which other rules tell.
func (r *row) times(price, quantity, cost string) bool {
	p, q, c := r.number(price), r.number(quantity), r.number(cost)
	return p == nil || q == nil || c == nil || p.Mul(p, q).Cmp(c) == 0
}

// equal tells whether two numbers are equal, or one is missing.
func (r *row) equal(a, b string) bool {
	x, y := r.number(a), r.number(b)
	return x == nil || y == nil || x.Cmp(y) == 0
}

func (r *row) zero(name string) bool {
	n := r.number(name)
	return n == nil || n.Sign() == 0
}

var (
	instants   = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$`)
	currencies = regexp.MustCompile(`^[A-Z]{3}$`)
	units      = regexp.MustCompile(`^([1-9][0-9]* )?[A-Z][A-Za-z]*(-[A-Z][A-Za-z]*)?(/([1-9][0-9]* )?[A-Z][A-Za-z]*)?$`)
)

// well tells whether a value has the format of its column.
func (s *spec) well(value string) bool {
	switch s.kind {
	case instant:
		return instants.MatchString(value)
	case decimal:
		return len(value) <= maxDigits && numeric.MatchString(value)
	case currency:
		return currencies.MatchString(value)
	case unit:
		return units.MatchString(value)
	case pairs:
		_, err := flat([]byte(value))
		return err == nil
	case object:
		return json.Valid([]byte(value)) && strings.HasPrefix(strings.TrimSpace(value), "{")
	}
	return true
}

var errNotFlat = errors.New("no flat JSON object with unique keys")

// flat reads a JSON object whose values are scalars and whose keys are unique.
func flat(text []byte) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errNotFlat
	}
	out := map[string]any{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, errNotFlat
		}
		value, err := dec.Token()
		if _, nested := value.(json.Delim); err != nil || nested {
			return nil, errNotFlat
		}
		name, _ := key.(string)
		if _, twice := out[name]; twice {
			return nil, errNotFlat
		}
		out[name] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, errNotFlat
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotFlat
	}
	return out, nil
}
