package e2e

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/collectorprocess"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlphttp"
)

// What testdata/budgets.yaml is about.
const (
	kills       = 20
	paidCalls   = 800
	costOfACall = 0.0025
	shares      = 25
)

// killed is a Collector that is killed and started again on the same ports and data.
type killed struct {
	t       *testing.T
	dir     string
	env     []string
	http    string
	metrics string
	process *collectorprocess.Process
	runs    int
}

func newKilled(t *testing.T) *killed {
	ports := freePorts(t, 3)
	k := &killed{t: t, dir: t.TempDir(), http: fmt.Sprintf("127.0.0.1:%d", ports[0]), metrics: fmt.Sprintf("127.0.0.1:%d", ports[2])}
	var thresholds []string
	for i := 1; i <= shares; i++ {
		thresholds = append(thresholds, strconv.FormatFloat(float64(i)/shares, 'f', -1, 64))
	}
	k.env = append(portVariables(ports), "DATA_DIR="+k.dir, "PRICES=testdata/prices.yaml", "THRESHOLDS=["+strings.Join(thresholds, ", ")+"]")
	t.Cleanup(func() {
		if err := k.process.Stop(); err != nil {
			t.Error(err)
		}
	})
	return k
}

func (k *killed) start() {
	k.t.Helper()
	k.runs++
	var err error
	if k.process, err = collectorprocess.Start(distribution, "testdata/budgets.yaml", filepath.Join(k.dir, fmt.Sprintf("collector-%d.log", k.runs)), k.env...); err != nil {
		k.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(k.t.Context(), patience)
	defer cancel()
	if err := k.process.Ready(ctx, k.http); err != nil {
		k.t.Fatal(err)
	}
}

// traffic sends calls one by one, each again until it is acknowledged, as
// exporters of SDKs do.
type traffic struct {
	acknowledged, attempts atomic.Int64
	done                   chan struct{}
}

func (k *killed) traffic(calls int) *traffic {
	client, err := otlphttp.NewClient("http://" + k.http)
	if err != nil {
		k.t.Fatal(err)
	}
	x := &traffic{done: make(chan struct{})}
	go func() {
		defer close(x.done)
		for i := range calls {
			td := call(1)
			var id pcommon.SpanID
			binary.BigEndian.PutUint64(id[:], uint64(i+1))
			td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetSpanID(id)
			for k.t.Context().Err() == nil {
				x.attempts.Add(1)
				if client.Send(k.t.Context(), td) == nil {
					break
				}
				time.Sleep(5 * time.Millisecond)
			}
			x.acknowledged.Add(1)
		}
	}()
	return x
}

// The Collector is killed at random moments and right after calls that cross a
// threshold. A consumer that removes repetitions, which are the same to the last
// byte, has every crossing once.
func TestEveryThresholdIsOneEventWhateverTheMomentOfAKill(t *testing.T) {
	needs(t, distribution)
	k := newKilled(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	k.start()
	x := k.traffic(paidCalls)
	for i := range kills {
		until := int64((i + 1) * paidCalls / (kills + 2))
		if i%2 == 0 { // the next threshold of the budget "all"
			until = (until*shares/paidCalls + 1) * paidCalls / shares
		}
		for x.acknowledged.Load() < until {
			time.Sleep(200 * time.Microsecond)
		}
		time.Sleep(time.Duration(random.IntN(3000)) * time.Microsecond)
		k.process.Kill()
		k.start()
	}
	<-x.done
	await(t, "the spend of all calls in the gauge", func() bool { return k.spent() > paidCalls*costOfACall-costOfACall/2 })
	if spent := k.spent(); spent != paidCalls*costOfACall {
		t.Errorf("spent %v, want %v: a call that is sent again after a kill counts once", spent, paidCalls*costOfACall)
	}
	var want []string
	year := time.Now().UTC().Year()
	for i := 1; i <= shares; i++ {
		want = append(want, fmt.Sprintf("all/year/%d-01-01T00:00:00Z/actual/%v/of 2 USD", year, float64(i)/shares))
	}
	for _, share := range []string{"0.01", "0.25", "0.5", "0.75", "0.99"} {
		want = append(want, "actual/"+share+"/of 800000 tokens")
	}
	await(t, "the last event", func() bool { return len(k.events()) >= len(want) })
	if err := k.process.Stop(); err != nil {
		t.Error(err)
	}
	events, repeated := k.events(), 0
	for _, id := range want {
		found := 0
		for event, n := range events {
			if strings.Contains(event, id) {
				found, repeated = found+1, repeated+n-1
			}
		}
		if found != 1 {
			t.Errorf("%d different events %q, want 1", found, id)
		}
	}
	if len(events) != len(want) {
		t.Errorf("%d events, want %d", len(events), len(want))
	}
	t.Logf("%d kills, %d calls, %d attempts to send one, %d events, %d of them repeated after a kill", kills, paidCalls, x.attempts.Load(), len(events), repeated)
}

// events are those in the file, with how often each is there. A kill can cut a
// line short: what is not JSON to its end was never acknowledged, and came again.
func (k *killed) events() map[string]int {
	b, err := os.ReadFile(filepath.Join(k.dir, "events.jsonl"))
	if err != nil && !os.IsNotExist(err) {
		k.t.Fatal(err)
	}
	events := map[string]int{}
	const begin = `{"resourceLogs":`
	for _, part := range strings.Split(string(b), begin)[1:] {
		line := begin + strings.TrimSpace(part)
		if _, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(line)); err == nil {
			events[line]++
		}
	}
	return events
}

var spentGauge = regexp.MustCompile(`(?m)^token_cost_budget_spent\S*\{[^}]*token_cost_budget_name="all"[^}]*\} (\S+)$`)

// spent is the gauge of the budget "all".
func (k *killed) spent() float64 {
	resp, err := http.Get("http://" + k.metrics + "/metrics")
	if err != nil {
		k.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	m := spentGauge.FindSubmatch(b)
	if m == nil {
		return 0
	}
	f, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		k.t.Fatal(err)
	}
	return f
}
