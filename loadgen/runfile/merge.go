package runfile

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// Unmixable is the error for two runs that cannot be added up.
type Unmixable struct {
	A, B int // their places in the list
	Why  error
}

func (u *Unmixable) Error() string { return fmt.Sprintf("runs %d and %d: %s", u.A+1, u.B+1, u.Why) }
func (u *Unmixable) Unwrap() error { return u.Why }

// Errors for runs that can be added up in the other way only.
var (
	ErrWhole  = errors.New("they are no shares of one schedule, but runs of their own")
	ErrShares = errors.New("they are shares of a schedule, and no whole runs")
)

// Merge adds up the shares of one schedule, without loss: as if their requests had been one run's. The runs must have one
// target, plan, seed and start, and be all the shares that the schedule was divided into. Their rates add up; the verdict
// is the worst one. Of several profiles of the target the first is kept, and a difference of their machines is a note. Its
// error is an [Unmixable].
func Merge(runs []*Run) (*Run, error) {
	if err := eachPair(runs, notShares); err != nil {
		return nil, err
	}
	if of := int(runs[0].Share.Of); of != len(runs) {
		return nil, &Unmixable{0, len(runs) - 1, fmt.Errorf("the schedule was divided into %d shares, and %d are here: name all of them", of, len(runs))}
	}
	m, err := sumOf(runs)
	if err != nil {
		return nil, err
	}
	m.Share = nil
	for _, r := range runs[1:] {
		if list := measuredOtherwise(runs[0], r); len(list) > 0 {
			m.note("its shares were driven in different environments: " + strings.Join(list, "; "))
			return m, nil
		}
	}
	m.remark(runs)
	return m, nil
}

// note adds a note to a run that shares its notes with another.
func (r *Run) note(text string) {
	r.Environment.Notes = append(slices.Clone(r.Environment.Notes), text)
}

// remark adds notes on differences that do not keep the runs from being added up.
func (r *Run) remark(of []*Run) {
	for _, other := range of[1:] {
		for _, text := range of[0].Environment.Remarks(&other.Environment) {
			if text = "of the runs that it is made of: " + text; !slices.Contains(r.Environment.Notes, text) {
				r.note(text)
			}
		}
	}
}

// measuredOtherwise names what differs between how two runs of one plan were measured.
func measuredOtherwise(a, b *Run) []string {
	return append(a.Environment.Differences(&b.Environment), a.Plan.EngineDifferences(&b.Plan)...)
}

// startTolerance is how far the clocks of machines that began at one instant may be apart.
const startTolerance = time.Second

// notShares says why two runs are not different shares of one schedule, or nil.
func notShares(a, b *Run) error {
	switch why := notAlike(a, b); {
	case why != nil:
		return why
	case a.Seed != b.Seed:
		return fmt.Errorf("their seeds are %d and %d, so they are no shares of one schedule", a.Seed, b.Seed)
	case a.Share == nil || b.Share == nil:
		return ErrWhole
	case a.Share.Of != b.Share.Of:
		return fmt.Errorf("they are shares of a schedule divided by %d and by %d", a.Share.Of, b.Share.Of)
	case a.Share.Index == b.Share.Index:
		return fmt.Errorf("both are share %d of %d", a.Share.Index, a.Share.Of)
	case a.Started.Sub(b.Started).Abs() > startTolerance:
		return fmt.Errorf("they began %s apart, so they are no shares of one run", units.Precise(a.Started.Sub(b.Started).Abs()))
	}
	return nil
}

// notAlike says why two runs are not two of one plan at one target, or nil.
func notAlike(a, b *Run) error {
	switch {
	case !a.Target.same(b.Target):
		return fmt.Errorf("they are of different targets, %s and %s", a.Target.Name, b.Target.Name)
	case a == b || a.Started.Equal(b.Started) && a.Seed == b.Seed && reflect.DeepEqual(a.Share, b.Share):
		return errors.New("they are the same run twice")
	case !reflect.DeepEqual(a.Plan.whatever(), b.Plan.whatever()):
		return otherPlans(a.Plan.whatever(), b.Plan.whatever())
	}
	if len(a.Phases) != len(b.Phases) {
		return errors.New("one of them ended in another phase than the other")
	}
	for i := range a.Phases {
		if a.Phases[i].DurationNS != b.Phases[i].DurationNS {
			return fmt.Errorf("phase %q of one of them was cut short", a.Phases[i].Name)
		}
	}
	return nil
}

