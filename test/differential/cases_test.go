package differential

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// sizes are boundaries of context tiers that providers are known to have.
var sizes = []int64{32_000, 100_000, 128_000, 200_000, 256_000, 272_000, 512_000}

// instants are moments of a day at which prices change.
var instants = []time.Duration{
	0, time.Hour, 4 * time.Hour, 6 * time.Hour, 10 * time.Hour, 16 * time.Hour, 16*time.Hour + 30*time.Minute, 24*time.Hour - time.Millisecond,
}

// comparison is one call, priced twice.
type comparison struct {
	*onDay
	at    time.Time
	usage map[string]int64 // by meter, inclusive; and web_search

	result  engine.Result
	amount  float64 // ours
	peers   float64 // theirs
	refused string  // why the other implementation gave no price
}

// draw makes a random call of the subject.
func (d *onDay) draw(r *rand.Rand) *comparison {
	c := &comparison{onDay: d, usage: map[string]int64{}}
	offset := time.Duration(r.Int64N(int64(24 * time.Hour / time.Millisecond)))
	c.at = d.day.Add(offset * time.Millisecond)
	if r.IntN(5) == 0 {
		c.at = d.day.Add(instants[r.IntN(len(instants))])
		if before := c.at.Add(-time.Millisecond); r.IntN(2) == 0 && !before.Before(d.day) {
			c.at = before
		}
	}
	if d.agreed["input"] {
		c.drawInput(r)
	}
	if d.agreed["output"] {
		c.drawOutput(r)
	}
	if d.agreed["web_search"] {
		c.usage["web_search"] = r.Int64N(4)
	}
	return c
}

// drawInput draws the whole first, near boundaries often, and then disjoint parts of it.
func (c *comparison) drawInput(r *rand.Rand) {
	total := logUniform(r, 2_000_000)
	if r.IntN(3) == 0 {
		at := sizes
		if len(c.tiers) > 0 && r.IntN(4) > 0 {
			at = c.tiers
		}
		total = at[r.IntN(len(at))] + r.Int64N(4) - 1
	}
	rest := total
	part := func(m string) int64 {
		if !c.agreed[m] || r.IntN(2) == 0 {
			return 0
		}
		n := r.Int64N(rest + 1)
		rest -= n
		return n
	}
	c.usage["input"] = total
	reads := part("cache_read")
	for _, modality := range []string{".audio", ".image"} {
		// Tokens of a modality can be cached too; both sides want to know how many are.
		if !c.agreed["input"+modality] || !c.agreed["cache_read"+modality] || !c.agreed["cache_read"] {
			continue
		}
		cached := part("cache_read" + modality)
		reads += cached
		c.usage["cache_read"+modality] = cached
		c.usage["input"+modality] = part("input"+modality) + cached
	}
	if c.agreed["cache_read"] {
		c.usage["cache_read"] = reads
	}
	if c.agreed["cache_write"] {
		m5, h1 := part("cache_write.5m"), part("cache_write.1h")
		c.usage["cache_write.5m"], c.usage["cache_write.1h"] = m5, h1
		c.usage["cache_write"] = m5 + h1 + part("cache_write")
	}
}

func (c *comparison) drawOutput(r *rand.Rand) {
	total := logUniform(r, 200_000)
	c.usage["output"] = total
	for _, m := range []string{"reasoning", "output.audio", "output.image"} {
		if c.agreed[m] && r.IntN(3) == 0 {
			c.usage[m] = r.Int64N(total + 1)
			return // parts of output are drawn one at a time, so that they do not overlap
		}
	}
}

func logUniform(r *rand.Rand, most float64) int64 {
	return int64(math.Exp(r.Float64() * math.Log(most)))
}

// price computes our side.
func (c *comparison) price(book *pricebook.Book) {
	in := call.Call{
		Kind: call.Inference, Provider: c.subject.ours, ResponseModel: c.name, StartUnixNano: uint64(c.at.UnixNano()),
		Geo: c.geo, Told: call.AllFacts,
	}
	for name, n := range c.usage {
		if m, err := meter.Parse(name); err == nil {
			in.Usage.Set(m, n)
		} else if f, err := meter.ParseFee(name); err == nil {
			in.Usage.SetFee(f, n)
		}
	}
	engine.Price(book, &in, &c.result)
	c.amount = c.result.Total.Float64()
}

// question puts the same call to the other implementation.
func (c *comparison) question() question {
	q := question{Op: "price", Provider: c.subject.theirs, Model: c.name, At: c.at.UnixMilli(), Usage: map[string]int64{}}
	for _, m := range metered {
		if n, ok := c.usage[m.meter]; ok {
			q.Usage[m.usage] = n
		}
	}
	if n, ok := c.usage["web_search"]; ok {
		q.Usage["web_searches"] = n
	}
	return q
}

// equal tells whether both came to the same amount: to a billionth, which the
// floating point of one side needs, and to the quantum that the other rounds to.
func (c *comparison) equal() bool {
	return c.refused == "" && c.result.Status.Priced() && near(c.amount, c.peers)
}

func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-9*math.Max(math.Abs(a), math.Abs(b))+1e-12
}
