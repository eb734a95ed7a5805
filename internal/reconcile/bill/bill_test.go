package bill_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
)

// text writes a bill, one line a line.
func text(b *bill.Bill) string {
	var out strings.Builder
	for i := range b.Lines {
		l := &b.Lines[i]
		hours := (l.End - l.Start) / 3600
		fmt.Fprintf(&out, "%s+%dh model=%s meter=%s", time.Unix(l.Start, 0).UTC().Format("2006-01-02"), hours, l.Model, l.Meter)
		if l.Tier != "" {
			fmt.Fprintf(&out, " tier=%s", l.Tier)
		}
		if l.OneHour {
			out.WriteString(" 1h")
		}
		if l.Quantity != nil {
			fmt.Fprintf(&out, " tokens=%s", pricebook.Decimal(l.Quantity))
		}
		if l.Cost != nil {
			fmt.Fprintf(&out, " cost=%s %s", pricebook.Decimal(l.Cost), l.Currency)
		}
		if l.Meter == bill.Fees || l.Meter == bill.NotUsage {
			fmt.Fprintf(&out, " item=%q", l.Item)
		}
		out.WriteString("\n")
	}
	return out.String()
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return string(data)
}

// open reads files of the test data together.
func open(t *testing.T, columns string, names ...string) *bill.Bill {
	t.Helper()
	c, err := bill.ParseColumns(columns)
	require.NoError(t, err)
	b := &bill.Bill{}
	for _, name := range names {
		require.NoError(t, b.Read(name, strings.NewReader(read(t, name)), "", c))
	}
	require.NoError(t, b.Finish())
	return b
}

func TestOpenAICostsHaveModelMeterAndTierInTheirLineItems(t *testing.T) {
	b := open(t, "", "openai-costs.json")
	assert.Equal(t, `2025-10-05+24h model=gpt-4o-2024-08-06 meter=input tokens=53440 cost=0.1336 USD
2025-10-05+24h model=gpt-4o-2024-08-06 meter=cache_read tokens=5760 cost=0.0072 USD
2025-10-05+24h model=gpt-4o-2024-08-06 meter=output tokens=10646 cost=0.10646 USD
2025-10-06+24h model=gpt-5.4 meter=input tier=priority cost=0.25 USD
2025-10-06+24h model=gpt-5.6-terra meter=cache_write tokens=1000 cost=0.003125 USD
2025-10-06+24h model=gpt-image-1 meter=output tokens=400 cost=0.016 USD
2025-10-06+24h model= meter=fees cost=0.06 USD item="web search tool calls"
2025-10-06+24h model= meter=fees cost=0.0012 USD item="whisper"
2025-10-06+24h model= meter= cost=0.5 USD
`, text(b))
	assert.Empty(t, b.Warnings)
	assert.Equal(t, int64(3*86400), b.Until-b.From, "a bucket without results is covered too")
}

func TestOpenAIUsageIsBroughtToDisjointMeters(t *testing.T) {
	assert.Equal(t, `2025-10-05+24h model=gpt-4o-2024-08-06 meter=input tier=standard tokens=53440
2025-10-05+24h model=gpt-4o-2024-08-06 meter=cache_read tier=standard tokens=5760
2025-10-05+24h model=gpt-4o-2024-08-06 meter=output tier=standard tokens=10646
2025-10-05+24h model=gpt-5.6-terra meter=input tier=batch tokens=700
2025-10-05+24h model=gpt-5.6-terra meter=cache_read tier=batch tokens=200
2025-10-05+24h model=gpt-5.6-terra meter=cache_write tier=batch tokens=100
2025-10-05+24h model=gpt-5.6-terra meter=output tier=batch tokens=50
`, text(open(t, "", "openai-usage.json")))
}

func TestUsageBesideCostsTellsTheQuantities(t *testing.T) {
	b := open(t, "", "openai-usage.json", "openai-costs.json")
	for i := range b.Lines {
		assert.False(t, b.Lines[i].Cost != nil && b.Lines[i].Quantity != nil, "tokens would count twice")
	}
	assert.Equal(t, "USD", b.Currency())
}

func TestAnthropicReportsAreReadInCentsAndDisjoint(t *testing.T) {
	assert.Equal(t, `2025-08-01+24h model=claude-sonnet-4-20250514 meter=input tier=standard tokens=1500
2025-08-01+24h model=claude-sonnet-4-20250514 meter=cache_read tier=standard tokens=200
2025-08-01+24h model=claude-sonnet-4-20250514 meter=output tier=standard tokens=500
2025-08-01+24h model=claude-sonnet-4-20250514 meter=cache_write tier=standard tokens=500
2025-08-01+24h model=claude-sonnet-4-20250514 meter=cache_write tier=standard 1h tokens=1000
`, text(open(t, "", "anthropic-usage.json")))
	assert.Equal(t, `2025-08-01+24h model=claude-sonnet-4-20250514 meter=input tier=standard cost=1.2378912 USD
2025-08-01+24h model=claude-sonnet-4-20250514 meter=cache_write tier=batch 1h cost=0.006 USD
2025-08-01+24h model= meter=fees cost=25 USD item="Web Search Usage"
2025-08-01+24h model= meter=output cost=0.5 USD
`, text(open(t, "", "anthropic-costs.json")))
}

