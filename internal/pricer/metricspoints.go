package pricer

import (
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// numPoints counts the data points of a scope.
func numPoints(metrics pmetric.MetricSlice) (n int64) {
	for i := range metrics.Len() {
		switch m := metrics.At(i); m.Type() {
		case pmetric.MetricTypeSum:
			n += int64(m.Sum().DataPoints().Len())
		case pmetric.MetricTypeGauge:
			n += int64(m.Gauge().DataPoints().Len())
		case pmetric.MetricTypeHistogram:
			n += int64(m.Histogram().DataPoints().Len())
		case pmetric.MetricTypeExponentialHistogram:
			n += int64(m.ExponentialHistogram().DataPoints().Len())
		case pmetric.MetricTypeSummary:
			n += int64(m.Summary().DataPoints().Len())
		case pmetric.MetricTypeEmpty:
		}
	}
	return n
}

// pointOf returns a data point as conditions see it.
func pointOf(m pmetric.Metric, i int) any {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		return m.Sum().DataPoints().At(i)
	case pmetric.MetricTypeGauge:
		return m.Gauge().DataPoints().At(i)
	case pmetric.MetricTypeHistogram:
		return m.Histogram().DataPoints().At(i)
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().DataPoints().At(i)
	case pmetric.MetricTypeSummary:
		return m.Summary().DataPoints().At(i)
	}
	return nil
}
