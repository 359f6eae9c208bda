package report

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// second is an interval with that P99; 0 leaves it without requests, -1 with requests that all failed.
func second(p99 time.Duration) runfile.Interval {
	switch p99 {
	case 0:
		return runfile.Interval{}
	case -1:
		return runfile.Interval{Due: 10, Failed: 10}
	}
	return runfile.Interval{Due: 10, OK: 10, ResponseTime: runfile.Dist{Count: 10, P99NS: p99}}
}

func seconds(p99s ...time.Duration) *runfile.Run {
	run := &runfile.Run{Target: runfile.Target{Name: "a"}}
	for _, p99 := range p99s {
		run.Intervals = append(run.Intervals, second(p99))
	}
	return run
}

func TestSketch(t *testing.T) {
	decades := []time.Duration{1 * us, 10 * us, 100 * us, 1 * ms, 10 * ms, 100 * ms, time.Second, 10 * time.Second, 100 * time.Second}
	for _, tc := range []struct {
		why    string
		run    *runfile.Run
		bucket int
		want   string
	}{
		{"each of eight decades has its height", seconds(decades...), 1, "▁▂▃▄▅▆▇██"},
		{"a gap where nothing was measured", seconds(1*ms, 0, 10*ms), 1, "▁ █"},
		{"not a gap where everything failed", seconds(1*ms, -1, 10*ms), 1, "▁×█"},
		{"all alike", seconds(5*ms, 5*ms), 1, "▁▁"},
		{"the highest stands for its seconds", seconds(1*ms, 1*us, 1*us, 1*us, 10*ms), 2, "▇▁█"},
		{"a failed second is seen beside an empty one", seconds(1*ms, 1*ms, 0, -1), 2, "▁×"},
	} {
		sk := newSketch(subjectsOf([]*runfile.Run{tc.run}), false)
		sk.bucket = tc.bucket
		if got := sk.row(subject{Run: tc.run}); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.why, got, tc.want)
		}
	}
}

func TestSketchFitsAndSkipsWarmup(t *testing.T) {
	long := make([]time.Duration, 600)
	for i := range long {
		long[i] = time.Duration(i+1) * ms
	}
	run := seconds(long...)
	run.Phases = []runfile.Phase{
		{Name: "warmup", Kind: "warmup", DurationNS: 100 * time.Second},
		{Name: "calm", Kind: "hold", StartNS: 100 * time.Second, DurationNS: 250 * time.Second},
		{Name: "storm", Kind: "hold", StartNS: 350 * time.Second, DurationNS: 250 * time.Second},
	}
	got := render(t, Options{}, run)
	title, rest, _ := strings.Cut(got[strings.Index(got, "highest P99"):], "\n")
	if !strings.HasPrefix(title, "highest P99 in each 9 s, 101 ms … 600 ms, logarithmic") {
		t.Errorf("500 s are sketched under %q", title)
	}
	lines := strings.Split(rest, "\n")
	if drawn := page.Columns(strings.Fields(lines[0])[0]); drawn != 56 {
		t.Errorf("500 s by 9 are drawn in %d columns: %q", drawn, lines[0])
	}
	if at := strings.Index(lines[1], "storm"); !strings.HasPrefix(lines[1], "calm") || at != 250/9 {
		t.Errorf("the phases are named %q", lines[1])
	}
}

func TestSketchOfLowerBound(t *testing.T) {
	run := seconds(1*ms, 2*time.Second)
	run.Intervals[1].ResponseTime.AtLeast = []string{"p99_ns"}
	if got := newSketch(subjectsOf([]*runfile.Run{run}), false).title(); got != "P99 by second, 1.0 ms … ≥ 2.0 s, logarithmic" {
		t.Errorf("title %q", got)
	}
}
