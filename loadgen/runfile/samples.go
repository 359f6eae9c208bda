package runfile

import "time"

// At is the end of the time that the sample covers, since the start of the run.
func (p ProcessSample) At() time.Duration { return p.AtNS }

// Merged adds up what was used and keeps the peak of what was held.
func (p ProcessSample) Merged(_ time.Duration, next ProcessSample) ProcessSample {
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

// At is the end of the time that the sample covers, since the start of the run.
func (h HostSample) At() time.Duration { return h.AtNS }

// Merged adds up what was used, keeps the peak of what was held and weighs the busy shares by their time.
func (h HostSample) Merged(from time.Duration, next HostSample) HostSample {
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

// AddCPU sums two phases' processor time; what one of them lacks is unknown of both.
func AddCPU(sum, more CPU) CPU {
	add := func(a, b *time.Duration) *time.Duration {
		if a == nil || b == nil {
			return b
		}
		s := *a + *b
		return &s
	}
	return CPU{add(sum.Generator, more.Generator), add(sum.Target, more.Target)}
}
