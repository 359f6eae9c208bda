package runfile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// Journey counts the outcomes of one kind of journeys that arrived in a phase: arrived = completed + failed + unfinished +
// unstarted.
//
// Journey time is from the arrival to the last byte of the last step, less what was thought: the sum of the responses of its steps. A
// journey that an answer ended is in none; one that a timeout, a deadline or the run's end cut off counts as a bound.
type Journey struct {
	Name       string `json:"name"`
	Arrived    uint64 `json:"arrived"`
	Completed  uint64 `json:"completed"`
	Failed     uint64 `json:"failed"`
	Unfinished uint64 `json:"unfinished"`
	Unstarted  uint64 `json:"unstarted"`
	DueLater   uint64 `json:"due_later"` // steps of theirs that were due after the phase
	Time       Dist   `json:"time"`
	TargetTime Dist   `json:"target_time"` // the sum of its steps' target times

	// Undisturbed is the target time of the journeys without a disturbed step: that of all, where it is left out.
	Undisturbed *Dist `json:"undisturbed,omitempty"`

	// LagAtAnswers is the lag of the steps that were due at the answer before them: what bench took to read and search the answer and to
	// render the request is in it. Nil: no step was. Two digits.
	LagAtAnswers *Dist `json:"lag_at_answers,omitempty"`

	Steps []JourneyStep `json:"steps"`
}

// JourneyStep counts the outcomes of a step: each arrived journey asked it, left it out, was stopped before it or had not reached
// it.
type JourneyStep struct {
	Name         string `json:"name"`
	Asked        uint64 `json:"asked"`         // journeys that asked it, however often
	LeftOut      uint64 `json:"left_out"`      // by chance
	Stopped      uint64 `json:"stopped"`       // by a failure before it
	SinceArrival Dist   `json:"since_arrival"` // from the arrival to the end of the step, less what was thought; two digits
}

// JourneyCounts counts the outcomes of the journeys that arrived in a second. Of journeys still in progress only the least time
// is known.
type JourneyCounts struct {
	Arrived   uint64 `json:"arrived"`
	Completed uint64 `json:"completed"`
	Failed    uint64 `json:"failed"`
}

// Add adds other to c.
func (c *JourneyCounts) Add(other *JourneyCounts) {
	c.Arrived += other.Arrived
	c.Completed += other.Completed
	c.Failed += other.Failed
}

// plus returns both together; either may be nil.
func (c *JourneyCounts) plus(o *JourneyCounts) *JourneyCounts {
	if c == nil || o == nil {
		return cmp.Or(c, o)
	}
	sum := *c
	sum.Add(o)
	return &sum
}

func (c *JourneyCounts) check() error {
	if c != nil && (c.Completed > c.Arrived || c.Failed > c.Arrived-c.Completed) {
		return fmt.Errorf("%d journeys arrived, %d were completed and %d failed", c.Arrived, c.Completed, c.Failed)
	}
	return nil
}

// TailName is the name and the kind of the last phase, in which journeys go on after the profile.
const TailName = "tail"

// maxJourneySteps bounds the steps of a journey.
const maxJourneySteps = 1000

func (j *Journey) check() error {
	if j.Arrived != j.Completed+j.Failed+j.Unfinished+j.Unstarted {
		return fmt.Errorf("%d arrived, but completed, failed, unfinished and unstarted add up to %d", j.Arrived, j.Completed+j.Failed+j.Unfinished+j.Unstarted)
	}
	if len(j.Steps) > maxJourneySteps {
		return fmt.Errorf("it has %d steps", len(j.Steps))
	}
	if err := j.Time.check(TotalDigits); err != nil {
		return fmt.Errorf("time: %w", err)
	}
	if err := j.TargetTime.check(TotalDigits); err != nil {
		return fmt.Errorf("target_time: %w", err)
	}
	if d := j.Undisturbed; d != nil {
		if err := d.check(TotalDigits); err != nil {
			return fmt.Errorf("undisturbed: %w", err)
		}
		if d.Count > j.TargetTime.Count {
			return fmt.Errorf("undisturbed: holds %d of %d journeys", d.Count, j.TargetTime.Count)
		}
	}
	if d := j.LagAtAnswers; d != nil {
		if err := d.check(DetailDigits); err != nil {
			return fmt.Errorf("lag_at_answers: %w", err)
		}
	}
	if n := j.Time.Count; n < j.Completed || n > j.Arrived {
		return fmt.Errorf("time: holds %d of %d journeys", n, j.Arrived)
	}
	for i := range j.Steps {
		s := &j.Steps[i]
		if s.Asked > j.Arrived || s.LeftOut > j.Arrived-s.Asked || s.Stopped > j.Arrived-s.Asked-s.LeftOut {
			return fmt.Errorf("step %q: %d asked, %d left out and %d stopped of %d", s.Name, s.Asked, s.LeftOut, s.Stopped, j.Arrived)
		}
		if err := s.SinceArrival.check(DetailDigits); err != nil {
			return fmt.Errorf("step %q: since_arrival: %w", s.Name, err)
		}
	}
	return nil
}

