package report

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

// The margins within which a spike shows what a cache does, in processors' worth of work per processor of the target:
// the spike must overload the uncached service whatever the chance of the day, and may load neither the cached one nor
// the baseline.
const (
	overloadMargin = 3.0
	easyMargin     = 0.3
)

// Margins is the arithmetic behind the lesson of a [CachePair]: with the cost c of one uncached request in processor
// time, the work that arrives is rate × c, in processors. Only where it is far from the processors that there are, on the
// expected side, is the outcome the cache's doing and not luck. A request costs more in a calm, when caches of the
// processor are cold and what the process does anyhow is shared by few, so each cost is that of the phase it is used for.
type Margins struct {
	Cost       time.Duration // c in the spike: the uncached target's processor time per request
	CalmCost   time.Duration // c in the baseline
	Processors int           // the target's
	Peak       float64       // offered in the spike, requests/s
	Baseline   float64       // offered in the baseline, requests/s
	MissRatio  float64       // of the cached run in its spike, after warm-up, 0-1
	Unknown    string        // the missing measurement; "": nothing is missing
}

// Lesson takes the margins from the runs of a pair, both driven by a profile with a spike and a baseline.
func Lesson(cached, uncached *runfile.Run) Margins {
	if cached == nil || uncached == nil {
		return Margins{Unknown: "one of the runs"}
	}
	c, u := subject{Run: cached, focus: Focus(cached)}, subject{Run: uncached, focus: Focus(uncached)}
	base := u.phase(profiles.Baseline)
	m := Margins{Processors: targetProcessors(&uncached.Environment), Peak: u.rate(u.focus)}
	marks := float64(c.focus.Cache.Hits) + float64(c.focus.Cache.Misses)
	switch {
	case u.focus.Kind != profiles.Spike || c.focus.Kind != profiles.Spike:
		m.Unknown = "a spike"
	case base == nil || base.Achieved.Count == 0 || u.focus.Achieved.Count == 0:
		m.Unknown = "a baseline of the uncached target"
	case costOf(base) <= 0 || costOf(u.focus) <= 0:
		m.Unknown = "the processor time of the uncached target"
	case m.Processors <= 0:
		m.Unknown = "the number of the target's processors"
	case marks == 0:
		m.Unknown = "the hit ratio of the cached target"
	default:
		m.Baseline = u.rate(base)
		m.Cost, m.CalmCost = costOf(u.focus), costOf(base)
		m.MissRatio = float64(c.focus.Cache.Misses) / marks
	}
	if m.Unknown == "" && !(sane(m.Peak) && sane(m.Baseline)) {
		m.Unknown = "the cost of a request"
	}
	return m
}

// costOf is the target's processor time per request of a phase, 0 where it is not known. Both are counted by the clock:
// processor time spent in the phase, requests finished in it.
func costOf(p *runfile.Phase) time.Duration {
	if p.CPU.Target == nil {
		return 0
	}
	return time.Duration(float64(*p.CPU.Target) / float64(p.Achieved.Count))
}

func sane(rate float64) bool { return rate > 0 && !math.IsInf(rate, 0) }

// CachePair names two services that differ in a cache alone, so that a spike at both shows what the cache does. The zero value
// names no such pair.
type CachePair struct{ Cached, Uncached string }

// of returns the subjects as the pair, where they are that, bench started both and one spike drove them.
func (p CachePair) of(subjects []subject) (cached, uncached subject, ok bool) {
	if p == (CachePair{}) || len(subjects) != 2 || !samePlan(subjects) {
		return cached, uncached, false
	}
	cached, uncached = subjects[0], subjects[1]
	if cached.Target.ServiceName() != p.Cached {
		cached, uncached = uncached, cached
	}
	for _, s := range subjects {
		if !s.Target.Bundled || s.focus.Kind != profiles.Spike {
			return cached, uncached, false
		}
	}
	return cached, uncached, cached.Target.ServiceName() == p.Cached && uncached.Target.ServiceName() == p.Uncached
}

// lessonOf returns the margins where the subjects are the pair driven by the same spike.
func lessonOf(subjects []subject, pair CachePair) (m Margins, ok bool) {
	cached, uncached, ok := pair.of(subjects)
	if !ok {
		return m, false
	}
	return Lesson(cached.Run, uncached.Run), true
}

