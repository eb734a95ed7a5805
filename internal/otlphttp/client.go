// Package otlphttp sends traces over OTLP/HTTP. It exists because the generator
// must stay small to build: it knows neither gRPC nor retries.
package otlphttp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// ErrRejected is wrapped by the error of Send when the receiver took only a part.
var ErrRejected = errors.New("the receiver rejected a part of the spans")

// maxAnswer bounds what is read of a receiver's answer.
const maxAnswer = 64 << 10

// Client sends to one endpoint. It is safe for concurrent use.
type Client struct {
	url  string
	http http.Client
	wire ptrace.ProtoMarshaler
}

// NewClient returns a client for an endpoint such as http://127.0.0.1:4318, to
// which /v1/traces is added as OTLP says.
func NewClient(endpoint string) (*Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("endpoint %q is no URL of a receiver such as http://127.0.0.1:4318", endpoint)
	}
	return &Client{url: strings.TrimSuffix(u.String(), "/") + "/v1/traces", http: http.Client{Timeout: 30 * time.Second}}, nil
}

// Send delivers traces, once.
func (c *Client) Send(ctx context.Context, traces ptrace.Traces) error {
	// An export request and traces at rest have the same encoding.
	body, err := c.wire.MarshalTraces(traces)
	if err != nil {
		return fmt.Errorf("encode traces: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send to %s: %w", c.url, err)
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("send to %s: %w", c.url, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("send to %s: %w", c.url, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("send to %s: the receiver answers %s", c.url, resp.Status)
	}
	// The answer's only field, number 1, is set when spans were rejected.
	if len(answer) > 1 && answer[0] == 1<<3|2 && answer[1] > 0 {
		return fmt.Errorf("send to %s: %w", c.url, ErrRejected)
	}
	return nil
}
