package loadgen

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

// Job is a plan made ready: it was checked, the files and the secrets that it names were read, and its requests compiled. It does
// not change, and can be driven several times.
type Job struct {
	Plan Plan // with its defaults; not to be changed

	open     bool // the plan says nothing of how many journeys may be in progress
	mix      *request.Mix
	tls      *tls.Config
	schedule func() (*profiles.Schedule, error) // of the arrivals, drawn when it is first asked for
}

// Compile makes the plan ready to be driven, or returns what keeps it from that.
func (p Plan) Compile() (*Job, error) {
	open := p.Limits.Journeys == 0
	p = p.withDefaults()
	if err := p.validate(); err != nil {
		return nil, err
	}
	j := &Job{Plan: p, open: open, schedule: sync.OnceValues(p.schedule)}
	if err := j.checkJudgedPhases(); err != nil {
		return nil, err
	}
	var err error
	if j.mix, err = p.mix(); err != nil {
		return nil, err
	}
	if err := p.checkConsistency(j.mix); err != nil {
		return nil, err
	}
	if err := j.checkInProgress(); err != nil {
		return nil, err
	}
	if err := j.checkLost(); err != nil {
		return nil, err
	}
	if p.TLS.SNI != "" && len(p.Follow.Hosts) == 0 && !j.mix.Secure() {
		return nil, request.ErrPlainSNI
	}
	if j.tls, err = p.TLS.config(); err != nil {
		return nil, err
	}
	return j, nil
}

// Check returns what keeps the plan from being driven, or nil.
func (p Plan) Check() error {
	_, err := p.Compile()
	return err
}

// withConnections returns the job with another number of connections, and what its servers agreed on.
func (j *Job) withConnections(connections int, negotiated string) (*Job, error) {
	other := *j
	other.Plan.Limits.Connections, other.Plan.Negotiated = connections, negotiated
	err := other.Plan.validate()
	if err == nil && other.Plan.undecided() { // and stays so
		err = other.Plan.beyondHTTP()
	}
	return &other, err
}

// checkJudgedPhases wants each phase that a threshold names to be one of the run's.
func (j *Job) checkJudgedPhases() error {
	p := &j.Plan
	phases := p.Profile.Phases
	if p.Limits.Requests > 0 {
		schedule, err := j.schedule()
		if err != nil {
			return err
		}
		phases = phases[:len(schedule.Spans())]
	}
	for _, t := range p.judged() {
		if t.Phase == "" {
			continue
		}
		is := func(ph profiles.Phase) bool { return ph.Name == t.Phase || string(ph.Kind) == t.Phase }
		if slices.ContainsFunc(phases, is) {
			continue
		}
		if slices.ContainsFunc(p.Profile.Phases, is) {
			return fmt.Errorf("threshold %s: phase %q is never reached with %s", strconv.Quote(runfile.Excerpt(t.Text)), t.Phase, units.Requests(p.Limits.Requests))
		}
		var names []string
		for _, ph := range phases {
			names = append(names, ph.Name)
		}
		return fmt.Errorf("threshold %s: the profile has no phase %q, by name or kind: it has %s", strconv.Quote(runfile.Excerpt(t.Text)), t.Phase, units.Listed(names))
	}
	return nil
}

// Record returns the plan as a run file records it, or an error if it cannot be driven.
func (p Plan) Record() (runfile.PlanRecord, error) {
	j, err := p.Compile()
	if err != nil {
		return runfile.PlanRecord{}, err
	}
	return j.Plan.record(j.mix), nil
}

// judged are the thresholds that the run will be held against.
func (p Plan) judged() []runfile.Threshold { return slices.Concat(p.SLO, p.Thresholds) }

// mix compiles the plan's requests, and chooses the endpoints that are told apart.
func (p Plan) mix() (*request.Mix, error) {
	by := request.Selection{Seed: p.Seed, Order: p.Order, First: p.First, Group: p.Group, Judged: p.judged()}
	if p.Lines != nil {
		return p.Lines.Mix(by)
	}
	if len(p.Journeys) > 0 {
		return request.NewJourneyMix(p.Journeys, by)
	}
	return request.NewMix(p.Requests, by)
}
