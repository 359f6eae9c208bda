package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// pooledRun is made of two runs that differ in their seeds.
func pooledRun(t *testing.T) *runfile.Run {
	a, b := *plainRun(), *plainRun()
	b.Seed, b.Started = 2, a.Started.Add(time.Hour)
	a.Intervals, b.Intervals = nil, nil // the fixture's histograms are finer than a file's
	run, err := runfile.Pool([]*runfile.Run{&a, &b})
	if err != nil {
		t.Fatal(err)
	}
	run.Intervals = slices.Clone(plainRun().Intervals)
	for i := range run.Intervals {
		run.Intervals[i].ResponseTime.Count *= 2
		run.Intervals[i].ServiceTime.Count *= 2
	}
	return run
}

// Every format says of how many runs its figures are, and those that name a seed name each.
func TestEveryFormatTellsPooledRuns(t *testing.T) {
	run := pooledRun(t)
	texts := map[string]string{"junit": written(t, WriteJUnit, run)}
	for kind, write := range fileWriters {
		texts[kind] = written(t, write, run)
	}
	var b bytes.Buffer
	if err := WriteTerminal(&b, []*runfile.Run{run}, Options{}); err != nil {
		t.Fatal(err)
	}
	texts["terminal"] = b.String()
	for kind, want := range map[string][]string{
		"terminal": {"seeds 1, 2", "2 runs pooled"}, "md": {"seeds 1, 2", "2 runs pooled"}, "gh-benchmark": {"2 runs pooled, seeds 1, 2, "},
		"junit":       {`name="seed" value="1, 2"`, `name="pooled_runs" value="2"`},
		"gitlab":      {`"bench_pooled_runs": {`, `"value": 2`},
		"openmetrics": {`",seeds="1, 2"} 2`}, "csv": {",pooled_runs,seeds,", ",2,\"1, 2\","}, "hlog": {"2 runs pooled"},
	} {
		for _, w := range want {
			if !strings.Contains(texts[kind], w) {
				t.Errorf("%s has no %q:\n%.600s", kind, w, texts[kind])
			}
		}
	}
	if text := written(t, WriteCSV, plainRun()) + written(t, WriteOpenMetrics, plainRun()) + written(t, WriteGitLab, plainRun()); strings.Contains(text, "pooled") {
		t.Errorf("one run is told as pooled:\n%s", text)
	}
}

// A row's counts are all of one run.
func TestCSVOfPooledRunsHoldsMeans(t *testing.T) {
	one, pooled := readCSV(t, written(t, WriteCSV, plainRun())), readCSV(t, written(t, WriteCSV, pooledRun(t)))
	for i, row := range one {
		for _, column := range []string{"due_requests", "ok_requests", "response_requests", "service_requests"} {
			if pooled[i][column] != row[column] {
				t.Errorf("second %d: %s is %s of two runs alike, and %s of one", i, column, pooled[i][column], row[column])
			}
		}
	}
}

// A file of before says of how many runs it is, and not which seeds they had.
func TestSeedsOfAPooledFileOfBeforeAreNotNamed(t *testing.T) {
	run := pooledRun(t)
	run.Seeds = nil
	for kind, text := range map[string]string{"md": written(t, markdownOfRuns, run), "junit": written(t, WriteJUnit, run), "gh-benchmark": written(t, WriteGitHubBenchmark, run)} {
		if strings.Contains(text, "seed") || !strings.Contains(text, "pooled") {
			t.Errorf("%s:\n%.600s", kind, text)
		}
	}
}
