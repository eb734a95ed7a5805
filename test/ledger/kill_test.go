package ledger

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// send delivers every batch to any of the gateways, again and again until one
// has accepted it, and sometimes again after that. It goes on with what was sent
// before until the kills are done.
func (tr *traffic) send(gateways []*gateway, killing *atomic.Bool) (replays int64) {
	var next, again atomic.Int64
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				switch {
				case i >= len(tr.batches) && !killing.Load():
					return
				case i >= len(tr.batches):
					i = rand.IntN(len(tr.batches))
					again.Add(1)
				}
				deliver(gateways, tr.batches[i])
				if rand.IntN(8) == 0 {
					again.Add(1)
					deliver(gateways, tr.batches[rand.IntN(min(i, len(tr.batches)-1)+1)])
				}
			}
		})
	}
	senders.Wait()
	return again.Load()
}

// deliver sends a batch to any of the gateways until one accepts it.
func deliver(gateways []*gateway, batch ptrace.Traces) {
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err := gateways[rand.IntN(len(gateways))].client.Send(ctx, batch)
		cancel()
		if err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// killed runs the traffic into gateways of which one after the other is killed
// at a random moment and started again.
func killed(t *testing.T, dsn, queue string, n, gateways int) {
	t.Helper()
	tr := newTraffic(t, 40*n)
	var all []*gateway
	for range gateways {
		all = append(all, newGateway(t, dsn, queue))
	}
	var killing atomic.Bool
	killing.Store(true)
	done := make(chan int64)
	go func() { done <- tr.send(all, &killing) }()
	for range n {
		time.Sleep(time.Duration(20+rand.IntN(500)) * time.Millisecond)
		g := all[rand.IntN(len(all))]
		g.process.Kill()
		g.start()
	}
	killing.Store(false)
	t.Logf("%d kills, %d batches, %d of them sent again", n, len(tr.batches), <-done)
	stored(t, dsn, tr.truth)
	same(t, dsn, tr.truth)
}

func TestSQLiteLosesAndDoublesNothingWhenTheSenderWaits(t *testing.T) {
	needs(t)
	killed(t, "sqlite://"+filepath.Join(t.TempDir(), "ledger.db"), waiting, kills(t), 1)
}

func TestSQLiteLosesAndDoublesNothingWithAQueueInAFile(t *testing.T) {
	needs(t)
	killed(t, "sqlite://"+filepath.Join(t.TempDir(), "ledger.db"), persistent, kills(t), 1)
}

func TestTwoCollectorsShareOneFile(t *testing.T) {
	needs(t)
	killed(t, "sqlite://"+filepath.Join(t.TempDir(), "ledger.db"), waiting, kills(t)/2, 2)
}
