package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// failed names the file in an error of SQLite and says what to do. If the file itself is in
// trouble, nothing that was opened or read before is used again: connections made
// on a disk that cannot be written stay read-only when it can be, and keep it from
// being unmounted; and what comes back may be another file, such as a backup.
func (s *Store) failed(err error) error {
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return err
	}
	if trouble(failed) {
		s.forget()
	}
	return fmt.Errorf("ledger %s: %w", s.path, explain(s.path, s.readOnly, err))
}

// forget drops what is known of the file, and closes the connections: those in
// use when they are no more. Others are made when they are needed.
func (s *Store) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.known)
	s.forgotten++
	s.draining = true
	s.write.SetMaxIdleConns(-1)
	s.read.SetMaxIdleConns(-1)
}

// settle lets connections stay open again when none is in use that was made
// before the store forgot, and returns how often it did.
func (s *Store) settle() (forgotten int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining && s.write.Stats().InUse+s.read.Stats().InUse == 0 {
		s.draining = false
		s.write.SetMaxIdleConns(writers)
		s.read.SetMaxIdleConns(idleReaders)
	}
	return s.forgotten
}

// trouble tells whether an error is about the file or its disk, not about what was
// to be done with it, nor about others who use it too.
func trouble(failed *sqlite.Error) bool {
	switch failed.Code() & 0xff {
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT, lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN, lib.SQLITE_FULL, lib.SQLITE_IOERR:
		return true
	}
	return false
}

// explain adds what to do to errors of SQLite.
func explain(path string, readOnly bool, err error) error {
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return err
	}
	if failed.Code() == lib.SQLITE_CONSTRAINT_DATATYPE {
		return fmt.Errorf("%w: %w", ledger.ErrRange, err) // a sum beyond 64 bits became a floating-point number
	}
	say, cause := "", ""
	if !readOnly { // who only reads makes no files
		cause = causeOf(path, failed)
	}
	switch failed.Code() & 0xff {
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		say = "the file is damaged, or no SQLite database: stop what writes it, and restore it from a backup, or move it away with its -wal and -shm to begin a new ledger"
	case lib.SQLITE_READONLY, lib.SQLITE_PERM:
		say = "the file or its directory cannot be written" + cause + ": see to it that the Collector's user may write both, and that their disk is mounted for writing"
	case lib.SQLITE_CANTOPEN:
		say = "the file cannot be opened" + cause + ": check that it exists, and that the Collector's user may write it and its directory"
	case lib.SQLITE_FULL:
		say = "the disk is full: make room; what was not stored is tried again"
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		say = "another process writes the file; it is tried again"
	case lib.SQLITE_IOERR:
		say = "the disk failed to read or write" + cause + ": check it and its room; what was not stored is tried again"
	default:
		return err
	}
	return fmt.Errorf("%s: %w", say, err)
}

// causeOf is what the operating system says of files beside that of the ledger,
// which SQLite keeps for itself; nothing, if they can be made and opened.
func causeOf(path string, failed *sqlite.Error) string {
	switch failed.Code() & 0xff {
	case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN, lib.SQLITE_IOERR:
	default:
		return ""
	}
	probe, err := os.CreateTemp(filepath.Dir(path), ".token_cost_probe")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err == nil {
		_, err = os.Stat(path)
	}
	if err == nil {
		return ""
	}
	var of *os.PathError
	if errors.As(err, &of) {
		err = of.Err // without the name of the probe
	}
	return " (" + err.Error() + ")"
}
