// Package profiles describes the rate at which requests are offered over time, and says when each of them is due.
//
// A [Profile] is a list of named phases, each with a duration and a rate that goes linearly from one value to another.
// A [Schedule] numbers the arrivals of a profile 0, 1, 2, … and answers, for any number, when that arrival is due. The
// answer is a pure function of the profile, the seed and the number, bit for bit the same on every machine: so engines
// agree, machines share one schedule, and a run can be repeated.
//
// The load is open: arrivals do not wait for answers. Nothing here sends a request or reads a clock.
//
//   - profile.go, validate.go, rate.go, stage.go, scale.go, warmup.go, builtin.go: a profile; start here for another kind of phase
//   - schedule.go, cursor.go, first.go, stream.go: when each arrival is due, and the draws that say so
//   - users.go, think.go: the closed model
//   - file.go, yaml.go, write.go, version.go, schema.go: the test file, its reading, writing and JSON Schema
//   - targets.go, requests.go, journeys.go, consistency.go, origin.go, texts.go, bytes.go: its parts
//   - suggest.go: what a mistyped word was meant to be
package profiles

import "time"

// Kind is the purpose of a phase. Reports never judge a warm-up, and compare a spike and a recovery with a baseline.
type Kind string

// The kinds of phase.
const (
	Warmup   Kind = "warmup"
	Baseline Kind = "baseline"
	Ramp     Kind = "ramp"
	Hold     Kind = "hold"
	Spike    Kind = "spike"
	Recovery Kind = "recovery"
	Step     Kind = "step"
)

var kinds = []Kind{Warmup, Baseline, Ramp, Hold, Spike, Recovery, Step}

// Arrivals is the distribution of arrivals at the offered rate. The zero value means [Even].
type Arrivals string

const (
	// Even spaces arrivals exactly by the rate: their number is the integrated rate, rounded up.
	Even Arrivals = "even"

	// Poisson draws them as independent users come, in random clumps: their number is Poisson distributed with the
	// integrated rate as its mean.
	Poisson Arrivals = "poisson"
)

// A Phase offers a rate that goes linearly from From to To, in requests per second, over Duration. A rate of 0 offers
// nothing: a phase from 0 to 0 is a pause. In a profile of users no rate is offered: their number goes linearly from FromVUs
// to ToVUs.
type Phase struct {
	Name     string        `json:"name"`
	Kind     Kind          `json:"kind"`
	Duration time.Duration `json:"duration_ns"`
	From     float64       `json:"from"`
	To       float64       `json:"to"`
	FromVUs  int           `json:"from_vus,omitempty"`
	ToVUs    int           `json:"to_vus,omitempty"`
}

// A Profile is the offered rate over time. Phases follow each other without a gap.
type Profile struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Arrivals    Arrivals `json:"arrivals"`
	Phases      []Phase  `json:"phases"`
}

// Duration is the length of all phases, warm-up included.
func (p Profile) Duration() time.Duration {
	var d time.Duration
	for _, ph := range p.Phases {
		d += ph.Duration
	}
	return d
}

// Rate is the rate offered at t, in requests per second. On a boundary it is that of the phase which begins there;
// before the first phase and from the end of the last one on it is 0.
func (p Profile) Rate(t time.Duration) float64 {
	if t < 0 {
		return 0
	}
	for _, ph := range p.Phases {
		if t < ph.Duration {
			return ph.From + (ph.To-ph.From)*(float64(t)/float64(ph.Duration))
		}
		t -= ph.Duration
	}
	return 0
}

// PeakRate is the highest rate of any phase, warm-up included, in requests per second.
func (p Profile) PeakRate() float64 {
	var peak float64
	for _, ph := range p.Phases {
		peak = max(peak, ph.From, ph.To)
	}
	return peak
}

// Expected is the integrated rate: how many arrivals the profile offers in the mean, warm-up included.
func (p Profile) Expected() float64 {
	var n float64
	for _, ph := range p.Phases {
		n += ph.expected()
	}
	return n
}

// Baseline is the first phase of kind [Baseline]; ok is false in a profile without one.
func (p Profile) Baseline() (ph Phase, ok bool) {
	for _, ph := range p.Phases {
		if ph.Kind == Baseline {
			return ph, true
		}
	}
	return Phase{}, false
}

func (ph Phase) expected() float64 { return (ph.From + ph.To) / 2 * ph.Duration.Seconds() }