// Known reports whether everything that the margins need was measured.
func (m Margins) Known() bool { return m.Unknown == "" }

// Uncached is the work that the spike brings without a cache, per processor of the target.
func (m Margins) Uncached() float64 { return m.load(m.Peak, m.Cost) }

// Cached is the work that the spike's misses bring, per processor of the target.
func (m Margins) Cached() float64 { return m.load(m.Peak*m.MissRatio, m.Cost) }

// Resting is the work that the baseline brings without a cache, per processor of the target.
func (m Margins) Resting() float64 { return m.load(m.Baseline, m.CalmCost) }

func (m Margins) load(rate float64, cost time.Duration) float64 {
	if !m.Known() {
		return 0
	}
	return rate * cost.Seconds() / float64(m.Processors)
}

// Holds reports whether the lesson may be told: the margins are known and kept.
func (m Margins) Holds() bool {
	return m.Known() && m.Uncached() >= overloadMargin && m.Cached() <= easyMargin && m.Resting() <= easyMargin
}

// Arithmetic shows why the outcome was bound to be so.
func (m Margins) Arithmetic() string {
	return fmt.Sprintf("A query costs %s of processor, so %s are %s times what %s can do; "+
		"the %s that miss the cache are %s of it.", units.Duration(m.Cost), units.Rate(m.Peak), units.Trimmed(m.Uncached()),
		plural(uint64(m.Processors), "core"), units.Share(m.MissRatio), units.Percent(m.Cached()))
}

// Missed says, in a sentence, which margin is missed on this machine, by how much, and what to try in the caller's words; "" where all are kept.
func (m Margins) Missed(caller Caller) string {
	if !m.Known() || m.Holds() {
		return ""
	}
	costs := func(c time.Duration) string {
		return fmt.Sprintf("This machine's query costs %s, so ", units.Duration(c))
	}
	query := costs(m.Cost)
	capacity := float64(m.Processors) / m.Cost.Seconds() // requests/s that the target can serve uncached
	switch {
	case m.Resting() > easyMargin:
		return costs(m.CalmCost) + fmt.Sprintf("the baseline of %s alone takes %s of %s, more than the %s that leaves it at ease: "+
			"there is no calm to compare with; try %s %s.", units.Rate(m.Baseline), units.Percent(m.Resting()), cores(m.Processors),
			units.Percent(easyMargin), caller.called(SettingRate), flagRate(easyMargin*float64(m.Processors)/m.CalmCost.Seconds(), math.Floor))
	case m.Cached() > easyMargin:
		// With so many misses, what would be easy for the cached service would no longer overload the other.
		try := "a longer " + caller.called(SettingDuration) + ", whose warm-up fills the cache"
		if easyMargin/m.MissRatio >= overloadMargin {
			try = caller.called(SettingPeak) + " " + flagRate(capacity*easyMargin/m.MissRatio, math.Floor)
		}
		return query + fmt.Sprintf("the %s of requests that miss the cache take %s of %s, more than %s: "+
			"this spike tests the query and not the cache; try %s.", units.Share(m.MissRatio), units.Percent(m.Cached()), cores(m.Processors),
			units.Percent(easyMargin), try)
	}
	return query + fmt.Sprintf("%s load it only %s times over: too little to show what a cache does, which takes %.0f times; "+
		"try %s %s.", units.Rate(m.Peak), units.Trimmed(math.Floor(m.Uncached()*10)/10), overloadMargin,
		caller.called(SettingPeak), flagRate(capacity*overloadMargin, math.Ceil))
}

// flagRate writes a rate as the command line takes it, with two digits, rounded to the side that helps.
func flagRate(rate float64, side func(float64) float64) string {
	if !sane(rate) {
		return "1/s"
	}
	p := math.Pow10(max(int(math.Floor(math.Log10(rate)))-1, 0))
	return fmt.Sprintf("%.0f/s", max(side(rate/p)*p, 1))
}

// cores names the processors of a target in a sentence.
func cores(n int) string {
	if n == 1 {
		return "its core"
	}
	return fmt.Sprintf("its %d cores", n)
}