func TestFOCUSFilesOfAllVersionsAreRead(t *testing.T) {
	assert.Equal(t, `2026-10-01+24h model=gpt-4o meter=input tokens=1000000 cost=2.5 USD
2026-10-01+24h model=gpt-4o meter=cache_read tokens=200000 cost=0.25 USD
2026-10-01+1h model=claude-haiku-4-5 meter=cache_write tier=batch 1h tokens=3000 cost=0.003 USD
2026-10-01+24h model=gpt-4o meter=output tokens=500000 cost=0.000005 USD
2026-10-01+24h model=gpt-4o meter=fees cost=0.1 USD item="Web Searches"
2026-10-01+24h model= meter=not_usage cost=-5 USD item="Credit"
`, text(open(t, "", "focus.csv")))
	c, err := bill.ParseColumns("cost=EffectiveCost")
	require.NoError(t, err)
	b := &bill.Bill{Keep: func(names ...string) bool { return names[0] == "Anthropic" }}
	require.NoError(t, b.Read("focus.csv", strings.NewReader(read(t, "focus.csv")), bill.FOCUS, c))
	assert.Equal(t, "2026-10-01+1h model=claude-haiku-4-5 meter=cache_write tier=batch 1h tokens=3000 cost=0.0024 USD\n", text(b))
	assert.Equal(t, 5, b.Skipped)
}

func TestAnyCSVIsReadWithAColumnMap(t *testing.T) {
	b := open(t, "day=Date,model=Model,meter=Type,quantity=Tokens,unit=Unit,cost=Cost,currency=USD,tier=Tier", "invoice.csv")
	assert.Equal(t, `2026-10-05+24h model=small meter=input tier=standard tokens=1200000 cost=2.4 USD
2026-10-05+24h model=small meter=cache_read tokens=600000 cost=0.3 USD
2026-10-06+24h model=small meter=cache_write 1h tokens=1000 cost=0.004 USD
2026-10-06+24h model=small meter=output cost=-0.5 USD
2026-10-07+24h model=small meter=fees cost=0.25 USD item="Web search"
`, text(b))
	assert.Equal(t, 3, b.Places)
}

func TestDelimitersMarksAndCompressionAreRecognised(t *testing.T) {
	want := "2026-10-05+24h model=m meter= cost=1.5 EUR\n"
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte("d,m,c,cur\n2026-10-05,m,1.5,eur\n"))
	require.NoError(t, w.Close())
	for name, data := range map[string]string{
		"semicolons": "d;m;c;cur\n2026-10-05;m;1.5;eur\n", "tabs": "d\tm\tc\tcur\n20261005\tm\t1.5\tEUR\n",
		"a byte order mark": "\ufeffd,m,c,cur\n2026-10-05 13:00:00,m,1.5,EUR\n", "gzip": zipped.String(), "seconds": "d,m,c,cur\n1791201600,m,15e-1,EUR\n",
	} {
		t.Run(name, func(t *testing.T) {
			columns, err := bill.ParseColumns("day=D, model=M, cost=C, currency=cur")
			require.NoError(t, err)
			b := &bill.Bill{}
			require.NoError(t, b.Read(name, strings.NewReader(data), "", columns))
			assert.Equal(t, want, text(b))
		})
	}
}

