package dashboards

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const dir = "../../examples/prometheus-grafana/dashboards/"

func TestTheFilesAreCurrent(t *testing.T) {
	files, err := Files()
	require.NoError(t, err)
	for _, f := range files {
		b, err := os.ReadFile(dir + f.Name)
		require.NoError(t, err)
		assert.Equal(t, string(f.Data), string(b), "%s is out of date: run go generate ./internal/dashboards", f.Name)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, len(files), "there is a file that is written by nobody")
}

// What Grafana demands of a dashboard, or mends in silence.
func TestDashboardsAreValid(t *testing.T) {
	files, err := Files()
	require.NoError(t, err)
	uids := map[string]bool{}
	for _, f := range files {
		var d dashboard
		require.NoError(t, json.Unmarshal(f.Data, &d))
		assert.NotEmpty(t, d.Title)
		assert.False(t, uids[d.UID], "uid %s is there twice", d.UID)
		assert.LessOrEqual(t, len(d.UID), 40, "Grafana's limit")
		uids[d.UID] = true
		ids, titles, taken := map[int]bool{}, map[string]bool{}, map[[2]int]string{}
		for _, p := range d.Panels {
			assert.False(t, ids[p.ID], "%s: panel id %d is there twice", d.UID, p.ID)
			ids[p.ID] = true
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
					assert.Empty(t, taken[[2]int{x, y}], "%s: %q overlaps", d.UID, p.Title)
					taken[[2]int{x, y}] = p.Title
				}
			}
			assert.LessOrEqual(t, p.GridPos.X+p.GridPos.W, columns, p.Title)
			if p.Type == "row" {
				continue
			}
			assert.False(t, titles[p.Title], "%s: two panels are called %q", d.UID, p.Title)
			titles[p.Title] = true
			assert.Equal(t, &source, p.Datasource, p.Title)
			assert.NotEmpty(t, p.Targets, p.Title)
			for _, q := range p.Targets {
				assert.Equal(t, source, q.Datasource, p.Title)
				assert.NotEqual(t, q.Instant, q.Range, p.Title)
			}
		}
	}
}
