package loadgen

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/journey"
	"github.com/seed-5a006608/bench/loadgen/nethttp"
	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/loadgen/wire"
	"github.com/seed-5a006608/bench/profiles"
)

// checkJourneys refuses what journeys do not go with.
func (p Plan) checkJourneys() error {
	switch {
	case len(p.Journeys) == 0:
		return nil
	case p.Order == runfile.Sequential:
		return errors.New("journeys are drawn by weight: leave out the order")
	}
	return nil
}

// ErrTooManyJourneys means that a plan has more journeys in progress at once than allowed.
var ErrTooManyJourneys = errors.New("journeys would be in progress at once")

// checkInProgress refuses a plan whose journeys would be too many at once for thinking alone.
func (j *Job) checkInProgress() error {
	if j.Plan.Closed != nil {
		return nil // as many as there are users
	}
	rate, think := j.Plan.Profile.PeakRate(), j.mix.MeanThink()
	if n := rate * think.Seconds(); n > float64(j.Plan.Limits.Journeys) {
		return fmt.Errorf("%s %w, for they think %s on average and %s/s arrive, and at most %s may be: lower the rate or the think times",
			units.Count(uint64(n)), ErrTooManyJourneys, units.Precise(think), units.ThreeDigits(rate), units.Count(uint64(j.Plan.Limits.Journeys)))
	}
	return nil
}

// journeyBytes is the memory of a journey in progress, in bytes, with some cookies and taken texts.
const journeyBytes = 8 << 10

// fewer lowers how many journeys may be in progress to what half of the free memory holds, where the plan says nothing of that, and
// says so.
func (j *Job) fewer(free uint64) []preflight.Finding {
	room := int(min(free/2/journeyBytes, DefaultJourneys))
	if j.mix.Journeys == nil || j.Plan.Closed != nil || !j.open || room == DefaultJourneys {
		return nil
	}
	j.Plan.Limits.Journeys = max(room, 1)
	findings := []preflight.Finding{{Text: fmt.Sprintf("at most %s journeys may be in progress, and not %s: %s of memory are free",
		units.Count(uint64(room)), units.Count(DefaultJourneys), units.Bytes(free))}}
	if err := j.checkInProgress(); err != nil {
		findings = append(findings, preflight.Finding{Text: err.Error(), Cause: err, Fatal: true, Usage: true})
	}
	return findings
}

// tailOf returns how long journeys go on at most after the profile that none waits for. Users begin theirs nobody knows when.
func (j *Job) tailOf(schedule *profiles.Schedule) time.Duration {
	if j.Plan.Closed != nil {
		return journey.MostThink(j.mix)
	}
	return journey.Tail(j.mix, schedule.Total(), schedule.At, schedule.Duration())
}

// Pace returns the pace of the plan's journeys; the zero value where there are none.
func (j *Job) Pace() journey.Pace {
	if j.mix.Journeys == nil {
		return journey.Pace{}
	}
	return journey.PaceOf(j.mix)
}

// AllRequests returns the plan's requests, or those of its journeys' steps.
func (p Plan) AllRequests() []request.Request {
	if len(p.Journeys) == 0 {
		return p.Requests
	}
	var list []request.Request
	for i := range p.Journeys {
		for n := range p.Journeys[i].Steps {
			list = append(list, p.Journeys[i].Steps[n].Request)
		}
	}
	return list
}

// keepJourneys makes an engine, or the i-th loop of one, go on from a journey's step to the next.
func (r *recording) keepJourneys(c *exchange.Config, i int) {
	asked := oracle{of: &r.disturbed}
	r.books[i] = journey.New(journey.Config{
		Mix: r.mix, Epoch: c.Epoch, Expect: r.plan.Expect, ReadBody: r.readBody(), Phases: r.layout.phases(), PhaseOf: r.layout.phaseAt,
		Disturbed: func(at time.Duration) (was, known bool) {
			if rule := r.disturbed.rule(); rule == nil || at >= r.shards[i].known()-rule.Window {
				return false, false
			}
			return asked.ask(at), true
		},
		AtOnce: portion(r.plan.Limits.Journeys, i, len(r.books)), Ended: r.arrived[i].ended,
	})
	c.Tail, c.Failure, c.KeepBody, c.FollowUp = r.layout.tail, r.books[i].Failure, r.books[i].Keep, r.books[i].FollowUp
}

// arrivedJourneys counts the journeys of one loop by the second in which they arrived.
type arrivedJourneys struct{ seconds []runfile.JourneyCounts }

func (a *arrivedJourneys) ended(at time.Duration, o journey.End) {
	i := int(at / time.Second)
	if more := i + 1 - len(a.seconds); more > 0 {
		a.seconds = append(a.seconds, make([]runfile.JourneyCounts, more)...)
	}
	c := &a.seconds[i]
	c.Arrived++
	switch o {
	case journey.Completed:
		c.Completed++
	case journey.Failed, journey.GivenUp:
		c.Failed++
	}
}

