package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A secret given as an argument is shown neither by the system nor by the service.
func TestArgumentsOfAServiceAreNotShown(t *testing.T) {
	t.Parallel()
	const canary = "C4N4RY"
	dsn := "postgres://u:" + canary + "@127.0.0.1:1/shop"
	for _, args := range [][]string{{"--db", dsn}, {"--db=" + dsn}} {
		args = append(args, "--lifeline=0") // as a child, which may be given a database that it does nothing with
		b := start(t, append([]string{"serve", "reference", "--service", "fixed:0s"}, args...)...)
		within(t, time.Minute, "it is not ready", func() bool { return strings.HasSuffix(b.stdout.String(), "\n") })
		shown, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(b.Process.Pid), "cmdline"))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(shown, []byte(canary)) || !bytes.Contains(shown, []byte("serve\x00reference\x00--service\x00fixed:0s\x00--db")) {
			t.Errorf("the system shows %q", shown)
		}
		url := strings.TrimSpace(b.stdout.String())
		for _, path := range []string{"/debug/pprof/cmdline", "/debug/pprof/", "/debug/pprof/goroutine?debug=2", "/metrics"} {
			answer, err := http.Get(url + path)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if err != nil || bytes.Contains(body, []byte(canary)) || bytes.Contains(body, []byte("--db")) {
				t.Errorf("%s shows the arguments (%v): %s", path, err, body)
			}
		}
		if err := b.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		b.exit(t, exitOK)
	}
}

// What users write into URLs and headers leaves the list of processes too.
func TestArgumentsOfADriverAreNotShown(t *testing.T) {
	t.Parallel()
	const canary = "C4N4RY"
	var got atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if user, _, _ := r.BasicAuth(); user == "a"+canary && r.Header.Get("Cookie") == "s="+canary {
			got.Add(1)
		}
	}))
	defer s.Close()
	address := strings.Replace(s.URL, "://", "://"+canary+":"+canary+"@", 1)
	b := start(t, "sustained", address, "-r", "50/s", "-d", "60s", "-H", "Cookie: s="+canary, "-qua"+canary+":x", "--body=x="+canary, "-X", "POST")
	within(t, time.Minute, "no request has what the arguments say", func() bool { return got.Load() > 0 })
	shown, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(b.Process.Pid), "cmdline"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(shown, []byte(canary)) || !bytes.Contains(shown, []byte("sustained\x00http://*")) {
		t.Errorf("the system shows %q", shown)
	}
}
