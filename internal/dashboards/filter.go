package dashboards

import "strings"

// filter is a variable that chooses values of a label.
type filter struct{ name, label, title string }

var (
	byProvider = filter{"provider", "gen_ai_provider_name", "Provider"}
	byModel    = filter{"model", "gen_ai_response_model", "Model"}
	byService  = filter{"service", "service_name", "Service"}
	byTeam     = filter{"team", "token_cost_team", "Team"}
	byCustomer = filter{"customer", "token_cost_customer", "Customer"}
	byUseCase  = filter{"use_case", "token_cost_use_case", "Use case"}
	byCaller   = filter{"caller", "service_name", "Service"} // of the inventory, which knows more services
	byInstance = filter{"instance", "instance", "Collector"}
)

// from is the metric that a filter's values are read from.
func (f filter) from() string {
	switch f.name {
	case "use_case":
		return "token_cost_interaction_calls_count"
	case "caller":
		return "token_cost_inventory_last_seen_seconds"
	case "instance":
		return "otelcol_process_uptime"
	}
	return "token_cost_calls_total"
}

// dimensions are the filters of calls.
var dimensions = []filter{byProvider, byModel, byService, byTeam, byCustomer}

// variables are the data source, the currency, and the filters. A label that is
// not there matches as well when all values are chosen.
func variables(filters []filter) []variable {
	list := []variable{
		{Name: "datasource", Label: "Data source", Type: "datasource", Query: "prometheus", Refresh: 1, Current: map[string]any{}},
		{
			Name: "currency", Label: "Currency", Type: "query", Datasource: &source, Refresh: 2, Sort: 1,
			Query: variableQuery{"label_values(token_cost_spend_total, token_cost_currency)", "currency"}, Current: option{"USD", "USD"},
		},
	}
	for _, f := range filters {
		list = append(list, variable{
			Name: f.name, Label: f.title, Type: "query", Datasource: &source, Refresh: 2, Sort: 1, Multi: true, IncludeAll: true, AllValue: ".*",
			Query: variableQuery{"label_values(" + f.from() + ", " + f.label + ")", f.name}, Current: option{[]string{"All"}, []string{"$__all"}},
		})
	}
	return list
}

// of writes a selector of a metric: the conditions, and the filters' choices.
func of(metric string, filters []filter, conditions ...string) string {
	parts := conditions
	for _, f := range filters {
		parts = append(parts, f.label+`=~"$`+f.name+`"`)
	}
	return metric + "{" + strings.Join(parts, ", ") + "}"
}

// inCurrency selects amounts of one currency, which alone can be added up.
const inCurrency = `token_cost_currency="$currency"`

// havePrice selects calls whose cost is known.
const havePrice = `token_cost_status=~"exact|estimated|partial"`

// spend, calls, tokens and parts are what the recording rules say of each minute.
func spend(conditions ...string) string {
	return of("token_cost:spend:increase1m", dimensions, append([]string{inCurrency}, conditions...)...)
}

func parts(conditions ...string) string {
	return of("token_cost:spend_parts:increase1m", dimensions, append([]string{inCurrency}, conditions...)...)
}

func calls(conditions ...string) string {
	return of("token_cost:calls:increase1m", dimensions, conditions...)
}

func tokens(conditions ...string) string {
	return of("token_cost:tokens:increase1m", dimensions, conditions...)
}

// over adds up what minutes had in the time that the dashboard shows.
func over(minutes string) string { return "sum_over_time(" + minutes + "[$__range])" }

// fromZero is the increase of a counter that is told from its first increase
// on, as a Collector tells its own: what was not there before began at zero.
func fromZero(counter string) string {
	return "(increase(" + counter + "[$__range]) and " + counter + " offset $__range) or " + counter
}

// by sums up by labels.
func by(labels, expr string) string { return "sum by (" + labels + ") (" + expr + ")" }

// hourly is a counter's rate, in amounts an hour.
func hourly(counter string) string { return "rate(" + counter + "[$__rate_interval]) * 3600" }
