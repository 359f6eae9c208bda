package loadgen

import (
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/request"
)

// What a pattern holds is in no error: it may be what a body must not show.
func TestPatternsAreNotShown(t *testing.T) {
	_, expect := request.ParseExpect("body~C4N4RY(")
	_, diff := ParseDiffRule("body~C4N4RY[")
	_, hit := ParseHitRule("X-Cache~C4N4RY{2,1}")
	for _, err := range []error{expect, diff, hit} {
		if err == nil || !strings.Contains(err.Error(), "the regular expression cannot be read: ") || strings.Contains(err.Error(), "C4N4RY") {
			t.Errorf("error %v", err)
		}
	}
}
