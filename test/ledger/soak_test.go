package ledger

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The memory of an exporter that stores calls at full rate does not grow with
// what is stored. TOKENCOST_SOAK says for how long.
func TestMemoryDoesNotGrowWithTheLedger(t *testing.T) {
	needs(t)
	duration, err := time.ParseDuration(os.Getenv("TOKENCOST_SOAK"))
	if err != nil {
		duration = 20 * time.Second
	}
	path := filepath.Join(t.TempDir(), "ledger.db")
	e := ledgerExporter(t, "sqlite://"+path)
	const size = 8192
	template := pricedBatch(t, size)
	var batches atomic.Int64
	stop := time.Now().Add(duration)
	var group sync.WaitGroup
	for w := range writers {
		td := template
		if w > 0 {
			td = ptrace.NewTraces()
			template.CopyTo(td)
		}
		group.Go(func() {
			for time.Now().Before(stop) {
				renew(td, uint64(w), uint64(batches.Add(1)))
				if err := e.ConsumeTraces(context.Background(), td); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var heap []uint64
	const samples = 20
	for range samples {
		time.Sleep(duration / (samples + 1))
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		heap = append(heap, m.HeapInuse)
	}
	group.Wait()
	highest := func(of []uint64) (high uint64) {
		for _, h := range of {
			high = max(high, h)
		}
		return high
	}
	first, second := highest(heap[:samples/2]), highest(heap[samples/2:])
	info, err := os.Stat(path)
	require.NoError(t, err)
	t.Logf("%s: %d calls, %d MiB of ledger; heap in use at most %d MiB in the first half and %d MiB in the second", duration, batches.Load()*size, info.Size()>>20, first>>20, second>>20)
	assert.Less(t, second, first+first/4+32<<20)
}
