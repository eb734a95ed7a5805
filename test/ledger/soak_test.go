package ledger

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
)

const (
	// faster is how much faster time passes in the telemetry of a soak: a day in a minute.
	faster = 24 * 60
	// soakSize is from which size on the exporter removes the oldest days.
	soakSize = 512 << 20
	// upkeep is how often the exporter does so.
	upkeep = 10 * time.Minute
	// samples are taken of the heap and of the file.
	samples = 40
)

// The memory of an exporter that stores calls does not grow with what it has
// stored, and neither does a file with a largest size. TOKENCOST_SOAK says for how
// long, and TOKENCOST_SOAK_RATE how many calls a second, as many as can be without.
func TestMemoryDoesNotGrowWithTheLedger(t *testing.T) {
	needs(t)
	duration, err := time.ParseDuration(os.Getenv("TOKENCOST_SOAK"))
	if err != nil {
		duration = 20 * time.Second
	}
	path := filepath.Join(t.TempDir(), "ledger.db")
	// Only days that have passed are removed for their size: all of the telemetry is of days before.
	s := &soak{t: t, began: time.Now(), duration: duration, from: time.Now().Add(-faster*duration - 4*24*time.Hour)}
	if s.rate, err = strconv.Atoi(os.Getenv("TOKENCOST_SOAK_RATE")); err != nil {
		s.rate = 0
	}
	e := ledgerExporterWith(t, map[string]any{"dsn": "sqlite://" + path, "retention": map[string]any{"max_size": soakSize}})
	template := pricedBatch(t, soakBatch)
	var group sync.WaitGroup
	for w := range writers {
		td := ptrace.NewTraces()
		template.CopyTo(td)
		group.Go(func() { s.write(e.ConsumeTraces, uint64(w), td) })
	}
	var heap, file []uint64
	for range samples {
		time.Sleep(duration / (samples + 1))
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		heap, file = append(heap, m.HeapInuse>>20), append(file, onDisk(path)>>20)
	}
	group.Wait()
	const half = samples / 2
	t.Logf("%s: %d calls; MiB of heap in use at most %d in the first half and %d in the second, of files %d and %d", duration, s.batches.Load()*soakBatch,
		slices.Max(heap[:half]), slices.Max(heap[half:]), slices.Max(file[:half]), slices.Max(file[half:]))
	t.Logf("heap: %d", heap)
	t.Logf("files: %d", file)
	flat(t, "heap", heap, 32)
	if duration < 4*upkeep {
		t.Logf("the file is not compared: that takes four times %s, after which the oldest days are removed", upkeep)
		return
	}
	flat(t, "files", file, 128) // the write-ahead log comes and goes
	s.oldestDaysAreGone(path)
}

// flat fails if the second half of samples, in MiB, is above the first.
func flat(t *testing.T, what string, of []uint64, slack uint64) {
	t.Helper()
	first, second := slices.Max(of[:len(of)/2]), slices.Max(of[len(of)/2:])
	assert.LessOrEqual(t, second, first+first/10+slack, what)
}

// onDisk is the size of a file and of its write-ahead log.
func onDisk(path string) (size uint64) {
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			size += uint64(info.Size())
		}
	}
	return size
}

const soakBatch = 8192

// soak is a long time of traffic.
type soak struct {
	t        *testing.T
	began    time.Time
	duration time.Duration
	from     time.Time // of the telemetry
	rate     int       // calls a second, 0 for any
	batches  atomic.Int64
}

// write sends new batches until the time is over.
func (s *soak) write(send func(context.Context, ptrace.Traces) error, writer uint64, td ptrace.Traces) {
	for {
		n := s.batches.Add(1)
		if s.rate > 0 {
			time.Sleep(time.Until(s.began.Add(time.Duration(n) * soakBatch * time.Second / time.Duration(s.rate))))
		}
		passed := time.Since(s.began)
		if passed >= s.duration {
			s.batches.Add(-1)
			return
		}
		renewAt(td, writer, uint64(n), uint64(s.from.Add(passed*faster).UnixNano()))
		if err := send(context.Background(), td); err != nil {
			s.t.Error(err)
		}
	}
}

// oldestDaysAreGone fails if the ledger has still the first of the days.
func (s *soak) oldestDaysAreGone(path string) {
	s.t.Helper()
	l, err := open.Open(context.Background(), "sqlite://"+path)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, l.Close()) }()
	first, last, ok, err := l.Bounds(context.Background())
	require.NoError(s.t, err)
	require.True(s.t, ok)
	s.t.Logf("calls from %s to %s; the first were of %s", time.Unix(0, first).UTC().Format(time.DateOnly), time.Unix(0, last).UTC().Format(time.DateOnly), s.from.UTC().Format(time.DateOnly))
	assert.Greater(s.t, first, s.from.Add(24*time.Hour).UnixNano())
}
