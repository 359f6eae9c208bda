package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// compared plays a trial of two arms whose response times are around a millisecond, those of the second by a factor slower.
func compared(t *testing.T, gate bool, slow float64, failing uint64) *Compared {
	t.Helper()
	o := compare.Options{Arms: []string{"old", "new"}, Quads: 20, Seed: 7, Criteria: []compare.Criterion{{Metric: compare.P50}, {Metric: compare.P99}}}
	if gate {
		o.Gate, o.ErrorMargin = true, 0.001
		o.Criteria = []compare.Criterion{{Metric: compare.P50, Margin: 0.05}, {Metric: compare.P99, Margin: 0.1}, {Metric: compare.Goodput, Margin: 0.05}}
	}
	trial, err := compare.NewTrial(o)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; ; n++ {
		step, done := trial.Next()
		if done {
			break
		}
		factor := 1 + 0.003*float64(n*7%5)
		if step.Arm == 1 {
			factor *= slow
		}
		trial.Add(roundOf(factor, failing*uint64(step.Arm)))
	}
	return &Compared{
		Result: trial.Result(), Layout: compare.Layout{Round: 2 * time.Second, Quads: 20}, Owned: true, Restarted: true, Seed: 7,
		Arms: []ComparedArm{{Name: "old", Rate: 1000}, {Name: "new", Rate: 1000}}, Repeat: "bench gate a b --seed 7", Took: 93 * time.Second,
		Started: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC),
	}
}

// dists are the distributions of rounds by their factor: encoding one takes longer than all else here.
var dists = map[float64]runfile.Dist{}

// roundOf is a round of 2,000 requests.
func roundOf(factor float64, failed uint64) *runfile.Run {
	if _, ok := dists[factor]; !ok {
		values := make([]time.Duration, 2000)
		for i := range values {
			values[i] = time.Duration(factor * float64(time.Millisecond) * (1 + 4*float64(i)/float64(len(values))))
		}
		dists[factor] = runfile.NewDist(3, values, nil)
	}
	return &runfile.Run{
		Verdict:  runfile.Verdict{Kind: runfile.Valid},
		Requests: runfile.Requests{Due: 2000, Succeeded: 2000 - failed, Failed: failed},
		Overall: runfile.Phase{
			DurationNS: 2 * time.Second, ResponseTime: dists[factor], Requests: runfile.Requests{Succeeded: 2000 - failed},
		},
	}
}

