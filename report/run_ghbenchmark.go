package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

// ghEntry is an entry of github-action-benchmark's tool customSmallerIsBetter. Its range is left out: one run has none.
type ghEntry struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Value float64 `json:"value"`
	Extra string  `json:"extra,omitempty"`
}

// WriteGitHubBenchmark writes P50, P95 and P99 of the response time of every phase but warm-up, in ms, and the share of
// requests that failed, as github-action-benchmark reads them with customSmallerIsBetter. What was not measured is left
// out; a lower bound, which nothing better can be said of, is marked in extra, as is what limited the run.
func WriteGitHubBenchmark(w io.Writer, runs []*runfile.Run) error {
	subjects, err := fileSubjects(runs)
	if err != nil {
		return err
	}
	entries := []ghEntry{}
	for _, s := range subjects {
		phases := unique{}
		for _, index := range shownPhases(s, true) {
			p := s.focus
			if index < len(s.Phases) {
				p = &s.Phases[index]
			}
			phase := phases.name(longName(p.Name), "the run")
			if p.Kind == profiles.Warmup {
				continue
			}
			for _, f := range fileFigures {
				if f.name != "p50" && f.name != "p95" && f.name != "p99" || p.ResponseTime.Count == 0 {
					continue
				}
				figure := f.of(&p.ResponseTime)
				entries = append(entries, ghEntry{
					Name:  ghName(fmt.Sprintf("%s, %s: %s", s.label, phase, strings.ToUpper(f.name))),
					Unit:  "ms",
					Value: milliseconds(figure.Value),
					Extra: ghExtra(s, p, figure.AtLeast),
				})
			}
			if all := float64(p.Requests.Succeeded) + float64(unanswered(p.Requests)); all > 0 {
				entries = append(entries, ghEntry{
					Name: ghName(fmt.Sprintf("%s, %s: failed", s.label, phase)), Unit: "%",
					Value: 100 * float64(unanswered(p.Requests)) / all, Extra: ghExtra(s, p, false),
				})
			}
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(entries)
}

func ghExtra(s subject, p *runfile.Phase, atLeast bool) string {
	extra := kindOf(p.Verdict) + ", served " + units.Rate(p.Served().Rate)
	if !s.closed() {
		extra += " of " + units.Rate(p.Offered.Rate)
	}
	if pooled := s.pooledOf(); pooled != "" {
		extra = strings.Join(slices.DeleteFunc([]string{pooled, s.seedsOf(), extra}, func(part string) bool { return part == "" }), ", ")
	}
	if atLeast {
		extra = fmt.Sprintf("at least this: %s never finished; ", plural(censoredOf(&p.ResponseTime), "request")) + extra
	}
	return extra
}

// ghName is clean text without what ends the code span and the table cell that the action's comments put a name in.
func ghName(s string) string { return strings.NewReplacer("`", "'", "|", "/").Replace(s) }
