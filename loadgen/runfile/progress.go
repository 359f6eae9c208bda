package runfile

import "time"

// Progress is the state of a run while it goes on, for a person who watches. Its figures may be revised.
type Progress struct {
	Target        string
	Phase         string
	Kind          string
	PhaseElapsed  time.Duration
	PhaseDuration time.Duration
	Elapsed       time.Duration // may pass Total while the drain lasts
	Total         time.Duration // length of the profile
	Draining      bool          // the last intended instant is past
	Most          uint64        // requests of the closed model after which it ends, if Total is not past before; 0: no limit
	Sent          uint64        // of them
	Offered       float64       // requests/s that were due in the last full second
	Achieved      float64       // requests/s that succeeded in the last full second
	P50, P95, P99 time.Duration // response times of those that finished in the last second
	Samples       uint64        // how many those are
	InFlight      uint64
	Waiting       uint64 // due and not sent
	Failed        uint64 // since the start
}
