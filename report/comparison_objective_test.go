package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// objectiveGate is a gate of two that are alike, around 1 to 5 ms, with those objectives.
func objectiveGate(t *testing.T, slo ...string) *Compared {
	t.Helper()
	o := compare.Options{Arms: []string{"old", "new"}, Quads: 20, Seed: 7, Gate: true, ErrorMargin: 0.001, Criteria: []compare.Criterion{{Metric: compare.P50, Margin: 0.05}}}
	for _, text := range slo {
		threshold, err := runfile.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		o.Objectives = append(o.Objectives, threshold)
	}
	trial, err := compare.NewTrial(o)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; ; n++ {
		if _, done := trial.Next(); done {
			break
		}
		r := roundOf(1+0.003*float64(n*7%5), 0)
		r.Overall.Requests.Due = 2000
		trial.Add(r)
	}
	return &Compared{Result: trial.Result(), Arms: []ComparedArm{{Name: "old"}, {Name: "new"}}}
}

func TestGateSaysWhichObjectiveIsMissed(t *testing.T) {
	c := objectiveGate(t, "p50<10ms", "p99<2ms")
	if c.Result.Outcome() != compare.Missed {
		t.Fatalf("outcome %s, want missed: %+v", c.Result.Outcome(), c.Result.Comparisons[0].Objectives)
	}
	for kind, write := range map[string]func(*bytes.Buffer) error{
		"terminal": func(b *bytes.Buffer) error { return WriteComparison(b, c, Options{}) },
		"md":       func(b *bytes.Buffer) error { return WriteComparisonMarkdown(b, c) },
		"junit":    func(b *bytes.Buffer) error { return WriteComparisonJUnit(b, c) },
		"github":   func(b *bytes.Buffer) error { return WriteComparisonAnnotations(b, c) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer("&lt;", "<", `\<`, "<", "%3C", "<", "&#60;", "<").Replace(b.String())
		for _, want := range map[string][]string{
			"terminal": {"MISSED: new does not hold p99<2ms: it is 5.0 ms (5.0 ms … 5.0 ms); old does not either.", "slo p50<10ms", "pass; old holds it", "MISSED; old misses it too"},
			"md":       {"MISSED: new does not hold", "slo p50<10ms", "old misses it too"},
			"junit":    {`name="slo p99<2ms"`, `type="missed"`, `failures="1"`},
			"github":   {"::error title=bench gate::MISSED: new does not hold"},
		}[kind] {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
				t.Errorf("%s lacks %q:\n%s", kind, want, text)
			}
		}
	}
	var b bytes.Buffer
	if err := WriteComparisonJSON(&b, c); err != nil {
		t.Fatal(err)
	}
	var f comparisonFile
	if err := json.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	if list := f.Comparisons[0].Objectives; f.Outcome != compare.Missed || len(list) != 2 || list[1].B.Outcome != compare.Missed || *list[1].B.Value < 4.9e6 || list[0].A.Outcome != compare.Pass {
		t.Errorf("%+v", f.Comparisons[0].Objectives)
	}
}

func TestGateThatHoldsItsObjectives(t *testing.T) {
	c := objectiveGate(t, "p99<10ms", "errors<1%")
	if answer := ComparisonAnswer(c); c.Result.Outcome() != compare.Pass || answer != "PASS: new is not slower than old by the margins and holds its objectives." {
		t.Errorf("%s: %s", c.Result.Outcome(), answer)
	}
	c = objectiveGate(t, "p99{no such}<10ms")
	if answer := ComparisonAnswer(c); c.Result.Outcome() != compare.Inconclusive || !strings.Contains(answer, "whether new holds p99{no such}<10ms is not sure: rounds do not tell what it is") {
		t.Errorf("%s: %s", c.Result.Outcome(), answer)
	}
}
