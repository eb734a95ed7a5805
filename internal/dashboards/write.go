package dashboards

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Files returns all dashboards.
func Files() ([]File, error) {
	var files []File
	for _, b := range []*board{overview(), usage(), callsBoard(), interactions(), budgets(), inventory(), health()} {
		var out bytes.Buffer
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(build(b)); err != nil {
			return nil, fmt.Errorf("dashboard %s: %w", b.uid, err)
		}
		files = append(files, File{b.file(), out.Bytes()})
	}
	return files, nil
}
