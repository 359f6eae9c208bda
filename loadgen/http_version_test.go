package loadgen

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// spoken starts a server of https that offers protocols in TLS, and returns its URL.
func spoken(t *testing.T, protocols ...string) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = slices.Contains(protocols, preflight.ALPNHTTP2)
	s.TLS = &tls.Config{NextProtos: protocols}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// The wire engine sends what is spoken over HTTP/1.1, and the other all else: it is said why, once, and the run's record says by
// which it was. What cannot be spoken is said before the run.
func TestTheVersionOfHTTPDecidesTheEngine(t *testing.T) {
	if len(Engines()) == 1 {
		t.Skip("this system has no wire engine")
	}
	both, old, new := spoken(t, preflight.ALPNHTTP2, preflight.ALPNHTTP1), spoken(t, preflight.ALPNHTTP1), spoken(t, preflight.ALPNHTTP2)
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(plain.Close)
	for _, tc := range []struct {
		url, http, engine string
		want              string // engine
		said              string // of the finding
		fatal             bool
	}{
		{plain.URL, "", "", "wire", "", false},
		{plain.URL, "2", "", "wire", "", false},
		{plain.URL, "2", "http", "http", "", false},
		{old, "", "", "wire", "", false},
		{old, "auto", "http", "http", "", false},
		{old, "1.1", "", "wire", "", false},
		{old, "2", "", "wire", "the server does not speak HTTP/2 over TLS", true},
		{both, "", "", "wire", "", false},
		{both, "", "http", "http", "", false},
		{both, "1.1", "", "wire", "", false},
		{both, "2", "", "wire", "", false},
		{both, "", "wire", "wire", "", false},
		{new, "", "", "wire", "", false},
		{new, "2", "", "wire", "", false},
		{spoken(t, "other"), "1.1", "", "wire", "the server does not speak HTTP/1.1 over TLS", true},
	} {
		p := steady(tc.url, time.Second)
		p.HTTP, p.Engine, p.TLS.Insecure = tc.http, tc.engine, true
		j, findings := compiled(t, p).Preflight(t.Context(), false)
		version := strings.TrimPrefix(tc.http, "auto")
		if version == "" && tc.engine == "" && (tc.url == both || tc.url == new) {
			version = runfile.HTTP2
		}
		if got := j.Plan.record(j.mix); got.Engine != tc.want || got.HTTP != version {
			t.Errorf("%+v: it is by the %s engine with HTTP %q", tc, got.Engine, got.HTTP)
		}
		said := slices.ContainsFunc(findings, func(f preflight.Finding) bool { return strings.Contains(f.Text, tc.said) && f.Fatal == tc.fatal })
		if tc.said != "" && !said || tc.said == "" && slices.ContainsFunc(findings, func(f preflight.Finding) bool { return strings.Contains(f.Text, "engine") }) {
			t.Errorf("%+v: found %+v", tc, findings)
		}
	}
}

