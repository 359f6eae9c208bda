package report

import (
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/page"
)

// maxEvidence bounds the sentences of evidence that are shown without Verbose.
const maxEvidence = 3

// verdictList says what limited each run, with the evidence; of a full report also what limited each phase.
func verdictList(subjects []subject, o Options) page.List {
	b := page.List{Label: "verdict"}
	for _, s := range subjects {
		of, deciding := s.evidence()
		text := listed(deciding, o.Verbose)
		if of != "" && text != "" {
			text = of + ": " + text
		}
		item := page.Item{Of: s.label, Word: kindOf(s.Verdict), Tone: kindTone(s.Verdict), Text: text}
		for _, phase := range s.Phases {
			if words := listed(phase.Verdict.Evidence, true); words != "" && phase.Kind != profiles.Warmup && name(phase.Name) != of {
				item.More = append(item.More, name(phase.Name)+": "+kindOf(phase.Verdict)+", "+words)
			}
		}
		b.Items = append(b.Items, item)
	}
	return b
}

// closedText warns of the percentiles of a closed model.
func closedText(subjects []subject, caller Caller) page.Text {
	if !slices.ContainsFunc(subjects, subject.closed) {
		return page.Text{}
	}
	return page.Text{Label: "closed", Text: "a slow answer delays its user's next request, so slow moments are sampled less and these percentiles " +
		"flatter (coordinated omission); a fixed " + caller.called(SettingRate) + " measures without it"}
}

// kindTone says how bad a verdict is.
func kindTone(v runfile.Verdict) page.Tone {
	switch v.Kind {
	case runfile.Valid:
		return page.Good
	case runfile.TargetLimited:
		return page.Doubtful
	case runfile.GeneratorLimited, runfile.HostLimited:
		return page.Bad
	}
	return page.Plain
}

func kindOf(v runfile.Verdict) string {
	if v.Kind == "" {
		return "not judged"
	}
	return page.Clean(string(v.Kind), len(runfile.GeneratorLimited)) // the longest there is
}

// listed joins sentences of evidence, the first few unless all are wanted.
func listed(evidence []string, verbose bool) string {
	var sentences []string
	for _, e := range evidence {
		if len(sentences) == maxEvidence && !verbose {
			break
		}
		if e = ended(e); e != "" {
			sentences = append(sentences, e)
		}
	}
	return strings.Join(sentences, "; ")
}

// pad fills text with spaces up to width.
func pad(s string, width int) string { return s + strings.Repeat(" ", max(width-page.Columns(s), 0)) }
