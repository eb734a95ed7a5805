// Package meter names what providers bill for. A token meter is a point in the
// lattice direction x class x modality, with a retention time for cache writes;
// a fee is a counted item outside of tokens. The package owns the names and the
// inclusion order between meters, and knows nothing of prices or telemetry.
package meter

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Direction tells whether tokens went to the model or came from it.
type Direction uint8

// The two directions.
const (
	Input Direction = iota
	Output
)

// Class is the billing class of tokens within their direction.
type Class uint8

// The classes. CacheRead, CacheWrite and ToolPrompt are input, Reasoning and
// Citation are output.
const (
	Plain Class = iota
	CacheRead
	CacheWrite
	ToolPrompt
	Reasoning
	Citation
)

// Modality is the kind of content that the tokens stand for.
type Modality uint8

// The modalities. AnyModality is the absence of a statement.
const (
	AnyModality Modality = iota
	Text
	Audio
	Image
	Video
)

// Meter identifies one token meter. Meters are comparable; the zero value is
// the meter of all input tokens.
type Meter uint32

// The meters that code refers to by name. Every other one comes from Parse.
const (
	AllInput     = Meter(0)
	AllOutput    = Meter(1)
	CacheReads   = Meter(uint32(CacheRead) << classShift)
	CacheWrites  = Meter(uint32(CacheWrite) << classShift)
	ToolPrompts  = Meter(uint32(ToolPrompt) << classShift)
	AllReasoning = Meter(1 | uint32(Reasoning)<<classShift)
	Citations    = Meter(1 | uint32(Citation)<<classShift)
)

const (
	classShift    = 1
	modalityShift = 4
	ttlShift      = 8
	maxTTLMinutes = 1 << 20
)

var (
	classNames    = [...]string{Plain: "", CacheRead: "cache_read", CacheWrite: "cache_write", ToolPrompt: "tool_prompt", Reasoning: "reasoning", Citation: "citation"}
	modalityNames = [...]string{AnyModality: "", Text: "text", Audio: "audio", Image: "image", Video: "video"}
)

// ErrUnknown is wrapped by the errors of Parse and ParseFee.
var ErrUnknown = errors.New("unknown meter")

// New builds a meter. The direction follows from the class, unless that is Plain.
func New(d Direction, c Class, ttlMinutes int, m Modality) Meter {
	switch c {
	case CacheRead, CacheWrite, ToolPrompt:
		d = Input
	case Reasoning, Citation:
		d = Output
	case Plain:
	}
	return Meter(uint32(d) | uint32(c)<<classShift | uint32(m)<<modalityShift | uint32(ttlMinutes)<<ttlShift)
}

// Parse reads the name of a meter, such as "input", "cache_read", "cache_write.1h",
// "input.audio" or "cache_write.5m.image". Parse and String round-trip, but for
// retention times written in a smaller unit than needed: "60m" is read as "1h".
func Parse(name string) (Meter, error) {
	head, rest, _ := strings.Cut(name, ".")
	var d Direction
	var c Class
	switch head {
	case "input":
	case "output":
		d = Output
	default:
		for i := int(CacheRead); i < len(classNames); i++ {
			if classNames[i] == head {
				c = Class(i)
			}
		}
		if c == Plain {
			return 0, fmt.Errorf("%w %q", ErrUnknown, name)
		}
	}
	ttl := 0
	if c == CacheWrite && rest != "" {
		first, tail, _ := strings.Cut(rest, ".")
		if minutes, ok := parseTTL(first); ok {
			ttl, rest = minutes, tail
			if strings.HasSuffix(name, ".") {
				return 0, fmt.Errorf("%w %q", ErrUnknown, name)
			}
		}
	}
	m := AnyModality
	if rest != "" {
		for i := int(Text); i < len(modalityNames); i++ {
			if modalityNames[i] == rest {
				m = Modality(i)
			}
		}
		if m == AnyModality {
			return 0, fmt.Errorf("%w %q", ErrUnknown, name)
		}
	} else if strings.HasSuffix(name, ".") {
		return 0, fmt.Errorf("%w %q", ErrUnknown, name)
	}
	return New(d, c, ttl, m), nil
}

