package loadgen

import (
	"slices"
	"time"
)

// seriesLimit bounds a series of samples, and with them the memory of a run of any length: the last four hours stay as
// they were taken, one a second, and what lies before grows coarser with age.
const seriesLimit = 8 * 60 * 60

// sampled is a sample that can be merged with the one after it.
type sampled[T any] interface {
	at() time.Duration
	// merged is this sample, which began at from, and the next as one.
	merged(from time.Duration, next T) T
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
		end := s.samples[i+1].at()
		s.samples[i/2] = s.samples[i].merged(from, s.samples[i+1])
		from = end
	}
	s.samples = slices.Delete(s.samples, older/2, older)
}

func (p ProcessSample) at() time.Duration { return p.AtNS }

// merged adds up what was used and keeps the peak of what was held.
func (p ProcessSample) merged(_ time.Duration, next ProcessSample) ProcessSample {
	return ProcessSample{
		AtNS:        next.AtNS,
		CPUNS:       p.CPUNS + next.CPUNS,
		RunDelayNS:  p.RunDelayNS + next.RunDelayNS,
		RSS:         max(p.RSS, next.RSS),
		Descriptors: max(p.Descriptors, next.Descriptors),
		Threads:     max(p.Threads, next.Threads),
		Switches:    p.Switches + next.Switches,
	}
}

func (h HostSample) at() time.Duration { return h.AtNS }

// merged adds up what was used, keeps the peak of what was held and weighs the busy shares by their time.
func (h HostSample) merged(from time.Duration, next HostSample) HostSample {
	busy := h.Busy
	if span := (next.AtNS - from).Seconds(); span > 0 {
		busy = (h.Busy*(h.AtNS-from).Seconds() + next.Busy*(next.AtNS-h.AtNS).Seconds()) / span
	}
	return HostSample{
		AtNS:             next.AtNS,
		Busy:             busy,
		StealNS:          h.StealNS + next.StealNS,
		MemoryUsed:       max(h.MemoryUsed, next.MemoryUsed),
		NetworkIn:        h.NetworkIn + next.NetworkIn,
		NetworkOut:       h.NetworkOut + next.NetworkOut,
		Switches:         h.Switches + next.Switches,
		ThrottledNS:      h.ThrottledNS + next.ThrottledNS,
		ThrottledPeriods: h.ThrottledPeriods + next.ThrottledPeriods,
	}
}
