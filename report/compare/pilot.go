package compare

import (
	"math"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"gonum.org/v1/gonum/stat"
)

// PilotShares are the shares of the slowest arm's full speed that a pilot tries, the highest first. Near saturation a small
// drift of the machine changes every latency by much.
var PilotShares = []float64{0.7, 0.5, 0.35, 0.2, 0.1}

// PilotQuads is the number of quads that a pilot drives at each share.
const PilotQuads = 2

// PilotOptions describe the comparison that a pilot finds a rate for.
type PilotOptions struct {
	Arms     int           // with one arm, its neighbouring rounds are the pairs
	Fastest  float64       // rate of the slowest arm at full speed, arrivals/s
	Criteria []Criterion   // criteria with the margins that the planned pairs must hold
	Budget   Budget        // budget of the comparison that follows; the pilot finds its rate
	Time     time.Duration // time for the pilot
	Spent    time.Duration // time spent on starts before the pilot
	Seed     uint64
}

// PilotStep is a round to be driven.
type PilotStep struct {
	Arm   int
	Rate  float64 // arrivals/s
	Round time.Duration
	Seed  uint64
}

// Tried is what a pilot found at one share.
type Tried struct {
	Share   float64   `json:"share"`
	Rate    float64   `json:"rate"`
	Scatter []Scatter `json:"scatter"`
	Holds   bool      `json:"holds"`                // the planned pairs hold all margins in nine gates of ten
	Pairs   int       `json:"pairs"`                // planned pairs
	Needed  int       `json:"needed,omitempty"`     // pairs that would hold the margins; 0: more than anyone would run, or not known
	TakesNS int64     `json:"takes_ns,omitempty"`   // time that those pairs would take with their preparation, without the pilot
	Spoiled bool      `json:"not_driven,omitempty"` // bench could not send that much

	Unmeasured []string `json:"unmeasured,omitempty"` // metrics that some round did not measure
}

// Scatter is the scatter of pairs in a pilot, scaled to the length of planned rounds.
type Scatter struct {
	Metric string  `json:"metric"`
	Log    float64 `json:"log"`    // standard deviation of a pair's log ratio
	Margin float64 `json:"margin"` // margin of a pass, as a share
	Floor  float64 `json:"floor"`  // least margin that the planned pairs pass in nine gates of ten, as a share
}

// Pilot finds the highest rate at which a comparison can decide. It drives short rounds at a few shares of full speed, from
// the highest down, and ends at the first whose scatter lets the planned pairs hold the margins in nine gates of ten.
type Pilot struct {
	o     PilotOptions
	round time.Duration
	tried []Tried
	steps []PilotStep
	sides []int // arm of the pair, by step
	next  int
	logs  [][]float64 // logarithms at the present share, by metric, in the order of the steps
	bad   bool
	unit  Unit
}

// NewPilot returns a pilot that fits its time, unless even rounds of a quarter of a second do not.
func NewPilot(o PilotOptions) *Pilot {
	rounds := PilotQuads * 2 * o.sides()
	each := o.Time/time.Duration(len(PilotShares)*rounds) - o.Budget.Overhead
	p := &Pilot{o: o, round: min(max(each, 250*time.Millisecond), time.Second)}
	p.plan()
	return p
}

// sides is the number of rounds in a pair.
func (o PilotOptions) sides() int { return max(o.Arms, 2) }

// plan lays out the rounds of the next share: quads ABBA.
func (p *Pilot) plan() {
	p.steps, p.sides, p.next, p.bad = p.steps[:0], p.sides[:0], 0, false
	p.logs = make([][]float64, len(p.o.Criteria))
	if len(p.tried) == len(PilotShares) {
		return
	}
	rate := digits(PilotShares[len(p.tried)] * p.o.Fastest)
	n := p.o.sides()
	for pair := range 2 * PilotQuads {
		for i := range n {
			side := i
			if pair%2 == 1 {
				side = n - 1 - i
			}
			p.sides = append(p.sides, side)
			p.steps = append(p.steps, PilotStep{
				Arm: min(side, p.o.Arms-1), Rate: rate, Round: p.round, Seed: p.o.Seed + uint64(len(p.tried)*2*PilotQuads+pair),
			})
		}
	}
}

