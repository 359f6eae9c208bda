package html

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/page"
)

// overTime makes the charts over the time of runs, all over the same time, and the tables behind them.
type overTime struct {
	list    []measured
	several bool
	seconds int // of the longest run
	data    []Data
	spans   []chart.Span
	marks   []chart.Mark
}

func newOverTime(list []measured) *overTime {
	o := &overTime{list: list, several: len(list) > 1}
	for _, m := range list {
		o.seconds = max(o.seconds, len(m.Intervals))
		table := Data{ID: m.table(), Title: m.name + " by second: " + fmt.Sprint(len(m.Intervals)) + " lines"}
		o.data = append(o.data, table)
	}
	o.spans = spansOf(list[0])
	for _, m := range list {
		o.marks = append(o.marks, marksOf(m, o.several)...)
		o.column(m, "second", chart.Seconds, func(i int) float64 { return m.Intervals[i].StartNS.Seconds() })
	}
	return o
}

// marksOf are a run's events, and the times at which it had recovered.
func marksOf(m measured, several bool) []chart.Mark {
	var marks []chart.Mark
	for _, e := range m.Events {
		text := string(e.Kind) + " at " + units.Duration(e.AtNS) + ": " + e.Text
		marks = append(marks, chart.Mark{Name: m.of(string(e.Kind), several), Text: m.of(text, several), From: e.AtNS.Seconds(), To: (e.AtNS + e.DurationNS).Seconds()})
	}
	for i := range m.Phases {
		p := &m.Phases[i]
		if p.Recovery == nil || p.Recovery.State != runfile.Recovered {
			continue
		}
		at := (p.StartNS + p.DurationNS + p.Recovery.AfterNS).Seconds()
		marks = append(marks, chart.Mark{Name: m.of("recovered", several), Text: m.of("recovered after "+units.Duration(p.Recovery.AfterNS), several), From: at, To: at, Good: true})
	}
	return marks
}

// column adds a column to a run's table and returns its place there.
func (o *overTime) column(m measured, title string, unit chart.Unit, value func(i int) float64) int {
	return o.bounds(m, title, unit, value, nil)
}

// bounds is column for values of which some are lower bounds.
func (o *overTime) bounds(m measured, title string, unit chart.Unit, value func(i int) float64, open func(i int) bool) int {
	c := DataColumn{Title: title, Unit: unit, Values: make([]float64, len(m.Intervals))}
	for i := range m.Intervals {
		c.Values[i] = value(i)
		if open != nil {
			c.Open = append(c.Open, open(i))
		}
	}
	table := &o.data[m.index]
	table.Columns = append(table.Columns, c)
	return len(table.Columns) - 1
}

// series draws a column of a run's table.
func (o *overTime) series(m measured, column int, name string, look chart.Series) chart.Series {
	c := o.data[m.index].Columns[column]
	look.Name, look.Key = name, fmt.Sprintf("%s:%d", m.table(), column)
	for i, v := range c.Values {
		look.Points = append(look.Points, chart.Point{X: m.Intervals[i].StartNS.Seconds() + 0.5, Y: v, Open: c.Open != nil && c.Open[i]})
	}
	return look
}

func (o *overTime) plot(label string, unit chart.Unit, series []chart.Series) chart.Plot {
	return chart.Plot{
		X: chart.Axis{Unit: chart.Seconds, From: 0, To: float64(max(o.seconds, 1))}, Y: chart.Axis{Label: label, Unit: unit},
		Series: series, Spans: o.spans, Marks: o.marks, Live: true,
	}
}

// tables are the values behind the charts.
func (o *overTime) tables() []page.Block {
	var blocks []page.Block
	for _, d := range o.data {
		if len(d.Columns) > 1 && len(d.Columns[0].Values) > 0 {
			blocks = append(blocks, page.Chart{Title: d.Title, Drawing: d, Folded: true})
		}
	}
	return blocks
}

func (o *overTime) blocks() []page.Block {
	if o.seconds == 0 {
		return nil
	}
	blocks := append([]page.Block{o.load()}, append(o.journeys(), o.latency())...)
	blocks = append(blocks, o.heat()...) // beside the percentiles of the chart before
	blocks = append(blocks, o.failures()...)
	blocks = append(blocks, o.backlog())
	blocks = slices.Concat(blocks, o.cache(), o.stale())
	return append(blocks, o.resources()...)
}

