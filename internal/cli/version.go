package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
)

func (t *tool) version() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the versions of the program and of the built-in price book",
		Example: `  tokencost version`,
		Args:    exactly(0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			store, err := bookstore.Open(bookstore.Source{Builtin: true})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(t.Out, "tokencost %s, price book %s with %d models\n", programVersion(), store.Book().Label, store.Book().NumModels())
			return err
		},
	}
}

// programVersion is what the build recorded, or "devel".
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
