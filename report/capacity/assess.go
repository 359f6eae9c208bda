package capacity

import (
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// SchemaVersion is the version of a capacity file's JSON.
const SchemaVersion = 1

// File is the content of a capacity file. Capacity belongs to the first target; Targets lists all targets if there are several.
type File struct {
	Schema   int         `json:"schema"`
	Kind     string      `json:"kind,omitempty"` // [Kind]; "" in older files
	Capacity *Capacity   `json:"capacity"`
	Targets  []*Capacity `json:"targets,omitempty"`
}

// Capacity is the result of measured steps at one target: how much load it can take, and what limits it.
type Capacity struct {
	Target     runfile.Target `json:"target"`
	Unit       Unit           `json:"unit,omitempty"` // unit of all rates: "journeys"; "" means requests, also in older files
	Objectives []string       `json:"objectives"`
	Asked      []string       `json:"asked,omitempty"`      // the kinds of requests
	Processors int            `json:"processors,omitempty"` // processors reserved for the target; 0: not known
	Size       int            `json:"gomaxprocs,omitempty"` // GOMAXPROCS of the measured service; 0: its own default

	CutShort   bool        `json:"cut_short,omitempty"` // the search was interrupted, or its target ended: it would have gone on
	MaxRate    MaxRate     `json:"max_rate_at_objective"`
	BrokeAt    float64     `json:"broke_at,omitempty"`   // the lowest rate that failed by more than chance
	Saturation *Rate       `json:"saturation,omitempty"` // measured; nil: no step offered more than the target could take
	Predicted  *Prediction `json:"predicted_saturation,omitempty"`

	NotPredicted string `json:"not_predicted,omitempty"` // note on the models that do not hold for journeys; "" for requests

	USL        *USL             `json:"usl,omitempty"`
	Demands    []Demand         `json:"demands,omitempty"`
	Bottleneck string           `json:"bottleneck,omitempty"` // the resource of Demands that is full first
	Bounds     *Bounds          `json:"bounds,omitempty"`
	Queue      *FittedMMC       `json:"queue,omitempty"`
	Expected   []ExpectedAtLoad `json:"expected,omitempty"`
	Knee       *KneeFound       `json:"knee,omitempty"`
	Limit      string           `json:"limit"` // the limit, in a sentence
	Try        string           `json:"try,omitempty"`
	Bytes      float64          `json:"bytes_per_request"` // body bytes sent for each success
	Steps      []Measurement    `json:"steps"`
	Notes      []string         `json:"notes,omitempty"`
	Formulas   []string         `json:"formulas,omitempty"`
	Plan       *Plan            `json:"plan,omitempty"`
}

// Prediction is the saturation rate predicted from light load alone.
type Prediction struct {
	Rate
	UpTo   float64 `json:"up_to"` // highest rate among the steps that it is based on
	Method string  `json:"method"`

	Contradicted *Contradiction `json:"contradicted,omitempty"` // nil: no measurement contradicts it
}

// KneeFound is the rate at which latency leaves its flat part.
type KneeFound struct {
	Rate float64       `json:"rate"`
	P99  time.Duration `json:"p99_ns"`
}

// lightLoad is the part of the saturation up to which steps are used to predict it.
const lightLoad = 0.6

// Resources are facts about a target that are known without driving it.
type Resources struct {
	Processors int      // processors reserved for it; 0: not known
	Idle       *float64 // processors busy without requests; nil: not measured
	// Servers is the size of each part named in Server-Timing: how many requests can occupy it at once, such as connections
	// of a pool.
	Servers map[string]float64
}

// Assess derives the capacity of a target from a search, or from the steps of a saved run.
func Assess(target runfile.Target, known Resources, s *Search) *Capacity {
	c := &Capacity{
		Target: target, Unit: s.options.Unit, Objectives: texts(s.options.Objectives), Processors: known.Processors,
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
			reached = max(reached, m.Offered/lightLoad) // without saturation every step may have been light load
		}
	}
	if c.Demands = demandsOf(s.loaded(), reached, known); len(c.Demands) > 0 {
		if i := Bottleneck(c.Demands); i >= 0 {
			c.Bottleneck = c.Demands[i].Resource
		}
	}
	c.predict(s, reached, known)
	if c.Unit == Journeys {
		c.NotPredicted = notForJourneys
	} else if q, err := s.queue(); err == nil {
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
		if p99 := m.took.Quantile(0.99); !m.spoiled && !p99.AtLeast && p99.Value > 0 && m.Offered > 0 {
			points = append(points, Point{m.Offered, p99.Value.Seconds()})
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

// ProcessorsOf is the number of processors of a target: those that it was pinned to, otherwise those of the machine.
func ProcessorsOf(e runfile.Environment) int {
	if len(e.TargetCPUs) > 0 {
		return len(e.TargetCPUs)
	}
	return e.Processors
}

// SmallestSize returns the smallest measured size of a service that meets its objective, or with a plan the smallest whose
// single instance carries the demand. It returns nil where no size does, or sizes were not measured.
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
