package focus

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"strings"
	"time"
)

// encoder writes rows of some columns to a file.
type encoder interface {
	Write(r *Row) error
	Close() error // does not close the file
}

func newEncoder(w io.Writer, f Format, columns []Column, generator string) (encoder, error) {
	switch f {
	case Parquet:
		return newParquet(w, columns, generator)
	case CSVGzip:
		z := gzip.NewWriter(w) // without a time, so that equal rows are equal bytes
		return newCSV(z, z, columns)
	}
	return newCSV(w, nil, columns)
}

// csvEncoder writes RFC 4180 with a header. Null is an empty field; there is no
// empty text.
type csvEncoder struct {
	w       *csv.Writer
	under   io.Closer // nil for none
	columns []Column
	record  []string
}

func newCSV(w io.Writer, under io.Closer, columns []Column) (encoder, error) {
	e := &csvEncoder{csv.NewWriter(w), under, columns, make([]string, len(columns))}
	for i := range columns {
		e.record[i] = columns[i].Name
	}
	return e, e.w.Write(e.record)
}

func (e *csvEncoder) Write(r *Row) error {
	for i := range e.columns {
		c := &e.columns[i]
		v := c.Of(r)
		switch {
		case v.Num != nil:
			e.record[i] = pointed(formatDecimal(v.Num))
		case c.Kind == Instant:
			e.record[i] = formatInstant(v.Time)
		default:
			e.record[i] = v.Text
		}
	}
	return e.w.Write(e.record)
}

func (e *csvEncoder) Close() error {
	e.w.Flush()
	if err := e.w.Error(); err != nil || e.under == nil {
		return err
	}
	return e.under.Close()
}

// pointed writes whole numbers with a point too: readers that guess types, as the
// FinOps Foundation's validator does, take a column of whole numbers for integers.
func pointed(decimal string) string {
	if strings.Contains(decimal, ".") {
		return decimal
	}
	return decimal + ".0"
}

func formatInstant(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }
