package bill

import "strings"

// meterOf reads the name of a meter in the words of many bills: "Input Tokens",
// "cached prompt tokens", "cache creation (5m)", "completion". What it does not
// understand is Unsplit.
func meterOf(name string) Meter {
	s := strings.ToLower(name)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(s, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("uncached", "non-cached", "cache miss", "cache_miss"):
		return Input
	case has("cache") && has("writ", "creat", "storage"):
		return CacheWrite
	case has("cache"):
		return CacheRead
	case has("output", "completion", "reasoning", "response"):
		return Output
	case has("input", "prompt"):
		return Input
	case has("search", "tool", "session", "request", "fee"):
		return Fees
	}
	return Unsplit
}

// oneHour tells whether the name of a cache write says that it is kept for an hour.
func oneHour(name string) bool {
	s := strings.ToLower(name)
	return strings.Contains(s, "1h") || strings.Contains(s, "1 hour") || strings.Contains(s, "one hour")
}
