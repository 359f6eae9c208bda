package report

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/history"
	"github.com/seed-5a006608/bench/report/selfcheck"
)

// sameAgain wants what is read from a file to be shown in every form as what was written to it.
func sameAgain[T any](t *testing.T, what string, was T, write func(io.Writer, T) error, read func(string, []byte) (T, error), forms map[string]func(io.Writer, T) error) {
	t.Helper()
	var file bytes.Buffer
	if err := write(&file, was); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	is, err := read("f.json", file.Bytes())
	if err != nil {
		t.Fatalf("%s: %v\n%s", what, err, file.String())
	}
	forms["json"] = write
	for form, show := range forms {
		var want, got bytes.Buffer
		if err := show(&want, was); err != nil {
			t.Fatalf("%s: %s: %v", what, form, err)
		}
		if err := show(&got, is); err != nil || got.String() != want.String() {
			t.Errorf("%s: %s of what is read: %v\n%s", what, form, err, diff(want.String(), got.String()))
		}
	}
}

func comparisonForms() map[string]func(io.Writer, *Compared) error {
	return map[string]func(io.Writer, *Compared) error{
		"terminal": func(w io.Writer, c *Compared) error { return WriteComparison(w, c, Options{Width: 100}) },
		"md":       WriteComparisonMarkdown, "junit": WriteComparisonJUnit, "actions": WriteComparisonAnnotations,
	}
}

func TestSavedComparisonsAreShownInTheSameWords(t *testing.T) {
	noted := compared(t, true, 1.3, 20)
	noted.Notes, noted.Result.Rerun, noted.Result.Early = []string{"the kernel's clock source is hpet", "service said: too many clients"}, 2, true
	noted.Result.Foresight = &compare.Foresight{Metric: compare.P99, Pairs: 40, Scatter: 0.5, Found: 0.45, Held: 0.302, Passes: 0.2}
	noted.Pilot = &compare.Found{Tried: []compare.Tried{{Share: 0.7, Rate: 700}}}
	noted.Arms[1].Rate = 900
	spoiled := compared(t, true, 1.3, 0)
	spoiled.Result.Rerun = 9
	spoiled.Result.Spoil("bench was late for 400 of 400 requests")
	interrupted := compared(t, false, 1, 0)
	interrupted.Result.Interrupted = true
	late := compared(t, true, 1, 0)
	late.Result.Comparisons[0].Guard = compare.Guard{A: 0.02, B: 0.10, Low: math.Inf(-1), High: math.Inf(1), TooMany: true}
	files := compared(t, false, 1.3, 0)
	files.Arms[0].Name, files.Arms[1].Name, files.Layout, files.Took, files.Started = "a.json", "b.json", compare.Layout{}, 0, time.Time{}
	thin := compared(t, true, 1, 0)
	for i := range thin.Result.Comparisons[0].Rows {
		if r := &thin.Result.Comparisons[0].Rows[i]; r.Metric.Key == "p99" {
			r.Thin, r.Judged, r.Least, r.Outcome, r.Carried, r.BLow = true, false, 3.5, "", 0.5, true
		}
	}
	ended := heldAgainstBaseline(t, 5, 1)
	ended.Result.Interrupted, ended.Result.Planned = true, 8
	for what, c := range map[string]*Compared{
		"a comparison": compared(t, false, 1.3, 0), "one that is open": compared(t, false, 1, 3), "a gate": compared(t, true, 1, 0), "a regression": noted, "spoiled": spoiled,
		"interrupted": interrupted, "late": late, "files": files, "mixed": twoWays(t, true), "mixed, no gate": twoWays(t, false), "thin": thin,
		"objectives": objectiveGate(t, "p50<10ms", "p99<2ms", "errors<1%"), "runs": heldAgainstBaseline(t, 8, 1.3), "few runs": heldAgainstBaseline(t, 5, 1), "ended": ended,
	} {
		sameAgain(t, what, c, WriteComparisonJSON, DecodeComparison, comparisonForms())
	}
}

