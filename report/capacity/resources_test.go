package capacity

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// holding is a service whose requests each take cpu seconds of one processor, and hold one of so many connections for hold
// seconds, at the rates and with the users given.
func holding(t *testing.T, cpu, hold, most float64, rates ...float64) *Search {
	t.Helper()
	s := NewSearch(Options{Objectives: objectivesOf(t, "p99<1s")})
	alone := cpu + hold
	for _, users := range []int{1, 2, 4, 8, 16} {
		s.add(Measurement{Step: Step{Purpose: Staircase, Users: users, Hold: time.Second}, Served: min(float64(users)/alone, most), Mean: seconds(alone), Holds: true})
	}
	for _, rate := range rates {
		served := min(rate, most)
		used := cpu * served
		step := Step{Purpose: Growing, Rate: rate, Hold: 10 * time.Second}
		m := Measurement{
			Step: step, Offered: rate, Served: served, CPU: &used, Holds: rate <= most, late: rate > most,
			ServerTiming: []runfile.ServerTiming{
				{Name: "pool", Count: uint64(10 * served), SumNS: time.Duration(10 * served * 2e6)}, // waits 2 ms
				{Name: "db", Count: uint64(10 * served), SumNS: time.Duration(10 * served * hold * 1e9)},
			},
		}
		m.fails = !m.Holds
		for range 10 {
			m.served = append(m.served, served)
		}
		s.add(m)
	}
	return s
}

// 10 ms of one of 4 connections are full at 400/s; 1 ms of one processor at 1,000/s.
func TestAPoolIsFoundToLimit(t *testing.T) {
	s := holding(t, 0.001, 0.010, 400, 50, 100, 150, 200, 300, 500)
	c := Assess(runfile.Target{}, Resources{Processors: 1, Servers: map[string]float64{"db": 4}}, s)
	if c.Bottleneck != "db" || !strings.HasPrefix(c.Limit, "Its pool of 4 connections limits it: a request holds one for 10.0 ms (db), so all are busy at 400/s. When it served most, a request waited 2.00 ms for one. Of its processor 40 % was used.") {
		t.Errorf("bottleneck %q: %s", c.Bottleneck, c.Limit)
	}
	if c.Predicted == nil || math.Abs(c.Predicted.Rate.Rate-400) > 1e-6 || c.Predicted.UpTo != 200 || !strings.Contains(c.Predicted.Method, "db") {
		t.Errorf("predicted %+v, want 400/s from the steps up to 0.6 · 400/s", c.Predicted)
	}
	// R(1) = 11 ms, Dmax = 10 ms / 4: N* = 4.4 users. X(2) ≤ 2/11 ms, X(8) ≤ 400/s.
	b := c.Bounds
	if b == nil || math.Abs(b.Users-4.4) > 1e-6 || math.Abs(b.At(2)-2/0.011) > 1e-4 || math.Abs(b.At(8)-400) > 1e-6 || b.Resource != "db" || b.Beyond || len(b.Points) != 5 {
		t.Errorf("bounds %+v", b)
	}
	// The same with connections that nobody has counted: the processor is 40 % idle, and that is all that can be said.
	c = Assess(runfile.Target{}, Resources{Processors: 1}, s)
	if c.Bottleneck != Processor || !strings.HasPrefix(c.Limit, "Its processor does not limit it, as only 40 %") {
		t.Errorf("bottleneck %q: %s", c.Bottleneck, c.Limit)
	}
	if i := len(c.Demands); i != 2 || c.Demands[1].Resource != "db" || c.Demands[1].Servers != 0 || math.Abs(c.Demands[1].Seconds.Value-0.010) > 1e-9 {
		t.Errorf("demands %+v, want the wait for the pool left out", c.Demands)
	}
}

// A query that runs in the service itself holds its connection while it uses the processor: more connections are no help.
func TestAProcessorIsFoundToLimitBehindItsPool(t *testing.T) {
	s := holding(t, 0.0025, 0.0023, 400, 50, 100, 150, 200, 300, 500)
	c := Assess(runfile.Target{}, Resources{Processors: 1, Servers: map[string]float64{"db": 1}}, s)
	if c.Bottleneck != Processor || !strings.HasPrefix(c.Limit, "Its processor limits it: 2.50 ms a request, full at 400/s. Nearly all of that passes in db") {
		t.Errorf("bottleneck %q: %s", c.Bottleneck, c.Limit)
	}
}

func TestBoundsThatAreBrokenSaySo(t *testing.T) {
	s := holding(t, 0.001, 0.010, 400, 50, 100, 150, 200, 300, 500)
	s.steps[1].Served *= 1.2 // two users are served more than twice as fast as one alone
	if c := Assess(runfile.Target{}, Resources{Servers: map[string]float64{"db": 4}}, s); c.Bounds == nil || !c.Bounds.Beyond {
		t.Errorf("%+v", c.Bounds)
	}
}
