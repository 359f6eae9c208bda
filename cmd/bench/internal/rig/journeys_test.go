package rig

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/compare"
)

// At full speed nobody thinks, in rounds everyone does, and a round waits for the answers of all steps.
func TestJourneysAtFullSpeedDoNotThink(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(s.Close)
	think := profiles.Think{Mean: time.Hour}
	target := &Target{Plan: loadgen.Plan{
		Target: runfile.Target{Name: "shop", URL: s.URL}, Limits: loadgen.Limits{Connections: 2, Timeout: time.Minute},
		Journeys: []request.Journey{{Name: "buy", Steps: []request.Step{
			{Request: request.Request{Name: "login", URL: s.URL}}, {Request: request.Request{Name: "order", URL: s.URL}, Think: think},
		}}},
	}}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run, err := target.Fast(ctx, 50*time.Millisecond, 1)
	if err != nil {
		t.Fatal(err)
	}
	if j := run.Overall.Journeys[0]; j.Completed == 0 || j.Completed != j.Arrived {
		t.Errorf("%d of %d journeys were completed", j.Completed, j.Arrived)
	}
	plan := target.PlanOf(Hold("round", 0, time.Second, 1), nil, 1)
	if plan.Journeys[0].Steps[1].Think != think || plan.Limits.Drain != 2*roundDrain {
		t.Errorf("a round thinks %v and drains for %v", plan.Journeys[0].Steps[1].Think, plan.Limits.Drain)
	}
}

// Both sides of a pair are asked the same: journeys of one seed are alike.
func TestRoundsOfOneSeedSendTheSameJourneys(t *testing.T) {
	asked := func(seed uint64) (paths []string) {
		var mu sync.Mutex
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			paths = append(paths, r.URL.Path)
		}))
		defer s.Close()
		step := func(name string) request.Step {
			return request.Step{Request: request.Request{Name: name, URL: s.URL + "/" + name + "/{{item}}/{{zipf 1000 1.1}}"}}
		}
		target := &Target{Rate: 200, Plan: loadgen.Plan{
			Target: runfile.Target{Name: "shop", URL: s.URL},
			Journeys: []request.Journey{
				{Name: "buy", Weight: 3, Vars: []request.Var{{Name: "item", Text: "{{zipf 1000 1.1}}"}}, Steps: []request.Step{step("login"), step("order")}},
				{Name: "look", Weight: 1, Vars: []request.Var{{Name: "item", Text: "{{seq}}"}}, Steps: []request.Step{step("home")}},
			},
		}}
		run, err := target.round(t.Context(), compare.Layout{Round: 200 * time.Millisecond}, seed)
		if err != nil {
			t.Fatal(err)
		}
		if run.Requests.Succeeded != run.Requests.Due {
			t.Fatalf("%+v", run.Requests)
		}
		s.Close() // when all it was asked is over
		slices.Sort(paths)
		return paths
	}
	one, same, other := asked(1), asked(1), asked(2)
	if len(one) < 45 || !slices.Equal(one, same) || slices.Equal(one, other) {
		t.Errorf("of one seed\n%v\n%v\nof another\n%v", one, same, other)
	}
}
