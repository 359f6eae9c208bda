package loadgen

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// spoken starts a server of https that offers protocols in TLS, and returns its URL.
func spoken(t *testing.T, protocols ...string) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = slices.Contains(protocols, alpnHTTP2)
	s.StartTLS()
	s.TLS.NextProtos = protocols
	t.Cleanup(s.Close)
	return s.URL
}

// The wire engine sends what is spoken over HTTP/1.1, and the other all else: it is said why, once, and the run's record says by
// which it was. What cannot be spoken is said before the run.
func TestTheVersionOfHTTPDecidesTheEngine(t *testing.T) {
	if len(Engines()) == 1 {
		t.Skip("this system has no wire engine")
	}
	both, old, new := spoken(t, alpnHTTP2, alpnHTTP1), spoken(t, alpnHTTP1), spoken(t, alpnHTTP2)
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(plain.Close)
	for _, tc := range []struct {
		url, http, engine string
		want              string // engine
		said              string // of the finding
		fatal             bool
	}{
		{plain.URL, "", "", "wire", "", false},
		{plain.URL, "2", "", "http", "the http engine sends the requests: --http 2 needs it", false},
		{old, "", "", "wire", "", false},
		{old, "auto", "http", "http", "", false},
		{old, "1.1", "", "wire", "", false},
		{old, "2", "", "http", "the server does not speak HTTP/2 over TLS", true},
		{both, "", "", "http", "the server speaks HTTP/2, which needs it (--http 1.1", false},
		{both, "1.1", "", "wire", "", false},
		{both, "2", "", "http", "--http 2 needs it", false},
		{both, "", "wire", "wire", "", false},
		{new, "", "", "http", "the server speaks HTTP/2", false},
		{spoken(t, "other"), "1.1", "", "wire", "the server does not speak HTTP/1.1 over TLS", true},
	} {
		p := steady(tc.url, time.Second)
		p.HTTP, p.Engine, p.TLS.Insecure = tc.http, tc.engine, true
		j, findings := compiled(t, p).Preflight(t.Context(), false)
		if got := j.Plan.record(j.mix); got.Engine != tc.want || got.HTTP != strings.TrimPrefix(tc.http, "auto") {
			t.Errorf("%+v: it is by the %s engine with HTTP %q", tc, got.Engine, got.HTTP)
		}
		said := slices.ContainsFunc(findings, func(f preflight.Finding) bool { return strings.Contains(f.Text, tc.said) && f.Fatal == tc.fatal })
		if tc.said != "" && !said || tc.said == "" && slices.ContainsFunc(findings, func(f preflight.Finding) bool { return strings.Contains(f.Text, "engine") }) {
			t.Errorf("%+v: found %+v", tc, findings)
		}
	}
}

func TestThePlanSaysTheVersionOfHTTP(t *testing.T) {
	plan := func(version, engine, url string) Plan {
		return Plan{HTTP: version, Engine: engine, Requests: []request.Request{{URL: url}}}
	}
	for _, tc := range []struct {
		plan    Plan
		refused string
	}{
		{plan("1.1", "", "https://127.0.0.1/"), ""},
		{plan("2", "http", "https://127.0.0.1/"), ""},
		{plan("2", "wire", "https://127.0.0.1/"), "the wire engine does not speak HTTP/2"},
		{plan("1", "", "http://127.0.0.1/"), "--http 1: it is 1.1, 2 or auto"},
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
	if d := a.Differences(&b); len(d) != 1 || d[0] != "version of HTTP (--http): 1.1 and auto" {
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
	both := spoken(t, alpnHTTP2, alpnHTTP1)
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
			if engine == runfile.EngineWire && tc.want != "HTTP/1.1" {
				continue
			}
			run, err := Drive(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if q := run.Requests; q.Succeeded != q.Planned || q.Planned == 0 {
				t.Errorf("%s by %s of %s: %+v %+v", tc.version, engine, tc.url, q, run.Errors)
			}
		}
	}
}
