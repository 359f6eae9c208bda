package loadgen

import (
	"strings"
	"testing"
)

// Requests that Go's client did not give back are told of where all notes on a run are.
func TestStuckRequestsAreTold(t *testing.T) {
	r := new(recording)
	if r.noteStuck(0); len(r.environment.Notes) > 0 {
		t.Errorf("with nothing stuck: %q", r.environment.Notes)
	}
	r.noteStuck(3)
	if got := r.environment.Notes; len(got) != 1 || !strings.Contains(got[0], "did not give 3 requests back when the run ended") {
		t.Errorf("%q", got)
	}
}
