package runfile

import (
	"errors"
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// OriginSource is the source of the figures on the origin's load.
type OriginSource string

// The sources of what the origin was asked.
const (
	OriginCounter OriginSource = "counter"       // the origin's own counter, read at both ends of what was measured
	OriginTimings OriginSource = "server-timing" // the answers' Server-Timing: only what was done while somebody waited
)

// OriginMetric is the metric of Server-Timing that stands for a statement at the origin.
const OriginMetric = "db"

// Origin is how often the origin behind a service, such as its database, was asked while its phases were measured.
type Origin struct {
	Source     OriginSource  `json:"source"`
	Counter    string        `json:"counter,omitempty"` // name of the counter
	LengthNS   time.Duration `json:"length_ns"`         // time over which it was counted; of pooled runs all of it
	Statements uint64        `json:"statements"`
	Reads      uint64        `json:"reads"`             // answers to GET and HEAD meanwhile, as far as endpoints are told apart
	Work       *OriginWork   `json:"work,omitempty"`    // the statements by purpose; nil: not told by the counter
	Problem    string        `json:"problem,omitempty"` // why the counter tells nothing; then no figure holds
}

// OriginWork says what statements were for.
type OriginWork struct {
	Loads      uint64 `json:"loads"`      // for requests that read
	Writes     uint64 `json:"writes"`     // for requests that write
	Flushes    uint64 `json:"flushes"`    // for writes that were answered before
	Background uint64 `json:"background"` // for nobody who waits
}

// Known reports whether the origin's load was measured.
func (o *Origin) Known() bool { return o != nil && o.Problem == "" && o.LengthNS > 0 }

// Rate is the statements per second.
func (o *Origin) Rate() float64 { return PerSecond(o.Statements, o.LengthNS.Seconds()) }

// PerRead is the statements for each read. It reports false where they, or the reads, were not counted.
func (o *Origin) PerRead() (float64, bool) {
	if !o.Known() || o.Reads == 0 {
		return 0, false
	}
	return float64(o.Statements) / float64(o.Reads), true
}

// SavedShare is the part of the statements that a cache saves, at most 1: 1 − the statements per read with it ÷ those without. It
// is below 0 where the cache costs some. It reports false where one of them was not measured.
func SavedShare(with, without *Origin) (float64, bool) {
	a, ok := with.PerRead()
	b, known := without.PerRead()
	if !ok || !known || b == 0 || with.Source != without.Source {
		return 0, false
	}
	return 1 - a/b, true
}

// Plus adds what was counted in another run at the same service. A problem of either is one of both.
func (o *Origin) Plus(other *Origin) *Origin {
	if o == nil || other == nil {
		return nil
	}
	sum := *o
	switch {
	case o.Problem != "":
		return &sum
	case other.Problem != "" || other.Source != o.Source || other.Counter != o.Counter:
		sum = *other
		if sum.Problem == "" {
			sum.Problem = "it was not counted in the same way in all runs"
		}
		return &sum
	}
	sum.LengthNS += other.LengthNS
	sum.Statements += other.Statements
	sum.Reads += other.Reads
	if o.Work != nil && other.Work != nil {
		sum.Work = &OriginWork{
			o.Work.Loads + other.Work.Loads, o.Work.Writes + other.Work.Writes,
			o.Work.Flushes + other.Work.Flushes, o.Work.Background + other.Work.Background,
		}
	} else {
		sum.Work = nil
	}
	return &sum
}

// mergeOrigin adds up the loads of the origin in two runs. For shares of one schedule every counter has the whole load, while the
// Server-Timing of each has its own part.
func mergeOrigin(a, b *Run) *Origin {
	if a.Share == nil || a.Origin == nil || b.Origin == nil {
		return a.Origin.Plus(b.Origin)
	}
	sum := a.Origin.Plus(b.Origin)
	if sum.Problem != "" {
		return sum
	}
	sum.LengthNS = a.Origin.LengthNS
	if sum.Source == OriginCounter {
		sum.Statements, sum.Work = a.Origin.Statements, a.Origin.Work
	}
	return sum
}

// TellOrigin fills in what the origin was asked: what its counter tells, or where that is nil the Server-Timing of the answers.
func (r *Run) TellOrigin(counted *Origin) {
	r.Origin = counted
	for _, s := range r.Overall.ServerTiming {
		if r.Origin == nil && s.Name == OriginMetric && s.Count > 0 {
			r.Origin = &Origin{Source: OriginTimings, LengthNS: r.Overall.DurationNS, Statements: s.Count}
		}
	}
	if r.Origin != nil {
		r.Origin.Reads = r.reads()
	}
}

// reads counts the answers to GET and HEAD while it was measured.
func (r *Run) reads() (n uint64) {
	read := make(map[string]bool)
	for _, e := range r.Plan.Endpoints {
		read[e.Name] = e.Method == "" || e.Method == "GET" || e.Method == "HEAD"
	}
	for i := range r.Phases {
		for _, e := range r.Phases[i].Endpoints {
			if read[e.Name] && e.Class != ClassFailed && r.Phases[i].Kind != profiles.Warmup {
				n += e.Count
			}
		}
	}
	return n
}

// check validates what an untrusted run says of it.
func (o *Origin) check() error {
	switch {
	case o == nil:
		return nil
	case o.Source != OriginCounter && o.Source != OriginTimings:
		return fmt.Errorf("its source %q cannot be", Excerpt(string(o.Source)))
	case len(o.Counter) > maxText || len(o.Problem) > maxText:
		return fmt.Errorf("a text is longer than %d bytes", maxText)
	case o.LengthNS < 0 || o.LengthNS == 0 && o.Problem == "":
		return fmt.Errorf("it was counted over %v", o.LengthNS)
	case o.Work != nil && o.Work.Loads+o.Work.Writes+o.Work.Flushes+o.Work.Background != o.Statements:
		return errors.New("what the statements were for does not add up to them")
	}
	return nil
}
