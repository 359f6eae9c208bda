package loadgen

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"pgregory.net/rapid"
)

func TestParseThreshold(t *testing.T) {
	for text, want := range map[string]runfile.Threshold{
		"p99<200ms":                     {Duration: "response", Metric: runfile.MetricPercentile, Quantile: 0.99, Operator: runfile.Less, Limit: 200e6},
		"p(99)<200":                     {Duration: "response", Metric: runfile.MetricPercentile, Quantile: 0.99, Operator: runfile.Less, Limit: 200e6},
		" p99.9 <= 1.5 s ":              {Duration: "response", Metric: runfile.MetricPercentile, Quantile: 0.999, Operator: runfile.AtMost, Limit: 1.5e9},
		"P50>0.5":                       {Duration: "response", Metric: runfile.MetricPercentile, Quantile: 0.5, Operator: runfile.Greater, Limit: 0.5e6},
		"mean<30ms":                     {Duration: "response", Metric: runfile.MetricMean, Operator: runfile.Less, Limit: 30e6},
		"min>=1us":                      {Duration: "response", Metric: runfile.MetricMin, Operator: runfile.NotBelow, Limit: 1e3},
		"max<1h":                        {Duration: "response", Metric: runfile.MetricMax, Operator: runfile.Less, Limit: 3600e9},
		"errors<1%":                     {Metric: runfile.MetricErrors, Operator: runfile.Less, Limit: 0.01},
		"errors<0.01":                   {Metric: runfile.MetricErrors, Operator: runfile.Less, Limit: 0.01},
		"errors<=0":                     {Metric: runfile.MetricErrors, Operator: runfile.AtMost},
		"rate>=990/s":                   {Metric: runfile.MetricRate, Operator: runfile.NotBelow, Limit: 990},
		"rate>600/m":                    {Metric: runfile.MetricRate, Operator: runfile.Greater, Limit: 10},
		"p95@spike<1s":                  {Duration: "response", Metric: runfile.MetricPercentile, Quantile: 0.95, Phase: "spike", Operator: runfile.Less, Limit: 1e9},
		"p95@my phase<1s":               {Duration: "response", Metric: runfile.MetricPercentile, Quantile: 0.95, Phase: "my phase", Operator: runfile.Less, Limit: 1e9},
		"p99{GET /products}<1s":         {Duration: "response", Metric: runfile.MetricPercentile, Quantile: 0.99, Endpoint: "GET /products", Operator: runfile.Less, Limit: 1e9},
		"p99@spike{GET /a/{id}/b}<1s":   {Duration: "response", Metric: runfile.MetricPercentile, Quantile: 0.99, Phase: "spike", Endpoint: "GET /a/{id}/b", Operator: runfile.Less, Limit: 1e9},
		"errors{GET /a?b<=c:d@e}<1%":    {Metric: runfile.MetricErrors, Endpoint: "GET /a?b<=c:d@e", Operator: runfile.Less, Limit: 0.01},
		"service:p99<20ms":              {Duration: "service", Metric: runfile.MetricPercentile, Quantile: 0.99, Operator: runfile.Less, Limit: 20e6},
		"wait:max@spike<20ms":           {Duration: "wait", Metric: runfile.MetricMax, Phase: "spike", Operator: runfile.Less, Limit: 20e6},
		"lag:mean<20ms":                 {Duration: "lag", Metric: runfile.MetricMean, Operator: runfile.Less, Limit: 20e6},
		"service:p99{GET /a}<20ms":      {Duration: "service", Metric: runfile.MetricPercentile, Quantile: 0.99, Endpoint: "GET /a", Operator: runfile.Less, Limit: 20e6},
		"p99@warm-up:early{GET /:id}<1": {Duration: "response", Metric: runfile.MetricPercentile, Quantile: 0.99, Phase: "warm-up:early", Endpoint: "GET /:id", Operator: runfile.Less, Limit: 1e6},
	} {
		want.Text = strings.TrimSpace(text)
		got, err := runfile.ParseThreshold(text)
		got.Quantile = float64(int(got.Quantile*1e6+0.5)) / 1e6 // 99.9 / 100 is not quite 0.999
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v, want %+v", text, got, err, want)
		}
	}
}

func TestParseThresholdRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "has no operator",
		"p99":                     "write it as p99<200ms",
		"p99=200ms":               "and not =",
		"p99==200ms":              "and not =",
		"p99=<200ms":              "must be <, <=, > or >=",
		"p99<==200ms":             "must be <, <=, > or >=",
		"p99<<200ms":              "must be <, <=, > or >=",
		"p99<>200ms":              "must be <, <=, > or >=",
		"p99<":                    "no limit after the operator",
		"p99<fast":                "must be a duration such as 200ms",
		"p99<0ms":                 "must be above 0, got 0ms",
		"p99<-5":                  "must be above 0, got -5",
		"p99<NaN":                 "must be a duration",
		"p99<0x10":                "must be a duration",
		"p99<1e300":               "cannot be 1e300",
		"p99<1h1ns":               "durations are kept up to 1h",
		"p99<1%":                  "must be a duration",
		"p999<1s":                 "write p99.9",
		"p9999<1s":                "write p99.99",
		"p101<1s":                 "between 0 and 100",
		"p100<1s":                 "write max",
		"p(99<1s":                 "there is no metric",
		"avg<1s":                  "write mean",
		"med<1s":                  "write p50",
		"http_req_duration<1s":    "write p99",
		"latenzy<1s":              "there are percentiles (p99, p99.9), mean",
		"errors<1":                "for a percentage write 1%",
		"errors<101%":             "between 0% and 100%",
		"errors<-1%":              "between 0% and 100%",
		"errors<0":                "write errors<=0",
		"errors<5ms":              "must be a share such as 1%",
		"rate>=fast":              "must be a number of requests such as 500/s",
		"rate>=5/d":               "must be a number of requests",
		"wait:p99{GET /}<5ms":     `or take "service:" instead`,
		"service:errors<1%":       `leave out "service:"`,
		"response:p99<1s":         "the response time has no prefix",
		"p99@<1s":                 "there is no phase after the @",
		"p99{}<1s":                "name no endpoint",
		"p99{GET /}@spike<1s":     "the endpoint comes last",
		"p99{GET /a<1s":           "the endpoint comes last",
		"p99{GET /a<b}":           "missing behind the braces",
		"p99{GET \xff}<1s":        "not valid UTF-8",
		strings.Repeat("p", 5000): "longer than 4096 bytes",
	} {
		if _, err := runfile.ParseThreshold(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: error %v, want one with %q", text, err, want)
		}
	}
}

