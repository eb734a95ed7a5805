package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/exporter/costledgerexporter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/cli"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/ledgertest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres/postgrestest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// pricedBatch is a batch of n priced calls of 50 services and a dozen models,
// each a chat span with twelve attributes and its results.
func pricedBatch(b testing.TB, n int) ptrace.Traces {
	b.Helper()
	td := ptrace.NewTraces()
	models := []string{"gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "o3", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-4.1-nano"}
	const services = 50
	for s := range services {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", fmt.Sprintf("service-%02d", s))
		ss := rs.ScopeSpans().AppendEmpty()
		for i := s; i < n; i += services {
			span := ss.Spans().AppendEmpty()
			span.SetName("chat")
			a := span.Attributes()
			model := models[i%len(models)]
			for key, v := range map[string]string{
				"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": model, "gen_ai.response.model": model,
				"gen_ai.response.id": fmt.Sprintf("chatcmpl-%012d", i), "server.address": "api.openai.com", "openai.response.service_tier": "default",
			} {
				a.PutStr(key, v)
			}
			a.PutInt("gen_ai.usage.input_tokens", int64(1000+i%977))
			a.PutInt("gen_ai.usage.cache_read.input_tokens", int64(512))
			a.PutInt("gen_ai.usage.output_tokens", int64(80+i%31))
			a.PutInt("server.port", 443)
			a.PutStr("team", "team-"+strconv.Itoa(i%7))
		}
	}
	renew(td, 0, 0)
	books, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(b, err)
	cfg := pricer.DefaultConfig()
	cfg.Attributes.Calculation = true
	p, err := pricer.New(cfg, books)
	require.NoError(b, err)
	p.Traces(context.Background(), td, nil)
	return td
}

// renew makes the spans of a batch new ones, 40,000 a second from the start of October 5.
func renew(td ptrace.Traces, writer, batch uint64) {
	renewAt(td, writer, batch, uint64(time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC).UnixNano())+batch*200_000_000)
}

// renewAt makes the spans of a batch new ones that start at an instant.
func renewAt(td ptrace.Traces, writer, batch, at uint64) {
	n := uint64(0)
	for i := range td.ResourceSpans().Len() {
		spans := td.ResourceSpans().At(i).ScopeSpans().At(0).Spans()
		for k := range spans.Len() {
			n++
			var trace pcommon.TraceID
			binary.BigEndian.PutUint64(trace[:], (writer<<56|batch<<24|n)*0x9e3779b97f4a7c15) // spread, as random ones are
			binary.BigEndian.PutUint64(trace[8:], writer<<56|batch<<24|n)
			span := spans.At(k)
			span.SetTraceID(trace)
			span.SetSpanID(pcommon.SpanID(trace[:8]))
			span.SetStartTimestamp(pcommon.Timestamp(at + n*25_000))
			span.SetEndTimestamp(pcommon.Timestamp(at + n*25_000 + 900_000_000))
		}
	}
}

// BenchmarkIngest exports batches of new calls, and counts those that are
// durable. The file exporter writes the same batches as OTLP JSON, and plain tables
// take the same rows without sums, versions and contexts.
func BenchmarkIngest(b *testing.B) {
	for _, size := range []int{1000, 8192} {
		for _, synchronous := range []string{"full", "normal"} {
			b.Run(fmt.Sprintf("cost_ledger/sqlite/synchronous=%s/batch=%d", synchronous, size), func(b *testing.B) {
				ingest(b, ledgerExporter(b, "sqlite://"+filepath.Join(b.TempDir(), "ledger.db")+"?synchronous="+synchronous), size)
			})
		}
		b.Run(fmt.Sprintf("cost_ledger/postgres/synchronous_commit=on/batch=%d", size), func(b *testing.B) {
			server := postgrestest.Start(b)
			ingest(b, ledgerExporter(b, server.Database(b)), size)
		})
		b.Run(fmt.Sprintf("plain_insert/sqlite/synchronous=full/batch=%d", size), func(b *testing.B) { plainSQLite(b, size) })
		b.Run(fmt.Sprintf("plain_insert/postgres/synchronous_commit=on/batch=%d", size), func(b *testing.B) { plainPostgres(b, size, insertRows) })
		b.Run(fmt.Sprintf("plain_copy/postgres/synchronous_commit=on/batch=%d", size), func(b *testing.B) { plainPostgres(b, size, copyRows) })
		b.Run(fmt.Sprintf("file_exporter/json/no_sync/batch=%d", size), func(b *testing.B) {
			f := fileexporter.NewFactory()
			cfg := f.CreateDefaultConfig()
			require.NoError(b, confmap.NewFromStringMap(map[string]any{"path": filepath.Join(b.TempDir(), "spans.jsonl")}).Unmarshal(cfg))
			ingest(b, started(b, f, cfg), size)
		})
	}
}