// load draws what was asked for against what was got.
func (o *overTime) load() page.Block {
	var series []chart.Series
	var told []string
	for _, m := range o.list {
		due := o.column(m, "due", chart.Number, func(i int) float64 { return float64(m.Intervals[i].Due) })
		if m.index == 0 && m.Plan.Model != "closed" {
			series = append(series, o.series(m, due, "offered", chart.Series{Color: chart.Neutral, Dash: 2, Thin: true}))
		}
		o.column(m, "succeeded", chart.Number, func(i int) float64 { return float64(m.Intervals[i].OK) })
		o.column(m, "failed", chart.Number, func(i int) float64 { return float64(m.Intervals[i].Failed) })
		o.column(m, "sent", chart.Number, func(i int) float64 { return float64(m.Intervals[i].Sent) })
		finished := o.column(m, "finished", chart.Number, func(i int) float64 { return float64(m.Intervals[i].Finished) })
		series = append(series, o.series(m, finished, m.of("finished", o.several), chart.Series{Color: m.index, Dash: m.index / 4}))
		f := report.Focus(m.Run)
		told = append(told, fmt.Sprintf("%s offered %s, served %s", m.of(page.Clean(f.Name, 16), o.several), units.Rate(f.Offered.Rate), units.Rate(f.Served().Rate)))
	}
	return page.Chart{Title: "Offered and finished", Caption: strings.Join(told, "; ") + ".", Drawing: picture{o.plot("requests in a second", chart.Number, series)}}
}

// percentile is a line over time.
type percentile struct {
	title    string
	quantile float64 // 0-1
	look     chart.Series
}

// shown are the percentiles over time.
var shown = []percentile{
	{"max", 1, chart.Series{Dash: 2, Thin: true}},
	{"P99", 0.99, chart.Series{}},
	{"P95", 0.95, chart.Series{Dash: 1, Thin: true}},
	{"P50", 0.50, chart.Series{Dash: 3, Thin: true}},
}

func (o *overTime) latency() page.Block {
	var series []chart.Series
	var told []string
	for _, m := range o.list {
		dist := func(i int) *runfile.Dist { return &m.Intervals[i].ResponseTime }
		highest, at := runfile.Figure{Value: -1}, 0
		for i := range m.Intervals {
			if d := dist(i); d.Count > 0 && d.P99NS > highest.Value {
				highest, at = d.Quantile(0.99), i
			}
		}
		for _, s := range shown {
			c := o.bounds(m, s.title, chart.Nanoseconds, func(i int) float64 {
				if dist(i).Count == 0 {
					return math.NaN()
				}
				return float64(dist(i).Quantile(s.quantile).Value)
			}, func(i int) bool { return dist(i).Quantile(s.quantile).AtLeast })
			look := s.look
			look.Color, look.Group = m.index, s.title
			series = append(series, o.series(m, c, m.of(s.title, o.several), look))
		}
		if highest.Value >= 0 {
			told = append(told, fmt.Sprintf("%s highest at %s with %s", m.of("P99", o.several), units.Span(time.Duration(at)*time.Second), highest))
		}
	}
	caption := "not measured."
	if len(told) > 0 {
		caption = strings.Join(told, "; ") + ". Rings are lower bounds."
	}
	plot := o.plot("response time, logarithmic", chart.Nanoseconds, series)
	plot.Y.Scale, plot.Height, plot.Limits = chart.Log, 300, latencyLimits(o.list)
	return page.Chart{Title: "Response time by second", Caption: caption, Drawing: picture{plot}}
}

