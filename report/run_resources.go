package report

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// busyText says how busy the targets and bench were.
func busyText(subjects []subject) page.Text {
	var busy []string
	for _, s := range subjects {
		if share, ok := usage(s.focus.CPU.Target, s.focusClock(), targetProcessors(&s.Environment)); ok {
			busy = append(busy, s.label+" "+share)
		}
	}
	if own, ok := busiest(subjects); ok {
		busy = append(busy, "bench "+own)
	}
	if len(busy) == 0 {
		return page.Text{}
	}
	return page.Text{Label: "cpu", Text: where(subjects) + ": " + page.Dotted(busy), Detail: page.Usual}
}

// memoryText says how large the targets and bench were.
func memoryText(subjects []subject) page.Text {
	var large []string
	own := uint64(0)
	for _, s := range subjects {
		if rss := peakRSS(s.Resources.Target); rss > 0 {
			large = append(large, s.label+" "+Bytes(rss))
		}
		own = max(own, peakRSS(s.Resources.Generator))
	}
	if own > 0 {
		large = append(large, "bench "+Bytes(own))
	}
	if len(large) == 0 {
		return page.Text{}
	}
	return page.Text{Label: "memory", Text: "at most: " + page.Dotted(large), Detail: page.Usual}
}

// busiest returns the highest use that bench made of its processors.
func busiest(subjects []subject) (text string, ok bool) {
	highest := -1.0
	for _, s := range subjects {
		e := &s.Environment
		processors := e.Processors
		if len(e.GeneratorCPUs) > 0 {
			processors = len(e.GeneratorCPUs)
		}
		cpu := s.focus.CPU.Generator
		if written, known := usage(cpu, s.focusClock(), processors); known {
			if share := float64(*cpu) / float64(s.focusClock()) / float64(processors); share > highest {
				highest, text = share, written
			}
		}
	}
	return text, highest >= 0
}

// focusClock is the clock time in which a subject used the processor time of its focus: that of all runs which are pooled.
func (s *subject) focusClock() time.Duration {
	return s.focus.DurationNS * time.Duration(s.Repetitions())
}

// usage writes a processor time as a share of the processors there were: 9 % of its core.
func usage(cpu *time.Duration, over time.Duration, processors int) (text string, ok bool) {
	if cpu == nil || *cpu < 0 || over <= 0 || processors <= 0 {
		return "", false
	}
	return fmt.Sprintf("%s of %s", Percent(float64(*cpu)/float64(over)/float64(processors)), cores(processors)), true
}

func peakRSS(samples []runfile.ProcessSample) uint64 {
	var peak uint64
	for _, s := range samples {
		peak = max(peak, s.RSS)
	}
	return peak
}
