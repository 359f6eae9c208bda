package capacity

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// nearest returns the step whose offered rate is nearest.
func nearest(steps []Measurement, rate float64) (best Measurement) {
	for _, m := range steps {
		if m.Users == 0 && m.Burst == 0 && !m.late && m.Offered > 0 && (best.Offered == 0 || math.Abs(math.Log(m.Offered/rate)) < math.Abs(math.Log(best.Offered/rate))) {
			best = m
		}
	}
	return best
}

// A limiter is no queue: what a queue of its rate would take was measured to be otherwise, and the measured is told.
func TestExpectationsOfALimiterAreMeasured(t *testing.T) {
	racetest.Skip(t)
	s, _ := limiter.searched(t, rand.New(rand.NewPCG(5, 31)), Options{Objectives: objectivesOf(t, "p99<100ms", "errors<1%"), Start: 13})
	c := Assess(runfile.Target{Name: "limiter"}, Resources{}, s)
	if len(c.Expected) == 0 {
		t.Fatal("nothing is expected, though steps near were measured")
	}
	for _, e := range c.Expected {
		m := nearest(s.Steps(), e.Rate)
		if off := e.P99.Seconds() / m.P99.Seconds(); off > 2 || off < 0.5 {
			t.Errorf("at %.0f/s a P99 of %v is expected by %s, and at %.0f/s %v was measured", e.Rate, e.P99, e.Method, m.Offered, m.P99)
		}
		if e.Contradicted == nil || e.MeasuredAt != m.Offered || e.Contradicted.Model.Value < 2*e.Contradicted.Measured.Value {
			t.Errorf("%+v, want it to say that the measured contradicts a queue: %+v", e, e.Contradicted)
		}
	}
}

// A queue whose bulk fits and whose tail does not is not told, nor used for what is expected.
func TestAQueueThatAStepContradictsIsNotTold(t *testing.T) {
	racetest.Skip(t)
	s := loaded(t, 0, 30, 60, 120, 240, 360, 430, 600)
	c := Assess(runfile.Target{}, Resources{}, s)
	if c.Queue == nil || c.Queue.Contradicted != nil || !strings.HasPrefix(c.Expected[0].Method, "M/M/4") {
		t.Fatalf("%+v, expected %+v", c.Queue, c.Expected)
	}
	for i := range s.steps {
		m := &s.steps[i]
		values := make([]time.Duration, m.took.Count)
		for k := range values {
			value := m.took.Quantile((float64(k) + 0.5) / float64(len(values))).Value
			if values[k] = value; float64(k) > 0.96*float64(len(values)) {
				values[k] = 900 * time.Millisecond // such as of a pause for garbage
			}
		}
		m.took = runfile.NewDist(3, values, nil)
		m.P99 = m.took.P99NS
	}
	c = Assess(runfile.Target{}, Resources{}, s)
	if c.Queue == nil || c.Queue.Contradicted == nil || c.Queue.Contradicted.Of != "p99" || c.Queue.Contradicted.Measured.Value < 0.8 {
		t.Fatalf("%+v, want its P99 contradicted", c.Queue)
	}
	if strings.Contains(c.Limit, "It behaves as") {
		t.Errorf("%q", c.Limit)
	}
	for _, e := range c.Expected {
		if strings.HasPrefix(e.Method, "M/M/") {
			t.Errorf("%+v", e)
		}
	}
}

func TestPredictionThatIsContradicted(t *testing.T) {
	s := loaded(t, 0, 30, 60, 120, 240, 360, 430, 600)
	cpu := 1.0 / 300
	for i := range s.steps {
		busy := cpu * s.steps[i].Served
		s.steps[i].CPU = &busy
	}
	// A processor that would be full at 300/s served 430/s and more.
	c := Assess(runfile.Target{}, Resources{Processors: 1}, s)
	if p := c.Predicted; p == nil || p.Contradicted == nil || p.Contradicted.Of != "throughput" || math.Abs(p.Contradicted.Measured.Value-500) > 25 {
		t.Errorf("%+v, want it contradicted by 500/s", p)
	}
	if d := c.Demands[0]; d.Contradicted == nil || d.Contradicted.Measured.Low < 400 {
		t.Errorf("%+v, want it contradicted", d)
	}
}

// Users who are mostly refused are not those of the law; and whether it fits is told by a test, of a flat line too.
func TestScalabilityIsToldByATest(t *testing.T) {
	steps := func(errors float64, served func(users float64) float64) (list []Measurement) {
		for _, users := range StaircaseUsers(0) {
			m := Measurement{Step: Step{Purpose: Staircase, Users: users}, Served: served(float64(users)), Errors: errors}
			for range 2000 {
				m.answers.add(8 * time.Millisecond)
			}
			list = append(list, m)
		}
		return list
	}
	flat := func(float64) float64 { return 200 }
	workers := func(n float64) float64 { return math.Min(125*n, 500) }
	softly := func(n float64) float64 { return 125 * n / math.Pow(1+math.Pow(n/4, 6), 1.0/6) }
	for _, tc := range []struct {
		name   string
		errors float64
		served func(float64) float64
		fits   bool
		want   string
	}{
		{"refused", 0.99, flat, false, "requests of 7 numbers of users more than 1 % failed, up to 99 %"},
		{"serial", 0, flat, true, "it is serial"},
		{"four workers", 0, workers, false, "fixed number of workers"},
		{"four workers, softly", 0, softly, false, "fixed number of workers"},
		{"contention", 0, func(n float64) float64 { return 100 * n / (1 + 0.1*(n-1)) }, true, "contention"},
	} {
		c := Capacity{}
		c.scalability(steps(tc.errors, tc.served))
		u := c.USL
		if u == nil || !strings.Contains(u.Says+u.Refused, tc.want) {
			t.Errorf("%s: %+v, want %q", tc.name, u, tc.want)
			continue
		}
		if tested := u.Fit != nil; tc.errors == 0 && u.Error <= widestError && (!tested || u.misfits() == tc.fits) {
			t.Errorf("%s: fit %v, %.3g off, want it to fit: %v", tc.name, u.Fit, u.Error, tc.fits)
		}
	}
}

// A law by which no number of users is served more than a rate that was is not told.
func TestScalabilityThatARateContradicts(t *testing.T) {
	var steps []Measurement
	for _, users := range StaircaseUsers(0) {
		steps = append(steps, Measurement{Step: Step{Users: users}, Served: 200})
	}
	open := Measurement{Step: Step{Rate: 1000}, Offered: 1000, Served: 1000, served: []float64{995, 1005, 1000, 1000}}
	c := Capacity{Steps: append(steps, open)}
	c.scalability(c.Steps)
	c.holdAgainstMeasured([]Measurement{open}, 0)
	if u := c.USL; u.Refused != "" || u.Contradicted == nil || u.Contradicted.Measured.Value != 1000 || u.Contradicted.Model.High > 210 {
		t.Errorf("%+v, want at most 200/s contradicted by 1000/s: %+v", u, u.Contradicted)
	}
}
