package explain

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

func TestEveryReasonThatCanBeHelpedHasAdvice(t *testing.T) {
	assumed := status.Set(0)
	for _, a := range assumptions {
		assumed.Add(a.reason)
	}
	for i := range status.NumReasons {
		r := status.Reason(i)
		switch r.Status() {
		case status.Estimated, status.Partial, status.Unpriced:
			assert.True(t, assumed.Has(r) || advices[r] != nil, "%s has no advice", r)
		default:
			configured := r == status.PricedInOtherSignal
			assert.Equal(t, configured, assumed.Has(r) || advices[r] != nil, "%s is final and needs no advice", r)
		}
	}
}

func TestAdviceIsQuotedForYAML(t *testing.T) {
	for in, want := range map[string]string{
		"gpt-4o": "gpt-4o", "a.b/c_d": "a.b/c_d", "": `""`, "-x": `"-x"`, "a:b": `"a:b"`, "x y": `"x y"`, "42": `"42"`, "a\"b": `"a\"b"`, "{": `"{"`, ".inf": `".inf"`,
	} {
		assert.Equal(t, want, text(in))
	}
	assert.Equal(t, "'it''s'", single("it's"))
}
