package html

import (
	"bytes"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/report/sweep"
)

// Every pair is drawn by each percentile that was tested.
func TestPairsByPercentile(t *testing.T) {
	s := &sweep.Sweep{
		Kind: sweep.Kind, Options: []string{"size"}, Metric: "p95", Tested: true,
		Cells: []sweep.Cell{{Name: "size=1", Values: []string{"1"}}, {Name: "size=2", Values: []string{"2"}}},
		Pairs: []sweep.Pair{
			{A: 0, B: 1, Metric: "p50", Ratio: 0.5, Decide: sweep.Bounds{Low: 0.4, High: 0.6}, Slower: "a"},
			{A: 0, B: 1, Metric: "p95", Ratio: 0.9, Decide: sweep.Bounds{Low: 0.7, High: 1.2}},
		},
	}
	s.Rank()
	var b bytes.Buffer
	if err := WriteSweep(&b, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Every pair at P50 of the reads", "Every pair at P95 of the reads", "0.5", "told apart"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q", want)
		}
	}
	if n := strings.Count(b.String(), "Every pair at"); n != 2 {
		t.Errorf("%d charts of pairs", n)
	}
}
