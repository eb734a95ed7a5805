package bookstore

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bookOf is a book of one model, told apart by its version.
func bookOf(version string) string {
	return fmt.Sprintf("schema: tokencost.pricebook/v1\nversion: %q\nproviders:\n  p:\n    models:\n      m: {prices: [{rates: {input: 1, output: 2}}]}\n", version)
}

const broken = "schema: tokencost.pricebook/v1\nproviders:\n  p: {models: {m: {prices: [{rates: {input: -1}}]}}}\n"

// replace writes a file as tools do that care: beside it, and renamed over it.
func replace(t *testing.T, file, text string) {
	t.Helper()
	next := filepath.Join(filepath.Dir(file), ".next")
	require.NoError(t, os.WriteFile(next, []byte(text), 0o600))
	require.NoError(t, os.Rename(next, file))
}

// open opens a store of one file that holds the text.
func open(t *testing.T, text string) (*Store, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "book.yaml")
	replace(t, file, text)
	s, err := Open(Source{Files: []string{file}})
	require.NoError(t, err)
	return s, file
}

func TestOpenFailsWithoutBook(t *testing.T) {
	_, err := Open(Source{})
	assert.ErrorIs(t, err, pricebook.ErrNoBook)
}

func TestOpenFailsOnMissingFile(t *testing.T) {
	_, err := Open(Source{Files: []string{filepath.Join(t.TempDir(), "none.yaml")}})
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, "none.yaml")
}

func TestOpenFailsOnMistakeAndNamesTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "book.yaml")
	require.NoError(t, os.WriteFile(file, []byte(broken), 0o600))
	_, err := Open(Source{Files: []string{file}})
	var mistake *pricebook.Error
	require.ErrorAs(t, err, &mistake)
	assert.Equal(t, file, mistake.File)
	assert.Equal(t, 3, mistake.Line)
}

func TestBuiltinBookLoadsAlone(t *testing.T) {
	s, err := Open(Source{Builtin: true})
	require.NoError(t, err)
	assert.Positive(t, s.Book().NumModels())
	assert.False(t, s.Failing())
	assert.WithinDuration(t, time.Now(), s.LoadedAt(), time.Minute)
}

func TestFilesLieOverTheBuiltinBookInOrder(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "1.yaml"), filepath.Join(dir, "2.yaml")
	require.NoError(t, os.WriteFile(first, []byte(bookOf("one")), 0o600))
	require.NoError(t, os.WriteFile(second, []byte(bookOf("two")), 0o600))
	s, err := Open(Source{Builtin: true, Files: []string{first, second}})
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(s.Book().Label, "two+"), s.Book().Label)
	assert.NotNil(t, s.Book().Provider("openai"))
	assert.NotNil(t, s.Book().Provider("p"))
}

func TestReloadPutsAChangedFileInForce(t *testing.T) {
	s, file := open(t, bookOf("one"))
	before := s.Book()
	outcome, err := s.Reload()
	require.NoError(t, err)
	assert.Equal(t, Unchanged, outcome)
	assert.Same(t, before, s.Book())

	replace(t, file, bookOf("two"))
	outcome, err = s.Reload()
	require.NoError(t, err)
	assert.Equal(t, Replaced, outcome)
	assert.Equal(t, "two", s.Book().Version)
}

func TestRefusedFileLeavesTheGoodBookAndIsToldOncePerContent(t *testing.T) {
	s, file := open(t, bookOf("one"))
	before := s.Book()
	for i, text := range []string{broken, broken + "\n"} {
		replace(t, file, text)
		outcome, err := s.Reload()
		assert.Equal(t, Refused, outcome, i)
		assert.ErrorContains(t, err, file)
		for range 3 {
			outcome, err = s.Reload()
			assert.Equal(t, Unchanged, outcome, "the same content is told once")
			assert.NoError(t, err)
		}
		assert.True(t, s.Failing())
		assert.Same(t, before, s.Book())
	}
}

