package report

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// A journey is told of in a sentence, with a row for it and for each of its steps; what a failure kept others from is marked.
func TestJourneysAreTold(t *testing.T) {
	times := make([]time.Duration, 90)
	for i := range times {
		times[i] = time.Duration(i+1) * time.Millisecond
	}
	run := &runfile.Run{}
	step := func(name string, asked, stopped uint64) runfile.JourneyStep {
		return runfile.JourneyStep{Name: name, Asked: asked, Stopped: stopped, SinceArrival: runfile.NewDist(runfile.DetailDigits, times, nil)}
	}
	j := runfile.Journey{
		Name: "buy", Arrived: 100, Completed: 90, Failed: 8, Unfinished: 1, Unstarted: 1, Time: runfile.NewDist(runfile.TotalDigits, times, nil),
		Steps: []runfile.JourneyStep{step("login", 99, 0), step("pay", 92, 7)},
	}
	run.Overall.Journeys = []runfile.Journey{j}
	s := []subject{{Run: run, label: "a"}}
	sentence := journeySentence(s[0], &j, false)
	if want := "Of 100 journeys buy that arrived 90 % were completed, in 45 ms at P50 and 89 ms at P99 less thinking; 8 failed; 1 were cut off by the end of the run; 1 never started."; sentence != want {
		t.Errorf("%s\nwant %s", sentence, want)
	}
	table := journeyTable(s)
	var notes []string
	for _, n := range table.Notes {
		notes = append(notes, n.Text)
	}
	if len(table.Rows) != 3 || !strings.Contains(strings.Join(notes, "\n"), "buy/pay 93 %") {
		t.Errorf("%d rows, notes %q", len(table.Rows), notes)
	}
}
