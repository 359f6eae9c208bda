package loadgen

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// countedServer is a server that counts its statements: each request is one load, and each /b a write too.
type countedServer struct {
	loads, writes atomic.Uint64

	mu      sync.Mutex
	read    []uint64 // what each page of metrics said of both together
	metrics func(read int, w http.ResponseWriter) (done bool)
	asked   func() // called at each request, if it is there
}

func (s *countedServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/metrics":
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.metrics != nil && s.metrics(len(s.read), w) {
			return
		}
		loads, writes := s.loads.Load(), s.writes.Load()
		s.read = append(s.read, loads+writes)
		fmt.Fprintf(w, "asked_total{for=\"load\"} %d\nasked_total{for=\"write\"} %d\nasked_total{for=\"check\"} 1000000\n", 10+loads, writes)
		return
	case r.URL.Path == "/b":
		s.writes.Add(1)
	}
	s.loads.Add(1)
	if s.asked != nil {
		s.asked()
	}
}

// countedPlan is a plan at a server that counts.
func countedPlan(t *testing.T, s *countedServer, length time.Duration) Plan {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	p := steady(server.URL, length)
	p.Origin = OriginCounter{Metrics: server.URL + "/metrics", Counter: "asked_total", ByWork: true}
	return p
}

func TestOriginIsCounted(t *testing.T) {
	t.Parallel()
	s := &countedServer{}
	run, err := Drive(t.Context(), countedPlan(t, s, 500*time.Millisecond), Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := run.Origin
	if o == nil || o.Problem != "" || len(s.read) != 2 || s.read[0] != 0 || o.Statements != s.read[1] || o.Work.Loads+o.Work.Writes != o.Statements || o.Work.Loads == 0 ||
		o.LengthNS < 500*time.Millisecond || o.Reads != run.Requests.Succeeded-s.writes.Load() || o.Counter != "asked_total" {
		t.Errorf("%+v, the pages said %v", o, s.read)
	}

	warm := countedPlan(t, s, 300*time.Millisecond)
	warm.Origin.ByWork = false
	warm.Profile.Phases = append([]profiles.Phase{{Name: "early", Kind: profiles.Warmup, Duration: 300 * time.Millisecond, From: 200, To: 200}}, warm.Profile.Phases...)
	s.read = nil
	if run, err = Drive(t.Context(), warm, Options{}); err != nil {
		t.Fatal(err)
	}
	o = run.Origin
	if len(s.read) != 3 || o == nil || o.Problem != "" || o.Statements != s.read[2]-s.read[1] || o.Work != nil || o.LengthNS <= 0 || o.Reads == 0 {
		t.Errorf("behind a warm-up: %+v, the pages said %v", o, s.read)
	}
}

// What the counter does not tell is no error of the run, but for what it does not tell before it.
func TestOriginIsNotCounted(t *testing.T) {
	t.Parallel()
	broken := func(from int, answer func(w http.ResponseWriter)) func(int, http.ResponseWriter) bool {
		seen := 0
		return func(_ int, w http.ResponseWriter) bool {
			if seen++; seen <= from {
				return false
			}
			answer(w)
			return true
		}
	}
	gone := func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) }
	for want, metrics := range map[string]func(int, http.ResponseWriter) bool{
		"answered status 503":     broken(1, gone),
		"went from 10 back to 3":  broken(1, func(w http.ResponseWriter) { fmt.Fprint(w, "asked_total{for=\"load\"} 3\n") }),
		"has no counter asked":    broken(1, func(http.ResponseWriter) {}),
		"asked_total at NaN, whi": broken(1, func(w http.ResponseWriter) { fmt.Fprint(w, "asked_total NaN\n") }),
	} {
		run, err := Drive(t.Context(), countedPlan(t, &countedServer{metrics: metrics}, 100*time.Millisecond), Options{})
		if err != nil || run.Origin == nil || !strings.Contains(run.Origin.Problem, want) || run.Origin.Known() {
			t.Errorf("%v, %+v, want the problem %q", err, run.Origin, want)
		}
	}
	p := countedPlan(t, &countedServer{metrics: broken(0, gone)}, 100*time.Millisecond)
	if _, err := Drive(t.Context(), p, Options{}); err == nil || !strings.Contains(err.Error(), "the origin's counter cannot be read: GET http://127") {
		t.Errorf("a page that is not there before the run: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p = countedPlan(t, &countedServer{asked: cancel}, time.Minute)
	p.Profile.Phases = append([]profiles.Phase{{Name: "early", Kind: profiles.Warmup, Duration: time.Minute, From: 200, To: 200}}, p.Profile.Phases...)
	if run, err := Drive(ctx, p, Options{}); err != nil || !strings.Contains(run.Origin.Problem, "before anything was measured") {
		t.Errorf("interrupted in the warm-up: %v, %+v", err, run.Origin)
	}
	p.Origin.Metrics = "http://me:s3cret@/metrics"
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "origin: metrics: it must be a URL") || strings.Contains(err.Error(), "s3cret") {
		t.Error(err)
	}
}

// A run is ended early when its origin is asked too much, and when its cache hits too little.
func TestAbortOnCost(t *testing.T) {
	t.Parallel()
	for condition, says := range map[string]string{"origin>100/s": "/s, above 100/s", "hits<60%": "lookups), below 60 %"} {
		c, err := runfile.ParseCondition(condition)
		if err != nil {
			t.Fatal(err)
		}
		s := &countedServer{}
		p := countedPlan(t, s, 20*time.Second)
		p.Abort = Abort{On: []runfile.Threshold{c}}
		p.HitWhen, err = ParseHitRule("X-Cache~HIT")
		if err != nil {
			t.Fatal(err)
		}
		run, err := Drive(t.Context(), p, Options{})
		if err != nil || run.Abort() == nil || !strings.Contains(run.Abort().Text, says) {
			t.Errorf("%s: %v, %+v", condition, err, run.Events)
		}
	}
}
