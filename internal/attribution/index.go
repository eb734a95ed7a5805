package attribution

import "go.opentelemetry.io/collector/pdata/pcommon"

// index finds the dimensions that a key is read for.
type index struct {
	slots map[string][]slot
	// lengths has a bit for every length of a key, the last for all that are
	// longer: most attributes of a call are none of the keys, and most of those
	// differ from all of them in length.
	lengths uint64
}

// slot is a dimension and the rank of the key in it; lower ranks win.
type slot struct {
	dimension Dimension
	rank      uint16
	field     string // of the object that the attribute holds
}

func (ix *index) add(key string, s slot) {
	if ix.slots == nil {
		ix.slots = map[string][]slot{}
	}
	for _, other := range ix.slots[key] {
		if other.dimension == s.dimension && other.field == s.field {
			return // listed twice; the first counts
		}
	}
	ix.slots[key] = append(ix.slots[key], s)
	ix.lengths |= 1 << min(len(key), 63)
}

// scan takes from a map what ranks before what was found so far.
func (ix *index) scan(attrs pcommon.Map, f *Found) {
	if ix.lengths == 0 {
		return
	}
	for key, v := range attrs.All() {
		if ix.lengths>>min(len(key), 63)&1 == 0 {
			continue
		}
		slots := ix.slots[key]
		fields := false
		for i := range slots {
			s := &slots[i]
			if s.field != "" {
				fields = true
			} else if usable(v) {
				f.offer(s, candidate{value: v, rank: s.rank})
			}
		}
		if fields {
			scanObject(v, slots, f)
		}
	}
}
