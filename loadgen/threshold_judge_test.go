package loadgen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// judgedPlan has known numbers in its phases: 0-99 warm-up, 100-199 baseline, 200-1199 spike-1, 1200-1299 rest,
// 1300-2299 spike-2.
func judgedPlan() Plan {
	phase := func(name string, kind profiles.Kind, rate float64) profiles.Phase {
		return profiles.Phase{Name: name, Kind: kind, Duration: time.Second, From: rate, To: rate}
	}
	return Plan{
		Target: runfile.Target{Name: "fake", URL: "http://fake/"},
		Profile: profiles.Profile{Name: "judged", Arrivals: profiles.Even, Phases: []profiles.Phase{
			phase("warm-up", profiles.Warmup, 100), phase("baseline", profiles.Baseline, 100), phase("spike-1", profiles.Spike, 1000),
			phase("rest", profiles.Recovery, 100), phase("spike-2", profiles.Spike, 1000),
		}},
		Requests: []request.Request{{URL: "http://fake/a"}, {URL: "http://fake/b"}},
		Seed:     1, Limits: Limits{Connections: 256, Timeout: 5 * time.Second, Drain: 5 * time.Second},
	}.withDefaults()
}

// judgedServer takes 500 ms in the warm-up, 10 ms at rest, 20 ms in spike-1 but for 2 % of 300 ms, 40 ms in spike-2, where
// 1 % fail. The generator is half a millisecond late at rest.
func judgedServer() fakeServer {
	return fakeServer{
		service: func(k uint64) time.Duration {
			switch {
			case k < 100:
				return 500 * ms
			case k >= 200 && k < 1200 && k%50 == 0:
				return 300 * ms
			case k >= 200 && k < 1200:
				return 20 * ms
			case k >= 1300:
				return 40 * ms
			}
			return 10 * ms
		},
		fails: func(k uint64) bool { return k >= 1300 && k%100 == 7 },
		lag: func(k uint64, _ time.Duration) time.Duration {
			if k >= 1200 && k < 1300 {
				return 500 * time.Microsecond
			}
			return 0
		},
	}
}

func driven(t testing.TB, p Plan, s fakeServer) *runfile.Run {
	t.Helper()
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	end, _ := fakeEngine(r, s)
	return r.finish(end, runfile.Resources{})
}

func judgeText(t testing.TB, run *runfile.Run, text string) runfile.ThresholdResult {
	t.Helper()
	th, err := runfile.ParseThreshold(text)
	if err != nil {
		t.Fatal(err)
	}
	return th.Judge(run)
}

