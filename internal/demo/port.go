package demo

import (
	"fmt"
	"net"
	"os"
)

// host is where everything in the demo listens: nothing outside of this machine can reach it.
const host = "127.0.0.1"

// port is one that the quickstart's configuration listens on, and the environment
// variable by which it can be moved.
type port struct{ env, usual, purpose string }

var (
	grpcPort    = port{"OTLP_GRPC_PORT", "4317", "OTLP over gRPC"}
	httpPort    = port{"OTLP_HTTP_PORT", "4318", "OTLP over HTTP"}
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
