package loadgen

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/seed-5a006608/bench/loadgen/consistency"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

// condition is a threshold that is judged while the run goes on, and what was counted for it.
type condition struct {
	runfile.Threshold
	seconds      []bool        // whether it is about second i of the run
	runfile.Part               // due: the requests that came to an end
	undisturbed  targetTimes   // of them
	from, to     time.Duration // the judged part of the run, in full seconds
	found        runfile.ThresholdResult
}

// newConditions prepares the conditions of a plan. One that could never be judged is an error.
func newConditions(p Plan) ([]*condition, error) {
	var list []*condition
	for _, t := range p.Abort.On {
		c := &condition{Threshold: t, undisturbed: newTargetTimes(runfile.DetailDigits), Part: runfile.Part{OK: &runfile.Histogram{Digits: runfile.DetailDigits}, Censored: &runfile.Histogram{Digits: runfile.DetailDigits}}}
		scope, err := scopeOf(t, p.Profile.Phases)
		if err != nil {
			return nil, err
		}
		for at := time.Duration(0); at < p.Profile.Duration(); at += time.Second {
			about, start := at >= p.Abort.Grace, time.Duration(0)
			for i, ph := range p.Profile.Phases {
				end := start + ph.Duration
				about = about && (scope[i] || end <= at || start >= at+time.Second)
				start = end
			}
			c.seconds = append(c.seconds, about)
		}
		// What is judged is judged at the end of a second, and to end the run then there must be more of it.
		if i := slices.Index(c.seconds, true); i < 0 || i == len(c.seconds)-1 {
			return nil, fmt.Errorf("condition %s: it would never be judged: the run has no whole second for it after the grace of %v", strconv.Quote(runfile.Excerpt(t.Text)), p.Abort.Grace)
		}
		list = append(list, c)
	}
	return list, nil
}

// scopeOf tells which phases a threshold is about.
func scopeOf(t runfile.Threshold, phases []profiles.Phase) ([]bool, error) {
	scope, names := make([]bool, len(phases)), []string{}
	named := slices.ContainsFunc(phases, func(p profiles.Phase) bool { return p.Name == t.Phase })
	for i, p := range phases {
		names = append(names, p.Name)
		switch {
		case t.Phase == "":
			scope[i] = p.Kind != profiles.Warmup
		case named:
			scope[i] = p.Name == t.Phase
		default:
			scope[i] = string(p.Kind) == t.Phase
		}
	}
	if t.Phase != "" && !slices.Contains(scope, true) {
		return nil, fmt.Errorf("condition %s: the profile has no phase %q, by name or kind: it has %s", strconv.Quote(runfile.Excerpt(t.Text)), t.Phase, units.Listed(names))
	}
	return scope, nil
}

func (c *condition) about(second int) bool { return second < len(c.seconds) && c.seconds[second] }

// take adds what a second has counted.
func (c *condition) take(index int, s *second) {
	if !c.about(index) {
		return
	}
	c.Due += s.ok + s.failed
	c.Succeeded += s.ok
	c.Cache.Hits += s.hits
	c.Cache.Misses += s.misses
	if c.OfStale() {
		return
	}
	ok, bounds := &s.response, &s.responseCensored
	if c.Duration == "service" {
		ok, bounds = &s.service, &s.serviceCensored
	}
	c.OK.Add(ok)
	c.Censored.Add(bounds)
	c.undisturbed.add(&s.target)
}

// takeJudged adds a read that was judged by its version.
func (c *condition) takeJudged(index int, j *consistency.Judgement) {
	if !c.OfStale() || !c.about(index) {
		return
	}
	c.Consistency.Reads++
	if j.Kind != consistency.Stale {
		return
	}
	c.Consistency.Stale++
	if j.AtLeast {
		c.Censored.Record(j.Age)
	} else {
		c.OK.Record(j.Age)
	}
}

// pass adds the time between two instants at full seconds, and the requests that succeeded in it by the clock.
func (c *condition) pass(from, to time.Duration, succeeded uint64) {
	for i := from / time.Second; i < to/time.Second; i++ {
		if !c.about(int(i)) {
			return
		}
	}
	if c.Length == 0 {
		c.from = from
	}
	c.to = to
	c.Length += to - from
	c.Served += succeeded
}

// waiting is a number of requests that are due and have had no answer, and the least age of them.
type waiting struct {
	second int
	count  uint64
	age    time.Duration
}

