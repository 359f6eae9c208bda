package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// widget is what GitLab's load performance widget takes from the summary: normalizeLoadPerformanceMetrics in
// ee/app/assets/javascripts/vue_merge_request_widget.
func widget(t *testing.T, text string) map[string]string {
	t.Helper()
	var summary struct {
		Metrics map[string]map[string]any `json:"metrics"`
	}
	if err := json.Unmarshal([]byte(text), &summary); err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{}
	for metric, m := range summary.Metrics {
		number := func(key string) float64 {
			v, ok := m[key].(float64)
			if !ok {
				t.Errorf("%s has no %s", metric, key)
			}
			return v
		}
		switch metric {
		case "http_reqs":
			shown["RPS"] = fmt.Sprint(number("rate"))
		case "http_req_waiting":
			shown["TTFB P90"], shown["TTFB P95"] = fmt.Sprint(number("p(90)")), fmt.Sprint(number("p(95)"))
		case "checks":
			shown["Checks"] = fmt.Sprintf("%.2f%%", 100*number("passes")/(number("passes")+number("fails")))
		}
	}
	return shown
}

func TestGitLabWidget(t *testing.T) {
	run := hostileRun("x")
	run.Overall.Requests = runfile.Requests{Succeeded: 39, Failed: 2, Unfinished: 1, Unsent: 3}
	run.Overall.DurationNS = 4 * time.Second
	run.Overall.FirstByte = runfile.NewDist(3, []time.Duration{2 * ms, 2 * ms, 2 * ms, 4 * ms}, nil)
	run.Overall.ServiceTime = run.Overall.FirstByte
	text := written(t, WriteGitLab, run)
	var summary struct {
		Metrics struct {
			Failed   k6Rate    `json:"http_req_failed"`
			Requests k6Counter `json:"http_reqs"`
		} `json:"metrics"`
	}
	if err := json.Unmarshal([]byte(text), &summary); err != nil {
		t.Fatal(err)
	}
	if got, want := summary.Metrics.Failed, (k6Rate{Passes: 6, Fails: 39, Value: 6.0 / 45}); got != want {
		t.Errorf("http_req_failed is %v, want %v", got, want)
	}
	if got, want := summary.Metrics.Requests, (k6Counter{Count: 42, Rate: 10.5}); got != want {
		t.Errorf("http_reqs is %v, want %v: those that were sent or tried", got, want)
	}
	got := widget(t, text)
	for name, want := range map[string]string{"RPS": "10.5", "Checks": "86.67%", "TTFB P90": "4.001791", "TTFB P95": "4.001791"} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

func TestGitLabMarksLowerBounds(t *testing.T) {
	var summary struct {
		Metrics struct {
			Response k6Trend `json:"bench_response_time"`
		} `json:"metrics"`
	}
	if err := json.Unmarshal([]byte(written(t, WriteGitLab, uncachedRun())), &summary); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(summary.Metrics.Response.AtLeast, " "); !strings.Contains(got, "p(95)") || !strings.Contains(got, "avg") || strings.Contains(got, "min") {
		t.Errorf("at_least is %q", got)
	}
}

func TestGitLabLeavesOutWhatWasNotMeasured(t *testing.T) {
	if got := widget(t, written(t, WriteGitLab, &runfile.Run{})); len(got) > 0 {
		t.Errorf("of nothing it shows %v", got)
	}
}

// Few of many: connections are opened for the first requests, and first bytes may be known of the first answers alone.
func TestGitLabLeavesOutWhatFewRequestsTell(t *testing.T) {
	values := make([]time.Duration, 1000)
	for i := range values {
		values[i] = ms
	}
	for _, tc := range []struct {
		known int
		want  bool
	}{{16, false}, {899, false}, {900, true}, {1000, true}} {
		run := hostileRun("x")
		p := &run.Overall
		p.ServiceTime, p.FirstByte = runfile.NewDist(3, values, nil), runfile.NewDist(3, values[:tc.known], nil)
		p.Connect = p.FirstByte
		var summary struct {
			Metrics map[string]any `json:"metrics"`
		}
		if err := json.Unmarshal([]byte(written(t, WriteGitLab, run)), &summary); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"http_req_waiting", "http_req_connecting"} {
			if _, got := summary.Metrics[name]; got != tc.want {
				t.Errorf("%s of %d of 1000 requests: shown %v, want %v", name, tc.known, got, tc.want)
			}
		}
	}
}

func TestGitLabHoldsOneTarget(t *testing.T) {
	err := WriteGitLab(io.Discard, []*runfile.Run{cachedRun(), cachedRun()})
	if err == nil || err.Error() != "the format holds one target and 2 were driven: drive them one by one" {
		t.Error(err)
	}
}
