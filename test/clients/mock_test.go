package clients

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// mock is the running mock of the providers' APIs.
type mock struct{ url string }

// truth is what a run has billed.
type truth struct {
	Calls []json.RawMessage `json:"calls"`
	Other []json.RawMessage `json:"other"`
}

// startMock runs the mock until the test ends.
func startMock(t *testing.T) *mock {
	t.Helper()
	cmd := exec.Command("node", "mock/server.mjs", "0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(t, err, "the mock has not said its port")
	var said struct{ Port int }
	require.NoError(t, json.Unmarshal(line, &said))
	return &mock{url: fmt.Sprintf("http://127.0.0.1:%d", said.Port)}
}

func (m *mock) base(run string) string { return m.url + "/run/" + run }

// begin starts a run in a case's scenario.
func (m *mock) begin(ctx context.Context, run string, c *testCase) error {
	body, err := json.Marshal(map[string]any{"scenario": c.Scenario, "tool": c.Tool})
	if err != nil {
		return err
	}
	return request(ctx, http.MethodPut, m.base(run), bytes.NewReader(body), nil)
}

// truth returns what a run has billed.
func (m *mock) truth(ctx context.Context, run string) (tr truth, err error) {
	err = request(ctx, http.MethodGet, m.base(run)+"/__truth", nil, &tr)
	return tr, err
}

// request does an HTTP request of JSON; answer may be nil.
func request(ctx context.Context, method, url string, body io.Reader, answer any) error {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	switch {
	case err != nil:
		return err
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("%s %s: %s: %s", method, url, res.Status, data)
	case answer == nil:
		return nil
	}
	return json.Unmarshal(data, answer)
}