// judge returns a sentence with the figures if the condition is true. Requests without an answer so far count by their age among
// the response times, so that a service that hangs is found before its requests time out; they do not count among the target
// times, as bench's own lateness may be the cause.
func (c *condition) judge(outstanding []waiting, late bool) (sentence string, holds bool) {
	if c.Length == 0 {
		return "", false
	}
	now := c.Part
	now.Censored = &runfile.Histogram{Digits: runfile.DetailDigits}
	now.Censored.Add(c.Censored)
	bounds := &runfile.Histogram{Digits: runfile.DetailDigits}
	bounds.Add(&c.undisturbed.parts[0].bounds)
	for _, w := range outstanding {
		if c.Duration == "response" && c.about(w.second) && w.age > 0 {
			now.Censored.RecordN(w.age, int64(w.count))
			if !late {
				bounds.RecordN(w.age, int64(w.count))
			}
		}
	}
	now.Dist = runfile.SummaryOf(now.OK, now.Censored)
	if c.OfResponse() {
		target := runfile.SummaryOf(&c.undisturbed.parts[0].ok, bounds)
		now.Target = &target
	}
	if c.OfStale() && now.Consistency.Reads == 0 || c.Missing(&now) != "" ||
		c.Metric != runfile.MetricRate && c.Metric != runfile.MetricOrigin && now.Due == 0 && now.Dist.Count == 0 {
		return "", false
	}
	c.found = c.JudgePart(&now)
	return c.found.Sentence, c.found.Passed && c.enough(&now)
}

// enough reports whether what was counted may end a run.
func (c *condition) enough(p *runfile.Part) bool {
	switch {
	case c.Metric == runfile.MetricRate:
		return c.Limit*p.Length.Seconds() >= runfile.Fewest
	case c.Metric == runfile.MetricErrors:
		return p.Due >= runfile.Fewest
	case c.Metric == runfile.MetricHits:
		return p.Cache.Hits+p.Cache.Misses >= runfile.Fewest
	case c.Metric == runfile.MetricOrigin:
		return !c.found.Undecided && (c.Upper() || p.Origin.Statements >= runfile.Fewest)
	case c.Metric == runfile.MetricStale:
		return p.Consistency.Reads >= runfile.Fewest
	case c.Metric == runfile.MetricPercentile && !c.Upper():
		d := &p.Dist
		if p.Target != nil {
			d = p.Target
		}
		return math.Round(d.ShareAbove(time.Duration(c.Limit))*float64(d.Count)) >= runfile.Fewest
	default:
		return p.Dist.Count >= runfile.Fewest
	}
}

// judgeAbort judges the conditions at a full second until one is true, which it keeps as an event.
func (r *recording) judgeAbort(now time.Duration) {
	var succeeded uint64
	for _, s := range r.shards {
		succeeded += s.ok.Load()
	}
	for _, c := range r.conditions {
		c.pass(r.judgedAt, now, succeeded-r.judgedOK)
	}
	r.judgedAt, r.judgedOK = now, succeeded
	// Once nothing more is sent there is nothing to end.
	if r.aborted || now >= time.Duration(r.layout.cut.Load()) {
		return
	}
	outstanding := r.timeline.outstanding(now, r.shards)
	late := slices.ContainsFunc(r.shards, func(s *shard) bool { return s.lateness.being.Load() })
	for _, c := range r.conditions {
		c.Origin = r.origin.within(c.from, c.to)
		if sentence, holds := c.judge(outstanding, late); holds {
			r.aborted = true
			r.events = append(r.events, runfile.Event{
				Kind: runfile.EventAbort, AtNS: now,
				Text: fmt.Sprintf("%s: %s, from %d s to %d s", c.Text, sentence, c.from/time.Second, c.to/time.Second),
			})
			return
		}
	}
}

// Abort ends a run early when one of its conditions is true. The zero value ends no run.
//
// A condition is judged about once a second, over the whole seconds so far that lie within its phases (without a phase: all but
// the warm-up) and not within the grace, so that a cold start ends nothing. Durations and errors belong to the second in which
// their request was intended. It takes ten requests to end a run, of a percentile ten above its limit, and of a rate as much time
// as ten requests take at the limit: one slow answer ends nothing.
type Abort struct {
	On    []runfile.Threshold // any of them ends the run when it is true
	Grace time.Duration       // since the start of the run
}

// DefaultGrace returns the default grace for a run of that length: 10 s, but at most a third of the run.
func DefaultGrace(length time.Duration) time.Duration {
	return min(10*time.Second, (length / 3).Truncate(time.Second))
}

// maxConditions bounds the conditions of a run: each keeps histograms of its own.
const maxConditions = 100

func (a Abort) validate() error {
	switch {
	case len(a.On) > maxConditions:
		return fmt.Errorf("%d conditions to abort on: at most %d are judged", len(a.On), maxConditions)
	case a.Grace < 0:
		return fmt.Errorf("the grace before a run is aborted must not be below 0, got %v", a.Grace)
	}
	return nil
}
