package pricebook

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAPriceWithoutAStartIsConfirmedFromWhereTheBookStatesIt(t *testing.T) {
	book, err := Load(Layer{{Name: "book.yaml", Data: []byte(`
schema: tokencost.pricebook/v1
confirmed_from: 2026-07-02T00:00:00Z
providers:
  acme:
    models:
      open: {prices: [{rates: {input: 1}}]}
      heir: {base: open, times: {tokens: 2}}
      dated: {prices: [{from: 2025-01-01T00:00:00Z, rates: {input: 1}}]}
      changed: {prices: [{rates: {input: 1}}, {from: 2026-03-01T00:00:00Z, rates: {input: 2}}]}
      marked: {prices: [{unconfirmed: true, rates: {input: 1}}]}
`)}})
	require.NoError(t, err)
	before := time.Date(2026, 7, 1, 23, 59, 59, 0, time.UTC).UnixNano()
	after := time.Date(2026, 7, 2, 0, 0, 0, 0, time.UTC).UnixNano()
	early := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	for id, want := range map[string][3]bool{
		"open":    {false, false, true},
		"heir":    {false, false, true},
		"dated":   {true, true, true},
		"changed": {true, true, true}, // its change is known, so its history is
		"marked":  {false, false, false},
	} {
		for i, at := range []int64{early, before, after} {
			res, _ := book.Resolve(&Query{Provider: "acme", Response: id})
			require.NotNil(t, res.Model, id)
			require.Equal(t, want[i], res.Model.At(at).Confirmed(at), "%s at %s", id, time.Unix(0, at).UTC())
		}
	}
}
