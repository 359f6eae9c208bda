package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/compare"
)

// storedBaseline is a baseline of eight runs at a made-up service, whose starts differ and whose rounds scatter somewhat.
func storedBaseline(t *testing.T, fresh bool) *compare.Baseline {
	t.Helper()
	var runs []*runfile.Run
	for i := range 8 {
		runs = append(runs, baselineRunOf(1+0.01*float64(i*5%8)))
	}
	b, err := compare.NewBaseline("main", time.Date(2026, 11, 24, 12, 30, 0, 0, time.UTC), fresh, runs)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// baselineRunOf is a run of four rounds around that factor.
func baselineRunOf(factor float64) *runfile.Run {
	r := roundOf(factor, 0)
	r.Target = runfile.Target{Name: "shop"}
	r.Environment.CPU, r.Environment.Processors = "AMD EPYC", 2
	for i, kind := range []profiles.Kind{profiles.Warmup, profiles.Hold, profiles.Hold, profiles.Hold, profiles.Hold} {
		phase := roundOf(factor*(1+0.02*float64(i*3%5)), 0).Overall
		phase.Kind = kind
		r.Phases = append(r.Phases, phase)
		r.Plan.Phases = append(r.Plan.Phases, runfile.PhaseRecord{Kind: kind, DurationNS: 2 * time.Second, From: 1000, To: 1000})
	}
	return r
}

// heldAgainstBaseline is a gate of n runs, slower by that factor, against a baseline.
func heldAgainstBaseline(t *testing.T, n int, slower float64) *Compared {
	t.Helper()
	b := storedBaseline(t, true)
	var runs []*runfile.Run
	for i := range n {
		runs = append(runs, baselineRunOf(slower*(1+0.01*float64(i*3%8))))
	}
	criteria := []compare.Criterion{{Metric: compare.P50, Margin: 0.05}, {Metric: compare.P99, Margin: 0.1}}
	return &Compared{
		Result:   compare.Runs("old", "new", b.Runs, runs, compare.Options{Criteria: criteria, Gate: true, ErrorMargin: 0.001}),
		Baseline: Against(b), Restarted: true, Owned: true, Took: time.Minute, Arms: []ComparedArm{{Name: "old", Rate: 1000}, {Name: "new", Rate: 1000}},
	}
}

func TestBaselineIsShownWithItsSpreadAndFloor(t *testing.T) {
	var b bytes.Buffer
	if err := WriteBaseline(&b, storedBaseline(t, true), Options{Saved: ".bench/baselines/main.json"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"A gate against main can hold a margin of ", " at P99, by 8 runs a", "8 runs of 4 rounds of 2 s at 1,000/s", "2026-11-24 12:30 UTC",
		"AMD EPYC, 2 processors", "floor: 8 runs", "40 pairs  not restarted", "P50", "3.1 ms  3.0 ms … 3.2 ms", "P99.9¹", "goodput",
		"saved .bench/baselines/main.json", "¹ too few requests of a run lie beyond it",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "did not start this service") {
		t.Errorf("it has fresh starts:\n%s", b.String())
	}
	b.Reset()
	if err := WriteBaseline(&b, storedBaseline(t, false), Options{}); err != nil || !strings.Contains(b.String(), "bench did not start this service") {
		t.Errorf("%v: without fresh starts:\n%s", err, b.String())
	}
}

// Near saturation identical code differs by more than any margin, which is said in words and not as a margin of 42,614 %.
func TestABaselineThatNoMarginCanBeHeldAgainst(t *testing.T) {
	var runs []*runfile.Run
	for i := range 8 {
		runs = append(runs, baselineRunOf(math.Pow(20, float64(i*3%8))))
	}
	b, err := compare.NewBaseline("main", time.Date(2026, 11, 24, 12, 30, 0, 0, time.UTC), true, runs)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := baselineAnswer(b), "No margin can be held at P50, P95 and P99: runs of identical code differ by more than any."; !strings.HasPrefix(got, want) {
		t.Errorf("%s\nwant it to begin %s", got, want)
	}
}

func TestBaselinesAreListed(t *testing.T) {
	var b bytes.Buffer
	entries := []BaselineEntry{{Name: "main", Baseline: storedBaseline(t, true)}, {Name: "cut", Err: errors.New("cut.json:1: is cut off\x1b[31m")}}
	if err := WriteBaselineList(&b, entries, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"main  2026-11-24 12:30 UTC  shop    1,000/s    2 s     8 ", "\ncut.json:1: is cut off[31m\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("it lacks %q:\n%q", want, b.String())
		}
	}
	b.Reset()
	if err := WriteBaselineList(&b, nil, Options{}); err != nil || !strings.HasPrefix(b.String(), "There are no baselines here") {
		t.Errorf("%v: %s", err, b.String())
	}
}

func TestGateAgainstABaselineSaysWhatItRestsOn(t *testing.T) {
	for _, tc := range []struct {
		runs   int
		slower float64
		want   string
	}{
		{8, 1, "PASS: new is not slower than old by the margins."},
		{8, 1.3, "REGRESSION: new is 30 % slower than old at P50 ("},
		{8, 1.05, "INCONCLUSIVE: P50 changed by +5"},
		{5, 1.3, "INCONCLUSIVE: 8 runs of old and 5 runs of new are shown and not judged: that takes 6 of each."},
	} {
		c := heldAgainstBaseline(t, tc.runs, tc.slower)
		text := comparisonText(t, c)
		if !strings.HasPrefix(text, tc.want) {
			t.Errorf("%d runs, ×%v: %s\nwant it to begin %s", tc.runs, tc.slower, text, tc.want)
		}
		for _, want := range []string{"8 runs of baseline main, saved 2026-11-24 12:30 UTC", "each of 4 rounds of 2 s", "each of a fresh start", "this machine tells "} {
			if !strings.Contains(text, want) {
				t.Errorf("%d runs, ×%v: it lacks %q:\n%s", tc.runs, tc.slower, want, text)
			}
		}
	}
	if text := comparisonText(t, heldAgainstBaseline(t, 8, 1.03)); !strings.Contains(text, " runs\n") || strings.Contains(text, "pairs\n") {
		t.Errorf("a gate of runs is settled by runs:\n%s", text)
	}
	c := heldAgainstBaseline(t, 3, 1)
	c.Result.Interrupted, c.Result.Planned = true, 8
	if got := ComparisonAnswer(c); !strings.HasPrefix(got, "Interrupted after 3 runs of 8; nothing is decided") {
		t.Error(got)
	}
	c.Result.Spoiled, c.Result.Rerun, c.Result.Why = true, 3, "HOST-LIMITED: late"
	if got := ComparisonAnswer(c); !strings.Contains(got, "too late in 3 runs") {
		t.Error(got)
	}
}

func TestGateAgainstABaselineInFiles(t *testing.T) {
	var b bytes.Buffer
	if err := WriteComparisonJSON(&b, heldAgainstBaseline(t, 8, 1.03)); err != nil {
		t.Fatal(err)
	}
	var file comparisonFile
	if err := json.Unmarshal(b.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	if file.Baseline == nil || file.Baseline.Name != "main" || len(file.Baseline.Floor.Noise) == 0 || file.Comparisons[0].RunsB != 8 {
		t.Errorf("%+v", file)
	}
	if row := file.Comparisons[0].Rows[0]; row.Runs == 0 || row.Needed != 0 {
		t.Errorf("%+v", row)
	}
	b.Reset()
	if err := WriteComparisonJUnit(&b, heldAgainstBaseline(t, 3, 1.3)); err != nil || strings.Contains(b.String(), "<failure") ||
		!strings.Contains(b.String(), `<property name="runs" value="3">`) {
		t.Errorf("%v: three runs fail nothing:\n%s", err, b.String())
	}
}

// A refusal names each margin, the floor, and what would hold it.
func TestRefusalsSayWhatWouldHold(t *testing.T) {
	b := storedBaseline(t, true)
	short := []compare.Short{
		{Metric: compare.P99, Margin: 0.1, Floor: 0.1612, Needed: 24}, {Metric: compare.P999, Margin: 0.01, Floor: 1.3},
	}
	want := "baseline main: the margin of P99 is 10 %, and this machine's noise floor 17 %, as much as 8 runs of identical code differ from 9 others; " +
		"24 runs a side would hold it; the margin of P99.9 is 1 %, and this machine's noise floor 130 %, as much as " +
		"8 runs of identical code differ from 9 others, and no number of runs that anyone would make holds it; or give the margins p99=17% p99.9=off"
	if got := RunsRefusal(b, short, 8, 9); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	short = []compare.Short{{Metric: compare.P50, Margin: 0.05, Floor: 0.0512, Needed: 52}, {Metric: compare.P95, Margin: 0.1, Floor: 0.11, Starts: true}}
	got := PairsRefusal(b, short, 40)
	for _, part := range []string{
		"the margin of P50 is 5 %, and this machine's noise floor 5.2 %, as much as identical code differs in 40 pairs; 52 pairs would hold it, in a longer time; ",
		"floor 11 %, as much as two starts of one program differ for as long as they live, which no number of pairs sees: ", "or give the margins p50=6% p95=11%",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("%s\nlacks %s", got, part)
		}
	}
}
