package runfile

import (
	"strings"
	"testing"
	"time"
)

// shopRun is a run of two phases of journeys: of 100 each 90 were completed, 5 failed and 5 are a bound.
func shopRun() *Run {
	var times, bounds []time.Duration
	for i := range 90 {
		times = append(times, time.Duration(i+1)*time.Millisecond)
	}
	for range 5 {
		bounds = append(bounds, 2*time.Second)
	}
	phase := func(name string) Phase {
		d, e := NewDist(TotalDigits, times, bounds), NewDist(DetailDigits, times, nil)
		return Phase{
			Name: name, Kind: "hold", DurationNS: time.Second, Requests: Requests{Due: 100, Succeeded: 90},
			Journeys: []Journey{{
				Name: "buy", Arrived: 100, Completed: 90, Failed: 5, Unfinished: 5, Time: d, TargetTime: d,
				Steps: []JourneyStep{{Name: "order", Asked: 95, Stopped: 5, SinceArrival: e}},
			}},
			Endpoints: []Endpoint{{Name: "buy/order", Class: ClassOK, Count: 90, ResponseTime: e, ServiceTime: e}},
		}
	}
	r := &Run{Judging: JudgingBounds, Phases: []Phase{phase("a"), phase("b")}, Verdict: Verdict{Kind: Valid}}
	r.Overall = Phase{Requests: Requests{Due: 200, Succeeded: 180}, TargetTime: &TargetTime{}, Journeys: AddJourneys(r.Phases[0].Journeys, r.Phases[1].Journeys)}
	r.Plan.Endpoints = []EndpointRecord{{Name: "buy/order"}}
	return r
}

// Thresholds name a journey or one of its steps.
func TestThresholdsOnJourneys(t *testing.T) {
	r := shopRun()
	if j := r.Overall.Journeys[0]; j.Arrived != 200 || j.Time.Count != 190 || j.Steps[0].Stopped != 10 || r.Phases[0].Journeys[0].Arrived != 100 {
		t.Fatalf("together %+v", j)
	}
	for text, want := range map[string]struct {
		passed bool
		words  string
	}{
		"p50{buy}<60ms":        {true, "p50{buy} is 48.0 ms"},
		"p99{buy}<5s":          {false, "a lower bound"},
		"p50@b{buy}<60ms":      {true, "p50@b{buy} is 48.0 ms"},
		"errors{buy}<11%":      {true, "10.0 % (20 of 200 journeys)"},
		"errors{buy}<10%":      {false, "(20 of 200 journeys)"},
		"rate{buy}>=90/s":      {true, "at least 90/s"},
		"rate{buy}>=91/s":      {false, "not at least 91.0/s"},
		"service:p50{buy}<1s":  {false, "of a journey there are its time, errors and rate"},
		"errors{buy/order}<1%": {false, "(10 of 190 requests)"},
		"p50{buy/order}<60ms":  {true, "p50{buy/order} is 45"},
		"rate{buy/order}>=1/s": {false, "not by endpoint"},
		"p50{sell}<1s":         {false, `no endpoint "sell"`},
	} {
		threshold, err := ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := threshold.Judge(r); got.Passed != want.passed || !strings.Contains(got.Sentence, want.words) {
			t.Errorf("%s: passed %v, %s, want %v and %q", text, got.Passed, got.Sentence, want.passed, want.words)
		}
	}
}

// What does not add up is refused.
func TestJourneysAreChecked(t *testing.T) {
	for want, change := range map[string]func(*Journey){
		"add up to":      func(j *Journey) { j.Arrived++ },
		"holds":          func(j *Journey) { j.Completed, j.Failed = 100, 0; j.Unfinished = 0 },
		"99 asked":       func(j *Journey) { j.Steps[0].Asked = 99 },
		"since_arrival:": func(j *Journey) { j.Steps[0].SinceArrival.HDR = "x" },
	} {
		j := shopRun().Phases[0].Journeys[0]
		change(&j)
		if err := j.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	j := shopRun().Phases[0].Journeys[0]
	if err := j.check(); err != nil {
		t.Error(err)
	}
}

// A limit on journey time is missed only if the journeys without a disturbed step miss it; a list without them says that all were.
func TestUndisturbedJourneysDecide(t *testing.T) {
	ofMS := func(ms ...time.Duration) Dist {
		for i := range ms {
			ms[i] *= time.Millisecond
		}
		return NewDist(TotalDigits, ms, nil)
	}
	undisturbed := ofMS(10, 20)
	lag := ofMS(1)
	a := Journey{Name: "buy", Arrived: 3, Completed: 3, Time: ofMS(10, 20, 500), TargetTime: ofMS(10, 20, 100), Undisturbed: &undisturbed}
	b := Journey{Name: "buy", Arrived: 1, Completed: 1, Time: ofMS(40), TargetTime: ofMS(30), LagAtAnswers: &lag}
	for _, both := range [][]Journey{AddJourneys([]Journey{a}, []Journey{b}), AddJourneys([]Journey{b}, []Journey{a})} {
		if d := both[0].Undisturbed; d == nil || d.Count != 3 || d.MaxNS/1e6 != 30 || both[0].TargetTime.Count != 4 || undisturbed.Count != 2 || both[0].LagAtAnswers == nil {
			t.Fatalf("together %+v", d)
		}
	}
	r := shopRun()
	for i := range r.Phases {
		r.Phases[i].Journeys = []Journey{a}
	}
	for text, want := range map[string]string{
		"max{buy}<1s":    "is 500 ms, below",
		"max{buy}<200ms": "500 ms with what bench did late in it and 20.0 ms without",
		"max{buy}<15ms":  "is 500 ms, not below",
	} {
		threshold, err := ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := threshold.Judge(r); !strings.Contains(got.Sentence, want) || got.Passed != (text == "max{buy}<1s") || got.Undecided != (text == "max{buy}<200ms") {
			t.Errorf("%s: passed %v, undecided %v: %s", text, got.Passed, got.Undecided, got.Sentence)
		}
	}
	if undisturbed = ofMS(1, 2, 3, 4); a.check() == nil {
		t.Error("more undisturbed journeys than there are were taken")
	}
}

// Of all journeys together those without a disturbed step are kept apart, of kinds of which all were undisturbed too.
func TestAllJourneysKeepTheUndisturbedApart(t *testing.T) {
	calm := NewDist(TotalDigits, []time.Duration{time.Millisecond}, nil)
	all := NewDist(TotalDigits, []time.Duration{time.Millisecond, time.Second}, nil)
	steps := make([]JourneyStep, 2)
	p := Phase{Journeys: []Journey{{Arrived: 2, Completed: 2, TargetTime: all, Undisturbed: &calm, Steps: steps}, {Arrived: 1, Completed: 1, TargetTime: calm, Steps: steps}}}
	if j := p.AllJourneys(); j.TargetTime.Count != 3 || j.Undisturbed == nil || j.Undisturbed.Count != 2 || j.Undisturbed.MaxNS > 2*time.Millisecond {
		t.Errorf("%+v, undisturbed %+v", j, j.Undisturbed)
	}
	p.Journeys = p.Journeys[1:]
	if j := p.AllJourneys(); j.Undisturbed != nil {
		t.Errorf("all were undisturbed, and %+v is kept apart", j.Undisturbed)
	}
}
