package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Options are the arms, the budget and the criteria of a trial.
type Options struct {
	Arms        []string     // names; each other arm is compared with the first
	Quads       int          // the budget, at least MinQuads: fixed before the first round
	Seed        uint64       // seed of the coin and of the rounds' requests
	Criteria    []Criterion  // judged metrics; they also decide when to stop
	Gate        bool         // margins and three outcomes
	Once        bool         // the data is looked at only when the budget is used
	ErrorMargin float64      // allowed growth of the share of failed requests in a gate, 0-1
	Parts       []PartMargin // of a gate, other parts of the requests whose share may grow by so much
	Planned     []float64    // planned requests of a round by arm, rate × counted length; nil: enough for any percentile

	Objectives []runfile.Threshold // thresholds that the last arm of a gate must hold as well
}

// Step is a round to drive.
type Step struct {
	Quad  int    // 0 is the discarded quad
	Round int    // within the quad, from 0
	Arm   int    // index into Arms
	Seed  uint64 // seed of the requests: both rounds of a pair get the same requests
}

// Trial compares arms round by round. Each quad visits the arms in the order of a seeded coin and then in the reverse
// order, ABBA or BAAB, so that a drift of the machine falls on all alike. The first quad is always discarded, because a cold
// start may spoil one side alone. A quad with a spoiled round ([Spoiled]) is repeated when it is over, which leaves a busy
// machine some time; at most one repetition for every four quads of the budget. No quad is dropped for its latencies.
type Trial struct {
	o       Options
	of      Unit
	looks   []int // numbers of quads after which the data is looked at
	coin    *rand.Rand
	steps   []Step
	next    int
	quad    []round // rounds of the present quad so far
	kept    int     // quads
	rerun   int
	taken   []int // looks that were taken, in quads
	ended   bool
	spoilt  bool
	spoiled string // why the present quad is spoiled, or ""
	why     string // why the last spoiled quad was

	arms  []armRecord
	pairs [][]pairRecord // by arm but the first, by metric
	how   [][]Estimator  // the same
	tops  [][]topRecord  // the same

	all     [][]pairRecord // as pairs, but over all requests, disturbed ones too
	allTops [][]topRecord

	dropped    dropped
	byResponse bool // some run has no target time
	foresight  *Foresight
}

// round is one run's reading of each metric, and its failures.
type round struct {
	readings []reading
	top      topRound  // the slowest requests, where some percentile is judged by them
	all      []reading // readings of latencies over all requests
	allTop   topRound

	disturbed disturbance
	failures  Failures
	parts     []Failures // by margin of a share
	curve     []float64
	held      []runfile.ThresholdResult // by objective
}

// armRecord is the figures of one arm's rounds.
type armRecord struct {
	values    [][]float64 // by metric
	atLeast   []bool
	beyond    []float64     // fewest requests beyond, by metric
	thin      []bool        // in some round too few requests lie beyond for a unit of its own
	least     float64       // requests beyond that a unit takes
	failures  []Failures    // by round
	parts     [][]Failures  // by round, by margin of a share
	disturbed []disturbance // by round
	curves    [][]float64   // by round
	held      []heldRecord
}

func newArmRecord() armRecord {
	metrics := len(Metrics())
	return armRecord{
		values: make([][]float64, metrics), atLeast: make([]bool, metrics), thin: make([]bool, metrics),
		beyond: slices.Repeat([]float64{math.Inf(1)}, metrics),
	}
}

// pairRecord is the log ratios of one metric, in time order.
type pairRecord struct {
	x          []float64
	missing    bool // some round has no figure
	aLow, bLow bool // in some round of a side the value was a lower bound
}

