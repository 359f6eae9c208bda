package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

// outcome is what became of a run, in one word.
type outcome int

const (
	carried     outcome = iota
	overloaded          // the target could not keep up
	failing             // kept up, but too many requests failed
	answered            // bench or its host was late for some requests; the target's own time of the others is known
	unmeasured          // bench or its host was late: the latencies are not the target's
	silent              // no request succeeded
	interrupted         // ended before its profile did, by hand or by its target
	aborted             // ended by a condition to abort on
	idle                // no request was due
)

// failingShare is the share of a phase's requests that, failed or lost, make a service that kept up one that did not
// carry the load.
const failingShare = 0.01

func (s subject) outcome() outcome {
	switch {
	case s.Abort() != nil:
		return aborted
	case s.Interrupted:
		return interrupted
	case s.due() == 0:
		return idle
	case s.Requests.Succeeded == 0:
		return silent
	case s.Verdict.Kind.Spoiled() && s.ownTime() != nil:
		return answered
	case s.Verdict.Kind.Spoiled():
		return unmeasured
	case s.Verdict.Kind == runfile.TargetLimited:
		return overloaded
	case s.lost() >= failingShare:
		return failing
	}
	return carried
}

func (s subject) due() uint64 {
	return max(s.Requests.Due, s.Requests.Succeeded+s.Requests.Failed)
}

// lost returns the share of what was due in the focus that failed or was never answered: of journeys, those not completed.
func (s subject) lost() float64 {
	if j := s.focus.AllJourneys(); j != nil && j.Arrived > 0 {
		return float64(j.Arrived-j.Completed) / float64(j.Arrived)
	}
	return lost(s.focus)
}

// lost returns the share of a phase's requests that failed or were never answered.
func lost(p *runfile.Phase) float64 {
	if p.Requests.Due == 0 {
		return 0
	}
	return float64(unanswered(p.Requests)) / float64(p.Requests.Due)
}

// task says what was asked of the service, as the object of "carried": "the spike", "100/s for 30 s".
func (s subject) task() string {
	switch {
	case s.closed():
		return fmt.Sprintf("its %d users", s.Plan.VUs)
	case s.focus.Kind == profiles.Spike:
		return "the spike"
	case s.focus.Kind == profiles.Step:
		return "every step up to " + units.Rate(s.rate(s.focus))
	case s.phase(profiles.Ramp) != nil:
		return "the ramp to " + units.Rate(s.highest())
	}
	return s.rateWords(s.focus) + " for " + units.Span(s.focus.DurationNS)
}

// highest returns the highest planned rate, of a phase measured or to be measured.
func (s subject) highest() float64 {
	rate := s.focus.Offered.Rate
	for _, p := range s.Plan.Phases {
		rate = max(rate, p.From, p.To)
	}
	return rate
}

// predicate says what the service did, to follow its name.
func (s subject) predicate() string {
	if text := s.journeyPredicate(); text != "" {
		return text
	}
	switch s.outcome() {
	case aborted:
		return "was aborted after " + s.elapsed() + ": " + s.abortion()
	case interrupted:
		return "was interrupted after " + s.elapsed()
	case idle:
		return "was sent nothing: no request was due"
	case silent:
		return fmt.Sprintf("answered none of %s%s", plural(s.due(), "request"), s.mostly())
	case unmeasured:
		return "was not measured: its latencies are bench's own"
	case answered:
		return s.ownAnswer()
	case overloaded:
		return s.overload()
	case failing:
		return fmt.Sprintf("kept up, but left %s of the requests of %s without success%s",
			units.Share(lost(s.focus)), s.focusName(), s.mostly())
	}
	return "carried " + s.task()
}

// overload says how the target fell behind.
func (s subject) overload() string {
	if base := s.phase(profiles.Baseline); base != nil && base.Verdict.Kind == runfile.TargetLimited {
		return fmt.Sprintf("was overloaded already at its baseline of %s: it %s", units.Rate(s.rate(base)), s.behind(base))
	}
	limited := s.limited()
	if limited != s.focus && s.focus.Kind == profiles.Spike {
		return fmt.Sprintf("carried the spike, but not %s: it %s", sentence(limited.Name), s.behind(limited))
	}
	switch {
	case s.closed():
		return fmt.Sprintf("kept %s waiting: %s", s.task(), s.behind(s.focus))
	case s.focus.Kind == profiles.Spike:
		served := fmt.Sprintf("served %s of %s,", units.Rate(s.focus.Served().Rate), units.Rate(s.rate(s.focus)))
		if caughtUp(s.focus) {
			served = servedLate
		}
		return fmt.Sprintf("could not carry the spike: it %s %s%s", served, s.behind(s.focus), s.recovering())
	case s.focus.Kind == profiles.Step:
		held := "could not hold the first step"
		if rate := s.rateBefore(limited); rate > 0 {
			held = "held " + units.Rate(rate)
		}
		return fmt.Sprintf("%s; at %s it %s %s", held, units.Rate(s.rate(limited)), servedOf(limited), s.behind(limited))
	case s.phase(profiles.Ramp) != nil:
		served := fmt.Sprintf("served at most %s and", units.Rate(s.mostServed()))
		if caughtUp(limited) {
			served = servedLate
		}
		return fmt.Sprintf("could not follow the ramp to %s: it %s %s", units.Rate(s.highest()), served, s.behind(limited))
	}
	return fmt.Sprintf("could not hold %s: it %s %s", units.Rate(s.rate(limited)), servedOf(limited), s.behind(limited))
}

// servedLate says of a target that fell behind that nothing was left unserved.
const servedLate = "served all of it in the end, but meanwhile"

