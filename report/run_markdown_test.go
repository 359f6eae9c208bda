package report

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestMarkdownOfTheSpike(t *testing.T) {
	golden(t, "spike_pair.md", written(t, markdownOfRuns, cachedRun(), uncachedRun()))
}

func TestMarkdownStaysInItsTable(t *testing.T) {
	for _, text := range hostile {
		rows := 0
		for line := range strings.Lines(written(t, markdownOfRuns, hostileRun(text))) {
			if !strings.HasPrefix(line, "|") {
				continue
			}
			rows++
			want := 12
			if rows <= 4 { // of thresholds
				want = 5
			}
			if n := strings.Count(line, "|"); n != want {
				t.Errorf("%.40q: a row of %d cells: %q", text, n-1, line)
			}
		}
		if rows != 4+4 {
			t.Errorf("%.40q: %d rows", text, rows)
		}
	}
}

func TestMarkdownIsCutWithASentence(t *testing.T) {
	racetest.Skip(t)
	run := hostileRun("a|b")
	phase := run.Phases[0]
	run.Phases = nil
	for i := range 2000 {
		phase.Name = fmt.Sprint("phase ", i)
		run.Phases = append(run.Phases, phase)
	}
	for _, limit := range []int{1000, maxMarkdown, 250_000} {
		got := written(t, func(w io.Writer, runs []*runfile.Run) error { return WriteStepSummary(w, runs, testCaller, limit) }, run)
		if len(got) > limit || len(got) < limit-1000 {
			t.Errorf("limit %d: %d bytes", limit, len(got))
		}
		if !strings.HasSuffix(got, cutSentence) || !strings.HasPrefix(got, "**") {
			t.Errorf("limit %d: it ends in %q", limit, got[max(0, len(got)-100):])
		}
	}
	if got := written(t, markdownOfRuns, run); len(got) > maxMarkdown {
		t.Errorf("%d bytes", len(got))
	}
	if got := written(t, func(w io.Writer, runs []*runfile.Run) error { return WriteStepSummary(w, runs, testCaller, 10) }, run); got != "" {
		t.Errorf("without room it writes %q", got)
	}
}

func TestMarkdownNamesTheErrors(t *testing.T) {
	run := hostileRun("x")
	run.Errors = nil
	for i := range 30 {
		run.Errors = append(run.Errors, runfile.ErrorCount{Kind: fmt.Sprint("status ", 500+i), Count: uint64(i + 1), FirstNS: time.Second})
	}
	got := written(t, markdownOfRuns, run)
	first, second := strings.Index(got, " errors: 30× status 529, "), strings.Index(got, " errors: 29× status 528, ")
	if first < 0 || second < first || !strings.Contains(got, "- and 10 more\n") {
		t.Errorf("the errors, most frequent first, are not in\n%s", got)
	}
}

func TestAnnotations(t *testing.T) {
	limited := func(kind runfile.VerdictKind) func(*runfile.Run) {
		return func(r *runfile.Run) {
			r.Verdict = runfile.Verdict{Kind: kind, Evidence: []string{"lag P99 4 ms, 100% of it late\n::error::no"}}
			for i := range r.Phases {
				r.Phases[i].Verdict = r.Verdict
			}
		}
	}
	lost := func(r *runfile.Run) {
		r.Requests = runfile.Requests{Due: 60, Succeeded: 57, Failed: 2, Unsent: 1}
		r.Errors = []runfile.ErrorCount{{Kind: "status 503", Count: 2}}
	}
	for _, tc := range []struct {
		why    string
		change []func(*runfile.Run)
		want   string
	}{
		{"a valid run", []func(*runfile.Run){limited(runfile.Valid)}, ""},
		{"a limited target is a finding", []func(*runfile.Run){limited(runfile.TargetLimited)}, ""},
		{"bench's own latencies", []func(*runfile.Run){limited(runfile.GeneratorLimited)},
			"::error title=bench::x: GENERATOR-LIMITED: these latencies are bench's own: lag P99 4 ms, 100%25 of it late ::error::no\n"},
		{"its host's before failures", []func(*runfile.Run){limited(runfile.HostLimited), lost},
			"::error title=bench::x: HOST-LIMITED: these latencies are bench's own: lag P99 4 ms, 100%25 of it late ::error::no\n" +
				"::error title=bench::x: 3 of 60 requests did not succeed (most: status 503)\n"},
		{"a failed threshold", []func(*runfile.Run){limited(runfile.TargetLimited), func(r *runfile.Run) {
			r.Thresholds = []runfile.ThresholdResult{{Text: "p99<1s", Passed: true}, {Text: "p95<1ms", Sentence: "P95 is 3 ms"}}
		}}, "::error title=bench::x: p95<1ms failed: P95 is 3 ms\n"},
		{"an interrupted run", []func(*runfile.Run){limited(runfile.Valid), func(r *runfile.Run) { r.Interrupted = true }},
			"::warning title=bench::x: the run was interrupted\n"},
	} {
		run := hostileRun("x")
		run.Requests.Failed, run.Requests.Unfinished, run.Requests.Unsent, run.Thresholds = 0, 0, 0, nil
		for _, change := range tc.change {
			change(run)
		}
		if got := written(t, WriteAnnotations, run); got != tc.want {
			t.Errorf("%s:\ngot  %q\nwant %q", tc.why, got, tc.want)
		}
	}
}

func TestAnnotationsAreTheWorstFive(t *testing.T) {
	var runs []*runfile.Run
	for range 4 {
		runs = append(runs, hostileRun("x"))
	}
	runs[0].Verdict.Kind = runfile.Valid
	got := written(t, WriteAnnotations, runs...)
	if n := strings.Count(got, "\n"); n != 5 {
		t.Errorf("%d annotations", n)
	}
	if n := strings.Count(got, "HOST-LIMITED"); n != 3 || strings.Count(got, "x failed") != 2 || !strings.HasPrefix(got, "::error title=bench::x 2: HOST-LIMITED") {
		t.Errorf("the worst do not come first:\n%s", got)
	}
}

func TestAnnotationsAreOneLineEach(t *testing.T) {
	for _, text := range hostile {
		for line := range strings.Lines(written(t, WriteAnnotations, hostileRun(text))) {
			data, ok := strings.CutPrefix(line, "::error title=bench::")
			if !ok {
				t.Errorf("%.40q: a line of another command: %q", text, line)
			}
			if rest := strings.ReplaceAll(data, "%25", ""); strings.Contains(rest, "%") {
				t.Errorf("%.40q: an escape that bench did not write: %q", text, line)
			}
		}
	}
}
