package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// Mirror is the finding of a mirrored run, with its circumstances.
type Mirror struct {
	Names       [2]string
	Verdicts    [2]runfile.Verdict // of each side's own run
	Interrupted bool
	Spoiled     string // why a side's latencies are no evidence; "" where both sides' are. That it was ended early is told apart
	Pairs       runfile.Pairs
	Rows        []compare.Row    // of target times, see [compare.Paired]
	Curves      [2]compare.Curve // without values in files of before
	Rate        float64          // offered to each, requests/s
	Length      time.Duration    // without the warm-up
	Seed        uint64
	Rules       []string // rules of comparing answers
	Repeat      string   // the command that does the same again
	Saved       string   // path of the file it was saved to; "" where none was written
	Notes       []string
}

// NewMirror judges what came of a mirrored run of two targets of those names.
func NewMirror(names [2]string, found *runfile.Mirrored) *Mirror {
	m := &Mirror{Names: names, Pairs: found.Pairs, Rows: compare.Paired(found.Pairs.Latencies), Curves: compare.PairedCurves(names, found.Pairs.Latencies), Seed: found.A.Seed}
	for i, r := range []*runfile.Run{found.A, found.B} {
		m.Verdicts[i] = r.Verdict
		m.Interrupted = m.Interrupted || r.Interrupted
		if why := compare.Spoiled(r); why != "" && !r.Interrupted && m.Spoiled == "" {
			m.Spoiled = why
		}
	}
	return m
}

// bothLoaded is the footnote of every mirrored run.
const bothLoaded = "both were loaded at once and share this machine, so what one costs is in the other's latencies; without mirroring one is loaded at a time"

// WriteMirror writes what a mirrored run found, for a terminal. Its error is that of w.
func WriteMirror(w io.Writer, m *Mirror, o Options) error { return o.write(w, MirrorPage(m)) }

// WriteMirrorMarkdown writes what a mirrored run found as text for a pull request. Its error is that of w.
func WriteMirrorMarkdown(w io.Writer, m *Mirror) error {
	return writeMarkdown(w, MirrorPage(m), maxMarkdown)
}

// MirrorPage is the report of a mirrored run.
func MirrorPage(m *Mirror) *page.Page {
	names := toldApart(m.Names[:]...)
	p := &page.Page{Title: "mirror of " + strings.Join(names, " and "), Subjects: names}
	answers := page.Section{}
	for _, answer := range mirrorAnswers(m) {
		answers.Blocks = append(answers.Blocks, page.Headline{Text: answer})
	}
	p.Add(answers, mirrorTable(m), ruleTable(m), sampleTable(m))
	made := []page.Block{page.Facts{Parts: page.Parts(page.Brief, mirrorParts(m)...)}}
	for _, note := range mirrorFootnotes(m) {
		made = append(made, page.Text{Text: note})
	}
	for _, note := range append([]string{bothLoaded}, m.Notes...) {
		made = append(made, page.Note{Text: sentence(note)})
	}
	p.Add(page.Section{Blocks: made}, repeatCommands(m.Repeat, m.Saved))
	return p
}

// mirrorParts says what was driven.
func mirrorParts(m *Mirror) []string {
	pairs := &m.Pairs
	parts := []string{"at " + units.Rate(m.Rate) + " each for " + units.Span(m.Length), plural(pairs.Timed, "pair") + " timed"}
	if pairs.Timed > 0 {
		parts = append(parts, fmt.Sprintf("%s slower in %s of them", toldApart(m.Names[:]...)[1], units.Share(float64(pairs.Slower)/float64(pairs.Timed))))
	}
	if pairs.OneBound > 0 {
		parts = append(parts, fmt.Sprintf("in %s one was not answered in time", units.Count(pairs.OneBound)))
	}
	if pairs.Unanswered > 0 {
		parts = append(parts, fmt.Sprintf("in %s more neither was", units.Count(pairs.Unanswered)))
	}
	return append(parts, fmt.Sprintf("seed %d", m.Seed))
}

// mirrorFootnotes are what has to be known to read the figures, and follows from them.
func mirrorFootnotes(m *Mirror) (notes []string) {
	for i, v := range m.Verdicts {
		notes = append(notes, fmt.Sprintf("%s  %s: %s", toldApart(m.Names[:]...)[i], kindOf(v), sentence(strings.Join(v.Evidence, "; "))))
	}
	if m.Spoiled == "" && slices.ContainsFunc(m.Rows, func(r compare.Row) bool { return r.Outcome == compare.Undecided }) {
		notes = append(notes, "~ not told apart, which is not the same as equal")
	}
	if slices.ContainsFunc(m.Rows, func(r compare.Row) bool { return r.Thin }) {
		notes = append(notes, thinMark+" fewer than 20 requests a block of seconds lie beyond it")
	}
	return notes
}

