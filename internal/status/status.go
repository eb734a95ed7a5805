// Package status holds the verdicts on a call: how sure its cost is, and the
// closed list of reasons why it is not surer. Dashboards and alerts depend on
// the spelling of both; docs/statuses.md is generated from this package.
package status

//go:generate go run ./statusdoc ../../docs/statuses.md

import (
	"iter"
	"math/bits"
	"slices"
	"strings"
)

// Status is the verdict on one call.
type Status uint8

// The statuses. None is the zero value, of spans that are no calls.
const (
	None        Status = iota
	Exact              // every fact that moves the price was told
	Estimated          // priced, with an assumption that reasons name
	Partial            // priced, but some reported usage has no price
	Unpriced           // no price: reasons say why
	NotMetered         // not billed by usage
	NotBillable        // not a billed call: a roll-up, a duplicate, a failed call
	numStatuses
)

// NumStatuses is the number of statuses, None included.
const NumStatuses = int(numStatuses)

var names = [...]string{None: "", Exact: "exact", Estimated: "estimated", Partial: "partial", Unpriced: "unpriced", NotMetered: "not_metered", NotBillable: "not_billable"}

// String returns the value of the attribute token_cost.status.
func (s Status) String() string { return names[s] }

var texts = [...]string{
	None:        "Not a GenAI call.",
	Exact:       "Every fact that moves the price was told by the telemetry or declared in the configuration.",
	Estimated:   "Priced with an assumption that the reasons name.",
	Partial:     "Some of the reported usage has no price; the rest was priced.",
	Unpriced:    "There is no cost, and the reasons say why.",
	NotMetered:  "The call is not billed by usage.",
	NotBillable: "No billed call: it repeats others, failed, or runs no model.",
}

// Parse reads a value of the attribute token_cost.status.
func Parse(s string) (Status, bool) {
	for i := Exact; i < numStatuses; i++ {
		if names[i] == s {
			return i, true
		}
	}
	return None, false
}

// Text explains the status in a sentence.
func (s Status) Text() string { return texts[s] }

// Priced tells whether a call with this status has a cost.
func (s Status) Priced() bool { return s == Exact || s == Estimated || s == Partial }

// Reason is why a call is not exact.
type Reason uint8

// The reasons, grouped by the status they lead to.
const (
	// Estimated: the price was computed with an assumption.
	CacheNotReported Reason = iota
	CacheWriteNotReported
	CacheTTLNotReported
	ServiceTierNotReported
	RegionNotReported
	ModalityNotReported
	OverlapNotReported
	ReasoningNotReported
	ToolUseNotReported
	ToolPromptNotReported
	ResponseModelNotReported
	ResponseModelUnknown
	ProviderInferred
	ServiceTierUnknown
	RegionUnknown
	InputSideAmbiguous
	OutputSideAmbiguous
	UsageContradictory
	SightingUncertain
	UsageEstimatedByEmitter
	TokensCounted
	ContentNotCounted
	PriceUnconfirmed
	ContextBoundaryContested
	HolidaysUnknown
	FactUnknown
	ReportedCostUsed
	OutputNotReported
	OverlapNotPriced
	TotalNotReported
	UsageAggregated
	PriceChanged

	// Partial: some reported usage has no price.
	MeterNotPriced

	// Unpriced: there is no cost.
	ProviderNotReported
	ProviderUnknown
	ModelNotReported
	ModelUnknown
	NoPriceAtTime
	NoExchangeRate
	UsageMissing
	UsageInvalid
	UsageNotPriced
	OperationUnknown
	MetricNotAdditive
	LimitExceeded

	// Not metered.
	ProvisionedThroughput

	// Not billable.
	RollUp
	DuplicateCall
	FailedCall
	CacheReplay
	NoInference
	NotBilled
	PricedInOtherSignal

	numReasons
)

// NumReasons is the number of reasons: Reason values are below it.
const NumReasons = int(numReasons)

type entry struct {
	code   string
	status Status
	text   string
}

