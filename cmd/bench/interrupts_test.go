package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// interruptedAt is a reader of standard error who interrupts once a word stands there.
type interruptedAt struct {
	bytes.Buffer
	word      string
	interrupt context.CancelFunc
}

func (i *interruptedAt) Write(p []byte) (int, error) {
	n, err := i.Buffer.Write(p)
	if strings.Contains(i.String(), i.word) {
		i.interrupt()
	}
	return n, err
}

// What is interrupted before it has measured anything has no report, and says that in a line.
func TestAnInterruptBeforeAnythingIsMeasuredIsTold(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	const a, b = "http://127.0.0.1:1", "http://127.0.0.1:2"
	for args, want := range map[string]string{
		"compare " + a + " " + b:               "bench: interrupted before the first pair: nothing was measured\n",
		"compare --mirror " + a + " " + b:      "bench: interrupted before the first pair: nothing was measured\n",
		"gate " + a + " " + b:                  "bench: interrupted before the first pair: nothing was measured\n",
		"sustained --no-save " + a:             "bench: interrupted before the first request: nothing was measured\n",
		"capacity --slo p99<1s --no-save " + a: "bench: interrupted before the first step: nothing was measured\n",
		"baseline save main.json " + a:         "bench: interrupted before the first run: nothing was measured\n",
	} {
		var stdout, stderr bytes.Buffer
		if code := run(ctx, append(strings.Fields(args), "--quiet"), strings.NewReader(""), &stdout, &stderr); code != exitInterrupted || stderr.String() != want {
			t.Errorf("bench %s: exit %d, %q, want %q", args, code, stderr.String(), want)
		}
	}
}

// A gate that is interrupted in its first run of the new version judged runs of which there were none.
func TestAGateInterruptedInItsFirstRunSaysThatNothingWasMeasured(t *testing.T) {
	t.Chdir(t.TempDir())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answer") }))
	defer server.Close()
	driven := drivenRun(t, server)
	var old []*runfile.Run
	for i := range compare.MinBaselineRuns {
		old = append(old, answeredIn(driven, 1+0.001*float64(i)))
	}
	saved, err := compare.NewBaseline("main", time.Now(), true, old)
	if err != nil {
		t.Fatal(err)
	}
	written(t, "main.json", saved.Encode)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stderr := interruptedAt{word: "run 1 of ", interrupt: cancel}
	var stdout bytes.Buffer
	code := run(ctx, []string{"gate", "--baseline", "main.json", "--b", server.URL, "--no-save"}, strings.NewReader(""), &stdout, &stderr)
	if code != exitInterrupted || !strings.HasSuffix(stderr.String(), "bench: interrupted before the first run of new: nothing was measured\n") || stdout.Len() > 0 {
		t.Errorf("exit %d\n%s%s", code, stdout.String(), stderr.String())
	}
}
