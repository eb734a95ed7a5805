package explain

// style is how a piece of text looks in a terminal.
type style string

// The styles, as SGR parameters.
const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
)

// statusStyles tell how sure a cost is at a glance.
var statusStyles = map[string]style{
	"exact": green, "estimated": yellow, "partial": yellow, "unpriced": red, "not_metered": cyan, "not_billable": dim,
}

// paint wraps a text in a style.
func (t *Text) paint(s style, text string) string {
	if !t.colour || s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}