// Whoever reads the file finds what the terminal shows.
func TestComparisonFilesHoldWhatTheTerminalShows(t *testing.T) {
	c := compared(t, true, 1, 0)
	c.Notes = []string{"the kernel's clock source is hpet"}
	c.Result.Comparisons[0].Rows[0].Carried = 0.5
	var b, m bytes.Buffer
	if err := WriteComparisonJSON(&b, c); err != nil {
		t.Fatal(err)
	}
	mirror := mirrorFixture()
	mirror.Notes = c.Notes
	if err := WriteMirrorJSON(&m, mirror); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"repeat": "bench gate a b --seed 7"`, `"the kernel's clock source is hpet"`, `"neighbouring pairs resemble each other`, `"took_ns": 93000000000`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the gate's file lacks %s:\n%s", want, b.String())
		}
	}
	for _, want := range []string{`"repeat": "bench compare a b --mirror"`, `"the kernel's clock source is hpet"`, "share this machine", `"stable  VALID: wait P99 0 ns"`} {
		if !strings.Contains(m.String(), want) {
			t.Errorf("the mirror's file lacks %s:\n%s", want, m.String())
		}
	}
}

func TestSavedMirrorsAreShownInTheSameWords(t *testing.T) {
	noted := mirrorFixture()
	noted.Notes, noted.Interrupted, noted.Spoiled = []string{"something"}, true, "bench did not send 20 of 1000 requests"
	hangs := mirrorFixture()
	hangs.Pairs.OneBound, hangs.Pairs.Unanswered = 103, 2
	hangs.Rows[2].BLow, hangs.Rows[2].Change = true, compare.Interval{Center: 400, Low: 380, High: math.Inf(1)}
	hangs.Rows[1].BLow, hangs.Rows[1].Change, hangs.Rows[1].Thin = true, compare.Interval{Center: math.Inf(1), Low: 2, High: math.Inf(1)}, true
	hangs.Rows[0].Change = compare.Interval{Center: math.Inf(1), High: math.Inf(1)}
	for what, m := range map[string]*Mirror{"plain": mirrorFixture(), "spoiled": noted, "a side that hangs": hangs} {
		for i := range m.Pairs.Samples {
			m.Pairs.Samples[i].Endpoint = longName(m.Pairs.Samples[i].Endpoint)
		}
		sameAgain(t, what, m, WriteMirrorJSON, DecodeMirror, map[string]func(io.Writer, *Mirror) error{
			"terminal": func(w io.Writer, m *Mirror) error { return WriteMirror(w, m, Options{Width: 100}) }, "md": WriteMirrorMarkdown,
		})
	}
}

func TestSavedHistoriesAndSelfchecksAreShownInTheSameWords(t *testing.T) {
	sameAgain(t, "history", slowed(), WriteHistoryJSON, DecodeHistory, map[string]func(io.Writer, *history.History) error{
		"terminal": func(w io.Writer, h *history.History) error {
			return WriteHistory(w, h, Options{Width: 100, Verbose: true})
		},
		"md": WriteHistoryMarkdown, "csv": WriteHistoryCSV,
	})
	r := trustedReport()
	r.Kind = selfcheck.Kind
	sameAgain(t, "selfcheck", r, selfcheck.Encode, selfcheck.Decode, map[string]func(io.Writer, *selfcheck.Report) error{
		"terminal": func(w io.Writer, r *selfcheck.Report) error { return WriteSelfcheck(w, r, Options{Width: 100}) },
	})
}

// Files of a bench that did not keep all of that are shown as far as they go, and say so.
func TestFilesOfBeforeAreShown(t *testing.T) {
	before := func(write func(io.Writer) error, keys ...string) []byte {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		var file map[string]any
		if err := json.Unmarshal(b.Bytes(), &file); err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if _, ok := file[k]; !ok {
				t.Errorf("there is no key %s", k)
			}
			delete(file, k)
		}
		if of, ok := file["baseline"].(map[string]any); ok {
			delete(of, "round_ns")
		}
		old, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		return old
	}
	said := func(text string) bool {
		return strings.Contains(strings.Join(strings.Fields(text), " "), "it was saved by a bench that did not keep that")
	}
	c := heldAgainstBaseline(t, 8, 1)
	c.Repeat = "bench gate --baseline main"
	found, err := DecodeComparison("old.json", before(func(w io.Writer) error { return WriteComparisonJSON(w, c) }, "repeat", "took_ns", "owned", "notes", "footnotes"))
	if err != nil {
		t.Fatal(err)
	}
	if text := comparisonText(t, found); !strings.HasPrefix(text, ComparisonAnswer(c)[:40]) || !said(text) || strings.Contains(text, "repeat:") {
		t.Error(text)
	}
	m, err := DecodeMirror("old.json", before(func(w io.Writer) error { return WriteMirrorJSON(w, mirrorFixture()) }, "repeat", "seed", "rules", "notes", "footnotes"))
	if err != nil {
		t.Fatal(err)
	}
	if text := mirrorMarkdown(t, m); !said(text) || !strings.Contains(text, "| body | 12 | 5,390 |") || strings.Contains(text, "Repeat:") {
		t.Error(text)
	}
}

