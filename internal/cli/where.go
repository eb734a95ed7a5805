package cli

import (
	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
)

// filter is the flag that selects calls by what they have in common.
type filter struct{ where []string }

func (f *filter) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.where, "where", nil, "only calls with `KEY=PATTERN`, or without with KEY!=PATTERN, such as provider=openai or model=gpt-5*; can be repeated: one pattern of each KEY has to match")
}

// conditions reads the flag.
func (f *filter) conditions(cmd *cobra.Command) (report.Conditions, error) {
	var out report.Conditions
	for _, text := range f.where {
		c, err := report.ParseCondition(text)
		if err != nil {
			return nil, misuse(cmd, "--where: %w", err)
		}
		out = append(out, c)
	}
	return out, nil
}

// ofContexts returns the condition on what calls have in common. When they are
// booked is not part of that.
func (f *filter) ofContexts(cmd *cobra.Command) (func(*ledger.Context) bool, error) {
	all, err := f.conditions(cmd)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if !c.OfContext() {
			return nil, misuse(cmd, "--where %q is not allowed here: calls are chosen by when they were made; say --from and --until", c)
		}
	}
	return func(c *ledger.Context) bool { return all.Match(c, 0) }, nil
}
