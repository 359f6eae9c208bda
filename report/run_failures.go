package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// What is shown of failures and events without Verbose, for each run.
const (
	maxErrorKinds = 3
	maxEvents     = 3
)

// errorList lists the failures by kind, the most frequent first.
func errorList(subjects []subject, o Options) page.List {
	b := page.List{Label: "errors"}
	for _, s := range subjects {
		kinds := mostFrequent(s.Errors)
		for i, e := range kinds {
			if i == maxErrorKinds && !o.Verbose {
				b.Items = append(b.Items, page.Item{Of: s.label, Text: fmt.Sprintf("and %s more (%s)", plural(uint64(len(kinds)-i), "kind"), o.Caller.called(SettingVerbose))})
				break
			}
			b.Items = append(b.Items, page.Item{Of: s.label, Text: failure(e)})
		}
	}
	return b
}

// eventList tells what happened during the runs.
func eventList(subjects []subject, o Options) page.List {
	b := page.List{Label: "events"}
	for _, s := range subjects {
		for i, e := range s.Events {
			if i == maxEvents && !o.Verbose {
				b.Items = append(b.Items, page.Item{Of: s.label, Text: fmt.Sprintf("and %d more (%s)", len(s.Events)-i, o.Caller.called(SettingVerbose))})
				break
			}
			b.Items = append(b.Items, page.Item{Of: s.label, Text: event(e)})
		}
	}
	return b
}

// mostFrequent orders failures by their number, the most frequent first.
func mostFrequent(errors []runfile.ErrorCount) []runfile.ErrorCount {
	return slices.SortedStableFunc(slices.Values(errors), func(a, b runfile.ErrorCount) int {
		return cmp.Compare(b.Count, a.Count)
	})
}

func failure(e runfile.ErrorCount) string {
	text := fmt.Sprintf("%s× %s", units.Count(e.Count), sentence(e.Kind))
	if e.LastNS > e.FirstNS {
		text += fmt.Sprintf(", from %s to %s", units.Duration(e.FirstNS), units.Duration(e.LastNS))
	} else {
		text += ", at " + units.Duration(e.FirstNS)
	}
	if sample := page.Clean(e.Sample, 120); strings.TrimSpace(sample) != "" {
		text += ": " + sample
	}
	return text
}

func event(e runfile.Event) string {
	text := fmt.Sprintf("%s at %s", name(string(e.Kind)), units.Duration(e.AtNS))
	if e.DurationNS > 0 {
		text += " for " + units.Duration(e.DurationNS)
	}
	if words := sentence(e.Text); strings.TrimSpace(words) != "" {
		text += ": " + words
	}
	return text
}
