package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report/audit"
)

// verified is an audit as JSON.
type verified struct {
	Days        int                  `json:"days"`
	Calls       int64                `json:"calls"`
	Versions    int64                `json:"versions"`
	Differences []verifiedDifference `json:"differences"`
	More        int                  `json:"more_differences,omitempty"`
	Unsettled   []string             `json:"days_being_written,omitempty"`
}

type verifiedDifference struct {
	Where      string `json:"where"`
	Context    string `json:"context"`
	Billing    string `json:"billing_period,omitempty"`
	What       string `json:"what"`
	Stored     string `json:"stored"`
	Recomputed string `json:"recomputed"`
}

func (t *tool) ledgerVerify() *cobra.Command {
	var chosen chosenLedger
	var output string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Recompute a ledger's sums from its calls, and compare",
		Long: `Adds up all versions of all calls again, and compares with the sums by hour and day and
the quantities of items; checks fingerprints and which version of each call counts.
Nothing is changed.

Exit status: 0 nothing differs, 1 something does, or could not be processed, 2 wrong
usage.`,
		Example: `  tokencost ledger verify --ledger sqlite:///var/lib/otelcol/ledger.db`,
		Args:    exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := chosen.read(cmd)
			if err != nil {
				return err
			}
			defer store.Close()
			show, end := t.showIfLong("Verifying", manyCalls)
			r, err := audit.Run(cmd.Context(), store, show)
			end(explain.Thousands(int64(len(differencesOf(r)))) + " differences listed")
			if err != nil {
				return err
			}
			if output == "json" {
				err = writeJSON(t.Out, verifiedOf(r))
			} else {
				err = t.printVerified(r)
			}
			if err == nil && len(r.Differences) > 0 {
				err = errors.New("the ledger's sums are not those of its calls")
			}
			return err
		},
	}
	chosen.flags(cmd)
	outputFlag(cmd, &output, "table", "json")
	return cmd
}

// differencesOf lists what an audit found, if it came to an end.
func differencesOf(r *audit.Result) []audit.Difference {
	if r == nil {
		return nil
	}
	return r.Differences
}

func verifiedOf(r *audit.Result) *verified {
	out := &verified{Days: r.Days, Calls: r.Calls, Versions: r.Versions, Differences: []verifiedDifference{}, More: r.More}
	for _, d := range r.Differences {
		out.Differences = append(out.Differences, verifiedDifference{d.Where, fmt.Sprint(d.Context), d.Billing, d.What, d.Stored, d.Recomputed})
	}
	for _, d := range r.Unsettled {
		out.Unsettled = append(out.Unsettled, d.Format(time.DateOnly))
	}
	return out
}

func (t *tool) printVerified(r *audit.Result) error {
	v := verifiedOf(r)
	if len(v.Differences) > 0 {
		var rows [][]string
		for _, d := range v.Differences {
			rows = append(rows, []string{d.Where, d.Context, d.Billing, d.What, d.Stored, d.Recomputed})
		}
		if err := writeTable(t.Out, []string{"where", "context", "billing", "what", "stored", "recomputed"}, rows, "stored", "recomputed"); err != nil {
			return err
		}
	}
	if v.More > 0 {
		fmt.Fprintf(t.Out, "and %s more\n", explain.Thousands(int64(v.More)))
	}
	for _, day := range v.Unsettled {
		fmt.Fprintf(t.Out, "%s is being written, and was not compared: verify again later\n", day)
	}
	found := "nothing differs"
	if n := len(v.Differences) + v.More; n > 0 {
		found = plural(n, "difference")
	}
	_, err := fmt.Fprintf(t.Out, "%s in %s, %s versions: %s\n", callCount(v.Calls), plural(v.Days, "day"), explain.Thousands(v.Versions), found)
	return err
}
