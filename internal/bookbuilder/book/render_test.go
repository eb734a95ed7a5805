package book

import "testing"

func TestRenderIsReadableYAML(t *testing.T) {
	p := &Provider{
		ID: "p", Names: []string{"p", "p ai"}, Hosts: []string{"*.p.com"}, HostGeo: map[string]string{"*.p.com": "*"}, Infer: true,
		Fees:   Numbers{"web_search": "0.01"},
		Adjust: Adjust{Mode: Choices{"batch": {{Times: Numbers{"tokens": "0.5"}}}}},
		Models: map[string]*Model{
			"b:1": {ID: "b:1", Aliases: []string{"1.5", "true"}, Base: "q/b", Adjust: Adjust{Geo: Choices{"*": {{Times: Numbers{"tokens": "1.1"}}}, "global": {{}}}}},
			"a": {ID: "a", Dated: true, Prices: []Price{
				{Source: Source{URL: "https://p.com", Checked: "2026-11-23", Note: "x: y"}, Unconfirmed: true, Rates: Numbers{"output": "2", "input": "1", "input.audio": "3", "cache_read": "0.1"}},
				{From: "2026-11-01T00:00:00Z", Source: Source{Checked: "2026-11-23"}, Rates: Numbers{"input": "2"}, Adjust: Adjust{
					Context:   []ContextRule{{Input: Bound{AtLeast: 200000}, Contested: true, Times: Numbers{"input": "2"}}},
					Mode:      Choices{"fast": {{Until: "2027-03-01T00:00:00Z", Times: Numbers{"tokens": "3"}}, {From: "2027-03-01T00:00:00Z", Set: Numbers{"input": "9"}}}},
					Schedule:  []Window{{TZ: "UTC", Days: "mon-fri", Hours: []string{"01:00-04:00"}, Except: "c", Times: Numbers{"tokens": "2"}}},
					Overrides: []Override{{When: map[string]string{"mode": "fast"}, Set: Numbers{"cache_read": "0.05"}}},
				}},
			}},
		},
	}
	want := `# head
schema: tokencost.pricebook/v1
providers:
  p:
    names: [p, p ai]
    hosts: ["*.p.com"]
    host_geo: {"*.p.com": "*"}
    infer: true
    fees: {web_search: 0.01}
    adjust:
      mode:
        batch: {times: {tokens: 0.5}}
    models:
      a:
        dated: true
        prices:
          - source: {url: "https://p.com", checked: 2026-11-23, note: "x: y"}
            unconfirmed: true
            rates: {input: 1, cache_read: 0.1, output: 2, input.audio: 3}
          - from: 2026-11-01T00:00:00Z
            source: {checked: 2026-11-23}
            rates: {input: 2}
            adjust:
              context:
                - {input: {at_least: 200000}, contested: true, times: {input: 2}}
              mode:
                fast:
                  - {until: 2027-03-01T00:00:00Z, times: {tokens: 3}}
                  - {from: 2027-03-01T00:00:00Z, set: {input: 9}}
              schedule:
                - {tz: UTC, days: mon-fri, hours: ["01:00-04:00"], except: c, times: {tokens: 2}}
              overrides:
                - {when: {mode: fast}, set: {cache_read: 0.05}}
      "b:1":
        aliases: ["1.5", "true"]
        base: q/b
        adjust:
          geo:
            "*": {times: {tokens: 1.1}}
            global: {}
`
	if got := string(p.Render("head")); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestLaterRulesTakeTheValuesThatTheyName(t *testing.T) {
	base := Choices{"global": {{Names: []string{"us", "us-east-1"}}}, "eu": {{Times: Numbers{"tokens": "1.3"}}}}
	got := Adjust{Geo: base}.Over(Adjust{Geo: Choices{"us": {{Names: []string{"eu"}, Times: Numbers{"tokens": "1.1"}}}}}).Geo
	if len(got) != 2 || len(got["global"][0].Names) != 1 || got["global"][0].Names[0] != "us-east-1" {
		t.Errorf("got %v", got)
	}
	if len(base["global"][0].Names) != 2 {
		t.Error("the base must not change")
	}
}
