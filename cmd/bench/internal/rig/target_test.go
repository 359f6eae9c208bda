package rig

import (
	"context"
	"testing"
)

// What is known of a target's versions stays as long as it keeps its data: what bench starts anew has data of its own.
func TestVersionsStayWithTheData(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nothing is started
	for _, tc := range []struct {
		target Target
		stays  bool
	}{{Target{}, true}, {Target{Command: "true", Flag: "--a-cmd"}, false}} {
		_ = tc.target.start(ctx, &Rig{}, nil, func(string) {})
		first := tc.target.Options.Ledger
		_ = tc.target.start(ctx, &Rig{}, nil, func(string) {})
		if again := tc.target.Options.Ledger; first == nil || (again == first) != tc.stays {
			t.Errorf("%q: its ledger stays: %v, want %v", tc.target.Command, again == first, tc.stays)
		}
	}
}
