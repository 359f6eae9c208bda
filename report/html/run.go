package html

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/page"
)

// svg is what the charts of report/chart have in common.
type svg interface {
	SVG(labelledBy string) string
}

// picture is a chart on a page. It has no form in characters: what it shows is in the tables.
type picture struct{ svg }

func (picture) Lines(int) []string { return nil }

// small is a picture that stands beside others.
type small struct{ svg }

func (small) Lines(int) []string { return nil }

// WriteRuns writes the report of runs: the blocks of their page, with charts of what they measured. Its error is that of w.
func WriteRuns(w io.Writer, p *page.Page, runs []*runfile.Run) error {
	charts, values := chartsOf(p, runs)
	with := *p
	with.Blocks = append(afterAnswer(p.Blocks, charts), repeats(runs)...)
	with.Add(section("Values by second", values)...)
	return Write(w, &with)
}

// repeats are the commands that made the runs, each once.
func repeats(runs []*runfile.Run) []page.Block {
	var list page.Commands
	var seen []string
	for _, r := range runs {
		if r == nil || r.Repeat == "" || slices.Contains(seen, r.Repeat) {
			continue
		}
		seen = append(seen, r.Repeat)
		list.Lines = append(list.Lines, []page.Command{{Word: "repeat", Text: r.Repeat}})
	}
	if len(seen) == 0 {
		return nil
	}
	return []page.Block{list}
}

// afterAnswer puts charts behind the answer and the first table, which holds the main figures.
func afterAnswer(blocks, charts []page.Block) []page.Block {
	at := slices.IndexFunc(blocks, func(b page.Block) bool { _, ok := b.(*page.Table); return ok }) + 1
	if at == 0 {
		at = len(blocks)
	}
	return slices.Concat(blocks[:at:at], charts, section("In figures", blocks[at:]))
}

// section is a section of blocks; nothing without blocks.
func section(title string, blocks []page.Block) []page.Block {
	if len(blocks) == 0 {
		return nil
	}
	return []page.Block{page.Section{Title: title, Blocks: blocks}}
}

// measured is a run with the name and the place that it has in every chart.
type measured struct {
	*runfile.Run
	name  string
	index int
}

// table is the id of the run's table by second.
func (m measured) table() string { return fmt.Sprintf("t%d", m.index) }

// of names something of a run; the run itself only where there are several.
func (m measured) of(what string, several bool) string {
	if !several {
		return what
	}
	return strings.TrimSpace(m.name + " " + what)
}

// chartsOf makes the charts of runs, in sections, and the tables of the values behind them.
func chartsOf(p *page.Page, runs []*runfile.Run) (charts, values []page.Block) {
	var list []measured
	for _, r := range runs {
		if r == nil {
			continue
		}
		m := measured{Run: r, index: len(list), name: r.Target.Series()}
		if m.index < len(p.Subjects) {
			m.name = p.Subjects[m.index]
		}
		list = append(list, m)
	}
	if len(list) == 0 {
		return nil, nil
	}
	over := newOverTime(list)
	return slices.Concat(section("Thresholds", limitBars(list)), section("Over time", over.blocks()), section("Distribution", distribution(list)),
		section("Where the time went", parts(list)), section("Endpoints", endpoints(list))), over.tables()
}

func status(r runfile.ThresholdResult) chart.Status {
	switch {
	case r.Passed:
		return chart.Passed
	case r.Undecided:
		return chart.Undecided
	}
	return chart.Failed
}