// otherPlans says how two plans differ.
func otherPlans(p, q PlanRecord) error {
	list := p.Differences(&q)
	add := func(what string, differ bool) {
		if differ {
			list = append(list, what)
		}
	}
	add("what the service is to hold", !slices.Equal(p.SLO, q.SLO))
	add("when a run is ended early", !slices.Equal(p.AbortOn, q.AbortOn))
	add("how long a run goes on before it may be ended early", p.AbortGraceNS != q.AbortGraceNS)
	add("the number of requests", p.Requests != q.Requests)
	add("how requests are spread over the addresses of a host (to name one address makes them alike)", p.Spread != q.Spread)
	if len(list) == 0 {
		return errors.New("they are of different plans")
	}
	return errors.New("they are of different plans: " + strings.Join(list, "; "))
}

// whatever returns the plan however its engine was set, which is a matter of measuring it.
func (r PlanRecord) whatever() PlanRecord {
	r.Wire = nil
	return r
}

// eachPair returns the first pair for which wrong returns an error.
func eachPair(runs []*Run, wrong func(a, b *Run) error) error {
	if len(runs) < 2 {
		return errors.New("there is one run, and it takes two")
	}
	for j := range runs {
		for i := range j {
			if why := wrong(runs[i], runs[j]); why != nil {
				return &Unmixable{i, j, why}
			}
		}
	}
	return nil
}

// sumOf adds up runs that are alike.
func sumOf(runs []*Run) (*Run, error) {
	m := runs[0]
	for i, r := range runs[1:] {
		var err error
		if m, err = add(m, r); err != nil {
			return nil, &Unmixable{0, i + 1, err}
		}
	}
	return m, nil
}

// add returns what a and b counted together.
func add(a, b *Run) (*Run, error) {
	m := *a
	if b.Started.Before(a.Started) {
		m.Started = b.Started
	}
	m.Verdict = worseVerdict(a.Verdict, b.Verdict)
	m.Interrupted = a.Interrupted || b.Interrupted
	m.Requests = AddRequests(a.Requests, b.Requests)
	var err error
	if m.Overall, err = mergePhase(a.Overall, b.Overall); err != nil {
		return nil, err
	}
	if m.Tail, err = mergeTail(a.Tail, b.Tail); err != nil {
		return nil, err
	}
	m.Phases = nil
	for i := range a.Phases {
		p, err := mergePhase(a.Phases[i], b.Phases[i])
		if err != nil {
			return nil, err
		}
		m.Phases = append(m.Phases, p)
	}
	if m.Intervals, err = mergeIntervals(a.Intervals, b.Intervals); err != nil {
		return nil, err
	}
	if m.TellCacheWarmUp(); a.CacheWarmUp == nil && b.CacheWarmUp == nil {
		m.CacheWarmUp = nil
	}
	m.Origin = mergeOrigin(a, b)
	m.Errors = mergeErrors(a.Errors, b.Errors)
	m.Redirects = mergeRedirects(a.Redirects, b.Redirects)
	if m.Addresses, err = mergeAddresses(a.Addresses, b.Addresses); err != nil {
		return nil, err
	}
	m.Connections = AddConnections(slices.Clone(a.Connections), b.Connections)
	m.Events = append(append([]Event{}, a.Events...), b.Events...)
	slices.SortStableFunc(m.Events, func(x, y Event) int { return cmp.Compare(x.AtNS, y.AtNS) })
	byTime := func(x, y ProcessSample) int { return cmp.Compare(x.AtNS, y.AtNS) }
	m.Resources = Resources{
		Generator: slices.Concat(a.Resources.Generator, b.Resources.Generator),
		Target:    slices.Concat(a.Resources.Target, b.Resources.Target),
		Host:      slices.Concat(a.Resources.Host, b.Resources.Host),
	}
	slices.SortStableFunc(m.Resources.Generator, byTime)
	slices.SortStableFunc(m.Resources.Target, byTime)
	slices.SortStableFunc(m.Resources.Host, func(x, y HostSample) int { return cmp.Compare(x.AtNS, y.AtNS) })
	m.Profile = cmp.Or(a.Profile, b.Profile)
	m.Disturbances = mergeDisturbances(a.Disturbances, b.Disturbances)
	if b.InStep > a.InStep {
		m.InStep, m.InStepOfNS = b.InStep, b.InStepOfNS
	}
	mergeKernel(&m, a, b)
	m.mergeThresholds(a.Thresholds, b.Thresholds)
	return &m, nil
}

