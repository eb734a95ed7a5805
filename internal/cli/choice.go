package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// choice is the value of a flag with a closed list of values.
type choice struct {
	value   *string
	allowed []string
}

func (c *choice) String() string { return *c.value }

func (c *choice) Type() string { return "string" }

func (c *choice) Set(s string) error {
	if !slices.Contains(c.allowed, s) {
		return fmt.Errorf("is not allowed; use %s", strings.Join(c.allowed, ", "))
	}
	*c.value = s
	return nil
}

// chooseFlag adds a flag with a closed list of values, which its usage is
// completed with. The value that it points to is the default.
func chooseFlag(cmd *cobra.Command, value *string, name, usage string, allowed ...string) {
	cmd.Flags().Var(&choice{value, allowed}, name, usage+": "+alternatives(allowed))
}

// outputFlag adds the flag --output. The first format is the default.
func outputFlag(cmd *cobra.Command, value *string, formats ...string) {
	*value = formats[0]
	chooseFlag(cmd, value, "output", "`FORMAT` of the output", formats...)
}

func alternatives(list []string) string {
	last := len(list) - 1
	if last < 1 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:last], ", ") + " or " + list[last]
}

// flagError words a mistake in a flag as the mistakes that commands find.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		if c, ok := invalid.GetFlag().Value.(*choice); ok {
			return misuse(cmd, "--%s %q %w", invalid.GetFlag().Name, invalid.GetValue(), c.Set(invalid.GetValue()))
		}
		if invalid.GetFlag().Value.Type() == "int" {
			return misuse(cmd, "--%s %q is no whole number", invalid.GetFlag().Name, invalid.GetValue())
		}
	}
	return misuse(cmd, "%w", err)
}
