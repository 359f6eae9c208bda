package sweep

import (
	"math"
	"net/http"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/compare"
)

// round is what is read of one run.
type round struct {
	reads, writes, hits, misses runfile.TargetTime
	digits                      int // of the reads

	due, failed, disturbed uint64
	cache                  runfile.Cache
	limited                bool
	memory                 uint64

	versions *runfile.Consistency // nil: not measured
	origin   *runfile.Origin
}

// written are the names of the requests of a plan that write.
func written(plan *runfile.PlanRecord) map[string]bool {
	names := map[string]bool{}
	for _, e := range plan.Endpoints {
		switch e.Method {
		case "", http.MethodGet, http.MethodHead, http.MethodOptions:
		default:
			names[e.Name] = true
		}
	}
	return names
}

// readRound reads a run. Where none of its requests writes, the reads are all of them, at three digits.
func readRound(r *runfile.Run) round {
	p := &r.Overall
	one := round{
		due: p.Requests.Due, failed: p.Requests.Failed, disturbed: p.Disturbed, cache: p.Cache,
		limited: r.Verdict.Kind == runfile.TargetLimited, digits: runfile.TotalDigits, versions: p.Consistency, origin: r.Origin,
	}
	for _, s := range r.Resources.Target {
		one.memory = max(one.memory, s.RSS)
	}
	writes := written(&r.Plan)
	if p.TargetTime != nil {
		one.reads = *p.TargetTime
	}
	if len(writes) > 0 {
		one.reads, one.digits = runfile.TargetTime{}, runfile.DetailDigits
	}
	for i := range r.Phases {
		if ph := &r.Phases[i]; ph.Kind != profiles.Warmup {
			one.addEndpoints(ph, writes)
		}
	}
	return one
}

// addEndpoints adds a phase's requests, by what they do and where their answers came from.
func (one *round) addEndpoints(p *runfile.Phase, writes map[string]bool) {
	for i := range p.Endpoints {
		e := &p.Endpoints[i]
		if e.TargetTime == nil {
			continue
		}
		if writes[e.Name] {
			add(&one.writes, e.TargetTime, runfile.DetailDigits)
			continue
		}
		if len(writes) > 0 {
			add(&one.reads, e.TargetTime, runfile.DetailDigits)
		}
		switch e.Class {
		case runfile.ClassHit:
			add(&one.hits, e.TargetTime, runfile.DetailDigits)
		case runfile.ClassMiss:
			add(&one.misses, e.TargetTime, runfile.DetailDigits)
		}
	}
}

// add adds target times of so many digits.
func add(to, other *runfile.TargetTime, digits int) {
	*to = *runfile.NewTargetTime(digits, sum(to.Undisturbed, other.Undisturbed, digits), sum(to.Disturbed, other.Disturbed, digits), to.Untold+other.Untold)
}

// sum is two distributions of so many digits together.
func sum(a, b runfile.Dist, digits int) runfile.Dist {
	switch {
	case b.Count == 0:
		return a
	case a.Count == 0:
		return b
	}
	return runfile.NewTargetTime(digits, a, b, 0).All()
}

// record is the rounds of one cell.
type record struct {
	own, all                    []compare.Side // of the reads, by tested percentile: without disturbed requests, and with them
	reads, writes, hits, misses runfile.Dist
	digits                      int

	rounds, limited int
	due, failed     uint64
	cache           runfile.Cache
	memory          uint64

	versions    *runfile.Consistency // nil: not measured in every round
	staleShares []float64            // by round
	origin      *runfile.Origin
	lost        *runfile.Lost // nil: it was not killed
}

func (c *record) add(tested []compare.Metric, one *round) {
	all := one.reads.All()
	for i, m := range tested {
		c.own[i].Add(m, &one.reads.Undisturbed, one.disturbed, one.due)
		c.all[i].Add(m, &all, one.disturbed, one.due)
	}
	c.digits = one.digits
	c.reads = sum(c.reads, one.reads.Undisturbed, one.digits)
	c.writes = sum(c.writes, one.writes.Undisturbed, runfile.DetailDigits)
	c.hits = sum(c.hits, one.hits.Undisturbed, runfile.DetailDigits)
	c.misses = sum(c.misses, one.misses.Undisturbed, runfile.DetailDigits)
	if c.rounds == 0 {
		c.versions, c.origin = new(runfile.Consistency), one.origin
	} else {
		c.origin = c.origin.Plus(one.origin)
	}
	c.addVersions(one.versions)
	c.rounds++
	if one.limited {
		c.limited++
	}
	c.due, c.failed = c.due+one.due, c.failed+one.failed
	c.cache.Hits, c.cache.Misses = c.cache.Hits+one.cache.Hits, c.cache.Misses+one.cache.Misses
	c.memory = max(c.memory, one.memory)
}

func (c *record) addVersions(v *runfile.Consistency) {
	if v == nil || c.versions == nil {
		c.versions = nil
		return
	}
	s := c.versions
	s.Reads, s.Stale, s.OwnStale = s.Reads+v.Reads, s.Stale+v.Stale, s.OwnStale+v.OwnStale
	s.Foreign, s.NotJudged = s.Foreign+v.Foreign, s.NotJudged+v.NotJudged
	s.Writes, s.Unknown = s.Writes+v.Writes, s.Unknown+v.Unknown
	s.StaleAge = sum(s.StaleAge, v.StaleAge, runfile.TotalDigits)
	if v.Reads > 0 {
		c.staleShares = append(c.staleShares, v.StaleShare())
	}
}

// stale is how often the cell's reads were stale; nil: not measured, or no read could be judged.
func (c *record) stale() *Stale {
	v := c.versions
	if v == nil || v.Reads == 0 {
		return nil
	}
	s := &Stale{
		Judged: v.Reads, Stale: v.Stale, NotJudged: v.NotJudged, Foreign: v.Foreign,
		AgeP99: v.StaleAge.P99NS, AgeMax: v.StaleAge.MaxNS, AtLeast: v.StaleAge.Quantile(0.99).AtLeast,
	}
	if n := len(c.staleShares); n > 1 {
		half := distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile(1-alpha/2) * stat.StdDev(c.staleShares, nil) / math.Sqrt(float64(n))
		s.Between = &[2]float64{max(v.StaleShare()-half, 0), min(v.StaleShare()+half, 1)}
	}
	return s
}

// allRounds is what was counted in all rounds together, for the thresholds that are not on latencies.
func (c *record) allRounds() *runfile.Part {
	p := &runfile.Part{Due: c.due, Succeeded: c.due - c.failed, Cache: c.cache, Origin: c.origin, Lost: c.lost}
	if c.versions != nil {
		p.Consistency, p.Dist = *c.versions, c.versions.StaleAge
	}
	return p
}
