package loadgen

import (
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

var mergeStart = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var oneRun = sync.OnceValue(func() *runfile.Run {
	r, err := newRecording(judgedPlan())
	if err != nil {
		panic(err) // tests of the plan itself say it better
	}
	end, _ := fakeEngine(r, judgedServer())
	return r.finish(end, runfile.Resources{})
})

// repetitions are runs of the judged plan with a minute between them.
func repetitions(t *testing.T, n int) []*runfile.Run {
	t.Helper()
	run := oneRun()
	rate, err := runfile.ParseThreshold("rate>=1000/s")
	if err != nil {
		t.Fatal(err)
	}
	var runs []*runfile.Run
	for i := range n {
		r := *run
		r.Started, r.Phases = mergeStart.Add(time.Duration(i)*time.Minute), slices.Clone(run.Phases)
		r.Judge([]runfile.Threshold{rate})
		runs = append(runs, &r)
	}
	return runs
}

// sharesOf makes runs the shares of one schedule.
func sharesOf(runs []*runfile.Run) []*runfile.Run {
	for i, r := range runs {
		r.Started = mergeStart.Add(time.Duration(i) * time.Millisecond)
		r.Share = &runfile.Share{Index: uint64(i), Of: uint64(len(runs))}
	}
	return runs
}

// A sum is judged by its own figures, not by those of one of its shares.
func TestMergeAddsUpSharesAndTheirRates(t *testing.T) {
	t.Parallel()
	shares := sharesOf(repetitions(t, 2))
	sum, err := runfile.Merge(shares)
	if err != nil {
		t.Fatal(err)
	}
	a := shares[0]
	if a.Thresholds[0].Passed || len(sum.Thresholds) != 1 || !sum.Thresholds[0].Passed {
		t.Errorf("the share: %+v, the sum: %+v", a.Thresholds, sum.Thresholds)
	}
	if sum.Overall.Offered.Rate != 2*a.Overall.Offered.Rate || sum.Requests.Due != 2*a.Requests.Due || sum.Share != nil {
		t.Errorf("the sum offers %v and has %+v, share %v", sum.Overall.Offered, sum.Requests, sum.Share)
	}
	readBack(t, sum)
}

// Repetitions of one run are that run, with more samples.
func TestPoolKeepsRates(t *testing.T) {
	racetest.Skip(t)
	runs := repetitions(t, 3)
	pooled, err := runfile.Pool(runs)
	if err != nil {
		t.Fatal(err)
	}
	a := runs[0]
	for i, p := range pooled.Phases {
		one := a.Phases[i]
		if math.Abs(p.Offered.Rate-one.Offered.Rate) > 1e-9 || math.Abs(p.Achieved.Rate-one.Achieved.Rate) > 1e-9 || math.Abs(p.Served().Rate-one.Served().Rate) > 1e-9 ||
			p.Requests.Due != 3*one.Requests.Due || p.ResponseTime.Count != 3*one.ResponseTime.Count || p.ResponseTime.P99NS != one.ResponseTime.P99NS {
			t.Errorf("phase %q: %+v %+v, one of them %+v %+v", p.Name, p.Offered, p.Achieved, one.Offered, one.Achieved)
		}
	}
	for i, s := range pooled.Intervals {
		if s.Due != a.Intervals[i].Due || s.Finished != a.Intervals[i].Finished || s.ResponseTime.Count != 3*a.Intervals[i].ResponseTime.Count {
			t.Errorf("second %d: %d due, of one run %d", i, s.Due, a.Intervals[i].Due)
		}
	}
	if pooled.Pooled != 3 || pooled.Thresholds[0].Passed || math.Abs(*pooled.Thresholds[0].Actual-*a.Thresholds[0].Actual) > 1e-9 {
		t.Errorf("pooled %d: %+v, one of them %+v", pooled.Pooled, pooled.Thresholds, a.Thresholds)
	}
	readBack(t, pooled)
}

// The seconds of runs that differ have means that are rounded: the file says so and is read again.
func TestPoolOfRunsThatDiffer(t *testing.T) {
	racetest.Skip(t)
	runs := repetitions(t, 2)
	p := judgedPlan()
	p.Seed = 2
	runs[1] = driven(t, p, fakeServer{service: fixed(300 * ms), fails: func(k uint64) bool { return k%7 == 0 }})
	runs[1].Started = mergeStart.Add(time.Hour)
	pooled, err := runfile.Pool(runs)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(pooled.Seeds, []uint64{runs[0].Seed, 2}) {
		t.Errorf("seeds %v", pooled.Seeds)
	}
	for _, e := range append(slices.Clone(pooled.Verdict.Evidence), pooled.Phases[1].Verdict.Evidence...) {
		which, told, _ := strings.Cut(e, ": ")
		of := map[string]*runfile.Run{"run 1": runs[0], "run 2": runs[1]}[which]
		if of == nil || !slices.Contains(append(slices.Clone(of.Verdict.Evidence), of.Phases[1].Verdict.Evidence...), told) {
			t.Errorf("evidence %q is of no run", e)
		}
	}
	readBack(t, pooled)
}

func TestRunsThatAreNotOfOneKindAreNotJoined(t *testing.T) {
	for name, tc := range map[string]struct {
		join   func([]*runfile.Run) (*runfile.Run, error)
		change func(runs []*runfile.Run) []*runfile.Run
		want   string
	}{
		"pool, other target":      {runfile.Pool, func(r []*runfile.Run) []*runfile.Run { r[1].Target = runfile.Target{Name: "uncached"}; return r }, "different targets, fake and uncached"},
		"pool, other plan":        {runfile.Pool, func(r []*runfile.Run) []*runfile.Run { r[1].Plan.Profile = "soak"; return r }, "different plans: profile: judged and soak"},
		"pool, other order":       {runfile.Pool, func(r []*runfile.Run) []*runfile.Run { r[1].Plan.Order = runfile.Sequential; return r }, "different plans: order of the requests: random and sequential (order random makes them alike)"},
		"pool, other header case": {runfile.Pool, func(r []*runfile.Run) []*runfile.Run { r[1].Plan.HeaderCase = runfile.HeadersKept; return r }, "header case canonical"},
		"merge, other objective":  {runfile.Merge, func(r []*runfile.Run) []*runfile.Run { sharesOf(r)[1].Plan.SLO = slo("p99<1s"); return r }, "different plans: what the service is to hold"},
		"merge, other think time": {runfile.Merge, func(r []*runfile.Run) []*runfile.Run { sharesOf(r)[1].Plan.ThinkNS = 7; return r }, "think time"},
		"pool, the same twice":    {runfile.Pool, func(r []*runfile.Run) []*runfile.Run { r[1].Started = r[0].Started; return r }, "the same run twice"},
		"pool, other kernel":      {runfile.Pool, func(r []*runfile.Run) []*runfile.Run { r[1].Environment.Kernel = "7"; return r }, "different environments: kernel:  and 7"},
		"pool, other measuring":   {runfile.Pool, func(r []*runfile.Run) []*runfile.Run { r[1].Environment.Generation = 2; return r }, "different environments: measuring generation: 1 and 2"},
		"pool, other loops": {runfile.Pool, func(r []*runfile.Run) []*runfile.Run {
			withWire(r, nil, &runfile.WireRecord{Loops: 4, SpinNS: runfile.DefaultSpin, DNSTTLNS: 0})
			return r
		}, "loops: not written down (save it again) and 4"},
		"pool, shares":            {runfile.Pool, sharesOf, "no whole runs"},
		"pool, one":               {runfile.Pool, func(r []*runfile.Run) []*runfile.Run { return r[:1] }, "it takes two"},
		"merge, repetitions":      {runfile.Merge, func(r []*runfile.Run) []*runfile.Run { return r }, "runs of their own"},
		"merge, other target":     {runfile.Merge, func(r []*runfile.Run) []*runfile.Run { sharesOf(r)[1].Target.URL = "http://other/"; return r }, "different targets"},
		"merge, the same twice":   {runfile.Merge, func(r []*runfile.Run) []*runfile.Run { sharesOf(r); return []*runfile.Run{r[0], r[0]} }, "the same run twice"},
		"merge, other seed":       {runfile.Merge, func(r []*runfile.Run) []*runfile.Run { sharesOf(r)[1].Seed = 7; return r }, "seeds"},
		"merge, another start":    {runfile.Merge, func(r []*runfile.Run) []*runfile.Run { sharesOf(r)[1].Started = mergeStart.Add(time.Hour); return r }, "began 3600 s apart"},
		"merge, one share twice":  {runfile.Merge, func(r []*runfile.Run) []*runfile.Run { sharesOf(r)[1].Share.Index = 0; return r }, "both are share 0 of 2"},
		"merge, a share missing":  {runfile.Merge, func(r []*runfile.Run) []*runfile.Run { return sharesOf(append(r, repetitions(t, 1)...))[:2] }, "name all of them"},
		"merge, cut short in one": {runfile.Merge, func(r []*runfile.Run) []*runfile.Run { sharesOf(r)[1].Phases[4].DurationNS = 1; return r }, "cut short"},
	} {
		_, err := tc.join(tc.change(repetitions(t, 2)))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want one of %q", name, err, tc.want)
		}
		var apart *runfile.Unmixable
		if tc.want != "it takes two" && (!errors.As(err, &apart) || apart.A != 0 || apart.B != 1) {
			t.Errorf("%s: error %#v names not the two", name, err)
		}
	}
}

