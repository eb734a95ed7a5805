// Package sqlite keeps the ledger in one SQLite file. One writer at a time, any
// number of readers, also of other processes on the same machine.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver in pure Go

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Options say how a file is opened.
type Options struct {
	// Synchronous is "full", the default, or "normal": then a commit survives the end of
	// the process at any time, but the last ones may be lost when the power fails.
	Synchronous string
	// ReadOnly opens an existing file for reading.
	ReadOnly bool
}

// Store is a ledger in a file. It is safe for concurrent use.
type Store struct {
	path     string
	readOnly bool
	write    *sql.DB // one connection
	read     *sql.DB
	inserts  inserts

	mu        sync.Mutex                // of what follows
	known     map[int64]*ledger.Context // that are stored
	forgotten int                       // how often all was forgotten
	draining  bool                      // connections are closed after use, for some were made before

	requests chan *request
	quit     chan struct{}
	done     chan struct{}
}

var _ ledger.Store = (*Store)(nil)

// Open opens a ledger, and makes the file and its directory if they are not there.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	s, err := open(ctx, path, o)
	if err != nil {
		return nil, fmt.Errorf("ledger %s: %w", path, explain(path, o.ReadOnly, err))
	}
	return s, nil
}

// How many connections there are to write, and to read while nothing is read.
const (
	writers     = 1
	idleReaders = 2
)

func open(ctx context.Context, path string, o Options) (*Store, error) {
	if path == "" {
		return nil, errors.New("no file is named; write sqlite:///var/lib/otelcol/ledger.db, for example")
	}
	if o.ReadOnly {
		if _, err := os.Stat(path); err != nil {
			return nil, err
		}
	} else if err := create(path); err != nil {
		return nil, err
	}
	s := &Store{path: path, readOnly: o.ReadOnly, known: map[int64]*ledger.Context{}, requests: make(chan *request), quit: make(chan struct{}), done: make(chan struct{})}
	var err error
	if s.write, err = sql.Open("sqlite", dsn(path, o, !o.ReadOnly)); err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(writers)
	s.write.SetMaxIdleConns(writers)
	if s.read, err = sql.Open("sqlite", dsn(path, o, false)); err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	s.read.SetMaxOpenConns(4)
	s.read.SetMaxIdleConns(idleReaders)
	if err := s.prepare(ctx, o); err != nil {
		return nil, errors.Join(err, s.read.Close(), s.write.Close())
	}
	go s.commits()
	return s, nil
}

// create makes an empty file, and its directory, unless they are there. SQLite
// itself never makes one: connections are made again after trouble with the disk,
// and must not begin another ledger in the place where a disk is to be mounted.
func create(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil // opening and closing it here would give up SQLite's locks of this process
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil // somebody else was faster
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func (s *Store) prepare(ctx context.Context, o Options) error {
	if o.ReadOnly {
		var version int
		if err := s.read.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
			return err
		}
		if version != len(migrations) {
			return fmt.Errorf("the file has schema version %d, and this release reads version %d", version, len(migrations))
		}
		return nil
	}
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	return s.inserts.prepare(ctx, s.write)
}

// cacheKiB bounds the pages that a connection keeps.
const cacheKiB = 64 << 10

func dsn(path string, o Options, writes bool) string {
	q := url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(10000)", fmt.Sprintf("cache_size(-%d)", cacheKiB)}}
	if writes {
		synchronous := "full"
		if o.Synchronous != "" {
			synchronous = o.Synchronous
		}
		q["_pragma"] = append(q["_pragma"], "journal_mode(wal)", "synchronous("+synchronous+")", "wal_autocheckpoint(8000)", "journal_size_limit(67108864)")
		q.Set("_txlock", "immediate")
	} else {
		q["_pragma"] = append(q["_pragma"], "query_only(1)")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// Close ends writing, and closes the file.
func (s *Store) Close() error {
	close(s.quit)
	<-s.done
	return errors.Join(s.read.Close(), s.write.Close())
}

// Size returns the bytes in use. The file may be larger: it never shrinks, and
// the room of what was removed is used again.
func (s *Store) Size(ctx context.Context) (size int64, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size").Scan(&size)
	return size, s.failed(err)
}

// now is the instant of an ingestion.
var now = func() int64 { return time.Now().UnixNano() }

// list joins n copies of a text with commas.
func list(text string, n int) string {
	return strings.TrimSuffix(strings.Repeat(text+", ", n), ", ")
}
