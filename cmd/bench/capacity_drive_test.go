package main

import (
	"math"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/spf13/pflag"
)

// A step in bursts offers its rate on average, twice of it at most, and ends with a pause.
func TestProfileOfBursts(t *testing.T) {
	p := stepProfile(capacity.Step{Purpose: capacity.Bursts, Rate: 570, WarmUp: time.Second, Hold: 8 * time.Second, Burst: 50 * time.Millisecond})
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if p.Duration() != 9*time.Second || math.Abs(p.Expected()-9*570) > 1e-6 || p.PeakRate() != 2*570 || len(p.Phases) != 161 || p.Phases[160].From != 0 {
		t.Errorf("%v with %v requests, at most %v/s, in %d phases", p.Duration(), p.Expected(), p.PeakRate(), len(p.Phases))
	}
}

// Each step is driven as the flags of requests say.
func TestCapacityStepsTakeTheFlagsOfRequests(t *testing.T) {
	var o capacityOptions
	f := pflag.NewFlagSet("capacity", pflag.ContinueOnError)
	o.addFlags(f)
	args := []string{"--user", "me:pw", "--deadline", "3s", "--loops", "2", "--spin", "0s", "--connect-to", "127.0.0.1:9", "--max-rate", "10/s"}
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	list, err := o.capacitySubjects(anyStep(), []string{"http://service.test/x"}, nil, streams{})
	if err != nil || len(list) != 1 {
		t.Fatal(err)
	}
	p := stepPlan(list[0].Plan, capacity.Step{Rate: 10, Hold: time.Second}, 1)
	if p.Requests[0].Login != "me:pw" || p.Limits.Deadline != 3*time.Second || p.Wire.Loops != 2 || *p.Wire.Spin != 0 || p.ConnectTo != "127.0.0.1:9" {
		t.Errorf("%+v", p)
	}
	for users, loops := range map[int]int{1: 1, 2: 2, 64: 2} {
		p := stepPlan(list[0].Plan, capacity.Step{Users: users, Hold: time.Second}, 1)
		if err := p.Check(); err != nil || p.Wire.Loops != loops {
			t.Errorf("%d users: %d loops, %v", users, p.Wire.Loops, err)
		}
	}
	search, err := o.searchOptions(nil)
	if err != nil || search.Loops != 2 {
		t.Errorf("the search knows of %d loops, %v", search.Loops, err)
	}
	if err := f.Parse([]string{"--connect-to", "", "--dns-ttl", "5s"}); err != nil {
		t.Fatal(err)
	}
	if list, err = o.capacitySubjects(anyStep(), []string{"http://service.test/x"}, nil, streams{}); err != nil || list[0].Plan.Wire.DNSTTL != 5*time.Second {
		t.Errorf("%+v, %v", list, err)
	}
}
