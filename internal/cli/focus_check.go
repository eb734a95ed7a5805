package cli

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus/check"
)

func (t *tool) focusCheck() *cobra.Command {
	var o check.Options
	var output string
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Hold Cost and Usage files to the specification",
		Long: `Checks columns, formats, nulls, allowed values, conditions and costs of each file,
in exact arithmetic. Without --focus-version, the version is that of the manifest beside
the file, else 1.4.

Exit status: 0 all requirements are met, 1 one is not, or something could not be
processed, 2 wrong usage.`,
		Example: `  tokencost focus check focus/billing_period=2026-11/cost_and_usage.parquet
  tokencost focus check --focus-version 1.2 export.csv`,
		Args: atLeastOne("at least one FILE"),
		RunE: func(cmd *cobra.Command, files []string) error {
			for _, file := range files {
				r, err := check.File(file, heldTo(file, o))
				if err != nil {
					t.fail(err)
					continue
				}
				if err := t.printCheck(file, r, output); err != nil {
					return err
				}
			}
			return nil
		},
	}
	chooseFlag(cmd, &o.Version, "focus-version", "`VERSION` of FOCUS", check.Versions...)
	cmd.Flags().BoolVar(&o.DraftKeys, "draft-keys", false, "allow the keys that the draft of FOCUS 1.5 adds to SkuPriceDetails")
	outputFlag(cmd, &output, "text", "json")
	return cmd
}

// heldTo completes the options by the manifest of the file's partition.
func heldTo(file string, o check.Options) check.Options {
	for _, dir := range []string{filepath.Dir(file), filepath.Dir(filepath.Dir(file))} {
		var m struct {
			FocusVersion string
			DraftKeys    string `json:"x_DraftKeys"`
		}
		text, err := readFile(filepath.Join(dir, focus.ManifestName), maxSmall)
		if err == nil && json.Unmarshal(text, &m) == nil && m.FocusVersion != "" {
			if o.Version == "" {
				o.Version = m.FocusVersion
			}
			o.DraftKeys = o.DraftKeys || m.DraftKeys != ""
			return o
		}
	}
	if o.Version == "" {
		o.Version = string(focus.V14)
	}
	return o
}

func (t *tool) printCheck(file string, r *check.Report, output string) error {
	if !r.Conforms() {
		t.failed = true
	}
	if output == "json" {
		return writeJSON(t.Out, struct {
			File     string
			Conforms bool
			*check.Report
		}{file, r.Conforms(), r})
	}
	verdict := "conforms to"
	if !r.Conforms() {
		verdict = "does not conform to"
	}
	if _, err := fmt.Fprintf(t.Out, "%s: %s FOCUS %s: %s, %s\n", file, verdict, r.Version, plural(r.Rows, "row"), plural(r.Columns, "column")); err != nil {
		return err
	}
	for _, f := range r.Findings {
		if _, err := fmt.Fprintf(t.Out, "  %s\n", f); err != nil {
			return err
		}
	}
	return nil
}
