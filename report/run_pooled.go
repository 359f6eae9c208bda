package report

import (
	"fmt"
	"slices"
	"strings"
)

// seeds names the seeds of a run, or of those that it was pooled of, as far as its file says them.
func (s subject) seeds() string {
	list := s.Seeds
	switch {
	case s.Pooled == 0:
		list = []uint64{s.Seed}
	case len(list) == 0:
		return ""
	}
	var names []string
	for i, seed := range list {
		if !slices.Contains(list[:i], seed) {
			names = append(names, fmt.Sprint(seed))
		}
	}
	if more := len(names) - maxNamed; more > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), more)
	}
	return strings.Join(names, ", ")
}

// seedsOf says which seeds those are: seed 1, or seeds 1, 2.
func (s subject) seedsOf() string {
	switch text := s.seeds(); {
	case text == "":
		return ""
	case strings.Contains(text, ","):
		return "seeds " + text
	default:
		return "seed " + text
	}
}

// pooledOf says of how many runs the figures are; "" of one.
func (s subject) pooledOf() string {
	if s.Pooled == 0 {
		return ""
	}
	return fmt.Sprintf("%d runs pooled", s.Pooled)
}

// repeated says which seeds runs of one plan had and how many were pooled, to stand in the head of a report.
func repeated(subjects []subject) (parts []string) {
	first := subjects[0]
	if text := first.seedsOf(); text != "" && samePlan(subjects) {
		parts = append(parts, text)
	}
	alike := !slices.ContainsFunc(subjects, func(s subject) bool { return s.Pooled != first.Pooled })
	for i, s := range subjects {
		text := s.pooledOf()
		if text == "" || alike && i > 0 || i >= maxNamed {
			continue
		}
		if text += ", rates are their mean"; !alike {
			text = s.label + ": " + text
		}
		parts = append(parts, text)
	}
	return parts
}

// anyPooled reports whether a file must tell pooled runs.
func anyPooled(subjects []subject) bool {
	return slices.ContainsFunc(subjects, func(s subject) bool { return s.Pooled > 0 })
}

// mean is what one of the pooled runs counted, on average.
func (s subject) mean(sum uint64) uint64 {
	n := uint64(s.Repetitions())
	return (sum + n/2) / n
}