func comparisonText(t *testing.T, c *Compared) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteComparison(&b, c, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestComparisonSaysTheAnswerFirst(t *testing.T) {
	for _, tc := range []struct {
		gate    bool
		slow    float64
		failing uint64
		want    string
	}{
		{false, 20, 0, "old is 20.0× faster than new at P99 ("},
		{false, 0.05, 0, "new is 20.0× faster than old at P99 ("},
		{false, 1.3, 0, "new is 30 % slower than old at P99 ("},
		{false, 0.8, 0, "new is 20 % faster than old at P99 ("},
		{false, 1, 0, "old and new are not told apart: new at P50 is "},
		{true, 1, 0, "PASS: new is not slower than old by the margins."},
		{true, 0.8, 0, "PASS: new is not slower than old by the margins; it is 20 % faster at P50, 20 % faster at P99."},
		{true, 1.2, 0, "REGRESSION: new is 20 % slower than old at P50 ("},
		{true, 1, 20, "REGRESSION: 280 of 28,000 of new fail, and none of old before."},
		{true, 1.05, 0, "INCONCLUSIVE: P50 changed by +5 % ("},
	} {
		c := compared(t, tc.gate, tc.slow, tc.failing)
		if got := ComparisonAnswer(c); !strings.HasPrefix(got, tc.want) {
			t.Errorf("×%v, %d failing: %s\nwant it to begin %s", tc.slow, tc.failing, got, tc.want)
		}
		if first, _, _ := strings.Cut(comparisonText(t, c), "\n"); first[:12] != tc.want[:12] {
			t.Errorf("the report begins with %q, want %q", first, tc.want)
		}
	}
}

// A gate that is passed does not let a percentile be taken for judged that was not.
func TestAGateSaysWhatItDidNotJudge(t *testing.T) {
	c := compared(t, true, 1, 0)
	rows := c.Result.Comparisons[0].Rows
	for i := range rows {
		if rows[i].Metric.Key == "p99" {
			rows[i].Judged, rows[i].Outcome, rows[i].Thin = false, "", true
		}
	}
	want := "PASS: new is not slower than old by the margins. Not judged: P99: fewer than 3.5 requests a quad of rounds lie beyond it."
	if got := ComparisonAnswer(c); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	suite := suiteOf(t, c)
	if p99 := suite.Cases[1]; p99.Name != "P99" || p99.Skipped == nil || !strings.Contains(p99.Skipped.Message, "P99 was not judged: fewer than 3.5") || suite.Skipped != 1 {
		t.Errorf("%+v", suite)
	}
	// One that judged nothing is not green, though no request failed.
	for i := range rows {
		rows[i].Judged, rows[i].Outcome, rows[i].Margin = false, "", 0
	}
	if suite = suiteOf(t, c); suite.Skipped != 1 || suite.Cases[0].Skipped == nil {
		t.Errorf("%+v", suite)
	}
}

// suiteOf is the suite of a gate in JUnit XML.
func suiteOf(t *testing.T, c *Compared) junitSuite {
	t.Helper()
	var b bytes.Buffer
	if err := WriteComparisonJUnit(&b, c); err != nil {
		t.Fatal(err)
	}
	var suites junitSuites
	if err := xml.Unmarshal(b.Bytes(), &suites); err != nil {
		t.Fatal(err)
	}
	return suites.Suites[0]
}

func TestComparisonOfWhatWasNotCarriedThrough(t *testing.T) {
	c := compared(t, true, 1.2, 0)
	c.Result.Interrupted = true
	if got := ComparisonAnswer(c); !strings.HasPrefix(got, "Interrupted after 14 pairs of at most 40; nothing is decided") {
		t.Error(got)
	}
	c.Result.Spoiled, c.Result.Rerun, c.Result.Why = true, 6, "HOST-LIMITED: late."
	if got := ComparisonAnswer(c); !strings.Contains(got, "too late in 6 quads") || !strings.HasSuffix(got, "The last: HOST-LIMITED: late.") {
		t.Error(got)
	}
	var b bytes.Buffer
	if err := WriteComparisonJUnit(&b, c); err != nil || strings.Contains(b.String(), "<failure") || !strings.Contains(b.String(), "<skipped") {
		t.Errorf("%v: a gate that was not carried through has verdicts:\n%s", err, b.String())
	}
}

func TestComparisonTable(t *testing.T) {
	text := comparisonText(t, compared(t, true, 1.2, 0))
	for _, want := range []string{
		"at 1,000/s each", "margin verdict", "P50 ", "+20 % (", "5 % REGRESSION", "goodput", "pass", "0.1 pp",
		"14 pairs of 2 s rounds, each order and its mirror · planned at most 40", "all restarted every quad", "A old  B new", "seed 7",
		"repeat: bench gate a b --seed 7",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
}

// The table of a gate that settles nothing is as wide as it gets. On a page of 80 columns the verdicts are still whole.
func TestUnsettledRowsFitThePage(t *testing.T) {
	c := compared(t, true, 1.05, 0)
	rows := append(c.Result.Comparisons[0].Rows, compare.Row{Metric: compare.OriginQueries, A: 1, B: 1})
	for i := range rows {
		rows[i].Outcome, rows[i].Needed = compare.Inconclusive, 1234
	}
	c.Result.Comparisons[0].Rows = rows
	for width, line := range map[int]string{80: "10 % inconclusive\n", 100: "10 % inconclusive 1,234 pairs\n"} {
		var b bytes.Buffer
		if err := WriteComparison(&b, c, Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if strings.Count(text, " inconclusive") != len(rows) || !strings.Contains(text, line) || !strings.Contains(text, " 0.1 pp pass\n") {
			t.Errorf("width %d: a verdict is cut:\n%s", width, text)
		}
		if settled := strings.Contains(text, "margin verdict      settled by\n"); settled != (width == 100) {
			t.Errorf("width %d:\n%s", width, text)
		}
	}
}

func TestComparisonFiles(t *testing.T) {
	c := compared(t, true, 1.2, 0)
	var b bytes.Buffer
	if err := WriteComparisonJUnit(&b, c); err != nil {
		t.Fatal(err)
	}
	var suites junitSuites
	if err := xml.Unmarshal(b.Bytes(), &suites); err != nil {
		t.Fatal(err)
	}
	if s := suites.Suites[0]; s.Tests != 4 || s.Failures != 2 || len(s.Cases) != 4 || s.Cases[0].Failure == nil || s.Cases[2].Failure != nil || s.Cases[3].Name != "failed" {
		t.Errorf("%+v", s)
	}

	b.Reset()
	if err := WriteComparisonJSON(&b, c); err != nil {
		t.Fatal(err)
	}
	var file comparisonFile
	if err := json.Unmarshal(b.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	row := file.Comparisons[0].Rows[0]
	if file.Outcome != compare.Regression || row.Metric != "p50" || row.Decision == nil || *row.Decision.Low <= 1.05 || file.Kind != "gate" {
		t.Errorf("%+v", file)
	}

	b.Reset()
	if err := WriteComparisonMarkdown(&b, c); err != nil || !strings.HasPrefix(b.String(), "**REGRESSION: new is 20 % slower") ||
		!strings.Contains(b.String(), "| P50 | 3 ms | 3.6 ms |") && !strings.Contains(b.String(), "| P50 |") {
		t.Errorf("%v\n%s", err, b.String())
	}
	b.Reset()
	if err := WriteComparisonAnnotations(&b, c); err != nil || !strings.HasPrefix(b.String(), "::error title=bench gate::REGRESSION: new is 20 %25 slower") {
		t.Errorf("%v: %s", err, b.String())
	}
	b.Reset()
	c.Arms[1].Name, c.Arms[1].Target.Named = "shop, v2:b", true
	if err := WriteComparisonAnnotations(&b, c); err != nil || !strings.HasPrefix(b.String(), "::error title=bench gate%3A shop%2C v2%3Ab::REGRESSION: ") {
		t.Errorf("%v: %s", err, b.String())
	}
	b.Reset()
	if err := WriteComparisonAnnotations(&b, compared(t, true, 1, 0)); err != nil || b.Len() != 0 {
		t.Errorf("a gate that is passed is annotated: %s", b.String())
	}
}

// Names come from the user's command line and may come from a file.
func TestComparisonShowsNoControlCharacters(t *testing.T) {
	c := compared(t, true, 1.2, 0)
	const hostile = "\x1b[31mnew\n::error::<b>|`@someone"
	c.Result.Comparisons[0].B, c.Arms[1].Name, c.Result.Curves[1].Arm, c.Repeat = hostile, hostile, hostile, hostile
	c.Notes = []string{hostile}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"terminal": func(b *bytes.Buffer) error { return WriteComparison(b, c, Options{}) },
		"md":       func(b *bytes.Buffer) error { return WriteComparisonMarkdown(b, c) },
		"junit":    func(b *bytes.Buffer) error { return WriteComparisonJUnit(b, c) },
		"actions":  func(b *bytes.Buffer) error { return WriteComparisonAnnotations(b, c) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if strings.Contains(text, "\x1b") || strings.Contains(text, "\n::error::") || name == "md" && strings.Contains(text, "<b>") {
			t.Errorf("%s: %q", name, text)
		}
	}
}

func TestCurvesNeedSomethingToDraw(t *testing.T) {
	for _, list := range []curves{nil, {{Arm: "a"}}, {{Arm: "a", Values: []time.Duration{5}}}, {{Arm: "a", Values: []time.Duration{5, 5}}}} {
		if lines := list.Lines(0); lines != nil {
			t.Errorf("%v: %q", list, lines)
		}
	}
	lines := curves{
		{Arm: "a", Values: []time.Duration{1e6, 1e6, 100e6}}, {Arm: "b", Values: []time.Duration{1e6, 10e6}},
	}.Lines(0)
	if got := fmt.Sprint(strings.Contains(lines[1], "100 ms ┤  A"), strings.Contains(lines[5], "10 ms ┤ B"), strings.Contains(lines[9], "1.0 ms ┤*A")); got != "true true true" {
		t.Errorf("%s\n%s", got, strings.Join(lines, "\n"))
	}
}

// Failures that come in bursts decide nothing by themselves; in how many rounds they came is said.
func TestComparisonSaysInHowManyRoundsSomethingFailed(t *testing.T) {
	c := compared(t, true, 1, 20)
	e := &c.Result.Comparisons[0].Errors
	e.A.Hit, e.B.Hit, e.B.Rounds = 0, 5, 40
	if text := comparisonText(t, c); !strings.Contains(text, "failures came in 5 of new's 40 rounds and in 0 of old's 14 rounds") {
		t.Error(text)
	}
	var b bytes.Buffer
	if err := WriteComparisonJSON(&b, c); err != nil {
		t.Fatal(err)
	}
	var file comparisonFile
	if err := json.Unmarshal(b.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	if got := file.Comparisons[0].Errors; got.HitB != 5 || got.RoundsB != 40 || len(got.By) != 2 || got.By[0].Unit != "pairs" || *got.By[0].Low <= 0.001 {
		t.Errorf("%+v", got)
	}
}

// What a gate found of stale reads and misses stands in every form, and is read again from a file.
func TestGateTellsOfShares(t *testing.T) {
	c := compared(t, true, 1, 0)
	found := &c.Result.Comparisons[0]
	found.Outcome = compare.Regression
	found.Parts = []compare.PartChange{
		{Of: compare.StaleReads, Errors: compare.Errors{A: compare.Failures{Due: 900}, B: compare.Failures{Failed: 30, Due: 1000}, By: []compare.Difference{{Unit: "pairs", Center: 0.03, Low: 0.021, High: 0.04}},
			Margin: 0.001, Outcome: compare.Regression}},
		{Of: compare.CacheMisses, Errors: compare.Errors{Margin: 0.05, Outcome: compare.Inconclusive}},
	}
	var file bytes.Buffer
	if err := WriteComparisonJSON(&file, c); err != nil {
		t.Fatal(err)
	}
	again, err := DecodeComparison("gate.json", file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*Compared{c, again} {
		var junit bytes.Buffer
		if err := WriteComparisonJUnit(&junit, c); err != nil {
			t.Fatal(err)
		}
		for form, text := range map[string]string{"answer": ComparisonAnswer(c), "terminal": comparisonText(t, c), "JUnit": junit.String()} {
			for of, want := range map[string]string{
				"answer": "REGRESSION: 30 of 1,000 of new are stale reads, and none of old before", "terminal": "30 of 1,000                       REGRESSION: at least 2.1 points more",
				"JUnit": "stale reads: none of old, 30 of 1,000 of new: REGRESSION: at least 2.1 points more",
			} {
				if form == of && !strings.Contains(text, want) {
					t.Errorf("%s: no %q in\n%s", form, want, text)
				}
			}
			if form != "answer" && !strings.Contains(text, "nothing was judged") {
				t.Errorf("%s: %s", form, text)
			}
		}
	}
	if _, err := DecodeComparison("gate.json", bytes.Replace(file.Bytes(), []byte(`"of": "stale"`), []byte(`"of": "all"`), 1)); err == nil {
		t.Error("a share of what nobody knows was read")
	}
}

// Where only the wider of two margins is held, every form says which one that was.
func TestTheMarginThatWasPassedIsNamed(t *testing.T) {
	c := compared(t, true, 1, 0)
	for i := range c.Result.Comparisons[0].Rows {
		if r := &c.Result.Comparisons[0].Rows[i]; r.Metric.Key == "p99" {
			r.PassAt, r.PassedAt = 0.2, 0.2
		}
	}
	want := "PASS: new is not slower than old by the margins; P99 is at most 20 % slower, and 10 % cannot be told here."
	if got := ComparisonAnswer(c); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if text := comparisonText(t, c); !strings.Contains(text, "10:20 % pass at 20 %") {
		t.Error(text)
	}
	var b bytes.Buffer
	if err := WriteComparisonJUnit(&b, c); err != nil || !strings.Contains(b.String(), `name="P99"`) {
		t.Errorf("%v: %s", err, b.String())
	}
}

// twoWays is a comparison in which B is slower at P50 and faster at P99.
func twoWays(t *testing.T, gate bool) *Compared {
	t.Helper()
	c := compared(t, gate, 1, 0)
	found := &c.Result.Comparisons[0]
	for i := range found.Rows {
		r := &found.Rows[i]
		switch r.Metric.Key {
		case "p50":
			r.Change, r.Outcome = compare.Interval{Center: 1.4, Low: 1.38, High: 1.42}, compare.Worse
		case "p99":
			r.Change, r.Outcome, r.Improved = compare.Interval{Center: 0.8, Low: 0.78, High: 0.82}, compare.Better, gate
		}
		if gate && r.Outcome == compare.Worse {
			r.Outcome = compare.Regression
		} else if gate && r.Outcome == compare.Better {
			r.Outcome = compare.Pass
		}
	}
	found.Mixed, found.Outcome = true, compare.Mixed
	if gate {
		found.Outcome = compare.Regression
	}
	return c
}

func TestTheHeadlineTellsBoth(t *testing.T) {
	for gate, want := range map[bool]string{
		false: "Mixed: against old, new is 40 % slower at P50 (+38 … +42 %, 95 %), and 20 % faster at P99 (−22 … −18 %, 95 %).",
		true:  "REGRESSION, mixed: new is 40 % slower than old at P50 (+38 … +42 %, 95 %); the margin is 5 %; but it is 20 % faster at P99.",
	} {
		c := twoWays(t, gate)
		if got := ComparisonAnswer(c); strings.ReplaceAll(got, " %,", ",") != strings.ReplaceAll(want, " %,", ",") {
			t.Errorf("%s\nwant %s", got, want)
		}
		var b bytes.Buffer
		if err := WriteComparisonJSON(&b, c); err != nil || !strings.Contains(b.String(), `"mixed": true`) || !gate && !strings.Contains(b.String(), `"outcome": "mixed"`) {
			t.Errorf("%v: %s", err, b.String())
		}
	}
}

// A gate that was spoiled says regression nowhere that a program reads.
func TestASpoiledGateIsNoRegression(t *testing.T) {
	c := compared(t, true, 1.3, 20)
	c.Result.Spoil("late")
	for kind, write := range map[string]func(*bytes.Buffer) error{
		"json":    func(b *bytes.Buffer) error { return WriteComparisonJSON(b, c) },
		"junit":   func(b *bytes.Buffer) error { return WriteComparisonJUnit(b, c) },
		"actions": func(b *bytes.Buffer) error { return WriteComparisonAnnotations(b, c) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil || strings.Contains(strings.ToLower(b.String()), "regression") || strings.Contains(b.String(), "::error") {
			t.Errorf("%s: %v\n%s", kind, err, b.String())
		}
	}
}

// Where one side makes bench late every form says which, and how many requests were left out.
func TestTheSideThatMakesBenchLateIsNamed(t *testing.T) {
	c := compared(t, true, 1, 0)
	found := &c.Result.Comparisons[0]
	found.Guard = compare.Guard{A: 0.02, B: 0.10, Low: 0.05, High: 0.11, Differs: true}
	if text := comparisonText(t, c); !strings.Contains(strings.Join(strings.Fields(text), " "), "new makes bench late: 10 % of its requests were disturbed by that, and 2 % of old's") {
		t.Error(text)
	}
	found.Outcome = compare.CannotTell
	for i := range found.Rows {
		if found.Rows[i].Metric.Key == "p99" {
			found.Rows[i].Outcome = compare.CannotTell
		}
	}
	want := "CANNOT BE TOLD: new makes bench late: 10 % of its requests were disturbed by that, and 2 % of old's, and P99 passes without those requests and not with them."
	if got := ComparisonAnswer(c); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	var b bytes.Buffer
	if err := WriteComparisonJSON(&b, c); err != nil || !strings.Contains(b.String(), `"fired": true`) || !strings.Contains(b.String(), `"outcome": "cannot tell"`) {
		t.Errorf("%v: %s", err, b.String())
	}
	if suite := suiteOf(t, c); suite.Failures != 0 || suite.Skipped != 1 {
		t.Errorf("%+v", suite)
	}
}

func TestForesightIsSaidOnce(t *testing.T) {
	var b bytes.Buffer
	p := NewTrialProgress(&b, false)
	f := &compare.Foresight{Metric: compare.P99, Pairs: 40, Scatter: 0.5, Found: 0.45, Held: 0.302, Passes: 0.2}
	for range 2 {
		p.Foresight(nil)
		p.Foresight(f)
	}
	want := "by its first quads, pairs scatter by 65 % at P99: in 40 pairs this machine finds a change of 45 % in nine gates of ten, and passes identical code " +
		"at a margin of 31 %, so that 20 % will hardly be told: it takes a longer time, or a margin of 31 %\n"
	if got := b.String(); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}

func TestSoFarTellsOfEachPercentile(t *testing.T) {
	var b bytes.Buffer
	NewTrialProgress(&b, false).Narrowing(compared(t, true, 1.3, 0).Result)
	if got, want := b.String(), "  so far new against old: P50 +30 % (+29 … +30), P95 +30 % (+29 … +30), P99 +30 % (+29 … +30), P99.9 +30 % (+29 … +30)\n"; got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}

// Where journeys were compared every form says so, and says the same when it is read again.
func TestComparedJourneysAreNamed(t *testing.T) {
	c := compared(t, true, 1.3, 0)
	c.Result.ByResponse, c.Result.Comparisons[0].Of = false, compare.Journeys
	var file, junit bytes.Buffer
	if err := WriteComparisonJSON(&file, c); err != nil {
		t.Fatal(err)
	}
	again, err := DecodeComparison("gate.json", file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteComparisonJUnit(&junit, again); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(comparisonText(t, again)), " ")
	for _, want := range []string{"slower than old at P50 of journey time (", "at 1,000 journeys/s each", "goodput, journeys", "latencies are journey time"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if !strings.Contains(file.String(), `"of": "journeys"`) || !strings.Contains(junit.String(), "P50 of journey time: ") {
		t.Errorf("%s\n%s", junit.String(), file.String())
	}
	if _, err := DecodeComparison("gate.json", bytes.Replace(file.Bytes(), []byte(`"of": "journeys"`), []byte(`"of": "steps"`), 1)); err == nil {
		t.Error("a comparison of what nobody knows was read")
	}
}
