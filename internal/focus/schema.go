package focus

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Schema is the specification's schema metadata of files (Schema, 1.2 to 1.4).
type Schema struct {
	SchemaID         string             `json:"SchemaId"`
	CreationDate     string             `json:"CreationDate"`
	FocusVersion     string             `json:"FocusVersion"`
	DataGenerator    string             `json:"DataGenerator"`
	Dataset          string             `json:"Dataset"`
	ColumnDefinition []ColumnDefinition `json:"ColumnDefinition"`
	DraftKeys        string             `json:"x_DraftKeys,omitempty"` // of which draft keys of SkuPriceDetails are
}

// ColumnDefinition describes a column.
type ColumnDefinition struct {
	ColumnName       string `json:"ColumnName"`
	DataType         Kind   `json:"DataType"`
	NumericPrecision int    `json:"NumericPrecision,omitempty"`
	NumberScale      int    `json:"NumberScale,omitempty"`
	StringEncoding   string `json:"StringEncoding,omitempty"`
	AllowsNulls      bool   `json:"x_AllowsNulls"`
}

// draftVersion is the draft that keys without x_ are of.
const draftVersion = "1.5-draft"

// newSchema describes the columns of the options. Its id is a hash of all but
// the date, so that it changes if, and only if, the structure does.
func newSchema(o *Options, columns []Column) *Schema {
	s := &Schema{FocusVersion: string(o.Version), DataGenerator: o.Generator, Dataset: "CostAndUsage"}
	if o.DraftKeys {
		s.DraftKeys = draftVersion
	}
	for _, c := range columns {
		d := ColumnDefinition{ColumnName: c.Name, DataType: c.Kind, AllowsNulls: c.Null}
		switch c.Kind {
		case Decimal:
			d.NumericPrecision, d.NumberScale = precision, c.Scale
		case Text, Document:
			d.StringEncoding = "UTF-8"
		}
		s.ColumnDefinition = append(s.ColumnDefinition, d)
	}
	text, _ := json.Marshal(s) // plain fields
	sum := sha256.Sum256(text)
	s.SchemaID = hex.EncodeToString(sum[:8])
	s.CreationDate = o.now().UTC().Format(time.RFC3339)
	return s
}

// write stores the schema below the directory of the partitions, unless it is
// there: a new structure is a new file.
func (s *Schema) write(dir string) error {
	dir = filepath.Join(dir, "metadata")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	name := filepath.Join(dir, "schema-"+s.SchemaID+".json")
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return replaceFile(name, s)
}

// replaceFile writes JSON, so that readers see all of it or what was before.
func replaceFile(name string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it was renamed
	if _, err = f.Write(append(text, '\n')); err == nil {
		err = f.Chmod(0o644)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
