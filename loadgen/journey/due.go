package journey

import "time"

// Beat is the time by which steps that fell due are counted.
const Beat = 100 * time.Millisecond

// fell counts a step that fell due.
func (b *Book) fell(at time.Duration) {
	i := int(max(at, 0) / Beat)
	for len(b.due) <= i {
		b.due = append(b.due, 0)
	}
	b.due[i]++
}

// Behind returns a backlog of n steps as a time: the shortest time back from an instant in which as many fell due, those within a tenth of
// a second taken for even.
func Behind(books []*Book, at time.Duration, n uint64) time.Duration {
	left, to := float64(n), at
	for i := int(max(at-1, 0) / Beat); i >= 0 && left > 0; i-- {
		fell := uint64(0)
		for _, b := range books {
			if i < len(b.due) {
				fell += uint64(b.due[i])
			}
		}
		from := time.Duration(i) * Beat
		here := float64(fell) * float64(to-from) / float64(Beat)
		if here >= left {
			return at - to + time.Duration(left/here*float64(to-from))
		}
		left, to = left-here, from
	}
	return at - to
}