// Whatever is accepted is accepted again, as the same, from the text that the run file keeps.
func FuzzParseThreshold(f *testing.F) {
	f.Add("p99@spike{GET /a/{id}}<=1.5s")
	f.Add("errors<1%")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := runfile.ParseThreshold(text)
		if err != nil {
			return
		}
		if again, err := runfile.ParseThreshold(first.Text); err != nil || again != first {
			t.Fatalf("%q: %+v, read again %+v, %v", text, first, again, err)
		}
	})
}

// Thresholds agree with the sorted samples, but for limits within the histograms' precision of the figure.
func TestThresholdsAgreeWithTheSamples(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, run, samples, _ := anyRun(t)
		run.Interrupted, run.Verdict.Kind = false, runfile.Valid // those pass nothing, which says nothing of the figures

		th := runfile.Threshold{Text: "p<1", Duration: "response", Metric: runfile.MetricPercentile, Operator: rapid.SampledFrom([]runfile.Operator{runfile.Less, runfile.AtMost, runfile.Greater, runfile.NotBelow}).Draw(t, "operator")}
		th.Quantile = rapid.SampledFrom([]float64{0.5, 0.9, 0.95, 0.99, 0.999}).Draw(t, "quantile")
		th.Limit = float64(rapid.IntRange(1, 3_000_000).Draw(t, "limit us")) * 1e3
		if rapid.Bool().Draw(t, "at a phase") {
			th.Phase = rapid.SampledFrom(run.Phases).Draw(t, "phase").Name
		}
		precision := 0.002
		if rapid.Bool().Draw(t, "an endpoint") {
			th.Endpoint = rapid.SampledFrom([]string{"GET /a", "GET /b"}).Draw(t, "endpoint")
			precision = 0.02
		}
		var all twin
		var due, succeeded uint64
		for _, s := range samples {
			if !concerns(run, th, s) {
				continue
			}
			due++
			if s.Outcome == exchange.Succeeded {
				succeeded++
			}
			if s.Outcome != exchange.Failed {
				all.values = append(all.values, s.Response())
			}
			if s.Outcome > exchange.Failed {
				all.bounds = append(all.bounds, s.Response())
			}
		}
		got := th.Judge(run)
		if !run.Delivered() {
			if got.Passed || !got.Undecided {
				t.Fatalf("%+v was judged in a run that was not delivered: %+v", th, got)
			}
			return
		}
		if succeeded == 0 {
			if got.Passed {
				t.Fatalf("%+v passed without a success: %+v", th, got)
			}
			return
		}
		want, bound := all.quantile(th.Quantile)
		if got.Samples != uint64(len(all.values)) || got.FewSamples != (float64(len(all.values))*(1-th.Quantile) < 10-1e-9) {
			t.Fatalf("%+v: %+v of %d samples", th, got, len(all.values))
		}
		near := func(a, b time.Duration) bool { return (a - b).Abs() <= time.Duration(precision*float64(b))+1 }
		if !near(time.Duration(*got.Actual), want) {
			t.Fatalf("%+v: %v, the samples say %v", th, time.Duration(*got.Actual), want)
		}
		for _, b := range all.bounds {
			if near(b, want) {
				return // whether it is a bound is a matter of rounding
			}
		}
		if near(time.Duration(th.Limit), want) {
			return
		}
		passes := want > time.Duration(th.Limit)
		if th.Upper() {
			passes = want < time.Duration(th.Limit) && !bound
		}
		// Of a lower limit the response time decides only what is missed.
		if th.Upper() && got.Passed != passes || !th.Upper() && !passes && got.Passed {
			t.Fatalf("%+v: passed %v, the samples say %v (at least: %v)", th, got.Passed, want, bound)
		}

		th.Metric, th.Limit = runfile.MetricErrors, rapid.Float64Range(0.001, 0.999).Draw(t, "share")
		share := float64(due-succeeded) / float64(due)
		if errors := th.Judge(run); *errors.Actual != share || errors.Passed != th.Holds(share) {
			t.Fatalf("%+v: %+v, the samples say %v", th, errors, share)
		}
	})
}

// concerns reports whether a threshold is about a sample.
func concerns(run *runfile.Run, th runfile.Threshold, s sample) bool {
	if th.Endpoint != "" && th.Endpoint != run.Plan.Endpoints[s.endpoint].Name {
		return false
	}
	for i, p := range run.Phases {
		if s.Intended < p.StartNS+p.DurationNS || i == len(run.Phases)-1 {
			return p.Name == th.Phase || th.Phase == "" && p.Kind != "warmup"
		}
	}
	return false
}
