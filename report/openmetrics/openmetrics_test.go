// Package openmetrics holds what report.OpenMetrics writes against Prometheus' own parser. It is a module of its own, so that
// who builds bench does not fetch Prometheus.
package openmetrics

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	promlabels "github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
)

// written returns runs as OpenMetrics text.
func written(t testing.TB, runs ...*runfile.Run) string {
	t.Helper()
	var b strings.Builder
	if err := report.WriteOpenMetrics(&b, runs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// runOf is a made-up run of two phases. Of its spike every tenth request was still waiting for its answer when the run ended.
func runOf(name string, answer time.Duration) *runfile.Run {
	run := &runfile.Run{Target: runfile.Target{Name: name}, Verdict: runfile.Verdict{Kind: runfile.Valid}}
	phase := func(name string, n, waiting int) runfile.Phase {
		var answered, bounds, lags []time.Duration
		for i := range n {
			lags = append(lags, 5*time.Microsecond)
			if i < waiting {
				bounds = append(bounds, 10*answer)
			} else {
				answered = append(answered, answer+time.Duration(i)*time.Microsecond)
			}
		}
		return runfile.Phase{Name: name, Kind: profiles.Kind(name), Verdict: run.Verdict,
			Requests:     runfile.Requests{Planned: uint64(n), Due: uint64(n), Sent: uint64(n), Succeeded: uint64(n - waiting), Unfinished: uint64(waiting)},
			Offered:      runfile.Rate{Count: uint64(n), Rate: float64(n) / 10},
			Achieved:     runfile.Rate{Count: uint64(n - waiting), Rate: float64(n-waiting) / 10},
			ResponseTime: runfile.NewDist(3, answered, bounds), ServiceTime: runfile.NewDist(3, answered, nil), Lag: runfile.NewDist(3, lags, nil)}
	}
	run.Overall = phase("overall", 3000, 200)
	run.Phases = []runfile.Phase{phase("baseline", 1000, 0), phase("spike", 2000, 200)}
	return run
}

// hostile are names that the format would take for more than text.
var hostile = []string{
	"}{", "# EOF", "} 1\n# EOF", `quote " and \ backslash`, "a,b c", "\x1b[31mred", "a\nbench_requests_total 9", "\xff", "overall", "", strings.Repeat("A", 1<<20),
}

// hostileRun has that text wherever a run holds any.
func hostileRun(text string) *runfile.Run {
	run := runOf(text, time.Millisecond)
	for i := range run.Phases {
		run.Phases[i].Name, run.Phases[i].Kind = text, profiles.Kind(text)
	}
	run.Verdict = runfile.Verdict{Kind: runfile.HostLimited, Evidence: []string{text}}
	run.Thresholds = []runfile.ThresholdResult{{Text: text, Sentence: text}, {Text: text, Sentence: text, Passed: true}}
	run.Errors = []runfile.ErrorCount{{Kind: text, Count: 3, Sample: text}}
	step := runfile.JourneyStep{Name: text, Asked: 1, SinceArrival: runfile.NewDist(runfile.DetailDigits, []time.Duration{time.Second}, nil)}
	run.Overall.Journeys = []runfile.Journey{{Name: text, Arrived: 1, Completed: 1, Steps: []runfile.JourneyStep{step, step}}, {Name: text}}
	return run
}

// readMetrics reads OpenMetrics text back by Prometheus' own parser: the samples by their labels, types by their names.
func readMetrics(t testing.TB, text string) (samples map[string]float64, types map[string]string) {
	t.Helper()
	samples, types = map[string]float64{}, map[string]string{}
	p := textparse.NewOpenMetricsParser([]byte(text), promlabels.NewSymbolTable())
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return samples, types
		}
		if err != nil {
			t.Fatal(err)
		}
		switch entry {
		case textparse.EntryType:
			name, kind := p.Type()
			types[string(name)] = string(kind)
		case textparse.EntrySeries:
			var l promlabels.Labels
			p.Metric(&l)
			_, _, value := p.Series()
			if _, ok := samples[l.String()]; ok {
				t.Fatalf("two samples of %s", l)
			}
			samples[l.String()] = value
		}
	}
}

// Answers that came after the phase are served: where the backlog did not grow, its rate is of the requests that were due in it.
func TestMetricsTellWhatWasServed(t *testing.T) {
	run := hostileRun("x")
	run.Overall.Achieved, run.Overall.Answered = runfile.Rate{Count: 90, Rate: 9}, &runfile.Rate{Count: 100, Rate: 10}
	samples, _ := readMetrics(t, written(t, run))
	found := map[string]float64{}
	for labels, value := range samples {
		for _, name := range []string{"bench_served_requests_per_second", "bench_achieved_requests_per_second"} {
			if strings.Contains(labels, name) && strings.Contains(labels, `phase="overall"`) {
				found[name] = value
			}
		}
	}
	if found["bench_served_requests_per_second"] != 10 || found["bench_achieved_requests_per_second"] != 9 {
		t.Error(found)
	}
}

