package recorder_test

import (
	"context"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
)

// FuzzTraces records whatever a stranger sends: no panic, and rows that every
// store can hold, the second time as duplicates.
func FuzzTraces(f *testing.F) {
	var wire ptrace.ProtoMarshaler
	all, _ := priced(f, 12, true)
	for _, td := range all {
		b, err := wire.MarshalTraces(td)
		require.NoError(f, err)
		f.Add(b)
	}
	r := newRecorder(f, "gen_ai.operation.name", "host.name")
	f.Fuzz(func(t *testing.T, data []byte) {
		var wire ptrace.ProtoUnmarshaler
		td, err := wire.UnmarshalTraces(data)
		if err != nil {
			return
		}
		rows, stats := r.Traces(td)
		require.Len(t, rows, stats.Calls)
		for _, row := range rows {
			for _, a := range row.Amounts {
				require.GreaterOrEqual(t, a, int64(0))
			}
			for _, field := range ledger.Fields {
				require.True(t, utf8.ValidString(*field.At(row.Context)), field.Name)
				require.NotContains(t, *field.At(row.Context), "\x00", field.Name)
			}
			for _, s := range []string{row.User, row.Session, row.Response, row.Usage} {
				require.True(t, utf8.ValidString(s))
				require.NotContains(t, s, "\x00")
			}
		}
		store := memory.New()
		first, err := store.Write(context.Background(), rows)
		if err != nil {
			require.ErrorIs(t, err, ledger.ErrPermanent)
			return
		}
		again, _ := r.Traces(td)
		second, err := store.Write(context.Background(), again)
		require.NoError(t, err)
		require.Zero(t, second.Inserted+second.Versions, "%+v after %+v", second, first)
	})
}