func mergeKernel(m, a, b *Run) {
	var s Stamps
	var n Network
	for _, r := range []*Run{a, b} {
		if r.Stamps != nil {
			s.Kernel += r.Stamps.Kernel
			s.User += r.Stamps.User
		}
		if r.Network != nil {
			n.Add(r.Network)
		}
	}
	m.Stamps, m.Network = nil, nil
	m.TellKernel(s, n)
}

func worseVerdict(a, b Verdict) Verdict {
	ra, rb := slices.Index(Severity, a.Kind), slices.Index(Severity, b.Kind)
	switch {
	case ra < rb:
		return a
	case rb < ra:
		return b
	default:
		return Verdict{a.Kind, slices.Concat(a.Evidence, b.Evidence)}
	}
}

// AddRequests adds up what was counted of two runs or phases.
func AddRequests(a, b Requests) Requests {
	return Requests{
		Planned: a.Planned + b.Planned, Due: a.Due + b.Due, Sent: a.Sent + b.Sent,
		Succeeded: a.Succeeded + b.Succeeded, Failed: a.Failed + b.Failed,
		Unfinished: a.Unfinished + b.Unfinished, Unsent: a.Unsent + b.Unsent, Retried: a.Retried + b.Retried,
	}
}

func mergePhase(a, b Phase) (Phase, error) {
	m := a
	m.Verdict = worseVerdict(a.Verdict, b.Verdict)
	m.Requests = AddRequests(a.Requests, b.Requests)
	m.Offered = Rate{a.Offered.Count + b.Offered.Count, a.Offered.Rate + b.Offered.Rate}
	m.Achieved = Rate{a.Achieved.Count + b.Achieved.Count, a.Achieved.Rate + b.Achieved.Rate}
	m.Answered = nil
	if a.Answered != nil && b.Answered != nil {
		m.Answered = &Rate{a.Answered.Count + b.Answered.Count, a.Answered.Rate + b.Answered.Rate}
	}
	m.Bytes = Bytes{a.Bytes.In + b.Bytes.In, a.Bytes.Out + b.Bytes.Out}
	m.Cache = Cache{a.Cache.Hits + b.Cache.Hits, a.Cache.Misses + b.Cache.Misses}
	m.CPU = AddCPU(a.CPU, b.CPU)
	// The peaks need not have come at the same second, so their sum is the most that there can have been.
	m.Backlog = Backlog{a.Backlog.Start + b.Backlog.Start, a.Backlog.End + b.Backlog.End, a.Backlog.Peak + b.Backlog.Peak, a.Backlog.Grew || b.Backlog.Grew}
	m.ServerTiming = slices.Clone(a.ServerTiming)
	for _, s := range b.ServerTiming {
		m.ServerTiming = AddTiming(m.ServerTiming, []byte(s.Name), s.Count, s.SumNS)
	}
	var err error
	if m.Consistency, err = a.Consistency.merge(b.Consistency); err != nil {
		return Phase{}, fmt.Errorf("phase %q: %w", a.Name, err)
	}
	m.Recovery = worseRecovery(a.Recovery, b.Recovery)
	theirs := b.dists()
	for i, d := range m.dists() {
		if err := d.merge(theirs[i], TotalDigits); err != nil {
			return Phase{}, fmt.Errorf("phase %q: %w", a.Name, err)
		}
	}
	m.DropPartial()
	m.Disturbed += b.Disturbed
	if m.TargetTime, err = a.TargetTime.merge(b.TargetTime, TotalDigits); err != nil {
		return Phase{}, fmt.Errorf("phase %q: %w", a.Name, err)
	}
	if m.Journeys, err = mergeJourneys(a.Journeys, b.Journeys); err != nil {
		return Phase{}, fmt.Errorf("phase %q: %w", a.Name, err)
	}
	m.Endpoints = slices.Clone(a.Endpoints)
	for _, e := range b.Endpoints {
		i := slices.IndexFunc(m.Endpoints, func(o Endpoint) bool { return o.Name == e.Name && o.Class == e.Class })
		if i < 0 {
			m.Endpoints = append(m.Endpoints, e)
			continue
		}
		o := &m.Endpoints[i]
		o.Count += e.Count
		if err := o.ResponseTime.merge(&e.ResponseTime, DetailDigits); err != nil {
			return Phase{}, fmt.Errorf("endpoint %q: %w", e.Name, err)
		}
		if err := o.ServiceTime.merge(&e.ServiceTime, DetailDigits); err != nil {
			return Phase{}, fmt.Errorf("endpoint %q: %w", e.Name, err)
		}
		if o.TargetTime, err = o.TargetTime.merge(e.TargetTime, DetailDigits); err != nil {
			return Phase{}, fmt.Errorf("endpoint %q: %w", e.Name, err)
		}
	}
	return m, nil
}

