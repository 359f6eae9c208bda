package main

import (
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Where bench or its host was the limit, the report says how to find out what the machine is good for; else it does not.
func TestSpoiledRunsPointToSelfcheck(t *testing.T) {
	for kind, want := range map[runfile.VerdictKind]bool{
		runfile.HostLimited: true, runfile.GeneratorLimited: true, runfile.TargetLimited: false, runfile.Valid: false,
	} {
		next := strings.Join(nextSteps([]*runfile.Run{{Verdict: runfile.Verdict{Kind: kind}}}), "; ")
		if got := strings.Contains(next, "bench selfcheck"); got != want {
			t.Errorf("%s: next %q", kind, next)
		}
	}
}

// A limit of the target's is gone into first: that bench was late beside another target does not hide it.
func TestTheTargetsLimitIsGoneIntoFirst(t *testing.T) {
	next := nextSteps([]*runfile.Run{
		{Verdict: runfile.Verdict{Kind: runfile.HostLimited}},
		{Target: runfile.Target{Name: "uncached", Bundled: true}, Verdict: runfile.Verdict{Kind: runfile.TargetLimited}},
	})
	if len(next) != 2 || !strings.Contains(next[0], "bench step uncached") || !strings.Contains(next[1], "bench selfcheck") {
		t.Errorf("next %q", next)
	}
}
