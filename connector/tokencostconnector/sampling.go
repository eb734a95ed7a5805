package tokencostconnector

import (
	"context"
	"strconv"
	"strings"

	"go.uber.org/zap"
)

// A component cannot see what stands before it in its pipeline, but spans tell:
// samplers that follow OpenTelemetry's specification of probability sampling
// write the threshold that a span has passed to the member `ot` of its
// tracestate, as th:T, where T is a fraction of 2^56 in hexadecimal without
// trailing zeros. Zero means that nothing was left out.
// (opentelemetry-specification, trace/tracestate-probability-sampling, read on 2026-11-23)

// thresholdOf is the threshold in a tracestate: others like this span were left
// out if it is not zero. One that does not follow the specification says nothing.
func thresholdOf(tracestate string) uint64 {
	if tracestate == "" { // nearly always
		return 0
	}
	for member := range strings.SplitSeq(tracestate, ",") {
		value, ok := strings.CutPrefix(strings.Trim(member, " \t"), "ot=")
		if !ok {
			continue
		}
		for field := range strings.SplitSeq(value, ";") {
			if threshold, ok := strings.CutPrefix(field, "th:"); ok {
				return parseThreshold(threshold)
			}
		}
		return 0 // a member is there once
	}
	return 0
}

// parseThreshold reads up to 14 hexadecimal digits, to which zeros are added.
func parseThreshold(s string) uint64 {
	const digits = 14
	if len(s) > digits || strings.Trim(s, "0123456789abcdef") != "" {
		return 0
	}
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		return 0
	}
	return n << (4 * (digits - len(s)))
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
