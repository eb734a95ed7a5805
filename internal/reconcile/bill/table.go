package bill

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// Columns says under which header a CSV has what.
type Columns map[string]string

// What a CSV can have. Only a day, and a quantity or a cost, are needed.
const (
	colDay      = "day"
	colEnd      = "end"
	colModel    = "model"
	colMeter    = "meter"
	colTier     = "tier"
	colQuantity = "quantity"
	colUnit     = "unit"
	colCost     = "cost"
	colCurrency = "currency"

	colCategory = "category" // of FOCUS, as are the ones below
	colDetails  = "details"
	colProvider = "provider"
	colService  = "service"
	colCharge   = "charge"
)

var plainColumns = []string{colDay, colEnd, colModel, colMeter, colTier, colQuantity, colUnit, colCost, colCurrency}

// ParseColumns reads a map such as "day=Date,model=Model,cost=Cost,currency=USD".
func ParseColumns(s string) (Columns, error) {
	out := Columns{}
	for field := range strings.SplitSeq(s, ",") {
		if strings.TrimSpace(field) == "" {
			continue
		}
		what, header, ok := strings.Cut(field, "=")
		what, header = strings.TrimSpace(what), strings.TrimSpace(header)
		if !ok || header == "" || !slices.Contains(plainColumns, what) {
			return nil, fmt.Errorf("%q is not allowed; write WHAT=HEADER, where WHAT is one of %s", field, strings.Join(plainColumns, ", "))
		}
		if out[what] != "" {
			return nil, fmt.Errorf("%s stands there twice", what)
		}
		out[what] = header
	}
	return out, nil
}

// over lays other columns over these.
func (c Columns) over(others Columns) Columns {
	out := maps.Clone(c)
	maps.Copy(out, others)
	return out
}

// record is one row of a table.
type record struct {
	fields []string
	at     map[string]int
	fixed  map[string]string // values for columns that are none
}

// get returns what a row has, and nothing if there is no such column.
func (r *record) get(what string) string {
	if v := r.fixed[what]; v != "" {
		return v
	}
	if i, ok := r.at[what]; ok && i < len(r.fields) {
		if v := strings.TrimSpace(r.fields[i]); !strings.EqualFold(v, "null") {
			return v
		}
	}
	return ""
}

// readTable reads a CSV, and passes each row.
func (b *Bill) readTable(buffered *bufio.Reader, columns Columns, line func(*Bill, *record) error) error {
	if head, _ := buffered.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		_, _ = buffered.Discard(3)
	}
	r := csv.NewReader(buffered)
	r.ReuseRecord, r.FieldsPerRecord, r.Comma = true, -1, delimiter(buffered)
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("has no header: %w", noEOF(err))
	}
	row := record{at: map[string]int{}, fixed: map[string]string{}}
	if err := row.find(slices.Clone(header), columns); err != nil {
		return err
	}
	for n := 1; ; n++ {
		row.fields, err = r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = line(b, &row)
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", n, err)
		}
	}
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// delimiter guesses from the header what stands between its names.
func delimiter(r *bufio.Reader) rune {
	head, _ := r.Peek(1 << 12)
	head, _, _ = bytes.Cut(head, []byte("\n"))
	best := ','
	for _, c := range []rune{';', '\t'} {
		if bytes.Count(head, []byte(string(c))) > bytes.Count(head, []byte(string(best))) {
			best = c
		}
	}
	return best
}

// find finds the columns in the header. A column that may be missing has a name
// that begins with "?"; of several names with "|" between, the first one counts.
func (r *record) find(header []string, columns Columns) error {
	for what, names := range columns {
		names, optional := strings.CutPrefix(names, "?")
		found := -1
		for name := range strings.SplitSeq(names, "|") {
			if found < 0 {
				found = slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) })
			}
		}
		switch {
		case found >= 0:
			r.at[what] = found
		case what == colCurrency && money.IsCurrency(names):
			r.fixed[what] = names
		case !optional:
			return fmt.Errorf("has no column %q for %s; its columns are %s", cut(names), what, cut(strings.Join(header, ", ")))
		}
	}
	if !r.has(colDay) {
		return errors.New("no column is named for day; --columns day=HEADER does")
	}
	if !r.has(colQuantity) && !r.has(colCost) {
		return errors.New("no column is named for cost or quantity; --columns cost=HEADER does")
	}
	if r.has(colCost) && !r.has(colCurrency) {
		return errors.New("no column is named for currency; --columns currency=HEADER does, or currency=USD for all rows")
	}
	return nil
}

