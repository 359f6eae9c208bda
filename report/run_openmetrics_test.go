package report

import (
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	promlabels "github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

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
	samples, _ := readMetrics(t, written(t, OpenMetrics, run))
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
	runs := []*runfile.Run{cachedRun(), uncachedRun()}
	text := written(t, OpenMetrics, runs...)
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
			if _, marked := samples[sum]; marked != p.ResponseTime.IsLowerBound("mean_ns") {
				t.Errorf("%s %s: the sum is marked as a lower bound: %v", run.Target.Name, p.Name, marked)
			}
			mark := `{__name__="bench_at_least", of="0.99", ` + at + target + `, time="response"}`
			if _, marked := samples[mark]; marked != p.ResponseTime.IsLowerBound("p99_ns") {
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
		if got, ok := samples[key]; !ok || !near(got, value) {
			t.Errorf("%s is %v (%v), want %v", key, got, ok, value)
		}
	}
	if bounds == 0 {
		t.Error("no lower bound was there to be marked")
	}
}

func TestMetricsOfHostileNames(t *testing.T) {
	plain, _ := readMetrics(t, written(t, OpenMetrics, hostileRun("x"), hostileRun("x")))
	for _, text := range hostile {
		samples, _ := readMetrics(t, written(t, OpenMetrics, hostileRun(text), hostileRun(text)))
		if len(samples) != len(plain) {
			t.Errorf("%.40q: %d samples, want %d", text, len(samples), len(plain))
		}
		if name := longName(text); name != "" {
			key := promlabels.FromStrings("__name__", "bench_errors_total", "target", name, "kind", name).String()
			if got, ok := samples[key]; !ok || got != 3 {
				t.Errorf("%.40q: %s is %v (%v)", text, key, got, ok)
			}
			for _, tc := range []struct {
				threshold string
				want      float64
			}{{name, 0}, {name + " 2", 1}} {
				key := promlabels.FromStrings("__name__", "bench_threshold_passed", "target", name, "threshold", tc.threshold).String()
				if got, ok := samples[key]; !ok || got != tc.want {
					t.Errorf("%.40q: %s is %v (%v), want %v", text, key, got, ok, tc.want)
				}
			}
		}
	}
}

func TestMetricsOfOddNumbers(t *testing.T) {
	run := hostileRun("x")
	run.Overall.Offered.Rate, run.Overall.Achieved.Rate = math.NaN(), math.Inf(1)
	samples, _ := readMetrics(t, written(t, OpenMetrics, run))
	if got := samples[`{__name__="bench_achieved_requests_per_second", phase="overall", target="x"}`]; !math.IsInf(got, 1) {
		t.Errorf("an infinite rate is %v", got)
	}
}
