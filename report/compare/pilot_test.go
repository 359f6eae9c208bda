package compare

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// pilotRun is a round whose target times scatter around a level: P50, P95 and P99 are one, three and five times that.
func pilotRun(level float64, requests int) *runfile.Run {
	values := make([]time.Duration, requests)
	for i := range values {
		factor := 1.0
		switch {
		case i*100 >= 985*requests/10:
			factor = 5
		case i*100 >= 94*requests:
			factor = 3
		}
		values[i] = time.Duration(factor * level * float64(time.Millisecond))
	}
	d := runfile.NewDist(3, values, nil)
	return &runfile.Run{Overall: runfile.Phase{
		ResponseTime: d, TargetTime: &runfile.TargetTime{Undisturbed: d},
		Requests: runfile.Requests{Due: uint64(requests), Sent: uint64(requests), Succeeded: uint64(requests)},
	}}
}

// piloted runs a pilot at arms whose rounds have a log level that scatters by so much at a share; B is twice as slow, which is
// no scatter.
func piloted(t *testing.T, o PilotOptions, scatter func(share float64) float64) Found {
	t.Helper()
	p := NewPilot(o)
	draws := profiles.NewStream(7, "pilot")
	var k uint64
	for {
		step, done := p.Next()
		if done {
			return p.Found()
		}
		// A normal draw of a mean of twelve uniform ones.
		var z float64
		for i := range uint64(12) {
			z += draws.Float64At(k, i)
		}
		k++
		level := math.Exp(scatter(step.Rate/o.Fastest)*(z-6)) * float64(1+step.Arm)
		p.Add(pilotRun(level, 1000))
	}
}

func pilotOptions() PilotOptions {
	return PilotOptions{
		Arms: 2, Fastest: 10_000, Criteria: []Criterion{{P50, 0.05, 0}, {P95, 0.1, 0}, {P99, 0.1, 0.2}}, Time: 36 * time.Second, Seed: 1,
		Budget: Budget{Left: 140 * time.Second, Arms: 2, Overhead: 20 * time.Millisecond, Shortest: 2 * time.Second, Quantile: 0.99},
	}
}

// Beside saturation pairs scatter by hundreds of percent: the rate is the highest at which they let the margins be held, and it
// is said what the next higher one would take.
func TestPilotLeavesSaturation(t *testing.T) {
	found := piloted(t, pilotOptions(), func(share float64) float64 {
		if share > 0.4 {
			return 2 * share
		}
		return 0.01
	})
	if len(found.Tried) != 3 || found.Chosen != 2 || found.Rate() != 3500 || !found.Tried[2].Holds {
		t.Fatalf("%+v", found)
	}
	higher := found.Tried[1]
	if higher.Holds || higher.Scatter[0].Log < 0.3 || higher.Scatter[0].Floor < 0.1 {
		t.Errorf("the next higher one: %+v", higher)
	}
	if _, err := json.Marshal(found); err != nil {
		t.Error(err)
	}
}

func TestPilotTakesTheHighestShareOfAQuietService(t *testing.T) {
	found := piloted(t, pilotOptions(), func(float64) float64 { return 0.01 })
	if len(found.Tried) != 1 || found.Rate() != 7000 {
		t.Errorf("%+v", found)
	}
	for _, s := range found.Tried[0].Scatter {
		if s.Log > 0.03 || s.Floor > s.Margin {
			t.Errorf("%+v", s)
		}
	}
}

// Where no share lets the margins be held the one that comes nearest is taken, and what it would need is told.
func TestPilotTakesTheNearest(t *testing.T) {
	found := piloted(t, pilotOptions(), func(share float64) float64 { return 0.3 + math.Abs(share-0.35) })
	chosen := found.Tried[found.Chosen]
	if len(found.Tried) != len(PilotShares) || chosen.Holds || chosen.Share != 0.35 {
		t.Fatalf("%+v", found)
	}
	if chosen.Needed <= chosen.Pairs || time.Duration(chosen.TakesNS) < 140*time.Second {
		t.Errorf("%d pairs are planned, %d needed, which take %v", chosen.Pairs, chosen.Needed, time.Duration(chosen.TakesNS))
	}
}

// Of one arm the neighbouring rounds are the pairs, and its rounds stay within the time.
func TestPilotOfOneArm(t *testing.T) {
	o := pilotOptions()
	o.Arms, o.Budget.Arms, o.Time = 1, 1, 20*time.Second
	var takes time.Duration
	p := NewPilot(o)
	for {
		step, done := p.Next()
		if done {
			break
		}
		if step.Arm != 0 {
			t.Fatalf("arm %d", step.Arm)
		}
		takes += step.Round + o.Budget.Overhead
		p.Add(pilotRun(1, 0)) // nothing is answered
	}
	found := p.Found()
	if takes > o.Time || len(found.Tried) != len(PilotShares) || found.Tried[0].Holds || len(found.Tried[0].Unmeasured) == 0 {
		t.Errorf("%v of %v: %+v", takes, o.Time, found)
	}
}
