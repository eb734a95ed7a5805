// Package evidence holds what the published price data sets say, in one schema:
// one row for each number, in currency units per million tokens or per item.
// The files are the input of the book; they are written by the extractor and
// kept in the repository so that the book can be rebuilt and reviewed without
// the data sets themselves.
package evidence

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
)

// Row is one number that a data set states.
type Row struct {
	Provider string // an id of ours, such as aws.bedrock
	Model    string // as the data set spells it, without its own router prefix
	From     string // the day this price began, if the data set says so
	Cell     Cell   // what the price is for: standard service, a tier, a region
	Meter    string // a meter or fee of ours, or "times" for a factor on all tokens
	Rate     decimal.Decimal
}

// Set is what one data set says.
type Set struct {
	Name    string // litellm, genai-prices, ...
	State   string // the day of the data, such as 2026-08-01
	Origin  string // where it was published
	Licence string
	Rows    []Row
}

// Times is the meter of rows that state a factor on every token meter.
const Times = "times"

const header = "provider\tmodel\tfrom\tcell\tmeter\trate"

// Sort orders the rows and drops repeated ones.
func (s *Set) Sort() {
	slices.SortFunc(s.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Model, b.Model), cmp.Compare(a.From, b.From),
			cmp.Compare(a.Cell.String(), b.Cell.String()), cmp.Compare(a.Meter, b.Meter), cmp.Compare(a.Rate, b.Rate))
	})
	s.Rows = slices.Compact(s.Rows)
}

// Write writes the set as tab-separated text.
func (s *Set) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# dataset\t%s\n# state\t%s\n# origin\t%s\n# licence\t%s\n%s\n", s.Name, s.State, s.Origin, s.Licence, header)
	for _, r := range s.Rows {
		fmt.Fprintf(b, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Provider, r.Model, r.From, r.Cell, r.Meter, r.Rate)
	}
	return b.Flush()
}

// Read reads what Write wrote.
func Read(r io.Reader) (*Set, error) {
	s := &Set{}
	head := map[string]*string{"# dataset": &s.Name, "# state": &s.State, "# origin": &s.Origin, "# licence": &s.Licence}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) == 2 && head[fields[0]] != nil {
			*head[fields[0]] = fields[1]
			continue
		}
		if lines.Text() == header {
			continue
		}
		if len(fields) != 6 {
			return nil, fmt.Errorf("line %d: has %d fields, not 6", n, len(fields))
		}
		cell, err := ParseCell(fields[3])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		rate, err := decimal.Parse(fields[5])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		s.Rows = append(s.Rows, Row{fields[0], fields[1], fields[2], cell, fields[4], rate})
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if s.Name == "" || s.State == "" {
		return nil, fmt.Errorf("needs the lines # dataset and # state at its top")
	}
	return s, nil
}

// ReadDir reads every .tsv file of a directory, ordered by name.
func ReadDir(dir string) ([]*Set, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.tsv"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no evidence in %s: run extract first", dir)
	}
	var sets []*Set
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		s, err := Read(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		sets = append(sets, s)
	}
	return sets, nil
}
