package engine

import (
	"cmp"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// choose finds the rule of each axis.
func (r *Result) choose(c *call.Call, at int64) {
	p := r.Price
	var contested, known, holidays bool
	if !r.aggregated() { // the size of a sum says nothing about that of a call
		if r.Choice.Context, contested = p.Context(r.Input, r.Output); contested {
			r.Reasons.Add(status.ContextBoundaryContested)
		}
	}
	if c.Mode != "" {
		if r.Choice.Mode, known = p.Mode(lower(c.Mode), at); !known {
			r.Reasons.Add(status.ServiceTierUnknown)
		}
	}
	region := lower(c.Geo)
	if region == "" {
		region = cmp.Or(r.Resolution.Geo, lower(c.AssumedGeo))
	}
	if r.Choice.Geo, known = p.Geo(region, at); !known {
		r.Reasons.Add(status.RegionUnknown)
	}
	if region == "" && p.Moves.Has(call.Region) && !c.Told.Has(call.Region) {
		r.Reasons.Add(status.RegionNotReported)
	}
	if r.Choice.Schedule, holidays = p.Schedule(at); holidays {
		r.Reasons.Add(status.HolidaysUnknown)
	}
	r.Choice.Contract = p.Model.Contract(at)
	r.Contract = r.Choice.Contract != 0
}

// untold adds a reason for each fact that moves this price and was not told.
func (r *Result) untold(c *call.Call, t *tally) {
	if !r.Price.Confirmed(int64(c.StartUnixNano)) {
		r.Reasons.Add(status.PriceUnconfirmed)
	}
	missing := r.Price.Moves &^ c.Told
	if missing == 0 {
		return
	}
	if missing&call.ServiceTier != 0 {
		r.Reasons.Add(status.ServiceTierNotReported)
	}
	if missing&call.Modalities != 0 {
		r.Reasons.Add(status.ModalityNotReported)
	}
	if missing&call.Reasoning != 0 && r.Output > 0 {
		r.Reasons.Add(status.ReasoningNotReported)
	}
	if missing&call.ToolUse != 0 && !r.toolsTold(c) {
		r.Reasons.Add(status.ToolUseNotReported)
	}
	if missing&call.ToolPrompt != 0 && r.Input > 0 {
		r.Reasons.Add(status.ToolPromptNotReported)
	}
	if r.Input == 0 {
		return
	}
	switch {
	case missing&call.CacheReads != 0:
		r.Reasons.Add(status.CacheNotReported)
	case missing&call.CacheWrites != 0:
		r.Reasons.Add(status.CacheWriteNotReported)
	}
	if missing&call.CacheTTL != 0 && t.retained < t.rows[meter.Input][pricebook.RowCacheWrite] {
		r.Reasons.Add(status.CacheTTLNotReported)
	}
}

// toolsTold tells whether the usage has a count for every tool fee of the price.
func (r *Result) toolsTold(c *call.Call) bool {
	for _, f := range r.Price.Fees {
		if _, told := c.Usage.Fee(f); !told && f.ForTools() {
			return false
		}
	}
	return true
}

// lower lower-cases and trims. Most words are short and need neither.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || 'A' <= c && c <= 'Z' || c >= 0x80 {
			return strings.ToLower(strings.TrimSpace(s))
		}
	}
	return s
}
