package budget

import (
	"encoding/binary"
	"fmt"
	"time"
)

// repeats recognises calls that were counted and stored, but whose sender never
// heard so because the process was killed: it sends them again. With each batch
// the fingerprints of its calls are stored in the same transaction as its spend.
// After a restart a call is skipped once for each time it is among them.
type repeats struct {
	slots   [repeatSlots][]byte
	changed uint64         // slots, since they were last stored
	turn    uint64         // of the batch that was remembered last, which begins its slot
	seen    map[uint64]int // of the run before
	until   time.Time      // after which nothing is taken for a repetition
}

const (
	// repeatSlots is how many batches are remembered. No more were in flight
	// when the process was killed: senders wait for an answer.
	repeatSlots = 64
	// maxFingerprints bounds what is remembered of a batch.
	maxFingerprints = 1 << 14
	// repeatsEnd is longer than the exporters of SDKs and Collectors retry by default: five minutes.
	repeatsEnd = 10 * time.Minute
)

// Fingerprint mixes what tells a call from others. It is the same in every process.
func Fingerprint(words ...uint64) uint64 {
	h := uint64(14695981039346656037) // FNV-1a, a byte at a time
	for _, w := range words {
		for range 8 {
			h = (h ^ w&0xff) * 1099511628211
			w >>= 8
		}
	}
	return h
}

// repeated tells whether a call was counted by the run before.
func (r *repeats) repeated(fingerprint uint64, now time.Time) bool {
	if r.seen == nil {
		return false
	}
	if now.After(r.until) {
		r.seen = nil
		return false
	}
	n := r.seen[fingerprint]
	if n > 0 {
		r.seen[fingerprint] = n - 1
	}
	return n > 0
}

// remember keeps the calls of a batch in place of the oldest batch.
func (r *repeats) remember(batch []byte) {
	if len(batch) == 0 {
		return
	}
	r.turn++
	slot := r.turn % repeatSlots
	r.slots[slot] = append(binary.LittleEndian.AppendUint64(nil, r.turn), batch...)
	r.changed |= 1 << slot
}

// forget empties all slots: every sender has its answer.
func (r *repeats) forget() {
	r.slots, r.changed, r.seen = [repeatSlots][]byte{}, ^uint64(0), nil
}

func repeatKey(slot int) string { return fmt.Sprintf("recent/%02d", slot) }

// records returns the slots that changed.
func (r *repeats) records(out []Record) []Record {
	for i := range r.slots {
		if r.changed&(1<<i) != 0 {
			out = append(out, Record{repeatKey(i), r.slots[i]})
		}
	}
	r.changed = 0
	return out
}

// load takes over a slot of the run before.
func (r *repeats) load(slot []byte, now time.Time) {
	if r.seen == nil {
		r.seen, r.until = map[uint64]int{}, now.Add(repeatsEnd)
	}
	if len(slot) < 8 {
		return
	}
	r.turn = max(r.turn, binary.LittleEndian.Uint64(slot))
	for slot = slot[8:]; len(slot) >= 8; slot = slot[8:] {
		r.seen[binary.LittleEndian.Uint64(slot)]++
	}
}
