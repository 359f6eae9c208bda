package main

import (
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen"
)

// Where bench or its host was the limit, the report says how to find out what the machine is good for; else it does not.
func TestSpoiledRunsPointToSelfcheck(t *testing.T) {
	for kind, want := range map[loadgen.VerdictKind]bool{
		loadgen.HostLimited: true, loadgen.GeneratorLimited: true, loadgen.TargetLimited: false, loadgen.Valid: false,
	} {
		next := strings.Join(nextSteps([]*loadgen.Run{{Verdict: loadgen.Verdict{Kind: kind}}}), "; ")
		if got := strings.Contains(next, "bench selfcheck"); got != want {
			t.Errorf("%s: next %q", kind, next)
		}
	}
}
