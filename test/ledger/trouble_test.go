package ledger

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // to damage ledgers with

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedspans"
)

func (g *gateway) log() string {
	b, err := os.ReadFile(g.process.LogFile())
	require.NoError(g.t, err)
	return string(b)
}

func (g *gateway) says(text string) {
	g.t.Helper()
	require.Eventually(g.t, func() bool { return strings.Contains(g.log(), text) }, 30*time.Second, 50*time.Millisecond, "the log does not say %q", text)
}

// refused runs a Collector that cannot start, and returns what it says.
func refused(t *testing.T, dsn string) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(config, []byte(`
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}}
exporters: {cost_ledger: {dsn: "`+dsn+`"}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [cost_ledger]}}, telemetry: {metrics: {level: none}}}
`), 0o600))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, distribution, "--config", config).CombinedOutput()
	require.NoError(t, ctx.Err(), "the Collector has started")
	require.Error(t, err)
	return string(out)
}

func TestALedgerThatCannotBeOpenedIsRefusedAtStart(t *testing.T) {
	needs(t)
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return "sqlite://" + path
	}
	other := filepath.Join(dir, "other.db")
	execute(t, other, "CREATE TABLE customers (id INTEGER)")
	newer := filepath.Join(dir, "newer.db")
	execute(t, newer, "PRAGMA user_version = 99")

	for dsn, says := range map[string]string{
		"ledger.db":         "write a data source name such as sqlite:///var/lib/otelcol/ledger.db",
		"mysql://h/db":      `the scheme "mysql" is not allowed`,
		"sqlite://":         "names no file",
		"sqlite://x?mode=w": "mode=w is not allowed",
		file("garbage.db", []byte(strings.Repeat("no database ", 1000))): "the file is damaged, or no SQLite database: stop what writes it",
		"sqlite://" + other:                "the file is a database of something else",
		"sqlite://" + newer:                "the file has schema version 99, and this release knows versions up to",
		"sqlite:///proc/no/such/ledger.db": "ledger /proc/no/such/ledger.db",
	} {
		assert.Contains(t, refused(t, dsn), says, dsn)
	}
}

func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.Exec(statement)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

// Whoever holds the file locked delays calls, and nothing else.
func TestALockedFileDelaysCallsAndNothingElse(t *testing.T) {
	needs(t)
	path := filepath.Join(t.TempDir(), "ledger.db")
	tr := newTraffic(t, 40)
	g := newGateway(t, "sqlite://"+path, persistent)
	other := g.follow()
	deliver([]*gateway{g}, tr.batches[0])
	require.Eventually(t, func() bool { _, err := os.Stat(path); return err == nil }, 10*time.Second, 10*time.Millisecond)
	db, err := sql.Open("sqlite", path+"?_txlock=exclusive&_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	lock, err := db.Begin()
	require.NoError(t, err)
	for _, batch := range tr.batches {
		deliver([]*gateway{g}, batch)
	}
	other.await(tr.batches)
	g.says("another process writes the file")
	require.NoError(t, lock.Rollback())
	require.NoError(t, db.Close())
	stored(t, "sqlite://"+path, tr.truth)
	same(t, "sqlite://"+path, tr.truth)
}

// follower reads what the gateway's other exporter wrote.
type follower struct {
	t     *testing.T
	spans *pricedspans.Follower
	seen  int
}

func (g *gateway) follow() *follower {
	g.t.Helper()
	spans, err := pricedspans.Follow(filepath.Join(g.dir, "spans.jsonl"))
	require.NoError(g.t, err)
	return &follower{t: g.t, spans: spans}
}

// await waits until the other exporter has written batches.
func (f *follower) await(batches []traces) {
	f.t.Helper()
	want := 0
	for _, batch := range batches {
		want += batch.SpanCount()
	}
	require.Eventually(f.t, func() bool {
		require.NoError(f.t, f.spans.Read(func(td traces) { f.seen += td.SpanCount() }))
		return f.seen >= want
	}, 20*time.Second, 100*time.Millisecond, "the other exporter did not go on")
}
