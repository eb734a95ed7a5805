package recorder

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// keys are attributes that rows are filled from.
type keys struct {
	prefix                                        string // of results, with the dot
	team, feature, customer, user, session, agent string
}

func keysUnder(prefix string) keys {
	k := attrkey.Under(prefix)
	return keys{k.Prefix, k.Team, k.Feature, k.Customer, k.User, k.Session, k.Agent}
}

// maxText bounds texts that are kept.
const maxText = 256

func text(attrs pcommon.Map, key string) string { return clip(whole(attrs, key)) }

func whole(attrs pcommon.Map, key string) string {
	v, ok := attrs.Get(key)
	if !ok {
		return ""
	}
	return v.AsString()
}

func clip(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\ufffd") // PostgreSQL has no NUL in text
}

// under takes what a resource says.
func (b *batch) under(r pcommon.Resource) {
	b.resource = r.Attributes()
	b.base = ledger.Context{Service: text(b.resource, "service.name"), Namespace: text(b.resource, "service.namespace")}
	if b.base.Environment = text(b.resource, "deployment.environment.name"); b.base.Environment == "" {
		b.base.Environment = text(b.resource, "deployment.environment")
	}
}

// attribute fills in who the call is for, and what it is tagged with.
func (b *batch) attribute(row *ledger.Row, c *ledger.Context, attrs pcommon.Map, failed bool) {
	k := &b.keys
	c.Team, c.Feature, c.Customer, c.Agent = text(attrs, k.team), text(attrs, k.feature), text(attrs, k.customer), text(attrs, k.agent)
	row.User, row.Session, row.Response = text(attrs, k.user), text(attrs, k.session), text(attrs, "gen_ai.response.id")
	if c.ErrorType = text(attrs, "error.type"); c.ErrorType == "" && failed {
		c.ErrorType = "error"
	}
	if len(b.tags) == 0 {
		return
	}
	tags := map[string]string{}
	for _, key := range b.tags {
		for _, from := range []pcommon.Map{attrs, b.scope, b.resource} {
			if v := text(from, key); v != "" {
				tags[key] = v
				break
			}
		}
	}
	if len(tags) > 0 {
		encoded, _ := json.Marshal(tags) // text only
		c.Tags = string(encoded)
	}
}

// identify gives a log record, or a span without an id, an identity of all that
// it says: its time, service, scope, event or span name, and attributes but
// results. Two that say the same are one.
func (b *batch) identify(row *ledger.Row, trace pcommon.TraceID, span pcommon.SpanID, scope, event string, attrs pcommon.Map) {
	h := sha256.New()
	var n [8]byte
	add := func(s string) {
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	h.Write(trace[:])
	h.Write(span[:])
	binary.BigEndian.PutUint64(n[:], uint64(row.Start))
	h.Write(n[:])
	for _, key := range []string{"service.name", "service.instance.id"} {
		add(whole(b.resource, key))
	}
	add(scope)
	add(event)
	var names []string
	for key := range attrs.All() {
		if !strings.HasPrefix(key, b.keys.prefix) {
			names = append(names, key)
		}
	}
	slices.Sort(names)
	for _, key := range names {
		add(key)
		add(whole(attrs, key))
	}
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	copy(row.Trace[:], sum[:])
	copy(row.Span[:], sum[len(row.Trace):])
}
