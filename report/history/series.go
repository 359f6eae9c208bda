package history

import (
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// Percentile is one of the percentiles whose history is kept: of the target's own time, or in a series of runs of before that
// was measured, of the response time.
type Percentile struct {
	Key      string  // "p50", …
	Quantile float64 // 0-1
}

// Percentiles are those whose history is kept, in the order of the values of a [Point].
var Percentiles = [...]Percentile{
	{"p50", 0.50},
	{"p95", 0.95},
	{"p99", 0.99},
}

// Point is what one run says, of every phase but warm-up.
type Point struct {
	Source   string // the file that the run is from
	Started  time.Time
	Bench    string // version of bench
	Requests uint64 // or journeys, that the percentiles are of
	Values   [len(Percentiles)]time.Duration
	AtLeast  [len(Percentiles)]bool // the value is a lower bound

	// Differs names what differs from the run before it, where runs that differ were asked to be one series.
	Differs []string

	setting *runfile.Run // its plan, its environment and whether it has target time, alone
}

// Series is the runs of one plan at one target on one machine, the oldest first.
type Series struct {
	Target      runfile.Target
	Plan        runfile.PlanRecord
	Environment runfile.Environment
	TargetTime  bool         // its percentiles are of the target's own time
	Of          compare.Unit // requests or journeys
	Points      []Point
	Changes     [len(Percentiles)][]Change // in ns

	// Differs names what keeps its runs from the series before it of the same target and profile.
	Differs []string
}

// LeftOut is a run, or a file, that is no point of a series.
type LeftOut struct {
	Source string
	Target string // "" of a file
	Why    string
}

// History is the series of what was read: those of several runs before those of one, and the one with the newest run first.
type History struct {
	Options Options
	Series  []*Series
	LeftOut []LeftOut
}

// Collector makes series of runs. Its zero value works, with a magnitude of 0.
type Collector struct {
	Options Options
	Force   bool // runs of one target and profile are a series whatever else differs, but for journeys and requests

	series  []*Series
	leftOut []LeftOut
	seen    map[identity]bool
}

// identity tells whether two files hold the same run.
type identity struct {
	target  string
	started time.Time
	seed    uint64
}

// Add takes a run from a file. What bench or its host spoiled, what was ended early and what answered nothing is left out:
// its latencies are not the target's, or are those of another length.
func (c *Collector) Add(source string, r *runfile.Run) {
	id := identity{r.Target.Series(), r.Started.UTC(), r.Seed}
	why := ""
	switch spoiled := compare.Spoiled(r); {
	case c.seen[id]:
		why = "is a run that another file holds too"
	case r.Abort() != nil:
		why = "was aborted"
	case r.Interrupted:
		why = "was interrupted"
	case spoiled != "":
		why = "is no evidence: " + spoiled
	case compare.Latencies(r).Count == 0:
		why = "has no response time"
	}
	if why != "" {
		c.leftOut = append(c.leftOut, LeftOut{source, r.Target.Series(), why})
		return
	}
	if c.seen == nil {
		c.seen = map[identity]bool{}
	}
	c.seen[id] = true
	s := c.seriesOf(r)
	s.Points = append(s.Points, pointOf(source, r))
}

// Skip notes a file that holds no runs, and why.
func (c *Collector) Skip(source, why string) {
	c.leftOut = append(c.leftOut, LeftOut{Source: source, Why: why})
}

// seriesOf returns the series that a run belongs to.
func (c *Collector) seriesOf(r *runfile.Run) *Series {
	for _, s := range c.series {
		if s.Target.Series() == r.Target.Series() && s.Plan.Profile == r.Plan.Profile && s.Of == compare.UnitOf(r) && (c.Force || s.differences(r) == nil) {
			return s
		}
	}
	s := &Series{Target: r.Target, Plan: r.Plan, Environment: r.Environment, TargetTime: r.HasTargetTime(), Of: compare.UnitOf(r)}
	c.series = append(c.series, s)
	return s
}

// differences names in what the plan and the environment of a run are not those of a series.
func (s *Series) differences(r *runfile.Run) []string {
	list := compare.Differences(&runfile.Run{Plan: s.Plan, Environment: s.Environment}, r)
	if s.TargetTime != r.HasTargetTime() {
		list = append(list, "target time, which one was saved before")
	}
	return list
}

// settingOf is what of a run says whether another is of its series.
func settingOf(r *runfile.Run) *runfile.Run {
	s := &runfile.Run{Plan: r.Plan, Environment: r.Environment}
	if r.HasTargetTime() {
		s.Overall.TargetTime = &runfile.TargetTime{}
	}
	return s
}

func pointOf(source string, r *runfile.Run) Point {
	d := compare.Latencies(r)
	p := Point{
		Source: source, Started: r.Started, Bench: r.Environment.Bench, Requests: d.Count,
		setting: settingOf(r),
	}
	for i, q := range Percentiles {
		f := d.Quantile(q.Quantile)
		p.Values[i], p.AtLeast[i] = max(f.Value, 1), f.AtLeast // a ratio needs more than 0
	}
	return p
}

// History orders what was added and finds the changes.
func (c *Collector) History() *History {
	h := &History{Options: c.Options.withDefaults(), Series: slices.Clone(c.series), LeftOut: c.leftOut}
	for _, s := range h.Series {
		slices.SortStableFunc(s.Points, func(a, b Point) int { return a.Started.Compare(b.Started) })
		for i := 1; i < len(s.Points); i++ {
			before := s.Points[i-1].setting
			s.Points[i].Differs = (&Series{Plan: before.Plan, Environment: before.Environment, TargetTime: before.HasTargetTime()}).differences(s.Points[i].setting)
		}
		for i := range Percentiles {
			s.Changes[i] = Changes(s.values(i), h.Options)
		}
	}
	slices.SortStableFunc(h.Series, func(a, b *Series) int {
		if alone := len(a.Points) == 1; alone != (len(b.Points) == 1) {
			return map[bool]int{true: 1, false: -1}[alone]
		}
		return b.last().Compare(a.last())
	})
	for i, s := range h.Series {
		s.Differs = nil
		for _, before := range h.Series[:i] {
			if before.Target.Series() == s.Target.Series() && before.Plan.Profile == s.Plan.Profile {
				s.Differs = before.differences(s.Points[0].setting)
			}
		}
	}
	return h
}

func (s *Series) last() time.Time { return s.Points[len(s.Points)-1].Started }

// values are those of one percentile, in ns.
func (s *Series) values(percentile int) []float64 {
	list := make([]float64, len(s.Points))
	for i, p := range s.Points {
		list[i] = float64(p.Values[percentile])
	}
	return list
}
