package loadgen

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// ofKind returns the events of a kind: a busy machine may have others to tell of.
func ofKind(run *runfile.Run, kind runfile.EventKind) (events []runfile.Event) {
	for _, e := range run.Events {
		if e.Kind == kind {
			events = append(events, e)
		}
	}
	return events
}

// steady is a plan of one phase at 200/s, whose requests have as long as a busy machine takes.
func steady(url string, length time.Duration) Plan {
	return Plan{
		Target: runfile.Target{Name: "test", URL: url},
		Profile: profiles.Profile{Name: "steady", Arrivals: profiles.Even, Phases: []profiles.Phase{
			{Name: "load", Kind: profiles.Hold, Duration: length, From: 200, To: 200},
		}},
		Requests: []request.Request{
			{URL: url + "/a/{{zipf 100 1.1}}", Name: "a", Weight: 3},
			{URL: url + "/b", Name: "b", Method: http.MethodPost, Body: "{{seq}}"},
		},
		Seed: 1, Limits: Limits{Timeout: time.Minute},
	}
}

func TestDriveMeasuresAServer(t *testing.T) {
	t.Parallel()
	var a, b atomic.Uint64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server-Timing", "db;dur=2")
		switch body, _ := io.ReadAll(r.Body); {
		case strings.HasPrefix(r.URL.Path, "/a/") && len(body) == 0:
			w.Header().Set("X-Cache", []string{"HIT", "MISS"}[a.Add(1)%2])
			io.WriteString(w, "four")
		case r.URL.Path == "/b" && r.Method == http.MethodPost && len(body) > 0:
			if b.Add(1)%2 == 0 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		default:
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	defer s.Close()

	run, err := Drive(t.Context(), steady(s.URL, 2*time.Second), Options{})
	if err != nil {
		t.Fatal(err)
	}
	q := run.Requests
	if q.Planned != 400 || q.Due != 400 || q.Sent != 400 || q.Succeeded != a.Load()+b.Load()-b.Load()/2 || q.Failed != b.Load()/2 {
		t.Errorf("requests %+v of %d and %d that arrived", q, a.Load(), b.Load())
	}
	p := run.Phases[0]
	if p.Cache.Hits != a.Load()/2 || p.Cache.Hits+p.Cache.Misses != a.Load() || p.Bytes.In != 4*a.Load() || p.Bytes.Out == 0 {
		t.Errorf("cache %+v, bytes %+v of %d requests", p.Cache, p.Bytes, a.Load())
	}
	if len(p.ServerTiming) != 1 || p.ServerTiming[0] != (runfile.ServerTiming{Name: "db", Count: 400, SumNS: 800 * time.Millisecond}) {
		t.Errorf("server timing %+v", p.ServerTiming)
	}
	if len(run.Errors) != 1 || run.Errors[0].Kind != "status 503" || run.Errors[0].Count != q.Failed {
		t.Errorf("errors %+v", run.Errors)
	}
	classes := map[string]uint64{}
	for _, e := range p.Endpoints {
		classes[e.Name+" "+string(e.Class)] = e.Count
	}
	if classes["a hit"]+classes["a miss"] != a.Load() || classes["b failed"] != q.Failed || classes["b ok"]+classes["b failed"] != b.Load() {
		t.Errorf("endpoints %v", classes)
	}
	var file bytes.Buffer
	if err := runfile.Encode(&file, []*runfile.Run{run}); err != nil {
		t.Fatal(err)
	}
	if _, err := runfile.Decode("run.json", &file); err != nil {
		t.Errorf("its own file is refused: %v", err)
	}
}

// A run tells how it goes on, however late the machine is: it lasts until it has.
func TestDriveTellsHowItGoesOn(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	ctx, told := context.WithCancel(t.Context())
	defer told()
	var seen []runfile.Progress
	_, err := Drive(ctx, steady(s.URL, 10*time.Minute), Options{Progress: func(p runfile.Progress) {
		seen = append(seen, p)
		told()
	}})
	if err != nil || len(seen) == 0 || seen[0].Phase != "load" || seen[0].Offered != 200 {
		t.Errorf("progress %+v, %v", seen, err)
	}
}

// What a request says of now is when it was due, counted from the start that the run's file records: no clock is asked.
// And a request's own expectations stand in for the plan's.
func TestDriveRendersWhenARequestIsDue(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]string{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.URL.Path] = r.Header.Get("X-Due")
		if strings.HasPrefix(r.URL.Path, "/b") {
			w.WriteHeader(http.StatusCreated)
		}
	}))
	defer s.Close()
	p := steady(s.URL, 500*time.Millisecond)
	for i, status := range []string{"status=200", "status=201"} {
		e, err := request.ParseExpect(status)
		if err != nil {
			t.Fatal(err)
		}
		p.Requests[i].Header = http.Header{"X-Due": {"{{now}}"}}
		if i == 0 {
			p.Expect = []request.Expect{e}
		} else {
			p.Requests[i].Expect = []request.Expect{e}
		}
	}
	p.Requests[0].URL, p.Requests[1].URL = s.URL+"/a{{seq}}", s.URL+"/b{{seq}}"
	run, err := Drive(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if run.Requests.Succeeded != 100 || len(seen) != 100 {
		t.Errorf("requests %+v, %d arrived; failures %+v", run.Requests, len(seen), run.Errors)
	}
	for path, due := range seen {
		k, err := strconv.Atoi(path[2:])
		if err != nil {
			t.Fatal(err)
		}
		if want := run.Started.Add(time.Duration(k) * 5 * time.Millisecond).Format("2006-01-02T15:04:05.000Z"); due != want {
			t.Errorf("request %d says %s, want %s", k, due, want)
		}
	}
}

func TestDriveEndsWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var got atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if got.Add(1) == 50 {
			cancel()
		}
	}))
	defer s.Close()
	run, err := Drive(ctx, steady(s.URL, time.Minute), Options{})
	if err != nil {
		t.Fatal(err)
	}
	q := run.Requests
	if !run.Interrupted || q.Planned != 12_000 || q.Due < 50 || q.Due >= q.Planned || q.Due != q.Succeeded+q.Failed+q.Unfinished+q.Unsent {
		t.Errorf("interrupted %v, requests %+v", run.Interrupted, q)
	}
	// The rate is that of the time that it lasted, not of the minute that it was to last.
	if p := run.Phases[0]; p.DurationNS >= time.Minute || p.Achieved.Rate*p.DurationNS.Seconds() < 25 {
		t.Errorf("the phase lasts %v at %v/s", p.DurationNS, p.Achieved.Rate)
	}
}

func TestDriveEndsWithItsTarget(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	var got atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if got.Add(1) == 50 {
			close(gone)
		}
	}))
	defer s.Close()
	run, err := Drive(t.Context(), steady(s.URL, time.Minute), Options{TargetExit: gone})
	if !errors.Is(err, ErrTargetExit) || run == nil || !run.Interrupted {
		t.Fatalf("run %v, error %v", run, err)
	}
	if len(ofKind(run, runfile.EventExit)) != 1 {
		t.Errorf("events %+v", run.Events)
	}
}

func TestDriveInTheClosedModel(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer s.Close()
	p := steady(s.URL, time.Second)
	p.Closed = &Closed{VUs: 4, Think: profiles.Think{Mean: 10 * time.Millisecond}}
	run, err := Drive(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	q := run.Requests
	if q.Planned != q.Sent || q.Due != q.Planned || q.Sent < 4 || q.Sent > 400 || run.Plan.Model != "closed" || run.Plan.VUs != 4 {
		t.Errorf("requests %+v, plan %+v", q, run.Plan)
	}
}

func TestDriveRefusesAPlan(t *testing.T) {
	for want, change := range map[string]func(*Plan){
		"no request":                             func(p *Plan) { p.Requests = nil },
		"connections must be 1 to":               func(p *Plan) { p.Limits.Connections = -1 },
		"timeout must be":                        func(p *Plan) { p.Limits.Timeout = -1 },
		"drain must be":                          func(p *Plan) { p.Limits.Drain = 2 * time.Hour },
		"deadline must be":                       func(p *Plan) { p.Limits.Deadline = -1 },
		"vus must be":                            func(p *Plan) { p.Closed = &Closed{} },
		"20 users need as many":                  func(p *Plan) { p.Closed, p.Limits.Connections = &Closed{VUs: 20}, 10 },
		"think time":                             func(p *Plan) { p.Closed = &Closed{VUs: 1, Think: profiles.Think{Mean: -1}} },
		"trusted certificates: open missing.pem": func(p *Plan) { p.TLS.CAFile = "missing.pem" },
		"client certificate":                     func(p *Plan) { p.TLS.CertFile = "missing.pem" },
	} {
		p := steady("http://127.0.0.1:1", time.Second)
		change(&p)
		if run, err := Drive(t.Context(), p, Options{}); err == nil || run != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("run %v, error %v, want one with %q", run, err, want)
		}
	}
}

func TestDriveEndsOnACondition(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer s.Close()
	p := steady(s.URL, time.Minute)
	condition, err := runfile.ParseCondition("errors>5%")
	if err != nil {
		t.Fatal(err)
	}
	p.Abort.On = []runfile.Threshold{condition}
	run, err := Drive(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e := run.Abort(); e == nil || !run.Interrupted || run.Requests.Due == run.Requests.Planned {
		t.Errorf("abort %+v, interrupted %v, requests %+v", e, run.Interrupted, run.Requests)
	}
}
