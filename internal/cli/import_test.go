package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const modelsDev = `{"openai": {"models": {"gpt-new": {"cost": {"input": 1.25, "output": 10, "cache_read": 0.125, "image": 3}}}},
 "my-cloud": {"models": {"some-model": {"cost": {"input": 0.5, "output": 1}}}}}`

func TestAnImportedTablePricesAndLints(t *testing.T) {
	table := write(t, "api.json", modelsDev)
	got := run(t, "", "prices", "import", "--from", "models.dev", table)
	require.Equal(t, Done, got.status, got.err)
	assert.Equal(t, "imported 2 models\n    1  models.dev's image, such as openai/gpt-new\n", got.err)
	assert.Equal(t, got, run(t, modelsDev, "prices", "import", "--from", "models.dev", "-"))

	book := filepath.Join(t.TempDir(), "imported.yaml")
	require.NoError(t, os.WriteFile(book, []byte(got.out), 0o600))
	assert.Equal(t, outcome{Done, book + ": good, 2 models, 0 warnings\n", ""}, run(t, "", "prices", "lint", book))
	shown := run(t, "", "prices", "show", "openai/gpt-new", "--book", book)
	assert.Contains(t, shown.out, "rates     input 1.25, cache_read 0.125, output 10 USD per 1,000,000 tokens")

	one := run(t, "", "prices", "import", "--from", "models.dev", "--provider", "my-cloud", table)
	assert.Equal(t, Done, one.status)
	assert.NotContains(t, one.out, "gpt-new")
}

func TestATableThatCannotBeReadIsNamed(t *testing.T) {
	table := write(t, "table.json", "[]")
	got := run(t, "", "prices", "import", "--from", "litellm", table)
	assert.Equal(t, Failed, got.status)
	assert.Contains(t, got.err, table+": is not the table of litellm")
	got = run(t, "", "prices", "import", "--from", "litellm", "/nowhere.json")
	assert.Equal(t, Failed, got.status)
	assert.Contains(t, got.err, "/nowhere.json: no such file or directory")
}