// servedOf says how much of what was asked of it a target served, to be followed by how far it fell behind.
func servedOf(p *runfile.Phase) string {
	if caughtUp(p) {
		return servedLate
	}
	return "served " + units.Rate(p.Served().Rate) + " and"
}

// caughtUp reports whether a target served all that it was offered in a phase, as far as a rate shows, however late.
func caughtUp(p *runfile.Phase) bool {
	served, offered := p.Served().Rate, p.Offered.Rate
	return served >= offered || units.Rate(served) == units.Rate(offered)
}

// limited returns the phase that the run's verdict is about: the focus where that is limited itself or no phase is, else
// the first that is.
func (s subject) limited() *runfile.Phase {
	if s.focus.Kind != profiles.Step && s.focus.Verdict.Kind == runfile.TargetLimited {
		return s.focus
	}
	for i := range s.Phases {
		if p := &s.Phases[i]; p.Kind != profiles.Warmup && p.Verdict.Kind == runfile.TargetLimited {
			return p
		}
	}
	return s.focus
}

// rateBefore returns the highest rate of the phases before one; 0 where it is the first.
func (s subject) rateBefore(limit *runfile.Phase) float64 {
	rate := 0.0
	for i := range s.Phases {
		p := &s.Phases[i]
		if p == limit {
			break
		}
		if p.Kind != profiles.Warmup {
			rate = max(rate, s.rate(p))
		}
	}
	return rate
}

// mostServed returns the most requests that finished in one second.
func (s subject) mostServed() float64 {
	var most uint64
	for _, i := range s.Intervals {
		most = max(most, i.Finished)
	}
	return max(float64(most), s.focus.Achieved.Rate)
}

// behind says how late a phase's requests were at the worst.
func (s subject) behind(p *runfile.Phase) string {
	worst := s.peakP99(p)
	if p == s.focus && s.outcome() == answered {
		worst = s.ownTime().Quantile(0.99)
	}
	peak, atLeast := worst.Value, worst.AtLeast
	how := ""
	if atLeast {
		how = "at least "
	}
	if peak < time.Second {
		if atLeast {
			return "had a P99 of at least " + units.DurationLow(peak)
		}
		return "had a P99 of " + units.Duration(peak)
	}
	switch {
	case atLeast && peak < 2*time.Second:
		peak = peak.Truncate(100 * time.Millisecond)
	case atLeast: // what is only known to be more is not rounded up
		peak = peak.Truncate(time.Second)
	case peak >= 2*time.Second:
		peak = peak.Round(time.Second)
	}
	return "fell " + how + units.Span(peak) + " behind"
}

// atOnce is the shortest time to recover that there can be: its rule asks for three good seconds.
const atOnce = 3 * time.Second

// recovering says how the service came back from the spike, to follow another clause; nothing where it was not measured.
func (s subject) recovering() string {
	r := s.focus.Recovery
	switch {
	case r == nil:
		return ""
	case r.State == runfile.Recovered && r.AfterNS <= atOnce:
		return " and recovered at once" + s.askedLater()
	case r.State == runfile.Recovered:
		return " and recovered after " + units.Span(r.AfterNS) + s.askedLater()
	case r.State == runfile.NotRecovered:
		return " and had not recovered " + units.Span(r.AfterNS) + " later" + s.askedLater()
	}
	return ""
}

// mostly names the kind of the most frequent failure.
func (s subject) mostly() string {
	var most runfile.ErrorCount
	for _, e := range s.Errors {
		if e.Count > most.Count {
			most = e
		}
	}
	if kind := sentence(most.Kind); kind != "" {
		return " (most: " + kind + ")"
	}
	return ""
}

// abortion says which condition ended the run, with its figures.
func (s subject) abortion() string { return ended(s.Abort().Text) }

// elapsed says how much of its profile a run that ended early had behind it: its last phase ends where it was cut.
func (s subject) elapsed() string {
	var at, total time.Duration
	if n := len(s.Phases); n > 0 {
		at = s.Phases[n-1].StartNS + s.Phases[n-1].DurationNS
	}
	if e := s.Abort(); e != nil {
		at = e.AtNS
	}
	for _, p := range s.Plan.Phases {
		total += p.DurationNS
	}
	if at = at.Truncate(time.Millisecond); at > time.Second {
		at = at.Truncate(100 * time.Millisecond) // as much as Span shows, never more than there was
	}
	if total <= 0 || at > total {
		return units.Span(at)
	}
	return fmt.Sprintf("%s of %s", units.Span(at), units.Span(total))
}

// deciding returns the phase that the run's verdict comes from: of those that share it the one that asks most of the
// target, else the first; the focus where none does.
func (s subject) deciding() *runfile.Phase {
	if s.focus.Verdict.Kind != s.Verdict.Kind {
		for i := range s.Phases {
			if p := &s.Phases[i]; p.Kind != profiles.Warmup && p.Verdict.Kind == s.Verdict.Kind {
				return p
			}
		}
	}
	return s.focus
}

// evidence returns what the run's verdict rests on, in the words of the phase that decided it or else of the run itself.
// of names that phase where there are others.
func (s subject) evidence() (of string, sentences []string) {
	p := s.deciding()
	if p.Verdict.Kind != s.Verdict.Kind || len(p.Verdict.Evidence) == 0 {
		return "", s.Verdict.Evidence
	}
	if len(s.Phases) > 1 {
		of = name(p.Name)
	}
	return of, p.Verdict.Evidence
}

// ended trims what a sentence from elsewhere ends with, to go on after it.
func ended(s string) string { return strings.TrimRight(sentence(s), " .;:") }