// The response times of all but the warm-up, sorted: 200 of 10 ms, half of them half a millisecond more, 980 of 20 ms, 990
// of 40 ms, 20 of 300 ms. Ten of 2,200 requests failed.
func TestThresholdsPassAndFail(t *testing.T) {
	racetest.Skip(t)
	run := driven(t, judgedPlan(), judgedServer())
	if run.Verdict.Kind.Spoiled() || run.Overall.Requests.Succeeded != 2190 {
		t.Fatalf("not the run that the table is about: %+v %+v", run.Verdict, run.Overall.Requests)
	}
	for _, tc := range []struct {
		text string
		pass bool
		why  string
	}{
		{"p50<21ms", true, "the 1,095th of 2,190 took 20 ms"},
		{"p50<19ms", false, ""},
		{"p50<=21ms", true, ""},
		{"p50>19ms", true, ""},
		{"p50>21ms", false, ""},
		{"p50>=19ms", true, ""},
		{"p50>=21ms", false, ""},
		{"p(50)<21", true, "a bare number is in milliseconds, as in k6"},
		{"p(50)<19", false, ""},
		{"p99<41ms", true, "20 of 2,190 are less than 1 %; the warm-up's 500 ms do not count"},
		{"p99<39ms", false, ""},
		{"p99.5<41ms", false, "20 of 2,190 are more than 0.5 %"},
		{"p99.5<301ms", true, ""},
		{"p99.9<301ms", true, "few samples are judged all the same"},
		{"p99.9<299ms", false, ""},
		{"mean<31ms", true, "67,250 ms / 2,190 = 30.7 ms"},
		{"mean<30ms", false, ""},
		{"min>=9.9ms", true, ""},
		{"min>=11ms", false, ""},
		{"max<301ms", true, ""},
		{"max<299ms", false, ""},
		{"errors<1%", true, "10 of 2,200 are 0.45 %"},
		{"errors<0.4%", false, ""},
		{"errors<0.01", true, ""},
		{"errors<0.004", false, ""},
		{"errors<=0", false, ""},
		{"errors@spike-1<=0", true, "the failures are spike-2's"},
		{"errors@spike<0.6%", true, "10 of 2,000 are 0.5 %"},
		{"errors@spike<0.5%", false, "not below is not at most"},
		{"errors@spike<=0.5%", true, ""},
		{"errors@spike>0.5%", false, "not above is not below"},
		{"errors@spike>=0.5%", true, ""},
		{"rate>=540/s", true, "2,190 in 4 s"},
		{"rate>=560/s", false, ""},
		{"rate@spike>=900/s", true, ""},
		{"rate@baseline>=900/s", false, ""},
		{"p95@spike<41ms", true, "both spikes together: 970 of 20 ms, 990 of 40 ms, 20 of 300 ms"},
		{"p95@spike<39ms", false, ""},
		{"p40@spike<21ms", true, "980 of 1,990 are 49 %"},
		{"p50@spike<21ms", false, ""},
		{"p99@spike<41ms", true, "20 of 1,990 are hardly more than 1 %, and rank 1,970 is the last before them"},
		{"p99@spike-1<41ms", false, "20 of 1,000 are 2 %"},
		{"p99@spike-1<301ms", true, ""},
		{"p95@spike-1<21ms", true, ""},
		{"p50@warmup>400ms", true, "the warm-up counts where it is named"},
		{"p50@warm-up<400ms", false, ""},
		{"p99@recovery<11ms", true, "a kind; lag is part of the response"},
		{"service:p99@rest<10.4ms", true, ""},
		{"service:p99<39ms", false, ""},
		{"wait:p99<1ms", true, "no request waited"},
		{"wait:max>=1ms", false, ""},
		{"lag:p50@rest<400us", false, ""},
		{"lag:p50@rest<600us", true, ""},
		{"lag:p50<100us", true, "it was late at rest only"},
		{"p50{GET /a}>15ms", true, ""},
		{"p50@baseline{GET /a}<11ms", true, ""},
		{"p50@baseline{GET /b}<9ms", false, ""},
		{"max@spike-1{GET /b}<290ms", false, ""},
		{"max@spike-2{GET /b}<45ms", true, ""},
		{"errors@spike-2{GET /a}<3%", true, "about 1 %"},
		{"errors@spike-2{GET /a}<0.1%", false, ""},
		{"service:max@rest{GET /a}<10.4ms", true, "within the 1 % of an endpoint's histogram"},
	} {
		got := judgeText(t, run, tc.text)
		if got.Passed != tc.pass {
			t.Errorf("%s: passed %v, want %v (%s): %s", tc.text, got.Passed, tc.pass, tc.why, got.Sentence)
		}
		relation := strings.Contains(got.Sentence, ", not ")
		if relation == got.Passed {
			t.Errorf("%s: passed %v, but it says %q", tc.text, got.Passed, got.Sentence)
		}
	}
}

