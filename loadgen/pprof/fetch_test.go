package pprof

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestBase(t *testing.T) {
	for raw, want := range map[string]string{
		"http://127.0.0.1:6060":             "http://127.0.0.1:6060/debug/pprof",
		"http://127.0.0.1:6060/":            "http://127.0.0.1:6060/debug/pprof",
		"https://h/internal/pprof/":         "https://h/internal/pprof",
		"http://me:secret@127.0.0.1:1/prof": "http://me:secret@127.0.0.1:1/prof",
	} {
		if got, err := Base(raw); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", raw, got, err, want)
		}
	}
	for raw, want := range map[string]string{
		"127.0.0.1:6060":        "it is no URL",
		"localhost":             "must be a URL such as",
		"ftp://me:secret@h":     "must be a URL such as http://127.0.0.1:6060, got \"ftp://me:xxxxx@h\"",
		"http://me:secret@h:x/": "it is no URL",
		"http://h/?token=1":     "without a query",
	} {
		if got, err := Base(raw); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %s, %v, want an error with %q", raw, got, err, want)
		}
	}
}

// endless sends zeros for as long as anyone reads.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func packed(t testing.TB, r io.Reader) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever a service does, there is one sentence on it, within bounds of time and memory.
func TestFetchFromHostileServices(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer other.Close()
	// Only what never ends is given up soon; what ends by itself has as long as it takes on a busy machine.
	const soon = "sent no whole answer within 300ms"
	for name, tc := range map[string]struct {
		serve http.HandlerFunc
		want  string
	}{
		"404":           {http.NotFound, "answered status 404: 404 page not found"},
		"busy":          {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "cpu profiling already in use", 500) }, "answered status 500: cpu profiling already in use"},
		"redirect":      {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) }, "answered status 302"},
		"endless":       {func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, endless{}) }, "sent more than 8 MiB, which is no profile"},
		"endless error": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); io.Copy(w, endless{}) }, "answered status 500"},
		"slow": {func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte("x"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, soon},
		"silent": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, soon},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("x"))
		}, "failed: unexpected EOF"},
		"long header": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, "failed: "},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(tc.serve)
			defer s.Close()
			c, err := New(strings.Replace(s.URL, "http://", "http://me:secret@", 1)+"/debug/pprof", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if c.slack = time.Minute; tc.want == soon {
				c.slack = 300 * time.Millisecond
			}
			data, err := c.Fetch(t.Context(), Heap, 0)
			if err == nil || !strings.Contains(err.Error(), "GET "+s.URL+"/debug/pprof/heap "+tc.want) || strings.Contains(err.Error(), "secret") || len(err.Error()) > 600 {
				t.Errorf("%d bytes, error %v, want one with %q", len(data), err, tc.want)
			}
		})
	}
}

func TestFetchAsks(t *testing.T) {
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		asked = append(asked, user+":"+password+" "+r.URL.String())
		io.WriteString(w, "whole")
	}))
	defer s.Close()
	c, err := New(strings.Replace(s.URL, "http://", "http://me:secret@", 1)+"/p", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, kind := range []Kind{CPU, Mutex, Heap} {
		if data, err := c.Fetch(t.Context(), kind, 8); err != nil || string(data) != "whole" {
			t.Errorf("%s: %q, %v", kind, data, err)
		}
	}
	if got := strings.Join(asked, ", "); got != "me:secret /p/profile?seconds=8, me:secret /p/mutex, me:secret /p/heap" {
		t.Error(got)
	}
}
