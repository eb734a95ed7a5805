package interaction

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// conversations joins closed actions that belong to one conversation. A
// conversation that nothing was added to for a while is told; what comes after
// that is a new one.
type conversations struct {
	window time.Duration
	limit  int
	names  hasher

	mu    sync.Mutex
	open  map[pcommon.TraceID]*chat
	order list[chat]
}

type chat struct {
	key    pcommon.TraceID
	last   int64
	action Action
	place  element[chat]
}

func newConversations(window time.Duration, limit int, names hasher) *conversations {
	return &conversations{window: window, limit: limit, names: names, open: map[pcommon.TraceID]*chat{}}
}

// hasher makes ids of names, which are not kept.
type hasher [2]maphash.Seed

func newHasher() hasher { return hasher{maphash.MakeSeed(), maphash.MakeSeed()} }

func (h hasher) id(name []byte) (t pcommon.TraceID) {
	binary.LittleEndian.PutUint64(t[:8], maphash.Bytes(h[0], name))
	binary.LittleEndian.PutUint64(t[8:], maphash.Bytes(h[1], name))
	return t
}

// add joins an action with the others of its conversation. It reports false if
// the action belongs to none.
func (c *conversations) add(now int64, name *Told, a *Action, finish func(*Action)) bool {
	if !name.Has() {
		return false
	}
	key := c.names.id([]byte(name.Text))
	c.mu.Lock()
	var ended []*chat
	x := c.open[key]
	if x != nil && time.Duration(now-x.last) >= c.window {
		ended = append(ended, c.take(x, Complete))
		x = nil
	}
	if x == nil {
		if len(c.open) >= c.limit {
			ended = append(ended, c.take(c.order.oldest(), Evicted))
		}
		x = &chat{key: key, action: *a}
		x.place.owner = x
		x.action.Values, x.action.Spends = slices.Clone(a.Values), slices.Clone(a.Spends)
		c.open[key] = x
	} else {
		c.order.remove(&x.place)
		x.action.merge(a)
	}
	x.last = max(x.last, now)
	c.order.push(&x.place)
	c.mu.Unlock()
	tellAll(ended, finish)
	return true
}

func (c *conversations) sweep(now int64, finish func(*Action)) {
	c.mu.Lock()
	var ended []*chat
	for x := c.order.oldest(); x != nil && time.Duration(now-x.last) >= c.window; x = c.order.oldest() {
		ended = append(ended, c.take(c.order.oldest(), Complete))
	}
	c.mu.Unlock()
	tellAll(ended, finish)
}

func (c *conversations) close(finish func(*Action)) {
	c.mu.Lock()
	var ended []*chat
	for c.order.first != nil {
		ended = append(ended, c.take(c.order.oldest(), Stopped))
	}
	c.mu.Unlock()
	tellAll(ended, finish)
}

func tellAll(ended []*chat, finish func(*Action)) {
	for _, x := range ended {
		finish(&x.action)
	}
}

func (c *conversations) take(x *chat, e Ending) *chat {
	c.order.remove(&x.place)
	delete(c.open, x.key)
	x.action.Ending = e
	return x
}
