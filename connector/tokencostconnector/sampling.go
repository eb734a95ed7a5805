package tokencostconnector

import (
	"context"
	"strings"

	"go.uber.org/zap"
)

// A component cannot see what stands before it in its pipeline, but spans tell:
// samplers that follow OpenTelemetry's specification of probability sampling
// write the threshold that a span has passed to the member `ot` of its
// tracestate, as th:T, where T is a fraction of 2^56 in hexadecimal without
// trailing zeros. Zero means that nothing was left out.
// (opentelemetry-specification, trace/tracestate-probability-sampling, read on 2026-11-23)

// sampledBefore tells whether a tracestate says that others like this span were
// left out. One that does not follow the specification says nothing.
func sampledBefore(tracestate string) bool {
	if tracestate == "" { // nearly always
		return false
	}
	for member := range strings.SplitSeq(tracestate, ",") {
		value, ok := strings.CutPrefix(strings.Trim(member, " \t"), "ot=")
		if !ok {
			continue
		}
		for field := range strings.SplitSeq(value, ";") {
			if threshold, ok := strings.CutPrefix(field, "th:"); ok {
				return isThreshold(threshold) && strings.Trim(threshold, "0") != ""
			}
		}
		return false // a member is there once
	}
	return false
}

// isThreshold tells whether the text is a number of up to 56 bits.
func isThreshold(s string) bool {
	return len(s) > 0 && len(s) <= 14 && strings.Trim(s, "0123456789abcdef") == ""
}

// countSampled counts calls that came through a sampler, and says so once: what
// the sampler left out is missing in every sum.
func (c *tokenCost) countSampled(ctx context.Context, n int64) {
	if n == 0 {
		return
	}
	c.metrics.ConnectorTokenCostSampledSpans.Add(ctx, n)
	c.sampled.Do(func() {
		c.logger.Warn("spans were sampled before this connector: the cost of those that were left out is missing. Count before sampling, see docs/sampling.md",
			zap.String("seen in", "tracestate, ot=th"))
	})
}
