package cli

import (
	"encoding/json"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
)

// reported is a report as JSON.
type reported struct {
	reportedPeriod
	By     []string        `json:"by"`
	Where  []string        `json:"where"`
	Blocks []reportedBlock `json:"currencies"`
}

// reportedPeriod is the period of a report, or one of two that are compared.
type reportedPeriod struct {
	From     string `json:"from"`
	Until    string `json:"until"`
	TimeZone string `json:"time_zone"`
}

func periodOf(q *report.Query) reportedPeriod {
	return reportedPeriod{rfc3339(q, q.From), rfc3339(q, q.Until), q.Zone.String()}
}

type reportedBlock struct {
	Currency string          `json:"currency"` // empty: no call has a cost
	Total    ordered         `json:"total"`
	Groups   []reportedGroup `json:"groups"`
}

type reportedGroup struct {
	Key     map[string]string `json:"key,omitempty"`
	Others  int               `json:"others,omitempty"` // so many groups in one
	Figures ordered           `json:"figures"`
}

func reportJSON(r *report.Report) *reported {
	q, figures := r.Query, figuresOf(r.Query)
	out := &reported{periodOf(q), q.Names(), q.Where.Texts(), []reportedBlock{}}
	for i := range r.Blocks {
		b := &r.Blocks[i]
		block := reportedBlock{Currency: b.Currency, Total: members(figures, b.Total), Groups: []reportedGroup{}}
		for j := range b.Groups {
			g := &b.Groups[j]
			block.Groups = append(block.Groups, reportedGroup{groupKey(q, g.Key, g.Others), g.Others, members(figures, g.Figures)})
		}
		out.Blocks = append(out.Blocks, block)
	}
	return out
}

// groupKey names the values of a group. Of what is left of the top groups only the
// period of time is known.
func groupKey(q *report.Query, values []string, others int) map[string]string {
	out := map[string]string{}
	for i, d := range q.By {
		if others == 0 || d.Periodic() {
			out[d.Name] = values[i]
		}
	}
	return out
}

// ordered is a JSON object whose members stay in their order.
type ordered []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements json.Marshaler.
func (o ordered) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

// members writes those figures of a group that are known.
func members[Group any](figures []figure[Group], g Group) ordered {
	var out ordered
	for _, f := range figures {
		switch value := f.of(g); {
		case value == "":
		case f.text:
			out = append(out, member{f.name, value})
		default:
			out = append(out, member{f.name, json.Number(value)})
		}
	}
	return out
}

type comparedBlock struct {
	Currency string    `json:"currency"`
	Total    ordered   `json:"total"`
	Groups   []ordered `json:"groups"`
}

func comparisonJSON(c *report.Comparison) any {
	blocks := []comparedBlock{}
	for i := range c.Blocks {
		b := &c.Blocks[i]
		block := comparedBlock{b.Currency, members(changedFigures, &b.Total), []ordered{}}
		for j := range b.Groups {
			g := &b.Groups[j]
			head := ordered{{"key", groupKey(c.After, g.Key, g.Others)}}
			if g.Others > 0 {
				head = append(head, member{"others", g.Others})
			}
			block.Groups = append(block.Groups, append(head, members(changedFigures, g)...))
		}
		blocks = append(blocks, block)
	}
	return ordered{
		{"before", periodOf(c.Before)}, {"after", periodOf(c.After)}, {"by", c.After.Names()}, {"where", c.After.Where.Texts()}, {"currencies", blocks},
	}
}
