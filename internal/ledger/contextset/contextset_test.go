package contextset_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/contextset"
)

func row(id int64, team string) *ledger.Row {
	return &ledger.Row{ContextID: id, Context: &ledger.Context{Team: team}}
}

func TestOnlyStoredContextsAreKnown(t *testing.T) {
	s := contextset.New()
	missing, err := s.Missing([]*ledger.Row{row(1, "a"), row(2, "b"), row(1, "a")})
	require.NoError(t, err)
	assert.Len(t, missing, 2)
	again, err := s.Missing([]*ledger.Row{row(1, "a")})
	require.NoError(t, err)
	assert.Len(t, again, 1, "asking is not storing")
	s.Add(map[int64]contextset.Digest{1: contextset.DigestOf(missing[1])})
	missing, err = s.Missing([]*ledger.Row{row(1, "a"), row(2, "b")})
	require.NoError(t, err)
	assert.Len(t, missing, 1)
}

func TestTwoContextsWithOneNumberAreRefused(t *testing.T) {
	s := contextset.New()
	_, err := s.Missing([]*ledger.Row{row(1, "a"), row(1, "b")})
	require.ErrorIs(t, err, ledger.ErrPermanent)
	s.Add(map[int64]contextset.Digest{1: contextset.DigestOf(contextset.Texts(row(1, "a").Context))})
	_, err = s.Missing([]*ledger.Row{row(1, "b")})
	require.ErrorIs(t, err, ledger.ErrPermanent)
	_, err = s.Missing([]*ledger.Row{{ContextID: 1}})
	require.ErrorIs(t, err, ledger.ErrPermanent)
}

func TestTheSetIsBounded(t *testing.T) {
	s := contextset.New()
	digest := contextset.DigestOf(contextset.Texts(new(ledger.Context)))
	for id := range int64(1<<14 + 1) {
		s.Add(map[int64]contextset.Digest{id: digest})
	}
	missing, err := s.Missing([]*ledger.Row{row(5, ""), row(1<<14, "")})
	require.NoError(t, err)
	assert.Contains(t, missing, int64(5), "forgotten")
	assert.NotContains(t, missing, int64(1<<14))
}

func TestTextThatServersRefuseIsReplaced(t *testing.T) {
	assert.Equal(t, "a\ufffdb\ufffd", contextset.Clean("a\x00b\xff\xfe"))
	assert.Equal(t, "é☃", contextset.Clean("é☃"))
}
