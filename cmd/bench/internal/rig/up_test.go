package rig

import (
	"errors"
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

// httpsTarget is a target whose server offers HTTP/2 or not, that is asked for a version of HTTP.
func httpsTarget(t *testing.T, offers bool, version string) *Target {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = offers
	s.StartTLS()
	t.Cleanup(s.Close)
	return &Target{Plan: loadgen.Plan{
		Target: runfile.Target{Name: "test", URL: s.URL}, Profile: Hold("test", 0, time.Second, 10), HTTP: version,
		Requests: []request.Request{{URL: s.URL}}, TLS: loadgen.TLS{Insecure: true},
	}}
}

// Targets that are up together speak one version of HTTP, unless each was asked for one.
func TestTargetsSpeakOneVersionOfHTTP(t *testing.T) {
	for _, tc := range []struct {
		offers   [2]bool
		versions [2]string
		refused  bool
	}{
		{[2]bool{false, false}, [2]string{"", ""}, false},
		{[2]bool{true, true}, [2]string{"", ""}, false},
		{[2]bool{true, false}, [2]string{"", ""}, true},
		{[2]bool{true, false}, [2]string{"2", ""}, true},
		{[2]bool{true, false}, [2]string{"1.1", ""}, false},
		{[2]bool{true, true}, [2]string{"2", "1.1"}, false},
	} {
		r := &Rig{Targets: []*Target{httpsTarget(t, tc.offers[0], tc.versions[0]), httpsTarget(t, tc.offers[1], tc.versions[1])}}
		err := r.Up(t.Context())
		refused := errors.As(err, new(*UsageError))
		if refused != tc.refused || err != nil && !refused {
			t.Errorf("%+v: %v", tc, err)
		}
		if err := r.Down(); err != nil {
			t.Error(err)
		}
	}
}

// What a server really spoke counts too: it may have been hidden behind a proxy before.
func TestVersionsThatWereSpokenAreCompared(t *testing.T) {
	r := &Rig{Targets: []*Target{{Label: "old", Protocols: "HTTP/1.1"}, {Label: "new HTTP/2", Protocols: "HTTP/2"}}}
	if note, err := r.Spoken(); err == nil || note != "" || !strings.Contains(err.Error(), "old by HTTP/1.1 and new by HTTP/2 are not compared") {
		t.Errorf("%q, %v", note, err)
	}
	r.Targets[0].Plan.HTTP, r.Targets[1].Plan.HTTP = runfile.HTTP1, runfile.HTTP2
	if note, err := r.Spoken(); err != nil || note != "versions of HTTP are compared: old by HTTP/1.1, new by HTTP/2" {
		t.Errorf("%q, %v", note, err)
	}
}

// Targets that are up together are driven by one engine: what one of them needs, all have.
func TestTargetsHaveOneEngine(t *testing.T) {
	if len(loadgen.Engines()) == 1 {
		t.Skip("this system has no wire engine")
	}
	r := &Rig{Targets: []*Target{httpsTarget(t, true, "1.1"), httpsTarget(t, true, "1.1")}}
	r.Targets[1].Plan.Follow.Most = 1
	if err := r.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, target := range r.Targets {
		if record, err := target.Plan.Record(); err != nil || record.Engine != runfile.EngineHTTP {
			t.Errorf("target %d is driven by %s, %v", i, record.Engine, err)
		}
	}
	if notes := r.Targets[0].Options.Environment.Notes; !slices.Contains(notes, "the http engine sends the requests: another target needs it") {
		t.Errorf("notes %q", notes)
	}
	if err := r.Down(); err != nil {
		t.Error(err)
	}
}
