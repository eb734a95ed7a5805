package collector

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// connections is how many requests are under way at once: enough that the
// Collector never waits for the next.
const connections = 4

// patience is how long an answer may take.
const patience = 30 * time.Second

// client sends requests that are encoded already, as fast as they are accepted. It
// writes to connections itself because the Collector is to be the bottleneck.
type client struct {
	address string
	bodies  [][]byte       // with the head of the HTTP request
	sent    []atomic.Int64 // how often each was accepted
	next    atomic.Int64
}

func newClient(address string, requests []request) *client {
	c := &client{address: address, sent: make([]atomic.Int64, len(requests))}
	for _, r := range requests {
		head := fmt.Sprintf("POST /v1/traces HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-protobuf\r\nContent-Length: %d\r\n\r\n", address, len(r.body))
		c.bodies = append(c.bodies, append([]byte(head), r.body...))
	}
	return c
}

// run sends for some time.
func (c *client) run(ctx context.Context, duration time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	errs := make(chan error, connections)
	var senders sync.WaitGroup
	for range connections {
		senders.Go(func() {
			if err := c.send(ctx, time.Now().Add(duration+patience)); err != nil {
				errs <- fmt.Errorf("send to %s: %w", c.address, err)
			}
		})
	}
	senders.Wait()
	close(errs)
	return <-errs
}

// send uses one connection until the context ends. A request that has begun is
// brought to its end.
func (c *client) send(ctx context.Context, deadline time.Time) error {
	conn, err := net.Dial("tcp", c.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(deadline); err != nil {
		return err
	}
	answers := bufio.NewReader(conn)
	for ctx.Err() == nil {
		i := int(c.next.Add(1)) % len(c.bodies)
		if _, err := conn.Write(c.bodies[i]); err != nil {
			return err
		}
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			return err
		}
		// The answer's only field, number 1, has content when spans were rejected.
		if all := len(body) == 0 || string(body) == "\n\x00"; answer.StatusCode != http.StatusOK || !all {
			return fmt.Errorf("the Collector answers %s: %q", answer.Status, body)
		}
		c.sent[i].Add(1)
	}
	return nil
}
