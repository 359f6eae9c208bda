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
