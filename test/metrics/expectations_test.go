package metrics

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedcall"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// expectation says what is wrong with the answer to a panel's query.
type expectation func(answer []series) error

// roughly is how far increase() and rate() may be from the truth, which they
// extrapolate: a scrape interval of the time that is looked at, and some.
const roughly = 0.1

// same demands sums by labels, exact to a share.
func same(want map[string]float64, share float64, by ...string) expectation {
	return func(answer []series) error {
		if wrong := differences(want, labelled(answer, by), share); len(wrong) > 0 {
			return fmt.Errorf("%s", strings.Join(wrong, "; "))
		}
		return nil
	}
}

// value demands one number.
func value(v, share float64) expectation { return same(map[string]float64{"": v}, share) }

// atLeast demands one number that is not less.
func atLeast(v float64) expectation {
	return func(answer []series) error {
		if got := labelled(answer, nil)[""]; got < v {
			return fmt.Errorf("%v, want %v or more", got, v)
		}
		return nil
	}
}

// expectations are those of the panels about which a truth is known.
func expectations(x *truth) map[string]expectation {
	out := map[string]expectation{}
	for _, add := range []func(*truth, map[string]expectation){ofOverview, ofUsage, ofCalls, ofInteractions, ofBudgets, ofInventory, ofHealth} {
		add(x, out)
	}
	return out
}

func ofOverview(x *truth, out map[string]expectation) {
	const board = "token-cost-overview/"
	total := x.total(cost)
	month, elapsed := monthSoFar()
	out[board+"Now, an hour"] = value(total*3600/rangeSeconds, roughly)
	out[board+"Today"] = value(total, exactly)
	out[board+"Month to date"] = value(total, exactly)
	out[board+"Month, projected"] = value(total/elapsed.Seconds()*month.Seconds(), 1e-4) // the month goes on meanwhile
	for title, label := range map[string]string{
		"provider": "gen_ai_provider_name", "model": "gen_ai_response_model", "service": "service_name", "team": "token_cost_team", "customer": "token_cost_customer",
	} {
		out[board+strings.ToUpper(title[:1])+title[1:]+"s"] = same(x.sum(cost, label), exactly, label)
		out[board+"Spend by "+title] = same(scaled(x.sum(cost, label), 3600.0/rangeSeconds), roughly, label)
	}
	by := []string{"service_name", "gen_ai_provider_name", "gen_ai_response_model"}
	out[board+"Models of services"] = same(x.sum(cost, by...), exactly, by...)
	out[board+"Budgets used"] = used(x)
}

// used is the share of the budgets of the example that is spent.
func used(x *truth) expectation {
	return same(map[string]float64{"everything": x.total(cost) / 1000, "support": x.sum(cost, "service_name")["support"] / 300}, exactly, "token_cost_budget_name")
}

func scaled(m map[string]float64, factor float64) map[string]float64 {
	out := map[string]float64{}
	for k, v := range m {
		out[k] = v * factor
	}
	return out
}

// over divides what both have, where the divisor is not zero.
func over(a, b map[string]float64) map[string]float64 {
	out := map[string]float64{}
	for k, v := range b {
		if n, ok := a[k]; ok && v > 0 {
			out[k] = n / v
		}
	}
	return out
}

// tokens counts those of some meters, told apart as the metrics do. Anthropic
// does not tell reasoning apart from other output, and nor does Bedrock.
func tokens(meters ...string) quantity {
	return func(k *known) *big.Rat {
		sum := int64(0)
		for meter, n := range k.Tokens {
			meter, _, _ = strings.Cut(meter, ".")
			if meter == "reasoning" && (k.Provider == "anthropic" || k.Provider == "aws.bedrock") {
				meter = "output"
			}
			if slices.Contains(meters, meter) {
				sum += n
			}
		}
		if sum == 0 || k.result.Status == status.NotBillable {
			return none
		}
		return big.NewRat(sum, 1)
	}
}

var allMeters = []string{"input", "cache_read", "cache_write", "output", "reasoning"}

// part is a part of what a call cost.
func part(which ...pricedcall.Part) quantity {
	return func(k *known) *big.Rat {
		sum := new(big.Rat)
		for _, p := range which {
			sum.Add(sum, k.result.Parts[p].Rat())
		}
		if sum.Sign() == 0 {
			return none
		}
		return sum
	}
}

func hasPrice(k *known) bool { return k.result.HasTotal }

