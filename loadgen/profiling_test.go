package loadgen

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/pprof"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

func TestProfiledPhase(t *testing.T) {
	of := func(kinds ...profiles.Kind) (list []profiles.Phase) {
		for _, k := range kinds {
			list = append(list, profiles.Phase{Kind: k})
		}
		return list
	}
	for _, tc := range []struct {
		phases []profiles.Phase
		want   int
		why    string
	}{
		{of(profiles.Warmup, profiles.Baseline, profiles.Spike, profiles.Recovery), 2, "the spike"},
		{of(profiles.Spike, profiles.Hold, profiles.Spike, profiles.Hold), 0, "the first spike, whatever follows"},
		{of(profiles.Hold, profiles.Ramp, profiles.Hold, profiles.Recovery), 2, "the last hold"},
		{of(profiles.Step, profiles.Step, profiles.Step), 2, "the last of neither"},
		{of(profiles.Ramp, profiles.Warmup), 0, "no warm-up"},
		{of(profiles.Warmup), 0, "but for want of anything else"},
	} {
		if got := profiledPhase(tc.phases); got != tc.want {
			t.Errorf("phase %d, want %d (%s)", got, tc.want, tc.why)
		}
	}
}

// profiledPlan is a second's load at a server, with its profiles.
func profiledPlan(url string, length time.Duration) Plan {
	p := steady(url, length)
	p.ProfileURL = url + "/debug/pprof"
	return p
}

// Requests to /debug/pprof do not count as requests of the run.
func TestDriveProfilesItsTarget(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	s := httptest.NewServer(mux)
	defer s.Close()
	run, err := Drive(t.Context(), profiledPlan(s.URL, time.Second), Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := run.Profile
	if p == nil || p.CPU == nil || p.Heap == nil || p.Mutex == nil || len(p.Problems) > 0 || p.Phase != "load" || p.DurationNS != time.Second {
		t.Fatalf("profile %+v", p)
	}
	if p.Heap.Total == 0 || len(p.Heap.Functions) == 0 || len(p.CPU.Data) == 0 || run.Plan.Profiled != "load" {
		t.Errorf("heap %+v, %d bytes of CPU profile, plan %q", p.Heap, len(p.CPU.Data), run.Plan.Profiled)
	}
	if q := run.Requests; q.Due != 200 || q.Sent != 200 || q.Succeeded != 200 {
		t.Errorf("requests %+v", q)
	}
}

// A target without profiles, or with an unreadable one, gets one sentence, and the run is otherwise unchanged.
func TestDriveWithoutProfiles(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		serve http.HandlerFunc
		want  string
	}{
		{http.NotFound, "/debug/pprof/profile?seconds=1 answered status 404: 404 page not found"},
		{func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<!doctype html>") }, "what the target sent as its CPU profile cannot be read: it is no profile"},
	} {
		asked := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/debug/") {
				asked++
				tc.serve(w, r)
			}
		}))
		run, err := Drive(t.Context(), profiledPlan(s.URL, time.Second), Options{})
		s.Close()
		if err != nil {
			t.Fatal(err)
		}
		if p := run.Profile; p == nil || p.CPU != nil || len(p.Problems) != 1 || !strings.HasSuffix(p.Problems[0], tc.want) || asked != 1 {
			t.Errorf("profile %+v, asked %d times, want %q", p, asked, tc.want)
		}
		if run.Requests.Succeeded != 200 || run.Interrupted {
			t.Errorf("requests %+v", run.Requests)
		}
	}
}

// An interrupted run does not wait for the profile that was to last longer.
func TestInterruptEndsTheProfile(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/debug/") {
			cancel()
			<-r.Context().Done()
			close(gone)
		}
	}))
	defer s.Close()
	run, err := Drive(ctx, profiledPlan(s.URL, time.Minute), Options{})
	if err != nil {
		t.Fatal(err)
	}
	<-gone
	if p := run.Profile; run.Requests.Due == run.Requests.Planned || p == nil || len(p.Problems) != 1 || !strings.Contains(p.Problems[0], "the run ended before") {
		t.Errorf("requests %+v, profile %+v", run.Requests, p)
	}
}
