package capacity

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Four workers of 5 ms, exponential, take 800 steps/s: 266.7 journeys/s of three steps each. The edge is that of a long run.
func TestSearchOfJourneysFindsTheEdge(t *testing.T) {
	racetest.Skip(t)
	s := shop{workers: 4, steps: 3, service: func(r *rand.Rand) float64 { return 0.005 * r.ExpFloat64() }, think: [2]float64{0.5, 1.5}}
	slo := objectivesOf(t, "p99{buy}<100ms", "errors{buy}<1%")
	low, high := 100.0, 266.0
	for range 7 {
		middle := (low + high) / 2
		r := s.run(rand.New(rand.NewPCG(1, 1)), Step{Rate: middle, WarmUp: 5 * time.Second, Hold: 200 * time.Second})
		if r.Overall.Journeys[0].Time.Quantile(0.99).Value > 100*ms {
			high = middle
		} else {
			low = middle
		}
	}
	truth := (low + high) / 2
	o := Options{Objectives: slo, Unit: Journeys, Level: 3 * time.Second, Tail: 3 * time.Second, Budget: 4 * time.Minute, Users: StaircaseUsers(0)}
	for seed := range uint64(3) {
		search := s.searched(rand.New(rand.NewPCG(seed, 2)), o)
		idle := 0.0
		c := Assess(runfile.Target{Name: "shop"}, Resources{Processors: 4, Idle: &idle}, search)
		if m := c.MaxRate; m.Outcome != Found || math.Abs(m.Rate.Rate/truth-1) > 0.07 || m.Low > 1.03*truth || m.High < truth/1.03 || math.Abs(m.Confirmed/truth-1) > 0.1 {
			t.Errorf("seed %d: found %+v, want %.4g journeys/s", seed, m, truth)
		}
		for _, m := range c.Steps {
			if m.Users == 0 && (m.WarmUp < o.Level || m.Tail != o.Tail) || m.Purpose == Overload || m.Purpose == Bursts || m.Purpose == Light || m.Unit != Journeys {
				t.Errorf("seed %d: %+v", seed, m.Step)
			}
		}
		if search.elapsed > o.Budget+lateDrain {
			t.Errorf("seed %d: it took %v", seed, search.elapsed)
		}
		if c.Unit != Journeys || c.NotPredicted == "" || c.Saturation != nil || c.Queue != nil || c.Expected != nil || len(c.Notes) > 0 {
			t.Errorf("seed %d: %+v", seed, c)
		}
		if len(c.Demands) != 1 || math.Abs(c.Demands[0].Seconds.Value/0.015-1) > 0.05 || math.Abs(c.Demands[0].Saturation.Rate/266.7-1) > 0.05 {
			t.Errorf("seed %d: a journey asks %+v of the processors, want 15 ms", seed, c.Demands)
		}
		if u := c.USL; u == nil || len(u.Points) != 7 || math.Abs(u.Points[0].Throughput/66.7-1) > 0.35 || math.Abs(u.Points[6].Throughput/266.7-1) > 0.1 {
			t.Errorf("seed %d: users were served %+v", seed, u)
		}
		var b bytes.Buffer
		if err := Encode(&b, []*Capacity{c}); err != nil {
			t.Fatal(err)
		}
		if again, err := Decode("shop.json", b.Bytes()); err != nil || again[0].Unit != Journeys || !strings.Contains(b.String(), `"unit": "journeys"`) {
			t.Errorf("seed %d: decoded %v", seed, err)
		}
	}
}

// Journeys that fail as often at every rate, which the objective allows, are none that are served less.
func TestSearchOfJourneysThatFail(t *testing.T) {
	racetest.Skip(t)
	s := shop{workers: 2, steps: 2, service: func(*rand.Rand) float64 { return 0.002 }, failing: 0.05}
	slo := objectivesOf(t, "p99{buy}<150ms", "errors{buy}<10%")
	found := s.searched(rand.New(rand.NewPCG(1, 3)), Options{Objectives: slo, Unit: Journeys, Start: 100}).Result()
	if found.Outcome != Found || found.Rate.Rate < 460 || found.Rate.Rate > 520 { // failures take no time: 1000/s / 1.95
		t.Errorf("found %+v, want nearly 513 journeys/s", found)
	}
}

// Thinking takes time of each step, which a search is planned with.
func TestTheLeastTimeOfASearch(t *testing.T) {
	slo := objectivesOf(t, "p99{buy}<20ms")
	o := Options{Objectives: slo, Unit: Journeys, Level: 8 * time.Second, Tail: 9 * time.Second}
	for _, tc := range []struct {
		o    Options
		want time.Duration
	}{{o, 5*(8+5+9)*time.Second + 5*coolDown}, {Options{Objectives: slo}, 5*(1+4)*time.Second + 5*coolDown}} {
		if got, budget := tc.o.Least(); got != tc.want || budget != 160*time.Second {
			t.Errorf("at least %v of %v, want %v", got, budget, tc.want)
		}
	}
}