func (o *overTime) heat() []page.Block {
	var blocks []page.Block
	for _, m := range o.list {
		h := chart.Heat{
			Label: "response time, logarithmic", Unit: chart.Nanoseconds, Color: m.index, Every: 1, To: float64(o.seconds),
			Spans: o.spans, Marks: marksOf(m, false), LostName: "no end",
		}
		for i, c := range o.data[m.index].Columns {
			if slices.ContainsFunc(shown, func(s percentile) bool { return s.title == c.Title }) {
				h.Beside = append(h.Beside, chart.Series{Name: c.Title, Key: fmt.Sprintf("%s:%d", m.table(), i), Group: c.Title})
			}
		}
		lost, counted := 0.0, 0.0
		for i := range m.Intervals {
			successes, censored, err := m.Intervals[i].ResponseTime.Bins()
			if err != nil {
				continue // a damaged second is an empty column; a file with one is refused when it is read
			}
			var c chart.Column
			for _, b := range successes {
				c.Bins = append(c.Bins, chart.Bin{Value: float64(b.Value), Count: float64(b.Count)})
				counted += float64(b.Count)
			}
			for _, b := range censored {
				c.Lost += float64(b.Count)
			}
			lost += c.Lost
			h.Columns = append(h.Columns, c)
		}
		if counted+lost == 0 {
			continue
		}
		caption := "Each column is a second; colour is the share of its requests."
		if lost > 0 {
			caption += " " + units.Count(uint64(lost)) + " requests had no end: they are the row at the top."
		}
		blocks = append(blocks, page.Chart{Title: strings.TrimSpace("Latency heat map " + m.of("", o.several)), Caption: caption, Drawing: picture{h}})
	}
	return blocks
}

// failures draws what failed, by kind; of files of before, how many.
func (o *overTime) failures() []page.Block {
	var blocks []page.Block
	kinds := kindsOf(o.list)
	for _, m := range o.list {
		var series []chart.Series
		for i, kind := range kinds {
			if !slices.ContainsFunc(m.Intervals, func(s runfile.Interval) bool { return s.Failures[kind] > 0 }) {
				continue
			}
			c := o.column(m, kind, chart.Number, func(i int) float64 { return float64(m.Intervals[i].Failures[kind]) })
			series = append(series, o.series(m, c, kind, chart.Series{Color: i, Dash: i / 4}))
		}
		if len(series) == 0 && m.Requests.Failed > 0 {
			c := o.column(m, "failures", chart.Number, func(i int) float64 { return float64(m.Intervals[i].Failed) })
			series = append(series, o.series(m, c, "failed", chart.Series{Color: 1}))
		}
		if len(series) == 0 {
			continue
		}
		blocks = append(blocks, page.Chart{
			Title:   strings.TrimSpace("Failures by kind " + m.of("", o.several)),
			Caption: fmt.Sprintf("%s of %s requests failed.", units.Count(m.Requests.Failed), units.Count(m.Requests.Due)),
			Drawing: picture{o.plot("failures in a second, by intended time", chart.Number, chart.Stacked(series))},
		})
	}
	return blocks
}

// kindsOf are the kinds of failure that the seconds of all runs tell apart, the commonest first and the rest last: a kind
// looks the same in each run.
func kindsOf(list []measured) []string {
	counts := map[string]uint64{}
	for _, m := range list {
		for i := range m.Intervals {
			for kind, n := range m.Intervals[i].Failures {
				counts[kind] += n
			}
		}
	}
	rest := func(kind string) int {
		if kind == "other" {
			return 1
		}
		return 0
	}
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(rest(a), rest(b)), cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}

func (o *overTime) backlog() page.Block {
	var series []chart.Series
	var told []string
	for _, m := range o.list {
		flight := o.column(m, "in flight", chart.Number, func(i int) float64 { return float64(m.Intervals[i].InFlight) })
		series = append(series, o.series(m, flight, m.of("in flight", o.several), chart.Series{Color: m.index, Dash: 1, Thin: true}))
		peak := uint64(0)
		for i := range m.Intervals {
			peak = max(peak, m.Intervals[i].InFlight)
		}
		if m.Plan.Model == "closed" {
			told = append(told, fmt.Sprintf("%s at most %s", m.of("in flight", o.several), units.Count(peak)))
			continue
		}
		waiting := o.column(m, "backlog", chart.Number, func(i int) float64 { return float64(m.Intervals[i].Backlog) })
		series = append(series, o.series(m, waiting, m.of("backlog", o.several), chart.Series{Color: m.index}))
		peak = 0
		for i := range m.Intervals {
			peak = max(peak, m.Intervals[i].Backlog)
		}
		told = append(told, fmt.Sprintf("%s at most %s", m.of("backlog", o.several), units.Count(peak)))
	}
	return page.Chart{Title: "In flight and backlog", Caption: strings.Join(told, "; ") + ". The backlog is what was due and is not finished.",
		Drawing: picture{o.plot("requests at the end of a second", chart.Number, series)}}
}