// dists lists a phase's distributions, in one order for every phase.
func (p *Phase) dists() []*Dist {
	return []*Dist{&p.ResponseTime, &p.ServiceTime, &p.Wait, &p.Lag, &p.FirstByte, &p.Connect, &p.Handshake}
}

func worseRecovery(a, b *Recovery) *Recovery {
	switch {
	case a == nil || b == nil:
		return cmp.Or(a, b)
	case a.State == b.State:
		if b.AfterNS > a.AfterNS {
			return b
		}
		return a
	case a.State == NotRecovered || b.State == Recovered:
		return a
	default:
		return b
	}
}

// merge adds the values of other, of the same digits.
func (d *Dist) merge(other *Dist, digits int) error {
	ok, censored, err := d.histograms(digits)
	if err != nil {
		return err
	}
	theirs, theirCensored, err := other.histograms(digits)
	if err != nil {
		return err
	}
	ok.Add(theirs)
	censored.Add(theirCensored)
	*d = DistOf(ok, censored)
	return nil
}

func mergeIntervals(a, b []Interval) ([]Interval, error) {
	if len(a) < len(b) {
		a, b = b, a
	}
	m := slices.Clone(a)
	for i, s := range b {
		o := &m[i]
		o.Due += s.Due
		o.OK += s.OK
		o.Failed += s.Failed
		o.Hits += s.Hits
		o.Misses += s.Misses
		o.Stale += s.Stale
		o.Journeys = o.Journeys.plus(s.Journeys)
		o.Failures = maps.Clone(o.Failures)
		o.Failures.Add(s.Failures)
		o.Sent += s.Sent
		o.Finished += s.Finished
		o.InFlight += s.InFlight
		o.Backlog += s.Backlog
		if err := o.ResponseTime.merge(&s.ResponseTime, DetailDigits); err != nil {
			return nil, fmt.Errorf("second %d: %w", i, err)
		}
		if err := o.ServiceTime.merge(&s.ServiceTime, DetailDigits); err != nil {
			return nil, fmt.Errorf("second %d: %w", i, err)
		}
		var err error
		if o.TargetTime, err = o.TargetTime.merge(s.TargetTime, DetailDigits); err != nil {
			return nil, fmt.Errorf("second %d: %w", i, err)
		}
	}
	FoldKinds(m)
	return m, nil
}

func mergeErrors(a, b []ErrorCount) []ErrorCount {
	m := slices.Clone(a)
	for _, e := range b {
		i := slices.IndexFunc(m, func(o ErrorCount) bool { return o.Kind == e.Kind })
		if i < 0 {
			m = append(m, e)
			continue
		}
		o := &m[i]
		o.Count += e.Count
		o.FirstNS = min(o.FirstNS, e.FirstNS)
		o.LastNS = max(o.LastNS, e.LastNS)
	}
	SortErrors(m)
	return m
}

// SortErrors puts the most frequent first.
func SortErrors(list []ErrorCount) {
	slices.SortFunc(list, func(a, b ErrorCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind))
	})
}