// intervals returns the seconds of the run, with the journeys that arrived in each.
func (r *recording) intervals() []runfile.Interval {
	list := r.timeline.intervals()
	for _, a := range r.arrived {
		for i := range a.seconds[:min(len(a.seconds), len(list))] {
			if list[i].Journeys == nil {
				list[i].Journeys = new(runfile.JourneyCounts)
			}
			list[i].Journeys.Add(&a.seconds[i])
		}
	}
	return list
}

// inProgress returns the number of journeys in progress; nil where each request is one exchange.
func (r *recording) inProgress() *uint64 {
	var n *uint64
	for _, b := range r.books {
		if b == nil {
			continue
		}
		if n == nil {
			n = new(uint64)
		}
		*n += uint64(b.InProgress())
	}
	return n
}

// bookOf returns the book of the i-th loop; nil: each request is one exchange.
func (r *recording) bookOf(i int) *journey.Book { return r.books[i] }

// step renders the next request of a journey.
func (s *httpSource) step(k uint64, intended time.Duration) (nethttp.Request, error) {
	sent, err := s.book.Send(k, intended)
	if err != nil {
		return nethttp.Request{}, err
	}
	c := &s.mix.Requests[sent.Part]
	u, err := c.URLOf(string(sent.Target))
	return nethttp.Request{Method: c.Method, URL: u, Header: sent.Header, Body: c.Body.AppendOf(nil, sent.Draw, s.epoch.Add(intended), sent.Texts)}, err
}

// step renders the next request of a journey.
func (s *wireSource) step(k uint64, intended time.Duration) (wire.Request, error) {
	sent, err := s.book.Send(k, intended)
	if err != nil {
		return wire.Request{}, err
	}
	c, w := &s.mix.Requests[sent.Part], &s.requests[sent.Part]
	r := wire.Request{Origin: c.Origin, Endpoint: sent.Part, Head: w.isHead, Idempotent: w.idempotent}
	s.body = c.Body.AppendOf(s.body[:0], sent.Draw, s.epoch.Add(intended), sent.Texts)
	if w.frames != nil {
		var header http.Header
		if !sent.Plain {
			header = sent.Header
		}
		s.target = append(s.target[:0], sent.Target...)
		return s.framed(r, c, header)
	}
	head := w.head
	if !sent.Plain {
		if head, err = wire.NewHead(c.Method, c.Host, w.connection(sent.Header)); err != nil {
			return r, err
		}
	}
	s.buffer, err = head.Append(s.buffer[:0], sent.Target, s.body)
	r.Bytes, r.Body = s.buffer, len(s.body)
	return r, err
}

// endJourneys ends what is in progress when the engine has ended, and counts those that no loop took.
func (r *recording) endJourneys(e *ending) {
	if r.mix.Journeys == nil {
		return
	}
	r.endNeverTaken(e)
	most, keptBack := 0, false
	for _, b := range r.books {
		b.Finish()
		most += b.Most()
		keptBack = keptBack || b.KeptBack()
	}
	if rows := r.mix.FewestRows(); rows > 0 && most > rows {
		r.note(fmt.Sprintf("%s journeys were in progress at once and a csv file has %s rows: some of them were the same user", units.Count(uint64(most)), units.Count(uint64(rows))))
	}
	r.tellLevel(e)
	if keptBack {
		r.note("a cookie is for https alone (Secure) and was not sent over http")
	}
}

// endNeverTaken counts the arrivals of a schedule that no loop took.
func (r *recording) endNeverTaken(e *ending) {
	if r.schedule == nil {
		return
	}
	cursor, loops := r.schedule.Cursor(), uint64(len(e.loops))
	cursor.Seek(e.next())
	for k, at, ok := cursor.Next(); ok && at < e.cut; k, at, ok = cursor.Next() {
		if k >= e.loops[k%loops].next {
			x := e.loops[k%loops].neverSent(at, e.at)
			x.K = k
			r.books[0].Unstarted(&x)
		}
	}
}

// tellLevel notes from when on the load was level, where what is measured of steady arrivals begins before. Journeys ask for all that
// they ask for only when the first of them are at their last steps.
func (r *recording) tellLevel(e *ending) {
	if r.schedule == nil {
		return
	}
	level := journey.Level(r.books)
	from := r.measuredFrom()
	if level < time.Second || from >= level || e.cut < r.layout.length || from >= r.layout.length {
		return
	}
	if p := r.plan.Profile.Phases[r.layout.phaseAt(from)]; p.From != p.To {
		return
	}
	warmUp := (level + time.Second - 1).Truncate(time.Second)
	if level >= r.layout.length {
		r.note(fmt.Sprintf("the load was never level, for journeys ask for more and more as they go on: with a warm-up of %s it is from the start", warmUp))
		return
	}
	r.note(fmt.Sprintf("the load was level from %s on, when journeys had come to their last steps: with a warm-up of %s it is from the start", units.Precise(level), warmUp))
}

func (r *recording) note(text string) {
	r.environment.Notes = append(r.environment.Notes, text)
}

