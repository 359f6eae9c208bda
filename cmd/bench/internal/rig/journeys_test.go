package rig

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
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
