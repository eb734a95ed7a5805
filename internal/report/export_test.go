package report

// SetMaxSightings changes the bound until the returned function is called.
func SetMaxSightings(n int64) func() {
	before := maxSightings
	maxSightings = n
	return func() { maxSightings = before }
}
