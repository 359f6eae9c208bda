package report

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// The summary of k6 (k6 run --summary-export), of which GitLab's load performance widget reads checks,
// http_req_waiting and http_reqs. Times are in ms. AtLeast is an addition: the figures that are only lower bounds.
type (
	k6Trend struct {
		Avg     float64  `json:"avg"`
		Min     float64  `json:"min"`
		Med     float64  `json:"med"`
		Max     float64  `json:"max"`
		P90     float64  `json:"p(90)"`
		P95     float64  `json:"p(95)"`
		AtLeast []string `json:"at_least,omitempty"`
	}
	k6Rate struct {
		Passes uint64  `json:"passes"`
		Fails  uint64  `json:"fails"`
		Value  float64 `json:"value"`
	}
	k6Counter struct {
		Count uint64  `json:"count"`
		Rate  float64 `json:"rate"`
	}
	k6Gauge struct {
		Value int `json:"value"`
	}
)

// k6Figures are a summary's figures by their keys.
var k6Figures = []struct {
	key string
	of  func(*runfile.Dist) runfile.Figure
}{
	{"avg", (*runfile.Dist).Mean}, {"min", (*runfile.Dist).Min}, {"med", quantileOf(0.50)}, {"max", quantileOf(1)},
	{"p(90)", quantileOf(0.90)}, {"p(95)", quantileOf(0.95)},
}

// WriteGitLab writes one run as k6 exports its summary, over every phase but warm-up. Each metric has k6's meaning:
// http_req_waiting is from the send to the first byte, http_req_duration from the send to the last, http_reqs are the
// requests that were made, whatever became of them; bench's own headline, from the intended start, stands beside them as
// bench_response_time. A request is a check, passed where it succeeded. A time that was measured of less than 90 % of the
// requests is left out. The format holds one test, so several runs are an error.
func WriteGitLab(w io.Writer, runs []*runfile.Run) error {
	subjects, err := fileSubjects(runs)
	if err != nil {
		return err
	}
	if len(subjects) > 1 {
		return fmt.Errorf("the format holds one target and %d were driven: drive them one by one", len(subjects))
	}
	p := &subjects[0].Overall
	metrics := map[string]any{}
	for _, t := range []struct {
		name string
		of   *runfile.Dist
	}{
		{"http_req_waiting", &p.FirstByte},
		{"http_req_duration", &p.ServiceTime},
		{"http_req_connecting", &p.Connect},
		{"bench_response_time", &p.ResponseTime},
	} {
		if p.Covers(t.of) {
			metrics[t.name] = trendOf(t.of)
		}
	}
	passed, lost := p.Requests.Succeeded, unanswered(p.Requests)
	if all := float64(passed) + float64(lost); all > 0 {
		metrics["checks"] = k6Rate{passed, lost, float64(passed) / all}
		metrics["http_req_failed"] = k6Rate{lost, passed, float64(lost) / all} // k6's passes are those that it holds for
	}
	if made := passed + lost - p.Requests.Unsent; made > 0 {
		metrics["http_reqs"] = k6Counter{made, rateOf(made, p.DurationNS*time.Duration(subjects[0].Repetitions()))}
	}
	if s := subjects[0]; s.Pooled > 0 {
		metrics["bench_pooled_runs"] = k6Gauge{s.Pooled}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"metrics": metrics})
}

// rateOf returns how many there were in a second; 0 where no time passed.
func rateOf(n uint64, length time.Duration) float64 {
	if length <= 0 {
		return 0
	}
	return float64(n) / length.Seconds()
}

func trendOf(d *runfile.Dist) k6Trend {
	t := k6Trend{Avg: milliseconds(d.MeanNS), Min: milliseconds(d.MinNS), Med: milliseconds(d.P50NS), Max: milliseconds(d.MaxNS),
		P90: milliseconds(d.P90NS), P95: milliseconds(d.P95NS)}
	for _, f := range k6Figures {
		if f.of(d).AtLeast {
			t.AtLeast = append(t.AtLeast, f.key)
		}
	}
	return t
}
