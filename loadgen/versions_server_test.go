package loadgen

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/wire"
	"github.com/seed-5a006608/bench/profiles"
)

// staleServer keeps what was written to each key, and answers every third read of one with an older version.
type staleServer struct {
	mu         sync.Mutex
	written    map[string][]writtenVersion
	reads      map[string]int
	all, stale uint64
	ages       []time.Duration // at its own clock: none is less than what the client can tell
}

type writtenVersion struct {
	text     string
	answered time.Time
}

func (s *staleServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.URL.Query().Get("item")
	if r.Method == http.MethodPut {
		body, _ := io.ReadAll(r.Body)
		_, text, _ := strings.Cut(string(body), "is ")
		s.written[key] = append(s.written[key], writtenVersion{text, time.Now()})
		return
	}
	list := s.written[key]
	s.reads[key]++
	at := len(list)
	if n := s.reads[key]; n%3 == 0 && n%5 < len(list) {
		at -= n % 5
	}
	s.all++
	if at < len(list) {
		s.stale++
		s.ages = append(s.ages, now.Sub(list[at].answered)) // list[at] is the first after what is returned
	}
	text := "before all"
	if at > 0 {
		text = list[at-1].text
	}
	w.Header().Set("X-Version", text)
	fmt.Fprintf(w, "version=%s;", text)
}

// staleRequests read and write four keys in turn: the k-th request is of key k mod 4, so that a loop of four has one of its own.
func staleRequests(t *testing.T, url, version string) (list []request.Request) {
	t.Helper()
	key, err := request.ParseRequestExtract("path~[?&]item=([0-9]+)")
	if err != nil {
		t.Fatal(err)
	}
	read, err := request.ParseAnswerExtract(version)
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range "RWRRRWRWWRRR" {
		for item := range 4 {
			r := request.Request{Name: "read", URL: fmt.Sprintf("%s/?item=%d", url, item), Consistency: &request.Consistency{Key: key, Version: read}}
			if what == 'W' {
				r.Name, r.Method, r.Body, r.Consistency = "write", http.MethodPut, "the version is {{version}}", &request.Consistency{Write: true, Key: key}
			}
			list = append(list, r)
		}
	}
	return list
}

// Users who each wait for their answers, and think, prove what a server planted: bench finds every stale read, and of each at
// least the time that was thought since and at most what the server's own clock says.
func TestStaleReadsOfAServer(t *testing.T) {
	t.Parallel()
	const think = 2 * time.Millisecond
	for _, tc := range []struct {
		engine, version string
		loops           int
	}{
		{runfile.EngineHTTP, "header:X-Version", 1},
		{runfile.EngineHTTP, "body~version=([^;]+);", 1},
		{runfile.EngineWire, "header:X-Version", 1},
		{runfile.EngineWire, "header:x-version~^(.*)$", 4},
		{runfile.EngineWire, "body~version=([^;]+);", 4},
	} {
		t.Run(fmt.Sprintf("%s, %d loops, %s", tc.engine, tc.loops, tc.version), func(t *testing.T) {
			t.Parallel()
			if tc.engine == runfile.EngineWire && !wire.Supported {
				t.Skip("no such engine on this system")
			}
			server := &staleServer{written: map[string][]writtenVersion{}, reads: map[string]int{}}
			at := httptest.NewServer(server)
			defer at.Close()
			run, err := Drive(t.Context(), Plan{
				Profile:  profiles.Profile{Name: "stale", Phases: []profiles.Phase{{Name: "hold", Kind: profiles.Hold, Duration: 10 * time.Minute, From: 1, To: 1}}},
				Requests: staleRequests(t, at.URL, tc.version), Order: runfile.Sequential, Engine: tc.engine, Wire: Wire{Loops: tc.loops},
				Closed: &Closed{VUs: tc.loops, Think: profiles.Think{Mean: think}}, Limits: Limits{Requests: 384, Timeout: time.Minute},
			}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			at.Close() // when all it was asked is over
			c := run.Overall.Consistency
			if server.stale == 0 || c.Reads != server.all || c.Stale != server.stale || c.OwnStale != c.Stale || c.Foreign+c.NotJudged+c.Unknown != 0 {
				t.Errorf("%+v, want %d stale of %d reads", c, server.stale, server.all)
			}
			var most time.Duration
			for _, age := range server.ages {
				most = max(most, age)
			}
			if c.StaleAge.MinNS < think-think/500 || c.StaleAge.MaxNS > most+most/500 || c.StaleAge.MaxNS < 3*think {
				t.Errorf("ages from %v to %v, want %v to %v", c.StaleAge.MinNS, c.StaleAge.MaxNS, think, most)
			}
			var seconds uint64
			for _, s := range run.Intervals {
				seconds += s.Stale
			}
			if seconds != c.Stale || len(run.VersionDigits) != 8 {
				t.Errorf("the seconds have %d stale reads, all %d; digits %q", seconds, c.Stale, run.VersionDigits)
			}
		})
	}
}
