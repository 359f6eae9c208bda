package loadgen

import (
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
)

// The bounds of the verdict.
const (
	lateShare    = 0.01 // of a phase in which bench could have sent and did not: from there on its P99 is bench's own
	lagShare     = 0.1  // in the closed model, which has no schedule to be late by: of the response P99, lag P99 above it is late
	hostShare    = 0.5  // of the late time, this share spent waiting for the host makes it the host's
	longWait     = time.Millisecond
	connectShare = 0.1  // connecting P99 above this share of the response P99 is the target's, where connections are kept
	saturated    = 0.95 // of bench's processors, used by it or taken from it: it had nothing left
	heldShare    = 0.25 // of a phase: late for so long, bench held the slots that others waited for
)

// symptoms are the figures behind a phase's verdict.
type symptoms struct {
	totals    *totals
	response  time.Duration // P99, censored included
	backlog   *backlogTrend // nil in the closed model, which has none
	anew      bool          // a connection is opened for each request
	failure   string        // the kind of most failures of a run without a success
	fullTilt  bool          // closed without think time: as fast as it goes was asked for
	disturbed time.Duration // in which bench could have sent and did not, by the run's rule
	touched   uint64        // requests that this disturbed
	late      time.Duration // in which some request could have been sent and was not, in the windows that hold such time
	host      hostDelays    // for which the host kept bench from running, in those windows
	used      float64       // share of its processors that bench used in the phase (0-1)
	taken     float64       // share that it wanted and others had
	paused    time.Duration // in which bench did not run at all
	length    time.Duration // of the phase
	periods   uint64        // in which bench's control group throttled it
}

// verdictOf decides what limited a phase. The order decides: what bench or its host did late spoils what is measured of the
// target.
func verdictOf(s symptoms) runfile.Verdict {
	if s.paused > 0 && float64(s.paused) > pausedShare*float64(s.length) {
		evidence := fmt.Sprintf("bench itself did not run for %s of %s: it was stopped, or its machine was", units.Precise(s.paused), units.Precise(s.length))
		return runfile.Verdict{Kind: runfile.HostLimited, Evidence: append([]string{evidence}, s.throttling()...)}
	}
	if evidence := s.totals.exhausted(); evidence != nil {
		return runfile.Verdict{Kind: runfile.GeneratorLimited, Evidence: evidence}
	}
	failing := s.totals.failing(s.failure)
	if failing != "" && s.totals.barred() {
		return runfile.Verdict{Kind: runfile.Valid, Evidence: []string{failing}}
	}
	wait, lag := s.totals.wayToTheWire()
	lagP99, waitP99 := lag.Quantile(0.99), wait.Quantile(0.99)
	slow := s.backlog == nil && lagP99 > lateAfter && float64(lagP99) > lagShare*float64(s.response)
	disturbed := float64(s.disturbed) > lateShare*float64(s.length)
	unsent := float64(s.totals.freeSent) < runfile.SentShare*float64(s.totals.free)
	if (slow || disturbed || unsent) && !s.fullTilt {
		evidence := []string{fmt.Sprintf("lag P99 %s of a response P99 of %s", units.Precise(lagP99), units.Precise(s.response))}
		if disturbed {
			evidence = append(evidence, fmt.Sprintf("bench could have sent and did not for %s of %s, which disturbed %s of %s requests",
				units.Precise(s.disturbed), units.Precise(s.length), units.Count(s.touched), units.Count(s.totals.requests().Due)))
		}
		if unsent {
			evidence = append(evidence, fmt.Sprintf("of %s requests due with a free slot, %s were sent", units.Count(s.totals.free), units.Count(s.totals.freeSent)))
		}
		return runfile.Verdict{Kind: s.lateness(), Evidence: append(append(evidence, s.lateFor()), s.throttling()...)}
	}
	var evidence []string
	slot, connecting := s.totals.waits(0.99)
	switch {
	case slot > longWait:
		evidence = append(evidence, fmt.Sprintf("requests waited for the target: wait P99 %s", units.Precise(waitP99)))
	case !s.anew && failing == "" && connecting > longWait && float64(connecting) > connectShare*float64(s.response):
		evidence = append(evidence, fmt.Sprintf("requests waited for a connection: P99 %s of a response P99 of %s", units.Precise(connecting), units.Precise(s.response)))
	}
	if s.backlog != nil {
		if text, grew := s.backlog.grew(); grew {
			evidence = append(evidence, text)
		}
	}
	if len(evidence) > 0 {
		if failing != "" {
			evidence = append([]string{failing}, evidence...)
		}
		if s.used > 0 {
			evidence = append(evidence, fmt.Sprintf("bench used %s %% of its processors and wanted %s %% more", units.ThreeDigits(s.used*100), units.ThreeDigits(s.taken*100)))
		}
		if s.heldSlots() {
			evidence = append(evidence, s.lateFor())
		}
		evidence = append(evidence, s.throttling()...)
		return runfile.Verdict{Kind: s.waitedFor(), Evidence: append(evidence, "lag P99 "+units.Precise(lagP99))}
	}
	if failing != "" {
		evidence = append(evidence, failing)
	}
	evidence = append(evidence, "lag P99 "+units.Precise(lagP99), "wait P99 "+units.Precise(waitP99)+s.totals.opened(connecting))
	if s.backlog != nil {
		evidence = append(evidence, s.backlog.words())
	}
	return runfile.Verdict{Kind: runfile.Valid, Evidence: evidence}
}