func TestMetricsReadBack(t *testing.T) {
	runs := []*runfile.Run{runOf("cached", time.Millisecond), runOf("uncached", 9*time.Millisecond)}
	text := written(t, runs...)
	samples, types := readMetrics(t, text)
	for name, kind := range map[string]string{"bench_requests": "counter", "bench_response_seconds": "summary", "bench_verdict": "gauge"} {
		if types[name] != kind {
			t.Errorf("%s is a %s, want a %s", name, types[name], kind)
		}
	}
	if !strings.HasSuffix(text, "\n# EOF\n") {
		t.Error("the text has no end")
	}
	want := map[string]float64{}
	bounds := 0
	for _, run := range runs {
		for _, p := range append([]runfile.Phase{run.Overall}, run.Phases...) {
			at := `phase="` + p.Name + `", `
			target := `target="` + run.Target.Name + `"`
			want[`{__name__="bench_requests_total", outcome="succeeded", `+at+target+`}`] = float64(p.Requests.Succeeded)
			want[`{__name__="bench_requests_total", outcome="unfinished", `+at+target+`}`] = float64(p.Requests.Unfinished)
			want[`{__name__="bench_response_seconds", `+at+`quantile="0.99", `+target+`}`] = p.ResponseTime.P99NS.Seconds()
			want[`{__name__="bench_response_seconds_count", `+at+target+`}`] = float64(p.ResponseTime.Count)
			want[`{__name__="bench_lag_seconds", `+at+`quantile="0.5", `+target+`}`] = p.Lag.P50NS.Seconds()
			want[`{__name__="bench_offered_requests_per_second", `+at+target+`}`] = p.Offered.Rate
			sum := `{__name__="bench_at_least", of="sum", ` + at + target + `, time="response"}`
			if _, marked := samples[sum]; marked != p.ResponseTime.Mean().AtLeast {
				t.Errorf("%s %s: the sum is marked as a lower bound: %v", run.Target.Name, p.Name, marked)
			}
			mark := `{__name__="bench_at_least", of="0.99", ` + at + target + `, time="response"}`
			if _, marked := samples[mark]; marked != p.ResponseTime.Quantile(0.99).AtLeast {
				t.Errorf("%s %s: marked as a lower bound: %v", run.Target.Name, p.Name, marked)
			} else if marked {
				bounds++
			}
		}
	}
	for key, value := range want {
		if strings.Contains(key, "bench_lag_seconds") && value == 0 {
			continue // nothing was sent
		}
		if got, ok := samples[key]; !ok || math.Abs(got-value) > 1e-9*math.Abs(value) {
			t.Errorf("%s is %v (%v), want %v", key, got, ok, value)
		}
	}
	if bounds == 0 {
		t.Error("no lower bound was there to be marked")
	}
}

// What is known of a cache has samples, and what is not has none.
func TestMetricsOfCaches(t *testing.T) {
	run := runOf("cached", time.Millisecond)
	plain, _ := readMetrics(t, written(t, run))
	run.Overall.Cache = runfile.Cache{Hits: 70, Misses: 20}
	run.Overall.Consistency = &runfile.Consistency{Reads: 9, Stale: 1, Lost: &runfile.Lost{Keys: 5, Of: 5, GoneBack: 2, Writes: 3}}
	run.Origin = &runfile.Origin{Source: runfile.OriginCounter, LengthNS: 2 * time.Second, Statements: 25}
	samples, _ := readMetrics(t, written(t, run))
	maps.DeleteFunc(samples, func(key string, _ float64) bool { _, before := plain[key]; return before })
	const at = `phase="overall", `
	want := map[string]float64{
		`{__name__="bench_cache_answers_total", ` + at + `result="hit", target="cached"}`:      70,
		`{__name__="bench_cache_answers_total", ` + at + `result="miss", target="cached"}`:     20,
		`{__name__="bench_judged_reads_total", ` + at + `result="stale", target="cached"}`:     1,
		`{__name__="bench_judged_reads_total", ` + at + `result="not stale", target="cached"}`: 8,
		`{__name__="bench_origin_statements_per_second", source="counter", target="cached"}`:   12.5,
		`{__name__="bench_lost_writes_total", target="cached"}`:                                3,
	}
	if !maps.Equal(samples, want) {
		t.Errorf("%v, want %v", samples, want)
	}
}

func TestMetricsOfHostileNames(t *testing.T) {
	plain, _ := readMetrics(t, written(t, hostileRun("x"), hostileRun("x")))
	for _, text := range hostile {
		samples, _ := readMetrics(t, written(t, hostileRun(text), hostileRun(text)))
		if len(samples) != len(plain) {
			t.Errorf("%.40q: %d samples, want %d", text, len(samples), len(plain))
		}
		found := map[string]int{}
		for labels, value := range samples {
			for _, name := range []string{"bench_errors_total", "bench_threshold_passed"} {
				if strings.Contains(labels, `__name__="`+name+`"`) {
					found[fmt.Sprint(name, " ", value)]++
				}
			}
		}
		if want := map[string]int{"bench_errors_total 3": 2, "bench_threshold_passed 0": 2, "bench_threshold_passed 1": 2}; !maps.Equal(found, want) {
			t.Errorf("%.40q: %v, want %v", text, found, want)
		}
	}
}

func TestMetricsOfOddNumbers(t *testing.T) {
	run := hostileRun("x")
	run.Overall.Offered.Rate, run.Overall.Achieved.Rate = math.NaN(), math.Inf(1)
	samples, _ := readMetrics(t, written(t, run))
	if got := samples[`{__name__="bench_achieved_requests_per_second", phase="overall", target="x"}`]; !math.IsInf(got, 1) {
		t.Errorf("an infinite rate is %v", got)
	}
}