// NewTrial returns a trial. The error says what is wrong with its options.
func NewTrial(o Options) (*Trial, error) {
	switch {
	case len(o.Arms) < 2:
		return nil, fmt.Errorf("a comparison takes two or more, got %d", len(o.Arms))
	case o.Quads < MinQuads:
		return nil, fmt.Errorf("a comparison takes at least %d quads of rounds, got %d", MinQuads, o.Quads)
	case o.Planned != nil && len(o.Planned) != len(o.Arms):
		return nil, fmt.Errorf("of %d arms it is said of %d how many requests are planned", len(o.Arms), len(o.Planned))
	}
	for _, c := range o.Criteria {
		if c.Margin < 0 || o.Gate && c.Margin <= 0 || c.Margin >= 1 {
			return nil, fmt.Errorf("the margin of %s must be above 0 %% and below 100 %%, got %v %%", c.Metric.Key, 100*c.Margin)
		}
		if c.PassMargin != 0 && (c.PassMargin < c.Margin || c.PassMargin >= 1) {
			return nil, fmt.Errorf("the margin below which %s passes must be at least the one above which it regresses and below 100 %%, got %v %% and %v %%",
				c.Metric.Key, 100*c.PassMargin, 100*c.Margin)
		}
	}
	t := &Trial{o: o, looks: looksOf(o.Quads), coin: rand.New(rand.NewPCG(o.Seed, 0x636f6d70617265))}
	if o.Once {
		t.looks = []int{o.Quads}
	}
	metrics := len(Metrics())
	for range o.Arms {
		arm := newArmRecord()
		for range o.Objectives {
			arm.held = append(arm.held, heldRecord{})
		}
		t.arms = append(t.arms, arm)
		t.pairs = append(t.pairs, make([]pairRecord, metrics))
		t.how = append(t.how, make([]Estimator, metrics))
		t.tops = append(t.tops, make([]topRecord, metrics))
		t.all = append(t.all, make([]pairRecord, metrics))
		t.allTops = append(t.allTops, make([]topRecord, metrics))
	}
	t.choose()
	t.plan(0)
	return t, nil
}

// choose sets the estimator of each metric by the planned requests of the arm that has fewer.
func (t *Trial) choose() {
	for arm := 1; arm < len(t.arms); arm++ {
		for i, m := range Metrics() {
			t.how[arm][i] = m.estimator(t.planned(arm))
			t.tops[arm][i].beyond, t.allTops[arm][i].beyond = 1-m.Quantile, 1-m.Quantile
		}
	}
}

// planned returns the planned requests of a round: the lesser of an arm's and the first arm's.
func (t *Trial) planned(arm int) float64 {
	if t.o.Planned == nil {
		return math.Inf(1)
	}
	return min(t.o.Planned[0], t.o.Planned[arm])
}

// plan lays out a quad.
func (t *Trial) plan(quad int) {
	order := t.coin.Perm(len(t.o.Arms))
	t.steps = t.steps[:0]
	for half := range 2 {
		seed := t.coin.Uint64()
		for _, arm := range order {
			t.steps = append(t.steps, Step{Quad: quad, Round: len(t.steps), Arm: arm, Seed: seed})
		}
		if half == 0 {
			slices.Reverse(order)
		}
	}
	t.next, t.quad = 0, t.quad[:0]
}

// Next returns the next round to drive; done is true when the trial is over.
func (t *Trial) Next() (step Step, done bool) {
	if t.ended {
		return Step{}, true
	}
	return t.steps[t.next], false
}

// Add takes the run of the round that Next returned.
func (t *Trial) Add(r *runfile.Run) {
	if t.ended {
		return
	}
	step := t.steps[t.next]
	t.next++
	t.of = UnitOf(r)
	if step.Quad == 0 {
		t.dropped.add(r)
		if t.next == len(t.steps) {
			t.plan(1)
		}
		return
	}
	if why := Spoiled(r); why != "" {
		t.spoiled = why
	}
	t.byResponse = t.byResponse || !r.HasTargetTime()
	t.take(t.read(r))
}