// A server that prefers HTTP/2 is spoken to in it by the wire engine. Where something else needs the http engine, or servers do not
// agree, that is said once.
func TestHTTP2IsSpokenWhereItIsPreferred(t *testing.T) {
	if len(Engines()) == 1 {
		t.Skip("this system has no wire engine")
	}
	t.Parallel()
	both, old := spoken(t, preflight.ALPNHTTP2, preflight.ALPNHTTP1), spoken(t, preflight.ALPNHTTP1)
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(plain.Close)
	for _, tc := range []struct {
		urls   []string
		anew   bool
		follow Follow
		said   string // why the http engine sends; "": the wire engine does
	}{
		{urls: []string{both, both}},
		{[]string{both}, true, Follow{}, "HTTP/2 without keep-alive needs it"},
		{[]string{old}, true, Follow{}, ""},
		{[]string{both}, false, Follow{Most: 1}, "to follow redirects needs it"},
		{[]string{both, old}, false, Follow{}, "not all servers prefer the same version of HTTP"},
		{[]string{both, plain.URL}, false, Follow{}, "not all servers prefer the same version of HTTP"},
		{urls: []string{old, plain.URL}},
	} {
		p := steady(tc.urls[0], 50*time.Millisecond)
		p.TLS.Insecure, p.Limits.NoKeepAlive, p.Follow, p.Requests = true, tc.anew, tc.follow, nil
		for _, u := range tc.urls {
			p.Requests = append(p.Requests, request.Request{URL: u})
		}
		j, findings := compiled(t, p).Preflight(t.Context(), false)
		var said []string
		for _, f := range findings {
			if strings.Contains(f.Text, "engine") {
				said = append(said, f.Text)
			}
		}
		if tc.said != "" {
			if got := j.Plan.record(j.mix); got.Engine != runfile.EngineHTTP || got.HTTP != runfile.HTTPAuto {
				t.Errorf("%+v: by the %s engine, HTTP %q", tc, got.Engine, got.HTTP)
			}
			if len(said) != 1 || !strings.HasPrefix(said[0], "the http engine sends the requests: "+tc.said) {
				t.Errorf("%+v: found %q", tc, said)
			}
			p.Wire.Loops = 2 // what is the wire engine's alone is refused
			c, err := p.Compile()
			if err == nil {
				_, err = c.withConnections(p.withDefaults().Limits.Connections, j.Plan.Negotiated)
			}
			if err == nil || !strings.HasPrefix(err.Error(), "loops is for the wire engine, and the http engine sends the requests: "+tc.said) {
				t.Errorf("%+v: with --loops: %v", tc, err)
			}
			continue
		}
		run, err := j.Drive(t.Context(), Options{})
		if err != nil || len(said) > 0 {
			t.Fatalf("%+v: %v, found %q", tc, err, said)
		}
		version, protocol := runfile.HTTP2, "HTTP/2.0"
		if tc.urls[0] == old {
			version, protocol = runfile.HTTPAuto, "HTTP/1.1"
		}
		if run.Plan.Engine != runfile.EngineWire || run.Plan.HTTP != version || run.Requests.Succeeded == 0 || run.Requests.Succeeded != run.Requests.Planned {
			t.Errorf("%+v: by the %s engine, HTTP %q: %+v", tc, run.Plan.Engine, run.Plan.HTTP, run.Requests)
		}
		for _, c := range run.Connections {
			if c.Protocol != protocol {
				t.Errorf("%+v: over %+v", tc, c)
			}
		}
	}
}