// limitBars shows each threshold as its figure against its limit.
func limitBars(list []measured) []page.Block {
	bars := chart.Bars{}
	counts := map[chart.Status]int{}
	for _, m := range list {
		group := ""
		if len(list) > 1 {
			group = m.name
		}
		for _, r := range m.Thresholds {
			bar := chart.Bar{Group: group, Name: r.Text, Value: math.NaN(), Status: status(r), Open: r.AtLeast, Text: "not measured"}
			if r.Actual != nil {
				bar.Value, bar.Limit, bar.Text = *r.Actual, r.Of.Limit, figureOf(r.Of, *r.Actual, r.AtLeast)
			}
			counts[bar.Status]++
			bars.Rows = append(bars.Rows, bar)
		}
	}
	if len(bars.Rows) == 0 {
		return nil
	}
	var told []string
	for _, s := range []struct {
		status chart.Status
		word   string
	}{{chart.Passed, "passed"}, {chart.Failed, "failed"}, {chart.Undecided, "cannot be judged"}} {
		if n := counts[s.status]; n > 0 {
			told = append(told, fmt.Sprintf("%d %s", n, s.word))
		}
	}
	return []page.Block{page.Chart{Title: "Figures against their limits", Caption: strings.Join(told, ", ") + ".", Drawing: picture{bars}}}
}

// figureOf writes the figure of a threshold.
func figureOf(t runfile.Threshold, v float64, atLeast bool) string {
	switch {
	case t.OfShare():
		return units.Share(v)
	case t.Metric == runfile.MetricRate:
		return units.Rate(v)
	case atLeast:
		return units.DurationAtLeast(time.Duration(v))
	}
	return units.Duration(time.Duration(v))
}

// curve returns the points of a percentile curve, as many as can be told apart.
func curve(d *runfile.Dist) []chart.Point {
	successes, censored, err := d.Bins()
	if err != nil || d.Count == 0 {
		return nil
	}
	least := time.Duration(math.MaxInt64)
	if len(censored) > 0 {
		least = censored[0].Value
	}
	all := slices.Concat(successes, censored)
	slices.SortFunc(all, func(a, b runfile.Bin) int { return int(min(max(a.Value-b.Value, -1), 1)) })
	total, below := float64(d.Count), 0.0
	var points []chart.Point
	last := -1.0
	for i, b := range all {
		below += float64(b.Count)
		q := min(below/total, 1-0.5/total) // the last request has no more beyond it
		nines := -math.Log10(1 - q)
		if nines-last < 0.02 && i > 0 && i < len(all)-1 {
			continue
		}
		last = nines
		if i == 0 {
			points = append(points, chart.Point{X: 0, Y: float64(b.Value), Open: b.Value >= least})
		}
		points = append(points, chart.Point{X: q, Y: float64(b.Value), Open: b.Value >= least})
	}
	return points
}

func distribution(list []measured) []page.Block {
	several := len(list) > 1
	plot := chart.Plot{
		Height: 280,
		X:      chart.Axis{Label: "percentile", Scale: chart.Percentile},
		Y:      chart.Axis{Label: "response time", Unit: chart.Nanoseconds, Scale: chart.Log},
	}
	var told []string
	open := false
	for _, m := range list {
		f := report.Focus(m.Run)
		points := curve(&f.ResponseTime)
		if len(points) == 0 {
			continue
		}
		open = open || slices.ContainsFunc(points, func(p chart.Point) bool { return p.Open })
		plot.Series = append(plot.Series, chart.Series{Name: m.name, Color: m.index, Dash: m.index / 4, Points: points})
		told = append(told, fmt.Sprintf("%s P50 %s, P99 %s", m.of(page.Clean(f.Name, 16), several), f.ResponseTime.Quantile(0.50), f.ResponseTime.Quantile(0.99)))
	}
	if len(plot.Series) == 0 {
		return nil
	}
	plot.Limits = latencyLimits(list)
	caption := strings.Join(told, "; ") + "."
	if open {
		caption += " Rings are lower bounds: requests without an end count at their age."
	}
	return []page.Block{page.Chart{Title: "Response time by percentile", Caption: caption, Drawing: picture{plot}}}
}

