package report

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
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
			large = append(large, s.label+" "+units.Bytes(rss))
		}
		own = max(own, peakRSS(s.Resources.Generator))
	}
	if own > 0 {
		large = append(large, "bench "+units.Bytes(own))
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
	return fmt.Sprintf("%s of %s", units.Percent(float64(*cpu)/float64(over)/float64(processors)), cores(processors)), true
}

func peakRSS(samples []runfile.ProcessSample) uint64 {
	var peak uint64
	for _, s := range samples {
		peak = max(peak, s.RSS)
	}
	return peak
}

// processTable shows what the targets and bench used, second by second at the most and on average.
func processTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Full, Columns: []page.Column{
		{Title: "resources", Words: true, Names: true, Stub: true}, {Words: true}, {Title: "cpu, mean"}, {Title: "cpu, most"},
		{Title: "kept waiting", Rank: 2}, {Title: "memory"}, {Title: "descriptors", Rank: 1}, {Title: "threads", Rank: 3}, {Title: "switches"},
	}}
	for _, s := range subjects {
		for _, of := range []struct {
			who     string
			samples []runfile.ProcessSample
		}{{"target", s.Resources.Target}, {"bench", s.Resources.Generator}} {
			if len(of.samples) > 0 {
				t.Add(append([]page.Cell{page.Words(s.label), page.Words(of.who)}, processCells(of.samples)...)...)
			}
		}
	}
	return t
}

// processCells sums up samples of one second each. Shares are of one processor, so that they may pass 100 %.
func processCells(samples []runfile.ProcessSample) []page.Cell {
	var cpu, most, delay time.Duration
	var rss, switches uint64
	var descriptors, threads int
	for _, s := range samples {
		cpu += s.CPUNS
		delay += s.RunDelayNS
		switches += s.Switches
		most, rss = max(most, s.CPUNS), max(rss, s.RSS)
		descriptors, threads = max(descriptors, s.Descriptors), max(threads, s.Threads)
	}
	n := float64(len(samples))
	return []page.Cell{
		shareCell(cpu.Seconds() / n), shareCell(most.Seconds()), shareCell(delay.Seconds() / n), bytesCell(rss),
		numberCell(uint64(max(descriptors, 0))), numberCell(uint64(max(threads, 0))), rateCell(float64(switches) / n),
	}
}

// hostTable shows what the host as a whole did.
func hostTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Full, Columns: []page.Column{
		{Title: "host", Words: true, Names: true}, {Title: "busy, mean"}, {Title: "busy, most"}, {Title: "stolen", Rank: 1}, {Title: "throttled", Rank: 2},
		{Title: "memory"}, {Title: "network in", Rank: 3}, {Title: "out", Rank: 4}, {Title: "switches"},
	}}
	for _, s := range subjects {
		if len(s.Resources.Host) == 0 {
			continue
		}
		var busy, most, in, out, switches float64
		var stolen, throttled time.Duration
		var memory uint64
		for _, h := range s.Resources.Host {
			busy += h.Busy
			most = max(most, h.Busy)
			stolen += h.StealNS
			throttled += h.ThrottledNS
			memory = max(memory, h.MemoryUsed)
			in += float64(h.NetworkIn)
			out += float64(h.NetworkOut)
			switches += float64(h.Switches)
		}
		n := float64(len(s.Resources.Host))
		t.Add(page.Words(s.label), shareCell(busy/n), shareCell(most), spanCell(stolen), spanCell(throttled), bytesCell(memory),
			page.Figure(units.Throughput(in/n), in/n), page.Figure(units.Throughput(out/n), out/n), rateCell(switches/n))
	}
	return t
}