var reasons = [numReasons]entry{
	CacheNotReported:         {"cache_not_reported", Estimated, "The emitter does not tell how many tokens were read from or written to the cache; none were assumed."},
	CacheWriteNotReported:    {"cache_write_not_reported", Estimated, "The emitter tells cache reads but not cache writes; none were assumed."},
	CacheTTLNotReported:      {"cache_ttl_not_reported", Estimated, "Tokens were written to the cache and the price depends on how long they are kept, which was not told; the default retention was assumed."},
	ServiceTierNotReported:   {"service_tier_not_reported", Estimated, "The price depends on the service tier or speed, and the one that served the call was not told; the one that was asked for, or else the default, was assumed."},
	RegionNotReported:        {"region_not_reported", Estimated, "The price depends on the region or data residency, which was not told; the base price was assumed."},
	ModalityNotReported:      {"modality_not_reported", Estimated, "The model prices audio, image or video tokens differently, and the emitter does not tell them apart; all were taken as text."},
	OverlapNotReported:       {"overlap_not_reported", Estimated, "Cached tokens and tokens of a modality were told, but not how many are both; the smallest possible overlap was assumed."},
	ReasoningNotReported:     {"reasoning_not_reported", Estimated, "The emitter's output count leaves out reasoning tokens and does not tell how many there were; none were assumed."},
	ToolUseNotReported:       {"tool_use_not_reported", Estimated, "The provider charges for tool use such as web searches, and the emitter does not count it; none was assumed."},
	ToolPromptNotReported:    {"tool_prompt_not_reported", Estimated, "The emitter's input count leaves out the tokens of tool results and does not tell how many there were; none were assumed."},
	ResponseModelNotReported: {"response_model_not_reported", Estimated, "The model that served the call was not told; the model that was asked for was priced."},
	ResponseModelUnknown:     {"response_model_unknown", Estimated, "The price book does not know the model that served the call; the model that was asked for was priced."},
	ProviderInferred:         {"provider_inferred", Estimated, "The provider was not told, or a framework stood in its place; it was inferred from the model name."},
	ServiceTierUnknown:       {"service_tier_unknown", Estimated, "The price book has no price for the service tier that was told; the base price was used."},
	RegionUnknown:            {"region_unknown", Estimated, "The price book has no price for the region that was told; the base price was used."},
	InputSideAmbiguous:       {"input_side_ambiguous", Estimated, "It is not known whether the emitter's input count includes cached tokens, and the counts do not prove it; the configured side was assumed."},
	OutputSideAmbiguous:      {"output_side_ambiguous", Estimated, "It is not known whether the emitter's output count includes reasoning tokens, and the counts do not prove it."},
	UsageContradictory:       {"usage_contradictory", Estimated, "Counts contradict each other; the reading that explains most of them was used."},
	SightingUncertain:        {"sighting_uncertain", Estimated, "A call of another service, at the same time and with the same counts, was taken for the same call, as that of a gateway, and no response id proves it; or the emitter writes on a span of somebody else's, where only the last of several calls is left."},
	UsageEstimatedByEmitter:  {"usage_estimated_by_emitter", Estimated, "The emitter counted tokens itself instead of passing on the provider's usage."},
	TokensCounted:            {"tokens_counted", Estimated, "The telemetry lacks a count of input or output; tokens of the recorded content were counted, with the tokenizer of the model or one that approximates it."},
	ContentNotCounted:        {"content_not_counted", Estimated, "Tokens were counted from recorded content that also has images, audio or files, whose tokens are missing from the count."},
	PriceUnconfirmed:         {"price_unconfirmed", Estimated, "The price book marks this price as unconfirmed, or states it without a start, and the call is older than that statement."},
	ContextBoundaryContested: {"context_boundary_contested", Estimated, "The input is exactly at a boundary between context tiers that the provider states in two ways."},
	HolidaysUnknown:          {"holidays_unknown", Estimated, "The price depends on public holidays, and the price book has no calendar for the year; a working day was assumed."},
	FactUnknown:              {"fact_unknown", Estimated, "A token_usage attribute names something that is no meter, fee or fact, or has a value that cannot be read."},
	ReportedCostUsed:         {"reported_cost_used", Estimated, "The total is the cost that the telemetry carried, as configured."},
	OutputNotReported:        {"output_not_reported", Estimated, "Input was told and output was not, as when a stream was aborted; no output was assumed."},
	OverlapNotPriced:         {"overlap_not_priced", Estimated, "Some tokens belong to two meters, and the price book has no price for both together; the price of the class, such as cached, was used."},
	TotalNotReported:         {"total_not_reported", Estimated, "Parts of a count were told and the whole was not; the parts that were told were added up."},
	UsageAggregated:          {"usage_aggregated", Estimated, "The counts are sums over calls, as metrics tell them; prices that depend on a single call, such as those by context size, were taken at their base, and fees per request left out unless requests were counted."},
	PriceChanged:             {"price_changed", Estimated, "The price changed within the interval that the counts cover; the one at its start was used for all of it."},
	MeterNotPriced:           {"meter_not_priced", Partial, "Some reported usage has no price and no wider meter that has one; the rest was priced."},
	ProviderNotReported:      {"provider_not_reported", Unpriced, "No provider was told, and the model name does not tell it."},
	ProviderUnknown:          {"provider_unknown", Unpriced, "The price book does not know the provider."},
	ModelNotReported:         {"model_not_reported", Unpriced, "No model was told."},
	ModelUnknown:             {"model_unknown", Unpriced, "The price book does not know the model."},
	NoPriceAtTime:            {"no_price_at_time", Unpriced, "The price book knows the model but has no price for the time of the call."},
	NoExchangeRate:           {"no_exchange_rate", Unpriced, "The price is in another currency and the price book has no exchange rate for the time of the call."},
	UsageMissing:             {"usage_missing", Unpriced, "The call carries no counts that its price is made of, or all of them are zero."},
	UsageInvalid:             {"usage_invalid", Unpriced, "A count is negative, not a number, or beyond belief."},
	UsageNotPriced:           {"usage_not_priced", Unpriced, "None of the usage that was reported has a price."},
	OperationUnknown:         {"operation_unknown", Unpriced, "The span carries usage, but neither its operation nor its dialect tells whether it is a call."},
	MetricNotAdditive:        {"metric_not_additive", Unpriced, "The counts stand in a gauge, a summary, a sum that can fall or one without temporality, of which no spend can be added up."},
	LimitExceeded:            {"limit_exceeded", Unpriced, "The batch holds more series of token counts than are priced at once."},
	ProvisionedThroughput:    {"provisioned_throughput", NotMetered, "The capacity is paid for by time, not by usage."},
	RollUp:                   {"roll_up", NotBillable, "The span repeats the usage of its children."},
	DuplicateCall:            {"duplicate_call", NotBillable, "The same call was seen elsewhere in the batch, where it was priced."},
	FailedCall:               {"failed_call", NotBillable, "The call failed and reports no usage."},
	CacheReplay:              {"cache_replay", NotBillable, "A gateway answered from its own cache; the provider was not called."},
	NotBilled:                {"not_billed", NotBillable, "The emitter says that the call is not charged for."},
	PricedInOtherSignal:      {"priced_in_other_signal", NotBillable, "The source tells of its calls in several signals, and this is not the one in which they are priced; signals: in the configuration changes which."},
	NoInference:              {"no_inference", NotBillable, "The operation reads or manages something and runs no model."},
}

