package report

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// lateRun is a run of a service of 150 us to which bench was late by so much each time.
func lateRun(late time.Duration, disturbed uint64) *runfile.Run {
	run := service{name: "svc", cost: time.Millisecond, phases: []runfile.PhaseRecord{
		{Name: "hold", Kind: "hold", DurationNS: 10 * time.Second, From: 100, To: 100},
	}, profile: "sustained"}.drive()
	var response, target []time.Duration
	for i := range 1000 {
		d := 150*us + time.Duration(i)*100
		target, response = append(target, d), append(response, d+late)
	}
	for _, p := range []*runfile.Phase{&run.Overall, &run.Phases[0]} {
		p.ResponseTime = runfile.NewDist(3, response, nil)
		p.TargetTime = &runfile.TargetTime{Undisturbed: runfile.NewDist(3, target, nil)}
		p.Requests.Due, p.Disturbed = 1000, disturbed
	}
	run.Disturbances = &runfile.Disturbances{Count: 3, LateNS: 120 * time.Millisecond, UnexplainedNS: 90 * time.Millisecond}
	return run
}

func shownText(t *testing.T, run *runfile.Run, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Terminal(&b, []*runfile.Run{run}, o); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Where bench's own lateness is in the percentiles the target's own are shown beside them, and only there.
func TestTargetTimeStandsBesideWhatIsNotIts(t *testing.T) {
	const words = "the target's own time 200 us 245 us 249 us"
	if text := shownText(t, lateRun(900*us, 0), Options{}); !strings.Contains(text, words) {
		t.Errorf("no %q in %s", words, text)
	}
	if text := shownText(t, lateRun(2*us, 0), Options{}); strings.Contains(text, "own time") {
		t.Errorf("2 us of 200 are shown: %s", text)
	}
	if text := shownText(t, lateRun(900*us, 50), Options{}); !strings.Contains(text, words+" 5 %") {
		t.Errorf("nothing of what is left out: %s", text)
	}
}

func TestDisturbancesAreTold(t *testing.T) {
	const words = "late bench could have sent and did not 3 times, for 120 ms in all: that touched 5 % of the requests, whose target times decide nothing; " +
		"this machine paused for 90 ms of it, and nothing in it explains that"
	if text := shownText(t, lateRun(0, 50), Options{}); !strings.Contains(text, words) {
		t.Errorf("no %q in %s", words, text)
	}
	if text := shownText(t, lateRun(0, 5), Options{}); strings.Contains(text, "could have sent") {
		t.Errorf("0.5 %% are told of unasked: %s", text)
	}
	if text := shownText(t, lateRun(0, 5), Options{Verbose: true}); !strings.Contains(text, "could have sent") {
		t.Errorf("-v says nothing: %s", text)
	}
}
