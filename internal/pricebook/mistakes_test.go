package pricebook

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what the tests get into testdata")

var wantLine = regexp.MustCompile(`(?m)^# want: (.*)\n`)

// TestMistakeIsToldWithItsPlace loads every book of testdata/mistakes. Each has
// one kind of mistake, and names the errors that are wanted at its end, in
// comments. A file NAME.too.yaml is a second file of the same book.
func TestMistakeIsToldWithItsPlace(t *testing.T) {
	files, err := filepath.Glob("testdata/mistakes/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if strings.HasSuffix(file, ".too.yaml") {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			layer := Layer{readBook(t, file)}
			if second := strings.TrimSuffix(file, ".yaml") + ".too.yaml"; exists(second) {
				layer = append(layer, readBook(t, second))
			}
			var want []string
			for _, m := range wantLine.FindAllStringSubmatch(string(layer[0].Data), -1) {
				want = append(want, m[1])
			}
			book, err := Load(layer)
			assert.Nil(t, book, "a book with a mistake is not used at all")
			got := messages(err)
			if *update {
				writeWants(t, file, string(layer[0].Data), got)
				return
			}
			require.NotEmpty(t, want, "the file says which errors it wants")
			assert.Equal(t, want, got)
		})
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func readBook(t testing.TB, file string) File {
	t.Helper()
	data, err := os.ReadFile(filepath.Clean(file))
	require.NoError(t, err)
	return File{Name: filepath.Base(file), Data: data}
}

// messages lists joined errors.
func messages(err error) []string {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []string{"not joined: " + err.Error()}
	}
	var out []string
	for _, e := range joined.Unwrap() {
		out = append(out, e.Error())
	}
	return out
}

func writeWants(t *testing.T, file, text string, got []string) {
	t.Helper()
	text = wantLine.ReplaceAllString(text, "")
	for _, e := range got {
		text += "# want: " + e + "\n"
	}
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
}
