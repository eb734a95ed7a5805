package focus

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Manifest describes the files of a partition, beside them. Its name begins with
// an underscore, which readers of Hive partitions leave out.
type Manifest struct {
	SchemaID     string `json:"SchemaId"`
	FocusVersion string
	DraftKeys    string `json:"x_DraftKeys,omitempty"`
	// LastUpdated is when the partition was written; a further export replaces it.
	LastUpdated string
	Complete    bool // the billing period is closed in the ledger
	Grain       string
	Files       []FileInfo
	Summary     *Summary `json:"x_Summary"`
}

// FileInfo is a file of a partition.
type FileInfo struct {
	Name   string
	Rows   int
	Bytes  int64
	SHA256 string
}

// ManifestName is the name of manifests.
const ManifestName = "_manifest.json"

// dataset is the name of files without their ending.
const dataset = "cost_and_usage"

// Export writes the partition of a billing period and replaces it as a whole:
// who reads meanwhile sees all of the old one or all of the new one.
func Export(ctx context.Context, r ledger.Reader, o *Options, p Period) (*Summary, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	if _, err := ParseFormat(string(o.Format)); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("focus: %w", err)
	}
	s, err := export(ctx, r, o, p)
	if err != nil {
		return nil, fmt.Errorf("focus: export of %s to %s: %w", p, o.Dir, err)
	}
	return s, nil
}

func export(ctx context.Context, r ledger.Reader, o *Options, p Period) (*Summary, error) {
	columns := o.Columns()
	schema := newSchema(o, columns)
	if err := schema.write(o.Dir); err != nil {
		return nil, err
	}
	closed, err := r.Closed(ctx)
	if err != nil {
		return nil, err
	}
	target := filepath.Join(o.Dir, "billing_period="+p.String())
	if err := sweep(o.Dir, o.now()); err != nil {
		return nil, err
	}
	stage, err := os.MkdirTemp(o.Dir, stagePrefix+p.String()+"-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(stage) // what it holds then is what was replaced, or what failed
	if err := os.Chmod(stage, 0o755); err != nil {
		return nil, err
	}
	w := &partitionWriter{Options: o, dir: stage, columns: columns}
	s, err := Rows(ctx, r, o, p, w.write)
	if err = errors.Join(err, w.close()); err != nil {
		return nil, err
	}
	m := &Manifest{
		SchemaID: schema.SchemaID, FocusVersion: schema.FocusVersion, DraftKeys: schema.DraftKeys, LastUpdated: o.now().UTC().Format(time.RFC3339), Complete: closed > int64(p),
		Grain: map[ledger.Grain]string{ledger.Hourly: "hour", ledger.Daily: "day"}[o.Grain], Files: w.files, Summary: s,
	}
	if err := replaceFile(filepath.Join(stage, ManifestName), m); err != nil {
		return nil, err
	}
	if err := swap(stage, target); err != nil {
		return nil, err
	}
	return s, syncDir(o.Dir)
}

// stagePrefix begins the names of directories that are being written. Readers of
// partitions leave out names that begin with a dot.
const stagePrefix = ".billing_period="

// abandoned is after how long the directory of a writer that died is removed.
const abandoned = 24 * time.Hour

// sweep removes what writers that died left.
func sweep(dir string, now time.Time) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), stagePrefix) {
			continue
		}
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > abandoned {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// swap puts the new directory where the old one is, which it leaves in place of
// the new one.
func swap(stage, target string) error {
	if _, err := os.Stat(target); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(stage, target)
	} else if err != nil {
		return err
	}
	if err := exchangeDirs(stage, target); !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	old := stage + ".old"
	if err := os.Rename(target, old); err != nil {
		return err
	}
	if err := os.Rename(stage, target); err != nil {
		return errors.Join(err, os.Rename(old, target))
	}
	return os.RemoveAll(old)
}

// partitionWriter writes the rows of a billing period into one file, or one for
// each day.
type partitionWriter struct {
	*Options
	dir     string
	columns []Column
	files   []FileInfo
	open    map[string]*outFile
}

// outFile is a file that is being written.
type outFile struct {
	*os.File
	encoder
	sum  hash.Hash
	rows int
}

func (w *partitionWriter) write(r *Row) error {
	name := dataset + "." + string(w.Format)
	if w.ByDay {
		name = filepath.Join("day="+time.Unix(r.Start, 0).UTC().Format(time.DateOnly), name)
	}
	f, err := w.file(name)
	if err != nil {
		return err
	}
	f.rows++
	return f.encoder.Write(r)
}

// maxOpen is how many files of a partition are open at once: rows come by day,
// but for purchases, and corrections of up to some months.
const maxOpen = 400

func (w *partitionWriter) file(name string) (*outFile, error) {
	if f := w.open[name]; f != nil {
		return f, nil
	}
	if len(w.open) >= maxOpen {
		return nil, fmt.Errorf("rows of more than %d days are in one billing period; write it without partitions by day", maxOpen)
	}
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	f := &outFile{File: file, sum: sha256.New()}
	if f.encoder, err = newEncoder(io.MultiWriter(file, f.sum), w.Format, w.columns, w.Generator); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if w.open == nil {
		w.open = map[string]*outFile{}
	}
	w.open[name] = f
	return f, nil
}

// close ends all files. A period without rows has a file without rows, so that
// it is told from one that was never exported.
func (w *partitionWriter) close() error {
	var errs []error
	if len(w.open) == 0 {
		if _, err := w.file(dataset + "." + string(w.Format)); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.open)) {
		f := w.open[name]
		err := errors.Join(f.encoder.Close(), f.Sync())
		info, statErr := f.Stat()
		if err = errors.Join(err, statErr, f.File.Close()); err != nil {
			errs = append(errs, err)
			continue
		}
		w.files = append(w.files, FileInfo{filepath.ToSlash(name), f.rows, info.Size(), hex.EncodeToString(f.sum.Sum(nil))})
		if dir := filepath.Dir(filepath.Join(w.dir, name)); dir != w.dir {
			errs = append(errs, syncDir(dir))
		}
	}
	return errors.Join(errs...)
}
