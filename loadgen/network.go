package loadgen

import "time"

// Stamps says what the ends of the answers were taken from: the kernel's receive timestamps, or bench's own clock, read
// after the answer was, for the answers whose stamp was missing or could not be believed.
type Stamps struct {
	Kernel uint64 `json:"kernel"`
	User   uint64 `json:"user"`
}

func (s *Stamps) count(userClock bool) {
	if userClock {
		s.User++
	} else {
		s.Kernel++
	}
}

// Network is what the kernel knew of the connections: it tells the network from the server. About once a second a few of
// them are asked, so it is a sample.
type Network struct {
	Samples       uint64        `json:"samples"`
	RoundTripSum  time.Duration `json:"round_trip_sum_ns"` // of the connections' smoothed round-trip times
	RoundTripMax  time.Duration `json:"round_trip_max_ns"`
	Retransmitted uint64        `json:"retransmitted"` // segments
}

func (n *Network) add(other *Network) {
	n.Samples += other.Samples
	n.RoundTripSum += other.RoundTripSum
	n.RoundTripMax = max(n.RoundTripMax, other.RoundTripMax)
	n.Retransmitted += other.Retransmitted
}

// kernelFacts are what the kernel told of a run, counted by one shard.
type kernelFacts struct {
	stamps  Stamps
	network Network
	events  []Event
}

// maxClockSteps bounds the settings of the clock that are kept.
const maxClockSteps = 100

// clockStep notes that the clock was set by so little that the watch does not see it.
func (f *kernelFacts) clockStep(at, by time.Duration) {
	if by.Abs() < minStep && len(f.events) < maxClockSteps {
		f.events = append(f.events, Event{Kind: EventClock, AtNS: at, Text: "the system's clock was set " + setBy(by)})
	}
}

func setBy(by time.Duration) string {
	if by < 0 {
		return "back by " + span(-by)
	}
	return "forward by " + span(by)
}

func (f *kernelFacts) add(other *kernelFacts) {
	f.stamps.Kernel += other.stamps.Kernel
	f.stamps.User += other.stamps.User
	f.network.add(&other.network)
	f.events = append(f.events, other.events...)
}

// describe puts into a run what there is to say.
func (f *kernelFacts) describe(run *Run) {
	run.Environment.Clock = "user-space clock"
	if f.stamps.Kernel > 0 {
		run.Environment.Clock, run.Stamps = "kernel receive clock", &f.stamps
	}
	if f.network.Samples > 0 {
		run.Network = &f.network
	}
}
