package dialect

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// origin is a log record that tells of a call, and the attributes of its resource.
type origin struct {
	record   plog.LogRecord
	resource pcommon.Map
}

// byRecord joins log records that were delivered twice. They have no id of
// their own, but two records that are the same in all they tell, and in a time
// that is finer than milliseconds, are one. Clocks of milliseconds give two
// calls at once the same time, as to embed the same text, so there only a
// response id tells.
func (d *Duplicates) byRecord() {
	d.open(byRecord)
	for i := range d.seen {
		x := &d.seen[i]
		if x.record == 0 || d.records[x.record-1].record.Timestamp()%1e6 == 0 {
			continue
		}
		h, n, found := mix(x.start, x.detail), 0, false
		for j := *d.slot(byRecord, h); j != 0; j = d.links[byRecord][j-1] {
			if n++; n > chainBound {
				x.contradicted = true
				break
			}
			if y := &d.seen[j-1]; x.start == y.start && x.detail == y.detail && d.records[x.record-1].equal(&d.records[y.record-1]) {
				d.same(int32(i), j-1)
				found = true
				break
			}
		}
		if !found {
			d.push(byRecord, h, int32(i))
		}
	}
}

// equal tells whether two records are the same but for who observed them when.
func (a *origin) equal(b *origin) bool {
	x, y := a.record, b.record
	return x.Timestamp() == y.Timestamp() && x.TraceID() == y.TraceID() && x.SpanID() == y.SpanID() &&
		x.EventName() == y.EventName() && x.SeverityNumber() == y.SeverityNumber() &&
		x.Attributes().Equal(y.Attributes()) && x.Body().Equal(y.Body()) && a.resource.Equal(b.resource)
}
