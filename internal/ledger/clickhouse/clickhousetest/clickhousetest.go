// Package clickhousetest runs ClickHouse's engine for tests, behind an HTTP
// endpoint in Node. `make e2e-clickhouse` installs the engine from npm.
package clickhousetest

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Password is that of the user default.
const Password = "secret-of-tests"

// Engine is an engine that runs.
type Engine struct{ Host string }

// Environment asks for tests with the engine, as make e2e-clickhouse does.
const Environment = "TOKENCOST_CLICKHOUSE"

// Start starts an engine, which ends with the test. The test is skipped if it was
// not asked for, or is not installed.
func Start(t testing.TB) *Engine {
	t.Helper()
	if os.Getenv(Environment) == "" {
		t.Skip("run by make e2e-clickhouse, which sets " + Environment)
	}
	_, file, _, _ := runtime.Caller(0)
	here := filepath.Dir(file)
	packages := filepath.Join(here, "../../../../test/clickhouse")
	if _, err := os.Stat(filepath.Join(packages, "node_modules/chdb")); err != nil {
		t.Skip("ClickHouse's engine is not installed: make e2e-clickhouse installs it")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node, which runs ClickHouse's engine, is not installed")
	}
	engine := exec.Command(node, filepath.Join(here, "server.mjs"), filepath.Join(packages, "package.json"), t.TempDir())
	engine.Stderr = os.Stderr
	stdin, err := engine.StdinPipe()
	require.NoError(t, err)
	stdout, err := engine.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, engine.Start())
	t.Cleanup(func() {
		_ = stdin.Close() // it ends by that
		_ = engine.Wait()
	})
	port, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err, "the engine did not start")
	return &Engine{"127.0.0.1:" + strings.TrimSpace(port)}
}

var databases atomic.Int64

// Database makes an empty database, and returns its DSN.
func (e *Engine) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("ledger_%d", databases.Add(1))
	e.Exec(t, "default", "CREATE DATABASE "+name)
	return e.DSN(name)
}

// DSN names a database.
func (e *Engine) DSN(database string) string {
	return "clickhouse://default:" + Password + "@" + e.Host + "/" + database
}

// Exec runs a statement, and returns the answer.
func (e *Engine) Exec(t testing.TB, database, statement string) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, "http://"+e.Host+"/?database="+database, strings.NewReader(statement))
	require.NoError(t, err)
	request.Header.Set("X-ClickHouse-User", "default")
	request.Header.Set("X-ClickHouse-Key", Password)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	return string(answer)
}
