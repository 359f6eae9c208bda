package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/seed-5a006608/bench/targets/timing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ask(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// Profiles are for this machine, unless they are offered to all; what the process was started with is for nobody.
func TestProfilesStayOnTheMachine(t *testing.T) {
	for _, tc := range []struct {
		client string
		forAll bool
		status int
	}{
		{"127.0.0.1:4000", false, 200},
		{"[::1]:4000", false, 200},
		{"[::ffff:127.0.0.1]:4000", false, 200},
		{"192.0.2.1:4000", false, 403},
		{"[fe80::1%eth0]:4000", false, 403},
		{"", false, 403},
		{"192.0.2.1:4000", true, 200},
	} {
		m := NewMux(tc.forAll)
		cmdline := tc.status
		if cmdline == 200 {
			cmdline = 404
		}
		for path, status := range map[string]int{
			"/debug/pprof/": tc.status, "/debug/pprof/heap": tc.status, "/debug/pprof/symbol": tc.status,
			"/debug/pprof/cmdline": cmdline, "/healthz": 200,
		} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.RemoteAddr = tc.client
			w := httptest.NewRecorder()
			m.ServeHTTP(w, r)
			if got := w.Code; got != status {
				t.Errorf("%s asked by %q (for all: %v): status %d, want %d", path, tc.client, tc.forAll, got, status)
			}
			if strings.Contains(w.Body.String(), "-test.") {
				t.Errorf("%s shows arguments: %s", path, w.Body)
			}
		}
	}
}

func TestAnswers(t *testing.T) {
	var logged bytes.Buffer
	previous := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, nil)))
	defer slog.SetDefault(previous)

	m := NewMux(true)
	m.Handle("GET /plain", func(*http.Request) (any, error) { return map[string]int{"n": 1}, nil })
	m.Handle("GET /hit", func(r *http.Request) (any, error) {
		record := timing.From(r.Context())
		record.Lookup = timing.Hit
		record.Add(timing.Cache, time.Millisecond)
		return "x", nil
	})
	m.Handle("GET /miss", func(r *http.Request) (any, error) {
		timing.From(r.Context()).Lookup = timing.Miss
		return "x", nil
	})
	m.Handle("GET /stale", func(r *http.Request) (any, error) {
		record := timing.From(r.Context())
		record.Lookup, record.Version = timing.Stale, "a1"
		return "x", nil
	})
	m.Handle("GET /bad", func(*http.Request) (any, error) { return nil, BadRequest("want a number, got %q", "x") })
	m.Handle("GET /broken", func(*http.Request) (any, error) { return nil, errors.New("secret detail") })
	m.Handle("GET /unencodable", func(*http.Request) (any, error) { return func() {}, nil })

	for _, tc := range []struct {
		path, body, xCache, serverTiming, version string
		status                                    int
	}{
		{"/plain", `{"n":1}`, "", "", "", 200},
		{"/hit", `"x"`, "HIT", "cache;dur=1.000", "", 200},
		{"/miss", `"x"`, "MISS", "", "", 200},
		{"/stale", `"x"`, "STALE", "", "a1", 200},
		{"/bad", `{"error":"want a number, got \"x\""}`, "", "", "", 400},
		{"/broken", `{"error":"internal error"}`, "", "", "", 500},
		{"/unencodable", `{"error":"internal error"}`, "", "", "", 500},
	} {
		w := ask(m, tc.path)
		if w.Code != tc.status || strings.TrimSpace(w.Body.String()) != tc.body {
			t.Errorf("%s: %d %s, want %d %s", tc.path, w.Code, w.Body, tc.status, tc.body)
		}
		h := w.Result().Header
		if h.Get("X-Cache") != tc.xCache || h.Get("Server-Timing") != tc.serverTiming || h.Get("X-Version") != tc.version {
			t.Errorf("%s: X-Cache %q, Server-Timing %q, X-Version %q", tc.path, h.Get("X-Cache"), h.Get("Server-Timing"), h.Get("X-Version"))
		}
		if h.Get("Content-Type") != "application/json" || h.Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
			t.Errorf("%s: %v for %d bytes", tc.path, h, w.Body.Len())
		}
	}
	if !strings.Contains(logged.String(), "secret detail") {
		t.Errorf("the broken endpoint's error was not logged: %s", &logged)
	}
	metrics := ask(m, "/metrics").Body.String()
	for _, want := range []string{
		`http_requests_total{code="200",route="GET /hit"} 1`,
		`http_requests_total{code="400",route="GET /bad"} 1`,
		`http_requests_total{code="500",route="GET /broken"} 1`,
		`http_request_duration_seconds_count{route="GET /plain"} 1`,
		"go_goroutines",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	for path, want := range map[string]string{"/healthz": "ok", "/debug/pprof/": "goroutine"} {
		if w := ask(m, path); w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %.80s", path, w.Code, w.Body)
		}
	}
}

// serve serves h and returns its URL and what ends it.
func serve(t *testing.T, h http.Handler) (url string, stop func() error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- Serve(ctx, ln, h, false, func() { close(ready) }) }()
	<-ready
	return "http://" + ln.Addr().String(), func() error {
		cancel()
		return <-ended
	}
}

// client keeps no connections, so that nothing outlives a test.
var client = http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func TestRequestsUnderWayAreFinished(t *testing.T) {
	begun, finish := make(chan struct{}), make(chan struct{})
	url, stop := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-finish
		fmt.Fprint(w, "done")
	}))
	answered := make(chan error, 1)
	go func() {
		resp, err := client.Get(url)
		if err == nil {
			defer resp.Body.Close()
			var b []byte
			if b, err = io.ReadAll(resp.Body); string(b) != "done" {
				err = fmt.Errorf("answer %q, %w", b, err)
			}
		}
		answered <- err
	}()
	<-begun
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	for refused := false; !refused; { // it no longer accepts, so it has heard
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if refused = err != nil; !refused {
			c.Close()
		}
	}
	close(finish)
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestRequestsThatTakeTooLongAreGivenUp(t *testing.T) {
	begun, released := make(chan struct{}), make(chan error, 1)
	url, stop := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		released <- r.Context().Err()
	}))
	answered := make(chan error, 1)
	go func() {
		resp, err := client.Get(url)
		if err == nil {
			resp.Body.Close()
		}
		answered <- err
	}()
	<-begun
	began := time.Now()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if err := <-released; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := <-answered; err == nil {
		t.Error("the client got an answer, want its connection closed")
	}
	if took := time.Since(began); took < Grace || took > Grace+30*time.Second {
		t.Errorf("stopped after %v, want %v", took, Grace)
	}
}
