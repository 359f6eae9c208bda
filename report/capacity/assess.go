package capacity

import (
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// SchemaVersion is the version of the JSON that holds a [Capacity].
const SchemaVersion = 1

// File is the content of a capacity file. Capacity is that of the first target; Targets has all where there are several.
type File struct {
	Schema   int         `json:"schema"`
	Kind     string      `json:"kind,omitempty"` // [Kind]; "" in files of before
	Capacity *Capacity   `json:"capacity"`
	Targets  []*Capacity `json:"targets,omitempty"`
}

// Capacity is what steps at one target, measured one after the other, say of what it can take.
type Capacity struct {
	Target     runfile.Target `json:"target"`
	Objectives []string       `json:"objectives"`
	Asked      []string       `json:"asked,omitempty"`      // the kinds of requests
	Processors int            `json:"processors,omitempty"` // that the target had to itself; 0: not known
	Size       int            `json:"gomaxprocs,omitempty"` // as which it was measured; 0: its own

	MaxRate    MaxRate          `json:"max_rate_at_objective"`
	BrokeAt    float64          `json:"broke_at,omitempty"`   // the lowest rate that failed by more than chance
	Saturation *Rate            `json:"saturation,omitempty"` // as measured; nil: no step was offered more than it could take
	Predicted  *Prediction      `json:"predicted_saturation,omitempty"`
	USL        *USL             `json:"usl,omitempty"`
	Demands    []Demand         `json:"demands,omitempty"`
	Bottleneck string           `json:"bottleneck,omitempty"` // the resource of Demands that is full first
	Bounds     *Bounds          `json:"bounds,omitempty"`
	Queue      *FittedMMC       `json:"queue,omitempty"`
	Expected   []ExpectedAtLoad `json:"expected,omitempty"`
	Knee       *KneeFound       `json:"knee,omitempty"`
	Limit      string           `json:"limit"` // what limits it, in a sentence
	Try        string           `json:"try,omitempty"`
	Bytes      float64          `json:"bytes_per_request"` // body bytes sent for each success
	Steps      []Measurement    `json:"steps"`
	Notes      []string         `json:"notes,omitempty"`
	Formulas   []string         `json:"formulas,omitempty"`
	Plan       *Plan            `json:"plan,omitempty"`
}

// Prediction is the saturation rate as it was to be expected from light load alone.
type Prediction struct {
	Rate
	UpTo   float64 `json:"up_to"` // the highest rate whose step it was made from
	Method string  `json:"method"`

	Contradicted *Contradiction `json:"contradicted,omitempty"` // nil: what was measured does not contradict it
}

// KneeFound is the rate at which latency leaves its flat part.
type KneeFound struct {
	Rate float64       `json:"rate"`
	P99  time.Duration `json:"p99_ns"`
}

// lightLoad is the part of the saturation up to which steps are used to predict it.
const lightLoad = 0.6

// Resources are what is known of a target beside what was measured.
type Resources struct {
	Processors int      // that it has to itself; 0: not known
	Idle       *float64 // processors that it kept busy without requests; nil: not measured
	// Servers is how many requests each part that its Server-Timing names can hold at once, such as connections of a pool.
	Servers map[string]float64
}

// Assess concludes from a search, or from the steps of a saved run.
func Assess(target runfile.Target, known Resources, s *Search) *Capacity {
	c := &Capacity{
		Target: target, Objectives: texts(s.options.Objectives), Processors: known.Processors,
		MaxRate: s.Result(), Steps: s.Steps(), Asked: s.endpoints,
	}
	_, c.BrokeAt = s.bracket()
	full := saturationOf(s.steps)
	if full.Rate > 0 {
		interval := full.Interval()
		c.Saturation = &interval
	}
	c.scalability(s.steps)
	open := s.open()
	reached := full.Rate
	if reached == 0 {
		reached = c.BrokeAt
	}
	for _, m := range open {
		c.Bytes = m.BytesOut
		if m.Holds && full.Rate == 0 && c.BrokeAt == 0 {
			reached = max(reached, m.Offered/lightLoad) // nothing says that any of it was more than light
		}
	}
	if c.Demands = demandsOf(s.loaded(), reached, known); len(c.Demands) > 0 {
		if i := Bottleneck(c.Demands); i >= 0 {
			c.Bottleneck = c.Demands[i].Resource
		}
	}
	c.predict(s, reached, known)
	if q, err := s.queue(); err == nil {
		c.Queue = &q
	}
	c.holdAgainstMeasured(open, full.Rate)
	c.bounds()
	c.expect(open)
	c.knee(open)
	c.limit(open)
	c.Formulas = c.formulas()
	return c
}

// variability is the squared coefficient of variation of the responses.
func (r *Responses) variability() float64 {
	var n, sum, squares float64
	for i, count := range r.Counts {
		v := marks[min(i, len(marks)-1)].Seconds() / math.Pow(2, 0.25)
		n, sum, squares = n+count, sum+count*v, squares+count*v*v
	}
	mean := sum / n
	return squares/n/(mean*mean) - 1
}

func (c *Capacity) knee(open []Measurement) {
	var points []Point
	for _, m := range open {
		if p99 := m.took.P99NS; !m.spoiled && !m.took.IsLowerBound("p99_ns") && p99 > 0 && m.Offered > 0 {
			points = append(points, Point{m.Offered, p99.Seconds()})
		}
	}
	if k, ok := Knee(points); ok {
		c.Knee = &KneeFound{k.X, seconds(k.Y)}
	}
}

func texts(list []runfile.Threshold) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.Text)
	}
	return out
}

// ProcessorsOf is how many processors a target had: those that it was pinned to, or those of the machine.
func ProcessorsOf(e runfile.Environment) int {
	if len(e.TargetCPUs) > 0 {
		return len(e.TargetCPUs)
	}
	return e.Processors
}

// SmallestSize returns, of one service that was measured at several sizes, the smallest that meets its objective, or with a
// plan the smallest whose single instance carries the demand; nil where there are no sizes, or none does.
func SmallestSize(list []*Capacity) *Capacity {
	for _, c := range list {
		if c.Size == 0 {
			return nil
		}
	}
	var best *Capacity
	for _, c := range list {
		meets := c.MaxRate.Rate.Rate > 0
		if c.Plan != nil {
			meets = meets && c.Plan.Inputs.Demand <= c.MaxRate.Rate.Rate
		}
		if meets && (best == nil || c.Size < best.Size) {
			best = c
		}
	}
	return best
}
