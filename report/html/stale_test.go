package html

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/page"
)

func TestJourneysAreDrawn(t *testing.T) {
	run := &runfile.Run{Phases: []runfile.Phase{{Name: "hold", DurationNS: 3 * time.Second}}}
	for i, c := range []*runfile.JourneyCounts{{Arrived: 9, Completed: 9}, {Arrived: 9, Completed: 6, Failed: 2}, nil} {
		run.Intervals = append(run.Intervals, runfile.Interval{StartNS: time.Duration(i) * time.Second, Journeys: c})
	}
	o := newOverTime([]measured{{Run: run, name: "a"}})
	blocks := o.journeys()
	if len(blocks) != 1 || blocks[0].(page.Chart).Caption != "journeys: 18 arrived, 15 completed, 2 failed." {
		t.Fatalf("%+v", blocks)
	}
	series := blocks[0].(page.Chart).Drawing.(picture).svg.(chart.Plot).Series
	if len(series) != 3 || series[1].Points[1].Y != 6 || series[2].Points[2].Y != 0 {
		t.Errorf("%+v", series)
	}
	run.Intervals = run.Intervals[2:]
	if blocks := newOverTime([]measured{{Run: run, name: "a"}}).journeys(); blocks != nil {
		t.Errorf("without journeys: %+v", blocks)
	}
}

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
