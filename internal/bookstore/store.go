// Package bookstore keeps the price book that is in force: it reads the layers
// that configuration names, watches the files, and swaps the book when a new
// one is good. A book with mistakes never replaces a good one. It knows neither
// telemetry nor Collector components.
package bookstore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/prices"
)

// Source says which layers make the book, from the lowest.
type Source struct {
	Builtin bool
	Files   []string
}

// Store holds the book in force. Its zero value is not usable; see Open.
type Store struct {
	source Source
	now    func() time.Time
	book   atomic.Pointer[loaded]

	mu      sync.Mutex        // serialises reloads
	seen    [sha256.Size]byte // what the last reload found: content, or the error of reading it
	inForce [sha256.Size]byte // content of the book in force
	failing atomic.Bool
}

type loaded struct {
	book *pricebook.Book
	at   time.Time
}

// Outcome is how a reload ended.
type Outcome uint8

// The outcomes of Reload.
const (
	Unchanged Outcome = iota // the files are what they were
	Replaced                 // a new book is in force
	Refused                  // the files have mistakes; the book before stays in force
)

// Open loads the layers. It fails if there is none, or if any has a mistake.
func Open(source Source) (*Store, error) {
	s := &Store{source: source, now: time.Now}
	layers, sum, err := source.read()
	if err != nil {
		return nil, err
	}
	book, err := pricebook.Load(layers...)
	if err != nil {
		return nil, err
	}
	s.seen, s.inForce = sum, sum
	s.book.Store(&loaded{book, s.now()})
	return s, nil
}

// Book returns the book in force.
func (s *Store) Book() *pricebook.Book { return s.book.Load().book }

// LoadedAt returns when the book in force was read.
func (s *Store) LoadedAt() time.Time { return s.book.Load().at }

// Failing tells whether the files as they are now have mistakes.
func (s *Store) Failing() bool { return s.failing.Load() }

// Reload reads the files again and puts them in force if they changed and have
// no mistake. The error of a refused book is returned once for every content.
// When the files are again what is in force, after they were refused or could
// not be read, the outcome is Replaced and the book stays the same.
func (s *Store) Reload() (Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	layers, sum, err := s.source.read()
	if err != nil {
		sum = sha256.Sum256([]byte(err.Error()))
	}
	if sum == s.seen {
		return Unchanged, nil
	}
	s.seen = sum
	if sum == s.inForce {
		s.failing.Store(false)
		return Replaced, nil
	}
	var book *pricebook.Book
	if err == nil {
		book, err = pricebook.Load(layers...)
	}
	if err != nil {
		s.failing.Store(true)
		return Refused, err
	}
	s.inForce = sum
	s.failing.Store(false)
	s.book.Store(&loaded{book, s.now()})
	return Replaced, nil
}

// Watch reloads at every tick of the interval until the context ends, and
// tells every outcome but Unchanged. It never reloads if the interval is not
// above zero.
func (s *Store) Watch(ctx context.Context, interval time.Duration, tell func(Outcome, error)) {
	if interval <= 0 {
		<-ctx.Done()
		return
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if outcome, err := s.Reload(); outcome != Unchanged {
				tell(outcome, err)
			}
		}
	}
}

// read returns the layers and a checksum of their content.
func (src Source) read() ([]pricebook.Layer, [sha256.Size]byte, error) {
	var layers []pricebook.Layer
	if src.Builtin {
		builtin, err := Builtin()
		if err != nil {
			return nil, [sha256.Size]byte{}, err
		}
		layers = append(layers, builtin)
	}
	hash := sha256.New()
	var errs []error
	for _, name := range src.Files {
		data, err := readFile(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		fmt.Fprintf(hash, "%d\n", len(data))
		hash.Write(data)
		layers = append(layers, pricebook.Layer{{Name: name, Data: data}})
	}
	return layers, [sha256.Size]byte(hash.Sum(nil)), errors.Join(errs...)
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(filepath.Clean(name))
	if err != nil {
		return nil, fmt.Errorf("price book: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, pricebook.MaxFileBytes+1)) // the loader refuses longer ones
	if err != nil {
		return nil, fmt.Errorf("price book %s: %w", name, err)
	}
	return data, nil
}

// Builtin returns the layer that comes with the program.
func Builtin() (pricebook.Layer, error) {
	names, err := fs.Glob(prices.Files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("built-in price book: %w", err)
	}
	slices.Sort(names)
	var layer pricebook.Layer
	for _, name := range names {
		data, err := fs.ReadFile(prices.Files, name)
		if err != nil {
			return nil, fmt.Errorf("built-in price book: %w", err)
		}
		layer = append(layer, pricebook.File{Name: "builtin/" + name, Data: data})
	}
	return layer, nil
}