func ledgerExporter(b testing.TB, dsn string) exporter.Traces {
	b.Helper()
	return ledgerExporterWith(b, map[string]any{"dsn": dsn})
}

func ledgerExporterWith(b testing.TB, settings map[string]any) exporter.Traces {
	b.Helper()
	f := costledgerexporter.NewFactory()
	cfg := f.CreateDefaultConfig()
	settings["sending_queue"] = map[string]any{"enabled": false}
	require.NoError(b, confmap.NewFromStringMap(settings).Unmarshal(cfg))
	return started(b, f, cfg)
}

func started(b testing.TB, f exporter.Factory, cfg component.Config) exporter.Traces {
	b.Helper()
	e, err := f.CreateTraces(context.Background(), exportertest.NewNopSettings(f.Type()), cfg)
	require.NoError(b, err)
	require.NoError(b, e.Start(context.Background(), componenttest.NewNopHost()))
	b.Cleanup(func() { require.NoError(b, e.Shutdown(context.Background())) })
	return e
}

// writers is how many batches are on their way at once.
const writers = 4

func ingest(b *testing.B, e exporter.Traces, size int) {
	b.Helper()
	template := pricedBatch(b, size)
	batches := make([]ptrace.Traces, writers)
	for w := range batches {
		batches[w] = ptrace.NewTraces()
		template.CopyTo(batches[w])
	}
	var next atomic.Int64
	b.ResetTimer()
	var group sync.WaitGroup
	for w, td := range batches {
		group.Go(func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					return
				}
				renew(td, uint64(w), uint64(n))
				if err := e.ConsumeTraces(context.Background(), td); err != nil {
					b.Error(err)
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "calls/s")
}

// BenchmarkReportOfAMonth fills a ledger with TOKENCOST_ROWS calls of October,
// and reports it by model and team as the command line does.
func BenchmarkReportOfAMonth(b *testing.B) {
	rows, err := strconv.Atoi(os.Getenv("TOKENCOST_ROWS"))
	if err != nil {
		rows = 100_000
	}
	dsns := map[string]string{"sqlite": "sqlite://" + filepath.Join(b.TempDir(), "ledger.db") + "?synchronous=normal"}
	if os.Getenv("TOKENCOST_ROWS_POSTGRES") != "" {
		dsns["postgres"] = postgrestest.Start(b).Database(b)
	}
	for store, dsn := range dsns {
		b.Run(fmt.Sprintf("%s/calls=%d", store, rows), func(b *testing.B) {
			fill(b, dsn, rows)
			b.ResetTimer()
			for b.Loop() {
				var out bytes.Buffer
				require.Zero(b, cli.Run(context.Background(), []string{"report", "--ledger", dsn, "--by", "model,team", "--month", "2026-10"}, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &out}), out.String())
				if !strings.Contains(out.String(), "USD") {
					b.Fatal(out.String())
				}
			}
		})
	}
}

func fill(b *testing.B, dsn string, rows int) {
	b.Helper()
	s, err := open.Open(context.Background(), dsn)
	require.NoError(b, err)
	defer func() { require.NoError(b, s.Close()) }()
	const size = 10_000
	month := 31 * 24 * time.Hour
	calls := ledgertest.NewCalls(1, 200, time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), time.Minute)
	began := time.Now()
	for n := 0; n < rows; n += size {
		_, err := s.Write(context.Background(), calls.Batch(size))
		require.NoError(b, err)
		calls.Forward(month / time.Duration(rows/size+1))
	}
	bytes, err := s.Size(context.Background())
	require.NoError(b, err)
	b.Logf("%d calls in %s, %d bytes a call", rows, time.Since(began).Round(time.Second), bytes/int64(rows))
}