// undisturbed returns the target time of the journeys without a disturbed step.
func (j *Journey) undisturbed() *Dist {
	if j.Undisturbed == nil {
		return &j.TargetTime
	}
	return j.Undisturbed
}

// AddJourneys returns what two lists of the same plan's journeys counted together.
func AddJourneys(a, b []Journey) []Journey {
	m, err := mergeJourneys(a, b)
	if err != nil { // never: their histograms are this process's own, or were decoded before
		return a
	}
	return m
}

func mergeJourneys(a, b []Journey) ([]Journey, error) {
	if len(a) == 0 || len(b) == 0 {
		return append(slices.Clone(a), b...), nil
	}
	if len(a) != len(b) {
		return nil, fmt.Errorf("%d and %d journeys", len(a), len(b))
	}
	m := slices.Clone(a)
	for i := range m {
		j, o := &m[i], &b[i]
		if j.Name != o.Name || len(j.Steps) != len(o.Steps) {
			return nil, fmt.Errorf("journeys %q and %q differ", j.Name, o.Name)
		}
		j.Arrived += o.Arrived
		j.Completed += o.Completed
		j.Failed += o.Failed
		j.Unfinished += o.Unfinished
		j.Unstarted += o.Unstarted
		j.DueLater += o.DueLater
		if err := j.Time.merge(&o.Time, TotalDigits); err != nil {
			return nil, err
		}
		if j.Undisturbed != nil || o.Undisturbed != nil {
			d := *j.undisturbed()
			if err := d.merge(o.undisturbed(), TotalDigits); err != nil {
				return nil, err
			}
			j.Undisturbed = &d
		}
		if lag := cmp.Or(j.LagAtAnswers, o.LagAtAnswers); lag != nil {
			d := *lag
			if j.LagAtAnswers != nil && o.LagAtAnswers != nil {
				if err := d.merge(o.LagAtAnswers, DetailDigits); err != nil {
					return nil, err
				}
			}
			j.LagAtAnswers = &d
		}
		if err := j.TargetTime.merge(&o.TargetTime, TotalDigits); err != nil {
			return nil, err
		}
		j.Steps = slices.Clone(j.Steps)
		for n := range j.Steps {
			s, t := &j.Steps[n], &o.Steps[n]
			s.Asked += t.Asked
			s.LeftOut += t.LeftOut
			s.Stopped += t.Stopped
			if err := s.SinceArrival.merge(&t.SinceArrival, DetailDigits); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// mergeTail adds up two tails, of which either may be missing; the longer one's length stands.
func mergeTail(a, b *Phase) (*Phase, error) {
	if a == nil || b == nil {
		if a == nil {
			a = b
		}
		return a, nil
	}
	m, err := mergePhase(*a, *b)
	if err != nil {
		return nil, err
	}
	m.DurationNS = max(a.DurationNS, b.DurationNS)
	seconds := m.DurationNS.Seconds()
	m.Offered.Rate, m.Achieved.Rate, m.Answered = PerSecond(m.Offered.Count, seconds), PerSecond(m.Achieved.Count, seconds), nil
	return &m, nil
}

// Joined returns d and another distribution together; d may be empty.
func (d Dist) Joined(other *Dist, digits int) Dist {
	if d.Count == 0 {
		return *other
	}
	if d.merge(other, digits) != nil { // never: both are this process's own
		return *other
	}
	return d
}

// Joined returns t and another together; t may be nil.
func (t *TargetTime) Joined(other *TargetTime, digits int) *TargetTime {
	if t == nil {
		return other
	}
	m, err := t.merge(other, digits)
	if err != nil || m == nil { // never: both are this process's own
		return other
	}
	return m
}

// CountsJourneys reports whether some journeys of the phase are of several steps: then journeys arrive, not requests.
func (p *Phase) CountsJourneys() bool {
	return slices.ContainsFunc(p.Journeys, func(j Journey) bool { return len(j.Steps) > 1 })
}

// AllJourneys returns the outcomes of all the phase's journeys together, without their steps; nil where every journey is one
// request.
func (p *Phase) AllJourneys() *Journey {
	if !p.CountsJourneys() {
		return nil
	}
	var all Journey
	var undisturbed Dist
	for i := range p.Journeys {
		j := &p.Journeys[i]
		all.Arrived += j.Arrived
		all.Completed += j.Completed
		all.Failed += j.Failed
		all.Unfinished += j.Unfinished
		all.Unstarted += j.Unstarted
		all.Time, all.TargetTime = all.Time.Joined(&j.Time, TotalDigits), all.TargetTime.Joined(&j.TargetTime, TotalDigits)
		undisturbed = undisturbed.Joined(j.undisturbed(), TotalDigits)
	}
	if undisturbed.Count != all.TargetTime.Count {
		all.Undisturbed = &undisturbed
	}
	return &all
}

// JourneyNamed returns the journeys of a name in a phase; nil where there are none.
func (p *Phase) JourneyNamed(name string) *Journey {
	for i := range p.Journeys {
		if p.Journeys[i].Name == name {
			return &p.Journeys[i]
		}
	}
	return nil
}

// StoppedBefore returns how many journeys a failure kept from the step that an endpoint is, named as journey/step; 0 where it is no step.
func (p *Phase) StoppedBefore(endpoint string) uint64 {
	for i := range p.Journeys {
		j := &p.Journeys[i]
		for n := range j.Steps {
			if j.Name+"/"+j.Steps[n].Name == endpoint {
				return j.Steps[n].Stopped
			}
		}
	}
	return 0
}

var (
	errRateOfEndpoint  = errors.New("the rate is measured by phase and by journey, not by endpoint: leave out the braces")
	errPartsOfJourneys = errors.New("of a journey there are its time, errors and rate: take the duration of one of its steps, as in service:p99{buy/order}")
)

// CheckNamed returns an error if the threshold's metric does not exist for the endpoint or the journey that it names.
func (t Threshold) CheckNamed(journey bool) error {
	switch {
	case journey && t.Duration == "service":
		return errPartsOfJourneys
	case !journey && t.Endpoint != "" && t.Metric == MetricRate:
		return errRateOfEndpoint
	}
	return nil
}

// journeyPart returns the journeys that the threshold names, over all phases, with the bounds of those that were cut off. Its
// target times are of the journeys without a disturbed step.
func (t Threshold) journeyPart(r *Run, phases []*Phase) (Part, string) {
	if err := t.CheckNamed(true); err != nil {
		return Part{}, err.Error()
	}
	p := newPart(TotalDigits)
	p.Journeys = true
	var target *Part
	if t.OfResponse() {
		target = newPart(TotalDigits)
	}
	for _, phase := range phases {
		p.Length += phase.DurationNS * time.Duration(r.Repetitions())
		j := phase.JourneyNamed(t.Endpoint)
		if phase == &r.Overall || j == nil {
			continue
		}
		p.Due += j.Arrived
		p.Succeeded += j.Completed
		p.Served += j.Completed
		err := p.add(&j.Time, TotalDigits)
		if err == nil && target != nil {
			err = target.add(j.undisturbed(), TotalDigits)
		}
		if err != nil {
			return Part{}, fmt.Sprintf("the histogram of journey %q in phase %q cannot be read: %v", j.Name, phase.Name, err)
		}
	}
	p.summarise(target)
	return *p, ""
}

// due writes how many were due.
func (p *Part) due() string {
	switch {
	case !p.Journeys:
		return units.Requests(p.Due)
	case p.Due == 1:
		return "1 journey"
	}
	return units.Count(p.Due) + " journeys"
}

// StepTimes returns the response times of a step in the phase, and how many of it were due and succeeded.
func (p *Phase) StepTimes(journey, step string) Part {
	t := Threshold{Duration: "response", Metric: MetricPercentile, Endpoint: journey + "/" + step}
	part := newPart(DetailDigits)
	if t.addEndpoint(part, nil, p) != nil {
		return Part{}
	}
	part.summarise(nil)
	return *part
}

// StepTimes returns the response times of a step in all phases but warm-up, and how many of it were due and succeeded.
func (r *Run) StepTimes(journey, step string) Part {
	p, _ := Threshold{Duration: "response", Metric: MetricPercentile, Endpoint: journey + "/" + step}.partOf(r)
	return p
}
