package report

import (
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
)

// A report says how much of a file that goes in order was sent, never more than it was.
func TestSequence(t *testing.T) {
	for _, tc := range []struct {
		sent, lines uint64
		want        string
	}{
		{5, 0, ""}, {1200, 5000, "1,200 of 5,000 lines sent"}, {0, 3, "0 of 3 lines sent"}, {5000, 5000, "5,000 lines sent once"},
		{12_499, 5000, "5,000 lines sent 2.4 times"}, {10_000, 5000, "5,000 lines sent 2 times"}, {9_999, 5000, "5,000 lines sent 1.9 times"},
	} {
		if got := Sequence(tc.sent, tc.lines); got != tc.want {
			t.Errorf("%d of %d: %q, want %q", tc.sent, tc.lines, got, tc.want)
		}
	}
	r := cachedRun()
	if text := render(t, Options{Width: 100}, r); strings.Contains(text, "lines") {
		t.Errorf("of a run of before:\n%s", text)
	}
	r.Plan.Order, r.Plan.Lines = runfile.Sequential, 1_000_000
	want := units.Count(r.Requests.Sent) + " of 1,000,000 lines sent"
	if text := render(t, Options{Width: 100}, r); !strings.Contains(text, want) {
		t.Errorf("%q is not in\n%s", want, text)
	}
	var b strings.Builder
	if err := WriteMarkdown(&b, []*runfile.Run{r}, testCaller); err != nil || !strings.Contains(b.String(), want) {
		t.Errorf("%q is not in\n%s, %v", want, b.String(), err)
	}
}
