package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
)

// ledgerVariable is the environment variable that names the ledger if no flag does.
const ledgerVariable = "TOKENCOST_LEDGER"

// chosenLedger is the flag that names a ledger.
type chosenLedger struct{ dsn string }

func (l *chosenLedger) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.dsn, "ledger", "", "`DSN` of the ledger, such as sqlite:///var/lib/otelcol/ledger.db; default: $"+ledgerVariable)
}

// name returns the data source name, and what named it.
func (l *chosenLedger) name() (dsn, by string) {
	if l.dsn != "" {
		return l.dsn, "--ledger"
	}
	return os.Getenv(ledgerVariable), "$" + ledgerVariable
}

// none tells whether no ledger is named.
func (l *chosenLedger) none() bool {
	dsn, _ := l.name()
	return dsn == ""
}

// read opens the ledger such that nothing can change it, if its store can do that.
func (l *chosenLedger) read(cmd *cobra.Command) (ledger.Store, error) { return l.open(cmd, false) }

// write opens the ledger to change it.
func (l *chosenLedger) write(cmd *cobra.Command) (ledger.Store, error) { return l.open(cmd, true) }

// open opens a ledger that exists, or says how to name one.
func (l *chosenLedger) open(cmd *cobra.Command, writable bool) (ledger.Store, error) {
	dsn, by := l.name()
	if dsn == "" {
		return nil, misuse(cmd, "needs --ledger DSN, such as sqlite:///var/lib/otelcol/ledger.db, or $%s", ledgerVariable)
	}
	check := open.Check
	if writable {
		check = open.CheckWritable
	}
	if err := check(dsn); err != nil {
		return nil, misuse(cmd, "%s: %w", by, err)
	}
	if path, ok := strings.CutPrefix(dsn, "sqlite://"); ok {
		// Opening would make an empty ledger of what is a slip of the pen.
		path, query, _ := strings.Cut(path, "?")
		if info, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("%s: %w", by, err)
		} else if info.IsDir() {
			return nil, fmt.Errorf("%s: %s is a directory; name the file of a ledger", by, path)
		}
		if !writable {
			dsn = "sqlite://" + path + "?" + strings.TrimPrefix(query+"&mode=ro", "&")
		}
	}
	store, err := open.Open(cmd.Context(), dsn)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", by, err)
	}
	return store, nil
}
