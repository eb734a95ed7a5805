package explain

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// Text writes explanations for people to read.
type Text struct {
	w      *bufio.Writer
	colour bool
	calls  int
}

// NewText returns a writer; Flush must be called at the end.
func NewText(w io.Writer, colour bool) *Text {
	return &Text{w: bufio.NewWriter(w), colour: colour}
}

// Flush writes what is buffered, and returns the first error of all writing.
func (t *Text) Flush() error { return t.w.Flush() }

// Write writes one call.
func (t *Text) Write(e *Call) {
	if t.calls++; t.calls > 1 {
		t.line("")
	}
	t.head(e)
	t.field(e.Span.label(), e.Span.where())
	t.field("read by", e.ReadBy.describe())
	t.field("told", e.Told.describe())
	t.field("model", e.Model.describe())
	t.field("usage", e.usage())
	t.price(e.Price)
	t.field("rules", strings.Join(e.rules(), dot))
	t.arithmetic(e)
	t.beside(e)
	t.reasons(e)
}

func (t *Text) line(s string) {
	t.w.WriteString(strings.TrimRight(s, " "))
	t.w.WriteByte('\n')
}

func (t *Text) head(e *Call) {
	title := e.Span.Name
	if title == "" {
		title = "(span without name)"
	}
	verdict := t.paint(statusStyles[e.Status], e.Status)
	if e.Total != nil {
		verdict += "  " + t.paint(bold, e.Total.String()+" "+e.Currency)
	}
	t.line(t.paint(bold, Printable(title)) + "  " + verdict)
}

const labelWidth = 9

func (t *Text) field(label, value string) {
	if value != "" {
		t.line("  " + t.paint(dim, fmt.Sprintf("%-*s", labelWidth, label)) + Printable(value))
	}
}

const dot = " · "

// join puts together what is not empty.
func join(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, dot)
}

// labelled writes "label value", or nothing without value.
func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + " " + value
}

// label says what where is about.
func (s *Span) label() string {
	if s.Points > 0 {
		return "points"
	}
	return "span"
}

func (s *Span) where() string {
	if s.Points > 0 {
		return join(plural(int64(s.Points), "point"), labelled("from", s.Start), labelled("to", s.End), labelled("service", s.Service))
	}
	id := s.SpanID
	if s.TraceID != "" {
		id = s.TraceID + "/" + s.SpanID
	}
	return join(s.Start, labelled("service", s.Service), id)
}

func (r *ReadBy) describe() string {
	scope := r.Scope
	if r.ScopeVersion != "" {
		scope += " " + r.ScopeVersion
	}
	return join(r.Dialect, labelled("emitter", r.Emitter), labelled("scope", scope))
}

func (t *Told) describe() string {
	asked := t.RequestModel
	failed := ""
	if t.Failed {
		failed = "failed"
	}
	return join(t.Operation, labelled("provider", t.Provider), labelled("response model", t.ResponseModel), labelled("request model", asked),
		labelled("tier", t.Mode), labelled("region", t.Geo), labelled("billing", t.Billing), labelled("host", t.Host), failed)
}

func (m *Model) describe() string {
	if m == nil {
		return ""
	}
	if m.ID == "" {
		return join(m.Provider+", by "+m.ProviderBy, "model not in the book")
	}
	by := m.By
	if m.Told != "" && !strings.Contains(by, strconv.Quote(m.Told)) && !strings.EqualFold(m.Told, m.ID) {
		by += " of " + strconv.Quote(m.Told)
	}
	return join(m.Provider+"/"+m.ID, "provider by "+m.ProviderBy, "model by "+by, labelled("region", m.Geo))
}

// usage writes what was read; of spans that are no calls it is not read.
func (e *Call) usage() string {
	if e.Kind != callName && e.Kind != unclearName && len(e.Usage.Tokens)+len(e.Usage.Fees) == 0 {
		return ""
	}
	return e.Usage.describe()
}

func (u *Usage) describe() string {
	var parts []string
	for _, list := range [][]Count{u.Tokens, u.Fees} {
		for _, n := range list {
			parts = append(parts, n.Name+" "+Thousands(n.N))
		}
	}
	if len(parts) == 0 {
		return "none reported"
	}
	if u.Basis != "" {
		parts = append(parts, "read as "+u.Basis)
	}
	if u.Contradicted {
		parts = append(parts, "which overrides the rule for the emitter")
	}
	return strings.Join(parts, dot)
}

func (t *Text) price(p *Price) {
	if p == nil {
		return
	}
	unconfirmed := ""
	if p.Unconfirmed {
		unconfirmed = "unconfirmed"
	}
	t.field("price", join(p.ID, labelled("until", p.Until), unconfirmed))
	t.field("", join(p.Source.URL, labelled("checked", p.Source.Checked)))
}

// beside writes the other amounts.
func (t *Text) beside(e *Call) {
	if e.List != nil {
		t.field("list", e.List.String()+" "+e.Currency+" without the contract")
	}
	if e.Overhead != nil && e.Loaded != nil {
		t.field("loaded", fmt.Sprintf("%s × %s overhead = %s %s", e.Total, e.Overhead, e.Loaded, e.Currency))
	}
	if e.Reported != nil {
		t.field("reported", e.Reported.String()+" USD, by the telemetry itself")
	}
}

func (t *Text) reasons(e *Call) {
	if len(e.Reasons)+len(e.Hints) == 0 {
		return
	}
	t.line("")
	width := 0
	for _, r := range e.Reasons {
		width = max(width, len(r.Code))
	}
	for _, r := range e.Reasons {
		t.line("  " + t.paint(statusStyles[e.Status], fmt.Sprintf("%-*s", width, r.Code)) + "  " + r.Text)
	}
	if e.Assume != "" {
		t.line("  " + t.paint(dim, "→ where this is true, declare it under assume:"))
		t.line("      " + t.paint(cyan, Printable(e.Assume)))
	}
	for _, h := range e.Hints {
		t.line("  " + t.paint(dim, "→ "+Printable(h.Say)))
		if h.YAML != "" {
			t.line("      " + t.paint(cyan, Printable(h.YAML)))
		}
	}
}

// Thousands writes a count with commas.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	digits := s
	if n < 0 {
		digits = s[1:]
	}
	var b strings.Builder
	b.WriteString(s[:len(s)-len(digits)])
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// Printable keeps what strangers wrote from steering the terminal: control
// characters, and those that change directions or break lines, are replaced.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