// Code returns the value by which token_cost.reasons names the reason.
func (r Reason) Code() string { return reasons[r].code }

// ParseReason reads an element of the attribute token_cost.reasons.
func ParseReason(code string) (Reason, bool) {
	r, ok := byCode[code]
	return r, ok
}

// Status returns the status that the reason leads to.
func (r Reason) Status() Status { return reasons[r].status }

// Text explains the reason in a sentence.
func (r Reason) Text() string { return reasons[r].text }

// String returns the code.
func (r Reason) String() string { return r.Code() }

// Set is a set of reasons. The zero value is the empty set.
type Set uint64

// Of returns the set of the given reasons.
func Of(rs ...Reason) Set {
	var s Set
	for _, r := range rs {
		s |= 1 << r
	}
	return s
}

// Add puts r into the set.
func (s *Set) Add(r Reason) { *s |= 1 << r }

// Has tells whether r is in the set.
func (s Set) Has(r Reason) bool { return s&(1<<r) != 0 }

// Only returns the reasons of s that lead to the status.
func (s Set) Only(st Status) Set { return s & byStatus[st] }

// All iterates over the reasons in the order of their codes.
func (s Set) All() iter.Seq[Reason] {
	return func(yield func(Reason) bool) {
		for _, r := range sorted {
			if s.Has(r) && !yield(r) {
				return
			}
		}
	}
}

// Len returns the number of reasons.
func (s Set) Len() int { return bits.OnesCount64(uint64(s)) }

// String joins the codes with commas, sorted.
func (s Set) String() string {
	codes := make([]string, 0, s.Len())
	for r := range s.All() {
		codes = append(codes, r.Code())
	}
	return strings.Join(codes, ",")
}

// Status returns the verdict that a set of reasons leads to: the gravest of
// theirs, and Exact if there are none. A call that is not billable is so
// whatever else is unknown about it.
func (s Set) Status() Status {
	for _, st := range []Status{NotBillable, NotMetered, Unpriced, Partial, Estimated} {
		if s.Only(st) != 0 {
			return st
		}
	}
	return Exact
}

var (
	sorted   [numReasons]Reason
	byStatus [numStatuses]Set
	byCode   = map[string]Reason{}
)

func init() {
	for i := range sorted {
		sorted[i] = Reason(i)
		byStatus[reasons[i].status].Add(Reason(i))
		byCode[reasons[i].code] = Reason(i)
	}
	slices.SortFunc(sorted[:], func(a, b Reason) int { return strings.Compare(a.Code(), b.Code()) })
}
