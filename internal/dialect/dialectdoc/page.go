// Package main writes docs/dialects.md from the tables of package dialect.
package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

const head = `# Dialects

<!-- Generated from package internal/dialect by make generate; do not edit. -->

What each instrumentation emits, as the processor reads it: which side its counts are on, which facts it can tell, and what that does to a call's
[status](statuses.md). An emitter is recognised by its instrumentation scope and version, or by a mark on the resource. Arithmetic that proves a side
wrong wins over this table. Emitters that are in no row are read by the conventions alone: their facts are told only where an attribute states them.

* **input**, **output**: whether the input count includes cached tokens, and the output count reasoning tokens. ` + "`?`" + `: decided by the counts, or by the convention.
* **tells**: facts that count as told even where no attribute states them, because this emitter states them whenever there is something to state.
* **cannot tell**: reasons that its calls carry where the fact moves the price. ` + "`assume:`" + ` in the configuration declares such facts.

A row with a version is used only if the scope has one. Where it has none, what the rows of an emitter differ in is open, as if nobody knew the emitter.
Costs on a span are passed on and change nothing else; in a currency other than USD they are compared with nothing.

## Calls that are seen twice

Of the calls of one batch, those that are the same call are priced once: the one that tells most, or has the larger counts.

* They are copies of one span, with the same times and counts, or of one log record: equal in all attributes, its resource's too, and in a time that is finer than milliseconds.
* They have the same response id, and the same trace or the same output, however many there are; or the same response id and input, told by two instrumentations
  of one service at the same time.
* One is the parent of the other with the same counts, with none and the same operation, or with counts that one of two instrumentations made itself. Models and operations must not differ. A parent stands for one of its children.
* A framework and an SDK overlap in time with the same counts, under one parent or, in one service, both without one, and models and operations do not differ.
* One lies within the other in time, in one trace, with the same counts, told by another instrumentation or service, and models and operations do not differ. So a
  client's call and a gateway's are one, whatever spans are between them. Within a service the same holds across traces, and for calls with output it is enough that they
  overlap: agents and frameworks that are traced by callbacks make no span the current one. Each stands for one call around it and one within it.
* A call whose counts are the sum of the calls right below it, two or more, is no call of its own.

Response ids of one form that differ, as those of a retry, are of two calls, whatever their times and counts.

A call that is kept though another sighting has other counts is not certain (` + "`usage_contradictory`" + `). At most 64 parents under one span id, and 64 SDK calls with
the same counts at the same time, are compared with a call; one that is not compared with all is not certain either. Of a batch, 16384 calls are
compared; further ones are compared among themselves.

`

// page writes the whole document.
func page() string {
	var b strings.Builder
	b.WriteString(head)
	writeFacts(&b)
	b.WriteString(metricsHead)
	rows := dialect.Descriptions()
	keys := dialect.Spellings()
	metrics := dialect.MetricDescriptions()
	for _, name := range names(rows, keys) {
		fmt.Fprintf(&b, "## %s\n\n", name)
		writeEmitters(&b, rows, name)
		writeKeys(&b, keys, name)
		writeMetrics(&b, metrics, name)
	}
	return b.String()
}

// names lists the dialects in the order of the tables.
func names(rows []dialect.Description, keys []dialect.Spelling) []string {
	var out []string
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for _, k := range keys {
		add(k.Dialect)
	}
	for _, r := range rows {
		add(r.Dialect)
	}
	return out
}

// writeFacts tells what becomes of a call whose emitter leaves a fact open.
func writeFacts(b *strings.Builder) {
	b.WriteString("## Facts that move prices\n\n| fact | stated by | a call that leaves it open, where the price depends on it | declared by |\n|---|---|---|---|\n")
	for _, f := range factNames {
		fmt.Fprintf(b, "| %s | %s | `%s`, `%s` | %s |\n", f.name, f.stated, f.reason.Code(), status.Of(f.reason).Status(), f.declared)
	}
	b.WriteByte('\n')
}

