package status

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEveryReasonHasACodeAStatusAndASentence(t *testing.T) {
	seen := map[string]bool{}
	code := regexp.MustCompile(`^[a-z][a-z_]*[a-z]$`)
	for r := range Reason(NumReasons) {
		assert.Regexp(t, code, r.Code())
		assert.False(t, seen[r.Code()], "%s is given twice", r.Code())
		seen[r.Code()] = true
		assert.NotEqual(t, None, r.Status(), r.Code())
		assert.NotEqual(t, Exact, r.Status(), r.Code())
		assert.True(t, strings.HasSuffix(r.Text(), "."), r.Text())
		assert.Equal(t, r.Code(), r.String())
		assert.Equal(t, r.Status(), Of(r).Status())
	}
	assert.Less(t, NumReasons, 64, "a set has a bit for each")
}

func TestStatusNames(t *testing.T) {
	var got []string
	for s := range Status(NumStatuses) {
		got = append(got, s.String())
	}
	assert.Equal(t, []string{"", "exact", "estimated", "partial", "unpriced", "not_metered", "not_billable"}, got)
}

func TestPricedStatusesHaveACost(t *testing.T) {
	var got []string
	for s := range Status(NumStatuses) {
		if s.Priced() {
			got = append(got, s.String())
		}
	}
	assert.Equal(t, []string{"exact", "estimated", "partial"}, got)
}

func TestGravestReasonDecides(t *testing.T) {
	var s Set
	assert.Equal(t, Exact, s.Status())
	for _, step := range []struct {
		add  Reason
		want Status
	}{{RegionUnknown, Estimated}, {MeterNotPriced, Partial}, {ModelUnknown, Unpriced}, {ProvisionedThroughput, NotMetered}, {RollUp, NotBillable}} {
		s.Add(step.add)
		assert.Equal(t, step.want, s.Status())
	}
	assert.Equal(t, Of(ModelUnknown), s.Only(Unpriced))
}

func TestSetIteratesInTheOrderOfCodes(t *testing.T) {
	s := Of(UsageContradictory, CacheNotReported, RegionUnknown, CacheNotReported)
	assert.Equal(t, "cache_not_reported,region_unknown,usage_contradictory", s.String())
	assert.Equal(t, 3, s.Len())
	assert.True(t, s.Has(RegionUnknown))
	assert.False(t, s.Has(ModelUnknown))
	var codes []string
	for r := range s.All() {
		if codes = append(codes, r.Code()); len(codes) == 2 {
			break
		}
	}
	assert.Equal(t, []string{"cache_not_reported", "region_unknown"}, codes)
	all := Set(1<<NumReasons - 1)
	assert.True(t, slices.IsSorted(strings.Split(all.String(), ",")))
	assert.Equal(t, NumReasons, all.Len())
}
