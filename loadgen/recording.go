package loadgen

import (
	"cmp"
	"crypto/tls"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/consistency"
	"github.com/seed-5a006608/bench/loadgen/journey"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// recording is a run in the making: what is counted by the shards, watched once a second, and at the end made into a
// Run. It knows no clock; whoever drives it says what time it is.
type recording struct {
	plan        Plan
	mix         *request.Mix
	tls         *tls.Config
	schedule    *profiles.Schedule // nil in the closed model
	layout      layout
	shards      []*shard
	timeline    *timeline
	readings    []cpuReading // processor use at the phases' bounds
	events      []runfile.Event
	pauses      []silenceSpan // in which bench itself did not run
	environment runfile.Environment
	lookup      lookup
	books       []*journey.Book   // of the shards; nil: each request is one exchange
	arrived     []arrivedJourneys // of the shards
	addresses   []*address.Pool   // of the mix's hosts; nil where the engine has none to choose from
	pair        *pairSide         // nil: the run is mirrored by no other
	origin      *originLoad       // nil: its load is not counted
	disturbed   disturbances
	versions    *versions // nil: no request reads or writes versions
	takes       bool      // a version stands in the body of an answer
	connections connections

	conditions []*condition // the conditions that end the run early
	judgedAt   time.Duration
	judgedOK   uint64 // requests that had succeeded by then
	aborted    bool
}

// maxSessions bounds the hosts with a stored TLS session.
const maxSessions = 1000

// cpuReading is the processor time used until an instant.
type cpuReading struct {
	at                time.Duration
	generator, target *time.Duration
}

// recording prepares to record a run of the job.
func (j *Job) recording() (*recording, error) {
	p := j.Plan
	schedule, err := j.schedule()
	if err != nil {
		return nil, err
	}
	conditions, err := newConditions(p)
	if err != nil {
		return nil, err
	}
	p.Profile = p.Profile.Until(schedule.Duration())
	r := &recording{plan: p, mix: j.mix, tls: j.tls.Clone(), conditions: conditions}
	if p.TLS.Resume {
		r.tls.ClientSessionCache = tls.NewLRUClientSessionCache(maxSessions)
	}
	r.layout.spans, r.layout.length, r.layout.endpoints = slices.Clone(schedule.Spans()), schedule.Duration(), len(j.mix.Endpoints)
	if j.mix.Journeys != nil {
		r.layout.tailPhase, r.layout.tail = len(r.layout.spans), j.tailOf(schedule)
	}
	r.layout.interrupt(r.layout.length)
	if r.layout.closed = p.Closed != nil; !r.layout.closed {
		r.schedule = schedule
	}
	shards := 1
	if p.engine() == runfile.EngineWire {
		shards = p.Wire.Loops
	}
	r.shards = newShards(&r.layout, shards, &r.disturbed)
	if p.Disturbance != (runfile.DisturbanceRule{}) {
		r.disturbed.settle(p.Disturbance)
	}
	r.timeline = newTimeline(r.schedule)
	if r.versions = newVersions(j.mix, &r.layout); r.versions != nil {
		r.mix, r.takes, r.timeline.versions = r.versions.mix, j.mix.ReadsBody(), r.versions
		r.versions.stale = r.takeJudged
	}
	if j.mix.Journeys != nil {
		r.timeline.schedule = nil // when a later step is due is the target's doing
	}
	r.books, r.arrived = make([]*journey.Book, shards), make([]arrivedJourneys, shards)
	if len(conditions) > 0 {
		r.timeline.heard = func(index int, c *second) {
			for _, condition := range conditions {
				condition.take(index, c)
			}
		}
	}
	return r, nil
}

// tick watches the recording at a full second: it counts what is due, gathers what the shards have counted, and judges
// whether the run is to be aborted.
func (r *recording) tick(now time.Duration) {
	r.timeline.advance(min(now, time.Duration(r.layout.cut.Load())))
	handed := handedOver(r.shards) // before: what they hand over meanwhile is not looked for
	r.timeline.collect(r.shards)
	if r.versions != nil {
		r.versions.judge(handed - stampedBefore)
	}
	r.timeline.seal(now, r.plan.Limits.Timeout+r.plan.Limits.Drain+time.Second)
	if len(r.conditions) > 0 {
		r.judgeAbort(now)
	}
}

// ending says how an engine ended its run.
type ending struct {
	at    time.Duration // the instant at which the engine ended: unfinished requests stay unfinished
	cut   time.Duration // requests intended at or after it were never due
	loops []loopEnd     // loop i of n took the numbers k ≡ i mod n
}

// next returns the first number that was not taken; later ones may have been.
func (e *ending) next() uint64 {
	return slices.MinFunc(e.loops, func(a, b loopEnd) int { return cmp.Compare(a.next, b.next) }).next
}

// loopEnd says how one loop of an engine ended.
type loopEnd struct {
	next      uint64        // the first of its numbers that it did not take
	freeSince time.Duration // the instant from which a slot stood free until sending ended; negative: no slot was free
	stopped   time.Duration // when sending ended; what came free afterwards was not to be used
}

// settle fixes where the run ended. What has been counted as due before an interrupt was known stays due, so that the seconds
// and the totals are of one cut. The profile of the closed model ends with the last of so many requests: when that is, nobody
// knew before. Nothing else may use the layout any more.
func (r *recording) settle(e *ending) {
	if e.cut < r.layout.length {
		e.cut = min(max(e.cut, r.timeline.until), r.layout.length-1)
	}
	if l := &r.layout; r.schedule == nil && r.plan.Limits.Requests > 0 && e.next() >= r.plan.Limits.Requests && e.cut == l.end() && e.at < l.length {
		l.trim(e.at)
		l.length, l.tail, e.cut = e.at, 0, e.at
		r.plan.Profile = r.plan.Profile.Until(e.at)
	}
}

// finish counts what the engine never took, and returns what was measured.
func (r *recording) finish(e ending, resources runfile.Resources) *runfile.Run {
	r.timeline.advance(min(e.cut, r.layout.length))
	if r.schedule != nil {
		r.tellNeverTaken(&e)
	}
	letAllGo(r.shards)
	if r.schedule != nil {
		for b := range r.neverTaken(&e) {
			r.shards[0].recordUnsent(&sample{Exchange: &b.Exchange, endpoint: b.endpoint}, b.n, b.disturbed)
		}
	}
	r.endJourneys(&e)
	r.timeline.finish(r.shards)
	return r.run(e, resources)
}

func (r *recording) run(e ending, resources runfile.Resources) *runfile.Run {
	r.layout.trim(e.cut)
	all := r.shards[0]
	for _, s := range r.shards[1:] {
		all.merge(s)
	}
	run := &runfile.Run{
		Target: r.plan.Target, Plan: r.plan.record(r.mix), Seed: r.plan.Seed,
		Environment: r.environment,
		Interrupted: e.cut < r.layout.end(),
		Intervals:   r.intervals(),
		Errors:      []runfile.ErrorCount{},
		Resources:   resources,

		FirstLine: r.mix.Order.FirstLine(),

		Judging: runfile.JudgingBounds, Disturbances: r.disturbed.describe(),
	}
	backlog := r.backlogs(all, run.Intervals)
	overall, judged := newTotals(), newVersionCounts()
	counted := r.countedPhases()
	for i, span := range r.layout.spans {
		t := &all.phases[i]
		p := runfile.Phase{
			Name: r.plan.Profile.Phases[i].Name, Kind: r.plan.Profile.Phases[i].Kind,
			StartNS: span.Start, DurationNS: span.End - span.Start,
			Backlog: backlog[i], CPU: r.cpu(span.Start, span.End),
			Endpoints: all.endpointsIn(i, r.mix),
		}
		t.phase(&p)
		if r.versions != nil {
			p.Consistency = r.versions.phases[i].describe()
		}
		p.Journeys = r.journeysOf(i)
		p.Verdict = r.verdictOf(&p, t, all, run)
		run.Phases = append(run.Phases, p)
		if p.Kind != profiles.Warmup {
			if counted > 1 {
				overall.add(t)
			} else {
				copyTotals(&run.Overall, &p)
			}
			if r.versions != nil {
				judged.add(&r.versions.phases[i])
			}
			run.Overall.Journeys = runfile.AddJourneys(run.Overall.Journeys, p.Journeys)
			o := &run.Overall
			if o.DurationNS == 0 {
				o.StartNS, o.Backlog = p.StartNS, p.Backlog
			}
			o.DurationNS += p.DurationNS
			o.Backlog.End = p.Backlog.End
			o.Backlog.Grew = o.Backlog.Grew || p.Backlog.Grew
			o.Backlog.Peak = max(o.Backlog.Peak, p.Backlog.Peak)
			o.CPU = runfile.AddCPU(o.CPU, p.CPU)
		}
		run.Requests = runfile.AddRequests(run.Requests, t.requests())
	}
	r.tellTail(run, all, &e)
	run.Overall.Name, run.Overall.Kind = "overall", "overall"
	if counted != 1 {
		overall.phase(&run.Overall)
	}
	if r.versions != nil {
		run.Overall.Consistency, run.VersionDigits = judged.describe(), consistency.Digits()
	}
	if d := run.Disturbances; d.Count > 0 {
		_, host := hostDelay(&all.late, &all.stood, resources, run.Environment.GeneratorProcessors(), 0, e.cut)
		d.UnexplainedNS = host.unexplained
	}
	if r.schedule != nil {
		run.Overall.CountAnswered()
	}
	run.Verdict = worst(run.Phases)
	run.Overall.Verdict = run.Verdict
	if r.schedule != nil {
		run.Requests.Planned = r.schedule.Total()
	}
	if r.mix.Journeys != nil {
		run.Requests.Planned = run.Requests.Due // when they are due is the target's doing
	}
	if c := r.plan.Closed; c != nil && r.mix.Journeys == nil && c.Think != (profiles.Think{}) {
		share, window := r.timeline.inStep(c.Think, min(e.cut, r.layout.length))
		if run.InStep = share; window < time.Second {
			run.InStepOfNS = window
		}
	}
	for _, e := range all.errors {
		run.Errors = append(run.Errors, *e)
	}
	runfile.SortErrors(run.Errors)
	run.TellKernel(all.kernel.stamps, all.kernel.network)
	if all.redirects.Count > 0 {
		run.Redirects = &all.redirects
	}
	run.Connections = r.connections.list
	run.Addresses = all.byAddress()
	if len(run.Addresses) > 0 {
		run.Plan.Spread = runfile.SpreadRequests
	}
	run.Events = append([]runfile.Event{}, r.events...)
	run.Events = append(run.Events, all.kernel.events...)
	run.Events = append(run.Events, r.outages()...)
	run.Events = append(run.Events, pauseEvents(r.pauses)...)
	stalled := stalls(all.silences, r.pauses, run.Phases, run.Intervals)
	r.tellTogether(stalled, run.Intervals)
	run.Events = append(run.Events, stalled...)
	slices.SortStableFunc(run.Events, func(a, b runfile.Event) int { return cmp.Compare(a.AtNS, b.AtNS) })
	r.recoveries(run)
	return run
}

// countedPhases is how many phases the figures of the whole run are of.
func (r *recording) countedPhases() (n int) {
	for i := range r.layout.spans {
		if r.plan.Profile.Phases[i].Kind != profiles.Warmup {
			n++
		}
	}
	return n
}

// backlogs returns, for each phase, the requests due and not finished at its bounds and their peak at a full second.
func (r *recording) backlogs(all *shard, intervals []runfile.Interval) []runfile.Backlog {
	list := make([]runfile.Backlog, len(r.layout.spans))
	var due, finished uint64
	for i, span := range r.layout.spans {
		b := &list[i]
		b.Start = due - finished
		q := all.phases[i].requests()
		due += q.Due
		finished += all.phases[i].finished
		b.End = due - finished
		b.Peak = max(b.Start, b.End)
		for _, s := range intervals {
			if end := s.StartNS + time.Second; end > span.Start && end <= span.End {
				b.Peak = max(b.Peak, s.Backlog)
			}
		}
	}
	return list
}

func (r *recording) verdictOf(p *runfile.Phase, t *totals, all *shard, run *runfile.Run) runfile.Verdict {
	s := symptoms{
		totals: t, response: p.ResponseTime.P99NS,
		anew: r.plan.Limits.NoKeepAlive, failure: all.failedBy(),
		fullTilt: r.plan.Closed != nil && r.plan.Closed.Think == profiles.Think{},
	}
	if r.schedule != nil {
		trend := r.trendOf(p, run)
		s.backlog = &trend
		_, p.Backlog.Grew = trend.grew()
		p.CountAnswered()
	}
	end := p.StartNS + p.DurationNS
	processors := run.Environment.GeneratorProcessors()
	// A request that was due in the phase may have been sent late after it.
	s.late, s.host = hostDelay(&all.late, &all.stood, run.Resources, processors, p.StartNS, end)
	s.disturbed, s.touched = r.disturbed.within(p.StartNS, end), t.disturbed
	s.used, s.taken = processorShare(run.Resources, processors, p.StartNS, end)
	s.paused = overlap(r.pauses, p.StartNS, end)
	s.length = p.DurationNS
	s.periods = throttledPeriods(run.Resources, p.StartNS, end)
	return verdictOf(s)
}

// cpu returns the processor time used between two instants, as far as it was read at both.
func (r *recording) cpu(from, to time.Duration) runfile.CPU {
	at := func(t time.Duration) cpuReading {
		if i := slices.IndexFunc(r.readings, func(c cpuReading) bool { return c.at == t }); i >= 0 {
			return r.readings[i]
		}
		return cpuReading{}
	}
	a, b := at(from), at(to)
	return runfile.CPU{Generator: difference(a.generator, b.generator), Target: difference(a.target, b.target)}
}

func difference(from, to *time.Duration) *time.Duration {
	if from == nil || to == nil {
		return nil
	}
	d := max(*to-*from, 0)
	return &d
}

func (r *recording) recoveries(run *runfile.Run) {
	baseline := slices.IndexFunc(run.Phases, func(p runfile.Phase) bool { return p.Kind == profiles.Baseline })
	lastEnd := make([]time.Duration, len(r.timeline.counts))
	for i, c := range r.timeline.counts {
		lastEnd[i] = c.lastEnd
	}
	for i := range run.Phases {
		p := &run.Phases[i]
		if p.Kind != profiles.Spike {
			continue
		}
		from, until := p.StartNS+p.DurationNS, r.layout.length
		for _, later := range run.Phases[i+1:] {
			if later.Kind == profiles.Spike {
				until = later.StartNS
				break
			}
		}
		switch {
		case baseline < 0:
			p.Recovery = &runfile.Recovery{State: runfile.NotMeasurable, Reason: "the profile has no baseline phase"}
		case run.Interrupted:
			p.Recovery = &runfile.Recovery{State: runfile.NotMeasurable, Reason: "the run was interrupted"}
		default:
			p.Recovery = recovery(from, until, run.Phases[baseline], run.Intervals, lastEnd)
		}
	}
}

// endpointsIn returns what was counted of each endpoint in a phase, by class.
func (s *shard) endpointsIn(phase int, m *request.Mix) []runfile.Endpoint {
	var list []runfile.Endpoint
	for slot := range min(s.endpoints, runfile.MaxEndpoints+1) {
		name := m.Endpoints[slot].Name
		for _, class := range classes {
			d := s.details[s.detailOf(phase, slot, class)]
			if d == nil {
				continue
			}
			list = append(list, runfile.Endpoint{
				Name: name, Class: class, Count: d.count,
				ResponseTime: runfile.DistOf(&d.response, &d.responseBounds),
				ServiceTime:  runfile.DistOf(&d.service, &d.serviceBounds),
				TargetTime:   d.target.describe(),
			})
		}
	}
	return list
}
