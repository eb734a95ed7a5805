package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlphttp"
)

// output collects what a process prints while it runs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// demo starts what `make run` starts.
func demo(t *testing.T, ports []int, args ...string) (*exec.Cmd, *output) {
	t.Helper()
	needs(t, distribution, genaigen)
	binary, err := filepath.Abs(genaigen)
	if err != nil {
		t.Fatal(err)
	}
	out := &output{}
	c := exec.Command(binary, append([]string{"demo", "--data", t.TempDir()}, args...)...)
	c.Dir = root
	c.Env = append(os.Environ(), portVariables(ports)...)
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	return c, out
}

func TestTheDemoShowsWhatCallsCost(t *testing.T) {
	c, out := demo(t, freePorts(t, 3), "--once", "--calls", "200")
	if err := c.Wait(); err != nil {
		t.Errorf("%v", err)
	}
	for _, want := range []string{"openai", "gpt-4o", "claude-sonnet-4-5", "exact", "estimated", "unpriced", "not_billable", " USD", "total"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table does not show %q", want)
		}
	}
	if strings.Contains(out.String(), "without a verdict") || t.Failed() {
		t.Errorf("it shows:\n%s", out)
	}
}

func TestTheDemoPricesTheUsersOwnCallsUntilStopped(t *testing.T) {
	ports := freePorts(t, 3)
	c, out := demo(t, ports, "--calls", "10")
	await(t, "the invitation to send", func() bool { return strings.Contains(out.String(), "Send your own OTLP") })
	address := fmt.Sprintf("127.0.0.1:%d", ports[0])
	client, err := otlphttp.NewClient("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	own := call(9)
	own.ResourceSpans().At(0).Resource().Attributes().PutStr("service.name", "my-own-app")
	if err := client.Send(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	await(t, "the price of my own call", func() bool {
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(line, "my-own-app ") && strings.Contains(line, "openai/gpt-4o") && strings.Contains(line, "0.0025 USD") {
				return true
			}
		}
		return false
	})
	// Ctrl-C is the same to the demo; a closed terminal is the case that could leave the Collector behind.
	if err := c.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("the terminal was closed: %v\n%s", err, out)
	}
	if l, err := net.Listen("tcp", address); err != nil {
		t.Errorf("the Collector still runs: %v", err)
	} else {
		_ = l.Close()
	}
}

func TestATakenPortIsSaidBeforeAnythingStarts(t *testing.T) {
	needs(t, distribution, genaigen)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ports := freePorts(t, 3)
	ports[0] = l.Addr().(*net.TCPAddr).Port
	c, out := demo(t, ports, "--once")
	if err := c.Wait(); err == nil {
		t.Error("it exits with status 0")
	}
	for _, want := range []string{l.Addr().String(), "OTLP over HTTP", "OTLP_HTTP_PORT="} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}
