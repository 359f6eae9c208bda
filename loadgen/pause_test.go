package loadgen

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestPulseTellsStoppedFromBusy(t *testing.T) {
	for _, tc := range []struct {
		gap, used time.Duration
		known     bool
		want      bool
		why       string
	}{
		{3 * time.Second, time.Millisecond, true, true, "stopped"},
		{3 * time.Second, 299 * ms, true, true, "stopped, with some use at its edges"},
		{3 * time.Second, 300 * ms, true, false, "starved, and running now and then"},
		{3 * time.Second, 3 * time.Second, true, false, "busy"},
		{500 * ms, 0, true, true, "just long enough"},
		{499 * ms, 0, true, false, "too short to tell"},
		{3 * time.Second, 0, false, false, "its use is not known here"},
	} {
		cpu := time.Second
		p := pulse{usage: func() (time.Duration, uint64, bool) { return cpu, 0, tc.known }}
		p.beat(50 * ms)
		cpu += tc.used
		p.beat(50*ms + tc.gap)
		p.beat(100*ms + tc.gap)
		var want []silenceSpan
		if tc.want {
			want = []silenceSpan{{50 * ms, 50*ms + tc.gap}}
		}
		if !reflect.DeepEqual(p.pauses, want) {
			t.Errorf("%v without a beat, %v used: pauses %v, want %v (%s)", tc.gap, tc.used, p.pauses, want, tc.why)
		}
	}
}

func TestJudgePaused(t *testing.T) {
	for _, tc := range []struct {
		paused time.Duration
		want   runfile.VerdictKind
		why    string
	}{
		{0, runfile.Valid, "it ran"},
		{time.Second, runfile.Valid, "1 in 100 touches no percentile up to P99"},
		{time.Second + 1, runfile.HostLimited, "more does"},
	} {
		got := verdictOf(symptoms{totals: counted(1000, 0, 0, 0), response: 5 * ms, fullTilt: true, paused: tc.paused, length: 100 * time.Second})
		if got.Kind != tc.want || tc.want == runfile.HostLimited && !strings.Contains(got.Evidence[0], "bench itself did not run for 1.00 s of 100 s") {
			t.Errorf("paused %v: %s %q, want %s (%s)", tc.paused, got.Kind, got.Evidence, tc.want, tc.why)
		}
	}
}
