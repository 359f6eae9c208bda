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

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// asking keeps what journeys ask a server whose answers depend on the request alone.
type asking struct {
	tokens string // begins what it gives out
	mu     sync.Mutex
	asked  map[string][]string // by journey, its requests as they came
}

func (s *asking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	k := r.Header.Get("X-Seq")
	var lines []string
	for name, values := range r.Header {
		lines = append(lines, fmt.Sprintf("%s: %q", name, values))
	}
	slices.Sort(lines)
	s.mu.Lock()
	s.asked[k] = append(s.asked[k], fmt.Sprintf("%s %s %s\n%s", r.Method, r.RequestURI, strings.Join(lines, "; "), body))
	s.mu.Unlock()
	w.Header().Set("Set-Cookie", "last="+s.tokens+r.URL.Path[1:2]+"; Path=/")
	switch {
	case r.URL.Path == "/orders" && strings.HasSuffix(k, "7"):
		w.WriteHeader(http.StatusConflict)
	case r.URL.Path == "/orders":
		w.Header().Set("Location", "/orders/"+s.tokens+k)
		w.WriteHeader(http.StatusCreated)
	default:
		fmt.Fprintf(w, `{"token":"%s%s","next":"/more?of=%s"}`, s.tokens, k, k)
	}
}

// drive drives journeys that use all that journeys can at the server.
func (s *asking) drive(t *testing.T, engine string) (run *runfile.Run) {
	t.Helper()
	s.asked = map[string][]string{}
	server := httptest.NewServer(s)
	defer server.Close()
	p := journeys(t, server.URL, "", 500*ms)
	j := &p.Journeys[0]
	j.Steps[2].URL = strings.Replace(j.Steps[2].URL, "token={{token}}", "token={{token}}&at={{uniform 1 1000}}", 1)
	j.Steps[0].Expect = nil
	j.Steps[1].Repeat = [2]int{1, 3}
	j.Steps[1].Think = profiles.Think{Law: profiles.UniformThink, Mean: 20 * ms, Low: 10 * ms, High: 30 * ms}
	j.Steps[1].Take = []request.Take{{Name: "more", From: "json:$.next"}}
	j.Steps = append(j.Steps, request.Step{Request: request.Request{Name: "more", URL: server.URL}, Reference: "more", Chance: 0.5})
	for i := range j.Steps {
		h := j.Steps[i].Header.Clone()
		if h == nil {
			h = http.Header{}
		}
		h.Set("X-Seq", "{{seq}}")
		j.Steps[i].Header = h
	}
	name, several := strings.CutSuffix(engine, " of 4 loops")
	if p.Engine = name; several {
		p.Wire.Loops = 4
	}
	run, err := Drive(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	accountedFor(t, run)
	return run
}

// byStep says how often each step was asked, and with what end.
func byStep(run *runfile.Run) string {
	var b strings.Builder
	j := &run.Overall.Journeys[0]
	fmt.Fprintln(&b, endsOf(j), run.Requests.Due, run.Requests.Succeeded, run.Overall.Bytes.Out+run.Tail.Bytes.Out)
	for _, s := range j.Steps {
		fmt.Fprintln(&b, s.Name, s.Asked, s.LeftOut, s.Stopped, s.SinceArrival.Count)
	}
	return b.String()
}

// Journeys of a seed ask the same on every engine, with however many loops, step by step and byte by byte. Another server gets the same up
// to what was taken of its own answers.
func TestJourneysAskTheSameOnEveryEngine(t *testing.T) {
	if testing.Short() {
		t.Skip("it drives every engine")
	}
	first := &asking{tokens: "red-"}
	want := byStep(first.drive(t, runfile.EngineHTTP))
	if len(first.asked) != 100 {
		t.Fatalf("%d journeys asked", len(first.asked))
	}
	for _, engine := range append(Engines(), runfile.EngineWire+" of 4 loops") {
		if engine == runfile.EngineHTTP || !slices.Contains(Engines(), strings.Fields(engine)[0]) {
			continue
		}
		again := &asking{tokens: "red-"}
		if got := byStep(again.drive(t, engine)); got != want {
			t.Errorf("%s: %s\nwant %s", engine, got, want)
		}
		same(t, engine, again.asked, first.asked)
	}
	other := &asking{tokens: "green-"}
	other.drive(t, Engines()[0])
	for k, list := range other.asked {
		for i := range list {
			other.asked[k][i] = strings.ReplaceAll(list[i], "green-", "red-")
		}
	}
	same(t, "another server", other.asked, first.asked)
}

// same compares what journeys asked.
func same(t *testing.T, what string, got, want map[string][]string) {
	t.Helper()
	if !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))) {
		t.Errorf("%s: %d and %d journeys", what, len(got), len(want))
	}
	wrong := 0
	for k := range want {
		if !slices.Equal(got[k], want[k]) {
			if wrong++; wrong == 1 {
				t.Errorf("%s: journey %s asked\n%q\nwant\n%q", what, k, got[k], want[k])
			}
		}
	}
	if wrong > 1 {
		t.Errorf("%s: so do %d of %d", what, wrong, len(want))
	}
}
