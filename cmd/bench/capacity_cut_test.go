package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// told calls a function as soon as a text is written.
type told struct {
	bytes.Buffer
	text string
	then func()
}

func (w *told) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if strings.Contains(w.String(), w.text) {
		w.then()
	}
	return n, err
}

// A search that is interrupted says what it found until then, and not that its time was over.
func TestInterruptedSearchSaysWhatItFound(t *testing.T) {
	skipShort(t)
	for _, tc := range []struct {
		name, at       string // what is on stderr when it is interrupted; "": its first request
		report, stderr string
	}{
		{"in its first step", "", "", "interrupted before the first step: nothing was measured"},
		{"after its first step", "staircase 1 user", "the search was cut short before it found a rate that holds p99<50ms.", ""},
	} {
		ctx, interrupt := context.WithCancel(t.Context())
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if tc.at == "" {
				interrupt()
			}
		}))
		stderr := &told{text: tc.at, then: interrupt}
		if tc.at == "" {
			stderr.then = func() {}
		}
		var stdout bytes.Buffer
		code := execute(ctx, []string{"capacity", server.URL, "--slo", "p99<50ms", "--no-save"}, streams{in: strings.NewReader(""), out: &stdout, err: stderr})
		if code != exitInterrupted || !strings.Contains(stdout.String(), tc.report) || tc.report == "" && stdout.Len() > 0 || !strings.Contains(stderr.String(), tc.stderr) {
			t.Errorf("%s: exit %d, report %q, stderr %q", tc.name, code, stdout.String(), stderr.String())
		}
		server.Close()
		interrupt()
	}
}
