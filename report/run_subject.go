package report

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// Bounds of names in columns, and of a sentence from elsewhere in a paragraph.
const (
	nameColumns  = 16
	sizedColumns = 28 // of a name with the size that it was measured at
	textColumns  = 400
)

func name(s string) string      { return page.Clean(s, nameColumns) }
func sizedName(s string) string { return page.Clean(s, sizedColumns) }
func sentence(s string) string  { return page.Clean(s, textColumns) }

// toldApart shortens names that are told side by side, as [name] does; where that makes two of them one, it keeps their ends, and
// where those are alike too, all that a file would hold.
func toldApart(names ...string) []string {
	for _, short := range []func(string) string{name, endOfName} {
		list := make([]string, len(names))
		seen := map[string]bool{}
		for i, n := range names {
			list[i] = short(n)
			seen[list[i]] = true
		}
		if len(seen) == len(names) {
			return list
		}
	}
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = longName(n)
	}
	return list
}

// endOfName shortens a name to its end.
func endOfName(s string) string {
	s = longName(s)
	if page.Columns(s) <= nameColumns {
		return s
	}
	for page.Columns(s) >= nameColumns {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return "…" + s
}

// sides are the names of the two that are compared.
func sides(f *compare.Comparison) (a, b string) {
	list := toldApart(f.A, f.B)
	return list[0], list[1]
}

// headColumns bounds the names of two sides together, as heads of a table: their figures, what they differ by and the evidence
// stand beside them in a hundred columns.
const headColumns = 24

// heads names two sides in a table. Names that are too long for it are letters there, which the caption explains.
func heads(nameA, nameB string) (a, b, caption string) {
	list := toldApart(nameA, nameB)
	if page.Columns(list[0])+page.Columns(list[1]) <= headColumns {
		return list[0], list[1], ""
	}
	return "A", "B", "A " + longName(nameA) + " · B " + longName(nameB)
}

// subject is a run prepared for its reader.
type subject struct {
	*runfile.Run
	label string         // its target's name, told apart from the others'
	focus *runfile.Phase // the phase that asks most of the target

	caller Caller // in an answer
}

func subjectsOf(runs []*runfile.Run) []subject {
	var subjects []subject
	seen := map[string]int{}
	var targets []string
	for _, r := range runs {
		if r != nil && !slices.Contains(targets, r.Target.Series()) {
			targets = append(targets, r.Target.Series())
		}
	}
	short := toldApart(targets...)
	for _, r := range runs {
		if r == nil {
			continue
		}
		label := short[slices.Index(targets, r.Target.Series())]
		if label == "" {
			label = "target"
		}
		if seen[label]++; seen[label] > 1 {
			suffix := " " + strconv.Itoa(seen[label])
			label = page.Clean(label, nameColumns-len(suffix)) + suffix
		}
		subjects = append(subjects, subject{Run: r, label: label, focus: Focus(r)})
	}
	return subjects
}

// Focus returns the phase of the highest offered rate: a spike where there is one, the whole run where it has no phases.
// Warm-up counts only where there is nothing else.
func Focus(r *runfile.Run) *runfile.Phase {
	rank := func(p *runfile.Phase) int {
		switch p.Kind {
		case profiles.Spike:
			return 2
		case profiles.Warmup:
			return 0
		}
		return 1
	}
	var best *runfile.Phase
	for i := range r.Phases {
		p := &r.Phases[i]
		if best == nil || rank(p) > rank(best) || rank(p) == rank(best) && p.Offered.Rate > best.Offered.Rate {
			best = p
		}
	}
	if best == nil {
		return &r.Overall
	}
	return best
}

// phase returns the first phase of a kind, or nil.
func (s subject) phase(kind profiles.Kind) *runfile.Phase {
	for i := range s.Phases {
		if s.Phases[i].Kind == kind {
			return &s.Phases[i]
		}
	}
	return nil
}

// rate returns the highest rate that was planned for a phase, or the offered one where its plan is not there.
func (s subject) rate(p *runfile.Phase) float64 {
	for _, planned := range s.Plan.Phases {
		if planned.Name == p.Name && planned.Kind == p.Kind {
			return max(planned.From, planned.To)
		}
	}
	return p.Offered.Rate
}

func (s subject) closed() bool { return s.Plan.Model == "closed" }

// where names the subjects' focus in a heading: "in the spike".
func where(subjects []subject) string {
	s := subjects[0]
	for _, other := range subjects[1:] {
		if other.focus.Name != s.focus.Name {
			return "at its highest rate"
		}
	}
	return "in " + s.focusName()
}

// focusName names the focus in a sentence.
func (s subject) focusName() string {
	measured := 0
	for _, p := range s.Phases {
		if p.Kind != profiles.Warmup {
			measured++
		}
	}
	if measured <= 1 || name(s.focus.Name) == "" {
		return "the run"
	}
	return phaseName(s.focus)
}

// phaseName names a phase in a sentence.
func phaseName(p *runfile.Phase) string {
	switch p.Kind {
	case profiles.Spike, profiles.Baseline, profiles.Ramp:
		return "the " + name(p.Name)
	}
	return name(p.Name)
}

// seconds returns the intervals whose first instant lies in the phase.
func (s subject) seconds(p *runfile.Phase) []runfile.Interval {
	from := indexOf(p.StartNS, len(s.Intervals))
	to := indexOf(p.StartNS+p.DurationNS, len(s.Intervals))
	if p.DurationNS <= 0 || to < from {
		return nil
	}
	return s.Intervals[from:to]
}

// indexOf returns the second at which an instant lies, within 0 … n.
func indexOf(at time.Duration, n int) int {
	return int(min(max(at/time.Second, 0), time.Duration(n)))
}

// peakP99 returns the highest one-second P99 of response time in a phase, the whole phase's where no second was
// recorded.
func (s subject) peakP99(p *runfile.Phase) (peak runfile.Figure) {
	for _, second := range s.seconds(p) {
		if d := &second.ResponseTime; d.Count > 0 && d.P99NS >= peak.Value {
			peak = d.Quantile(0.99)
		}
	}
	if peak.Value == 0 {
		return p.ResponseTime.Quantile(0.99)
	}
	return peak
}

// unanswered counts the requests that a person would call lost: failed, and those without any answer at the end.
func unanswered(r runfile.Requests) uint64 { return r.Failed + r.Unfinished + r.Unsent }

// targetProcessors returns how many processors a target could use; 0 where that is not known.
func targetProcessors(e *runfile.Environment) int {
	if len(e.TargetCPUs) > 0 {
		return len(e.TargetCPUs)
	}
	return max(e.Processors, 0)
}

// percentile is one of the figures that a table of response times shows.
type percentile struct {
	title    string
	quantile float64 // 0-1; 1 for the maximum, which is one request and needs no others beyond it
}

var percentiles = []percentile{
	{"P50", 0.50},
	{"P95", 0.95},
	{"P99", 0.99},
	{"P99.9", 0.999},
	{"max", 1},
}

// thin reports whether fewer than 10 requests lie beyond the percentile, so that it says little.
func (p percentile) thin(d *runfile.Dist) bool {
	return p.quantile < 1 && d.Count > 0 && float64(d.Count)*(1-p.quantile) < 10-1e-9
}

func (p percentile) cell(d *runfile.Dist) page.Cell { return figureCell(p.of(d)) }

func (p percentile) of(d *runfile.Dist) runfile.Figure { return d.Quantile(p.quantile) }
