package open

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADataSourceNameSaysWhatIsWrongAndNeverThePassword(t *testing.T) {
	for dsn, says := range map[string]string{
		"":                                    "write a data source name such as",
		"secret":                              "write a data source name such as",
		"mysql://u:secret@h/db":               `the scheme "mysql" is not allowed`,
		"sqlite://":                           "names no file",
		"sqlite:///var/lib/":                  "names no file",
		"sqlite://x.db?synchronous=off":       "synchronous=off is not allowed",
		"clickhouse://u:secret@h:port/db":     "write clickhouse://USER:PASSWORD@HOST:8123/DATABASE",
		"clickhouse://u:secret@h/db?a=b":      "write clickhouse://USER:PASSWORD@HOST:8123/DATABASE",
		"postgres://u:secret@h:port/db":       "write postgres://USER:PASSWORD@HOST:5432/DATABASE",
		"postgres://u:sec%zzret@h/db":         "write postgres://USER:PASSWORD@HOST:5432/DATABASE",
		"postgres://u:secret@h/db?sslmode=so": "write postgres://USER:PASSWORD@HOST:5432/DATABASE",
	} {
		err := Check(dsn)
		require.Error(t, err, dsn)
		assert.Contains(t, err.Error(), says, dsn)
		assert.NotContains(t, err.Error(), "secret", dsn)
		_, err = Open(context.Background(), dsn)
		require.Error(t, err, dsn)
	}
}

func TestALedgerIsOpenedByItsScheme(t *testing.T) {
	dsn := "sqlite://" + filepath.Join(t.TempDir(), "new", "ledger.db")
	require.NoError(t, Check(dsn))
	s, err := Open(context.Background(), dsn)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	s, err = Open(context.Background(), dsn+"?mode=ro")
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = Open(context.Background(), "sqlite://"+filepath.Join(t.TempDir(), "missing.db")+"?mode=ro")
	require.Error(t, err)
}

func TestAServerThatDoesNotAnswerMayAnswerLater(t *testing.T) {
	for _, dsn := range []string{"postgres://u:secret@127.0.0.1:1/db", "clickhouse://u:secret@127.0.0.1:1/db"} {
		_, err := Open(context.Background(), dsn)
		require.ErrorIs(t, err, ErrUnavailable, dsn)
		assert.NotContains(t, err.Error(), "secret")
	}
}
