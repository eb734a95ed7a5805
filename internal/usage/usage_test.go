package usage

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

func TestCountsAreKeptByMeterAndTheLastOneCounts(t *testing.T) {
	var u Usage
	assert.True(t, u.Empty())
	assert.True(t, u.Set(meter.AllInput, 5))
	assert.True(t, u.Set(meter.AllOutput, 3))
	assert.True(t, u.Set(meter.AllInput, 7))
	assert.Equal(t, []Count{{meter.AllInput, 7}, {meter.AllOutput, 3}}, u.Tokens())
	n, told := u.Get(meter.AllInput)
	assert.True(t, told)
	assert.EqualValues(t, 7, n)
	_, told = u.Get(meter.CacheReads)
	assert.False(t, told)
	assert.False(t, u.Empty())
}

func TestNoMoreMetersAreTakenThanFit(t *testing.T) {
	var u Usage
	ttl := func(minutes int) meter.Meter {
		return meter.New(meter.Input, meter.CacheWrite, minutes, meter.AnyModality)
	}
	for i := range MaxMeters {
		assert.True(t, u.Set(ttl(i+1), 1))
	}
	assert.False(t, u.Set(ttl(100), 1))
	assert.Len(t, u.Tokens(), MaxMeters)
	assert.True(t, u.Set(ttl(1), 9), "one that is there can be replaced")
}

func TestFees(t *testing.T) {
	var u Usage
	assert.False(t, u.HasFees())
	u.SetFee(meter.WebSearch, 0)
	assert.True(t, u.HasFees())
	assert.False(t, u.Empty(), "zero was told")
	n, told := u.Fee(meter.WebSearch)
	assert.True(t, told)
	assert.Zero(t, n)
	_, told = u.Fee(meter.Request)
	assert.False(t, told)
	u.SetFee(meter.Session, 4)
	n, _ = u.Fee(meter.Session)
	assert.EqualValues(t, 4, n)
}

func TestResetForgetsEverything(t *testing.T) {
	var u Usage
	u.Set(meter.AllInput, 5)
	u.SetFee(meter.WebSearch, 5)
	u.Reset()
	assert.True(t, u.Empty())
	assert.Empty(t, u.Tokens())
	_, told := u.Fee(meter.WebSearch)
	assert.False(t, told)
	u.SetFee(meter.FileSearch, 1)
	_, told = u.Fee(meter.WebSearch)
	assert.False(t, told)
}

func TestPlausible(t *testing.T) {
	for n, want := range map[int64]bool{0: true, 1: true, MaxCount: true, MaxCount + 1: false, -1: false, math.MinInt64: false, math.MaxInt64: false} {
		var tokens, fees Usage
		tokens.Set(meter.AllInput, 1)
		tokens.Set(meter.AllOutput, n)
		fees.SetFee(meter.Request, 1)
		fees.SetFee(meter.Session, n)
		assert.Equal(t, want, tokens.Plausible(), n)
		assert.Equal(t, want, fees.Plausible(), n)
	}
}

func TestAny(t *testing.T) {
	var u Usage
	assert.False(t, u.Any())
	u.Set(meter.AllInput, 0)
	u.SetFee(meter.Page, 0)
	assert.False(t, u.Any())
	u.SetFee(meter.Page, 1)
	assert.True(t, u.Any())
	u.SetFee(meter.Page, 0)
	u.Set(meter.AllOutput, 1)
	assert.True(t, u.Any())
}

func TestCopyIsIndependent(t *testing.T) {
	var u Usage
	u.Set(meter.AllInput, 1)
	v := u
	v.Set(meter.AllInput, 2)
	n, _ := u.Get(meter.AllInput)
	assert.EqualValues(t, 1, n)
}
