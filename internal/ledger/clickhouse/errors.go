package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// serverError is an exception of the server.
type serverError struct {
	code int // src/Common/ErrorCodes.cpp
	text string
}

func (e *serverError) Error() string { return e.text }

// maxError bounds what is read and said of an exception.
const maxError = 2 << 10

var exceptionCode = regexp.MustCompile(`Code: (\d+)`)

// exception reads the exception of an answer.
func exception(r *http.Response) error {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxError))
	if err != nil {
		return err
	}
	if err := inBody(string(text)); err != nil {
		return err
	}
	return fmt.Errorf("the server answers %s: %s", r.Status, strings.TrimSpace(string(text)))
}

// inBody finds an exception in an answer.
func inBody(text string) error {
	m := exceptionCode.FindStringSubmatch(text)
	if m == nil || !strings.Contains(text, "Exception") {
		return nil
	}
	code, _ := strconv.Atoi(m[1]) // zero for more digits than any code has
	return &serverError{code, strings.TrimSpace(text[:min(len(text), maxError)])}
}

// advice says what to do about an exception.
var advice = map[int]string{
	516: "the server refuses the user or password: correct them in the DSN",
	194: "the server refuses the user or password: correct them in the DSN",
	192: "the server does not know the user: correct it in the DSN",
	81:  "the database does not exist: make it with CREATE DATABASE, or name another one in the DSN",
	497: "the user lacks a right: grant it SELECT, INSERT, ALTER DELETE, CREATE TABLE and CREATE VIEW on the database",
	164: "the user or the server is read-only: name one that may write",
	242: "the table is read-only: check the server's disk and Keeper",
	60:  "a table of the ledger is missing: was it dropped?",
	243: "the server's disk is full: make room; what was not stored is tried again",
	241: "the query needs more memory than the server permits: raise max_memory_usage, or ask for less time",
	252: "the server merges too slowly for so many inserts: write larger batches",
}

// bad are codes of data that no column holds.
var bad = map[int]bool{6: true, 26: true, 27: true, 38: true, 53: true, 69: true, 72: true, 117: true, 131: true, 349: true, 407: true}

// explain adds to an error where it happened and what to do.
func (s *Store) explain(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ledger in ClickHouse at %s: %w", s.client.where(), explain(err))
}

func explain(err error) error {
	var failed *serverError
	var network *net.OpError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, ledger.ErrPermanent):
		return err
	case errors.As(err, &failed):
		if say := advice[failed.code]; say != "" {
			return fmt.Errorf("%s: %w", say, err)
		}
		if bad[failed.code] {
			return fmt.Errorf("%w: %w", ledger.ErrPermanent, err)
		}
		return err
	case errors.As(err, &network):
		return fmt.Errorf("the server does not answer: is it running, and are host and port (of HTTP) of the DSN right? %w", err)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("the server takes too long: %w", err)
	}
	return err
}
