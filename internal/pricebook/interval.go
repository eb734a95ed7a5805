package pricebook

// FirstAfter returns when the first price of the model comes into force that
// does so after an instant, and not after another.
func (m *Model) FirstAfter(after, until int64) (from int64, ok bool) {
	for _, p := range m.Prices {
		if p.from > after && p.from <= until && (!ok || p.from < from) {
			from, ok = p.from, true
		}
	}
	return from, ok
}

// Scheduled tells whether the price differs by day or time of day.
func (p *Price) Scheduled() bool { return len(p.adjust.schedule) > 0 }
