package collector

import "github.com/otelcol-tokencost/otelcol-tokencost/test/bench/measure"

// Figures are what was measured of one Collector.
type Figures struct {
	SpansPerSecond float64 // accepted
	CPUPerSpan     float64 // microseconds of the Collector's processor time
	Busy           float64 // share of its one processor that the Collector used
	generator      float64 // share of one processor that this process used
}

// Report is what a scenario came to.
type Report struct {
	Pipeline, Mix string
	Without, With Figures // medians
	GeneratorBusy float64 // the larger of the medians
	Spans         int64   // that the Collector with token_cost received in all
	Verdicts      int64   // that it gave
	pairs         [][2]Figures
}

// Ratio compares the two Collectors, round by round.
type Ratio struct{ Median, Low, High float64 }

// Kept is the throughput with token_cost over that without.
func (r *Report) Kept() Ratio {
	return r.ratio(func(without, with Figures) float64 { return with.SpansPerSecond / without.SpansPerSecond })
}

// Added is the processor time that token_cost adds, as a share of that without it.
func (r *Report) Added() Ratio {
	return r.ratio(func(without, with Figures) float64 { return with.CPUPerSpan/without.CPUPerSpan - 1 })
}

func (r *Report) ratio(of func(without, with Figures) float64) Ratio {
	var values []float64
	for _, p := range r.pairs {
		values = append(values, of(p[0], p[1]))
	}
	x := Ratio{Median: measure.Median(values), Low: values[0], High: values[0]}
	for _, v := range values {
		x.Low, x.High = min(x.Low, v), max(x.High, v)
	}
	return x
}

// summarise fills the medians.
func (r *Report) summarise() {
	for i, f := range []*Figures{&r.Without, &r.With} {
		median := func(of func(Figures) float64) float64 {
			var values []float64
			for _, p := range r.pairs {
				values = append(values, of(p[i]))
			}
			return measure.Median(values)
		}
		f.SpansPerSecond = median(func(x Figures) float64 { return x.SpansPerSecond })
		f.CPUPerSpan = median(func(x Figures) float64 { return x.CPUPerSpan })
		f.Busy = median(func(x Figures) float64 { return x.Busy })
		f.generator = median(func(x Figures) float64 { return x.generator })
		r.GeneratorBusy = max(r.GeneratorBusy, f.generator)
	}
}
