package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// host is where everything in the demo listens: nothing outside of this machine can reach it.
const host = "127.0.0.1"

// port is one that the quickstart's configuration listens on, and the environment
// variable by which it can be moved.
type port struct{ env, usual, purpose string }

var (
	grpcPort    = port{"OTLP_GRPC_PORT", "4317", "OTLP over gRPC"}
	httpPort    = port{"OTLP_HTTP_PORT", "4318", "OTLP over HTTP"}
	healthPort  = port{"HEALTH_PORT", "13133", "health check"}
	metricsPort = port{"METRICS_PORT", "8888", "the Collector's own metrics"}
)

func (p port) address() string {
	if v := os.Getenv(p.env); v != "" {
		return net.JoinHostPort(host, v)
	}
	return net.JoinHostPort(host, p.usual)
}

// checkFree says which port is taken, what it is for, and what to do.
func checkFree(ports ...port) error {
	for _, p := range ports {
		l, err := net.Listen("tcp", p.address())
		if err != nil {
			return fmt.Errorf("cannot listen on %s (%s): %w. Stop the program that uses it, or choose another port: %s=%d make run",
				p.address(), p.purpose, err, p.env, freePort())
		}
		_ = l.Close()
	}
	return nil
}

func freePort() int {
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		return 0
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// collector is a Collector that runs as a child process.
type collector struct {
	cmd    *exec.Cmd
	log    string
	exited chan struct{}
	err    error // of the process; valid once exited is closed
}

// ErrExited is wrapped by errors that tell of a Collector that stopped by itself.
var ErrExited = errors.New("the Collector has stopped")

// start runs the binary. Its log goes to a file, for the terminal is the demo's.
func start(binary, config, dataDir string) (*collector, error) {
	c := &collector{log: dataDir + "/collector.log", exited: make(chan struct{})}
	log, err := os.Create(c.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	c.cmd = exec.Command(binary, "--config", config)
	c.cmd.Env = append(os.Environ(), "DATA_DIR="+dataDir)
	c.cmd.Stdout, c.cmd.Stderr = log, log
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the Collector: %w", err)
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.exited)
	}()
	return c, nil
}

// ready waits until the Collector says that all its pipelines run.
func (c *collector) ready(ctx context.Context) error {
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.exited:
			return c.failure()
		case <-ticks.C:
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+healthPort.address(), nil)
			if err != nil {
				return err
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				continue
			}
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
}

// failure tells why the process stopped, with the end of its log.
func (c *collector) failure() error {
	return fmt.Errorf("%w (%v); the end of its log, %s:\n%s", ErrExited, c.err, c.log, lastLines(c.log, 12))
}

// stop asks the Collector to finish what it has, and kills it if that takes too long.
func (c *collector) stop() error {
	select {
	case <-c.exited:
		return nil
	default:
	}
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop the Collector: %w", err)
	}
	select {
	case <-c.exited:
		return nil
	case <-time.After(15 * time.Second):
		_ = c.cmd.Process.Kill()
		<-c.exited
		return errors.New("the Collector did not stop within 15 seconds and was killed")
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
	b, _ := io.ReadAll(f)
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