func TestFileMissingForAMomentLeavesTheGoodBook(t *testing.T) {
	s, file := open(t, bookOf("one"))
	before := s.Book()
	require.NoError(t, os.Remove(file))
	outcome, err := s.Reload()
	assert.Equal(t, Refused, outcome)
	assert.ErrorIs(t, err, os.ErrNotExist)
	outcome, err = s.Reload()
	assert.Equal(t, Unchanged, outcome)
	assert.NoError(t, err)
	assert.True(t, s.Failing())

	replace(t, file, bookOf("one"))
	outcome, err = s.Reload()
	require.NoError(t, err)
	assert.Equal(t, Replaced, outcome, "that the file is back is told")
	assert.Same(t, before, s.Book(), "the same content is the same book, with what it has cached")
	assert.False(t, s.Failing())
}

func TestGoodBookAfterARefusedOneIsPutInForce(t *testing.T) {
	s, file := open(t, bookOf("one"))
	replace(t, file, broken)
	_, err := s.Reload()
	require.Error(t, err)
	replace(t, file, bookOf("two"))
	outcome, err := s.Reload()
	require.NoError(t, err)
	assert.Equal(t, Replaced, outcome)
	assert.Equal(t, "two", s.Book().Version)
	assert.False(t, s.Failing())
}

func TestEmptyAndOverlongFilesAreRefused(t *testing.T) {
	s, file := open(t, bookOf("one"))
	before := s.Book()
	replace(t, file, "")
	outcome, err := s.Reload()
	assert.Equal(t, Refused, outcome)
	assert.ErrorContains(t, err, "is empty")
	replace(t, file, bookOf("long")+"# "+strings.Repeat("x", pricebook.MaxFileBytes))
	outcome, err = s.Reload()
	assert.Equal(t, Refused, outcome)
	assert.ErrorContains(t, err, "bytes long")
	assert.Same(t, before, s.Book())
}

func TestBookIsReadWhileItIsReplaced(t *testing.T) {
	s, file := open(t, bookOf("0"))
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					b := s.Book()
					res, _ := b.Resolve(&pricebook.Query{Provider: "p", Response: "m"})
					if res.Model == nil || res.Model.At(0) == nil {
						t.Error("a book was seen that is not whole")
						return
					}
				}
			}
		})
	}
	for i := range 50 {
		replace(t, file, bookOf(fmt.Sprint(i+1)))
		_, err := s.Reload()
		require.NoError(t, err)
	}
	close(stop)
	wg.Wait()
	assert.Equal(t, "50", s.Book().Version)
}

// recorder holds what a watch told.
type recorder struct {
	mu   sync.Mutex
	told []Outcome
}

func (r *recorder) tell(o Outcome, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, o)
}

func (r *recorder) outcomes() []Outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.told)
}

// watch runs Watch and records what it tells.
func watch(ctx context.Context, s *Store, interval time.Duration) (told *recorder, done chan struct{}) {
	told, done = &recorder{}, make(chan struct{})
	go func() {
		defer close(done)
		s.Watch(ctx, interval, told.tell)
	}()
	return told, done
}

func TestWatchTellsChangesAtEveryIntervalAndEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, file := open(t, bookOf("one"))
		ctx, cancel := context.WithCancel(t.Context())
		told, done := watch(ctx, s, 30*time.Second)
		wait := func() { time.Sleep(31 * time.Second); synctest.Wait() }

		wait()
		assert.Empty(t, told.outcomes(), "nothing changed")
		replace(t, file, broken)
		synctest.Wait()
		assert.Empty(t, told.outcomes(), "not before the interval is over")
		wait()
		wait()
		assert.Equal(t, []Outcome{Refused}, told.outcomes(), "told once")
		replace(t, file, bookOf("two"))
		wait()
		assert.Equal(t, []Outcome{Refused, Replaced}, told.outcomes())
		cancel()
		<-done
	})
}

func TestWatchWithoutIntervalNeverReloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, file := open(t, bookOf("one"))
		ctx, cancel := context.WithCancel(t.Context())
		told, done := watch(ctx, s, 0)
		replace(t, file, bookOf("two"))
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Empty(t, told.outcomes())
		assert.Equal(t, "one", s.Book().Version)
		cancel()
		<-done
	})
}

func TestReadFileReturnsTheErrorOfReading(t *testing.T) {
	_, err := readFile(t.TempDir()) // a directory opens and does not read
	require.Error(t, err)
	assert.NotErrorIs(t, err, io.EOF)
}
