package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/history"
	"github.com/seed-5a006608/bench/report/page"
	"github.com/seed-5a006608/bench/report/selfcheck"
	"github.com/seed-5a006608/bench/report/sweep"
)

// shownAgain writes what was found with each -o of what finds it, and wants bench report to show the JSON in the words of then,
// and to name what the others are.
func shownAgain[T any](t *testing.T, kind string, formats []format[T], found T, show func(io.Writer, T, report.Options) error) {
	t.Helper()
	for _, f := range formats {
		path := kind + "." + f.kind
		written(t, path, func(w io.Writer) error { return f.write(w, found) })
		var stdout, stderr, want bytes.Buffer
		code := run(t.Context(), []string{"report", path}, strings.NewReader(""), &stdout, &stderr)
		if f.kind != "json" {
			if code != exitUsage || stdout.Len() > 0 || !strings.Contains(stderr.String(), "(-o "+f.kind+")") {
				t.Errorf("bench report %s: exit %d: %s%s", path, code, stdout.String(), stderr.String())
			}
			continue
		}
		if err := show(&want, found, report.Options{Width: page.DefaultWidth, FromFile: true, Caller: caller}); err != nil {
			t.Fatal(err)
		}
		if code != exitOK || stdout.String() != want.String() || stderr.Len() > 0 {
			t.Errorf("bench report %s: exit %d\n%s%s\nand it was\n%s", path, code, stdout.String(), stderr.String(), want.String())
		}
		stdout.Reset()
		code = run(t.Context(), []string{"report", path, "-o", "json=-"}, strings.NewReader(""), &stdout, &stderr)
		was, err := os.ReadFile(path)
		if err != nil || code != exitOK || stdout.String() != string(was) {
			t.Errorf("bench report %s -o json=-: exit %d, %v, and another document", path, code, err)
		}
		if d, err := readDocument(path); err != nil || d.kind != kind {
			t.Errorf("%s is a %q (%v)", path, d.kind, err)
		}
	}
}