func TestThresholdSentences(t *testing.T) {
	racetest.Skip(t)
	whole := driven(t, judgedPlan(), judgedServer())

	dead := judgedServer()
	dead.fails = func(uint64) bool { return true }
	none := driven(t, judgedPlan(), dead)

	slow := judgedServer()
	slow.service = func(k uint64) time.Duration {
		if k >= 200 && k < 1200 && k%50 == 0 {
			return time.Minute
		}
		return 20 * ms
	}
	censored := driven(t, judgedPlan(), slow)

	single := judgedPlan()
	single.Profile.Phases = []profiles.Phase{{Name: "hold", Kind: profiles.Hold, Duration: time.Second, From: 1, To: 1}}
	one := driven(t, single, judgedServer())

	cutServer := judgedServer()
	cutServer.cut = 2500 * ms
	cut := driven(t, judgedPlan(), cutServer)

	limited := driven(t, judgedPlan(), judgedServer())
	limited.Verdict.Kind = runfile.GeneratorLimited
	old := driven(t, judgedPlan(), judgedServer())
	old.Verdict.Kind, old.Overall.TargetTime = runfile.GeneratorLimited, nil

	many := judgedPlan()
	for len(many.Requests) < 34 {
		many.Requests = append(many.Requests, request.Request{URL: fmt.Sprintf("http://fake/%d", len(many.Requests)), Weight: 1e-9})
	}
	wide := driven(t, many, judgedServer())

	for _, tc := range []struct {
		run  *runfile.Run
		text string
		pass bool
		says string
	}{
		{whole, "p99<200ms", true, "p99 is 40.0 ms, below 200 ms"},
		{whole, "p99<=30", false, "p99 is 40.0 ms, not at most 30.0 ms"},
		{whole, "p99.5@spike{GET /a}>1s", false, "p99.5@spike{GET /a} is 302 ms, not above 1.00 s; of "},
		{whole, "p99<40ms", false, "p99 is 40.009727ms, not below 40ms"},
		{whole, "errors<0.1%", false, "errors is 0.45 % (10 of 2,200 requests), not below 0.1 %"},
		{whole, "rate>=1000", false, "rate is 548/s, not at least 1000/s"},
		{whole, "p99.9<400ms", true, "; of 2,190 samples fewer than 10 lie beyond it"},
		{whole, "p95<1s", true, "below 1.00 s"},
		{none, "p99<10s", false, "none of the 2,200 requests that were due succeeded"},
		{none, "min>=1ms", false, "none of the 2,200 requests that were due succeeded"},
		{none, "errors<1%", false, "none of the 2,200 requests that were due succeeded"},
		{none, "errors>50%", false, "none of the 2,200 requests that were due succeeded"},
		{none, "rate<10/s", false, "none of the 2,200 requests that were due succeeded"},
		{none, "service:p99@spike{GET /a}<10s", false, "that were due succeeded"},
		{one, "p50<1s", true, "; it rests on one sample"},
		{one, "max<1s", true, "; it rests on one sample"},
		{one, "p50<1ms", false, "not below 1.00 ms; it rests on one sample"},
		{censored, "p99.5<10s", false, "p99.5 is at least 5.00 s, as 20 requests had no answer by then: a lower bound is not below 10.0 s"},
		{censored, "max<=1h", false, "max is at least 5.00 s"},
		{censored, "mean<1h", false, "a lower bound is not below"},
		{censored, "p99.5>4s", true, "p99.5 is at least 5.00 s, above 4.00 s"},
		{censored, "p99.5>6s", false, "p99.5 is at least 5.00 s"},
		{censored, "p90<1s", true, "p90 is 20.0 ms, below 1.00 s"},
		{censored, "max{GET /a}<1h", false, "max{GET /a} is at least 5.0"},
		{censored, "errors<=0", false, "errors is 1.36 % (30 of 2,200 requests), not at most 0 %"},
		{whole, "p99@peak<1s", false, `the run has no phase "peak", by name or kind: it has warm-up, baseline, spike-1, rest, spike-2`},
		{whole, "p99{GET /c}<1s", false, `the run has no endpoint "GET /c": it has GET /a, GET /b`},
		{whole, "p99@peak{GET /c}<1s", false, `no phase "peak"`},
		{wide, "p99{GET /33}<1s", false, `and 28 more, and all after the first 32 together as "other"`},
		{wide, "p99{GET /31}<1s", false, "no request was due"},
		{cut, "p99<1s", false, "the run was interrupted, and such a run passes nothing: p99 is 300 ms"},
		{cut, "p99@rest<1s", false, `the run ended before phase "rest"`},
		{limited, "p99<1s", true, "p99 is 40.0 ms, below 1.00 s"},
		{old, "p99<1s", false, "the run is GENERATOR-LIMITED and has no target time, so it cannot be judged: p99 is 40.0 ms, below 1.00 s"},
	} {
		got := judgeText(t, tc.run, tc.text)
		if got.Passed != tc.pass || !strings.Contains(got.Sentence, tc.says) {
			t.Errorf("%s: passed %v, %q, want %v with %q", tc.text, got.Passed, got.Sentence, tc.pass, tc.says)
		}
	}
}

