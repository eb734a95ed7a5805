package threads_test

import (
	"math/big"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// atLeast is how many threads there have to be.
const atLeast = 55

var threadName = regexp.MustCompile(`^[\w.-]+/[\w.-]+#\d+$`)

// TestWhatUsersReportedElsewhereComesOutRightHere is the reason for this package.
func TestWhatUsersReportedElsewhereComesOutRightHere(t *testing.T) {
	all := readExamples(t, "threads.yaml")
	require.GreaterOrEqual(t, len(all), atLeast)
	for _, e := range all {
		t.Run(e.Name, func(t *testing.T) {
			require.Regexp(t, threadName, e.Thread)
			require.NotEmpty(t, e.Wrong, "what went wrong is not said")
			require.NotEmpty(t, e.Derived, "how the expectation follows is not said")
			require.True(t, e.Figure != "" || e.Factor != "", "how wrong it was is not said")
			e.notAs(t, e.check(t))
		})
	}
}

// notAs checks that the sum is not what came out wrong, and is what the thread
// states as the truth.
func (e *example) notAs(t *testing.T, sum *big.Rat) {
	t.Helper()
	if e.Figure != "" {
		assert.NotEqual(t, e.Figure, rounded(sum, e.Figure), "the figure that the thread complains of")
	}
	if e.Right != "" {
		assert.Equal(t, e.Right, rounded(sum, e.Right), "the figure that the thread states as true")
	}
}