// Whatever bench writes, bench report shows again, or says what it is and what to show instead.
func TestReportShowsEveryKindThatBenchWrites(t *testing.T) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "capacity.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	results := 0
	for _, s := range sources {
		if strings.HasSuffix(s, "_test.go") {
			continue
		}
		text, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		results += strings.Count(string(text), "Shown = shown[")
	}
	t.Chdir(t.TempDir())
	t.Setenv("GITHUB_ACTIONS", "")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answer") }))
	defer server.Close()
	driven := drivenRun(t, server)
	var old, slow []*runfile.Run
	for i := range 8 {
		old, slow = append(old, answeredIn(driven, 1+0.001*float64(i*3%8))), append(slow, answeredIn(driven, 1.3+0.001*float64(i*5%8)))
	}
	b, err := compare.NewBaseline("main", time.Now(), true, old)
	if err != nil {
		t.Fatal(err)
	}
	compared := func(o compare.Options) *report.Compared {
		o.Criteria = []compare.Criterion{{Metric: compare.P50, Margin: 0.05}, {Metric: compare.P99, Margin: 0.1}}
		return &report.Compared{
			Result: compare.Runs("old", "new", old, slow, o), Seed: 7, Repeat: "bench gate --baseline main", Notes: []string{"something was noticed"}, Took: time.Minute,
			Arms: []report.ComparedArm{{Name: "old", Target: driven.Target, Environment: driven.Environment}, {Name: "new", Target: driven.Target, Environment: driven.Environment}},
		}
	}
	gate := compared(compare.Options{Gate: true, ErrorMargin: 0.001})
	gate.Baseline = report.Against(b)
	var pairs []runfile.LatencyPair
	for i := range 1000 {
		pairs = append(pairs, runfile.LatencyPair{Second: int32(i / 50), A: 1e6, B: float32(1e6 + i%7)})
	}
	mirror := report.NewMirror([2]string{"stable", "canary"}, &runfile.Mirrored{A: driven, B: driven, Pairs: runfile.Pairs{Compared: 1000, ByRule: map[string]uint64{}, Timed: 1000, Latencies: pairs}})
	mirror.Rate, mirror.Length, mirror.Rules, mirror.Repeat, mirror.Notes = 50, 20*time.Second, []string{"status"}, "bench compare a b --mirror", []string{"something"}
	var collected history.Collector
	for i, r := range []*runfile.Run{old[0], slow[0]} {
		later := *r
		later.Started = r.Started.Add(time.Duration(i) * time.Hour)
		collected.Add("run.json", &later)
	}
	var saved []byte
	for _, f := range archive.Files {
		if f.Name == "saved.json" {
			saved = f.Data
		}
	}
	capacities, err := capacity.Decode("saved.json", saved)
	if err != nil {
		t.Fatal(err)
	}

	shownAgain(t, runfile.RunKind, runsShown.formats, []*runfile.Run{old[0]}, report.WriteTerminal)
	shownAgain(t, compare.BaselineKind, baselinesShown.formats, b, report.WriteBaseline)
	shownAgain(t, capacity.Kind, capacitiesShown.formats, capacities, report.WriteCapacity)
	shownAgain(t, report.ComparisonKind, slices.DeleteFunc(slices.Clone(comparisonsShown.formats), func(f format[*report.Compared]) bool { return f.kind == "junit" }),
		compared(compare.Options{}), report.WriteComparison)
	shownAgain(t, report.GateKind, comparisonsShown.formats, gate, report.WriteComparison)
	shownAgain(t, report.MirrorKind, mirrorsShown.formats, mirror, report.WriteMirror)
	shownAgain(t, report.HistoryKind, historiesShown.formats, collected.History(), report.WriteHistory)
	shownAgain(t, selfcheck.Kind, selfchecksShown.formats, selfcheck.New([]string{"http"}, true).Report(), report.WriteSelfcheck)
	cells := []sweep.Cell{{Name: "size=1", Values: []string{"1"}, Rounds: 12}, {Name: "size=2", Values: []string{"2"}, Rounds: 12, Best: true}}
	for i := range cells {
		cells[i].Target, cells[i].Environment, cells[i].Due, cells[i].Memory = driven.Target, driven.Environment, 1000, 30e6
		cells[i].Reads = sweep.Latency{Count: 1000, P50NS: 2e6, P95NS: 4e6, P99NS: 9e6 - time.Duration(i)*3e6}
	}
	swept := &sweep.Sweep{
		Schema: 1, Kind: sweep.Kind, Subject: "pooled", Options: []string{"size"}, Metric: "p99", Rate: 50, Reads: 1, Tested: true, Cells: cells, Quads: 6, Planned: 6, RoundNS: 1e9,
		Pairs: []sweep.Pair{{A: 0, B: 1, Metric: "p99", Ratio: 0.7, Level: 0.05, Slower: "a"}}, Near: &sweep.Near{Within: []int{1}, Open: []int{}},
		Repeat: "bench compare pooled --sweep size=1,2", Notes: []string{"something"},
	}
	swept.Rank()
	shownAgain(t, sweep.Kind, sweepsShown.formats, swept, sweep.WriteTerminal)
	if results != 8 || len(documentKinds) != 9 {
		t.Errorf("there are %d kinds of results and %d kinds of documents: show those of each again", results, len(documentKinds))
	}

	for name, text := range map[string]string{
		"later.json": `{"schema":1,"kind":"later"}`, "other.json": `{"name":"x"}`, "list.json": "[]", "run-1.shop.cpu.pprof": "\x0a\x04", "cut.json": `{"schema":1,"runs":[{`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	replaced(t, "gate.json", "wrong.json", `"metric": "p50"`, `"metric": "p51"`)
	for args, want := range map[string]string{
		"run.json gate.json":          "run.json holds a run and gate.json a gate: show them apart",
		"--pool gate.json":            "--merge and --pool are for runs: a gate is no sum",
		"gate.json gate.json -o md=-": "-o writes one gate: name one file, not 2",
		"gate.json -o hlog=-":         `no output is called "hlog": there is json, junit, md`,
		"comparison.json -o junit=-":  `no output is called "junit": there is json, md`,
		"missing.json":                "missing.json: there is no such file",
		"later.json":                  `later.json: is of the kind "later", which this bench does not know: it shows run, baseline, `,
		"list.json":                   "list.json:1: is no run file: it is a JSON array and not an object",
		"other.json":                  "other.json: is no run file",
		"run-1.shop.cpu.pprof":        "is a profile of the target, for go tool pprof",
		"cut.json":                    "cut.json:1: is cut off",
		"wrong.json":                  `wrong.json: is damaged or was edited: comparison 1: there is no metric "p51"`,
		"baseline.json --merge":       "run 1 and baseline.json, run 2: they are the same run twice",
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), append([]string{"report"}, strings.Fields(args)...), strings.NewReader(""), &stdout, &stderr)
		if code != exitUsage || stdout.Len() > 0 || !strings.Contains(stderr.String(), want) {
			t.Errorf("bench report %s: exit %d, want %q\n%s%s", args, code, want, stdout.String(), stderr.String())
		}
	}
}
