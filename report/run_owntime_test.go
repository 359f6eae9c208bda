package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// disturbedIn makes bench late for 13 of 100 requests of a phase, of which n others tell the target's own time.
func disturbedIn(phase, n int, own time.Duration) func(*runfile.Run) {
	return func(r *runfile.Run) {
		r.Verdict = runfile.Verdict{Kind: runfile.HostLimited, Evidence: []string{"late"}}
		r.Disturbances = &runfile.Disturbances{Count: 9, LateNS: 200 * ms}
		r.Phases[phase].Verdict, r.Phases[phase].Disturbed = r.Verdict, 13
		for i := range r.Phases {
			r.Phases[i].TargetTime = &runfile.TargetTime{Undisturbed: runfile.NewDist(3, slices.Repeat([]time.Duration{own}, n), nil)}
		}
		r.Overall.TargetTime = r.Phases[phase].TargetTime
	}
}

// Where bench was late for some requests, the answer goes by the target's own time of the others.
func TestAnswerByTheTargetsOwnTime(t *testing.T) {
	racetest.Skip(t)
	hold := []runfile.PhaseRecord{{Name: "hold", Kind: "hold", DurationNS: 30 * time.Second, From: 400, To: 400}}
	spike := spikePhases(600)
	grew := func(phase int) func(*runfile.Run) {
		return func(r *runfile.Run) { r.Phases[phase].Backlog.Grew, r.Phases[phase].Achieved.Rate = true, 104 }
	}
	cached := func(change ...func(*runfile.Run)) *runfile.Run {
		return told("cached", spike, 40*ms, append(change, bundled(9*ms, 1))...)
	}
	uncached := func(change ...func(*runfile.Run)) *runfile.Run {
		return told("uncached", spike, 19*ms, append(change, bundled(9*ms, 0))...)
	}
	const unknown = "These latencies are bench's own, kept waiting by its host: late. Run it again when nothing else uses this machine. Try --rate 200/s otherwise."
	for _, tc := range []struct {
		why  string
		runs []*runfile.Run
		want string
	}{
		{"one run", []*runfile.Run{told("api", hold, 40*ms, disturbedIn(0, 1000, 18*ms))},
			"The service answered 400/s with P99 at 18 ms of its own time; bench was late for 13 % of the requests, which were left out."},
		{"with failures", []*runfile.Run{told("api", hold, 40*ms, disturbedIn(0, 1000, 18*ms), failed(0, 5, "reset"))},
			"The service answered 400/s with P99 at 18 ms of its own time, and left 5 % of the requests without success; bench was late for 13 % of the requests, which were left out."},
		{"a queue that grew", []*runfile.Run{told("api", hold, 40*ms, disturbedIn(0, 1000, 18*time.Second), grew(0))},
			"The service answered 104/s of 400/s with P99 at 18.0 s of its own time; bench was late for 13 % of the requests, which were left out."},
		{"late before the spike", []*runfile.Run{told("api", spike, 40*ms, disturbedIn(1, 1000, 18*ms))},
			"The service answered 600/s with P99 at 18 ms of its own time; bench was late for 13 % of the requests in the baseline, which were left out."},
		{"lag alone", []*runfile.Run{told("api", hold, 40*ms, disturbedIn(0, 1000, 18*ms), func(r *runfile.Run) { r.Phases[0].Disturbed = 0 })},
			"The service answered 400/s with P99 at 18 ms of its own time; bench was late for some of the requests, and its own lateness is left out."},

		{"too few undisturbed", []*runfile.Run{told("api", hold, 40*ms, disturbedIn(0, 999, 18*ms))}, unknown},
		{"none undisturbed", []*runfile.Run{told("api", hold, 40*ms, disturbedIn(0, 0, 0))}, unknown},
		{"not sent", []*runfile.Run{told("api", hold, 40*ms, disturbedIn(0, 1000, 18*ms), func(r *runfile.Run) { r.Overall.TargetTime.Untold = 100 })}, unknown},
		{"bench held the slots", []*runfile.Run{told("api", hold, 40*ms, disturbedIn(0, 1000, 18*ms), func(r *runfile.Run) { r.Disturbances.LateNS = 7500 * ms })}, unknown},
		{"bench had no processor left", []*runfile.Run{told("api", hold, 40*ms, disturbedIn(0, 1000, 18*ms), func(r *runfile.Run) {
			busy := 29 * time.Second
			r.Environment.GeneratorCPUs, r.Phases[0].CPU.Generator = []int{1}, &busy
		})}, unknown},

		{"both carried it, one disturbed", []*runfile.Run{told("a", hold, 40*ms, disturbedIn(0, 1000, 18*ms)), told("b", hold, 6*ms, disturbedIn(0, 1000, 6*ms), judged(runfile.Valid))},
			"Both carried 400/s for 30 s: P99 of their own time was 6.0 ms on b and 18 ms on a, 3.0× as much. For a, bench was late for 13 % of the requests, which were left out."},
		{"of the other no target time is known", []*runfile.Run{told("a", hold, 40*ms, disturbedIn(0, 1000, 18*ms)), told("b", hold, 6*ms)},
			"a answered 400/s with P99 at 18 ms of its own time; bench was late for 13 % of the requests, which were left out. b carried 400/s for 30 s."},
		{"the lesson", []*runfile.Run{cached(disturbedIn(2, 1000, 18*ms)), uncached(slow(2, 104, 7100*ms), recovers(2, runfile.NotRecovered, 12*time.Second))},
			"The cache carried the spike. Without it the service fell 7 s behind and had not recovered 12 s later. For cached, bench was late for 13 % of the requests, which were left out."},
		{"the lesson of two disturbed runs", []*runfile.Run{cached(disturbedIn(2, 1000, 18*ms)), uncached(disturbedIn(2, 1000, 5*time.Second), grew(2))},
			"The cache carried the spike. Without it the service fell 5 s behind. For cached, bench was late for 13 % of the requests, which were left out. For uncached, bench was late for 13 % of the requests, which were left out."},
		{"no lesson where the cache did not carry it", []*runfile.Run{cached(disturbedIn(2, 1000, 5*time.Second), grew(2)), uncached(slow(2, 104, 7100*ms))},
			"cached answered 104/s of 600/s with P99 at 5.0 s of its own time; bench was late for 13 % of the requests, which were left out. uncached could not carry the spike: it served 104/s of 600/s, fell 7 s behind."},
	} {
		if got := Answer(tc.runs, testCaller); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.why, got, tc.want)
		}
	}
}

// What is known of a disturbed run is a warning beside the job, what is not an error.
func TestAnnotationsOfADisturbedRun(t *testing.T) {
	hold := []runfile.PhaseRecord{{Name: "hold", Kind: "hold", DurationNS: 30 * time.Second, From: 400, To: 400}}
	const want = "::warning title=bench::api: HOST-LIMITED: the service answered 400/s with P99 at 18 ms of its own time; " +
		"bench was late for 13 %25 of the requests, which were left out: late\n"
	if got := written(t, WriteAnnotations, told("api", hold, 40*ms, disturbedIn(0, 1000, 18*ms))); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

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
	if err := WriteTerminal(&b, []*runfile.Run{run}, o); err != nil {
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
	racetest.Skip(t)
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