// Response time has what bench did late in it, so it is an upper bound; between it and target time nothing can be said. At rest
// the service takes 10 ms and bench is half a millisecond late.
func TestThresholdsAreJudgedByBounds(t *testing.T) {
	racetest.Skip(t)
	run := driven(t, judgedPlan(), judgedServer())
	for _, tc := range []struct {
		text            string
		pass, undecided bool
		says            string
	}{
		{"p99@rest<11ms", true, false, "p99@rest is 10.5 ms, below 11.0 ms"},
		{"p99@rest<10.4ms", false, true, "p99@rest is 10.5 ms with what bench did late in it and 10.0 ms without: whether it is below 10.4 ms cannot be judged"},
		{"p99@rest<9ms", false, false, "p99@rest is 10.5 ms, not below 9.00 ms"},
		{"max@rest{GET /a}<10.4ms", false, true, "cannot be judged"},
		{"mean@rest<=10.4ms", false, true, "whether it is at most 10.4 ms cannot be judged"},
		{"p50@rest>9ms", true, false, "above 9.00 ms"},
		{"p50@rest>10.4ms", false, true, "whether it is above 10.4 ms cannot be judged"},
		{"p50@rest>=11ms", false, false, "not at least 11.0 ms"},
	} {
		got := judgeText(t, run, tc.text)
		if got.Passed != tc.pass || got.Undecided != tc.undecided || !strings.Contains(got.Sentence, tc.says) {
			t.Errorf("%s: passed %v, undecided %v, %q, want %v, %v with %q", tc.text, got.Passed, got.Undecided, got.Sentence, tc.pass, tc.undecided, tc.says)
		}
	}
}

// A pause of bench is in the response times, and decides nothing: what was disturbed by it tells nothing of the target.
func TestPauseFailsNoThreshold(t *testing.T) {
	run, _ := pausedRun(t, 1, runfile.DisturbanceRule{})
	for text, want := range map[string][2]bool{
		"p99<50ms": {true, false}, "p99<5ms": {false, true}, "p99<1ms": {false, false}, "max<1s": {true, false}, "max<10ms": {false, true},
		"p99>5ms": {false, true}, "p99>1ms": {true, false}, "p99>60ms": {false, false},
	} {
		if got := judgeText(t, run, text); got.Passed != want[0] || got.Undecided != want[1] {
			t.Errorf("%s: passed %v, undecided %v: %s", text, got.Passed, got.Undecided, got.Sentence)
		}
	}
}

// A run in which bench did not send what it was to send passes nothing, and fails nothing: another load may have done better.
func TestUndeliveredRunIsNotJudged(t *testing.T) {
	run := driven(t, judgedPlan(), judgedServer())
	run.Overall.TargetTime.Untold = run.Overall.Requests.Sent / 50
	for _, text := range []string{"p99<1s", "p99<1ms", "errors<1%", "rate>=1/s"} {
		if got := judgeText(t, run, text); got.Passed || !got.Undecided || !strings.Contains(got.Sentence, "bench did not send what it was to send") {
			t.Errorf("%s: %+v", text, got)
		}
	}
	run.Overall.TargetTime.Untold = run.Overall.Requests.Sent / 200
	if got := judgeText(t, run, "p99<1s"); !got.Passed {
		t.Errorf("99.5 %% were sent: %+v", got)
	}
	run.Errors = append(run.Errors, runfile.ErrorCount{Kind: runfile.OutOfPorts, Count: 1})
	if got := judgeText(t, run, "p99<1s"); got.Passed || !got.Undecided {
		t.Errorf("out of ports: %+v", got)
	}
}

