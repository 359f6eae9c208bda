package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/spf13/pflag"
)

const thinkingShop = `version: 2
name: shop
target: http://127.0.0.1:8
phases: [{name: load, kind: hold, duration: 1s, rate: 7/s}]
journeys:
  - name: buy
    weight: 3
    steps: [{name: login, path: /in}, {name: order, path: /order, think: 2s}, {name: pay, path: /pay, think: 1s..2s}]
  - {name: look, steps: [{name: home, path: /}]}
`

// parsedCapacity is bench capacity with flags and a test file, as far as its search is planned.
func parsedCapacity(t *testing.T, file string, args ...string) (*capacityOptions, profiles.File, capacity.Options, error) {
	t.Helper()
	o := new(capacityOptions)
	f := pflag.NewFlagSet("capacity", pflag.ContinueOnError)
	o.addFlags(f)
	if err := f.Parse(append([]string{"-f", fileOf(t, file)}, args...)); err != nil {
		t.Fatal(err)
	}
	asked, err := o.askedBy(anyStep())
	if err != nil {
		t.Fatal(err)
	}
	objectives, err := o.objectives(asked)
	if err != nil {
		t.Fatal(err)
	}
	search, err := o.searchOptions(objectives)
	if err == nil {
		err = o.pace(&search, asked)
	}
	return o, asked, search, err
}

// Each step of a search of journeys is as long as they think, and users of the staircase do not.
func TestCapacityOfJourneysIsPlanned(t *testing.T) {
	o, file, search, err := parsedCapacity(t, thinkingShop)
	if err != nil {
		t.Fatal(err)
	}
	if search.Unit != capacity.Journeys || search.Level != 4*time.Second || search.Tail < 3900*time.Millisecond || search.Tail > 4*time.Second || search.Most < 50_000 || search.Most > 80_000 {
		t.Errorf("%+v", search)
	}
	var texts []string
	for _, t := range search.Objectives {
		texts = append(texts, t.Text)
	}
	if got := strings.Join(texts, " "); got != "p99{buy}<100ms errors{buy}<0.1% p99{look}<100ms errors{look}<0.1%" {
		t.Errorf("by itself it holds %s", got)
	}
	list, err := o.capacitySubjects(file, nil, search.Objectives, streams{})
	if err != nil || len(list) != 1 {
		t.Fatal(err)
	}
	open := stepPlan(list[0].Plan, capacity.Step{Rate: 10, Hold: time.Second}, 1)
	closed := stepPlan(list[0].Plan, capacity.Step{Users: 4, Hold: time.Second}, 1)
	if err := closed.Check(); err != nil || closed.Journeys[0].Steps[1].Think != (profiles.Think{}) || open.Journeys[0].Steps[1].Think.Mean != 2*time.Second {
		t.Errorf("at a rate they think %v, users %v, %v", open.Journeys[0].Steps[1].Think, closed.Journeys[0].Steps[1].Think, err)
	}
	if notes := journeyNotes(search); len(notes) != 1 || !strings.HasPrefix(notes[0], "Journeys think up to 4.0") && !strings.HasPrefix(notes[0], "Journeys think up to 3.9") {
		t.Errorf("%q", notes)
	}
	_, _, search, err = parsedCapacity(t, thinkingShop, "--slo", "p99<50ms", "--slo", "p95{buy}<1s")
	if notes := journeyNotes(search); err != nil || len(notes) != 2 || !strings.HasPrefix(notes[1], "p99<50ms is of all requests") {
		t.Errorf("%q, %v", notes, err)
	}
}

