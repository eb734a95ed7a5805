package pricebook

import (
	"slices"
	"sync/atomic"
)

// maxKept bounds the choices of which one price keeps what was computed. More
// combinations than that are computed each time.
const maxKept = 64

// kept holds what was computed for the first choices that asked. Readers never
// wait; of two writers at once one loses, which only means computing again.
type kept[T any] struct {
	all atomic.Pointer[[]keptOf[T]]
}

type keptOf[T any] struct {
	choice Choice
	value  T
}

// get returns what is kept of a choice.
func (k *kept[T]) get(c Choice) (value T, ok bool) {
	if all := k.all.Load(); all != nil {
		for i := range *all {
			if (*all)[i].choice == c {
				return (*all)[i].value, true
			}
		}
	}
	return value, false
}

// keep keeps what was computed for a choice, if there is room, and returns it.
func (k *kept[T]) keep(c Choice, value T) T {
	known := k.all.Load()
	var next []keptOf[T]
	if known != nil {
		next = slices.Clip(*known)
	}
	if len(next) < maxKept {
		next = append(next, keptOf[T]{c, value})
		k.all.CompareAndSwap(known, &next)
	}
	return value
}
