package report

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Flags are the caller's: without one a report names none, and still says what to do.
func TestAnswersWithoutACallerNameNoFlag(t *testing.T) {
	hold := []runfile.PhaseRecord{{Name: "hold", Kind: "hold", DurationNS: 10 * time.Second, From: 100, To: 100}}
	spike := spikePhases(600)
	shared := func(r *runfile.Run) { r.Environment.CPUs = "shared" }
	runs := map[string]*runfile.Run{
		"Try peak 300/s": told("a", spike, 4*ms, lateIn(2, "late")),
		"cpus split":     told("a", hold, 4*ms, judged(runfile.GeneratorLimited), shared),
		"A longer duration or a higher rate makes some": told("a", hold, 4*ms, func(r *runfile.Run) { r.Requests = runfile.Requests{} }),
		"give the URL that it leads to":                 told("a", hold, 4*ms, func(r *runfile.Run) { r.Redirects = &runfile.Redirects{Count: 1200, To: "https://b.test"} }),
	}
	for kind, text := range settings {
		runs[text+"."] = told("a", hold, 4*ms, allFailed(kind))
	}
	for want, run := range runs {
		if got := Answer([]*runfile.Run{run}, Caller{}); !strings.Contains(got, want) || strings.Contains(got, "--") || strings.Contains(got, " -") {
			t.Errorf("%q is no answer with %q and without a flag", got, want)
		}
	}
}

// A report calls each setting as its caller does.
func TestAnswersNameTheCallersSettings(t *testing.T) {
	late := told("a", spikePhases(600), 4*ms, lateIn(2, "late"))
	caller := Caller{Setting: func(s Setting) string { return "<" + string(s) + ">" }}
	if got := Answer([]*runfile.Run{late}, caller); !strings.Contains(got, "Try <peak> 300/s") {
		t.Errorf("%q", got)
	}
	late.Verdict.Kind, late.Errors = runfile.GeneratorLimited, []runfile.ErrorCount{{Kind: runfile.TooManyJourneys, Count: 9}}
	if got := Answer([]*runfile.Run{late}, caller); !strings.Contains(got, "with a higher <max-journeys>.") {
		t.Errorf("%q", got)
	}
}
