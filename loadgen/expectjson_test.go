package loadgen

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Of each request as much of the body is kept as its own expectations ask for, by both engines.
func TestExpectationsReadJSON(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"padding":%q,"status":"ok","id":9007199254740993}`, strings.Repeat("x", 100_000))
	}))
	t.Cleanup(s.Close)
	ask := func(path string, expect ...string) request.Request {
		r := request.Request{Name: path, URL: s.URL + "/" + path}
		for _, text := range expect {
			e, err := request.ParseExpect(text)
			if err != nil {
				t.Fatal(err)
			}
			r.Expect = append(r.Expect, e)
		}
		return r
	}
	for _, engine := range Engines() {
		for limit, want := range map[int]string{0: "expected another body 10, expected another json:$.id 10", 100_000: "expect: body too long 20, expected another body 10"} {
			t.Run(fmt.Sprintf("%s/%d", engine, limit), func(t *testing.T) {
				p := steady(s.URL, 200*time.Millisecond)
				p.Engine, p.Order, p.Limits.Body = engine, runfile.Sequential, limit
				p.Requests = []request.Request{
					ask("plain"), ask("met", "json:$.status=ok", "json:$.id=9007199254740993"), ask("not", "json:$.id=9007199254740992"), ask("beyond", `body~"status"`),
				}
				run, err := Drive(t.Context(), p, Options{})
				if err != nil {
					t.Fatal(err)
				}
				var kinds []string
				for _, e := range run.Errors {
					kinds = append(kinds, fmt.Sprint(e.Kind, " ", e.Count))
				}
				if got := strings.Join(kinds, ", "); got != want || run.Requests.Due != 40 {
					t.Errorf("of %d requests %s, want %s", run.Requests.Due, got, want)
				}
			})
		}
	}
}

// The bodies that are read at once are bounded, whatever the number of connections.
func TestBodiesReadAtOnceAreBounded(t *testing.T) {
	p := steady("http://127.0.0.1:1", time.Second)
	p.Limits.Connections, p.Limits.Body = 65, 1<<20
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "limits.body must be at most 1032444 bytes with 65 connections") {
		t.Errorf("65 bodies of 1 MiB: %v", err)
	}
	for connections, want := range map[int]int{1: request.DefaultReadBody, 256: request.DefaultReadBody, 512: 128 << 10} {
		p.Limits = Limits{Connections: connections}
		r, err := newRecording(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.readBody(); got != want {
			t.Errorf("with %d connections %d bytes are read, want %d", connections, got, want)
		}
	}
}
