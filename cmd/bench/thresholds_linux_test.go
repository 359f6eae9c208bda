package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// An interrupted run passes nothing, but its exit code says that it was interrupted.
func TestInterruptGoesBeforeThresholds(t *testing.T) {
	t.Parallel()
	var got atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got.Add(1) }))
	defer s.Close()
	b := start(t, "sustained", s.URL, "--rate", "max", "-c", "1", "-d", "60s", "-o", "json=run.json", "--threshold", "p99<10s")
	within(t, soon, "no request came", func() bool { return got.Load() > 10 })
	if err := b.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	b.exit(t, exitInterrupted)
	result := b.run(t).Thresholds
	if len(result) != 1 || result[0].Passed || !strings.Contains(result[0].Sentence, "the run was interrupted, and such a run passes nothing") {
		t.Errorf("%+v", result)
	}
	if text := b.stdout.String(); !strings.Contains(text, "threshold FAIL  p99<10s") {
		t.Errorf("the report does not show it: %s", text)
	}
}
