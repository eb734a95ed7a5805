package postgres

import (
	"encoding/binary"
	"io"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

func amounts() []int64 {
	out := []int64{0, 1, -1, 9999, 10_000, 100_000_000, 1_000_000_000_000, -1_000_000_000_000, 10_000_000_000_000_000, math.MaxInt64, math.MinInt64}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		out = append(out, rng.Int64()>>rng.IntN(63)*(1-2*rng.Int64N(2)))
	}
	return out
}

func TestAmountsAreNumericsOfTwelveDecimals(t *testing.T) {
	for _, v := range amounts() {
		var e encoder
		e.quanta(v)
		require.EqualValues(t, len(e.b)-4, binary.BigEndian.Uint32(e.b))

		// pgx reads it as a number times a power of ten.
		var n pgtype.Numeric
		require.NoError(t, pgtype.NewMap().Scan(pgtype.NumericOID, pgtype.BinaryFormatCode, e.b[4:], &n))
		want := new(big.Rat).SetFrac(big.NewInt(v), big.NewInt(1_000_000_000_000))
		power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(n.Exp, -n.Exp))), nil))
		if n.Exp < 0 {
			power.Inv(power)
		}
		require.Zero(t, want.Cmp(power.Mul(power, new(big.Rat).SetInt(n.Int))), "%d", v)

		var large big.Int
		d := decoder{values: [][]byte{e.b[4:], e.b[4:]}}
		d.quanta(&large)
		require.Equal(t, v, d.quanta64())
		require.NoError(t, d.err)
		require.Zero(t, large.Cmp(big.NewInt(v)), "%d", v)
	}
}

func TestNumbersThatAreNoAmountsAreRefused(t *testing.T) {
	for name, value := range map[string][]byte{
		"too short":        {0, 1},
		"digits missing":   {0, 2, 0, 0, 0, 0, 0, 12, 0, 1},
		"NaN":              {0, 0, 0, 0, 0xc0, 0, 0, 0},
		"thirteen places":  {0, 1, 0xff, 0xfc, 0, 0, 0, 16, 0, 1},
		"far beyond":       {0, 1, 0x7f, 0xff, 0, 0, 0, 0, 0, 1},
		"infinite":         {0, 0, 0, 0, 0xd0, 0, 0, 0},
		"an empty integer": {},
	} {
		t.Run(name, func(t *testing.T) {
			d := decoder{values: [][]byte{value}}
			d.quanta(new(big.Int))
			require.ErrorIs(t, d.err, errFormat)
			d = decoder{values: [][]byte{value}}
			d.quanta64()
			require.ErrorIs(t, d.err, errFormat)
		})
	}
	d := decoder{values: [][]byte{{1, 2}}}
	d.int64()
	d.int64()
	require.ErrorIs(t, d.err, errFormat)
}

func TestTheStreamIsTheSameHoweverItIsRead(t *testing.T) {
	var rows []*ledger.Row
	for i := range 3*rowsAtOnce + 7 {
		rows = append(rows, &ledger.Row{Version: i, Context: &ledger.Context{}, User: "a\x00b"})
	}
	whole, err := io.ReadAll(&reader{rows: rows})
	require.NoError(t, err)
	bytewise, err := io.ReadAll(iotest.OneByteReader(&reader{rows: rows}))
	require.NoError(t, err)
	assert.Equal(t, whole, bytewise)
	assert.Equal(t, copyHeader, string(whole[:len(copyHeader)]))
	assert.Equal(t, []byte{0xff, 0xff}, whole[len(whole)-2:])
	var one encoder
	one.row(rows[0])
	assert.Equal(t, len(copyHeader)+len(rows)*len(one.b)+2, len(whole))
}