// read returns the figures of a run.
func (t *Trial) read(r *runfile.Run) round {
	a := arrivalsOf(r)
	kept := round{failures: a.failures(r), parts: partsOf(r, t.o.Parts), curve: curveOf(a.latencies), disturbed: disturbance{a.disturbed, a.due}}
	for _, m := range Metrics() {
		kept.readings = append(kept.readings, m.of(&a, a.latencies, r))
		kept.all = append(kept.all, m.of(&a, a.all, r))
	}
	if t.needsTop() {
		kept.top, kept.allTop = topOf(a.latencies), topOf(a.all)
	}
	for _, objective := range t.o.Objectives {
		kept.held = append(kept.held, objective.Judge(r))
	}
	return kept
}

// needsTop reports whether some percentile is judged by a quad's slowest requests.
func (t *Trial) needsTop() bool {
	return slices.ContainsFunc(t.how, func(by []Estimator) bool { return slices.Contains(by, ByTop) })
}

// take adds a round to its quad, and ends the quad with its last one.
func (t *Trial) take(rd round) {
	switch t.quad = append(t.quad, rd); {
	case t.next < len(t.steps):
	case t.spoiled != "":
		t.again()
	default:
		t.keep()
	}
}

// again repeats the quad: the same rounds in the same order.
func (t *Trial) again() {
	t.why, t.spoiled = t.spoiled, ""
	t.next, t.quad = 0, t.quad[:0]
	if t.rerun++; t.rerun > t.o.Quads/4 {
		t.ended, t.spoilt = true, true
	}
}

// keep adds a whole quad to the evidence, and looks at all evidence where a look is due.
func (t *Trial) keep() {
	arms := len(t.arms)
	for i, rd := range t.quad {
		arm := &t.arms[t.steps[i].Arm]
		arm.add(rd)
		for j, objective := range t.o.Objectives {
			arm.held[j].add(objective, rd.held[j])
		}
	}
	quads, all := make([]topQuad, arms), make([]topQuad, arms)
	for half := range 2 {
		first := t.quad[half*arms : (half+1)*arms]
		byArm := make([]round, arms)
		for i, rd := range first {
			byArm[t.steps[half*arms+i].Arm] = rd
		}
		for arm := 1; arm < arms; arm++ {
			for m := range t.pairs[arm] {
				t.pairs[arm][m].add(byArm[0].readings[m], byArm[arm].readings[m])
				t.all[arm][m].add(byArm[0].all[m], byArm[arm].all[m])
			}
			quads[arm][half] = [2]topRound{byArm[0].top, byArm[arm].top}
			all[arm][half] = [2]topRound{byArm[0].allTop, byArm[arm].allTop}
		}
	}
	for arm := 1; arm < arms; arm++ {
		for m, by := range t.how[arm] {
			if by == ByTop {
				t.tops[arm][m].quads = append(t.tops[arm][m].quads, quads[arm])
				t.allTops[arm][m].quads = append(t.allTops[arm][m].quads, all[arm])
			}
		}
	}
	t.kept++
	t.foretell()
	if slices.Contains(t.looks, t.kept) {
		t.taken = append(t.taken, t.kept)
		t.ended = t.kept == t.o.Quads || t.decided()
	}
	if !t.ended {
		t.plan(t.kept + 1)
	}
}

func (a *armRecord) add(rd round) {
	a.failures = append(a.failures, rd.failures)
	a.parts = append(a.parts, rd.parts)
	a.disturbed = append(a.disturbed, rd.disturbed)
	a.curves = append(a.curves, rd.curve)
	for m, v := range rd.readings {
		if v.ok {
			a.values[m] = append(a.values[m], v.value)
		}
		a.atLeast[m] = a.atLeast[m] || v.atLeast
		a.beyond[m] = min(a.beyond[m], v.beyond)
		a.thin[m], a.least = a.thin[m] || v.planned < v.least-1e-6, max(a.least, v.least)
	}
}

func (p *pairRecord) add(a, b reading) {
	if !a.ok || !b.ok || a.value <= 0 || b.value <= 0 {
		p.missing = true
		return
	}
	p.x = append(p.x, math.Log(b.value/a.value))
	p.aLow, p.bLow = p.aLow || a.atLeast, p.bLow || b.atLeast
}