// What a bench of before made of its thresholds is kept as it was written.
func TestOldResultsAreKept(t *testing.T) {
	run := driven(t, judgedPlan(), judgedServer())
	th, err := runfile.ParseThreshold("p99<1s")
	if err != nil {
		t.Fatal(err)
	}
	run.Judge([]runfile.Threshold{th})
	run.Thresholds[0].Passed, run.Thresholds[0].Sentence = false, "as it was said then"
	run.Judging = ""
	if read := readBack(t, run); read.Thresholds[0].Sentence != "as it was said then" {
		t.Errorf("%+v", read.Thresholds[0])
	}
	run.Judging = runfile.JudgingBounds
	var file bytes.Buffer
	if err := runfile.Encode(&file, []*runfile.Run{run}); err != nil {
		t.Fatal(err)
	}
	if _, err := runfile.Decode("run.json", &file); err == nil {
		t.Error("a result that the run does not say was believed")
	}
}

func TestStrictSamplesFailWhatIsMarked(t *testing.T) {
	run := driven(t, judgedPlan(), judgedServer())
	for text, few := range map[string]bool{"p99<1s": false, "p99.9<1s": true, "p90@baseline<1s": false, "p91@baseline<1s": true} {
		th, err := runfile.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		lenient := th.Judge(run)
		th.StrictSamples = true
		strict := th.Judge(run)
		if !lenient.Passed || lenient.FewSamples != few || strict.Passed == few || strict.FewSamples != few {
			t.Errorf("%s: lenient %+v, strict %+v, want few %v", text, lenient, strict, few)
		}
		if few != strings.HasSuffix(strict.Sentence, "which is too few") {
			t.Errorf("%s: it says %q", text, strict.Sentence)
		}
	}
}

// What a run file says of its thresholds is judged again when it is read.
func TestThresholdsInTheRunFile(t *testing.T) {
	run := driven(t, judgedPlan(), judgedServer())
	var list []runfile.Threshold
	for _, text := range []string{"p99<200ms", "errors<0.1%", "p99.9@spike{GET /a}<1s", "p99@nowhere<1s", "rate>=1/s"} {
		th, err := runfile.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, th)
	}
	list[2].StrictSamples = true
	run.Judge(list)
	var b bytes.Buffer
	if err := runfile.Encode(&b, []*runfile.Run{run}); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	file, err := runfile.Decode("run.json", bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(run.Thresholds)
	after, _ := json.Marshal(file.Runs[0].Thresholds)
	if !bytes.Equal(before, after) {
		t.Errorf("read %s, written %s", after, before)
	}
	for i, edits := range map[int]map[string]any{
		0: {"passed": false, "actual": 1.5e8, "at_least": true, "samples": 7, "few_samples": true, "text": "p99<2ms"},
		1: {"passed": true, "actual": 0.002, "text": "errors<nothing"},
		2: {"strict_samples": false, "few_samples": false},
		3: {"passed": true, "actual": 1},
	} {
		for key, value := range edits {
			var tree map[string]any
			if err := json.Unmarshal(whole, &tree); err != nil {
				t.Fatal(err)
			}
			tree["runs"].([]any)[0].(map[string]any)["thresholds"].([]any)[i].(map[string]any)[key] = value
			edited, err := json.Marshal(tree)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := runfile.Decode("edited.json", bytes.NewReader(edited)); err == nil || !strings.Contains(err.Error(), "threshold") {
				t.Errorf("threshold %d: %s made %v was believed: %v", i, key, value, err)
			}
		}
	}
}

