//go:build unix

// Package postgrestest starts PostgreSQL servers for tests: the one that the
// system has installed, with an empty cluster in a temporary directory, on a
// port of the loopback interface. They can be killed and started again.
package postgrestest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// Environment names a server that tests use instead of starting one, such as
// postgres://user:password@localhost/postgres. It is neither killed nor stopped.
const Environment = "TOKENCOST_POSTGRES"

// Password is that of the user tokencost of servers that are started.
const Password = "s3cret-of-tests"

// Server is a server with databases for tests.
type Server struct {
	admin    *url.URL
	bin, dir string // empty for a server that was there
	settings []string
	account  *syscall.Credential

	mu      sync.Mutex
	process *exec.Cmd
	exited  chan struct{}
	log     bytes.Buffer
}

// Start starts a server, and stops it at the end of the test. Settings are those
// of postgresql.conf, such as "synchronous_commit=off". The test is skipped if
// PostgreSQL is not installed.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	if dsn := os.Getenv(Environment); dsn != "" {
		admin, err := url.Parse(dsn)
		require.NoError(t, err)
		return &Server{admin: admin}
	}
	bin := installed()
	if bin == "" {
		t.Skipf("PostgreSQL is not installed (Debian and Ubuntu: apt-get install postgresql), and %s names no server", Environment)
	}
	dir, err := os.MkdirTemp("", "tokencost-postgres-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &Server{bin: bin, dir: dir, settings: settings}
	s.account = account(t, dir)
	s.initialise(t)
	port := freePort(t)
	s.admin = &url.URL{Scheme: "postgres", User: url.UserPassword("tokencost", Password), Host: "127.0.0.1:" + port, Path: "/postgres"}
	s.Restart(t)
	t.Cleanup(func() { s.end(t, syscall.SIGQUIT) }) // without writing out what is thrown away
	return s
}

// installed returns the directory of the newest server's programs.
func installed() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well-formed
	if len(found) == 0 {
		return ""
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // zero for other names
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) }))
}

// account returns whom the server runs as: it refuses to run as root.
func account(t testing.TB, dir string) *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		t.Skip("PostgreSQL does not run as root, and there is no user postgres")
	}
	uid, err := strconv.ParseUint(owner.Uid, 10, 32)
	require.NoError(t, err)
	gid, err := strconv.ParseUint(owner.Gid, 10, 32)
	require.NoError(t, err)
	require.NoError(t, os.Chown(dir, int(uid), int(gid)))
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Dir = s.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.account}
	return c
}

func (s *Server) initialise(t testing.TB) {
	t.Helper()
	password := filepath.Join(s.dir, "password")
	require.NoError(t, os.WriteFile(password, []byte(Password), 0o644))
	out, err := s.command("initdb", "--pgdata", filepath.Join(s.dir, "data"), "--username", "tokencost", "--pwfile", password,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync").CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

// Restart starts the server after Kill or Stop, and waits until it answers.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	args := []string{"-D", filepath.Join(s.dir, "data"), "-p", s.admin.Port(), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + s.dir}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	process := s.command("postgres", args...)
	s.log.Reset()
	process.Stderr = &s.log
	// Its processes write to a pipe that must not keep Wait from returning.
	process.WaitDelay = time.Second
	require.NoError(t, process.Start())
	exited := make(chan struct{})
	go func() {
		_ = process.Wait() // how it ended is not asked for
		close(exited)
	}()
	s.process, s.exited = process, exited
	deadline := time.Now().Add(time.Minute)
	for {
		conn, err := pgx.Connect(context.Background(), s.admin.String())
		if err == nil {
			require.NoError(t, conn.Close(context.Background()))
			return
		}
		select {
		case <-exited:
			require.Fail(t, "the server ended", "%s", s.log.String())
		case <-time.After(20 * time.Millisecond):
			require.True(t, time.Now().Before(deadline), "the server does not answer: %v", err)
		}
	}
}

// Kill ends the server as a crash does. Tests of a server that was there are skipped.
func (s *Server) Kill(t testing.TB) { s.end(t, syscall.SIGKILL) }

// Stop ends the server, and the connections of its clients.
func (s *Server) Stop(t testing.TB) { s.end(t, syscall.SIGINT) }

func (s *Server) end(t testing.TB, signal syscall.Signal) {
	t.Helper()
	if s.bin == "" {
		t.Skipf("the server of %s is not stopped", Environment)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return
	}
	_ = s.process.Process.Signal(signal) // it may have ended
	select {
	case <-s.exited:
	case <-time.After(time.Minute):
		require.Fail(t, "the server does not end")
	}
	s.process = nil
}

var databases atomic.Int64

// Database makes an empty database, and returns its DSN.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.admin.String())
	require.NoError(t, err)
	defer conn.Close(ctx)
	name := fmt.Sprintf("tokencost_test_%d_%d", os.Getpid(), databases.Add(1))
	_, err = conn.Exec(ctx, "CREATE DATABASE "+name)
	require.NoError(t, err)
	if s.bin == "" {
		t.Cleanup(func() {
			conn, err := pgx.Connect(ctx, s.admin.String())
			require.NoError(t, err)
			defer conn.Close(ctx)
			_, err = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
			require.NoError(t, err)
		})
	}
	return s.DSN(name)
}

// DSN names a database of the server.
func (s *Server) DSN(database string) string {
	u := *s.admin
	u.Path = "/" + database
	return u.String()
}

// Exec runs a statement in a database.
func (s *Server) Exec(t testing.TB, dsn, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	require.NoError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	require.NoError(t, err)
}