// failing says that every request failed, by which kind if one is named; "" where some did not.
func (t *totals) failing(kind string) string {
	q := t.requests()
	switch {
	case q.Failed == 0 || q.Failed < q.Due:
		return ""
	case kind == "":
		return fmt.Sprintf("all %s requests failed", units.Count(q.Due))
	}
	return fmt.Sprintf("all %s requests failed (most: %s)", units.Count(q.Due), kind)
}

// barred reports whether no request could be sent, and none was kept waiting for that until it had taken too long: then
// nothing was asked of the target, and nothing limited it.
func (t *totals) barred() bool { return t.sent == 0 && t.responseCensored.Count() == 0 }

// waits returns how long requests waited for a slot, and for a connection when they had one, at a quantile (0-1).
func (t *totals) waits(q float64) (slot, connecting time.Duration) {
	due := t.requests().Due
	return t.slotWait.QuantileAmong(due, q), t.connecting.QuantileAmong(due, q)
}

// opened tells of the connections that were opened, where requests waited for them so long; nothing where they did not.
func (t *totals) opened(connecting time.Duration) string {
	if n := t.connect.Count(); n > 0 && connecting > longWait {
		return fmt.Sprintf(": %s connections were opened, in %s (P99)", units.Count(n), units.Precise(t.connect.Quantile(0.99)))
	}
	return ""
}

// exhausted names the resources that bench ran out of; nil: it had enough. After that the load was not the planned one, whatever
// the other figures say.
func (t *totals) exhausted() []string {
	var evidence []string
	for _, lack := range []struct {
		requests uint64
		of       string
	}{{t.noDescriptor, "file descriptors"}, {t.noPort, "local ports"}, {t.noRoom, "room for journeys in progress"}} {
		if lack.requests > 0 {
			evidence = append(evidence, fmt.Sprintf("bench ran out of %s, so %s of %s requests were not sent",
				lack.of, units.Count(lack.requests), units.Count(t.requests().Due)))
		}
	}
	return evidence
}

// lateFor says for how long bench was late, and what the host did meanwhile.
func (s symptoms) lateFor() string {
	return fmt.Sprintf("bench was late for %s; in those seconds the host kept its threads waiting for %s%s", units.Precise(s.late), units.Precise(s.host.sum()), s.host)
}

// throttling says how often bench's control group held it back, nothing if never.
func (s symptoms) throttling() []string {
	if s.periods == 0 {
		return nil
	}
	return []string{fmt.Sprintf("its control group throttled bench in %s periods", units.Count(s.periods))}
}

// lateness says whether bench or its host was the cause of its lateness.
func (s symptoms) lateness() runfile.VerdictKind {
	if host := s.host.sum(); host > 0 && float64(host) >= hostShare*float64(s.late) {
		return runfile.HostLimited
	}
	return runfile.GeneratorLimited
}

// heldSlots reports whether bench was late for so much of the phase that the slots it held meanwhile are what others waited
// for. A request waits for a slot, and of those that have one each may be late by less than the whole queue waits.
func (s symptoms) heldSlots() bool {
	return !s.fullTilt && s.length > 0 && float64(s.late) >= heldShare*float64(s.length)
}

// waitedFor says whose doing it is that requests waited: the target's, unless bench held the slots itself, or had no
// processor left to send and to read with. Answers that lie unread keep their slots busy, and look like a slow target.
func (s symptoms) waitedFor() runfile.VerdictKind {
	switch {
	case s.heldSlots():
		return s.lateness()
	case s.fullTilt || s.used+s.taken < saturated:
		return runfile.TargetLimited
	case s.taken >= hostShare:
		return runfile.HostLimited
	default:
		return runfile.GeneratorLimited
	}
}

