package threads_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTraps prices what looks like something else.
func TestTraps(t *testing.T) {
	all := readExamples(t, "traps.yaml")
	require.GreaterOrEqual(t, len(all), 40)
	for _, e := range all {
		t.Run(e.Name, func(t *testing.T) {
			require.NotEmpty(t, e.Fact, "where this is documented is not said")
			e.notAs(t, e.check(t))
		})
	}
}