// withWire makes two runs those of the wire engine, set so.
func withWire(runs []*runfile.Run, settings ...*runfile.WireRecord) {
	for i, w := range settings {
		runs[i].Plan.Engine, runs[i].Plan.Wire = runfile.EngineWire, w
	}
}

// Another version of bench of the same measuring generation is a note, and so is a file that does not say how it was measured.
func TestPoolOfOtherVersions(t *testing.T) {
	runs := repetitions(t, 2)
	runs[0].Environment.Bench, runs[1].Environment.Bench, runs[1].Environment.Generation = "v1", "v2", 1
	withWire(runs, nil, &runfile.WireRecord{Loops: 1, SpinNS: runfile.DefaultSpin, DNSTTLNS: 0})
	pooled, err := runfile.Pool(runs)
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(pooled.Environment.Notes, "\n"); !strings.Contains(text, "bench v1 and bench v2") || !strings.Contains(text, "did not write down") {
		t.Errorf("notes: %s", text)
	}
}

// How the engine was set is no part of a schedule: shares of one may differ in it, which is said.
func TestMergeShowsOtherSettingsOfTheEngine(t *testing.T) {
	shares := sharesOf(repetitions(t, 2))
	withWire(shares, &runfile.WireRecord{Loops: 1, SpinNS: runfile.DefaultSpin, DNSTTLNS: 0}, &runfile.WireRecord{Loops: 2, SpinNS: 0, DNSTTLNS: time.Second})
	sum, err := runfile.Merge(shares)
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(sum.Environment.Notes, "\n"); !strings.Contains(text, "loops: 1 and 2; spin: ") || !strings.Contains(text, "dns-ttl: 0s and 1s") {
		t.Errorf("notes: %s", text)
	}
}

