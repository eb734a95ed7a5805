package pricebook

// Confirmed tells whether the book vouches for the price at an instant. It does
// not for a price that it marks, nor for a price without a known start before
// the instant from which the book states it.
func (p *Price) Confirmed(at int64) bool { return !p.Unconfirmed && at >= p.confirmed }