// As many journeys as may be in progress bound the rate of a search, and each step's plan.
func TestCapacityTakesTheMostJourneys(t *testing.T) {
	o, file, search, err := parsedCapacity(t, thinkingShop, "--max-journeys", "1000")
	if err != nil {
		t.Fatal(err)
	}
	_, _, usual, err := parsedCapacity(t, thinkingShop)
	if err != nil || math.Abs(200*search.Most-usual.Most) > 1e-6*usual.Most {
		t.Errorf("at most %v/s with 1,000 journeys, %v/s with 200,000, %v", search.Most, usual.Most, err)
	}
	list, err := o.capacitySubjects(file, nil, search.Objectives, streams{})
	if err != nil || stepPlan(list[0].Plan, capacity.Step{Rate: 10, Hold: time.Second}, 1).Limits.Journeys != 1000 {
		t.Errorf("the plan of a step: %v", err)
	}
	o, file, search, err = parsedCapacity(t, thinkingShop, "--max-journeys", "0")
	if err == nil {
		_, err = o.capacitySubjects(file, nil, search.Objectives, streams{})
	}
	if err == nil || !strings.Contains(err.Error(), "--max-journeys must be above 0") {
		t.Errorf("--max-journeys 0: %v", err)
	}
}

// A file whose journeys are of one request each is one of requests.
func TestCapacityOfSingleRequests(t *testing.T) {
	one := thinkingShop[:strings.Index(thinkingShop, "  - name: buy")] + "  - {name: look, steps: [{name: home, path: /}]}\n"
	_, _, search, err := parsedCapacity(t, one)
	for _, odd := range []string{"repeat: 2..3", "while: t, take: {t: \"json:$.t\"}"} {
		if _, _, _, err := parsedCapacity(t, strings.Replace(one, "path: /}", "path: /, "+odd+"}", 1)); err == nil || !strings.Contains(err.Error(), ":6: journey look is one step that is repeated") {
			t.Errorf("%s: %v", odd, err)
		}
	}
	if err != nil || search.Unit != capacity.Requests || search.Level != 0 || len(search.Objectives) != 2 || search.Objectives[0].Text != "p99<100ms" {
		t.Errorf("%+v, %v", search, err)
	}
}

// What a search cannot do is told before it begins.
func TestCapacityOfJourneysRefuses(t *testing.T) {
	_, _, _, err := parsedCapacity(t, strings.Replace(thinkingShop, "think: 2s", "think: 20s", 1))
	if err == nil || !strings.Contains(err.Error(), "journeys think up to 22") || !strings.Contains(err.Error(), "and has 2m40s: give it --budget 4m") {
		t.Errorf("journeys that think 20 s in 2m40s: %v", err)
	}
	if _, _, _, err := parsedCapacity(t, strings.Replace(thinkingShop, "think: 2s", "think: 20s", 1), "--budget", "10m"); err != nil {
		t.Errorf("in 10 min: %v", err)
	}
	for _, slo := range []string{"p99{sell}<50ms", "p99{buy/sell}<50ms", "service:p99{buy}<50ms"} {
		o, file, search, err := parsedCapacity(t, thinkingShop, "--slo", slo)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := o.capacitySubjects(file, nil, search.Objectives, streams{}); err == nil {
			t.Errorf("%s is of %+v", slo, list)
		}
	}
}

// The command that drives a confirmed rate again warms up until the load of journeys is level.
func TestJourneysAreDrivenAgain(t *testing.T) {
	o, _, _, err := parsedCapacity(t, thinkingShop)
	if err != nil {
		t.Fatal(err)
	}
	c := capacity.Capacity{
		Target: runfile.Target{Name: "127.0.0.1:8", URL: "http://127.0.0.1:8"}, Unit: capacity.Journeys, Objectives: []string{"p99{buy}<100ms"}, MaxRate: capacity.MaxRate{Confirmed: 100},
		Steps: []capacity.Measurement{{Step: capacity.Step{WarmUp: 12 * time.Second}}},
	}
	got := o.again(&c)
	if !strings.HasPrefix(got, "bench sustained http://127.0.0.1:8 --rate 95/s --warm-up 12s --threshold 'p99{buy}<100ms' --file ") {
		t.Error(got)
	}
}
