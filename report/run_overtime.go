package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/page"
)

const (
	gapCell    = " " // nothing was measured
	failedCell = "×" // requests were due and none succeeded
)

var bars = []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}

// overTime sketches the P99 of each second, beside the reading of the phase that asks most of the target.
func overTime(subjects []subject, verbose bool) *page.Table {
	sk := newSketch(subjects, verbose)
	if sk.to <= sk.from || sk.high.Value <= 0 {
		return &page.Table{}
	}
	t := readings(subjects)
	t.Sparks = sk
	return t
}

// sketch is a row of characters for each subject, all of the same seconds and on the same logarithmic scale.
type sketch struct {
	subjects []subject
	verbose  bool
	from, to int // seconds
	bucket   int // seconds in a character
	low      time.Duration
	high     runfile.Figure
	failed   bool // somewhere requests were due and none succeeded
}

// Draw draws each subject in at most width columns.
func (sk *sketch) Draw(width int) (title string, rows []string, axis string) {
	sk.bucket = divideUp(sk.to-sk.from, width)
	for _, s := range sk.subjects {
		rows = append(rows, sk.row(s))
	}
	if samePlan(sk.subjects) {
		axis = sk.axis(sk.subjects[0], sk.verbose)
	}
	return sk.title(), rows, axis
}

func newSketch(subjects []subject, verbose bool) *sketch {
	sk := &sketch{subjects: subjects, verbose: verbose, from: math.MaxInt, bucket: 1, low: math.MaxInt64}
	for _, s := range subjects {
		sk.from = min(sk.from, firstSecond(s, verbose))
		sk.to = max(sk.to, len(s.Intervals))
	}
	for _, s := range subjects {
		for i := sk.from; i < len(s.Intervals); i++ {
			second := &s.Intervals[i]
			d := &second.ResponseTime
			sk.failed = sk.failed || nothingSucceeded(second)
			if d.Count == 0 || d.P99NS <= 0 {
				continue
			}
			sk.low = min(sk.low, d.P99NS)
			if d.P99NS >= sk.high.Value {
				sk.high = d.Quantile(0.99)
			}
		}
	}
	return sk
}

func nothingSucceeded(second *runfile.Interval) bool {
	return second.Due > 0 && second.OK == 0 && second.ResponseTime.Count == 0
}

// firstSecond is where the sketch begins: after the warm-up phases, unless all is shown.
func firstSecond(s subject, verbose bool) int {
	if !verbose {
		for _, p := range s.Phases {
			if p.Kind != profiles.Warmup {
				return indexOf(p.StartNS, len(s.Intervals))
			}
		}
	}
	return 0
}

func divideUp(n, by int) int { return (n + by - 1) / by }

func (sk *sketch) title() string {
	what := "P99 by second"
	if sk.bucket > 1 {
		what = fmt.Sprintf("highest P99 in each %s", units.Span(time.Duration(sk.bucket)*time.Second))
	}
	what += fmt.Sprintf(", %s … %s, logarithmic", units.Duration(sk.low), sk.high)
	if sk.failed {
		what += ", " + failedCell + " none succeeded"
	}
	return what
}

// row draws one subject. A character stands for the highest of its seconds: percentiles do not average.
func (sk *sketch) row(s subject) string {
	var b strings.Builder
	for from := sk.from; from < min(sk.to, len(s.Intervals)); from += sk.bucket {
		highest, failed := time.Duration(0), false
		for i := from; i < min(from+sk.bucket, len(s.Intervals)); i++ {
			second := &s.Intervals[i]
			failed = failed || nothingSucceeded(second)
			if second.ResponseTime.Count > 0 {
				highest = max(highest, second.ResponseTime.P99NS)
			}
		}
		switch {
		case highest > 0:
			b.WriteString(bars[sk.level(highest)])
		case failed:
			b.WriteString(failedCell)
		default:
			b.WriteString(gapCell)
		}
	}
	return b.String()
}

// level places a value on the scale, 0 … 7.
func (sk *sketch) level(v time.Duration) int {
	if sk.high.Value <= sk.low {
		return 0
	}
	part := math.Log(float64(v)/float64(sk.low)) / math.Log(float64(sk.high.Value)/float64(sk.low))
	// The logarithms of a decade's bounds are off by a rounding error, which must not cost a level.
	return min(max(int(part*float64(len(bars))+1e-9), 0), len(bars)-1)
}

// axis names the phases below their first second, as far as each leaves room for it.
func (sk *sketch) axis(s subject, verbose bool) string {
	var b strings.Builder
	used, named := 0, 0
	for i, p := range s.Phases {
		start := indexOf(p.StartNS, len(s.Intervals))
		if p.Kind == profiles.Warmup && !verbose || start < sk.from || p.DurationNS <= 0 {
			continue
		}
		at := (start - sk.from) / sk.bucket
		end := divideUp(sk.to-sk.from, sk.bucket) + nameColumns
		if i+1 < len(s.Phases) {
			end = (indexOf(s.Phases[i+1].StartNS, len(s.Intervals)) - sk.from) / sk.bucket
		}
		// A name may push the next one aside a little.
		text := page.Clean(name(p.Name), end-at+1)
		if at = max(at, used+min(used, 1)); page.Columns(text) < 3 || at > end {
			continue
		}
		b.WriteString(strings.Repeat(" ", at-used) + text)
		used = at + page.Columns(text)
		named++
	}
	if named < 2 {
		return ""
	}
	return b.String()
}

// readings tabulates how a spike, or else the phase of the highest rate, was taken.
func readings(subjects []subject) *page.Table {
	heading := "peak P99"
	if of := where(subjects); strings.HasPrefix(of, "in ") {
		heading = strings.TrimPrefix(strings.TrimPrefix(of, "in "), "the ") + ": peak P99"
	}
	t := &page.Table{Detail: page.Usual, Columns: []page.Column{
		{Title: "target", Words: true, Names: true, Of: true, Plain: true}, {Spark: true}, {Title: heading, Rank: 2}, {Title: "peak backlog", Rank: 3},
		{Title: "failed", Rank: 4}, {Title: "recovery", Words: true, Rank: 1},
	}}
	recovers := false
	for _, s := range subjects {
		p99 := page.Words(absent)
		if peak := s.peakP99(s.focus); peak.Value > 0 {
			p99 = figureCell(peak)
		}
		backlog := countCell(s.focus.Backlog.Peak)
		if s.closed() {
			backlog = page.Words(absent)
		}
		recovers = recovers || s.focus.Recovery != nil
		lost := lostCell(s.focus.Requests)
		if lost.Mark != "" {
			t.Notes = footnotesOf(map[string]bool{lost.Mark: true})
		}
		// The digits of few rows need not stay in line: the mark stands in the text.
		lost.Text, lost.Mark = lost.Text+lost.Mark, ""
		t.Add(page.Words(s.label), page.Cell{}, p99, backlog, lost, page.Words(recovery(s.focus.Recovery)+s.askedLater()))
	}
	return t.Without(func(c page.Column) bool { return c.Title == "recovery" && !recovers })
}

// recovery writes the time to recover in a few words.
func recovery(r *runfile.Recovery) string {
	switch {
	case r == nil:
		return absent
	case r.State == runfile.Recovered && r.AfterNS <= atOnce:
		return "at once"
	case r.State == runfile.Recovered:
		return "after " + units.Span(r.AfterNS)
	case r.State == runfile.NotRecovered:
		return "not in " + units.Span(r.AfterNS)
	}
	return name(string(r.State))
}