func TestObjective(t *testing.T) {
	run := driven(t, judgedPlan(), judgedServer())
	for _, tc := range []struct {
		thresholds     string
		goodput, apdex float64
		why            string
	}{
		{"p99<30ms", 1180.0 / 4, (1180 + 990/2) / 2200.0, "10 and 20 ms satisfy, 40 ms is tolerated, 300 ms and the 10 failures are not"},
		{"p99<80ms", 2170.0 / 4, (2170 + 20/2) / 2200.0, "300 ms is within 4 × 80 ms"},
		{"p99<74ms", 2170.0 / 4, 2170 / 2200.0, "300 ms is beyond 4 × 74 ms"},
		{"p50@spike-1<200ms", 980, (980 + 20/2) / 1000.0, "the phase that it is about"},
		{"errors<1% service:p99<1s p99>5ms max<=30ms p99<80ms", 1180.0 / 4, (1180 + 990/2) / 2200.0, "the first upper limit of response times"},
	} {
		var list []runfile.Threshold
		for _, text := range strings.Fields(tc.thresholds) {
			th, err := runfile.ParseThreshold(text)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, th)
		}
		run.Judge(list)
		got, ok := run.Objective()
		if !ok || math.Abs(got.Goodput-tc.goodput) > 1e-9 || math.Abs(got.Apdex-tc.apdex) > 1e-9 {
			t.Errorf("%s: %+v, want goodput %v, Apdex %v (%s)", tc.thresholds, got, tc.goodput, tc.apdex, tc.why)
		}
	}
	run.Plan.SLO = slo("errors<1%", "p99<30ms")
	if got, ok := run.Objective(); !ok || got.Text != "p99<30ms" {
		t.Errorf("%+v, want the slo's, which goes before the thresholds'", got)
	}
	readBack(t, run)
	run.Plan.SLO = slo("p99<")
	var file bytes.Buffer
	if err := runfile.Encode(&file, []*runfile.Run{run}); err != nil {
		t.Fatal(err)
	}
	if _, err := runfile.Decode("run.json", &file); err == nil || !strings.Contains(err.Error(), "slo: threshold") {
		t.Errorf("a file with a damaged slo: error %v", err)
	}
	run.Plan.SLO = slo("rate>=1/s")
	for _, text := range []string{"errors<1%", "rate>=1/s", "p99>1ms", "service:p99<1s", "p99@nowhere<1s"} {
		th, err := runfile.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		run.Judge([]runfile.Threshold{th})
		if got, ok := run.Objective(); ok {
			t.Errorf("%s: %+v, want none", text, got)
		}
	}
}

// A service that answers all of 100/s in half a second served 100/s, though the last fifty answers came when the phase was over. One
// that falls behind served what it finished, and so did every run of a file of before.
func TestRateCountsWhatWasAskedInThePhase(t *testing.T) {
	rate, err := runfile.ParseThreshold("rate>=99/s")
	if err != nil {
		t.Fatal(err)
	}
	slow := drivenFake(t, 100, 10*time.Second, Limits{}, fakeServer{service: fixed(500 * ms)})
	behind := drivenFake(t, 120, 10*time.Second, Limits{}, fakeServer{workers: 1, service: fixed(time.Second / 95)})
	before := *slow
	before.Overall.Answered = nil
	for _, tc := range []struct {
		name   string
		run    *runfile.Run
		passes bool
		served float64
	}{{"slow", slow, true, 100}, {"behind", behind, false, 95}, {"of before", &before, false, 95}} {
		got := rate.Judge(tc.run)
		if got.Passed != tc.passes || math.Abs(*got.Actual-tc.served) > 0.3 || tc.run.Overall.Served().Rate != *got.Actual {
			t.Errorf("%s: %+v of %v, want %v/s", tc.name, got, *got.Actual, tc.served)
		}
	}
	if slow.Overall.Achieved.Count != 950 || slow.Overall.Answered.Count != 1000 || slow.Overall.Backlog.Grew || !behind.Overall.Backlog.Grew {
		t.Errorf("achieved %+v, answered %+v, backlogs %+v and %+v", slow.Overall.Achieved, slow.Overall.Answered, slow.Overall.Backlog, behind.Overall.Backlog)
	}
}

// slo reads objectives as a run file's plan has them.
func slo(texts ...string) []runfile.Written {
	list := make([]runfile.Written, len(texts))
	for i, text := range texts {
		_ = list[i].UnmarshalText([]byte(text))
	}
	return list
}