// wayToTheWire returns how long the requests waited for the target and for bench, whatever became of them after.
func (t *totals) wayToTheWire() (wait, lag *runfile.Histogram) {
	wait, lag = &runfile.Histogram{Digits: runfile.TotalDigits}, &runfile.Histogram{Digits: runfile.TotalDigits}
	for _, h := range []*runfile.Histogram{&t.wait, &t.waitCensored, &t.failedWait} {
		wait.Add(h)
	}
	for _, h := range []*runfile.Histogram{&t.lag, &t.lagCensored, &t.failedLag} {
		lag.Add(h)
	}
	return wait, lag
}

// worst returns the verdict of a run: that of its worst phase, the warm-up not counted. Its evidence names the phases
// that share it.
func worst(phases []runfile.Phase) runfile.Verdict {
	w := runfile.Verdict{Kind: runfile.Valid, Evidence: []string{"no phase but warm-up"}}
	first := true
	for _, p := range phases {
		if p.Kind == "warmup" {
			continue
		}
		rank, have := slices.Index(runfile.Severity, p.Verdict.Kind), slices.Index(runfile.Severity, w.Kind)
		switch {
		case first || rank < have:
			w = runfile.Verdict{Kind: p.Verdict.Kind}
			fallthrough
		case rank == have:
			for _, e := range p.Verdict.Evidence {
				w.Evidence = append(w.Evidence, p.Name+": "+e)
			}
		}
		first = false
	}
	return w
}

// processorShare returns the shares of bench's processors that it used within [from, to), and that it wanted and others
// had. See [hostDelay] for the run queue.
func processorShare(r runfile.Resources, processors int, from, to time.Duration) (used, taken float64) {
	var window, cpu, queue, previous time.Duration
	for i, g := range r.Generator {
		length := time.Duration(processors) * (g.AtNS - previous)
		if middle := (previous + g.AtNS) / 2; middle >= from && middle < to {
			window += length
			cpu += g.CPUNS
			lost := g.RunDelayNS
			if i < len(r.Host) {
				lost += r.Host[i].ThrottledNS
			}
			queue += min(lost, max(0, length-g.CPUNS))
		}
		previous = g.AtNS
	}
	if window <= 0 {
		return 0, 0
	}
	return float64(cpu) / float64(window), float64(queue) / float64(window)
}

// throttledPeriods returns in how many periods bench's control group held it back within [from, to).
func throttledPeriods(r runfile.Resources, from, to time.Duration) (periods uint64) {
	for _, h := range r.Host {
		if h.AtNS > from && h.AtNS <= to {
			periods += h.ThrottledPeriods
		}
	}
	return periods
}

// hostDelay returns, for the windows between resource samples in which bench was late within [from, to), how long it
// was late and for how long the host kept its threads from running: their waiting for a processor that others had,
// the hypervisor's steal, throttling by the control group, and what is left of the times in which a loop did not run, though
// it was to be woken or in the middle of microseconds of work: a pause that nothing in this system accounts for. Threads that wait for each other are bench's own doing:
// their run-queue delay counts only as far as bench left the processors to others. The three overlap where a thread
// waited on a processor that was stolen or throttled, so their sum is an upper bound.
func hostDelay(late, stood *lateness, r runfile.Resources, processors int, from, to time.Duration) (lateFor time.Duration, host hostDelays) {
	var previous time.Duration
	for i, g := range r.Generator {
		lo, hi := max(previous, from), min(g.AtNS, to)
		window := g.AtNS - previous
		previous = g.AtNS
		if hi <= lo || window <= 0 {
			continue
		}
		l := late.within(lo, hi)
		if l == 0 {
			continue
		}
		lateFor += l
		left := max(0, time.Duration(processors)*window-g.CPUNS)
		w := hostDelays{queue: min(g.RunDelayNS, left)}
		if i < len(r.Host) {
			w.steal, w.throttled = r.Host[i].StealNS, r.Host[i].ThrottledNS
		}
		w.unexplained = max(0, min(stood.within(lo, hi), l, left)-w.sum())
		host.add(w)
	}
	if rest := late.within(from, to); rest > lateFor {
		lateFor = rest // late where nothing was sampled
	}
	return lateFor, host
}

// hostDelays is what kept bench from running, by cause.
type hostDelays struct{ queue, steal, throttled, unexplained time.Duration }

func (h hostDelays) sum() time.Duration { return h.queue + h.steal + h.throttled + h.unexplained }

func (h *hostDelays) add(o hostDelays) {
	h.queue += o.queue
	h.steal += o.steal
	h.throttled += o.throttled
	h.unexplained += o.unexplained
}

func (h hostDelays) String() string {
	text := fmt.Sprintf(" (run queue %s, steal %s, throttled %s)", units.Precise(h.queue), units.Precise(h.steal), units.Precise(h.throttled))
	if h.unexplained > 0 {
		text += fmt.Sprintf("; this machine paused for %s of it, and nothing in it explains that", units.Precise(h.unexplained))
	}
	return text
}
