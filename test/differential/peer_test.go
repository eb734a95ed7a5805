package differential

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// peer is the other implementation, in one Node process.
type peer struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// question is a line for answer.mjs.
type question struct {
	Op       string           `json:"op"`
	Provider string           `json:"provider"`
	Model    string           `json:"model,omitempty"`
	At       int64            `json:"at,omitempty"` // milliseconds since 1970
	Usage    map[string]int64 `json:"usage,omitempty"`
}

// answer is a line from answer.mjs.
type answer struct {
	Error  string             `json:"error"`
	Models []string           `json:"models"`
	Model  string             `json:"model"`
	Rates  map[string]float64 `json:"rates"`
	Tiers  []int64            `json:"tiers"` // the last size of each tier but the highest
	Total  float64            `json:"total"`
}

func startPeer(t *testing.T) *peer {
	t.Helper()
	node, err := exec.LookPath("node")
	require.NoError(t, err, "Node 20 or later is needed")
	require.DirExists(t, "node_modules/@pydantic/genai-prices", "run: npm ci --ignore-scripts --prefix test/differential")
	cmd := exec.CommandContext(context.Background(), node, "answer.mjs")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	p := &peer{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 1<<20)}
	t.Cleanup(func() {
		_ = in.Close()
		require.NoError(t, cmd.Wait())
	})
	return p
}

// ask sends all questions and returns the answers in their order.
func (p *peer) ask(t *testing.T, questions []question) []answer {
	t.Helper()
	sent := make(chan error, 1)
	go func() {
		w := bufio.NewWriter(p.in)
		e := json.NewEncoder(w)
		for i := range questions {
			if err := e.Encode(&questions[i]); err != nil {
				sent <- err
				return
			}
		}
		sent <- w.Flush()
	}()
	answers := make([]answer, len(questions))
	for i := range answers {
		line, err := p.out.ReadBytes('\n')
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(line, &answers[i]), string(line))
	}
	require.NoError(t, <-sent)
	return answers
}
