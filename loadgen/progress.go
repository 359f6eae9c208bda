package loadgen

import (
	"maps"
	"math"
	"sync/atomic"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// tellAfter is how long after a full second a run's progress is told: most of what was due in the second has an answer by then.
const tellAfter = 250 * time.Millisecond

// told is what a progress was made of; the next one tells the difference.
type told struct {
	at                time.Duration
	ok                uint64
	sampled           time.Duration // when the processor time was read
	generator, target *time.Duration
}

// ask has each shard hand over what it has counted, at its next sample, or no longer: what is handed over later would keep back what
// is to be judged at the next full second.
func (w *watch) ask(wanted bool) {
	for _, s := range w.shards {
		s.asked.Store(wanted)
	}
}

// state describes the run at an instant.
func (w *watch) state(now time.Duration) runfile.Progress {
	p := runfile.Progress{
		Target: w.plan.Target.Name, Elapsed: now, Total: w.layout.end(), Draining: now >= w.layout.lastDue(),
		Failures: maps.Clone(w.timeline.failures), Seconds: w.timeline.latest(w.shards, now, time.Duration(w.layout.cut.Load()), runfile.ProgressSeconds),
	}
	span := w.tellPhase(&p, now)
	p.PhaseElapsed, p.PhaseDuration = min(now, span.End)-span.Start, span.End-span.Start

	var sent, returned, ended, ok uint64
	for _, s := range w.shards {
		sent += s.sent.Load()
		returned += s.returned.Load()
		ok += s.ok.Load()
		p.Failed += s.failed.Load()
		ended += s.ended.Load()
	}
	// The counters are read one after the other while they grow, so differences may come out below zero.
	p.InFlight = sent - min(returned, sent)
	p.Journeys = w.inProgress()
	if w.timeline.schedule == nil {
		p.Most, p.Sent = w.plan.Limits.Requests, sent
	} else if p.Journeys == nil {
		due := w.schedule.Count(min(now, time.Duration(w.layout.cut.Load())))
		p.Waiting = due - min(sent+ended-returned, due)
	}
	last := p.Last()
	p.Offered = float64(last.Due)

	before := w.told
	w.told = told{at: now, ok: ok, sampled: w.sampled}
	w.told.generator, w.told.target = w.sampler.Used()
	p.Achieved = runfile.PerSecond(ok-before.ok, (now - before.at).Seconds())
	since := w.sampled - before.sampled
	p.BenchCPU = cpuSince(before.generator, w.told.generator, since, w.environment.GeneratorProcessors())
	p.TargetCPU = cpuSince(before.target, w.told.target, since, len(w.environment.TargetCPUs))

	w.tellLimits(&p, max(min(now, time.Duration(w.layout.cut.Load())).Truncate(time.Second)-time.Second, 0))
	return p
}

// tellPhase adds which phase an instant is of, or that journeys go on in the tail, and returns when that is.
func (w *watch) tellPhase(p *runfile.Progress, now time.Duration) profiles.Span {
	l := &w.layout
	if l.tail > 0 && now >= l.length && time.Duration(l.cut.Load()) == l.length {
		p.Phase, p.Kind = runfile.TailName, runfile.TailName
		return profiles.Span{Start: l.length, End: l.end()}
	}
	phase := l.phaseAt(min(now, l.length-1))
	p.Phase, p.Kind = w.plan.Profile.Phases[phase].Name, w.plan.Profile.Phases[phase].Kind
	return l.spans[phase]
}

func cpuSince(from, to *time.Duration, length time.Duration, of int) runfile.ProgressCPU {
	used := difference(from, to)
	if used == nil || length <= 0 {
		return runfile.ProgressCPU{}
	}
	return runfile.ProgressCPU{Known: true, Used: float64(*used) / float64(length), Of: of}
}

// tellLimits adds what the last second, which began at that instant, is to the thresholds of its phase, and the conditions.
func (w *watch) tellLimits(p *runfile.Progress, second time.Duration) {
	last, phase := p.Last(), w.layout.phaseAt(second)
	for _, t := range w.plan.Thresholds {
		scope, err := scopeOf(t, w.plan.Profile.Phases)
		if err != nil || phase >= len(scope) || !scope[phase] {
			continue
		}
		figure, known := last.Figure(t)
		if t.Metric == runfile.MetricRate && t.Endpoint == "" {
			figure, known = p.Achieved, true
		}
		if known {
			p.Limits = append(p.Limits, runfile.ProgressLimit{Threshold: t, Crossed: !t.Holds(figure)})
		}
	}
	for _, c := range w.conditions {
		p.Conditions = append(p.Conditions, runfile.ProgressCondition{
			Threshold: c.Threshold, Actual: c.found.Actual, AtLeast: c.found.AtLeast, Holds: c.found.Passed,
		})
	}
}

// latest returns what is known of the last whole seconds before now and before the cut, at most so many. It is to be called after
// what the shards counted has been collected.
func (t *timeline) latest(shards []*shard, now, cut time.Duration, most int) []runfile.ProgressSecond {
	whole := int(min(now, cut) / time.Second)
	if t.schedule != nil {
		whole = int(min(now, t.until) / time.Second)
	}
	first := max(0, whole-most)
	var due uint64 // until the end of the second
	for i := range t.counts[:min(first, len(t.counts))] {
		due += t.counts[i].due
	}
	ages := ages{timeline: t}
	if t.schedule != nil {
		ages.cursor = t.schedule.Cursor()
	}
	list := make([]runfile.ProgressSecond, 0, whole-first)
	for i := first; i < whole; i++ {
		c := &secondCounts{}
		if i < len(t.counts) {
			c = &t.counts[i]
		}
		due += c.due
		if i < t.sealed {
			d := &c.responseTime
			list = append(list, runfile.ProgressSecond{
				Due: max(c.due, c.ok+c.failed), OK: c.ok, Failed: c.failed, Samples: d.Count,
				P50: d.Quantile(0.50), P95: d.Quantile(0.95), P99: d.Quantile(0.99),
			})
			continue
		}
		o := t.open[i]
		if o == nil {
			o = &second{}
		}
		ended, handed := endedIn(shards, i)
		s := runfile.ProgressSecond{Due: max(c.due, ended), OK: o.ok, Failed: o.failed, Open: c.due - min(ended, c.due)}
		groups := uint64(1)
		if i >= whole-freshSeconds {
			groups = freshGroups
		}
		all := &t.told
		all.Reset()
		all.Add(&o.responseCensored)
		ages.bound(c, now, due, s.Open, groups)
		ages.bound(c, handed, due, ended-min(o.ok+o.failed, ended), groups)
		bounded, least := all.Count() > 0, all.Quantile(0)
		all.Add(&o.response)
		s.Samples = all.Count()
		values := all.Quantiles(0.50, 0.95, 0.99)
		for j, f := range []*runfile.Figure{&s.P50, &s.P95, &s.P99} {
			*f = runfile.Figure{Value: values[j], AtLeast: bounded && values[j] >= least, Missing: s.Samples == 0}
		}
		list = append(list, s)
	}
	return list
}

// The requests of the last freshSeconds are told apart by their least age in freshGroups groups; the older a second is, the less
// those differ.
const (
	freshSeconds = 3
	freshGroups  = 10
)

// ages records how old requests without an end are, among what a timeline tells of a second.
type ages struct {
	*timeline
	cursor *profiles.Cursor // nil in the closed model, where the ages are not known; it only goes forward, which costs the least
}

// bound records n requests of a second that had no end at an instant, at the least age that they can have had: as if they were the
// last of those that were due before number end, and each group as old as its youngest. What was not due yet is left out.
func (a *ages) bound(c *secondCounts, at time.Duration, end, n, groups uint64) {
	if a.cursor == nil {
		return
	}
	groups = min(groups, n)
	for g := range groups {
		from, to := n*g/groups, n*(g+1)/groups
		if age := at - a.intended(c, end-n+to-1, end); age > 0 {
			a.told.RecordN(age, int64(to-from))
		}
	}
}

// intended returns when a request of a second was due. The last of a second, before number end, is looked up once.
func (a *ages) intended(c *secondCounts, k, end uint64) (at time.Duration) {
	if k == end-1 && c.last > 0 {
		return c.last
	}
	a.cursor.Seek(k)
	_, at, _ = a.cursor.Next()
	if k == end-1 {
		c.last = at
	}
	return at
}

// endsBySecond counts the requests of the last seconds that came to an end, by the second in which they were intended. One
// goroutine counts, any may read.
type endsBySecond [runfile.ProgressSeconds + 4]struct {
	second atomic.Int64
	n      atomic.Uint64
}

func (e *endsBySecond) count(intended time.Duration) {
	second := int64(intended / time.Second)
	slot := &e[second%int64(len(e))]
	switch was := slot.second.Load(); {
	case second < was: // nobody looks at it any more
	case second > was:
		slot.n.Store(1)
		slot.second.Store(second)
	default:
		slot.n.Store(slot.n.Load() + 1)
	}
}

// endedIn returns how many requests that were intended in a second have come to an end, and an instant until which the shards have
// handed over all ends.
func endedIn(shards []*shard, second int) (n uint64, handed time.Duration) {
	handed = math.MaxInt64
	for _, s := range shards {
		if slot := &s.ends[second%len(s.ends)]; slot.second.Load() == int64(second) {
			n += slot.n.Load()
		}
		handed = min(handed, time.Duration(s.handed.Load()))
	}
	return n, handed
}
