package focus

import (
	"fmt"
	"io"
	"math/big"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// decimalBytes is how many bytes 38 digits take.
const decimalBytes = 16

// batchRows is how many rows are given to the writer at once.
const batchRows = 256

// parquetEncoder writes Parquet: DECIMAL(38) in 16 bytes, timestamps in
// microseconds of UTC, and JSON as strings, which every reader knows.
type parquetEncoder struct {
	w       *parquet.GenericWriter[any]
	columns []Column
	rows    []parquet.Row
}

func newParquet(w io.Writer, columns []Column, generator string) (encoder, error) {
	group := parquet.Group{}
	for _, c := range columns {
		group[c.Name] = node(&c)
	}
	schema := parquet.NewSchema("cost_and_usage", group)
	for i, path := range schema.Columns() { // the group sorts by name, as the columns are
		if path[0] != columns[i].Name {
			return nil, fmt.Errorf("column %s is not in the order of names", columns[i].Name)
		}
	}
	return &parquetEncoder{
		w:       parquet.NewGenericWriter[any](w, schema, parquet.Compression(&zstd.Codec{}), parquet.CreatedBy(generator, "", "")),
		columns: columns,
	}, nil
}

func node(c *Column) parquet.Node {
	var n parquet.Node
	switch c.Kind {
	case Instant:
		n = parquet.Timestamp(parquet.Microsecond)
	case Decimal:
		n = parquet.Decimal(c.Scale, precision, parquet.FixedLenByteArrayType(decimalBytes))
	default:
		n = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	}
	if c.Null {
		n = parquet.Optional(n)
	}
	return n
}

func (e *parquetEncoder) Write(r *Row) error {
	row := make(parquet.Row, len(e.columns))
	for i := range e.columns {
		c := &e.columns[i]
		v, err := value(c, c.Of(r))
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		level := 0
		if c.Null && !v.IsNull() {
			level = 1
		}
		row[i] = v.Level(0, level, i)
	}
	if e.rows = append(e.rows, row); len(e.rows) == batchRows {
		return e.flush()
	}
	return nil
}

func (e *parquetEncoder) flush() error {
	_, err := e.w.WriteRows(e.rows)
	e.rows = e.rows[:0]
	return err
}

func (e *parquetEncoder) Close() error {
	if err := e.flush(); err != nil {
		return err
	}
	return e.w.Close()
}

func value(c *Column, v Value) (parquet.Value, error) {
	switch {
	case v.Num != nil:
		b, err := unscaled(v.Num, c.Scale)
		return parquet.FixedLenByteArrayValue(b), err
	case c.Kind == Instant:
		return parquet.Int64Value(v.Time * 1_000_000), nil
	case v.Text != "":
		return parquet.ByteArrayValue([]byte(v.Text)), nil
	case !c.Null:
		return parquet.Value{}, fmt.Errorf("is null, which it may not be")
	}
	return parquet.NullValue(), nil
}

// limit is the first number of too many digits.
var limit = new(big.Int).Exp(big.NewInt(10), big.NewInt(precision), nil)

// unscaled returns the big-endian two's complement of a decimal at a scale.
func unscaled(r *big.Rat, scale int) ([]byte, error) {
	n := product(r, scaleOf(int64(scale)))
	if !n.IsInt() || n.Num().CmpAbs(limit) >= 0 {
		return make([]byte, decimalBytes), fmt.Errorf("%s has more than %d digits, or more than %d after the point", r.FloatString(scale+1), precision, scale)
	}
	i := n.Num()
	if i.Sign() < 0 {
		i = new(big.Int).Add(i, new(big.Int).Lsh(big.NewInt(1), 8*decimalBytes))
	}
	return i.FillBytes(make([]byte, decimalBytes)), nil
}
