package clickhouse

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// client speaks ClickHouse's HTTP interface.
type client struct {
	http           *http.Client
	base           url.URL // without user and password
	database       string
	user, password string
}

// newClient reads a DSN such as clickhouse://user:password@host:8123/database,
// with ?secure=true for TLS.
func newClient(dsn string) (*client, error) {
	const form = "write clickhouse://USER:PASSWORD@HOST:8123/DATABASE, with ?secure=true for TLS"
	u, err := url.Parse(dsn)
	if err != nil {
		// The error of net/url has the DSN, and the password in it.
		return nil, fmt.Errorf("the DSN is no URL: %s", form)
	}
	c := &client{http: &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 8, IdleConnTimeout: 30 * time.Second, ResponseHeaderTimeout: 5 * time.Minute,
	}}}
	if u.Scheme != "clickhouse" || u.Hostname() == "" {
		return nil, fmt.Errorf("the DSN names no server: %s", form)
	}
	c.base, c.database = url.URL{Scheme: "http", Host: u.Host, Path: "/"}, strings.Trim(u.Path, "/")
	for key, values := range u.Query() {
		if key != "secure" || values[0] != "true" && values[0] != "false" {
			return nil, fmt.Errorf("the DSN's parameter %s=%s is not known: %s", key, values[0], form)
		}
		if values[0] == "true" {
			c.base.Scheme = "https"
		}
	}
	if u.Port() == "" {
		c.base.Host += map[string]string{"http": ":8123", "https": ":8443"}[c.base.Scheme]
	}
	if c.database == "" {
		c.database = "default"
	}
	c.user = "default"
	if u.User != nil {
		c.user = u.User.Username()
		c.password, _ = u.User.Password() // empty without one
	}
	return c, nil
}

// where tells the server and database.
func (c *client) where() string { return c.base.Host + "/" + c.database }

// do sends a statement, whose data is the body if it has some.
func (c *client) do(ctx context.Context, statement string, data io.Reader) (io.ReadCloser, error) {
	q := url.Values{"database": {c.database}}
	if data != nil {
		q.Set("query", statement)
	} else {
		data = strings.NewReader(statement)
	}
	u := c.base
	u.RawQuery = q.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), data)
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-ClickHouse-User", c.user)
	request.Header.Set("X-ClickHouse-Key", c.password)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		defer response.Body.Close()
		return nil, exception(response)
	}
	return response.Body, nil
}

// exec runs a statement that answers nothing.
func (c *client) exec(ctx context.Context, statement string, data io.Reader) error {
	body, err := c.do(ctx, statement, data)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(io.LimitReader(body, maxError))
	if err := errors.Join(err, body.Close()); err != nil {
		return err
	}
	return inBody(string(answer))
}

// each runs a query, and calls f with every row of its answer.
func (c *client) each(ctx context.Context, columns int, query string, f func(*fields) error) error {
	body, err := c.do(ctx, query+" FORMAT TabSeparated", nil)
	if err != nil {
		return err
	}
	defer body.Close()
	lines := bufio.NewReaderSize(body, 1<<16)
	for {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		row := &fields{values: bytes.Split(line, []byte{'\t'})}
		if len(row.values) != columns {
			// A query that fails after its first rows says so in the place of a row.
			if err := inBody(string(line)); err != nil {
				return err
			}
			return fmt.Errorf("an answer has %d columns and not %d", len(row.values), columns)
		}
		if err := f(row); err != nil {
			return err
		}
		if row.err != nil {
			return row.err
		}
	}
}

// maxLine bounds a row of an answer: a context has up to some 100 KiB of text.
const maxLine = 4 << 20

// readLine reads one line without its end.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && len(line) < maxLine:
			continue
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, errors.Join(io.ErrUnexpectedEOF, inBody(string(line)))
		case err != nil:
			return nil, err
		}
		return line[:len(line)-1], nil
	}
}
