// Package collectorprocess runs a Collector's binary as a child process. The
// demo and the end-to-end tests share it.
package collectorprocess

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"
)

// ErrExited is wrapped by errors that tell of a Collector that stopped by itself.
var ErrExited = errors.New("the Collector has stopped")

// stopPatience is how long a Collector may take to deliver what it holds.
const stopPatience = 15 * time.Second

// Process is a running Collector.
type Process struct {
	cmd    *exec.Cmd
	log    string
	exited chan struct{}
	err    error // of the process; valid once exited is closed
}

// Start runs the binary with a configuration file. Its output goes to the file
// log; env is added to the environment, as KEY=value.
func Start(binary, config, log string, env ...string) (*Process, error) {
	p := &Process{log: log, exited: make(chan struct{})}
	out, err := os.Create(log)
	if err != nil {
		return nil, fmt.Errorf("start the Collector: %w", err)
	}
	defer out.Close()
	p.cmd = exec.Command(binary, "--config", config)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the Collector: %w", err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// Ready waits until the Collector accepts connections at an address of one of
// its receivers. Receivers are started last, so by then all pipelines run.
func (p *Process) Ready(ctx context.Context, address string) error {
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the Collector to listen on %s: %w", address, ctx.Err())
		case <-p.exited:
			return p.Failure()
		case <-ticks.C:
			var d net.Dialer
			if conn, err := d.DialContext(ctx, "tcp", address); err == nil {
				return conn.Close()
			}
		}
	}
}

// Exited is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// LogFile is the file that holds the Collector's output.
func (p *Process) LogFile() string { return p.log }

// Failure tells why the process ended, with the end of its log. It may be called
// only after Exited is closed.
func (p *Process) Failure() error {
	return fmt.Errorf("%w (%v); the end of its log, %s:\n%s", ErrExited, p.err, p.log, lastLines(p.log, 12))
}

// Kill ends the process at once, as a crash would.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}

// Stop asks the Collector to finish what it has, and kills it if that takes too
// long. Stopping one that has exited is no error.
func (p *Process) Stop() error {
	select {
	case <-p.exited:
		return nil
	default:
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop the Collector: %w", err)
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopPatience):
		p.Kill()
		return fmt.Errorf("the Collector did not stop within %s and was killed", stopPatience)
	}
}

func lastLines(file string, n int) string {
	f, err := os.Open(file)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	const tail = 16 << 10
	if size, err := f.Seek(0, io.SeekEnd); err == nil {
		_, _ = f.Seek(max(0, size-tail), io.SeekStart)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