func ofUsage(x *truth, out map[string]expectation) {
	const board = "token-cost-usage/"
	byMeter, byPart := map[string]float64{}, map[string]float64{}
	for _, m := range allMeters {
		byMeter[m] = x.total(tokens(m))
	}
	for p := range pricedcall.NumParts {
		byPart[p.String()] = x.total(part(p))
	}
	out[board+"Tokens by meter"] = same(byMeter, exactly, "token_cost_meter")
	out[board+"Tokens a minute by meter"] = same(scaled(byMeter, 60.0/rangeSeconds), roughly, "token_cost_meter")
	out[board+"Spend by part ($currency)"] = same(byPart, exactly, "token_cost_part")
	const model, service = "gen_ai_response_model", "service_name"
	out[board+"Price of a million tokens ($currency)"] = same(scaled(over(x.sum(cost, model), x.sum(within(tokens(allMeters...), hasPrice), model)), 1e6), exactly, model)
	out[board+"Tokens of a call"] = same(over(x.sum(tokens(allMeters...), service), x.sum(within(one, func(k *known) bool { return !isFailed(k) }), service)), exactly, service)

	read, input := tokens("cache_read"), tokens("input", "cache_read", "cache_write")
	out[board+"Input read from caches"] = value(x.total(read)/x.total(input), exactly)
	saved := savedByCaches(x)
	sum := 0.0
	for _, v := range saved {
		sum += v
	}
	out[board+"Saved by caches ($currency)"] = value(sum, 1e-6) // a difference of sums of doubles
	out[board+"Saved by model ($currency)"] = same(saved, 1e-6, model)
	reads := within(read, hasPrice)
	writes := within(tokens("cache_write"), hasPrice)
	by := []string{service, "gen_ai_provider_name", model}
	out[board+"Reads of a write, by service"] = same(over(x.sum(reads, by...), x.sum(writes, by...)), exactly, by...)
}

// savedByCaches is what the cached input of each model would have cost at the
// mean price of plain input, less what it cost.
func savedByCaches(x *truth) map[string]float64 {
	const model = "gen_ai_response_model"
	cached, plain := x.sum(within(tokens("cache_read", "cache_write"), hasPrice), model), x.sum(within(tokens("input"), hasPrice), model)
	price := over(x.sum(part(pricedcall.Input), model), plain)
	paid := x.sum(part(pricedcall.CacheRead, pricedcall.CacheWrite), model)
	out := map[string]float64{}
	for m, n := range cached {
		out[m] = n*price[m] - paid[m]
	}
	return out
}

func isFailed(k *known) bool { return k.result.Reasons.Has(status.FailedCall) }

func ofCalls(x *truth, out map[string]expectation) {
	const board, service = "token-cost-calls/", "service_name"
	unpriced := within(one, func(k *known) bool { return k.result.Status == status.Unpriced })
	estimated := within(cost, func(k *known) bool { return k.result.Status != status.Exact })
	billable := within(one, func(k *known) bool { return k.result.Status != status.NotBillable })
	out[board+"Calls a minute by status"] = same(scaled(x.sum(one, "token_cost_status"), 60.0/rangeSeconds), roughly, "token_cost_status")
	out[board+"Failed calls"] = same(over(x.sum(within(one, isFailed), service), x.sum(one, service)), exactly, service)
	out[board+"Calls without a price"] = value(x.total(unpriced)/x.total(billable), exactly)
	out[board+"Spend that is estimated"] = value(x.total(estimated)/x.total(cost), exactly)
	out[board+"Without a price"] = same(x.sum(unpriced, service), exactly, service)
	huge := within(one, func(k *known) bool {
		n := tokens("input", "cache_read", "cache_write")(k)
		return n != none && n.Cmp(big.NewRat(150_000, 1)) > 0
	})
	out[board+"Policies violated"] = same(x.sum(huge, service), roughly, service)
	byReason := map[string]float64{}
	difference := 0.0
	for _, k := range x.calls {
		if one(k) != none && k.result.Status != status.Exact {
			byReason[k.result.Status.String()+" "+firstReason(k)]++
		}
		if k.result.Reported > 0 && k.result.HasTotal {
			difference += k.result.Reported - k.result.Total.Float64()
		}
	}
	out[board+"Calls by reason"] = same(byReason, exactly, "token_cost_status", "token_cost_reason")
	out[board+"Reported less computed cost (USD)"] = value(difference, exactly)
	mean := over(x.sum(cost, "gen_ai_response_model"), x.sum(priced, "gen_ai_response_model"))
	out[board+"Mean cost of a call by model"] = same(mean, roughly, "gen_ai_response_model")
	for i, q := range []float64{0.5, 0.9, 0.99} {
		out[board+"Cost of a call, p50 to p99"+nth(i)] = near(q, x.costs(func(*known) string { return "" }))
	}
	out[board+"p99 by service"] = near(0.99, x.costs(func(k *known) string { return k.service }), service)
}

// firstReason is the reason that a call counts for: the first of its status.
func firstReason(k *known) string {
	for r := range k.result.Reasons.Only(k.result.Status).All() {
		return r.Code()
	}
	return ""
}

// costs lists what calls cost, by a key, in ascending order.
func (x *truth) costs(key func(*known) string) map[string][]float64 {
	out := map[string][]float64{}
	for _, k := range x.calls {
		if k.result.HasTotal {
			out[key(k)] = append(out[key(k)], k.result.Total.Float64())
		}
	}
	for _, all := range out {
		slices.Sort(all)
	}
	return out
}

