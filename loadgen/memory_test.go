package loadgen

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// What many connections of TLS keep depends on what comes over them, so that the collector has no limit beyond which it runs back to
// back.
func TestCollectorHasNoLimitWithManyConnectionsOfTLS(t *testing.T) {
	for _, tc := range []struct {
		url, version string
		connections  int
		limited      bool
	}{
		{"http://h/", "", 10_000, true}, {"https://h/", runfile.HTTP1, 256, true}, {"https://h/", runfile.HTTP1, 10_000, false},
		{"https://h/", runfile.HTTP2, 10_000, true},
	} {
		p := judgedPlan()
		p.HTTP, p.Limits.Connections, p.Requests = tc.version, tc.connections, []request.Request{{URL: tc.url}}
		r, err := newRecording(p)
		if err != nil {
			t.Fatal(err)
		}
		undo := r.limitMemory()
		percent := debug.SetGCPercent(-1)
		if limited := debug.SetMemoryLimit(-1) < math.MaxInt64; limited != tc.limited || !limited && percent != sharePercent {
			t.Errorf("%+v: limited %v, %d %%", tc, limited, percent)
		}
		undo()
	}
}

// A plan that holds much, as the rows of a large CSV file, leaves the collector as much room as any other: it does not run
// back to back.
func TestCollectorsLimitCountsWhatThePlanHolds(t *testing.T) {
	const held = 150 << 20
	rows := make([][]byte, held>>20)
	for i := range rows {
		rows[i] = make([]byte, 1<<20)
	}
	r, err := newRecording(judgedPlan())
	if err != nil {
		t.Fatal(err)
	}
	defer r.limitMemory()()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var garbage []byte
	for range 20 << 6 { // 20 MB, which is half of the room for garbage
		garbage = make([]byte, 16<<10)
	}
	runtime.ReadMemStats(&after)
	if n := after.NumGC - before.NumGC; n > 0 {
		t.Errorf("%d collections for 20 MB of garbage beside %d MB that the plan holds", n, held>>20)
	}
	runtime.KeepAlive(rows)
	runtime.KeepAlive(garbage)
}
