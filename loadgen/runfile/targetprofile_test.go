package runfile

import (
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/pprof"
)

// An edited profile is refused with the run file that it is in.
func TestEditedProfileIsRefused(t *testing.T) {
	for _, p := range []*TargetProfile{
		{CPU: &pprof.Summary{Total: -1}},
		{Heap: &pprof.Summary{Total: 1, Functions: []pprof.Function{{Name: "f", Flat: 2, Cum: 2}}}},
		{Problems: []string{strings.Repeat("long", maxText)}},
	} {
		if p.check() == nil {
			t.Errorf("accepted: %+v", p)
		}
	}
	var none *TargetProfile
	if err := none.check(); err != nil {
		t.Error(err)
	}
}
