package selfcheck

import (
	"math/rand/v2"
	"testing"
	"time"
)

// The log is in the order of the answers' ends and holds the warm-up; what is paired is neither.
func TestPairLeavesOutTheWarmUp(t *testing.T) {
	s := quickLengths.step(FixedDelay, "a", 0)
	f := good(1e6)
	o := f.observe(s)
	warmUp := s.Load.Profile.Phases[0].Duration
	for i := range o.Answers { // as if the server had been slow while it warmed up
		if o.Answers[i].StartNS < started.Add(warmUp).UnixNano() {
			o.Answers[i].Total += time.Second
		}
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(o.Answers), func(i, j int) { o.Answers[i], o.Answers[j] = o.Answers[j], o.Answers[i] })
	got, ok := pair(s.Load, o.Run, o.Answers)
	if !ok {
		t.Fatal("not paired")
	}
	want := uint64(RequiredRate * (s.Length - warmUp).Seconds())
	for name, tc := range map[string]struct {
		count       uint64
		max, max100 time.Duration
	}{
		"service":  {got.service.Count, got.service.MaxNS, 10 * ms},
		"response": {got.response.Count, got.response.MaxNS, 10*ms + 30*us + wire},
		"arrived":  {got.arrived.Count, got.arrived.MaxNS, 30*us + wire},
	} {
		if tc.count != want || (tc.max-tc.max100).Abs() > tc.max100/1000 {
			t.Errorf("%s: %d of at most %v, want %d of at most %v", name, tc.count, tc.max, want, tc.max100)
		}
	}
}

// Poisson arrivals are paired by the schedule's own instants.
func TestPairFollowsPoissonArrivals(t *testing.T) {
	s := quickLengths.step(QueuedDelay, "a", 0)
	o := good(1e6).observe(s)
	got, ok := pair(s.Load, o.Run, o.Answers)
	if late := 30*us + wire; !ok || (got.arrived.MinNS-late).Abs() > us || (got.arrived.MaxNS-late).Abs() > us {
		t.Errorf("arrived %v to %v late, want %v always", got.arrived.MinNS, got.arrived.MaxNS, late)
	}
}

// A log of other requests than those of the run is never held against it.
func TestPairRefuses(t *testing.T) {
	s := quickLengths.step(FixedDelay, "a", 0)
	for name, spoil := range map[string]func(*Observation){
		"an answer more":    func(o *Observation) { o.Answers = append(o.Answers, o.Answers[0]) },
		"an answer fewer":   func(o *Observation) { o.Answers = o.Answers[1:] },
		"a failed request":  func(o *Observation) { o.Run.Requests.Succeeded-- },
		"no log at all":     func(o *Observation) { o.Answers = nil },
		"requests left out": func(o *Observation) { o.Answers = o.Answers[1:]; o.Run.Requests.Succeeded-- },
	} {
		o := good(1e6).observe(s)
		spoil(&o)
		if _, ok := pair(s.Load, o.Run, o.Answers); ok {
			t.Errorf("%s: paired", name)
		}
		if l, arrived := judgeLatency(s, o.Run, o.Answers); l.Within || len(l.Figures) > 0 || arrived != nil {
			t.Errorf("%s: judged %+v", name, l)
		}
	}
}
