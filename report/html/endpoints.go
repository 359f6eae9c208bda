package html

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/page"
)

// maxEndpoints bounds the small multiples.
const maxEndpoints = 12

// endpoint is one of several, in each run that has it.
type endpoint struct {
	name         string
	curve, phase []chart.Series
	told         []string
}

// endpoints draws two charts for each endpoint, of all its answers that succeeded: its percentiles in the phase that the report is
// about, and P50 and P99 of each phase over time. All have one scale.
func endpoints(list []measured) []page.Block {
	var all []*endpoint
	low, high := math.Inf(1), 0.0
	grow := func(points []chart.Point) {
		for _, p := range points {
			if p.Y > 0 {
				low, high = math.Min(low, p.Y), math.Max(high, p.Y)
			}
		}
	}
	phases := 0
	for _, m := range list {
		f := report.Focus(m.Run)
		seen := map[string]bool{}
		for i := range f.Endpoints {
			of := &f.Endpoints[i]
			name := endpointName(of)
			points := curve(&of.ResponseTime)
			if name == "" || seen[name] || len(points) == 0 {
				continue
			}
			seen[name] = true
			at := slices.IndexFunc(all, func(e *endpoint) bool { return e.name == name })
			if at < 0 {
				if len(all) == maxEndpoints {
					continue
				}
				at, all = len(all), append(all, &endpoint{name: name})
			}
			e := all[at]
			series := chart.Series{Name: m.name, Color: m.index, Dash: m.index / 4, Points: points}
			e.curve = append(e.curve, series)
			grow(points)
			for _, s := range byPhase(m, name) {
				grow(s.Points)
				e.phase = append(e.phase, s)
				phases = max(phases, len(s.Points)/3)
			}
			d := &of.ResponseTime
			e.told = append(e.told, fmt.Sprintf("%s %s, P50 %s, P99 %s", m.of(page.Clean(f.Name, 16), len(list) > 1), units.Count(of.Count), d.Quantile(0.50), d.Quantile(0.99)))
		}
	}
	if len(all) < 2 {
		return nil
	}
	y := chart.Axis{Label: "response time", Unit: chart.Nanoseconds, Scale: chart.Log, From: low, To: high}
	var blocks []page.Block
	for _, e := range all {
		caption := strings.Join(e.told, "; ") + "."
		blocks = append(blocks, page.Chart{Title: e.name, Caption: caption,
			Drawing: small{chart.Plot{Width: 420, Height: 180, X: chart.Axis{Scale: chart.Percentile}, Y: y, Series: e.curve}}})
		if phases > 1 {
			blocks = append(blocks, page.Chart{Title: e.name + ", by phase", Caption: "Solid is P99, dotted P50.",
				Drawing: small{chart.Plot{Width: 420, Height: 180, X: chart.Axis{Unit: chart.Seconds, From: 0, To: lengthOf(list)}, Y: y, Series: e.phase, Spans: spansOf(list[0])}}})
		}
	}
	return blocks
}

// endpointName names an endpoint and the class of its answers; "" for those that failed.
func endpointName(e *runfile.Endpoint) string {
	switch e.Class {
	case runfile.ClassHit:
		return e.Name + ", hits"
	case runfile.ClassMiss:
		return e.Name + ", misses"
	case runfile.ClassFailed:
		return ""
	}
	return e.Name
}

// byPhase are P99 and P50 of an endpoint in each phase of a run, as levels with gaps between them.
func byPhase(m measured, name string) []chart.Series {
	p99, p50 := chart.Series{Name: m.name, Color: m.index}, chart.Series{Color: m.index, Dash: 2, Thin: true}
	for i := range m.Phases {
		p := &m.Phases[i]
		at := slices.IndexFunc(p.Endpoints, func(e runfile.Endpoint) bool { return endpointName(&e) == name && e.ResponseTime.Count > 0 })
		if at < 0 {
			continue
		}
		d := &p.Endpoints[at].ResponseTime
		from, to := p.StartNS.Seconds(), (p.StartNS + p.DurationNS).Seconds()
		level := func(v float64, open bool) []chart.Point {
			return []chart.Point{{X: from, Y: v, Open: open}, {X: to, Y: v, Open: open}, {X: to, Y: math.NaN()}}
		}
		p99.Points = append(p99.Points, level(float64(d.P99NS), d.Quantile(0.99).AtLeast)...)
		p50.Points = append(p50.Points, level(float64(d.P50NS), d.Quantile(0.50).AtLeast)...)
	}
	return []chart.Series{p99, p50}
}

// lengthOf is the length of the longest run's phases, in seconds.
func lengthOf(list []measured) float64 {
	longest := 0.0
	for _, m := range list {
		for _, s := range spansOf(m) {
			longest = max(longest, s.To)
		}
	}
	return longest
}

// spansOf are the phases of a run.
func spansOf(m measured) (spans []chart.Span) {
	for _, p := range m.Phases {
		spans = append(spans, chart.Span{Name: p.Name, From: p.StartNS.Seconds(), To: (p.StartNS + p.DurationNS).Seconds()})
	}
	return spans
}
