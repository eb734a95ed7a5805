package cli

import "github.com/spf13/cobra"

func (t *tool) prices() *cobra.Command {
	return t.group(&cobra.Command{Use: "prices", Short: "Look after price books"})
}
