package loadgen

import (
	"runtime"
	"testing"
)

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
