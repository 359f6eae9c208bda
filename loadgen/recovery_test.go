package loadgen

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestRecovery(t *testing.T) {
	second := func(i int, p95 time.Duration, due, failures uint64) runfile.Interval {
		return runfile.Interval{StartNS: time.Duration(i) * time.Second, Due: due, Failed: failures,
			ResponseTime: runfile.NewDist(runfile.DetailDigits, []time.Duration{p95}, nil)}
	}
	// Seconds 0 to 5 are the baseline, 6 and 7 the spike, 8 to 15 the recovery.
	run := func(after ...time.Duration) ([]runfile.Interval, []time.Duration) {
		var list []runfile.Interval
		for i := range 6 {
			list = append(list, second(i, 10*ms, 30, 0))
		}
		list = append(list, second(6, time.Second, 500, 0), second(7, time.Second, 500, 0))
		for _, p95 := range after {
			list = append(list, second(len(list), p95, 30, 0))
		}
		lastEnd := make([]time.Duration, len(list))
		for i := range list {
			lastEnd[i] = list[i].StartNS + time.Second
		}
		return list, lastEnd
	}
	baseline := runfile.Phase{StartNS: 0, DurationNS: 6 * time.Second}
	judge := func(list []runfile.Interval, lastEnd []time.Duration) runfile.Recovery {
		return *recovery(8*time.Second, time.Duration(len(list))*time.Second, baseline, list, lastEnd)
	}

	list, lastEnd := run(10*ms, 10*ms, 10*ms, 10*ms)
	if got := judge(list, lastEnd); got.State != runfile.Recovered || got.AfterNS != 3*time.Second {
		t.Errorf("back at once: %+v, want recovered in 3 s", got)
	}
	list, lastEnd = run(50*ms, 10*ms, 10*ms, 50*ms, 10*ms, 10*ms, 10*ms)
	if got := judge(list, lastEnd); got.State != runfile.Recovered || got.AfterNS != 7*time.Second {
		t.Errorf("back, gone and back: %+v, want recovered in 7 s", got)
	}
	list, lastEnd = run(12*ms, 12*ms, 12*ms, 12*ms)
	if got := judge(list, lastEnd); got.State != runfile.NotRecovered || got.AfterNS != 4*time.Second {
		t.Errorf("20 %% above the baseline: %+v, want not recovered in 4 s", got)
	}
	list, lastEnd = run(10*ms, 10*ms, 10*ms, 10*ms, 10*ms)
	lastEnd[7] = 9500 * ms // a request of the spike is outstanding until then
	if got := judge(list, lastEnd); got.State != runfile.Recovered || got.AfterNS != 4*time.Second {
		t.Errorf("a request of the spike outstanding: %+v, want recovered in 4 s", got)
	}
	list, lastEnd = run(10*ms, 10*ms, 10*ms, 10*ms)
	list[9].Failed = 1
	if got := judge(list, lastEnd); got.State != runfile.NotRecovered {
		t.Errorf("more errors than the baseline's worst second: %+v", got)
	}
	list, lastEnd = run(10*ms, 10*ms, 10*ms)
	for i := range 2 {
		list[i].Due = 19
	}
	if got := judge(list, lastEnd); got.State != runfile.NotMeasurable || got.Reason == "" {
		t.Errorf("a thin baseline: %+v", got)
	}
}
