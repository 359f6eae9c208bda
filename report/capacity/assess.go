package capacity

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
)

// SchemaVersion is the version of the JSON that holds a [Capacity].
const SchemaVersion = 1

// File is the content of a capacity file. Capacity is that of the first target; Targets has all where there are several.
type File struct {
	Schema   int         `json:"schema"`
	Capacity *Capacity   `json:"capacity"`
	Targets  []*Capacity `json:"targets,omitempty"`
}

// Capacity is what steps at one target, measured one after the other, say of what it can take.
type Capacity struct {
	Target     loadgen.Target `json:"target"`
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
}

// KneeFound is the rate at which latency leaves its flat part.
type KneeFound struct {
	Rate float64       `json:"rate"`
	P99  time.Duration `json:"p99_ns"`
}

// ExpectedAtLoad is the response time to expect at a part of the saturation rate.
type ExpectedAtLoad struct {
	Utilisation float64       `json:"utilisation"` // 0-1
	Rate        float64       `json:"rate"`
	P99         time.Duration `json:"p99_ns"`
	Method      string        `json:"method"`
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
func Assess(target loadgen.Target, known Resources, s *Search) *Capacity {
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
	c.bounds()
	c.expect(open)
	c.knee(open)
	c.limit(open)
	c.Formulas = c.formulas()
	return c
}

func (c *Capacity) scalability(steps []Measurement) {
	var loads []Load
	for _, m := range steps {
		if m.Users > 0 && !m.spoiled {
			loads = append(loads, Load{float64(m.Users), m.Served})
		}
	}
	if len(loads) > 0 {
		u := FitUSL(loads, 1)
		c.USL = &u
	}
}

// expect fills in the P99 at parts of the saturation rate.
func (c *Capacity) expect(open []Measurement) {
	full := c.Saturation
	if full == nil && c.Predicted != nil {
		full = &c.Predicted.Rate
	}
	if full == nil {
		return
	}
	for _, part := range []float64{0.5, 0.7, 0.85} {
		e := ExpectedAtLoad{Utilisation: part, Rate: part * full.Rate}
		switch p99, ok := c.byQueue(part); {
		case ok:
			e.P99, e.Method = p99, fmt.Sprintf("M/M/%d, Erlang C", c.Queue.Workers)
		default:
			if e.P99, ok = c.byVariability(open, part, full.Rate); !ok {
				continue
			}
			e.Method = "Allen–Cunneen, with the variability measured at the lightest step"
		}
		c.Expected = append(c.Expected, e)
	}
}

func (c *Capacity) byQueue(part float64) (time.Duration, bool) {
	if c.Queue == nil {
		return 0, false
	}
	return c.Queue.Quantile(part*c.Queue.MMC.Saturation(), 0.99)
}

// byVariability adds the P99 of the wait to that of the lightest step, which had next to none: the wait of G/G/c has
// probability C and is then about exponential, with the mean of Allen and Cunneen.
func (c *Capacity) byVariability(open []Measurement, part, full float64) (time.Duration, bool) {
	var light *Measurement
	for i := range open {
		if m := &open[i]; m.Holds && m.answers.total() >= 50 && (light == nil || m.Offered < light.Offered) {
			light = m
		}
	}
	if light == nil || light.AtLeast {
		return 0, false
	}
	workers := max(c.Processors, 1)
	q := MMC{workers, full / float64(workers)}
	waits := ErlangC(workers, part*float64(workers))
	wait := 0.0
	if waits > 0.01 {
		wait = q.AllenCunneen(part*full, 1, light.answers.variability()) / waits * math.Log(waits/0.01)
	}
	return light.P99 + seconds(wait), true
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
		if !m.spoiled && !m.AtLeast && m.P99 > 0 && m.Offered > 0 {
			points = append(points, Point{m.Offered, m.P99.Seconds()})
		}
	}
	if k, ok := Knee(points); ok {
		c.Knee = &KneeFound{k.X, seconds(k.Y)}
	}
}

func texts(list []loadgen.Threshold) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.Text)
	}
	return out
}

// ProcessorsOf is how many processors a target had: those that it was pinned to, or those of the machine.
func ProcessorsOf(e loadgen.Environment) int {
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
