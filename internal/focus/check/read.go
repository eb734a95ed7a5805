package check

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// rowReader is a file that is read row by row.
type rowReader struct {
	columns []string
	kinds   []parquetKind // nil of CSV, whose values are all text
	next    func() ([]*string, error)
	close   func()
}

// parquetKind names the type of a column of Parquet.
type parquetKind string

func (k parquetKind) holds(of kind) bool {
	switch of {
	case instant:
		return k == "timestamp"
	case decimal:
		return k == "decimal" || k == "integer" || k == "double"
	}
	return k == "string"
}

func open(name string) (*rowReader, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	var t *rowReader
	switch {
	case strings.HasSuffix(name, ".parquet"):
		t, err = openParquet(f)
	case strings.HasSuffix(name, ".csv"):
		t, err = openCSV(f)
	case strings.HasSuffix(name, ".csv.gz"):
		var z *gzip.Reader
		if z, err = gzip.NewReader(bufio.NewReader(f)); err == nil {
			t, err = openCSV(z)
		}
	default:
		err = errors.New("is no file of rows; its name must end in .csv, .csv.gz or .parquet")
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	t.close = func() { f.Close() }
	return t, nil
}

func openCSV(in io.Reader) (*rowReader, error) {
	r := csv.NewReader(in)
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	return &rowReader{columns: header, next: func() ([]*string, error) {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		out := make([]*string, len(record))
		for i := range record {
			if record[i] != "" {
				out[i] = &record[i]
			}
		}
		return out, nil
	}}, nil
}

func openParquet(f *os.File) (*rowReader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		return nil, err
	}
	t := &rowReader{}
	var scales []int
	for _, field := range file.Schema().Fields() {
		if !field.Leaf() || field.Repeated() {
			return nil, fmt.Errorf("column %s holds no single values", field.Name())
		}
		kind, scale := kindOf(field.Type())
		t.columns, t.kinds, scales = append(t.columns, field.Name()), append(t.kinds, kind), append(scales, scale)
	}
	groups := file.RowGroups()
	var rows parquet.Rows
	buffer := make([]parquet.Row, 1)
	t.next = func() ([]*string, error) {
		for {
			if rows == nil {
				if len(groups) == 0 {
					return nil, nil
				}
				rows, groups = groups[0].Rows(), groups[1:]
			}
			n, err := rows.ReadRows(buffer)
			if n == 1 {
				return t.texts(buffer[0], scales), nil
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, err
			}
			if err := rows.Close(); err != nil {
				return nil, err
			}
			rows = nil
		}
	}
	return t, nil
}

func kindOf(t parquet.Type) (parquetKind, int) {
	if l := t.LogicalType(); l != nil {
		switch v := l.Value.(type) {
		case *format.DecimalType:
			return "decimal", int(v.Scale)
		case *format.TimestampType:
			return "timestamp", int(unitOf(v.Unit))
		case *format.StringType, *format.JsonType:
			return "string", 0
		}
	}
	switch t.Kind() {
	case parquet.Int32, parquet.Int64:
		return "integer", 0
	case parquet.Float, parquet.Double:
		return "double", 0
	}
	return parquetKind(t.String()), 0
}

func unitOf(u format.TimeUnit) time.Duration {
	switch u.Value.(type) {
	case *format.MilliSeconds:
		return time.Millisecond
	case *format.MicroSeconds:
		return time.Microsecond
	}
	return time.Nanosecond
}

// texts writes the values of a row as a CSV file would have them.
func (t *rowReader) texts(values parquet.Row, scales []int) []*string {
	out := make([]*string, len(t.columns))
	for _, v := range values {
		if i := v.Column(); !v.IsNull() {
			s := textOf(v, t.kinds[i], scales[i])
			out[i] = &s
		}
	}
	return out
}

func textOf(v parquet.Value, k parquetKind, scale int) string {
	switch k {
	case "timestamp":
		at := time.Unix(0, v.Int64()*int64(scale)).UTC()
		return at.Format(time.RFC3339Nano)
	case "decimal":
		return decimalText(v, scale)
	}
	return v.String()
}

// decimalText writes an unscaled number with its point, without trailing zeros.
func decimalText(v parquet.Value, scale int) string {
	n := new(big.Int)
	switch v.Kind() {
	case parquet.Int32, parquet.Int64:
		n.SetInt64(v.Int64())
	default:
		b := v.ByteArray()
		n.SetBytes(b)
		if len(b) > 0 && b[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	r := new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
	s := r.FloatString(scale)
	if scale > 0 {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return s
}
