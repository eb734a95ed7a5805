package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/nearname"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// assumptions are the facts that assume: can declare, by the reason that says
// that one was not told. Several reasons can call for the same one.
var assumptions = []struct {
	reason  status.Reason
	setting string
}{
	{status.ServiceTierNotReported, "service_tier: default"},
	{status.RegionNotReported, "geo: global"},
	{status.CacheNotReported, "cache: none"},
	{status.CacheWriteNotReported, "cache: none"},
	{status.CacheTTLNotReported, "cache_ttl"},
	{status.ModalityNotReported, "modality: text"},
	{status.ReasoningNotReported, "reasoning: none"},
	{status.ToolUseNotReported, "tool_use: none"},
	{status.ToolPromptNotReported, "tool_use: none"},
	{status.ResponseModelNotReported, "model: requested"},
}

// advise adds what would price the call, or price it exactly.
func (e *Call) advise(v *pricer.Visited) {
	if v.Result.Status.Priced() {
		e.Assume = assume(v)
	}
	for reason := range v.Result.Reasons.All() {
		if advice := advices[reason]; advice != nil {
			e.Hints = append(e.Hints, advice(v))
		}
		if reason == status.ServiceTierNotReported && v.Call.Mode != "" {
			e.Hints = append(e.Hints, servedTier(v))
		}
	}
}

// assume writes the entry of assume: that declares all that was not told.
func assume(v *pricer.Visited) string {
	var settings []string
	for _, a := range assumptions {
		if !v.Result.Reasons.Has(a.reason) || a.reason == status.ServiceTierNotReported && v.Call.Mode != "" {
			continue // what was told, if only as asked for, is not assumed away
		}
		if a.reason == status.CacheTTLNotReported {
			a.setting = "cache_ttl: " + retention(v.Result.Price)
		}
		if !slices.Contains(settings, a.setting) {
			settings = append(settings, a.setting)
		}
	}
	if len(settings) == 0 {
		return ""
	}
	if scope := v.Scope.Name(); scope != "" {
		condition := "instrumentation_scope.name == " + strconv.Quote(scope)
		settings = append([]string{"conditions: [" + single(condition) + "]"}, settings...)
	}
	return "- {" + strings.Join(settings, ", ") + "}"
}

// retention returns the retention whose price was assumed.
func retention(p *pricebook.Price) string {
	base := p.Rate(meter.CacheWrites, pricebook.Choice{}).Base
	for _, m := range p.Meters {
		if m.Class() == meter.CacheWrite && m.TTLMinutes() != 0 && p.Rate(m, pricebook.Choice{}).Base.Cmp(base) == 0 {
			return strings.TrimPrefix(m.WithModality(meter.AnyModality).String(), meter.CacheWrites.String()+".")
		}
	}
	return "5m"
}