func parseTTL(s string) (minutes int, ok bool) {
	if len(s) < 2 || len(s) > 6 {
		return 0, false
	}
	unit := 0
	switch s[len(s)-1] {
	case 'm':
		unit = 1
	case 'h':
		unit = 60
	case 'd':
		unit = 24 * 60
	default:
		return 0, false
	}
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 32)
	if err != nil || n == 0 || n*uint64(unit) >= maxTTLMinutes {
		return 0, false
	}
	return int(n) * unit, true
}

// ParseTTL reads a retention time such as "5m", "1h" or "1d" as the meter of
// cache writes that are kept so long.
func ParseTTL(s string) (Meter, bool) {
	minutes, ok := parseTTL(s)
	return New(Input, CacheWrite, minutes, AnyModality), ok
}

// Direction returns the direction of the meter.
func (m Meter) Direction() Direction { return Direction(m & 1) }

// Class returns the class of the meter.
func (m Meter) Class() Class { return Class(m >> classShift & 7) }

// Modality returns the modality of the meter.
func (m Meter) Modality() Modality { return Modality(m >> modalityShift & 15) }

// TTLMinutes returns the retention time of a cache write, or zero if the meter states none.
func (m Meter) TTLMinutes() int { return int(m >> ttlShift) }

// WithModality returns the part of m that is of the modality.
func (m Meter) WithModality(mod Modality) Meter {
	return m&^(15<<modalityShift) | Meter(mod)<<modalityShift
}

// Contains tells whether every token of n is a token of m too. A meter contains itself.
func (m Meter) Contains(n Meter) bool {
	if m.Direction() != n.Direction() {
		return false
	}
	if c := m.Class(); c != Plain && c != n.Class() {
		return false
	}
	if t := m.TTLMinutes(); t != 0 && t != n.TTLMinutes() {
		return false
	}
	mod := m.Modality()
	return mod == AnyModality || mod == n.Modality()
}

// Depth counts the statements a meter makes beyond its direction: a meter is
// strictly contained only in meters of smaller depth.
func (m Meter) Depth() int {
	d := 0
	if m.Class() != Plain {
		d++
	}
	if m.TTLMinutes() != 0 {
		d++
	}
	if m.Modality() != AnyModality {
		d++
	}
	return d
}

// Rank orders meters that contain the same token: the narrower one is higher,
// and of equally narrow ones the class counts before the retention before the
// modality. Two different meters of one rank have no token in common, so that
// among any meters exactly one is the nearest to a token.
func (m Meter) Rank() int {
	rank := m.Depth() << 3
	if m.Class() != Plain {
		rank |= 4
	}
	if m.TTLMinutes() != 0 {
		rank |= 2
	}
	if m.Modality() != AnyModality {
		rank |= 1
	}
	return rank
}

// String returns the name of the meter as price books and attributes spell it.
func (m Meter) String() string {
	var b strings.Builder
	switch {
	case m.Class() != Plain && int(m.Class()) < len(classNames):
		b.WriteString(classNames[m.Class()])
	case m.Direction() == Output:
		b.WriteString("output")
	default:
		b.WriteString("input")
	}
	if t := m.TTLMinutes(); t != 0 {
		b.WriteByte('.')
		if t%60 == 0 {
			b.WriteString(strconv.Itoa(t / 60))
			b.WriteByte('h')
		} else {
			b.WriteString(strconv.Itoa(t))
			b.WriteByte('m')
		}
	}
	if mod := m.Modality(); mod != AnyModality && int(mod) < len(modalityNames) {
		b.WriteByte('.')
		b.WriteString(modalityNames[mod])
	}
	return b.String()
}
