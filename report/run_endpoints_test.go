package report

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestAddressesAreShown(t *testing.T) {
	hold := []runfile.PhaseRecord{{Name: "load", Kind: "hold", DurationNS: 10 * time.Second, From: 100, To: 100}}
	run := told("a", hold, time.Millisecond, func(r *runfile.Run) {
		r.Addresses = []runfile.AddressFigures{
			{Address: "127.0.0.1:80", Requests: 1200, ServiceTime: runfile.NewDist(2, []time.Duration{time.Millisecond}, nil)},
			{Address: "[::1]:80", Requests: 7, Failed: 7},
		}
	})
	text := shownText(t, run, Options{Verbose: true})
	for _, want := range []string{"127.0.0.1:80", "1,200", "[::1]:80"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in:\n%s", want, text)
		}
	}
	if text := shownText(t, run, Options{}); strings.Contains(text, "[::1]:80") {
		t.Errorf("shown without -v:\n%s", text)
	}
}
