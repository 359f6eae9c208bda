package report

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen"
)

// writeProcesses shows what the targets, bench and the host used, second by second at the most and on average.
func writeProcesses(p *oldPage, subjects []subject, _ Options) error {
	t := &table{columns: []column{
		{title: "resources", left: true}, {left: true}, {title: "cpu, mean"}, {title: "cpu, most"}, {title: "kept waiting", rank: 2},
		{title: "memory"}, {title: "descriptors", rank: 1}, {title: "threads", rank: 3}, {title: "switches"},
	}}
	for _, s := range subjects {
		label := s.label
		for _, of := range []struct {
			who     string
			samples []loadgen.ProcessSample
		}{{"target", s.Resources.Target}, {"bench", s.Resources.Generator}} {
			if len(of.samples) > 0 {
				t.row(append([]string{label, of.who}, processCells(of.samples)...)...)
				label = ""
			}
		}
	}
	if err := p.table(t); err != nil {
		return err
	}
	return writeHost(p, subjects)
}

// processCells sums up samples of one second each. Shares are of one processor, so that they may pass 100 %.
func processCells(samples []loadgen.ProcessSample) []string {
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
	return []string{
		Percent(cpu.Seconds() / n), Percent(most.Seconds()), Percent(delay.Seconds() / n), Bytes(rss),
		Count(uint64(max(descriptors, 0))), Count(uint64(max(threads, 0))), Rate(float64(switches) / n),
	}
}

func writeHost(p *oldPage, subjects []subject) error {
	t := &table{columns: []column{
		{title: "host", left: true}, {title: "busy, mean"}, {title: "busy, most"}, {title: "stolen"}, {title: "throttled"},
		{title: "memory"}, {title: "network in"}, {title: "out"}, {title: "switches"},
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
		t.row(s.label, Percent(busy/n), Percent(most), Duration(stolen), Duration(throttled), Bytes(memory),
			format(in/n, sizes)+"/s", format(out/n, sizes)+"/s", Rate(switches/n))
	}
	t.columns[3].rank, t.columns[4].rank, t.columns[6].rank, t.columns[7].rank = 1, 2, 3, 4
	return p.table(t)
}
