package loadgen

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// hostileJourney is what a server does to journeys, and what is to be said of them.
type hostileJourney struct {
	name   string
	first  http.HandlerFunc                     // answers the first step
	steps  func(*request.Journey)               // what the journey takes, and where it goes
	second func(r *http.Request) (fault string) // what is wrong with the second request; nil: there is to be none
	rounds uint64                               // how many second requests a journey makes; 0: one
	kind   string                               // of each journey's failure; "": all are completed
	bound  bool                                 // the failure is one of which only a bound is known
	change func(*Plan)
}

// link makes the second step one whose URL is taken from the first one's answer.
func link(j *request.Journey) {
	j.Steps[0].Take = []request.Take{{Name: "next", From: "header:Location"}}
	j.Steps[1].Reference = "next"
}

// bearer makes the second step one with a header that holds what the first one's answer says.
func bearer(j *request.Journey) {
	j.Steps[0].Take = []request.Take{{Name: "token", From: "json:$.token"}}
	j.Steps[1].Header = http.Header{"Authorization": {"Bearer {{token}}"}}
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) }
}

// leads answers with a link.
func leads(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Location"] = []string{to}
		w.WriteHeader(http.StatusFound)
	}
}

// fine finds nothing wrong with a request.
func fine(*http.Request) string { return "" }

// hostileJourneys lists them; elsewhere is a server that is to be left alone.
func hostileJourneys(elsewhere string) []hostileJourney {
	return []hostileJourney{
		{name: "nothing to take", first: says(`{"other":1}`), steps: bearer, kind: "take: token"},
		{name: "nothing that can be read", first: says("\x00\xff{"), steps: bearer, kind: "take: token"},
		{name: "an object in place of a text", first: says(`{"token":{}}`), steps: bearer, kind: "take: token"},
		{name: "a token with a line break", first: says(`{"token":"a\r\nX-Evil: 1"}`), steps: bearer, kind: "take: token"},
		{name: "a token of 5 KB", first: says(`{"token":"` + string(bytes.Repeat([]byte("t"), 5000)) + `"}`), steps: bearer, kind: "take: token"},
		{name: "a line break in a path", first: says(`{"token":"a\r\nb /?#"}`), steps: func(j *request.Journey) {
			j.Steps[0].Take = []request.Take{{Name: "token", From: "json:$.token"}}
			j.Steps[1].URL += "/{{token}}"
		}, second: func(r *http.Request) string {
			if r.RequestURI != "/second/a%0D%0Ab%20%2F%3F%23" {
				return r.RequestURI
			}
			return ""
		}},
		{name: "a body of a mebibyte", first: says(`{"token":"` + string(bytes.Repeat([]byte("t"), 1<<20)) + `"}`), steps: bearer, kind: request.TakeTooLong},
		{name: "a body of 2 GB", steps: bearer, kind: "timeout", bound: true, change: func(p *Plan) { p.Limits.Timeout, p.Limits.Drain = time.Second, time.Minute },
			first: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", strconv.Itoa(2<<30))
				piece := bytes.Repeat([]byte("{"), 64<<10)
				for i := 0; i < 2<<30; i += len(piece) {
					if _, err := w.Write(piece); err != nil {
						return
					}
					select {
					case <-r.Context().Done():
						return
					case <-time.After(10 * ms): // the processor is for others too
					}
				}
			}},
		{name: "a redirect that loops", first: leads("/second"), steps: func(j *request.Journey) {
			link(j)
			j.Steps[1].While, j.Steps[1].Take = "next", j.Steps[0].Take
		}, second: fine, rounds: 100},
		{name: "a cookie of another domain", steps: func(*request.Journey) {},
			first: func(w http.ResponseWriter, _ *http.Request) {
				for _, c := range []string{"a=1; Domain=shop.example", "b=1; Domain=1", "c=1; Path=/elsewhere", "d=1; Path=/"} {
					w.Header().Add("Set-Cookie", c)
				}
			},
			second: func(r *http.Request) string {
				if got := r.Header.Get("Cookie"); got != "d=1" {
					return "cookies " + got
				}
				return ""
			}},
		{name: "a link to another host", first: leads(elsewhere + "/"), steps: link, kind: request.TakeOtherHost},
		{name: "a link to another host, without a scheme", first: leads("//shop.example/"), steps: link, kind: request.TakeOtherHost},
		{name: "a link with a user", first: func(w http.ResponseWriter, r *http.Request) { leads("http://user@"+r.Host+"/second")(w, r) }, steps: link, kind: request.TakeOtherHost},
		{name: "a link that is no URL", first: leads("http://[::1"), steps: link, kind: "take: link"},
		{name: "a link of its own host", first: func(w http.ResponseWriter, r *http.Request) { leads("http://"+r.Host+"/second?a=b")(w, r) }, steps: link, second: fine},
	}
}

