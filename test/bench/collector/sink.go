package collector

import (
	"io"
	"net"
	"net/http"
)

// sink is a backend that accepts everything and looks at nothing.
type sink struct {
	address string
	server  *http.Server
}

func newSink() (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{address: l.Addr().String(), server: &http.Server{Handler: http.HandlerFunc(accept)}}
	go func() { _ = s.server.Serve(l) }()
	return s, nil
}

func accept(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/x-protobuf")
	w.WriteHeader(http.StatusOK)
}

func (s *sink) close() { _ = s.server.Close() }