// journeysOf returns the outcomes of the journeys that arrived in a phase.
func (r *recording) journeysOf(phase int) (list []runfile.Journey) {
	if r.mix.Journeys == nil {
		return nil
	}
	counts := journey.Counted(r.books, phase)
	for i := range counts {
		c := &counts[i]
		j := runfile.Journey{
			Name: r.mix.Journeys[i].Name, Arrived: c.Arrived(), Completed: c.Completed, Failed: c.Failed, Unfinished: c.Unfinished, Unstarted: c.Unstarted, DueLater: c.Later,
			Time: runfile.DistOf(&c.Time, &c.TimeBounds), TargetTime: runfile.DistOf(&c.Target, &c.TargetBounds),
		}
		if undisturbed := runfile.DistOf(&c.Undisturbed, &c.UndisturbedBounds); undisturbed.Count != j.TargetTime.Count {
			j.Undisturbed = &undisturbed
		}
		if c.LagAtAnswers.Count() > 0 {
			lag := runfile.DistOf(&c.LagAtAnswers, nil)
			j.LagAtAnswers = &lag
		}
		for n := range c.Steps {
			s := &c.Steps[n]
			j.Steps = append(j.Steps, runfile.JourneyStep{
				Name: r.mix.Journeys[i].Steps[n].Name, Asked: s.Asked, LeftOut: s.LeftOut, Stopped: s.Stopped,
				SinceArrival: runfile.DistOf(&s.Since, &s.SinceBounds),
			})
		}
		list = append(list, j)
	}
	return list
}

// tellTail tells of the steps that were due after the phases.
func (r *recording) tellTail(run *runfile.Run, all *shard, e *ending) {
	if r.layout.tailPhase == 0 {
		return
	}
	t := &all.phases[r.layout.tailPhase]
	if q := t.requests(); q.Due == 0 {
		return
	}
	p := runfile.Phase{
		Name: runfile.TailName, Kind: runfile.TailName, StartNS: r.layout.length, DurationNS: max(e.at-r.layout.length, 1),
		Verdict: runfile.Verdict{Kind: runfile.Valid, Evidence: []string{}}, Endpoints: all.endpointsIn(r.layout.tailPhase, r.mix),
	}
	t.phase(&p)
	run.Tail = &p
	run.Requests = runfile.AddRequests(run.Requests, p.Requests)
}

// behind returns a backlog at an instant as a time. How many journeys are in progress is no part of it.
func (r *recording) behind(at time.Duration, unfinished uint64) time.Duration {
	if r.mix.Journeys == nil {
		return behind(r.schedule, at, unfinished)
	}
	return journey.Behind(r.books, at, unfinished)
}

// The bounds of what is asked together after a stall.
const (
	togetherFactor = 1.5 // times what was asked a second before it
	togetherSoon   = 5   // longest time from a stall to the requests together, in seconds
)

// tellTogether adds to stalls what journeys asked together after them: their next steps are due when answers are there, and then come the
// answers of all who waited at once.
func (r *recording) tellTogether(stalls []runfile.Event, intervals []runfile.Interval) {
	if r.mix.Journeys == nil {
		return
	}
	for i := range stalls {
		e := &stalls[i]
		last := min(int(e.AtNS/time.Second), len(intervals)) - 1
		if last < 0 {
			continue
		}
		usual := max(intervals[last].Sent, 1)
		var most uint64
		seconds, first := 0, int((e.AtNS+e.DurationNS)/time.Second)
		for n := first; n < len(intervals) && (seconds > 0 || n < first+togetherSoon); n++ {
			together := float64(intervals[n].Sent) > togetherFactor*float64(usual)
			if !together && seconds > 0 {
				break
			}
			if together {
				seconds, most = seconds+1, max(most, intervals[n].Sent)
			}
		}
		if seconds > 0 {
			e.Text += fmt.Sprintf(", then journeys asked together: up to %s/s for %d s, %s/s before", units.Count(most), seconds, units.Count(usual))
		}
	}
}

// previewedJourneys is how many journeys are shown.
const previewedJourneys = 3

// previewJourneys adds the first journeys to a preview, each with the steps that it has if nothing ends it, as if answers took no time.
func (r *recording) previewJourneys(v *runfile.Preview, now time.Time) error {
	v.Tail, v.PerArrival = r.layout.tail, r.mix.PerJourney()
	var cursor *profiles.Cursor
	if r.schedule != nil {
		cursor = r.schedule.Cursor()
	}
	for k := range uint64(previewedJourneys) {
		var at time.Duration
		if cursor != nil {
			var ok bool
			if _, at, ok = cursor.Next(); !ok {
				break
			}
		}
		j := &r.mix.Journeys[r.mix.Journey(k)]
		for n := range j.Steps {
			if j.Steps[n].Asked(k) == 0 {
				continue
			}
			at += j.Steps[n].Think(k, 0)
			v.First = append(v.First, previewPart(r.mix, j.Steps[n].Part, k, at, now.Add(at)))
		}
	}
	return nil
}
