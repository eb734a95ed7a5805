package interaction

// list holds what is open, the one that nothing came to for longest first.
type list[T any] struct{ first, last *element[T] }

// element is the place of its owner in a list.
type element[T any] struct {
	prev, next *element[T]
	owner      *T
}

func (l *list[T]) push(e *element[T]) {
	e.prev, e.next = l.last, nil
	if l.last == nil {
		l.first = e
	} else {
		l.last.next = e
	}
	l.last = e
}

func (l *list[T]) remove(e *element[T]) {
	if e.prev == nil {
		l.first = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		l.last = e.prev
	} else {
		e.next.prev = e.prev
	}
	e.prev, e.next = nil, nil
}

// oldest is the first one, or nil.
func (l *list[T]) oldest() *T {
	if l.first == nil {
		return nil
	}
	return l.first.owner
}