func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	const bucket = `{"data":[{"start_time":1759622400,"end_time":1759708800,"results":[%s]}]}`
	for _, c := range []struct {
		format  bill.Format
		columns string
		data    string
		want    string
	}{
		{bill.OpenAI, "", "", "page 1: is no JSON"},
		{bill.OpenAI, "", `{"data":[`, "page 1: is no JSON"},
		{bill.OpenAI, "", `{"object":"list"}`, "page 1 has no data"},
		{bill.OpenAI, "", `{"error":{"message":"Incorrect API key"}}`, "page 1 is an error, not a bill: Incorrect API key"},
		{bill.OpenAI, "", `{"data":[{"results":[]}]}`, "page 1, data[0]: has no start_time and end_time"},
		{bill.OpenAI, "", `{"data":[{"start_time":5,"end_time":9}]}`, `"5" is no time from 2015 to 2199`},
		{bill.OpenAI, "", `{"data":[{"start_time":1759622400,"end_time":1759622400}]}`, "before it starts"},
		{bill.OpenAI, "", fmt.Sprintf(bucket, `{"object":"organization.usage.moderations.result"}`), `results[0]: object "organization.usage.moderations.result" is not read`},
		{bill.OpenAI, "", fmt.Sprintf(bucket, `{"object":"organization.costs.result"}`), "a cost has no amount.value"},
		{bill.OpenAI, "", fmt.Sprintf(bucket, `{"object":"organization.costs.result","amount":{"value":1,"currency":"dollars"}}`), `amount.currency "dollars" is no currency`},
		{bill.OpenAI, "", fmt.Sprintf(bucket, `{"object":"organization.costs.result","amount":{"value":1e999999999,"currency":"usd"}}`), "is no number"},
		{bill.OpenAI, "", fmt.Sprintf(bucket, `{"object":"organization.usage.completions.result","input_tokens":5,"input_cached_tokens":6}`), "input_tokens is less than its cached"},
		{bill.Anthropic, "", `{"data":[{"starting_at":"2025-08-01T00:00:00Z","ending_at":"2025-08-02T00:00:00Z","results":[{}]}]}`, "has neither amount"},
		{bill.Anthropic, "", `{"data":[{"starting_at":"2025-08-01T00:00:00Z","ending_at":"2025-08-02T00:00:00Z","results":[{"amount":"5","currency":"EUR"}]}]}`, `currency "EUR" is not USD`},
		{bill.FOCUS, "", "A,B\n1,2\n", `has no column "`},
		{bill.CSV, "", "Date,Cost\n", "no column is named for day"},
		{bill.CSV, "day=Date", "Date,Cost\n", "no column is named for cost or quantity"},
		{bill.CSV, "day=Date,cost=Cost", "Date,Cost\n", "no column is named for currency"},
		{bill.CSV, "day=Day,cost=Cost,currency=USD", "Date,Cost\n", `has no column "Day" for day; its columns are Date, Cost`},
		{bill.CSV, "day=Date,cost=Cost,currency=USD", "Date,Cost\nyesterday,1\n", `row 1: "yesterday" is no time`},
		{bill.CSV, "day=Date,cost=Cost,currency=USD", "Date,Cost\n2026-10-05,1\n2026-10-05,\"1,5\"\n", `row 2: cost: "1,5" is no number`},
		{bill.CSV, "day=Date,meter=T,quantity=Q", "Date,T,Q\n2026-10-05,frobnication,1\n", `meter "frobnication" is not understood`},
		{bill.CSV, "day=Date,unit=U,quantity=Q", "Date,U,Q\n2026-10-05,0 Tokens,1\n", `unit "0 Tokens" is no unit`},
		{"xml", "", "", `format "xml" is not allowed`},
	} {
		columns, err := bill.ParseColumns(c.columns)
		require.NoError(t, err)
		b := &bill.Bill{}
		err = b.Read("bill", strings.NewReader(c.data), c.format, columns)
		require.ErrorContains(t, err, c.want, c.data)
		assert.ErrorContains(t, err, "bill: ")
	}
	for _, wrong := range []string{"day", "day=", "color=X", "day=A,day=B"} {
		_, err := bill.ParseColumns(wrong)
		require.Error(t, err, wrong)
	}
}

func TestWhatIsIncompleteOrTwiceIsSaid(t *testing.T) {
	b := &bill.Bill{}
	page := `{"data":[{"start_time":1759622400,"end_time":1759708800,"results":[]}],"has_more":true}`
	require.NoError(t, b.Read("one.json", strings.NewReader(page), "", nil))
	require.ErrorContains(t, b.Read("two.json", strings.NewReader(page), "", nil), "two.json: holds the same as one.json")
	require.NoError(t, b.Finish())
	assert.Len(t, b.Warnings, 1)

	b = &bill.Bill{}
	require.NoError(t, b.Read("one.json", strings.NewReader(page+strings.Replace(page, "true", "false", 1)), "", nil), "pages may follow each other")
	require.NoError(t, b.Finish())
	assert.Empty(t, b.Warnings)

	require.Error(t, (&bill.Bill{}).Finish(), "an empty bill is none")
	mixed := &bill.Bill{}
	columns, _ := bill.ParseColumns("day=d,cost=c,currency=u")
	require.NoError(t, mixed.Read("x", strings.NewReader("d,c,u\n2026-10-05,1,USD\n2026-10-05,1,EUR\n"), bill.CSV, columns))
	require.ErrorContains(t, mixed.Finish(), "USD and EUR")
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"openai-costs.json", "openai-usage.json", "anthropic-usage.json", "anthropic-costs.json", "focus.csv", "invoice.csv"} {
		data, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		f.Add(data)
	}
	columns, err := bill.ParseColumns("day=Date,model=Model,meter=Type,quantity=Tokens,unit=Unit,cost=Cost,currency=USD,tier=Tier")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, data []byte) {
		b := &bill.Bill{}
		if b.Read("bill", bytes.NewReader(data), "", columns) != nil || b.Finish() != nil {
			return
		}
		for i := range b.Lines {
			l := &b.Lines[i]
			assert.Less(t, l.Start, l.End)
			assert.LessOrEqual(t, b.From, l.Start)
			assert.GreaterOrEqual(t, b.Until, l.End)
			assert.LessOrEqual(t, len(l.Model)+len(l.Item)+len(l.Tier), 3*256)
			assert.True(t, l.Cost == nil || len(l.Currency) == 3)
			assert.True(t, l.Meter != bill.Fees && l.Meter != bill.NotUsage || l.Quantity == nil, "units that are no tokens are not added up")
		}
	})
}
