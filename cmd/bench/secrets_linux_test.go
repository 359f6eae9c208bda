package main

import (
	"io/fs"
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

// A canary in every place where a secret may stand is in no file, no output, and no other process's arguments or
// environment.
func TestSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	const canary = "C4N4RY"
	var got atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != canary || password != os.Getenv("HOME") || !strings.Contains(r.Header.Get("Cookie"), canary) ||
			!strings.Contains(r.URL.RawQuery, canary) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if got.Add(1)%2 == 0 {
			w.WriteHeader(http.StatusTeapot) // failures are written down too
		}
	}))
	defer s.Close()

	looked := 0
	for i, target := range []string{
		strings.Replace(s.URL, "http://", "http://user:"+canary+"@", 1) + "/path?token=" + canary,
		"http://user:" + canary + "@127.0.0.1:1/?token=" + canary, // refused
	} {
		env := []string{"BENCH_HEADER=Authorization: Bearer " + canary}
		args := []string{"sustained", "cached", target, "-r", "50/s", "-d", "2s", "-o", "json=run.json", "-v"}
		if i == 0 {
			args = append(args, "-H", "Cookie: session="+canary)
			env = []string{"BENCH_USER=" + canary + ":${env:HOME}"}
		}
		b := startWith(t, env, args...)
		shown := func(pid int, file string) string {
			data, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), file)) // a process that has ended shows nothing
			return string(data)
		}
		within(t, time.Minute, "it does not end", func() bool {
			for _, pid := range descendants(b.Process.Pid) {
				if shown(pid, "cmdline") == shown(b.Process.Pid, "cmdline") {
					continue // forked, and not yet a program of its own
				}
				looked++
				for _, file := range []string{"cmdline", "environ"} {
					if strings.Contains(shown(pid, file), canary) {
						t.Fatalf("%s of the child %d shows the canary", file, pid)
					}
				}
			}
			select {
			case <-b.done:
				return true
			default:
				return false
			}
		})
		if text := b.stdout.String() + b.stderr.String(); strings.Contains(text, canary) {
			t.Errorf("the output shows the canary: %s", text)
		}
		err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if strings.Contains(string(data), canary) {
				t.Errorf("%s holds the canary", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if looked == 0 {
		t.Error("no child was looked at")
	}
	if got.Load() < 50 {
		t.Errorf("only %d requests carried the secrets: nothing was tried", got.Load())
	}
}
