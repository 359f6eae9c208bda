package runfile

import "time"

// Stamps says what the ends of the answers were taken from: the kernel's receive timestamps, or bench's own clock, read
// after the answer was, for the answers whose stamp was missing or could not be believed.
type Stamps struct {
	Kernel uint64 `json:"kernel"`
	User   uint64 `json:"user"`
}

// Network is what the kernel knew of the connections: it tells the network from the server. About once a second a few of
// them are asked, so it is a sample.
type Network struct {
	Samples       uint64        `json:"samples"`
	RoundTripSum  time.Duration `json:"round_trip_sum_ns"` // of the connections' smoothed round-trip times
	RoundTripMax  time.Duration `json:"round_trip_max_ns"`
	Retransmitted uint64        `json:"retransmitted"` // segments
}

// Add adds up two samples.
func (n *Network) Add(other *Network) {
	n.Samples += other.Samples
	n.RoundTripSum += other.RoundTripSum
	n.RoundTripMax = max(n.RoundTripMax, other.RoundTripMax)
	n.Retransmitted += other.Retransmitted
}

// TellKernel fills in Environment.Clock, Stamps and Network.
func (r *Run) TellKernel(s Stamps, n Network) {
	r.Environment.Clock = "user-space clock"
	if s.Kernel > 0 {
		r.Environment.Clock, r.Stamps = "kernel receive clock", &s
	}
	if n.Samples > 0 {
		r.Network = &n
	}
}
