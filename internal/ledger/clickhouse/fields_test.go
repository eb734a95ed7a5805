package clickhouse

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAmountsAreDecimals(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	amounts := []int64{0, 1, -1, 999_999_999_999, 1_000_000_000_000, -1_500_000_000_000, math.MaxInt64, math.MinInt64}
	for range 2000 {
		amounts = append(amounts, rng.Int64()>>rng.IntN(63)*(1-2*rng.Int64N(2)))
	}
	for _, v := range amounts {
		text := decimal(nil, v)
		want := new(big.Rat).SetFrac(big.NewInt(v), big.NewInt(1_000_000_000_000))
		got, ok := new(big.Rat).SetString(string(text))
		require.True(t, ok)
		require.Zero(t, want.Cmp(got), "%d is %s", v, text)
		f := &fields{values: [][]byte{text}}
		require.Equal(t, v, f.quanta64())
		require.NoError(t, f.err)
	}
	assert.Equal(t, "-0.000000000001", string(decimal(nil, -1)))
}

func TestDecimalsAreReadWithFewerPlaces(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1.5": 1_500_000_000_000, "-0.1": -100_000_000_000, "2": 2_000_000_000_000} {
		f := &fields{values: [][]byte{[]byte(text)}}
		assert.Equal(t, want, f.quanta64())
		require.NoError(t, f.err)
	}
	for _, text := range []string{"", "-", "x", "1.0000000000001", "nan", "99999999.0", "1.5.5"} {
		f := &fields{values: [][]byte{[]byte(text)}}
		f.quanta64()
		assert.Error(t, f.err, text)
	}
}

func TestTextIsUnescaped(t *testing.T) {
	f := &fields{values: [][]byte{[]byte(`a\tb\\n\n\'\0é\`), []byte(`[1,-2,3]`), []byte(`[]`), []byte(`00ff`)}}
	assert.Equal(t, "a\tb\\n\n'\x00é\\", f.text())
	assert.Equal(t, []int64{1, -2, 3}, f.numbers())
	assert.Empty(t, f.numbers())
	id := make([]byte, 2)
	f.hex(id)
	assert.Equal(t, []byte{0, 255}, id)
	require.NoError(t, f.err)
	f.hex(id)
	assert.Error(t, f.err, "no value is left")
}
