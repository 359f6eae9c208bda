package compare

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// shopping is a run of 200 journeys, after 20 of a warm-up. Each took so long, and its two requests a tenth of that. Of the 200 some
// failed, and some were disturbed.
func shopping(took time.Duration, failed, disturbed uint64) *runfile.Run {
	times := func(n uint64, took time.Duration) runfile.Dist {
		values := make([]time.Duration, n)
		for i := range values {
			values[i] = took * time.Duration(900+i) / 1000
		}
		return runfile.NewDist(runfile.TotalDigits, values, nil)
	}
	phase := func(arrived, failed uint64) runfile.Phase {
		d := times(arrived-failed, took)
		j := runfile.Journey{Name: "buy", Arrived: arrived, Completed: arrived - failed, Failed: failed, Time: times(arrived-failed, 2*took), TargetTime: d, Steps: make([]runfile.JourneyStep, 2)}
		if disturbed > 0 {
			d := times(arrived-failed-disturbed, took)
			j.Undisturbed = &d
		}
		return runfile.Phase{
			DurationNS: 2 * time.Second, Requests: runfile.Requests{Due: 2 * arrived, Sent: 2 * arrived, Succeeded: 2*arrived - failed, Failed: failed}, Journeys: []runfile.Journey{j},
			TargetTime: &runfile.TargetTime{Undisturbed: times(2*arrived-failed, took/10)},
		}
	}
	r := &runfile.Run{Target: runfile.Target{Name: "shop"}, Phases: []runfile.Phase{phase(20, 0), phase(200, failed)}}
	r.Overall = r.Phases[1]
	r.Requests = runfile.AddRequests(r.Phases[0].Requests, r.Phases[1].Requests)
	return r
}

// Where journeys have several steps what is compared is their time, how many were due, were completed and failed, and not that of requests.
func TestArrivalsAreJourneys(t *testing.T) {
	r := shopping(time.Second, 10, 0)
	p50, goodput := P50.read(r), Goodput.read(r)
	if p50.value < float64(900*time.Millisecond) || p50.value > float64(1100*time.Millisecond) || p50.planned != 100 || p50.beyond != 95 {
		t.Errorf("P50 %+v, want the target time of journeys, of 200 that were due", p50)
	}
	if goodput.value != 95 {
		t.Errorf("goodput %v, want 95 journeys/s", goodput.value)
	}
	a := arrivalsOf(r)
	if f := a.failures(r); f.Failed != 10 || f.Due != 220 {
		t.Errorf("%+v, want the journeys of all phases that were not completed", f)
	}
	if RateOf(0.5, r) != 47 {
		t.Errorf("half of full speed is %v, want 47 journeys/s", RateOf(0.5, r))
	}
	if r.Overall.Journeys[0].Steps = r.Overall.Journeys[0].Steps[:1]; P50.read(r).value > float64(200*time.Millisecond) {
		t.Error("a journey of one step is more than a request")
	}
}

// What bench was late for is left out by the journey.
func TestDisturbedJourneysAreLeftOut(t *testing.T) {
	r := shopping(time.Second, 0, 5)
	a := arrivalsOf(r)
	if a.latencies.Count != 195 || a.all.Count != 200 || a.disturbed != 5 || Spoiled(r) != "" {
		t.Errorf("%d of %d journeys are compared, %d disturbed; spoiled: %q", a.latencies.Count, a.all.Count, a.disturbed, Spoiled(r))
	}
	if why := Spoiled(shopping(time.Second, 0, 15)); why != "" {
		t.Error(why)
	}
	r = shopping(time.Second, 0, 19)
	r.Overall.Journeys[0].Undisturbed = &runfile.Dist{}
	if why := Spoiled(r); why != "bench was late for 200 of 200 journeys" {
		t.Errorf("spoiled: %q", why)
	}
	r = shopping(time.Second, 0, 0)
	r.Tail = &runfile.Phase{Requests: runfile.Requests{Due: 100}, TargetTime: &runfile.TargetTime{Untold: 50}}
	if why := Spoiled(r); !strings.Contains(why, "50 of 500 requests") {
		t.Errorf("steps after the last arrival that were not sent: %q", why)
	}
}

// A gate of journeys judges their time, where their requests are as fast as before.
func TestAGateOfJourneys(t *testing.T) {
	racetest.Skip(t)
	for slow, want := range map[float64]Outcome{1: Pass, 1.3: Regression} {
		o := gateOptions()
		o.Criteria = gateCriteria[:2]
		trial, _ := play(t, o, func(s Step) *runfile.Run {
			r := shopping(time.Second, 0, 0)
			if s.Arm == 1 {
				r.Overall.Journeys = shopping(time.Duration(slow*float64(time.Second)), 0, 0).Overall.Journeys
			}
			return r
		})
		found := trial.Result()
		if c := found.Comparisons[0]; found.Outcome() != want || c.Of != Journeys || c.Errors.A.Due != 220*uint64(c.Pairs) {
			t.Errorf("%v times as slow: %s, of %q, %+v", slow, found.Outcome(), c.Of, c.Errors.A)
		}
	}
}

// The noise floor of a baseline of journeys is that of their time.
func TestTheFloorIsOfJourneyTime(t *testing.T) {
	var runs []*runfile.Run
	for i := range MinBaselineRuns {
		r := shopping(time.Second+time.Duration(i%3)*100*time.Millisecond, 0, 0)
		r.Phases = []runfile.Phase{r.Phases[0], r.Phases[1], r.Phases[1], r.Phases[1], r.Phases[1]}
		r.Phases[0].Kind = profiles.Warmup
		for n := range r.Phases {
			r.Phases[n].TargetTime = shopping(time.Second, 0, 0).Phases[1].TargetTime
		}
		r.Overall.TargetTime = r.Phases[1].TargetTime
		runs = append(runs, r)
	}
	if n, ok := MeasureFloor(runs, true).Of(P50); !ok || n.Run < 0.05 || n.Run > 0.15 {
		t.Errorf("%+v, %v: want the scatter of journeys, of which the runs differ by 10 %%, and not that of their requests, which are all alike", n, ok)
	}
}

func TestRunsOfTwoUnitsAreNotCompared(t *testing.T) {
	of := shopping(time.Second, 0, 0)
	if err := SameUnit(of, of); err != nil {
		t.Error(err)
	}
	if err := SameUnit(answer(time.Millisecond), of); err == nil || !strings.Contains(err.Error(), "some runs are of journeys") {
		t.Errorf("%v", err)
	}
}