// Whatever a server does to them, all journeys are accounted for, and nothing is sent that it made of them.
func TestHostileServersOfJourneys(t *testing.T) {
	const n = 10
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(func() {
		other.Close()
		if elsewhere.Load() > 0 {
			t.Errorf("%d requests went to another host", elsewhere.Load())
		}
	})
	engines := Engines()
	if testing.Short() {
		engines = engines[:1]
	}
	for _, engine := range engines {
		for _, tc := range hostileJourneys(other.URL) {
			t.Run(engine+"/"+tc.name, func(t *testing.T) {
				t.Parallel()
				var seconds atomic.Int64
				mux := http.NewServeMux()
				mux.HandleFunc("/first", tc.first)
				mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
					seconds.Add(1)
					if tc.second == nil || r.Header.Get("X-Evil") != "" {
						t.Errorf("the second step was asked: %s %v", r.RequestURI, r.Header)
					} else if fault := tc.second(r); fault != "" {
						t.Error(fault)
					}
					leads("/second")(w, r)
				})
				s := httptest.NewServer(mux)
				defer s.Close()
				p := steady(s.URL, 50*ms)
				p.Requests, p.Engine, p.Limits = nil, engine, Limits{Connections: 2 * n, Timeout: time.Minute}
				j := request.Journey{Name: "buy", Steps: []request.Step{{Request: request.Request{Name: "first", URL: s.URL + "/first"}}, {Request: request.Request{Name: "second", URL: s.URL + "/second"}}}}
				tc.steps(&j)
				p.Journeys = []request.Journey{j}
				if tc.change != nil {
					tc.change(&p)
				}
				run, err := Drive(t.Context(), p, Options{})
				if err != nil {
					t.Fatal(err)
				}
				// A busy machine may need longer than that to connect.
				late := func(e runfile.ErrorCount) bool { return e.Kind == exchange.ConnectTimeout }
				for tc.bound && slices.ContainsFunc(run.Errors, late) && p.Limits.Timeout < time.Minute {
					p.Limits.Timeout *= 4
					if run, err = Drive(t.Context(), p, Options{}); err != nil {
						t.Fatal(err)
					}
				}
				accountedFor(t, run)
				tc.check(t, run, n, uint64(seconds.Load()))
			})
		}
	}
}

// check holds that n journeys ended as they should, with so many second requests.
func (tc *hostileJourney) check(t *testing.T, run *runfile.Run, n, seconds uint64) {
	t.Helper()
	j := &run.Overall.Journeys[0]
	want, asked := fmt.Sprintf("%d arrived, %d completed, 0 failed, 0 unfinished, 0 unstarted", n, n), n*max(tc.rounds, 1)
	if tc.kind != "" {
		want, asked = fmt.Sprintf("%d arrived, 0 completed, %d failed, 0 unfinished, 0 unstarted", n, n), 0
		for _, e := range run.Errors {
			if e.Kind != tc.kind || e.Count != n {
				t.Errorf("%d× %q (%s), want %q", e.Count, e.Kind, e.Sample, tc.kind)
			}
		}
		if steps := j.Steps[1].Asked + j.Steps[1].Stopped; steps != n {
			t.Errorf("of the second step %d were asked and %d stopped", j.Steps[1].Asked, j.Steps[1].Stopped)
		}
	}
	bounds := uint64(0)
	if tc.bound {
		bounds = n
	}
	if got := endsOf(j); got != want || seconds != asked || j.Time.Count != j.Completed+bounds {
		t.Errorf("%s, want %s; the second step was asked %d times, want %d; %d times; %+v", got, want, seconds, asked, j.Time.Count, run.Errors)
	}
}

// A run that is aborted says what became of every journey that had arrived.
func TestJourneysOfAnAbortedRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a second to be over")
	}
	for _, engine := range Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			shop, url := newStrictShop(t)
			shop.refuse = func(string) bool { return true }
			p := journeys(t, url, engine, 10*time.Second)
			p.Journeys[0].Steps[1].Think = profiles.Think{Mean: 200 * ms}
			c, err := runfile.ParseCondition("errors>1%")
			if err != nil {
				t.Fatal(err)
			}
			p.Abort.On = []runfile.Threshold{c}
			run, err := Drive(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			accountedFor(t, run)
			if j := &run.Overall.Journeys[0]; run.Abort() == nil || !run.Interrupted || j.Unfinished == 0 || j.Completed != 0 || j.Failed == 0 {
				t.Errorf("abort %v, interrupted %v, %s", run.Abort(), run.Interrupted, endsOf(j))
			}
		})
	}
}
