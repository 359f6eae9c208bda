package html

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

func TestStaleReadsAreDrawn(t *testing.T) {
	run := &runfile.Run{Phases: []runfile.Phase{{Name: "hold", DurationNS: 3 * time.Second}}}
	for i, stale := range []uint64{0, 5, 2} {
		run.Intervals = append(run.Intervals, runfile.Interval{StartNS: time.Duration(i) * time.Second, Stale: stale})
	}
	blocks := newOverTime([]measured{{Run: run, name: "a"}}).stale()
	if len(blocks) != 1 || !strings.Contains(blocks[0].(page.Chart).Caption, "stale 7") {
		t.Errorf("%+v", blocks)
	}
	run.Intervals = run.Intervals[:1]
	if blocks := newOverTime([]measured{{Run: run, name: "a"}}).stale(); blocks != nil {
		t.Errorf("without a stale read: %+v", blocks)
	}
}