// near demands quantiles within the bucket of the true one, or the next: rate()
// extrapolates the calls of each series a little differently.
func near(q float64, costs map[string][]float64, by ...string) expectation {
	return func(answer []series) error {
		got := labelled(answer, by)
		for key, all := range costs {
			v, ok := got[key]
			at := func(q float64) float64 {
				return all[max(0, min(len(all)-1, int(math.Ceil(q*float64(len(all))))-1))]
			}
			low, high := at(q-0.02), at(q+0.02)
			if !ok || v < bound(low, -1) || v > bound(high, 1) {
				return fmt.Errorf("p%s of %q is %v, want it between the buckets of %v and %v", strconv.FormatFloat(100*q, 'f', -1, 64), key, v, low, high)
			}
		}
		return nil
	}
}

// bound is a bound of the buckets 1, 2, 5 of every power of ten around a value:
// below it, or above.
func bound(v float64, direction int) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5, 10} {
		if v <= m*power {
			if direction > 0 {
				return m * power
			}
			return map[float64]float64{1: 0.5, 2: 1, 5: 2, 10: 5}[m] * power
		}
	}
	return v
}

func ofInteractions(x *truth, out map[string]expectation) {
	const board = "token-cost-interactions/"
	// A trace that is no action of the generator's is one of a single model.
	primary := within(cost, func(k *known) bool { return k.Role == "primary" || k.Role == "" })
	out[board+"Measured alpha"] = value(x.total(within(cost, isOnTime))/x.total(primary), 0.02)
	byRole := x.sum(within(cost, hasRole), "token_cost_role")
	byRole["primary"] = x.total(primary)
	delete(byRole, late)
	out[board+"Spend an hour by role ($currency)"] = same(scaled(byRole, 3600.0/rangeSeconds), roughly, "token_cost_role")
	sums := map[string]float64{}
	for _, k := range x.calls {
		if k.result.HasTotal && isOnTime(k) {
			sums[k.TraceID] += k.result.Total.Float64()
		}
	}
	ofTraces := map[string][]float64{"": slices.Sorted(maps.Values(sums))}
	for i, q := range []float64{0.5, 0.9, 0.99} {
		out[board+"Cost of an interaction, p50 to p99"+nth(i)] = near(q, ofTraces)
	}
	out[board+"Spent on failed and repeated calls ($currency)"] = value(0, 0)
	out[board+"Spend that came too late ($currency)"] = value(byLate(x), 0.5) // its series is only some scrapes old, so that a scrape interval is much of it
	out[board+"Alpha by use case, configured"] = func(answer []series) error {
		for _, s := range answer {
			if math.Abs(s.Value.value-alphaConfigured) > 1e-9 {
				return fmt.Errorf("%v for %v, want %v", s.Value.value, s.Metric, alphaConfigured)
			}
		}
		return nil
	}
}

// late is the role of a call that came after its action was closed.
const late = "late"

func isOnTime(k *known) bool { return k.Role != late }

func byLate(x *truth) float64 {
	return x.total(within(cost, func(k *known) bool { return !isOnTime(k) }))
}

// nth is how the queries of a panel after its first are told apart.
func nth(i int) string {
	if i == 0 {
		return ""
	}
	return " " + string(rune('A'+i))
}

func ofBudgets(x *truth, out map[string]expectation) {
	const board, name = "token-cost-budgets/", "token_cost_budget_name"
	everything, support := x.total(cost), x.sum(cost, "service_name")["support"]
	out[board+"Used"] = used(x)
	out[board+"Spent"] = same(map[string]float64{"everything": everything, "support": support}, exactly, name)
	out[board+"Left"] = same(map[string]float64{"everything": 1000 - everything, "support": 300 - support}, exactly, name)
}

// ofInventory holds the inventory to the truth. Replicas have one each, and
// names of models without a price are those of the telemetry, so that models
// are counted only where they have one.
func ofInventory(x *truth, out map[string]expectation) {
	const board, service = "token-cost-inventory/", "service_name"
	genai := x.sum(one, service)
	out[board+"Services"] = value(float64(len(genai)+1), 0)
	out[board+"Services by HTTP only"] = value(1, 0)
	out[board+"Models"] = atLeast(float64(len(x.sum(priced, "gen_ai_provider_name", "gen_ai_response_model"))))
	out[board+"Not approved"] = atLeast(1)
	out[board+"Calls by service"] = same(genai, roughly, service)
	out[board+"Spend by service ($currency)"] = same(x.sum(cost, service), roughly, service)
	unpriced := within(one, func(k *known) bool { return k.result.Status == status.Unpriced })
	out[board+"Calls without a price"] = value(x.total(unpriced)/x.total(one), roughly)
	out[board+"Requests to hosts of AI APIs"] = same(map[string]float64{"reports api.mistral.ai": httpRequests}, roughly, service, "server_address")
}

func ofHealth(_ *truth, out map[string]expectation) {
	const board = "token-cost-health/"
	out[board+"Refused or lost"] = atLeast(1)
	out[board+"Calls in overflow series"] = atLeast(1)
	out[board+"Collectors that answer"] = value(3, 0)
	out[board+"Price books with mistakes"] = value(0, 0)
	out[board+"Models with a price"] = value(10, 0)
}
