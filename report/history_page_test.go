package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"html"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/history"
	"github.com/seed-5a006608/bench/report/page"
)

// slowed are the runs of 30 days, of which P99 is twice as high from the 21st on.
func slowed() *history.History {
	c := history.Collector{Options: history.Options{Magnitude: history.DefaultMagnitude}}
	for day := range 30 {
		r := &runfile.Run{Target: runfile.Target{Name: "cached"}, Started: time.Date(2026, 10, 1+day, 9, 0, 0, 0, time.UTC)}
		r.Plan.Profile = "spike"
		r.Verdict.Kind = runfile.Valid
		wobble := time.Duration(day*7%5) * 10 * time.Microsecond
		r.Overall.ResponseTime = runfile.Dist{Count: 5000, P50NS: time.Millisecond + wobble, P95NS: 3*time.Millisecond + wobble, P99NS: 10*time.Millisecond + wobble}
		if day >= 20 {
			r.Overall.ResponseTime.P99NS *= 2
		}
		if day == 29 {
			r.Overall.ResponseTime.AtLeast = []string{"p99_ns"}
		}
		c.Add("night.json", r)
	}
	lone := &runfile.Run{Target: runfile.Target{Name: "cached"}, Started: time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)}
	lone.Plan.Profile, lone.Plan.Connections = "spike", 8
	lone.Verdict.Kind = runfile.Valid
	lone.Overall.ResponseTime = runfile.Dist{Count: 1, P50NS: 1, P95NS: 1, P99NS: 1}
	c.Add("lone.json", lone)
	c.Skip("cut\x1b[31m.json", "is cut off")
	return c.History()
}

