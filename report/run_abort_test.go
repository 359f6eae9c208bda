package report

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// abortedRun is one that a condition ended in its spike.
func abortedRun() *runfile.Run {
	run := uncachedRun()
	run.Interrupted = true
	run.Events = []runfile.Event{{Kind: runfile.EventAbort, AtNS: 13 * time.Second, Text: "p99>2s: p99 is at least 2.40 s, above 2.00 s, from 10 s to 13 s"}}
	return run
}

func TestAnAbortedRunSaysWhatEndedIt(t *testing.T) {
	const want = "Aborted after 13 s of 30 s on p99>2s: p99 is at least 2.40 s, above 2.00 s, from 10 s to 13 s."
	if got := Answer([]*runfile.Run{abortedRun()}, testCaller); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Answer([]*runfile.Run{cachedRun(), abortedRun()}, testCaller); !strings.Contains(got, "uncached was aborted after 13 s of 30 s: p99>2s: p99 is at least") {
		t.Errorf("side by side: %q", got)
	}
	var b strings.Builder
	if err := WriteAnnotations(&b, []*runfile.Run{abortedRun()}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, "::error title=bench::uncached: the run was aborted on p99>2s: p99 is at least") || strings.Contains(got, "interrupted") {
		t.Errorf("annotations %q", got)
	}
}
