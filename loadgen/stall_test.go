package loadgen

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestStalls(t *testing.T) {
	second := func(i int, p99 time.Duration) runfile.Interval {
		return runfile.Interval{StartNS: time.Duration(i) * time.Second, ServiceTime: runfile.NewDist(runfile.DetailDigits, []time.Duration{p99}, nil)}
	}
	quick := []runfile.Interval{second(0, 5*ms), second(1, 5*ms), second(2, 5*ms), second(3, 400*ms)}
	slow := []runfile.Interval{second(0, 60*ms), second(1, 60*ms), second(2, 60*ms)}
	baseline := []runfile.Phase{{Kind: "baseline", ServiceTime: runfile.NewDist(runfile.TotalDigits, []time.Duration{30 * ms}, nil)}}
	paused := []silenceSpan{{10 * time.Second, 13 * time.Second}}
	for _, tc := range []struct {
		name    string
		silence silenceSpan
		phases  []runfile.Phase
		seconds []runfile.Interval
		want    bool
	}{
		{"100 ms is not above 100 ms", silenceSpan{3000 * ms, 3100 * ms}, nil, quick, false},
		{"above 100 ms", silenceSpan{3000 * ms, 3101 * ms}, nil, quick, true},
		{"below ten times the usual P99", silenceSpan{3000 * ms, 3500 * ms}, nil, slow, false},
		{"above ten times the usual P99", silenceSpan{3000 * ms, 3700 * ms}, nil, slow, true},
		{"the baseline's P99 is the usual one", silenceSpan{3000 * ms, 3200 * ms}, baseline, quick, false},
		{"above ten times the baseline's", silenceSpan{3000 * ms, 3400 * ms}, baseline, slow, true},
		{"bench was stopped for 3 s of it", silenceSpan{9950 * ms, 13_050 * ms}, nil, quick, false},
		{"nothing was measured before it", silenceSpan{500 * ms, 2500 * ms}, nil, quick, false},
	} {
		got := stalls([]silenceSpan{tc.silence}, paused, tc.phases, tc.seconds)
		if (len(got) == 1) != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
		if tc.want && len(got) == 1 && (got[0].AtNS != tc.silence.from || got[0].DurationNS != tc.silence.to-tc.silence.from) {
			t.Errorf("%s: event %+v of the silence %+v", tc.name, got[0], tc.silence)
		}
	}
}