func writeEmitters(b *strings.Builder, rows []dialect.Description, name string) {
	first := true
	for _, r := range rows {
		if r.Dialect != name {
			continue
		}
		if first {
			b.WriteString("| emitter | scope | provider | input | output | tells | cannot tell | note and source |\n|---|---|---|---|---|---|---|---|\n")
			first = false
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", cell(r.Emitter), cell(join(" ", code(r.Scopes), r.Versions)),
			cell(cmp.Or(join("; ", r.Providers, r.When), "all")), side(r.Input), side(r.Output), cell(cmp.Or(facts(r.Told), "by its keys only")),
			cell(cmp.Or(lacks(&r), "what it has no keys for")), cell(join(" ", cmp.Or(r.Note, "As the conventions say."), "Source: "+r.Source+".")))
	}
	if first {
		b.WriteString("No scope is known to be this dialect's; any that has its keys is read by them and the conventions.\n")
	}
	b.WriteByte('\n')
}

func writeKeys(b *strings.Builder, keys []dialect.Spelling, name string) {
	var own, shared []string
	for _, k := range keys {
		switch {
		case k.Dialect != name:
		case k.Only:
			own = append(own, "`"+k.Key+"`")
		default:
			shared = append(shared, "`"+k.Key+"`")
		}
	}
	if len(shared)+len(own) == 0 {
		b.WriteString("No attributes of its own: those of the conventions.\n\n")
	}
	if len(shared) > 0 {
		fmt.Fprintf(b, "Attributes read: %s.\n\n", strings.Join(shared, ", "))
	}
	if len(own) > 0 {
		fmt.Fprintf(b, "Read only from these emitters: %s.\n\n", strings.Join(own, ", "))
	}
}

func lacks(r *dialect.Description) string {
	var parts []string
	if hidden := facts(r.Hidden); hidden != "" {
		parts = append(parts, hidden)
	}
	for reason := range r.Reasons.All() {
		parts = append(parts, "`"+reason.Code()+"`")
	}
	return strings.Join(parts, ", ")
}

// factNames are the facts, what states them, and what a call is that leaves one
// open.
var factNames = []struct {
	fact     call.Facts
	name     string
	stated   string
	reason   status.Reason
	declared string
}{
	{call.CacheReads, "cache reads", "a count of them, zero too", status.CacheNotReported, "`assume:` with `cache: none`"},
	{call.CacheWrites, "cache writes", "a count of them, zero too", status.CacheWriteNotReported, "`assume:` with `cache: none`"},
	{call.CacheTTL, "retention", "counts by retention, or no writes", status.CacheTTLNotReported, "`assume:` with `cache_ttl: 5m`"},
	{call.ServiceTier, "service tier", "the tier that served, or one that is never replaced", status.ServiceTierNotReported, "`assume:` with `service_tier: default`"},
	{call.Region, "region", "the model's name, the host, or a key", status.RegionNotReported, "`assume:` with `geo: global`"},
	{call.Modalities, "modalities", "counts by modality", status.ModalityNotReported, "`assume:` with `modality: text`"},
	{call.Reasoning, "reasoning", "a count of it, zero too", status.ReasoningNotReported, "`assume:` with `reasoning: none`"},
	{call.ToolUse, "tool use", "counts of searches, or an API that has none", status.ToolUseNotReported, "`assume:` with `tool_use: none`"},
	{call.ToolPrompt, "tool results", "a count of their tokens, or a total of the provider's", status.ToolPromptNotReported, "`tool_use: none`"},
	{call.ServedModel, "served model", "the response's model", status.ResponseModelNotReported, "`assume:` with `model: requested`"},
}

func facts(f call.Facts) string {
	var parts []string
	for _, n := range factNames {
		if f.Has(n.fact) {
			parts = append(parts, n.name)
		}
	}
	return strings.Join(parts, ", ")
}

func side(s call.Side) string {
	switch s {
	case call.Inclusive:
		return "includes"
	case call.Exclusive:
		return "excludes"
	}
	return "?"
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

func join(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}

// cell keeps a text within its column.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s)
}
