package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/facts"
)

const head = "url: https://example.com\nsingle_source: true\nprovider: {names: [p], adjust: {mode: {batch: {times: {tokens: 0.5}}}}}\n"

// fact is the start of a fact about the models.
func fact(models string) string {
	return "facts:\n- {say: a statement, confidence: A, checked: 2026-11-23, models: [" + models + "], "
}

// set makes a data set of rows "provider model cell meter rate"; "-" is the standard cell.
func set(t *testing.T, name, state, rows string) *evidence.Set {
	t.Helper()
	s := &evidence.Set{Name: name, State: state}
	for line := range strings.Lines(rows) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		cell, err := evidence.ParseCell(strings.TrimPrefix(f[2], "-"))
		if err != nil {
			t.Fatal(err)
		}
		s.Rows = append(s.Rows, evidence.Row{Provider: f[0], Model: f[1], Cell: cell, Meter: f[3], Rate: decimal.MustParse(f[4])})
	}
	s.Sort()
	return s
}

// try builds a book of fact files by provider.
func try(t *testing.T, files map[string]string, sets ...*evidence.Set) (*Result, error) {
	t.Helper()
	dir := t.TempDir()
	for id, content := range files {
		if err := os.WriteFile(filepath.Join(dir, id+".yaml"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read, err := facts.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	return Build(read, sets)
}

func model(t *testing.T, id string, files map[string]string, sets ...*evidence.Set) *book.Model {
	t.Helper()
	r, err := try(t, files, sets...)
	if err != nil {
		t.Fatal(err)
	}
	provider, id, _ := strings.Cut(id, "/")
	for _, p := range r.Providers {
		if p.ID == provider {
			return p.Models[id]
		}
	}
	return nil
}

func agreeing(t *testing.T, rows string) []*evidence.Set {
	return []*evidence.Set{set(t, "litellm", "2026-08-01", rows), set(t, "portkey", "2026-08-21", rows)}
}

const twoRates = "groq m - input 2\ngroq m - output 8\n"

func TestAFactDecidesAgainstDataSets(t *testing.T) {
	m := model(t, "groq/m", map[string]string{"groq": head + fact("m") + "prices: [{rates: {input: 1, output: 3}}]}"}, agreeing(t, twoRates)...)
	if p := m.Prices[0]; p.Rates["input"] != "1" || p.Unconfirmed || p.Source.Checked != "2026-11-23" {
		t.Errorf("got %+v", p)
	}
}

func TestAContradictionStaysOut(t *testing.T) {
	r, err := try(t, map[string]string{"groq": head}, set(t, "litellm", "2026-08-01", twoRates), set(t, "portkey", "2026-08-21", "groq m - input 3\ngroq m - output 9"))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Providers[0].Models) != 0 || len(r.Omitted) != 1 || !strings.Contains(r.Omitted[0].Why, "contradict") {
		t.Errorf("got %v, omitted %v", r.Providers[0].Models, r.Omitted)
	}
}

func TestOneVoiceIsMarkedOrStaysOut(t *testing.T) {
	one := set(t, "litellm", "2026-08-01", twoRates)
	if m := model(t, "groq/m", map[string]string{"groq": head}, one); m == nil || !m.Prices[0].Unconfirmed {
		t.Errorf("got %+v, want it marked", m)
	}
	if m := model(t, "groq/m", map[string]string{"groq": strings.Replace(head, "true", "false", 1)}, one); m != nil {
		t.Errorf("got %+v, want it left out", m)
	}
}

func TestALoneRateMarksThePriceUntilAFactConfirmsIt(t *testing.T) {
	sets := []*evidence.Set{set(t, "litellm", "2026-08-01", twoRates+"groq m - cache_read 1"), set(t, "portkey", "2026-08-21", twoRates)}
	if m := model(t, "groq/m", map[string]string{"groq": head}, sets...); !m.Prices[0].Unconfirmed {
		t.Error("a lone rate leaves the price unconfirmed")
	}
	confirmed := head + fact("m") + "ratios_of_lone: {cache_read: 0.5}}"
	if m := model(t, "groq/m", map[string]string{"groq": confirmed}, sets...); m.Prices[0].Unconfirmed || m.Prices[0].Rates["cache_read"] != "1" {
		t.Errorf("got %+v, want it confirmed", m.Prices[0])
	}
	other := head + fact("m") + "ratios_of_lone: {cache_read: 0.1}}"
	if m := model(t, "groq/m", map[string]string{"groq": other}, sets...); !m.Prices[0].Unconfirmed {
		t.Error("a fact that states another ratio confirms nothing")
	}
}

func TestALoneRateInNoUsualRatioIsLeftOut(t *testing.T) {
	m := model(t, "groq/m", map[string]string{"groq": head}, set(t, "litellm", "2026-08-01", twoRates+"groq m - cache_write 50"), set(t, "portkey", "2026-08-21", twoRates))
	if m.Prices[0].Rates["cache_write"] != "" {
		t.Error("a misread rate must not enter")
	}
}

func TestALoneModeIsLeftOutAndALoneContextTierMarks(t *testing.T) {
	lone := twoRates + "groq m mode=flex input 1\ngroq m mode=flex output 4\ngroq m over=128000 input 4\ngroq m over=128000 output 12\n"
	m := model(t, "groq/m", map[string]string{"groq": head}, set(t, "litellm", "2026-08-01", lone), set(t, "portkey", "2026-08-21", twoRates))
	p := m.Prices[0]
	if len(p.Adjust.Mode) != 0 || len(p.Adjust.Context) != 1 || !p.Unconfirmed {
		t.Errorf("got %+v", p)
	}
	if c := p.Adjust.Context[0]; c.Input.Over != 128_000 || c.Times["input"] != "2" || c.Times["cache"] != "2" || c.Times["output"] != "1.5" {
		t.Errorf("got %+v", c)
	}
}

func TestAnInclusiveProviderHasAtLeast(t *testing.T) {
	rows := twoRates + "groq m over=199999 input 4\ngroq m over=199999 output 16\n"
	m := model(t, "groq/m", map[string]string{"groq": "inclusive_context: true\n" + head}, agreeing(t, rows)...)
	if c := m.Prices[0].Adjust.Context; len(c) != 1 || c[0].Input.AtLeast != 200_000 || c[0].Times["tokens"] != "2" {
		t.Errorf("got %+v", c)
	}
}

func TestAModeOfAModelKeepsTheProvidersModes(t *testing.T) {
	rows := twoRates + "groq m mode=flex input 1\ngroq m mode=flex output 4\n"
	m := model(t, "groq/m", map[string]string{"groq": head}, agreeing(t, rows)...)
	if mode := m.Prices[0].Adjust.Mode; len(mode) != 2 || mode["batch"] == nil || mode["flex"] == nil {
		t.Errorf("got %v: a model's axis replaces the provider's, so it must repeat it", mode)
	}
}

func TestAFactorThatIsNoShortDecimalBecomesPrices(t *testing.T) {
	rows := "groq m - input 0.15\ngroq m - output 0.6\ngroq m mode=priority input 0.25\ngroq m mode=priority output 1\n"
	m := model(t, "groq/m", map[string]string{"groq": head}, agreeing(t, rows)...)
	if r := m.Prices[0].Adjust.Mode["priority"][0]; r.Set["input"] != "0.25" || r.Set["output"] != "1" || len(r.Times) != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestAModelInheritsWherePricesAreTheSame(t *testing.T) {
	rows := "groq m - input 2\ngroq m - output 8\nmistral m - input 2\nmistral m - output 8\n"
	files := map[string]string{"groq": head, "mistral": head + fact(`"*"`) + "base: groq}"}
	if m := model(t, "mistral/m", files, agreeing(t, rows)...); m.Base != "groq/m" || len(m.Prices) != 0 || len(m.Adjust.Mode) != 0 {
		t.Errorf("got %+v", m)
	}
	own := rows + "groq m mode=flex input 1\ngroq m mode=flex output 4\n"
	if m := model(t, "mistral/m", files, agreeing(t, own)...); len(m.Adjust.Mode) != 1 {
		t.Errorf("got %v: the parent's modes would be inherited, so the provider's own must stand beside", m.Adjust.Mode)
	}
	other := strings.Replace(rows, "mistral m - output 8", "mistral m - output 9", 1)
	if m := model(t, "mistral/m", files, agreeing(t, other)...); m.Base != "" || len(m.Prices) != 1 {
		t.Errorf("got %+v, want its own price", m)
	}
	files["mistral"] = head + fact(`"*"`) + "base: groq, always: true}"
	if m := model(t, "mistral/m", files, agreeing(t, other)...); m.Base != "groq/m" {
		t.Errorf("got %+v, want the fact to hold against data sets", m)
	}
}

func TestAFactAboutNothingIsAnError(t *testing.T) {
	if _, err := try(t, map[string]string{"groq": head + fact("x") + "drop: true}"}, agreeing(t, twoRates)...); err == nil || !strings.Contains(err.Error(), "no model matches") {
		t.Errorf("got %v", err)
	}
}

func TestFactsNeedConfidenceDayAndKnownKeys(t *testing.T) {
	for _, bad := range []string{
		"facts: [{say: s, confidence: C, checked: 2026-11-23, models: [m]}]",
		"facts: [{say: s, confidence: A, checked: today, models: [m]}]",
		"facts: [{say: s, confidence: A, checked: 2026-11-23}]",
		"facts: [{say: s, confidence: A, checked: 2026-11-23, models: [m], price: 3}]",
		"facts: [{say: s, confidence: A, checked: 2026-11-23, models: [m], rates: {input: free}}]",
	} {
		if _, err := try(t, map[string]string{"groq": head + bad}, agreeing(t, twoRates)...); err == nil {
			t.Errorf("%s: want an error", bad)
		}
	}
}

func TestFeesOfTheProviderAreForModelsThatHaveThemStated(t *testing.T) {
	rows := twoRates + "groq n - input 1\ngroq n - output 1\n"
	files := map[string]string{"groq": "fees_where_stated: true\n" + strings.Replace(head, "names: [p]", "names: [p], fees: {web_search: 0.01}", 1)}
	sets := []*evidence.Set{set(t, "litellm", "2026-08-01", rows+"groq m - web_search 0.01"), set(t, "portkey", "2026-08-21", rows)}
	if m := model(t, "groq/m", files, sets...); m.Fees != nil {
		t.Errorf("got %v, want the provider's", m.Fees)
	}
	if m := model(t, "groq/n", files, sets...); m.Fees == nil || len(m.Fees) != 0 {
		t.Errorf("got %v, want none", m.Fees)
	}
	files["groq"] += fact("n") + "fees: {web_search: 0.01}}"
	if m := model(t, "groq/n", files, sets...); m.Fees != nil {
		t.Errorf("got %v, want what the fact states", m.Fees)
	}
}

func TestAnAliasThatIsAnotherModelIsDropped(t *testing.T) {
	rows := twoRates + "groq n - input 1\ngroq n - output 1\n"
	m := model(t, "groq/m", map[string]string{"groq": head + fact("m") + "aliases: [n, other]}"}, agreeing(t, rows)...)
	if len(m.Aliases) != 1 || m.Aliases[0] != "other" {
		t.Errorf("got %v", m.Aliases)
	}
}

// OpenRouter publishes its list: nobody else knows better which tiers it has.
func TestTheOwnListDecidesTiersAndConfirmsRates(t *testing.T) {
	own := strings.Replace(head, "single_source", "own_list: openrouter\ninclusive_context: true\nsingle_source", 1)
	base := "openrouter m - input 2\nopenrouter m - output 8\n"
	tier := "openrouter m over=200000 input 4\nopenrouter m over=200000 output 12\n"
	listed := set(t, "openrouter", "2026-08-01", base+"openrouter m - cache_read 0.2")
	others := agreeing(t, base+tier)
	m := model(t, "openrouter/m", map[string]string{"openrouter": own}, append(others, listed)...)
	if p := m.Prices[0]; p.Unconfirmed || len(p.Adjust.Context) != 0 || p.Rates["cache_read"] != "0.2" {
		t.Errorf("got %+v, want no tier and the list's cache price", p)
	}
	listed = set(t, "openrouter", "2026-08-01", base+strings.ReplaceAll(tier, "200000", "199999"))
	m = model(t, "openrouter/m", map[string]string{"openrouter": own}, append(agreeing(t, base), listed)...)
	if p := m.Prices[0]; p.Unconfirmed || len(p.Adjust.Context) != 1 || p.Adjust.Context[0].Input.AtLeast != 200000 {
		t.Errorf("got %+v, want the list's tier from 200,000 on", p)
	}
}

func TestANewerDataSetBeatsTheOwnListOnARate(t *testing.T) {
	own := strings.Replace(head, "single_source", "own_list: openrouter\nsingle_source", 1)
	base := "openrouter m - input 2\nopenrouter m - output 8\n"
	m := model(t, "openrouter/m", map[string]string{"openrouter": own},
		set(t, "openrouter", "2026-08-01", base+"openrouter m - cache_read 0.2"), set(t, "portkey", "2026-08-21", base+"openrouter m - cache_read 0.4"))
	if !m.Prices[0].Unconfirmed {
		t.Errorf("got %+v, want it marked", m.Prices[0])
	}
}

func TestARegionsCacheFollowsTheRatioThatAFactStates(t *testing.T) {
	content := head + fact("m") + "geo_range: [1.03, 1.6], ratios_of_lone: {cache_read: 0.25}}"
	rows := "groq m - input 0.035\ngroq m - output 0.14\ngroq m geo=eu input 0.046\ngroq m geo=eu output 0.184\n"
	for cache, want := range map[string]string{"0.00875": "0.0115", "0.03": ""} {
		m := model(t, "groq/m", map[string]string{"groq": content}, agreeing(t, rows+"groq m - cache_read "+cache)...)
		if got := m.Prices[0].Adjust.Geo["eu"][0].Set["cache_read"]; string(got) != want {
			t.Errorf("with a cache read of %s, eu has %q, want %q", cache, got, want)
		}
	}
}

func TestAScopeHasThePriceOfItsRegions(t *testing.T) {
	content := strings.Replace(head, "single_source", "scopes: {gov: [gov-1, gov-2]}\nsingle_source", 1)
	rows := twoRates + "groq m geo=gov-1 input 2.4\ngroq m geo=gov-1 output 9.6\n"
	m := model(t, "groq/m", map[string]string{"groq": content}, agreeing(t, rows)...)
	if got := m.Prices[0].Adjust.Geo["gov-1"][0].Names; len(got) != 1 || got[0] != "gov" {
		t.Errorf("got %v, want gov among the names", got)
	}
	m = model(t, "groq/m", map[string]string{"groq": content}, agreeing(t, rows+"groq m geo=gov-2 input 3\ngroq m geo=gov-2 output 12\n")...)
	for key, rules := range m.Prices[0].Adjust.Geo {
		if len(rules[0].Names) != 0 {
			t.Errorf("%s is called %v though its regions differ", key, rules[0].Names)
		}
	}
}

func TestAFactsWordsCanStandInTheNote(t *testing.T) {
	m := model(t, "groq/m", map[string]string{"groq": head + fact("m") + "note: true}"}, agreeing(t, twoRates)...)
	if p := m.Prices[0]; p.Unconfirmed || !strings.Contains(p.Source.Note, "a statement") {
		t.Errorf("got %+v", p)
	}
}

// Cached audio at the discount of cached text needs no second voice.
func TestALoneCachePriceOfAModalityIsConfirmedByItsRatio(t *testing.T) {
	rows := twoRates + "groq m - cache_read 0.2\ngroq m - input.audio 10\n"
	for cached, unconfirmed := range map[string]bool{"1": false, "3": true} {
		sets := []*evidence.Set{set(t, "litellm", "2026-08-01", rows+"groq m - cache_read.audio "+cached), set(t, "portkey", "2026-08-21", rows)}
		if p := model(t, "groq/m", map[string]string{"groq": head}, sets...).Prices[0]; p.Unconfirmed != unconfirmed {
			t.Errorf("cached audio at %s: got %+v", cached, p)
		}
	}
}