// mirrorAnswers says how many answers differed, and which side was slower.
func mirrorAnswers(m *Mirror) []string {
	names, pairs := toldApart(m.Names[:]...), &m.Pairs
	a, b := names[0], names[1]
	var answers []string
	if m.Interrupted {
		answers = append(answers, "INTERRUPTED: this is what was seen until then.")
	}
	if why := m.Spoiled; why != "" {
		answers = append(answers, fmt.Sprintf("The latencies are not the targets': %s.", why))
	}
	switch {
	case pairs.Compared == 0:
		answers = append(answers, fmt.Sprintf("No request was answered by both %s and %s.", a, b))
	case pairs.Different == 0:
		answers = append(answers, fmt.Sprintf("%s and %s gave the same answers to all of %s.", a, b, plural(pairs.Compared, "request")))
	default:
		answers = append(answers, fmt.Sprintf("%s and %s gave different answers to %s of %s (%s).",
			a, b, units.Count(pairs.Different), plural(pairs.Compared, "request"), units.Share(float64(pairs.Different)/float64(pairs.Compared))))
	}
	if alone := pairs.OnlyA + pairs.OnlyB; alone > 0 {
		answers = append(answers, fmt.Sprintf("One alone answered %s: %s %s, %s %s.", plural(alone, "request"), a, units.Count(pairs.OnlyA), b, units.Count(pairs.OnlyB)))
	}
	if m.Spoiled != "" {
		return answers
	}
	for _, r := range slices.Backward(m.Rows) {
		if r.Outcome == compare.Worse || r.Outcome == compare.Better {
			change, between := openChangeOf(r)
			return append(answers, fmt.Sprintf("%s is %s than %s at %s: %s %s, 95 %%.", b,
				map[compare.Outcome]string{compare.Worse: "slower", compare.Better: "faster"}[r.Outcome], a, MetricName(r.Metric), change, between))
		}
	}
	if len(m.Rows) > 0 {
		answers = append(answers, fmt.Sprintf("Their latencies are not told apart at %s.", MetricName(m.Rows[len(m.Rows)-1].Metric)))
	}
	return answers
}

func mirrorTable(m *Mirror) *page.Table {
	a, b, caption := heads(m.Names[0], m.Names[1])
	t := &page.Table{Caption: caption, Columns: []page.Column{
		{Words: true}, {Title: a}, {Title: b}, {Title: b + " / " + a}, {Title: "95 %", Words: true, Gap: 1}, {Title: "evidence", Words: true},
	}}
	for _, r := range m.Rows {
		change, between := openChangeOf(r)
		evidence := evidenceOf(r, b, "pairs")
		if m.Spoiled != "" {
			evidence = ""
		}
		t.Add(append(metricCells(r, compare.Requests), changeCell(r, change), page.Words(between), page.Words(evidence))...)
	}
	return t
}

// openChangeOf is changeOf, of an interval that may be open on the side of which only bounds are known.
func openChangeOf(r compare.Row) (change, between string) {
	change, between = changeOf(r)
	write := units.TimesTo
	if asPercent(r.Change.Center) {
		write = changeTo
	}
	switch i := r.Change; {
	case change == "":
	case r.BLow && i.Low > 0 && math.IsInf(i.High, 1):
		between = "(" + write(i.Low, units.Down) + " or more)"
	case r.ALow && i.Low == 0 && !math.IsInf(i.High, 1):
		between = "(" + write(i.High, units.Up) + " or less)"
	}
	return change, between
}

func ruleTable(m *Mirror) *page.Table {
	t := &page.Table{Columns: []page.Column{{Title: "answers compared by", Words: true}, {Title: "different"}, {Title: "of"}}}
	for _, rule := range m.Rules {
		t.Add(page.Words(sentence(rule)), numberCell(m.Pairs.ByRule[rule]), numberCell(m.Pairs.Compared))
	}
	if n := m.Pairs.Uncounted; n > 0 {
		t.Add(page.Words("not compared"), page.Cell{}, numberCell(n))
	}
	return t
}

// sampleTable lists the first requests that were answered differently.
func sampleTable(m *Mirror) *page.Table {
	names := toldApart(m.Names[:]...)
	t := &page.Table{Columns: []page.Column{
		{Title: "request"}, {Title: "due at"}, {Title: "endpoint", Words: true}, {Title: "differs in", Words: true},
		{Title: "status " + names[0], Rank: 1}, {Title: "status " + names[1], Rank: 1},
	}}
	for _, d := range m.Pairs.Samples {
		t.Add(numberCell(d.K), page.Figure(units.Span(d.AtNS), float64(d.AtNS)), page.Words(name(d.Endpoint)), page.Words(sentence(strings.Join(d.Rules, ", "))),
			page.Words(fmt.Sprint(d.StatusA)), page.Words(fmt.Sprint(d.StatusB)))
	}
	return t
}