// Shares may be driven on different machines, which is said.
func TestMergeShowsOtherEnvironments(t *testing.T) {
	shares := sharesOf(repetitions(t, 2))
	shares[1].Environment.Kernel = "7"
	sum, err := runfile.Merge(shares)
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(sum.Environment.Notes, "\n"); !strings.Contains(text, "different environments: kernel:  and 7") {
		t.Errorf("notes: %s", text)
	}
}

// A first byte that is known of few answers is left out, in the sum of shares too and of files of before.
func TestFirstBytesOfFewAnswersAreLeftOut(t *testing.T) {
	phase := func(known, answers int) runfile.Phase {
		p, all := runfile.Phase{}, newTotals()
		for i := range answers {
			x := sample{Exchange: &exchange.Exchange{Sent: 1, End: 2 * ms}}
			if i < known {
				x.FirstByte = ms
			}
			all.count(&x)
		}
		all.phase(&p)
		return p
	}
	for _, tc := range []struct{ known, of int }{{16, 100}, {89, 100}, {90, 100}, {100, 100}} {
		want := uint64(0)
		if tc.known >= 90 {
			want = uint64(tc.known)
		}
		p := phase(tc.known, tc.of)
		if p.FirstByte.Count != want {
			t.Errorf("%d of %d: %d are shown", tc.known, tc.of, p.FirstByte.Count)
		}
	}
}
