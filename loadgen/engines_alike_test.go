package loadgen

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

const slowService = 10 * ms

// answering gives answers of all classes, and counts what it is asked.
type answering struct {
	mu    sync.Mutex
	asked map[string]int
}

func (s *answering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.asked[fmt.Sprintf("%s %s %q %s", r.Method, r.RequestURI, r.Header["X-Drawn"], body)]++
	s.mu.Unlock()
	switch r.URL.Path {
	case "/hit":
		w.Header().Set("X-Cache", "HIT")
	case "/miss":
		w.Header().Set("X-Cache", "MISS")
	case "/missing", "/broken":
		w.WriteHeader(map[string]int{"/missing": 404, "/broken": 503}[r.URL.Path])
	case "/slow":
		time.Sleep(slowService)
	case "/long":
		w.Write(make([]byte, 70_000))
	}
	io.WriteString(w, r.URL.Path)
}

// Of the same server both engines say the same over each protocol: what was asked and answered, how, and how often; and of a slow
// answer neither says less than the server took.
func TestEnginesTellAlike(t *testing.T) {
	t.Parallel()
	told := func(t *testing.T, secure bool, version, engine string) (asked map[string]int, lines []string) {
		s := &answering{asked: map[string]int{}}
		server := httptest.NewUnstartedServer(s)
		server.EnableHTTP2 = version == runfile.HTTP2
		server.Config.Protocols = new(http.Protocols)
		server.Config.Protocols.SetHTTP1(version == runfile.HTTP1)
		server.Config.Protocols.SetHTTP2(version == runfile.HTTP2)
		server.Config.Protocols.SetUnencryptedHTTP2(version == runfile.HTTP2 && !secure)
		if secure {
			server.StartTLS()
		} else {
			server.Start()
		}
		defer server.Close()
		p := steady(server.URL, 150*ms)
		p.HTTP, p.Engine, p.TLS.Insecure, p.Limits.Timeout, p.Limits.Connections = version, engine, true, time.Minute, 8
		p.Profile.Phases[0].From, p.Profile.Phases[0].To = 800, 800
		p.Requests = nil
		for _, path := range []string{"/hit?of={{zipf 100 1.1}}", "/miss", "/missing", "/broken", "/slow", "/long"} {
			name, _, _ := strings.Cut(path, "?")
			p.Requests = append(p.Requests, request.Request{URL: server.URL + path, Name: name, Header: http.Header{"X-Drawn": {"{{uuid}}"}}})
		}
		p.Requests = append(p.Requests, request.Request{URL: server.URL + "/post", Name: "/post", Method: http.MethodPost, Body: "{{seq}}"})
		run, err := Drive(t.Context(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%+v, bytes %+v", run.Requests, run.Overall.Bytes))
		for _, e := range run.Errors {
			lines = append(lines, fmt.Sprintf("failed: %s %d", e.Kind, e.Count))
		}
		for _, e := range run.Phases[0].Endpoints {
			lines = append(lines, fmt.Sprintf("%s %v: %d", e.Name, e.Class, e.Count))
			if e.Name == "/slow" && e.ServiceTime.Quantile(0.01).Value < slowService*99/100 {
				t.Errorf("%s, HTTP/%s: a service time of %v, and the server took %v", engine, version, e.ServiceTime.Quantile(0.01).Value, slowService)
			}
		}
		slices.Sort(lines)
		return s.asked, lines
	}
	asked, first := told(t, false, runfile.HTTP1, Engines()[0])
	if len(first) < 10 || len(asked) < 100 {
		t.Fatalf("%q of %d requests", first, len(asked))
	}
	for _, engine := range Engines() {
		for _, secure := range []bool{false, true} {
			for _, version := range []string{runfile.HTTP1, runfile.HTTP2} {
				a, lines := told(t, secure, version, engine)
				if !maps.Equal(a, asked) {
					t.Errorf("%s, TLS %v, HTTP/%s: it asked %d different things, and %s %d, not the same", engine, secure, version, len(a), Engines()[0], len(asked))
				}
				if !slices.Equal(lines, first) {
					t.Errorf("%s, TLS %v, HTTP/%s tells %q, %s %q", engine, secure, version, lines, Engines()[0], first)
				}
			}
		}
	}
}