// Next returns the round to be driven; done is true when a rate is found, or no share is left.
func (p *Pilot) Next() (step PilotStep, done bool) {
	if n := len(p.tried); n > 0 && p.tried[n-1].Holds || p.next == len(p.steps) {
		return PilotStep{}, true
	}
	return p.steps[p.next], false
}

// Add takes the run of the round that Next returned.
func (p *Pilot) Add(r *runfile.Run) {
	p.bad = p.bad || !r.Delivered()
	a := arrivalsOf(r)
	p.unit = a.unit
	for i, c := range p.o.Criteria {
		v := math.NaN()
		if got := c.Metric.of(&a, a.latencies, r); got.ok && got.value > 0 {
			v = math.Log(got.value)
		}
		p.logs[i] = append(p.logs[i], v)
	}
	if p.next++; p.next == len(p.steps) {
		p.conclude()
		p.plan()
	}
}

// conclude judges the present share once its rounds are over.
func (p *Pilot) conclude() {
	t := Tried{Share: PilotShares[len(p.tried)], Rate: p.steps[0].Rate, Spoiled: p.bad}
	b := p.o.Budget
	b.Rate = t.Rate
	layout, err := b.Layout()
	t.Pairs = 2 * layout.Quads
	t.Holds = err == nil && !p.bad
	looks := spending(alpha, lookTimes)
	level := looks[len(looks)-1]
	for i, c := range p.o.Criteria {
		if c.Metric.Quantile > 0 && layout.Counted(t.Rate)*(1-c.Metric.Quantile) < enoughTop/4 {
			continue // the metric is not judged at this rate
		}
		s := p.scatterOf(p.logs[i])
		// A longer round has a more exact figure.
		s *= math.Sqrt(p.round.Seconds() / layout.Round.Seconds())
		if t.Pairs < 2 || math.IsNaN(s) {
			t.Holds, t.Unmeasured = false, append(t.Unmeasured, c.Metric.Key)
			continue
		}
		floor := Noise{Pair: s}.ofPairs(t.Pairs, false)
		t.Scatter = append(t.Scatter, Scatter{Metric: c.Metric.Key, Log: s, Margin: c.passes(), Floor: c.Metric.share(floor)})
		if floor > c.passMargin() {
			t.Holds = false
			t.Needed = max(t.Needed, pairsFor(s, c.passMargin(), level))
		}
	}
	if t.Needed > 0 {
		quad := time.Duration(2*p.o.Arms)*(layout.Round+b.Overhead) + b.Restart
		t.TakesNS = int64(p.o.Spent + time.Duration(t.Needed/2+2)*quad)
	}
	p.tried = append(p.tried, t)
}

// scatterOf returns the standard deviation of the log ratios of neighbouring rounds; NaN where some round has no figure.
func (p *Pilot) scatterOf(logs []float64) float64 {
	n := p.o.sides()
	var x []float64
	for from := 0; from < len(logs); from += n {
		bySide := make([]float64, n)
		for i, v := range logs[from : from+n] {
			bySide[p.sides[from+i]] = v
		}
		for _, v := range bySide[1:] {
			x = append(x, v-bySide[0])
		}
	}
	return stat.StdDev(x, nil)
}

// Found is the result of a pilot.
type Found struct {
	Of     Unit    `json:"of,omitempty"` // unit of the rates: journeys, or requests where it is left out
	Tried  []Tried `json:"tried"`        // the highest share first
	Chosen int     `json:"chosen"`
}

// Found returns the share to drive at: the first at which the planned pairs hold the margins, otherwise the nearest to it.
func (p *Pilot) Found() Found {
	f := Found{Of: p.unit, Tried: slices.Clone(p.tried)}
	nearest := math.Inf(1)
	for i, t := range f.Tried {
		if t.Holds {
			f.Chosen = i
			return f
		}
		if far := t.far(); far < nearest {
			f.Chosen, nearest = i, far
		}
	}
	return f
}

// Rate is the rate to drive at, in arrivals/s.
func (f Found) Rate() float64 { return f.Tried[f.Chosen].Rate }

// far is the greatest ratio, over the metrics, of the least margin that the pairs hold to the margin of a pass, as logarithms.
func (t Tried) far() float64 {
	if t.Spoiled || len(t.Unmeasured) > 0 {
		return math.MaxFloat64
	}
	var far float64
	for _, s := range t.Scatter {
		far = max(far, math.Log1p(s.Floor)/math.Log1p(s.Margin))
	}
	return far
}