// single writes a single-quoted YAML string.
func single(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// advices are the hints for reasons that assume: does not answer.
var advices = map[status.Reason]func(*pricer.Visited) Hint{
	status.PricedInOtherSignal:     otherSignal,
	status.SightingUncertain:       telemetry("put the provider's response id on the spans of both, as gen_ai.response.id; under LiteLLM, set USE_OTEL_LITELLM_REQUEST_SPAN=true, so that every call has a span of its own"),
	status.UsageAggregated:         telemetry("where the source sends spans or log records too, these tell single calls, and are priced unless signals: says otherwise"),
	status.PriceChanged:            telemetry("send metrics with delta temporality, so that an interval is short and has one price"),
	status.MetricNotAdditive:       telemetry("have the counts sent as a monotonic sum or a histogram"),
	status.LimitExceeded:           telemetry("send fewer series of token counts at once, or with fewer attributes"),
	status.ModelUnknown:            unknownModel,
	status.ResponseModelUnknown:    unknownModel,
	status.ProviderUnknown:         unknownProvider,
	status.ProviderNotReported:     untoldProvider,
	status.ProviderInferred:        untoldProvider,
	status.NoPriceAtTime:           noPrice,
	status.NoExchangeRate:          noExchange,
	status.InputSideAmbiguous:      ambiguousSide,
	status.ServiceTierUnknown:      unknownTier,
	status.RegionUnknown:           unknownRegion,
	status.MeterNotPriced:          unpricedMeter,
	status.ModelNotReported:        telemetry("put the model on the span as gen_ai.response.model"),
	status.UsageMissing:            telemetry("put the counts on the span, as gen_ai.usage.input_tokens and gen_ai.usage.output_tokens or as token_usage.input and token_usage.output; streams often need an option to report usage"),
	status.UsageInvalid:            telemetry("correct the counts where they are made, or put the right ones on the span as token_usage.input and token_usage.output"),
	status.OperationUnknown:        telemetry("put gen_ai.operation.name on the span: chat, embeddings or the like for a call, invoke_agent for a roll-up"),
	status.FactUnknown:             telemetry("after token_usage. comes a meter, a fee, mode, geo or billing; counts are whole numbers"),
	status.OutputNotReported:       telemetry("put the count on the span as token_usage.output, if you know it"),
	status.PriceUnconfirmed:        priceBook("compare the price with the provider's page, and state it in a book of your own without unconfirmed: true"),
	status.HolidaysUnknown:         priceBook("add the year's holidays to the calendar that the schedule names"),
	status.OverlapNotReported:      telemetry("put the overlap on the span, such as token_usage.cache_read.audio, if you know it"),
	status.UsageEstimatedByEmitter: telemetry("the emitter counts tokens itself; put the provider's counts on the span as token_usage.input and token_usage.output"),
	status.UsageContradictory:      telemetry("put the right counts on the span, as token_usage.input, token_usage.output and the like"),
	status.OutputSideAmbiguous:     telemetry("put the output with reasoning on the span as token_usage.output"),
	status.TotalNotReported:        telemetry("put the whole counts on the span as token_usage.input and token_usage.output"),
	status.UsageNotPriced:          unpricedMeter,
	status.TokensCounted:           telemetry("put the provider's counts on the span as token_usage.input and token_usage.output"),
	status.ContentNotCounted:       telemetry("put the provider's counts on the span as token_usage.input and token_usage.output"),
	status.OverlapNotPriced:        priceBook("give tokens that are of both meters a price of their own, such as cache_read.audio"),
	status.ReportedCostUsed: func(*pricer.Visited) Hint {
		return Hint{Where: "configuration", Say: "to price from the book instead:", YAML: "reported_cost: annotate"}
	},
	status.ContextBoundaryContested: priceBook("state in a book of your own whether the tier begins at or above the boundary"),
}

func telemetry(say string) func(*pricer.Visited) Hint {
	return func(*pricer.Visited) Hint { return Hint{Say: say, Where: "telemetry"} }
}

func priceBook(say string) func(*pricer.Visited) Hint {
	return func(*pricer.Visited) Hint { return Hint{Say: say, Where: "price book"} }
}

// unknownModel suggests an alias of the nearest name, or a model of its own.
func unknownModel(v *pricer.Visited) Hint {
	p := v.Result.Resolution.Provider
	name := v.Call.ResponseModel
	if name == "" {
		name = v.Call.RequestModel
	}
	h := Hint{Where: "price book", Say: fmt.Sprintf("give %q a price in a book of your own", name)}
	if p == nil {
		return h
	}
	near := Near(p, name, 3)
	if len(near) == 0 {
		h.YAML = fmt.Sprintf("providers: {%s: {models: {%s: {prices: [{rates: {input: …, output: …}}]}}}}", text(p.ID), text(name))
		return h
	}
	h.Say = fmt.Sprintf("if %q is another name of a model that the book knows, such as %s, say so in a book of your own", name, strings.Join(near, ", "))
	h.YAML = fmt.Sprintf("providers: {%s: {models: {%s: {aliases: [%s]}}}}", text(p.ID), text(near[0]), text(name))
	return h
}

// Near lists ids of the provider that look like the name.
func Near(p *pricebook.Provider, name string, n int) []string {
	var ids []string
	for _, m := range p.Models() {
		ids = append(ids, m.ID)
	}
	return nearname.Nearest(name, ids, n)
}

func unknownProvider(v *pricer.Visited) Hint {
	var ids []string
	for _, p := range v.Book.Providers() {
		ids = append(ids, p.ID)
	}
	id := "PROVIDER"
	if near := nearname.Nearest(v.Call.Provider, ids, 1); len(near) > 0 {
		id = near[0]
	}
	return Hint{
		Where: "price book", Say: fmt.Sprintf("if %q is another name of a provider that the book knows, say so in a book of your own", v.Call.Provider),
		YAML: fmt.Sprintf("providers: {%s: {names: [%s]}}", id, text(v.Call.Provider)),
	}
}

func untoldProvider(*pricer.Visited) Hint {
	return Hint{Where: "telemetry", Say: "put the provider on the span as gen_ai.provider.name, or its host as server.address; or declare it under assume: as provider"}
}

func noPrice(v *pricer.Visited) Hint {
	m := v.Result.Resolution.Model
	return Hint{
		Where: "price book", Say: "state the price of that time in a book of your own",
		YAML: fmt.Sprintf("providers: {%s: {models: {%s: {prices: [{from: %s, rates: {input: …, output: …}}]}}}}", text(m.Provider.ID), text(m.ID), spanOf(v).Start),
	}
}

func noExchange(v *pricer.Visited) Hint {
	currency := "XXX" // ISO 4217 for none
	if m := v.Result.Resolution.Model; m != nil {
		if p := m.At(int64(v.Call.StartUnixNano)); p != nil {
			currency = p.Currency
		}
	}
	return Hint{
		Where: "price book", Say: "state the exchange rate of that time in a book of your own",
		YAML: fmt.Sprintf("fx: {%s: [{from: %s, per_usd: …}]}", currency, spanOf(v).Start),
	}
}

func ambiguousSide(v *pricer.Visited) Hint {
	side := "exclusive"
	if v.Call.Basis.Side == call.Inclusive {
		side = "inclusive"
	}
	return Hint{
		Where: "configuration", Say: "if you know whether the emitter's input count includes cached tokens, declare it under usage: rules:; if it is as assumed:",
		YAML: fmt.Sprintf("- {scope: %s, input: %s}", text(v.Scope.Name()), side),
	}
}

// otherSignal says how to price the call where it was found.
func otherSignal(v *pricer.Visited) Hint {
	return Hint{
		Say: "to price " + v.Call.Dialect + " in " + v.Signal.String() + ", and nowhere else:", Where: "signals:",
		YAML: fmt.Sprintf("- {dialect: %s, signal: %s}", v.Call.Dialect, v.Signal),
	}
}

func servedTier(v *pricer.Visited) Hint {
	return Hint{
		Where: "telemetry",
		Say:   fmt.Sprintf("the span tells the tier that was asked for, %q, and not the one that served; put the served one on the span as token_usage.mode", v.Call.Mode),
	}
}

func unknownTier(v *pricer.Visited) Hint {
	return Hint{
		Where: "price book",
		Say:   fmt.Sprintf("if the tier %q changes the price, state the model's prices in a book of your own, with a rule for it under adjust: mode:; if it does not, with a rule of times: {tokens: 1}", v.Call.Mode),
	}
}

func unknownRegion(v *pricer.Visited) Hint {
	geo := cmp.Or(v.Call.Geo, v.Result.Resolution.Geo, v.Call.AssumedGeo)
	return Hint{
		Where: "price book",
		Say:   fmt.Sprintf("if the region %q changes the price, state the model's prices in a book of your own, with a rule for it under adjust: geo:; if it does not, with a rule of times: {tokens: 1}", geo),
	}
}

func unpricedMeter(v *pricer.Visited) Hint {
	h := Hint{Where: "price book", Say: "give every meter and fee that is used a price in a book of your own"}
	if p := v.Result.Price; p != nil {
		h.Say += "; " + p.ID + " does not price all that was reported"
	}
	return h
}

// text writes a YAML scalar, quoted where it must be.
func text(s string) string {
	plain := s != "" && s[0] != '-' && s[0] != '.' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") == "" &&
		strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	if plain {
		return s
	}
	return strconv.Quote(s)
}
