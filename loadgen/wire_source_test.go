package loadgen

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// Both engines send the same request k: what the wire engine encodes reads back as what net/http is given.
func TestBothEnginesSendTheSame(t *testing.T) {
	for _, r := range []request.Request{
		{URL: "http://h.test:81"},
		{URL: "http://h.test?a=b"},
		{URL: "http://h.test/a b/ü?q=ä#part", Header: http.Header{"Accept": {"text/html", "*/*"}}},
		{URL: "http://H.test/{{zipf 100 1.1}}/{{seq}}?u={{uuid}}&p={{pick a/b c&d}}", Method: "DELETE"},
		{URL: "http://h.test/{{pick a/b x%y ü}}", Header: http.Header{"X-Key": {"{{uniform 1 9}}"}, "Host": {"other.test"}}},
		{URL: "http://u:p@h.test/", Method: "POST", Body: "id={{seq}}&at={{now}}"},
		{URL: "http://h.test/", Method: "PUT"},
		{URL: "http://h.test/static", Method: "HEAD"},
	} {
		m, err := request.NewMix([]request.Request{r}, request.Selection{Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := wireRequests(m, &Plan{})
		if err != nil {
			t.Fatal(err)
		}
		epoch := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		s := &wireSource{mix: m, requests: encoded, epoch: epoch}
		for k := range uint64(20) {
			at := time.Duration(k) * time.Second
			want, err := m.Render(k, epoch.Add(at))
			if err != nil {
				t.Fatal(err)
			}
			sent, err := s.Render(k, at)
			if err != nil {
				t.Fatal(err)
			}
			got, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(sent.Bytes)))
			if err != nil {
				t.Fatalf("%s: %v in %q", r.URL, err, sent.Bytes)
			}
			host := want.Header.Get("Host")
			if host == "" {
				host = want.URL.Host
			}
			body, err := io.ReadAll(got.Body)
			if err != nil || got.Method != want.Method || got.RequestURI != want.URL.RequestURI() || got.Host != host || string(body) != string(want.Body) || sent.Body != len(body) {
				t.Errorf("%s: sends %s %s to %s with %q (%d), want %s %s to %s with %q; %v", r.URL,
					got.Method, got.RequestURI, got.Host, body, sent.Body, want.Method, want.URL.RequestURI(), host, want.Body, err)
			}
			header := want.Header.Clone()
			header.Del("Host")
			got.Header.Del("Content-Length")
			if !reflect.DeepEqual(got.Header, header) {
				t.Errorf("%s: header %v, want %v", r.URL, got.Header, header)
			}
			if sent.Head != (want.Method == http.MethodHead) || sent.Idempotent == (want.Method == http.MethodPost) {
				t.Errorf("%s: HEAD %v, idempotent %v", r.URL, sent.Head, sent.Idempotent)
			}
		}
	}
}

// The loops of an engine share the schedule: together they take each number once, each at its own instant.
func TestLoopsShareTheSchedule(t *testing.T) {
	profile := profiles.Profile{Name: "p", Arrivals: profiles.Poisson, Phases: []profiles.Phase{
		{Name: "load", Kind: profiles.Hold, Duration: time.Second, From: 500, To: 500}}}
	schedule, err := profiles.NewSchedule(profile, 3)
	if err != nil {
		t.Fatal(err)
	}
	const loops = 3
	got := map[uint64]time.Duration{}
	for i := range uint64(loops) {
		s := numbers{next: i, step: loops, cursor: schedule.Cursor()}
		for k, at, ok := s.Next(); ok; k, at, ok = s.Next() {
			if _, twice := got[k]; twice || k%loops != i {
				t.Errorf("loop %d takes number %d, twice: %v", i, k, twice)
			}
			got[k] = at
		}
	}
	c := schedule.Cursor()
	n := 0
	for k, at, ok := c.Next(); ok; k, at, ok = c.Next() {
		n++
		if got[k] != at {
			t.Errorf("number %d is taken at %v, want %v", k, got[k], at)
		}
	}
	if n != len(got) {
		t.Errorf("%d numbers taken of %d", len(got), n)
	}
}

func TestShareAddsUp(t *testing.T) {
	for whole := range 50 {
		for n := 1; n <= 7; n++ {
			sum, least, most := 0, whole, 0
			for i := range n {
				part := portion(whole, i, n)
				sum, least, most = sum+part, min(least, part), max(most, part)
			}
			if sum != whole || most-least > 1 {
				t.Errorf("%d in %d parts: they add up to %d, from %d to %d", whole, n, sum, least, most)
			}
		}
	}
}

func TestTheEngineSuitsThePlan(t *testing.T) {
	plan := func(engine string, urls ...string) Plan {
		p := Plan{Engine: engine}
		for _, u := range urls {
			p.Requests = append(p.Requests, request.Request{URL: u})
		}
		return p
	}
	fastest := Engines()[0]
	for _, tc := range []struct {
		plan    Plan
		want    string
		refused bool
	}{
		{plan("", "http://127.0.0.1/{{seq}}"), fastest, false},
		{plan("", "https://127.0.0.1/"), runfile.EngineHTTP, false},
		{plan("", "https://u:p@127.0.0.1?a={{seq}}"), runfile.EngineHTTP, false},
		{plan("", "https://127.0.0.1/{{pick 50%}}"), runfile.EngineHTTP, false},
		{plan("", "http://127.0.0.1/", "https://127.0.0.1/"), runfile.EngineHTTP, false},
		{plan("http", "http://127.0.0.1/"), runfile.EngineHTTP, false},
		{plan("wire", "https://127.0.0.1/"), runfile.EngineWire, len(Engines()) == 1},
		{plan("warp", "http://127.0.0.1/"), "warp", true},
	} {
		if got := tc.plan.engine(); got != tc.want {
			t.Errorf("engine %q for %v: %s, want %s", tc.plan.Engine, tc.plan.Requests, got, tc.want)
		}
		if err := tc.plan.checkEngine(); (err != nil) != tc.refused {
			t.Errorf("engine %q for %v: %v", tc.plan.Engine, tc.plan.Requests, err)
		}
	}
}