func TestHistory(t *testing.T) {
	for _, width := range []int{40, 100} {
		var b bytes.Buffer
		if err := WriteHistory(&b, slowed(), Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		for line := range strings.Lines(text) {
			if n := page.Columns(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("width %d: a line of %d columns: %s", width, n, line)
			}
		}
		if strings.Contains(text, "\x1b") {
			t.Errorf("escape sequences without colour: %q", text)
		}
		flat := strings.Join(strings.Fields(text), " ")
		for _, want := range []string{
			"P99 of spike at cached rose by a factor of 2.0, from 10 ms to 20 ms, with the run of 2026-10-21 09:00:00 (p < 0.0001).",
			"30 runs", "2026-10-01 09:00:00 … 2026-10-30 09:00:00", "10-30 09:00", "10 runs before them, shown with verbose",
			"one run of spike at cached, lone.json, stands alone", "connections: 0 and 8", "left out cut[31m.json is cut off",
		} {
			if !strings.Contains(flat, want) {
				t.Errorf("width %d lacks %q:\n%s", width, want, text)
			}
		}
	}
	var b bytes.Buffer
	if err := WriteHistory(&b, slowed(), Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\nchange                                  2.0×\n") || !strings.Contains(b.String(), "2026-10-30 09:00:00  1.0 ms  3.0 ms  ≥ 20 ms") {
		t.Errorf("the table lacks the change, or that the last P99 is a lower bound:\n%s", b.String())
	}
	_, chart, _ := strings.Cut(b.String(), "\nP99  ")
	drawn, marks, _ := strings.Cut(chart, "\n")
	marks, _, _ = strings.Cut(marks, "\n")
	if !strings.HasPrefix(drawn, strings.Repeat("▁", 20)+strings.Repeat("█", 10)+"  10 ms … 20 ms") {
		t.Errorf("the chart of P99 is %q", drawn)
	}
	if marks != strings.Repeat(" ", 5+20)+changeMark {
		t.Errorf("the mark below it is %q", marks)
	}
}

func TestHistoryWithoutAChange(t *testing.T) {
	h := &history.History{Options: history.Options{Magnitude: 0.05}, Series: []*history.Series{{Points: make([]history.Point, 2)}}}
	var b bytes.Buffer
	if err := WriteHistory(&b, h, Options{}); err != nil || !strings.Contains(b.String(), "2 runs, and a change takes three or more to tell.") {
		t.Errorf("%v: %s", err, b.String())
	}
	h.Series[0].Points = make([]history.Point, 3)
	b.Reset()
	if err := WriteHistory(&b, h, Options{}); err != nil || !strings.Contains(b.String(), "no change of more than 5 % was found in 3 runs.") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// historyMarkdown returns the text as GitHub reads it.
func historyMarkdown(t *testing.T, h *history.History) string {
	t.Helper()
	var b strings.Builder
	if err := WriteHistoryMarkdown(&b, h); err != nil {
		t.Fatal(err)
	}
	return html.UnescapeString(strings.ReplaceAll(b.String(), "<!-- -->", ""))
}

func TestHistoryMarkdown(t *testing.T) {
	got := historyMarkdown(t, slowed())
	for _, want := range []string{
		"**P99 of spike at cached rose by a factor of 2.0, from 10 ms to 20 ms, with the run of 2026-10-21",
		"```text\nP50  ", "\nP99  " + strings.Repeat("▁", 20) + strings.Repeat("█", 10) + "  10 ms … 20 ms\n" + strings.Repeat(" ", 5+20) + changeMark + "\n```\n",
		"| change |  |  | 2.0× |  |  |\n", "and 10 runs before them", "- left out: cut",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "\x1b") {
		t.Error("an escape sequence is in the file")
	}
	h := slowed()
	h.Series = nil
	if got := historyMarkdown(t, h); !strings.HasPrefix(got, "**No run is left to show.**\n\n- left out: ") {
		t.Errorf("without a series:\n%s", got)
	}
}

func TestHistoryCSV(t *testing.T) {
	var b bytes.Buffer
	if err := WriteHistoryCSV(&b, slowed()); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 32 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for i, row := range rows[1:31] {
		cell := func(name string) string { return row[column[name]] }
		if changed := cell("p99_change_ratio") != ""; changed != (i == 20) {
			t.Errorf("run %d: a change of P99 is %v", i, changed)
		}
		if cell("p50_change_ratio") != "" || cell("series") != "1" || cell("target") != "cached" {
			t.Errorf("run %d: %v", i, row)
		}
	}
	if last := rows[30]; last[column["p99_at_least"]] != "true" || last[column["p99_ms"]] != "20.06" {
		t.Errorf("the last run's row is %v", last)
	}
}

func TestHistoryJSON(t *testing.T) {
	var b bytes.Buffer
	if err := WriteHistoryJSON(&b, slowed()); err != nil {
		t.Fatal(err)
	}
	var f historyFile
	if err := json.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	changes := f.Series[0].Changes["p99"]
	if f.Kind != "history" || len(f.Series) != 2 || len(f.Series[0].Runs) != 30 || len(changes) != 1 || changes[0].Run != 20 || len(f.LeftOut) != 1 {
		t.Errorf("%+v", f)
	}
	if strings.Contains(b.String(), `\u001b`) {
		t.Error("an escape sequence is in the file")
	}
}

// The history of journeys is of journey time, in every form, and read again from a file. Runs of requests are no part of it, by force
// either.
func TestHistoryOfJourneys(t *testing.T) {
	c := history.Collector{Force: true}
	for day := range 20 {
		took := time.Second + time.Duration(day*7%5)*time.Millisecond
		if day >= 10 {
			took *= 2
		}
		d := runfile.NewDist(runfile.TotalDigits, slices.Repeat([]time.Duration{took}, 100), nil)
		r := &runfile.Run{Target: runfile.Target{Name: "shop"}, Started: time.Date(2026, 10, 1+day, 9, 0, 0, 0, time.UTC)}
		r.Plan.Profile, r.Verdict.Kind = "spike", runfile.Valid
		r.Overall.Journeys = []runfile.Journey{{Name: "buy", Arrived: 100, Completed: 100, Time: d, TargetTime: d, Steps: make([]runfile.JourneyStep, 2)}}
		r.Overall.TargetTime = &runfile.TargetTime{Undisturbed: runfile.Dist{Count: 200, P50NS: 1, P95NS: 1, P99NS: 1}}
		c.Add("night.json", r)
	}
	plain := &runfile.Run{Target: runfile.Target{Name: "shop"}, Started: time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)}
	plain.Plan.Profile, plain.Verdict.Kind = "spike", runfile.Valid
	plain.Overall.ResponseTime = runfile.Dist{Count: 1, P50NS: 1, P95NS: 1, P99NS: 1}
	c.Add("plain.json", plain)
	made := c.History()

	var file bytes.Buffer
	if err := WriteHistoryJSON(&file, made); err != nil {
		t.Fatal(err)
	}
	again, err := DecodeHistory("h.json", file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []*history.History{made, again} {
		var b bytes.Buffer
		if err := WriteHistory(&b, h, Options{Width: 100}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"P99 of journey time of spike at shop rose by a factor of 2.0, from 1.", "  journeys", "stands alone"} {
			if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), strings.TrimSpace(want)) {
				t.Errorf("no %q in\n%s", want, b.String())
			}
		}
	}
	if _, err := DecodeHistory("h.json", bytes.ReplaceAll(file.Bytes(), []byte(`"of": "journeys"`), []byte(`"of": "walks"`))); err == nil || !strings.Contains(err.Error(), `it is of "walks", which is not known`) {
		t.Errorf("%v", err)
	}
}
