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

	"github.com/seed-5a006608/bench/loadgen/consistency"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// losingServer keeps what was written to each item, and at its origin all but the last writes of some.
type losingServer struct {
	mu       sync.Mutex
	versions map[string][]string
}

func (s *losingServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item := strings.TrimPrefix(r.URL.Path, "/items/")
	list := s.versions[item]
	switch {
	case r.Method == http.MethodPut:
		body, _ := io.ReadAll(r.Body)
		s.versions[item] = append(list, string(body))
		return
	case r.Header.Get("Authorization") != "Bearer s3cret":
		w.WriteHeader(http.StatusUnauthorized)
		return
	case r.URL.RawQuery == "origin=1" && r.Header.Get("If-None-Match") != "":
		w.WriteHeader(http.StatusNotModified)
		return
	case r.URL.RawQuery == "origin=1":
		list = list[:max(0, len(list)-s.lost(item))]
		switch item {
		case "7":
			w.WriteHeader(http.StatusInternalServerError)
		case "8":
			w.Header().Set("X-Version", "another's")
		}
	}
	if len(list) == 0 {
		list = []string{"first"}
	}
	if w.Header().Get("X-Version") == "" {
		w.Header().Set("X-Version", list[len(list)-1])
	}
}

// lost is how many of the last writes of an item its origin does not have.
func (s *losingServer) lost(item string) int {
	return map[string]int{"0": 1, "1": 3, "2": 1 << 20}[item]
}

// One user writes and reads items, thinks between, and so proves the order of all; the origin then has not all that was written.
func TestLostWrites(t *testing.T) {
	t.Parallel()
	const items, think = 10, 2 * time.Millisecond
	server := &losingServer{versions: map[string][]string{}}
	at := httptest.NewServer(server)
	defer at.Close()
	key, err := request.ParseRequestExtract("path~^/items/([0-9]+)")
	if err != nil {
		t.Fatal(err)
	}
	version, err := request.ParseAnswerExtract("header:X-Version")
	if err != nil {
		t.Fatal(err)
	}
	var list []request.Request
	for item := range items {
		url := fmt.Sprintf("%s/items/%d", at.URL, item)
		list = append(list,
			request.Request{URL: url, Header: http.Header{"Authorization": {"Bearer s3cret"}, "if-none-match": {"{{seq}}"}}, Consistency: &request.Consistency{Key: key, Version: version}},
			request.Request{URL: url, Method: http.MethodPut, Body: "{{version}}", Consistency: &request.Consistency{Write: true, Key: key}})
	}
	p := Plan{
		Profile:  profiles.Profile{Name: "lost", Phases: []profiles.Phase{{Name: "hold", Kind: profiles.Hold, Duration: 10 * time.Minute, From: 1, To: 1}}},
		Requests: list, Order: runfile.Sequential, ReadBack: ReadBack{URL: at.URL + "/items/{{key}}?origin=1", Settle: time.Millisecond},
		Closed: &Closed{VUs: 1, Think: profiles.Think{Mean: think}}, Limits: Limits{Requests: 5 * 2 * items, Timeout: time.Minute},
	}
	ledger := consistency.New()
	job := compiled(t, p)
	if !job.ReadsBack() || !job.Writes() {
		t.Error("nothing to read back")
	}
	began := time.Now()
	if _, err := job.Drive(t.Context(), Options{Ledger: ledger}); err != nil {
		t.Fatal(err)
	}
	ended := time.Now()
	got, err := job.LostWrites(t.Context(), ledger, ended, ended)
	if err != nil {
		t.Fatal(err)
	}
	// Of items 0, 1 and 2 the origin lacks 1, 3 and all 5 writes; 7 cannot be read, and 8 was written by another.
	if got.Keys != items || got.Of != items || got.GoneBack != 3 || got.Writes != 1+3+5 || got.NotJudged != 2 || got.Again != 0 ||
		got.AgeMaxNS > ended.Sub(began) || got.AgeMaxNS < 4*2*items*think {
		t.Errorf("%+v after %v", got, ended.Sub(began))
	}

	if p.Thresholds = append(p.Thresholds, runfile.Threshold{Metric: runfile.MetricLost, Text: "lost<=0"}); p.Check() != nil {
		t.Error(p.Check())
	}
	p.ReadBack = ReadBack{}
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "no write is read back") {
		t.Errorf("a threshold on what nobody reads: %v", err)
	}

	at.Close()
	if got, err := job.LostWrites(t.Context(), ledger, ended, ended); err == nil || !strings.Contains(err.Error(), "no key could be read at the origin") || strings.Contains(err.Error(), at.URL+"/items") {
		t.Errorf("an origin that is gone: %+v, %v", got, err)
	}
}

func TestReadBackURL(t *testing.T) {
	for url, want := range map[string]string{
		"http://h/{{key}}":     "http://h/a%2Fb%20&c%3F",
		"http://h/?id={{key}}": "http://h/?id=a%2Fb+%26c%3F",
	} {
		b := ReadBack{URL: url}
		if got := b.of("a/b &c?"); got != want || b.Check() != nil {
			t.Errorf("%s, %v, want %s", got, b.Check(), want)
		}
	}
	for _, url := range []string{"/items/{{key}}", "http://me:s3cret@h:x/{{key}}", "http://h/", "ftp://h/{{key}}", "http://h/{{key}}{{key}}"} {
		if err := (ReadBack{URL: url}).Check(); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", url, err)
		}
	}
}
