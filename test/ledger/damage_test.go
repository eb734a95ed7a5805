package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/cli"
)

// damage overwrites the pages in the middle third of tables with random bytes. The
// header and the schema stay, so that the file still looks like a ledger.
func damage(t *testing.T, path string, tables ...string) {
	t.Helper()
	_, err := os.Stat(path + "-wal")
	require.ErrorIs(t, err, os.ErrNotExist, "pages in the file may not be the current ones")
	db, err := sql.Open("sqlite", path+"?mode=ro")
	require.NoError(t, err)
	defer db.Close()
	var size int64
	require.NoError(t, db.QueryRow("PRAGMA page_size").Scan(&size))
	var pages []int64
	for _, table := range tables {
		rows, err := db.Query("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path", table)
		require.NoError(t, err)
		var leaves []int64
		for rows.Next() {
			var page int64
			require.NoError(t, rows.Scan(&page))
			leaves = append(leaves, page)
		}
		require.NoError(t, rows.Err())
		require.Greater(t, len(leaves), 10, "%s is too small to have a middle", table)
		pages = append(pages, leaves[len(leaves)/3:2*len(leaves)/3]...)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	defer f.Close()
	random := rand.NewChaCha8([32]byte{1}) // the same each time: few random pages could pass for good ones
	garbage := make([]byte, size)
	for _, page := range pages {
		_, _ = random.Read(garbage)
		_, err := f.WriteAt(garbage, (page-1)*size)
		require.NoError(t, err)
	}
	require.NoError(t, f.Sync())
}

// What cannot be stored in a damaged ledger waits or is refused, but not lost:
// after a backup took its place, all calls are there once.
func TestADamagedLedgerLosesNothing(t *testing.T) {
	needs(t)
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "ledger.db"), filepath.Join(dir, "backup.db")
	tr := newTraffic(t, 250)
	g := newGateway(t, "sqlite://"+path, persistent)
	other := g.follow()
	for _, batch := range tr.batches[:200] {
		deliver([]*gateway{g}, batch)
	}
	other.await(tr.batches[:200])
	require.NoError(t, g.process.Stop())
	copyFile(t, path, backup)
	damage(t, path, "token_cost_calls", "token_cost_days")

	g.start()
	sent := append(tr.batches[90:110:110], tr.batches[200:]...) // again, and for the first time
	for _, batch := range sent {
		deliver([]*gateway{g}, batch)
	}
	says := "ledger " + path + ": the file is damaged, or no SQLite database: stop what writes it, and restore it from a backup"
	g.says(says)
	g.says("database disk image is malformed")
	other.await(append(tr.batches[:200:200], sent...))
	require.NoError(t, g.process.Stop())

	refusedCallsAreCounted(t, g, tr.batches[100])
	for _, command := range [][]string{{"report", "--month", "2026-10"}, {"ledger", "verify"}} {
		var out, said bytes.Buffer
		status := cli.Run(context.Background(), append(command, "--ledger", "sqlite://"+path), cli.Streams{In: strings.NewReader(""), Out: &out, Err: &said})
		assert.Equal(t, cli.Failed, status, command)
		assert.Contains(t, said.String(), says, command)
		assert.Empty(t, out.String(), command)
	}

	for _, suffix := range []string{"", "-wal", "-shm"} {
		require.NoError(t, os.RemoveAll(path+suffix))
	}
	copyFile(t, backup, path)
	g.start()
	stored(t, "sqlite://"+path, tr.truth)
	same(t, "sqlite://"+path, tr.truth)
}

// refusedCallsAreCounted sends calls to a Collector that tries once: the sender is
// told, and the calls count as failed.
func refusedCallsAreCounted(t *testing.T, g *gateway, batch traces) {
	t.Helper()
	config, err := os.ReadFile(g.config)
	require.NoError(t, err)
	port := freePort(t)
	changed := strings.NewReplacer("{initial_interval: 200ms, max_interval: 1s}", "{enabled: false}", persistent, waiting,
		"{level: none}", fmt.Sprintf("{readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: %d}}}}]}", port)).Replace(string(config))
	require.NoError(t, os.WriteFile(g.config, []byte(changed), 0o600))
	g.start()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	require.Error(t, g.client.Send(ctx, batch))
	assert.Equal(t, batch.SpanCount(), selfMetric(t, port, "otelcol_exporter_send_failed_spans", `exporter="cost_ledger"`))
	require.NoError(t, g.process.Stop())
	require.NoError(t, os.WriteFile(g.config, config, 0o600))
}

// selfMetric adds up what a Collector tells of a counter with a label.
func selfMetric(t *testing.T, port int, name, label string) (sum int) {
	t.Helper()
	response, err := http.Get("http://127.0.0.1:" + strconv.Itoa(port) + "/metrics")
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); strings.HasPrefix(line, name) && strings.Contains(line, label) {
			n, err := strconv.ParseFloat(fields[len(fields)-1], 64)
			require.NoError(t, err)
			sum += int(n)
		}
	}
	return sum
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, content, 0o600))
}