// cache draws hits and misses, where answers were marked.
func (o *overTime) cache() []page.Block {
	var series []chart.Series
	var told []string
	for _, m := range o.list {
		var hits, misses uint64
		for i := range m.Intervals {
			hits, misses = hits+m.Intervals[i].Hits, misses+m.Intervals[i].Misses
		}
		if hits+misses == 0 {
			continue
		}
		told = append(told, fmt.Sprintf("%s %s of %s", m.of("hits", o.several), units.Share(float64(hits)/float64(hits+misses)), units.Count(hits+misses)))
		c := o.column(m, "hits", chart.Number, func(i int) float64 { return float64(m.Intervals[i].Hits) })
		series = append(series, o.series(m, c, m.of("hits", o.several), chart.Series{Color: m.index}))
		c = o.column(m, "misses", chart.Number, func(i int) float64 { return float64(m.Intervals[i].Misses) })
		series = append(series, o.series(m, c, m.of("misses", o.several), chart.Series{Color: m.index, Dash: 1}))
	}
	if len(series) == 0 {
		return nil
	}
	return []page.Block{page.Chart{Title: "Hits and misses", Caption: strings.Join(told, "; ") + ".", Drawing: picture{o.plot("answers in a second", chart.Number, series)}}}
}

// resources draws the use of processors and memory by targets, bench and host.
func (o *overTime) resources() []page.Block {
	var cpu, memory []chart.Series
	for _, m := range o.list {
		for _, who := range []struct {
			name    string
			samples []runfile.ProcessSample
			dash    int
		}{{"target", m.Resources.Target, 0}, {"bench", m.Resources.Generator, 1}} {
			if len(who.samples) == 0 {
				continue
			}
			at := bySecond(len(m.Intervals), who.samples, func(s runfile.ProcessSample) time.Duration { return s.AtNS })
			used := o.column(m, who.name+" cpu", chart.Share, func(i int) float64 {
				if at[i] < 0 {
					return math.NaN()
				}
				return who.samples[at[i]].CPUNS.Seconds()
			})
			size := o.column(m, who.name+" memory", chart.Bytes, func(i int) float64 {
				if at[i] < 0 {
					return math.NaN()
				}
				return float64(who.samples[at[i]].RSS)
			})
			name := who.name
			if o.several && who.name == "target" {
				name = m.name
			} else if o.several {
				name = "bench, " + m.name
			}
			cpu = append(cpu, o.series(m, used, name, chart.Series{Color: m.index, Dash: who.dash, Thin: who.dash > 0}))
			memory = append(memory, o.series(m, size, name, chart.Series{Color: m.index, Dash: who.dash, Thin: who.dash > 0}))
		}
		if len(m.Resources.Host) > 0 {
			at := bySecond(len(m.Intervals), m.Resources.Host, func(s runfile.HostSample) time.Duration { return s.AtNS })
			busy := o.column(m, "host busy", chart.Share, func(i int) float64 {
				if at[i] < 0 {
					return math.NaN()
				}
				return m.Resources.Host[at[i]].Busy * float64(max(m.Environment.Processors, 1))
			})
			name := "host"
			if o.several {
				name = "host, " + m.name
			}
			cpu = append(cpu, o.series(m, busy, name, chart.Series{Color: m.index, Dash: 2, Thin: true}))
		}
	}
	var blocks []page.Block
	if len(cpu) > 0 {
		blocks = append(blocks, page.Chart{Title: "Processors", Caption: "100 % is one processor.", Drawing: picture{o.plot("use of processors", chart.Share, cpu)}})
	}
	if len(memory) > 0 {
		blocks = append(blocks, page.Chart{Title: "Memory", Caption: "Resident memory of all processes.", Drawing: picture{o.plot("resident memory", chart.Bytes, memory)}})
	}
	return blocks
}

// bySecond returns for each second the sample that was taken over most of it; -1 for none.
func bySecond[T any](seconds int, samples []T, at func(T) time.Duration) []int {
	list := make([]int, seconds)
	for i := range list {
		list[i] = -1
	}
	for n, s := range samples {
		// A sample is of the second that ended at its time.
		if i := int(math.Round(at(s).Seconds())) - 1; i >= 0 && i < seconds {
			list[i] = n
		}
	}
	return list
}
