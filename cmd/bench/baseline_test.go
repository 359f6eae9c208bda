package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/spf13/pflag"
)

// drivenRun is a run of a baseline's plan at a server, whatever the machine made of it.
func drivenRun(t *testing.T, server *httptest.Server) *runfile.Run {
	t.Helper()
	run, err := loadgen.Drive(t.Context(), loadgen.Plan{
		Target: runfile.Target{Name: "shop", URL: server.URL}, Profile: baselineProfile(100*time.Millisecond, 0, 1000), Engine: runfile.EngineHTTP,
		Requests: []request.Request{{URL: server.URL}}, Limits: loadgen.Limits{Drain: 2 * time.Second},
		Disturbance: runfile.DisturbanceRule{Bound: time.Hour}, // nothing is one, whatever the machine does just now
	}, loadgen.Options{Environment: runfile.Environment{CPUs: "shared"}})
	if err != nil {
		t.Fatal(err)
	}
	run.Verdict.Kind = runfile.Valid
	return run
}

// answeredIn returns the run with target times of one to two milliseconds, times that factor, and without the distributions
// that no comparison reads: the files are read by the hundred.
func answeredIn(run *runfile.Run, factor float64) *runfile.Run {
	none := runfile.NewDist(3, nil, nil)
	again := *run
	again.Phases = slices.Clone(run.Phases)
	var all []time.Duration
	for i := range again.Phases {
		p := &again.Phases[i]
		p.ServiceTime, p.Wait, p.Lag, p.FirstByte, p.Endpoints = none, none, none, none, nil
		values := make([]time.Duration, p.Requests.Due)
		for k := range values {
			values[k] = time.Duration(factor * float64(time.Millisecond) * (1 + float64(k)/float64(len(values))))
		}
		if p.TargetTime = (&runfile.TargetTime{Undisturbed: runfile.NewDist(3, values, nil)}); p.Kind != "warmup" {
			all = append(all, values...)
		}
	}
	again.Overall.TargetTime = &runfile.TargetTime{Undisturbed: runfile.NewDist(3, all, nil)}
	return &again
}

// journeysOf makes the requests of a run those of journeys of two steps that took as long as ten requests, times that factor. The
// requests stay as fast as they were.
func journeysOf(factor float64) func(*runfile.Run) {
	return func(r *runfile.Run) {
		r.Plan.PerJourney, r.Overall.Journeys = 1, nil
		for i := range r.Phases {
			p := &r.Phases[i]
			n := p.Requests.Succeeded
			values := make([]time.Duration, n)
			for k := range values {
				values[k] = time.Duration(10 * factor * float64(time.Millisecond) * (1 + float64(k)/float64(n)))
			}
			d := runfile.NewDist(3, values, nil)
			p.Journeys = []runfile.Journey{{
				Name: "buy", Arrived: n, Completed: n, Time: d, TargetTime: d, Steps: []runfile.JourneyStep{{Name: "login", Asked: n}, {Name: "order", Asked: n}},
			}}
			if p.Kind != "warmup" {
				r.Overall.Journeys = runfile.AddJourneys(r.Overall.Journeys, p.Journeys)
			}
		}
	}
}