func TestDamagedComparisonsAreRefused(t *testing.T) {
	var b bytes.Buffer
	c := objectiveGate(t, "p50<10ms")
	c.Pilot = &compare.Found{Tried: []compare.Tried{{Share: 0.7, Rate: 700}}}
	if err := WriteComparisonJSON(&b, c); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ old, new, want string }{
		{`"schema": 1`, `"schema": 2`, "f.json: this bench reads a comparison file of schema 1, and it has another"},
		{`"kind": "gate"`, `"kind": "mirror"`, "its kind is"},
		{`"outcome": "pass"`, `"outcome": "regression"`, "its outcome is "},
		{`"outcome": "pass"`, `"outcome": "fine"`, `there is no outcome "fine"`},
		{`"metric": "p50"`, `"metric": "p51"`, `there is no metric "p51"`},
		{`"text": "p50<10ms"`, `"text": "p50"`, "no operator"},
		{`"chosen": 0`, `"chosen": 1`, "its pilot chose rate 1 of 1"},
		{`"pairs": `, `"pairs": -`, "is below 0"},
		{`"curve_ns": [`, `"curve_ns": [-1,`, "the curve of an arm"},
		{`"quads": `, `"quads": "x`, "f.json:"},
		{b.String()[b.Len()/2:], "", "is cut off"},
	} {
		edited := strings.Replace(b.String(), tc.old, tc.new, 1)
		if tc.want == `there is no outcome "fine"` {
			edited = strings.ReplaceAll(b.String(), tc.old, tc.new)
		}
		if edited == b.String() {
			t.Errorf("there is no %q to edit", tc.old)
			continue
		}
		if _, err := DecodeComparison("f.json", []byte(edited)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q for %q: %v, want %q", tc.new, tc.old, err, tc.want)
		}
	}
}

// Whatever figures an edited file has, it is refused or shown, and nothing panics.
func TestNumbersThatAreEditedDoNotPanic(t *testing.T) {
	racetest.Skip(t)
	type shown struct {
		text string
		show func(data []byte) error
	}
	encode := func(write func(io.Writer) error) string {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	show := func(err error, write func() error) error {
		if err != nil {
			return err
		}
		return write()
	}
	for what, s := range map[string]shown{
		"comparison": {encode(func(w io.Writer) error { return WriteComparisonJSON(w, heldAgainstBaseline(t, 8, 1.3)) }), func(data []byte) error {
			c, err := DecodeComparison("f", data)
			return show(err, func() error { return WriteComparison(io.Discard, c, Options{}) })
		}},
		"mirror": {encode(func(w io.Writer) error { return WriteMirrorJSON(w, mirrorFixture()) }), func(data []byte) error {
			m, err := DecodeMirror("f", data)
			return show(err, func() error { return WriteMirror(io.Discard, m, Options{}) })
		}},
		"history": {encode(func(w io.Writer) error { return WriteHistoryJSON(w, slowed()) }), func(data []byte) error {
			h, err := DecodeHistory("f", data)
			return show(err, func() error { return WriteHistory(io.Discard, h, Options{Verbose: true}) })
		}},
		"selfcheck": {strings.ReplaceAll(encode(func(w io.Writer) error { return selfcheck.Encode(w, trustedReport()) }), ",", ",\n"), func(data []byte) error {
			r, err := selfcheck.Decode("f", data)
			return show(err, func() error { return WriteSelfcheck(io.Discard, r, Options{}) })
		}},
	} {
		lines := strings.SplitAfter(s.text, "\n")
		for i, line := range lines {
			key, _, found := strings.Cut(line, ":")
			if !found || what == "history" && i > 200 || testing.Short() && i%8 != 0 {
				continue
			}
			for _, value := range []string{"-9223372036854775808", "9223372036854775807", "-1e300", "1e300", "0", "null", `""`, "[]", "{}"} {
				end := ""
				if strings.HasSuffix(strings.TrimSpace(line), ",") {
					end = ","
				}
				edited := strings.Join(lines[:i], "") + key + ": " + value + end + "\n" + strings.Join(lines[i+1:], "")
				func() {
					defer func() {
						if p := recover(); p != nil {
							t.Errorf("%s: %s: %s: %v", what, strings.TrimSpace(key), value, p)
						}
					}()
					_ = s.show([]byte(edited)) // refused or shown
				}()
			}
		}
	}
}
