package report

import (
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// judgedBy judges the runs by thresholds.
func judgedBy(t testing.TB, runs []*runfile.Run, thresholds ...string) []*runfile.Run {
	t.Helper()
	var list []runfile.Threshold
	for _, text := range thresholds {
		threshold, err := runfile.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, threshold)
	}
	for _, r := range runs {
		r.Judge(list)
	}
	return runs
}

func shown(t testing.TB, runs []*runfile.Run, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := WriteTerminal(&b, runs, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestThresholdsOfAPair(t *testing.T) {
	runs := judgedBy(t, []*runfile.Run{cachedRun(), uncachedRun()}, "p99@spike<200ms", "errors<1%")
	text := shown(t, runs, Options{})
	section, _, _ := strings.Cut(text[strings.Index(text, "threshold "):], "\n\n")
	golden(t, "thresholds.txt", section+"\n")
	if got, want := Failed(runs), "2 of 4 thresholds failed: uncached p99@spike<200ms, uncached errors<1%"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	coloured := shown(t, runs, Options{Color: true})
	for _, want := range []string{green + "pass" + reset, red + "FAIL" + reset} {
		if !strings.Contains(coloured, want) {
			t.Errorf("there is no %q in the coloured report", want)
		}
	}
}

func TestThresholdsOfOneRun(t *testing.T) {
	runs := judgedBy(t, []*runfile.Run{cachedRun()}, "p99<200ms", "rate>=10k/s", "p99@peak<1s", "p99{GET /x}<1s", "lag:max>1s")
	text := shown(t, runs, Options{})
	for _, want := range []string{
		"threshold pass  p99<200ms", "\n          FAIL  rate>=10k/s", "no phase \"peak\"", "goodput   ", "within 200 ms · Apdex 1.00\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if got, want := Failed(runs), "4 of 5 thresholds failed: rate>=10k/s, p99@peak<1s, p99{GET /x}<1s and 1 more"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Failed(judgedBy(t, runs, "p99<200ms")); got != "" {
		t.Errorf("all passed, and yet %q", got)
	}
	if text := shown(t, judgedBy(t, runs), Options{}); strings.Contains(text, "threshold") {
		t.Errorf("there were no thresholds, and yet\n%s", text)
	}
}

func TestApdexIsAllOnlyOfAll(t *testing.T) {
	for v, want := range map[float64]string{0: "0.00", 0.5: "0.50", 0.994: "0.99", 0.9951: "> 0.99", 1: "1.00"} {
		if got := apdex(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}

func TestThresholdsBoundWhatAFileSays(t *testing.T) {
	run := cachedRun()
	long := strings.Repeat("long ", 1<<18)
	run.Thresholds = []runfile.ThresholdResult{{Text: long, Sentence: long}}
	if text := shown(t, []*runfile.Run{run}, Options{}); len(text) > 10<<10 {
		t.Errorf("the report has %d bytes", len(text))
	}
	if text := Failed([]*runfile.Run{run}); len(text) > 100 {
		t.Errorf("the error has %d bytes", len(text))
	}
}
