package usage

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/shirou/gopsutil/v3/cpu"
)

func TestHostSampleIsADifference(t *testing.T) {
	before := hostReading{
		busy: 100, all: 1000, steal: 5, memoryUsed: 1, in: 10, out: 20, switches: 30,
		throttling: throttling{time: time.Second, periods: 2},
	}
	now := hostReading{
		busy: 101, all: 1004, steal: 5.25, memoryUsed: 7, in: 110, out: 19, switches: 90,
		throttling: throttling{time: 3 * time.Second, periods: 5},
	}
	want := runfile.HostSample{
		AtNS: time.Minute, Busy: 0.25, StealNS: 250 * time.Millisecond, MemoryUsed: 7,
		NetworkIn: 100, NetworkOut: 0, // a counter set back
		Switches: 60, ThrottledNS: 2 * time.Second, ThrottledPeriods: 3,
	}
	if got := now.since(before, time.Minute); got != want {
		t.Errorf("since = %+v, want %+v", got, want)
	}
	if got := before.since(before, 0); got.Busy != 0 {
		t.Errorf("over no time at all the host was %v busy, want 0", got.Busy)
	}
	// The kernel lets idle and iowait time run backwards a little.
	if got := (hostReading{busy: 2, all: 1.5}).since(hostReading{busy: 1, all: 1}, 0); got.Busy != 1 {
		t.Errorf("busy = %v, want at most 1", got.Busy)
	}
}

// What a hypervisor takes of processors that bench never runs on makes nothing late.
func TestStealIsOfTheProcessorsThatBenchMayUse(t *testing.T) {
	each := []cpu.TimesStat{{CPU: "cpu0", Steal: 100}, {CPU: "cpu1", Steal: 2}, {CPU: "cpu10", Steal: 3}}
	for _, tc := range []struct {
		may  []int
		want float64
	}{{[]int{1, 10}, 5}, {[]int{0}, 100}, {[]int{1, 7}, 105}} {
		if got := stealOf(each, tc.may, 105); got != tc.want {
			t.Errorf("of %v: %v, want %v", tc.may, got, tc.want)
		}
	}
}

func TestReadHost(t *testing.T) {
	var lacking lacks
	first, ok := readHost(newSystem(), &lacking)
	if !ok {
		t.Fatalf("the host could not be read: %v", lacking)
	}
	if first.memoryUsed == 0 || first.busy <= 0 || first.all < first.busy {
		t.Errorf("host read as %+v", first)
	}
}