// latencyLimits are the limits of the runs' response times, each once.
func latencyLimits(list []measured) []chart.Limit {
	var limits []chart.Limit
	for _, m := range list {
		for _, r := range m.Thresholds {
			if r.Of.Duration != "response" || slices.ContainsFunc(limits, func(l chart.Limit) bool { return l.Name == r.Text }) || len(limits) == 4 {
				continue
			}
			limits = append(limits, chart.Limit{Name: r.Text, Value: r.Of.Limit})
		}
	}
	return limits
}

// parts shows the means of what response times are made of, which add up.
func parts(list []measured) []page.Block {
	of, server := chart.Parts{Shares: true}, chart.Parts{Shares: true}
	for _, m := range list {
		for i := range m.Phases {
			p := &m.Phases[i]
			if p.ResponseTime.Count == 0 || p.Kind == profiles.Warmup || len(of.Rows) > 40 {
				continue
			}
			of.Rows = append(of.Rows, chart.Whole{Group: m.name, Name: p.Name, Text: "mean " + p.ResponseTime.Mean().String(), Parts: []chart.Part{
				meanOf("waiting for a connection", &p.Wait), meanOf("bench's own lag", &p.Lag), meanOf("service", &p.ServiceTime),
			}})
			if row := serverParts(m, p); len(row.Parts) > 0 {
				server.Rows = append(server.Rows, row)
			}
		}
	}
	var blocks []page.Block
	if len(of.Rows) > 0 {
		blocks = append(blocks, page.Chart{Title: "Mean response time by its parts", Caption: "Means add up, percentiles do not.", Drawing: picture{of}})
	}
	if len(server.Rows) > 0 {
		blocks = append(blocks, page.Chart{Title: "What the target says of its own time", Caption: "Server-Timing, the mean of each part by answer.", Drawing: picture{server}})
	}
	return append(blocks, functions(list)...)
}

func meanOf(name string, d *runfile.Dist) chart.Part {
	return chart.Part{Name: name, Value: float64(d.MeanNS), Text: d.Mean().String()}
}

// maxTimings bounds the parts of a target's own time.
const maxTimings = 8

func serverParts(m measured, p *runfile.Phase) chart.Whole {
	row := chart.Whole{Group: m.name, Name: p.Name}
	answers, sum := float64(p.Requests.Succeeded)+float64(p.Requests.Failed), 0.0
	for i, t := range p.ServerTiming {
		if i < maxTimings && answers > 0 && t.SumNS > 0 {
			row.Parts = append(row.Parts, chart.Part{Name: t.Name, Value: float64(t.SumNS) / answers, Text: units.Duration(time.Duration(float64(t.SumNS) / answers))})
			sum += float64(t.SumNS) / answers
		}
	}
	row.Text = units.Duration(time.Duration(sum)) + " an answer"
	return row
}

// maxFunctions bounds the functions of a profile that are drawn.
const maxFunctions = 10

// functions shows where the targets' processors spent their time.
func functions(list []measured) []page.Block {
	rows := chart.Parts{Unit: chart.Share}
	for _, m := range list {
		if m.Profile == nil {
			continue
		}
		for _, k := range m.Profile.Kinds() {
			if k.Kind != "cpu" || k.Total <= 0 {
				continue
			}
			for i, f := range k.Functions {
				if i == maxFunctions {
					break
				}
				name := f.Name[strings.LastIndexByte(f.Name, '/')+1:]
				total := float64(k.Total)
				rows.Rows = append(rows.Rows, chart.Whole{Group: m.name, Name: name, Text: units.Percent(float64(f.Flat)/total) + " own", Parts: []chart.Part{
					{Name: "of its own", Value: float64(f.Flat) / total}, {Name: "in what it calls", Value: float64(f.Cum-f.Flat) / total},
				}})
			}
		}
	}
	if len(rows.Rows) == 0 {
		return nil
	}
	return []page.Block{page.Chart{Title: "The hottest functions", Caption: "Share of the target's processor time in the profiled phase.", Drawing: picture{rows}}}
}
