package rig

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Targets that are up together are driven by one engine, whatever each server prefers.
func TestTargetsOfHTTPSHaveOneEngine(t *testing.T) {
	if len(loadgen.Engines()) == 1 {
		t.Skip("this system has no wire engine")
	}
	serve := func(h2 bool) *Target {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.EnableHTTP2 = h2
		s.StartTLS()
		t.Cleanup(s.Close)
		return &Target{Plan: loadgen.Plan{
			Target: runfile.Target{Name: "test", URL: s.URL}, Profile: Hold("test", 0, time.Second, 10),
			Requests: []request.Request{{URL: s.URL}}, TLS: loadgen.TLS{Insecure: true},
		}}
	}
	for _, tc := range []struct {
		first, second bool
		want          string
	}{
		{false, false, runfile.EngineWire}, {true, false, runfile.EngineHTTP}, {false, true, runfile.EngineHTTP}, {true, true, runfile.EngineWire},
	} {
		r := &Rig{Targets: []*Target{serve(tc.first), serve(tc.second)}}
		if err := r.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, target := range r.Targets {
			if record, err := target.PlanOf(target.Plan.Profile, nil, 1).Record(); err != nil || record.Engine != tc.want {
				t.Errorf("HTTP/2 by the first %v, by the second %v: target %d is driven by %s, %v", tc.first, tc.second, i+1, record.Engine, err)
			}
			says := func(note string) bool { return strings.HasPrefix(note, "the http engine sends the requests: ") }
			if said := slices.ContainsFunc(target.Options.Environment.Notes, says); said != (tc.want == runfile.EngineHTTP) {
				t.Errorf("HTTP/2 by the first %v, by the second %v: notes of target %d %q", tc.first, tc.second, i+1, target.Options.Environment.Notes)
			}
		}
		if err := r.Down(); err != nil {
			t.Error(err)
		}
	}
}
