package request

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestResolve(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BENCH_TEST_TOKEN", "from the environment")
	for text, want := range map[string]string{
		"":                                "",
		"plain":                           "plain",
		"Bearer ${env:BENCH_TEST_TOKEN}!": "Bearer from the environment!",
		"${file:" + path + "}${env:BENCH_TEST_TOKEN}": "from a filefrom the environment",
		"${HOME} ${other:x} ${env":                    "${HOME} ${other:x} ${env",
	} {
		if got, err := resolve(text); got != want || err != nil {
			t.Errorf("%q = %q, %v; want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"${env:BENCH_TEST_MISSING}": "the environment has no variable BENCH_TEST_MISSING",
		"${file:missing}":           "no such file",
		"${file:/dev/zero}":         "is larger than 1024 KiB",
	} {
		if _, err := resolve(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
}

// A reference is resolved for the wire, in headers and bodies, and the URL stays as it is.
func TestReferencesAreResolvedInHeadersAndBodies(t *testing.T) {
	t.Setenv("BENCH_TEST_TOKEN", "C4N4RY")
	requests := []Request{{
		URL: "http://h/${env:BENCH_TEST_TOKEN}", Header: http.Header{"Authorization": {"Bearer ${env:BENCH_TEST_TOKEN}"}},
		Body: "${env:BENCH_TEST_TOKEN}-{{seq}}",
	}}
	m, err := NewMix(requests, Selection{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Render(5, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Header.Get("Authorization") != "Bearer C4N4RY" || string(r.Body) != "C4N4RY-5" || strings.Contains(r.URL.String(), "C4N4RY") {
		t.Errorf("header %q, body %q, URL %s", r.Header.Get("Authorization"), r.Body, r.URL)
	}
	if got := requests[0].Header.Get("Authorization"); strings.Contains(got, "C4N4RY") {
		t.Errorf("the request holds %q", got)
	}
}
