package focus

import "fmt"

// Format is the format of files.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	CSVGzip Format = "csv.gz"
	Parquet Format = "parquet"
)

// Formats lists the formats.
func Formats() []string { return []string{string(CSV), string(CSVGzip), string(Parquet)} }

// ParseFormat reads a format.
func ParseFormat(s string) (Format, error) {
	switch f := Format(s); f {
	case CSV, CSVGzip, Parquet:
		return f, nil
	}
	return "", fmt.Errorf("format %q is not written; use csv, csv.gz or parquet", s)
}
