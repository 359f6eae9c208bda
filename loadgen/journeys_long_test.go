package loadgen

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// steadyService is a server that takes all requests at once, and stands still for a while as simulated has it.
type steadyService struct {
	service time.Duration
	freeze  [2]time.Duration // since the first request
	begin   sync.Once
	first   time.Time

	mu   sync.Mutex
	late []time.Duration // by how much each answer came after it was to come: a sleep ends when the system lets it
}

func (s *steadyService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := time.Now()
	s.begin.Do(func() { s.first = at })
	over := fakeServer{freeze: s.freeze, service: func(uint64) time.Duration { return s.service }}.answer(nil, 0, at.Sub(s.first))
	time.Sleep(time.Until(s.first.Add(over)))
	s.mu.Lock()
	s.late = append(s.late, time.Since(s.first)-over)
	s.mu.Unlock()
	if k, err := strconv.Atoi(r.URL.Query().Get("declined")); err == nil && k%50 == 0 {
		w.WriteHeader(http.StatusConflict)
	}
}

// served is the service that the server really gave.
func (s *steadyService) served() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.late)
	return s.service + s.late[len(s.late)/2]
}

// driveSteady drives a plan at a service.
func driveSteady(t *testing.T, p *Plan, engine string, s *steadyService) *runfile.Run {
	t.Helper()
	server := httptest.NewServer(s)
	defer server.Close()
	p.Engine, p.Target.URL = engine, server.URL
	for i := range p.Journeys[0].Steps {
		u := &p.Journeys[0].Steps[i].URL
		*u = strings.Replace(*u, "http://127.0.0.1:1", server.URL, 1)
	}
	run, err := Drive(t.Context(), *p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	run.Judge(p.Thresholds)
	accountedFor(t, run)
	if run.Verdict.Kind.Spoiled() {
		t.Skipf("this machine kept bench from measuring: %q", run.Verdict.Evidence)
	}
	return run
}

// What the tests in virtual time hold is so with both engines and a server.
func TestJourneysForLong(t *testing.T) {
	if os.Getenv("BENCH_LONG") == "" {
		t.Skip("it takes five minutes: .ci/long runs it")
	}
	for _, engine := range Engines() {
		t.Run(engine+"/strict", func(t *testing.T) {
			shop, url := newStrictShop(t)
			run, err := Drive(t.Context(), journeys(t, url, engine, 30*time.Second), Options{})
			if err != nil {
				t.Fatal(err)
			}
			accountedFor(t, run)
			shared := slices.ContainsFunc(run.Environment.Notes, func(n string) bool { return strings.Contains(n, "same user") })
			if j := &run.Overall.Journeys[0]; shop.wrong.Load() > 0 || j.Completed != 6000 || shared {
				t.Errorf("%d wrong; %s; notes %q", shop.wrong.Load(), endsOf(j), run.Environment.Notes)
			}
		})
		for name, declined := range map[string]uint64{"healthy": 0, "declined": 20} {
			t.Run(engine+"/"+name, func(t *testing.T) {
				p := stepsOf(3, oneToThree, 50, 20*time.Second)
				p.Thresholds = thresholds(t, "p95{buy}<200ms", "errors{buy}<2.5%")
				if declined > 0 {
					p.Journeys[0].Steps[1].URL += "?declined={{seq}}"
				}
				healthy(t, driveSteady(t, &p, engine, &steadyService{service: 20 * ms}), declined)
			})
		}
		t.Run(engine+"/slow", func(t *testing.T) {
			p := stepsOf(5, profiles.Think{Mean: 2 * time.Second}, 100, 30*time.Second)
			healthy(t, driveSteady(t, &p, engine, &steadyService{service: 300 * ms}), 0)
		})
		t.Run(engine+"/stall", func(t *testing.T) {
			p := stepsOf(3, oneToThree, 50, 20*time.Second)
			p.Limits.Connections = 1000
			s := &steadyService{service: 20 * ms, freeze: [2]time.Duration{8 * time.Second, 10 * time.Second}}
			run := driveSteady(t, &p, engine, s)
			since := s.first.Sub(run.Started)
			times, steps, _ := simulated(t, p, s.served(), [2]time.Duration{since + s.freeze[0], since + s.freeze[1]})
			j := &run.Overall.Journeys[0]
			near(t, "journey time", &j.Time, times, 0.05)
			for i := range j.Steps {
				near(t, "step "+j.Steps[i].Name, &j.Steps[i].SinceArrival, steps[i], 0.05)
			}
		})
	}
}
