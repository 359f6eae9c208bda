package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// Files have a row for each journey and each of its steps, in each phase and in all; a run without journeys has no such column.
func TestFilesTellOfJourneys(t *testing.T) {
	run := cachedRun()
	times, bounds := []time.Duration{time.Second, 2 * time.Second}, []time.Duration{9 * time.Second}
	for _, p := range []*runfile.Phase{&run.Overall, &run.Phases[1]} {
		p.Journeys = []runfile.Journey{{
			Name: "=buy", Arrived: 9, Completed: 2, Failed: 4, Unfinished: 2, Unstarted: 1, Time: runfile.NewDist(runfile.TotalDigits, times, bounds),
			Steps: []runfile.JourneyStep{{Name: "pay", Asked: 5, LeftOut: 1, Stopped: 3, SinceArrival: runfile.NewDist(runfile.DetailDigits, times, nil)}},
		}}
	}
	d := runfile.NewDist(runfile.DetailDigits, times[:1], nil)
	run.Phases[1].Endpoints = append(run.Phases[1].Endpoints, runfile.Endpoint{Name: "=buy/pay", Class: runfile.ClassOK, Count: 1, ResponseTime: d, ServiceTime: d})
	var found []string
	for _, row := range readCSV(t, written(t, WriteCSV, run, uncachedRun())) {
		if row["journey"] == "" {
			continue
		}
		if row["due_requests"] != "" || row["target"] != run.Target.Name {
			t.Errorf("%v", row)
		}
		var line []string
		for _, column := range []string{"phase", "journey", "step", "arrived_journeys", "completed_journeys", "failed_journeys", "unfinished_journeys", "unstarted_journeys",
			"asked_journeys", "left_out_journeys", "stopped_journeys", "journey_or_step_count", "journey_or_step_p99_at_least", "since_arrival_count"} {
			line = append(line, row[column])
		}
		found = append(found, strings.Join(line, " "))
	}
	phase := run.Phases[1].Name
	want := []string{}
	for _, p := range []string{"overall", phase} {
		want = append(want, p+" '=buy  9 2 4 2 1    3 true 0", p+" '=buy pay      5 1 3 1 false 2")
	}
	if !slices.Equal(found, want) {
		t.Errorf("%q, want %q", found, want)
	}
	if strings.Contains(written(t, WriteCSV, uncachedRun()), "journey") || strings.Contains(written(t, WriteOpenMetrics, uncachedRun()), "journey") {
		t.Error("a run without journeys tells of some")
	}
	text := written(t, WriteOpenMetrics, run)
	for _, line := range []string{
		`phase="overall",journey="=buy",outcome="failed"} 4`, `journey="=buy",step="pay",outcome="stopped"} 3`, `journey="=buy",outcome="unstarted"} 1`,
		`phase="` + phase + `",journey="=buy",step="pay",outcome="asked"} 5`, `bench_step_since_arrival_seconds_count{`, `journey="=buy",time="journey",of="0.99"} 1`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
	if text := written(t, WriteJUnit, run); !strings.Contains(text, "Of 9 journeys =buy that arrived 22 % were completed") || !strings.Contains(text, "=buy/pay: 5 asked, 1 left out by chance, 3 stopped") {
		t.Error(text)
	}
}

// Of journeys of several steps the headline tells journey time, how many were completed, and what kept others from that.
func TestHeadlineOfJourneys(t *testing.T) {
	times := make([]time.Duration, 90)
	for i := range times {
		times[i] = time.Duration(i+1) * time.Millisecond
	}
	d := runfile.NewDist(runfile.TotalDigits, times, nil)
	steps := make([]runfile.JourneyStep, 2)
	all := []runfile.Journey{{Name: "buy", Arrived: 90, Completed: 90, Time: d, TargetTime: d, Steps: steps}}
	lost := []runfile.Journey{{Name: "buy", Arrived: 100, Completed: 90, Failed: 9, Unfinished: 1, Time: d, TargetTime: d, Steps: steps}}
	hold := []runfile.PhaseRecord{{Name: "load", Kind: profiles.Hold, DurationNS: 10 * time.Second, From: 50, To: 50}}
	spike := []runfile.PhaseRecord{
		{Name: "calm", Kind: profiles.Baseline, DurationNS: 10 * time.Second, From: 5, To: 5},
		{Name: "spike", Kind: profiles.Spike, DurationNS: 10 * time.Second, From: 50, To: 50},
	}
	with := func(list ...[]runfile.Journey) func(*runfile.Run) {
		return func(r *runfile.Run) {
			for i, j := range list {
				r.Phases[i].Journeys = j
			}
		}
	}
	declined := func(r *runfile.Run) { r.Errors = []runfile.ErrorCount{{Kind: "status 402", Count: 9}} }
	one := []runfile.Journey{{Name: "home", Arrived: 90, Completed: 90, Time: d, Steps: steps[:1]}}
	for want, run := range map[string]*runfile.Run{
		"The service completed all of 90 journeys, in 45 ms at P50 and 89 ms at P99 less thinking.":                                                                         told("a", hold, time.Second, with(all)),
		"The service completed 90 % of 100 journeys, in 45 ms at P50 and 89 ms at P99 less thinking; 9 failed; 1 were cut off by the end of the run (most: status 402).":    told("a", hold, time.Second, with(lost), declined),
		"The service completed all of 90 journeys of the spike, in 45 ms at P50 and 89 ms at P99 less thinking, 89 ms at P99 before it.":                                    told("a", spike, time.Second, with(all, all)),
		"The service did not keep up with 50 journeys/s for 10 s: it completed all of 90 journeys, in 45 ms at P50 and 89 ms at P99 less thinking.":                         told("a", hold, time.Second, with(all), slow(0, 9, time.Second)),
		"The service did not keep up with the spike: it completed all of 90 journeys of the spike, in 45 ms at P50 and 89 ms at P99 less thinking; it recovered after 5 s.": told("a", spike, time.Second, with(nil, all), slow(1, 9, time.Second), recovers(1, runfile.Recovered, 5*time.Second)),
		"The service carried 50/s for 10 s: 50/s with P99 at 1.0 s; none of 1,200 requests failed.":                                                                         told("a", hold, time.Second, with(one)),
	} {
		if got := Answer([]*runfile.Run{run}, Caller{}); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	slower := []runfile.Journey{all[0]}
	for i := range times {
		times[i] *= 2
	}
	slower[0].Time = runfile.NewDist(runfile.TotalDigits, times, nil)
	got := Answer([]*runfile.Run{told("a", hold, time.Second, with(slower)), told("b", hold, time.Second, with(all))}, Caller{})
	if want := "Both carried 50 journeys/s for 10 s: P99 of journey time was 89 ms on b and 178 ms on a, 2.0× as much."; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

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
	j.LagAtAnswers = &j.Steps[0].SinceArrival
	run.Overall.Journeys, run.Overall.ResponseTime.P99NS = []runfile.Journey{j}, 40*time.Millisecond
	run.Phases = []runfile.Phase{{Journeys: run.Overall.Journeys}}
	for _, step := range j.Steps {
		run.Phases[0].Endpoints = append(run.Phases[0].Endpoints, runfile.Endpoint{
			Name: "buy/" + step.Name, Class: runfile.ClassOK, Count: 90, ResponseTime: runfile.NewDist(runfile.DetailDigits, times, nil),
		})
	}
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
	if len(table.Rows) != 3 || !strings.Contains(strings.Join(notes, "\n"), "buy/pay 93 %") || !strings.Contains(notes[1], "where nobody thinks, bench's lag was 45 ms at P50") {
		t.Errorf("%d rows, notes %q", len(table.Rows), notes)
	}

	if got := hidden(s[0], &j); got != "" {
		t.Error(got)
	}
	run.Overall.ResponseTime.P99NS = 10 * time.Millisecond
	if got := hidden(s[0], &j); got != "a: the P99 of requests, 10.0 ms, does not show what journeys buy met: while the service stalled, who waited asked nothing more." {
		t.Error(got)
	}
	j.DueLater = 2
	s[0].focus = &runfile.Phase{Recovery: &runfile.Recovery{State: runfile.Recovered, AfterNS: 3 * time.Second}, Journeys: []runfile.Journey{j}}
	if got := s[0].recovering(); got != " and recovered at once (2 steps of its journeys still to come)" {
		t.Error(got)
	}
}
