package usage

import (
	"slices"
	"time"
)

// seriesLimit bounds a series of samples, and with them the memory of a run of any length: the last four hours stay as
// they were taken, one a second, and what lies before grows coarser with age.
const seriesLimit = 8 * 60 * 60

// sampled is a sample that can be merged with the one after it.
type sampled[T any] interface {
	At() time.Duration
	// Merged is this sample, which began at from, and the next as one.
	Merged(from time.Duration, next T) T
}

// series keeps samples in the order of their time. Each covers the time since the one before it, the first that since
// the start of the run. Once there are as many as the limit, neighbours in the older half are merged.
type series[T sampled[T]] struct {
	samples []T
	limit   int // at least 4
}

func (s *series[T]) add(v T) {
	s.samples = append(s.samples, v)
	if len(s.samples) < s.limit {
		return
	}
	older := s.limit / 2 / 2 * 2
	var from time.Duration
	for i := 0; i < older; i += 2 {
		end := s.samples[i+1].At()
		s.samples[i/2] = s.samples[i].Merged(from, s.samples[i+1])
		from = end
	}
	s.samples = slices.Delete(s.samples, older/2, older)
}
