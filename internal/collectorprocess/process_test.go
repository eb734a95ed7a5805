package collectorprocess

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// script stands for a Collector.
func script(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "collector")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

func start(t *testing.T, text string) *Process {
	t.Helper()
	p, err := Start(script(t, text), "config.yaml", filepath.Join(t.TempDir(), "log"), "WHAT=world")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	return p
}

func TestAFailureShowsTheEndOfTheLog(t *testing.T) {
	p := start(t, `echo "hello $WHAT $1 $2"; exit 3`)
	err := p.Ready(t.Context(), "127.0.0.1:1")
	if !errors.Is(err, ErrExited) || !strings.Contains(err.Error(), "hello world --config config.yaml") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v", err)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("stopping one that has exited: %v", err)
	}
}

func TestReadyWaitsForTheReceiver(t *testing.T) {
	p := start(t, "exec sleep 60")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(t.Context(), l.Addr().String()); err != nil {
		t.Error(err)
	}
	_ = l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := p.Ready(ctx, l.Addr().String()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nothing listens, got %v", err)
	}
}

func TestStopInterruptsAndWaits(t *testing.T) {
	ready := filepath.Join(t.TempDir(), "ready")
	p := start(t, `trap 'echo finished; exit 0' INT; touch `+ready+`; while :; do sleep 0.05; done`)
	for {
		if _, err := os.Stat(ready); err == nil {
			break
		}
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	if got := lastLines(p.LogFile(), 1); got != "finished" {
		t.Errorf("the log ends with %q", got)
	}
}

func TestABinaryThatDoesNotExistIsAnError(t *testing.T) {
	if _, err := Start(filepath.Join(t.TempDir(), "none"), "c", filepath.Join(t.TempDir(), "log")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
