package progress

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type buffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestWithoutATerminalThereIsALineEveryFewSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out buffer
		task := Start(&out, "Building", 200)
		task.Add(50)
		task.Note("net/http")
		time.Sleep(2*LineEvery + time.Second)
		task.Done("built")
		want := "Building …\nBuilding: 50 of 200 (25%), net/http, 5s\nBuilding: 50 of 200 (25%), net/http, 10s\nBuilding: built (11s)\n"
		if out.String() != want {
			t.Errorf("got:\n%s\nwant:\n%s", out.String(), want)
		}
	})
}

func TestATaskOfUnknownLengthCountsWithoutPercent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out buffer
		task := Start(&out, "Fetching", 0)
		task.Set(7)
		task.Note("modules")
		time.Sleep(LineEvery)
		synctest.Wait()
		task.Fail()
		task.Done("ignored")
		if got := out.String(); !strings.Contains(got, "Fetching: 7 modules, 5s\n") || !strings.HasSuffix(got, "Fetching: failed (5s)\n") {
			t.Errorf("got:\n%s", got)
		}
	})
}
