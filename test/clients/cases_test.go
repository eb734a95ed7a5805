package clients

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Verdicts on a case, and what a case may expect.
const (
	isTrue    = "true"    // the total is what was billed
	isFlagged = "flagged" // it is not, and the calls that differ say that they are not exact
	isNothing = "nothing" // calls are missing in the telemetry; those that are there are right
	isWrong   = "wrong"   // a call says exact and is not: never to be expected
)

// client is a cases.json: a directory with packages of its own, and what is run there.
type client struct {
	Client  string     `json:"client"`
	Notes   string     `json:"notes"`   // versions, and what a reader should know
	Runtime string     `json:"runtime"` // node20, node22 or python
	Install [][]string `json:"install"` // commands that are run once in the directory
	// Share names a directory beside this one that it needs.
	Share string     `json:"share"`
	Cases []testCase `json:"cases"`

	dir string // relative to this package
}

// testCase is one run of a client in one scenario.
type testCase struct {
	Name     string            `json:"name"`
	Client   string            `json:"client"` // row of the table; the directory's unless told
	Provider string            `json:"provider"`
	Scenario string            `json:"scenario"`
	Tool     json.RawMessage   `json:"tool"` // {"name", "args"}: the tool that the model calls in scenarios that call one
	Run      []string          `json:"run"`
	Env      map[string]string `json:"env"`
	Signal   string            `json:"signal"` // in which the calls are priced: traces unless told
	Expect   string            `json:"expect"`
	Reasons  []string          `json:"reasons"` // each must be there if the case is flagged
	Why      string            `json:"why"`     // what the emitter cannot tell
	// Config is the part of the configuration under token_cost, in JSON.
	Config json.RawMessage `json:"config"`
	// Fails is whether the client ends with another status than 0.
	Fails bool `json:"fails"`
	// Short cases are those of CI.
	Short bool `json:"short"`
	// Limit is how many seconds the client may take: 60 unless told.
	Limit int `json:"limit"`
}

func (c *testCase) limit() time.Duration {
	if c.Limit == 0 {
		return time.Minute
	}
	return time.Duration(c.Limit) * time.Second
}

// declares tells whether the facts that are declared hold in the case.
func (c *testCase) declares() bool {
	switch c.Scenario {
	case "server-tools", "audio", "tool-prompt":
		return false
	}
	return c.Config == nil && !strings.HasPrefix(c.Scenario, "tier-")
}

// readClients reads the cases.json of every client.
func readClients() (clients []*client, err error) {
	files, err := filepath.Glob("*/*/cases.json")
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		c := &client{dir: filepath.Dir(file)}
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(c); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if err := c.complete(); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		clients = append(clients, c)
	}
	return clients, nil
}

// complete fills in what is told once for all, and checks the rest.
func (c *client) complete() error {
	if c.Client == "" || !slices.Contains([]string{"node20", "node22", "python"}, c.Runtime) {
		return fmt.Errorf("client is %q and runtime %q; a name and node20, node22 or python are allowed", c.Client, c.Runtime)
	}
	seen := map[string]bool{}
	for i := range c.Cases {
		k := &c.Cases[i]
		if k.Client == "" {
			k.Client = c.Client
		}
		if k.Signal == "" {
			k.Signal = signalTraces
		}
		id := k.Client + "/" + k.Name
		switch {
		case k.Name == "" || k.Scenario == "" || len(k.Run) == 0:
			return fmt.Errorf("case %d (%s): name, scenario and run are needed", i, id)
		case seen[id]:
			return fmt.Errorf("case %s: there are two", id)
		case !slices.Contains([]string{isTrue, isFlagged, isNothing}, k.Expect):
			return fmt.Errorf("case %s: expect is %q; true, flagged and nothing are allowed", id, k.Expect)
		case k.Expect != isTrue && k.Why == "":
			return fmt.Errorf("case %s: expects %s and does not say why", id, k.Expect)
		case k.Expect == isFlagged && len(k.Reasons) == 0:
			return fmt.Errorf("case %s: is flagged and names no reasons", id)
		}
		seen[id] = true
	}
	return nil
}