// written writes what encode writes to a file in the working directory.
func written(t *testing.T, name string, encode func(io.Writer) error) {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// replaced writes a file that is another one but for one string.
func replaced(t *testing.T, from, to, old, with string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(old)) {
		t.Fatalf("%s holds no %s", from, old)
	}
	if err := os.WriteFile(to, bytes.Replace(text, []byte(old), []byte(with), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The new runs are measured as the baseline was, unless flags say otherwise.
func TestAGateSetsTheEngineAsItsBaselineDid(t *testing.T) {
	spin := 70 * time.Microsecond
	b := &compare.Baseline{Name: "main", Runs: []*runfile.Run{{
		Environment: usage.ReadEnvironment(),
		Plan: runfile.PlanRecord{
			Engine: runfile.EngineWire, Wire: &runfile.WireRecord{Loops: 3, SpinNS: spin, DNSTTLNS: time.Second}, Phases: make([]runfile.PhaseRecord, 1+compare.RoundsPerRun),
		},
	}}}
	for given, want := range map[string]runfile.WireRecord{
		"":              {Loops: 3, SpinNS: spin, DNSTTLNS: time.Second},
		"--loops=2":     {Loops: 2, SpinNS: spin, DNSTTLNS: time.Second},
		"--engine=http": {Loops: 1, SpinNS: runfile.DefaultSpin},
	} {
		o := compareOptions{gate: &gateOptions{}}
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		o.addCompareFlags(flags)
		if err := flags.Parse(strings.Fields(given)); err != nil {
			t.Fatal(err)
		}
		if err := o.takePlan(b); err != nil {
			t.Fatal(err)
		}
		if got := (runfile.WireRecord{Loops: o.base.Wire.Loops, SpinNS: *o.base.Wire.Spin, DNSTTLNS: o.base.Wire.DNSTTL}); got != want {
			t.Errorf("given %q: %+v, want %+v", given, got, want)
		}
	}
}

// Baselines and saved runs that are cut off, edited, of another schema, machine or plan are each met with a sentence of their
// own and never with a verdict.
func TestWhatCannotBeHeldAgainstABaseline(t *testing.T) {
	if testing.Short() {
		t.Skip("reads histograms by the hundred")
	}
	racetest.Skip(t)
	t.Chdir(t.TempDir())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answer") }))
	defer server.Close()
	driven := drivenRun(t, server)

	side := func(n int, factor, scatter float64) []*runfile.Run {
		var runs []*runfile.Run
		for i := range n {
			runs = append(runs, answeredIn(driven, factor*(1+scatter*float64(i*3%8))))
		}
		return runs
	}
	changed := func(runs []*runfile.Run, change func(*runfile.Run)) []*runfile.Run {
		for _, r := range runs {
			change(r)
		}
		return runs
	}
	runs := func(name string, list []*runfile.Run) {
		written(t, name, func(w io.Writer) error { return runfile.Encode(w, list) })
	}
	baseline := func(name string, list []*runfile.Run) {
		b, err := compare.NewBaseline("main", time.Now(), true, list)
		if err != nil {
			t.Fatal(err)
		}
		written(t, name, b.Encode)
	}
	baseline("main.json", side(8, 1, 0.001))
	baseline("noisy.json", side(8, 1, 0.1))
	baseline("elsewhere.json", changed(side(8, 1, 0.001), func(r *runfile.Run) { r.Environment.CPU = "Zilog Z80" }))
	baseline("ten.json", changed(side(8, 1, 0.001), func(r *runfile.Run) { r.Plan.Connections = 10 }))
	measured := func(r *runfile.Run) { r.Environment.Generation = 2 }
	limit := 0.5
	baseline("otherwise.json", changed(side(8, 1, 0.001), measured))
	baseline("limited.json", changed(side(8, 1, 0.001), func(r *runfile.Run) { r.Environment.Quota = &limit }))
	baseline("version.json", changed(side(8, 1, 0.001), func(r *runfile.Run) { r.Environment.Bench = "v0.1" }))
	runs("otherruns.json", changed(side(8, 1, 0.001), measured))
	runs("same.json", side(8, 1, 0.001))
	runs("slow.json", side(8, 1.3, 0.001))
	runs("few.json", side(5, 1.3, 0.001))
	runs("ended.json", changed(side(8, 1, 0.001), func(r *runfile.Run) { r.Interrupted = true }))
	runs("late.json", changed(side(8, 1, 0.001), func(r *runfile.Run) { r.Overall.Disturbed = r.Overall.Requests.Due }))
	runs("before.json", changed(side(8, 1, 0.001), func(r *runfile.Run) {
		r.Overall.TargetTime, r.Phases = nil, slices.Clone(r.Phases)
		for i := range r.Phases {
			r.Phases[i].TargetTime = nil
		}
	}))
	runs("machine.json", changed(side(8, 1, 0.001), func(r *runfile.Run) { r.Environment.CPU = "Zilog Z80" }))
	runs("plan.json", changed(side(8, 1, 0.001), func(r *runfile.Run) { r.Plan.Connections = 10 }))
	baseline("shop.json", changed(side(8, 1, 0.001), journeysOf(1)))
	runs("shopruns.json", changed(side(8, 1, 0.001), journeysOf(1)))
	runs("slowshop.json", changed(side(8, 1, 0.001), journeysOf(1.3)))
	replaced(t, "main.json", "edited.json", `"p50_ns":`, `"p50_ns":1`)
	replaced(t, "same.json", "editedruns.json", `"p50_ns":`, `"p50_ns":1`)
	replaced(t, "main.json", "schema.json", `"baseline":{"schema":1`, `"baseline":{"schema":7`)
	replaced(t, "same.json", "runschema.json", `{"schema":1`, `{"schema":7`)
	for from, to := range map[string]string{"main.json": "cut.json", "same.json": "cutruns.json"} {
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, text[:len(text)/2], 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}

	for _, tc := range []struct {
		args string
		code int
		want string // on stdout where there is a verdict, else on stderr
	}{
		{"gate --baseline main.json same.json", exitOK, "PASS: new is not slower than old by the margins."},
		{"gate --baseline main.json slow.json", exitRegression, "REGRESSION: new is 30 % slower than old at P50"},
		{"gate --baseline main.json few.json", exitInconclusive, "INCONCLUSIVE: 8 runs of old and 5 runs of new are shown and not judged"},
		{"gate --baseline main.json few.json --inconclusive pass", exitOK, "INCONCLUSIVE"},
		{"gate --baseline main.json main.json", exitOK, "PASS"},
		{"gate --baseline main.json slow.json --name shop", exitRegression, "REGRESSION: shop is 30 % slower than old at P50"},
		{"gate --baseline main.json same.json --name old", exitUsage, "--name old: that is what the baseline is called beside the new version"},
		{"gate --baseline main.json same.json --name a --name b", exitUsage, "got 2 for 1"},
		{"compare same.json slow.json --name stable --name canary", exitOK, "canary is 30 % slower than stable at P95"},
		{"compare same.json slow.json --name canary", exitUsage, "got 1 for 2"},

		{"gate --baseline shop.json shopruns.json", exitOK, "PASS: new is not slower than old by the margins."},
		{"gate --baseline shop.json slowshop.json", exitRegression, "REGRESSION: new is 30 % slower than old at P50 of journey time"},
		{"gate --baseline shop.json same.json", exitUsage, "same.json: run 1 cannot be judged: some runs are of journeys of several steps, and others of requests"},
		{"gate --baseline main.json shopruns.json", exitUsage, "some runs are of journeys of several steps"},
		{"compare shopruns.json slowshop.json", exitOK, "B is 30 % slower than A at P95 of journey time"},
		{"compare same.json shopruns.json --force", exitUsage, "some runs are of journeys of several steps"},

		{"gate --baseline cut.json same.json", exitUsage, "cut.json:1: is cut off after"},
		{"gate --baseline edited.json same.json", exitUsage, "edited.json: was changed since it was saved"},
		{"gate --baseline schema.json same.json", exitUsage, "schema.json: is a baseline of schema 7 and this bench reads schema 1"},
		{"gate --baseline runschema.json same.json", exitUsage, "runschema.json: has schema 7 and this bench reads schema 1"},
		{"gate --baseline same.json same.json", exitUsage, "same.json: holds runs and is no baseline"},
		{"gate --baseline missing.json same.json", exitInconclusive, "missing.json: there is no such file (bench baseline list"},
		{"gate --baseline missing same.json", exitInconclusive, `no baseline is called "missing"`},
		{"gate --baseline elsewhere.json same.json", exitUsage, "same.json: run 1 cannot be judged: baseline main was saved on another machine, or measured otherwise, and what differs may come from that (processor: Zilog Z80 and "},
		{"gate --baseline elsewhere.json --b http://127.0.0.1:1", exitUsage, "baseline main was saved on another machine"},
		{"gate --floor elsewhere.json http://127.0.0.1:1 http://127.0.0.1:2", exitUsage, "baseline main was saved on another machine"},
		{"gate --baseline otherwise.json same.json", exitUsage, "saved on another machine, or measured otherwise, and what differs may come from that (measuring generation: 2 and 1, "},
		{"gate --baseline otherwise.json --b http://127.0.0.1:1", exitUsage, "measuring generation: 2 and 1"},
		{"gate --baseline limited.json --b http://127.0.0.1:1", exitUsage, "control group's limit: 0.5 processors and "},
		{"gate --baseline version.json same.json", exitOK, "note  of baseline main and what is held against it: they were made by"},
		{"gate --baseline noisy.json same.json", exitUsage, "baseline main: the margin of P50 is 5 %, and this machine's noise floor "},
		{"gate --baseline noisy.json --b http://127.0.0.1:1", exitUsage, "runs a side would hold it"},

		{"gate --baseline noisy.json --b http://127.0.0.1:1 -c 12", exitUsage, "baseline main is of another plan, so what differs may be the plan's (connections: 256 and 12)"},
		{"gate --baseline noisy.json --b http://127.0.0.1:1 -r 900/s", exitUsage, "(rate: 1,000/s and 900/s)"},
		{"gate --baseline noisy.json --b http://127.0.0.1:1/other", exitUsage, "(the endpoints)"},

		{"gate --baseline main.json same.json --slo p99<1s", exitUsage, "--slo is for old and new side by side: leave it out of a gate against a baseline"},
		{"gate --baseline main.json --b http://127.0.0.1:1 --seed 3", exitUsage, "--seed is for old and new side by side"},

		{"gate --baseline main.json cutruns.json", exitUsage, "cutruns.json:1: is cut off after"},
		{"gate --baseline main.json editedruns.json", exitUsage, "editedruns.json: is damaged or was edited: run 1: "},
		{"gate --baseline main.json runschema.json", exitUsage, "runschema.json: has schema 7"},
		{"gate --baseline main.json missing.json", exitUsage, "missing.json: there is no such file"},
		{"gate --baseline main.json machine.json", exitUsage, "machine.json: run 1 cannot be judged: baseline main was saved on another machine"},
		{"gate --baseline main.json plan.json", exitUsage, "plan.json: run 1 cannot be judged: baseline main is of another plan, so what differs may be the plan's (connections: 256 and 10)"},
		{"gate --baseline main.json same.json ended.json", exitUsage, "ended.json: run 1 was interrupted, and passes nothing"},
		{"gate --baseline main.json same.json late.json", exitLimited, "late.json: run 1 is no evidence: bench was late for 400 of 400 requests"},
		{"gate --baseline main.json before.json", exitUsage, "before.json: run 1 cannot be judged: runs of shop from "},
		{"gate --baseline main.json --b " + server.URL + " -r 900/s", exitUsage, "baseline main is of another plan, so what differs may be the plan's (rate: 1,000/s and 900/s)"},
		{"gate --baseline main.json --b " + server.URL + "/other", exitUsage, "another plan, so what differs may be the plan's (the endpoints)"},
		{"gate --baseline ten.json --b " + server.URL + " -c 12", exitUsage, "(connections: 10 and 12)"},

		{"compare same.json slow.json", exitOK, "is 30 % slower than A at P95"},
		{"compare same.json cutruns.json", exitUsage, "cutruns.json:1: is cut off after"},
		{"compare editedruns.json same.json", exitUsage, "editedruns.json: is damaged or was edited: run 1: "},
		{"compare same.json runschema.json", exitUsage, "runschema.json: has schema 7"},
		{"compare same.json machine.json", exitUsage, "machine.json: a run differs from the first in processor: "},
		{"compare same.json otherruns.json", exitUsage, "otherruns.json: a run differs from the first in measuring generation: 1 and 2"},
		{"compare same.json plan.json", exitUsage, "plan.json: a run differs from the first in connections: 256 and 10"},
		{"compare same.json plan.json --force", exitOK, "note  plan.json: a run differs from the first in connections"},
		{"compare same.json ended.json", exitUsage, "ended.json: a run was interrupted"},
		{"compare same.json late.json", exitUsage, "late.json: a run is no evidence: bench was late for 400 of 400 requests"},
		{"compare same.json before.json --force", exitUsage, "were saved before target time was measured, and others since: save them again"},
		{"compare before.json before.json", exitOK, "response times are compared, with bench's own lateness in them"},

		{"baseline show cut.json", exitUsage, "cut.json:1: is cut off after"},
		{"baseline show edited.json", exitUsage, "edited.json: was changed since it was saved"},
	} {
		var stdout, stderr bytes.Buffer
		args := strings.Fields(tc.args)
		if args[0] != "baseline" {
			args = append(args, "--quiet", "--no-save")
		}
		code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
		said := stdout.String()
		if tc.code == exitInconclusive {
			said += stderr.String() // where there is no baseline
		}
		if tc.code == exitUsage || tc.code == exitLimited {
			said = stderr.String()
			if stdout.Len() > 0 {
				t.Errorf("bench %s: a verdict was printed:\n%s", tc.args, stdout.String())
			}
		}
		if code != tc.code || !strings.Contains(said, tc.want) {
			t.Errorf("bench %s: exit %d, want %d and %q\n%s%s", tc.args, code, tc.code, tc.want, stdout.String(), stderr.String())
		}
	}
}