// Files of before name their engine and mean what they meant: no version is HTTP/1.1 by the wire engine.
func TestPlansOfBeforeMeanWhatTheyMeant(t *testing.T) {
	if len(Engines()) == 1 {
		t.Skip("this system has no wire engine")
	}
	t.Parallel()
	both := spoken(t, preflight.ALPNHTTP2, preflight.ALPNHTTP1)
	recorded := func(engine string) (*runfile.Run, *runfile.PlanRecord) {
		p := steady(both, 50*time.Millisecond)
		p.Engine, p.TLS.Insecure = engine, true
		j, _ := compiled(t, p).Preflight(t.Context(), false)
		run, err := j.Drive(t.Context(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return run, &run.Plan
	}
	for _, tc := range []struct{ engine, protocol string }{{runfile.EngineWire, "HTTP/1.1"}, {runfile.EngineHTTP, "HTTP/2.0"}} {
		run, before := recorded(tc.engine) // as the gate of a baseline of before has it
		if c := run.Connections; len(c) != 1 || c[0].Protocol != tc.protocol || before.HTTP != runfile.HTTPAuto {
			t.Errorf("%s: HTTP %q over %+v", tc.engine, before.HTTP, c)
		}
		if _, now := recorded(""); len(now.Differences(before)) == 0 {
			t.Errorf("%s: what is sent by default would be compared with it", tc.engine)
		}
	}
}

func TestThePlanSaysTheVersionOfHTTP(t *testing.T) {
	plan := func(version, engine, url string) Plan {
		return Plan{HTTP: version, Engine: engine, Requests: []request.Request{{URL: url}}}
	}
	goodbye := plan("2", "wire", "https://127.0.0.1/")
	goodbye.Limits.NoKeepAlive = true
	for _, tc := range []struct {
		plan    Plan
		refused string
	}{
		{plan("1.1", "", "https://127.0.0.1/"), ""},
		{plan("2", "http", "https://127.0.0.1/"), ""},
		{plan("2", "wire", "https://127.0.0.1/"), ""},
		{goodbye, "the wire engine closes no connection of HTTP/2 after an answer"},
		{plan("1", "", "http://127.0.0.1/"), "http 1: it is 1.1, 2, 3 or auto"},
	} {
		err := tc.plan.checkHTTP()
		if err == nil && len(Engines()) > 1 {
			err = tc.plan.checkEngine()
		}
		if tc.refused == "" && err != nil || tc.refused != "" && (err == nil || !strings.Contains(err.Error(), tc.refused)) {
			t.Errorf("%+v: %v", tc.plan, err)
		}
	}
	a, b := runfile.PlanRecord{HTTP: runfile.HTTP1}, runfile.PlanRecord{}
	if d := a.Differences(&b); len(d) != 1 || d[0] != "version of HTTP: 1.1 and auto" {
		t.Errorf("they differ in %q", d)
	}
}

// A targets file's URLs decide as a plan's own do.
func TestATargetsFileOverTLS(t *testing.T) {
	p := linesOf(t, "GET https://127.0.0.1:1/", request.Request{})
	if got := p.engine(); got != runfile.EngineHTTP {
		t.Errorf("engine %s where it is not known what the server speaks", got)
	}
	p.HTTP = runfile.HTTP1
	if got := p.engine(); got != Engines()[0] {
		t.Errorf("engine %s for HTTP/1.1", got)
	}
}

// Each version is spoken where it was asked for, without TLS too.
func TestTheVersionOfHTTPIsSpoken(t *testing.T) {
	t.Parallel()
	both := spoken(t, preflight.ALPNHTTP2, preflight.ALPNHTTP1)
	h2c := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	h2c.Config.Protocols = new(http.Protocols)
	h2c.Config.Protocols.SetUnencryptedHTTP2(true)
	h2c.Config.Protocols.SetHTTP1(true)
	h2c.Start()
	t.Cleanup(h2c.Close)
	for _, tc := range []struct{ url, version, want string }{
		{both, "1.1", "HTTP/1.1"}, {both, "2", "HTTP/2.0"}, {both, "auto", "HTTP/2.0"},
		{h2c.URL, "1.1", "HTTP/1.1"}, {h2c.URL, "2", "HTTP/2.0"}, {h2c.URL, "auto", "HTTP/1.1"},
	} {
		for _, engine := range Engines() {
			p := steady(tc.url, 50*time.Millisecond)
			p.HTTP, p.Engine, p.TLS.Insecure = tc.version, engine, true
			expect, err := request.ParseExpect("body~" + strings.ReplaceAll(tc.want, ".", "[.]"))
			if err != nil {
				t.Fatal(err)
			}
			p.Expect = []request.Expect{expect}
			if engine == runfile.EngineWire && tc.version == "auto" && tc.want != "HTTP/1.1" {
				continue // by itself it speaks HTTP/1.1
			}
			run, err := Drive(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if q := run.Requests; q.Succeeded != q.Planned || q.Planned == 0 {
				t.Errorf("%s by %s of %s: %+v %+v", tc.version, engine, tc.url, q, run.Errors)
			}
			if c := run.Connections; len(c) != 1 || c[0].Protocol != tc.want {
				t.Errorf("%s by %s of %s: over %+v", tc.version, engine, tc.url, c)
			}
		}
	}
}

// As many connections carry the requests as were asked for; what is drawn, the bodies and the headers arrive as over HTTP/1.1.
func TestRequestsShareConnections(t *testing.T) {
	if len(Engines()) == 1 {
		t.Skip("this system has no wire engine")
	}
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]map[string]int{} // by version of HTTP
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if seen[r.Proto] == nil {
			seen[r.Proto] = map[string]int{}
		}
		seen[r.Proto][fmt.Sprint(r.Method, r.URL, r.Header.Get("X-Drawn"), r.UserAgent(), string(body))]++
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	for _, version := range []string{runfile.HTTP1, runfile.HTTP2} {
		p := steady(s.URL, 200*time.Millisecond)
		p.HTTP, p.Engine, p.TLS.Insecure = version, runfile.EngineWire, true
		p.Requests = []request.Request{
			{URL: s.URL + "/items/{{zipf 100 1.1}}", Header: http.Header{"X-Drawn": {"{{uuid}}"}}, Weight: 1},
			{Method: http.MethodPut, URL: s.URL + "/a?b=c", Body: strings.Repeat("x", 200_000), Weight: 1},
		}
		if version == runfile.HTTP2 {
			p.Wire.Connections = 3
		}
		run, err := Drive(t.Context(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if q := run.Requests; q.Succeeded != q.Planned || q.Planned == 0 {
			t.Errorf("HTTP %s: %+v %+v", version, q, run.Errors)
		}
		if version == runfile.HTTP2 && (len(run.Connections) != 1 || run.Connections[0].Opened != 3) {
			t.Errorf("over %+v", run.Connections)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if !maps.Equal(seen["HTTP/1.1"], seen["HTTP/2.0"]) {
		t.Errorf("%d kinds of requests by HTTP/1.1, %d by HTTP/2, not the same", len(seen["HTTP/1.1"]), len(seen["HTTP/2.0"]))
	}
	for _, tc := range []struct {
		plan    Plan
		refused string
	}{
		{Plan{Wire: Wire{Connections: 3}}, "requests that share connections"},
		{Plan{HTTP: runfile.HTTP2, Wire: Wire{Connections: 1000}}, "h2-connections must be 1 to"},
		{Plan{HTTP: runfile.HTTP2, Engine: runfile.EngineHTTP, Wire: Wire{Connections: 3}}, "is for the wire engine"},
	} {
		p := steady(s.URL, time.Second)
		p.HTTP, p.Engine, p.Wire.Connections = tc.plan.HTTP, tc.plan.Engine, tc.plan.Wire.Connections
		if _, err := p.Compile(); err == nil || !strings.Contains(err.Error(), tc.refused) {
			t.Errorf("%+v: %v", tc.plan.Wire, err)
		}
	}
}

// HTTP/3 is the http engine's, over UDP and to https alone; a server is asked before the run whether it speaks it.
func TestHTTP3IsSpokenWhereThatIsAskedFor(t *testing.T) {
	t.Parallel()
	server, _ := exchangetest.Certificate(t)
	at := "https://" + exchangetest.ServeHTTP3(t, server, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "text") }))
	p := steady(at, 200*time.Millisecond)
	p.HTTP = runfile.HTTP3
	j, err := p.Compile()
	if err != nil {
		t.Fatal(err)
	}
	if _, found := j.Preflight(t.Context(), false); len(found) == 0 || !found[len(found)-1].Fatal || !strings.Contains(found[len(found)-1].Text, "its certificate is for server.test") {
		t.Errorf("a certificate of another name: %+v", found)
	}
	p.TLS.Insecure = true
	if j, err = p.Compile(); err != nil {
		t.Fatal(err)
	}
	if _, found := j.Preflight(t.Context(), false); preflight.AnyFatal(found) {
		t.Errorf("%+v", found)
	}
	run, err := Drive(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if run.Requests.Succeeded != run.Requests.Due || run.Protocols() != "HTTP/3" || run.Plan.Engine != runfile.EngineHTTP || run.Stamps != nil && run.Stamps.Kernel > 0 {
		t.Errorf("%+v by %s, engine %s, stamps %+v", run.Requests, run.Protocols(), run.Plan.Engine, run.Stamps)
	}
	for why, change := range map[string]func(*Plan){
		"goes to https:// alone": func(p *Plan) { p.Requests[0].URL = "http://127.0.0.1:1/" },
		"leave no-keepalive out": func(p *Plan) { p.Limits.NoKeepAlive = true },
		"goes over UDP":          func(p *Plan) { p.ConnectTo = "unix:/tmp/x" },
		"does not speak HTTP/3":  func(p *Plan) { p.Engine = runfile.EngineWire },
	} {
		q := p
		q.Requests = slices.Clone(p.Requests)
		if change(&q); q.Engine == runfile.EngineWire && len(Engines()) == 1 {
			continue
		}
		if err := q.Check(); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", why, err)
		}
	}
}