func (r *record) has(what string) bool {
	_, ok := r.at[what]
	return ok || r.fixed[what] != ""
}

// times reads when the usage of a row was: a day, unless an end is told.
func (r *record) times() (start, end int64, err error) {
	start, err = parseTime(r.get(colDay))
	if err != nil {
		return 0, 0, err
	}
	const day = int64(24 * time.Hour / time.Second)
	if r.get(colEnd) == "" {
		start -= start % day
		return start, start + day, nil
	}
	if end, err = parseTime(r.get(colEnd)); err == nil && end <= start {
		err = fmt.Errorf("ends at %q, before it starts", cut(r.get(colEnd)))
	}
	return start, end, err
}

// amounts reads quantity and cost of a row.
func (r *record) amounts(b *Bill, l *Line) error {
	if s := r.get(colQuantity); s != "" {
		n, _, err := parseNumber(s)
		if err != nil {
			return fmt.Errorf("%s: %w", colQuantity, err)
		}
		block, err := blockOf(r.get(colUnit))
		if err != nil {
			return err
		}
		l.Quantity = n.Mul(n, block)
	}
	s := r.get(colCost)
	if s == "" {
		return nil
	}
	n, places, err := parseNumber(s)
	if err != nil {
		return fmt.Errorf("%s: %w", colCost, err)
	}
	b.Places = max(b.Places, places)
	l.Cost, l.Currency = n, strings.ToUpper(r.get(colCurrency))
	if !money.IsCurrency(l.Currency) {
		return fmt.Errorf("%s %q is no currency such as USD", colCurrency, cut(l.Currency))
	}
	return nil
}

// blockOf returns how many tokens a unit such as "Tokens", "1000 Tokens" or "1M tokens" is.
func blockOf(unit string) (*big.Rat, error) {
	first, _, _ := strings.Cut(strings.TrimSpace(unit), " ")
	first = strings.ReplaceAll(strings.ToLower(first), ",", "")
	factor := int64(1)
	switch {
	case first == "" || first[0] < '0' || first[0] > '9':
		return big.NewRat(1, 1), nil
	case strings.HasSuffix(first, "k"):
		first, factor = first[:len(first)-1], 1000
	case strings.HasSuffix(first, "m"):
		first, factor = first[:len(first)-1], 1_000_000
	}
	n, err := strconv.ParseInt(first, 10, 64)
	if err != nil || n <= 0 || n > 1_000_000_000 {
		return nil, fmt.Errorf("%s %q is no unit such as Tokens or 1000000 Tokens", colUnit, cut(unit))
	}
	return new(big.Rat).SetInt64(n * factor), nil
}

// plainLine reads a row of a CSV whose columns were told.
func plainLine(b *Bill, r *record) error {
	start, end, err := r.times()
	if err != nil {
		return err
	}
	item := cut(r.get(colMeter))
	l := Line{Start: start, End: end, Model: cut(r.get(colModel)), Item: item, Meter: meterOf(item), Tier: Tier(cut(r.get(colTier)))}
	l.OneHour = l.Meter == CacheWrite && oneHour(item)
	if item != "" && l.Meter == Unsplit {
		return fmt.Errorf("%s %q is not understood; it should say input, cache read, cache write, output or a fee", colMeter, item)
	}
	if err := r.amounts(b, &l); err != nil {
		return err
	}
	if l.Meter == Fees {
		l.Quantity = nil
	}
	b.covers(start, end)
	return b.add(l)
}
