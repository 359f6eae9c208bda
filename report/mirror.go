package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// Mirror is what a mirrored run found, with what is known around it.
type Mirror struct {
	Names       [2]string
	Verdicts    [2]loadgen.Verdict // of each side's own run
	Interrupted bool
	Spoiled     string // why a side's latencies are no evidence; "" where both sides' are. That it was ended early is told apart
	Pairs       loadgen.Pairs
	Rows        []compare.Row // of target times, see [compare.Paired]
	Rate        float64       // offered to each, requests/s
	Length      time.Duration // without the warm-up
	Seed        uint64
	Rules       []string // by which answers were compared
	Repeat      string   // the command that does the same again
	Saved       string   // path of the file it was saved to; "" where none was written
	Notes       []string
}

// NewMirror judges what came of a mirrored run of two targets of those names.
func NewMirror(names [2]string, found *loadgen.Mirrored) *Mirror {
	m := &Mirror{Names: names, Pairs: found.Pairs, Rows: compare.Paired(found.Pairs.Latencies), Seed: found.A.Seed}
	for i, r := range []*loadgen.Run{found.A, found.B} {
		m.Verdicts[i] = r.Verdict
		m.Interrupted = m.Interrupted || r.Interrupted
		if why := compare.Spoiled(r); why != "" && !r.Interrupted && m.Spoiled == "" {
			m.Spoiled = why
		}
	}
	return m
}

// shared is what has to be known of every mirrored run.
const shared = "both were loaded at once and share this machine, so what one costs is in the other's latencies; without --mirror one is loaded at a time"

// Mirrored writes what a mirrored run found, for a terminal. Its error is that of w.
func Mirrored(w io.Writer, m *Mirror, o Options) error {
	p := newPage(o.Width, o.Color)
	for _, answer := range mirrorAnswers(m) {
		p.strong(answer)
	}
	for _, t := range []*table{mirrorTable(m), ruleTable(m), sampleTable(m)} {
		if err := p.table(t); err != nil {
			return fmt.Errorf("laying out the report: %w", err)
		}
	}
	p.blank()
	p.parts(mirrorParts(m), 2)
	for _, note := range mirrorNotes(m) {
		p.text(note, 2)
	}
	p.blank()
	if m.Repeat != "" {
		p.text("repeat: "+page.Clean(m.Repeat, 4096), 2)
	}
	if m.Saved != "" {
		p.text("saved "+page.Clean(m.Saved, 4096), 2)
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

// MirrorMarkdown writes what a mirrored run found as text for a pull request. Its error is that of w.
func MirrorMarkdown(w io.Writer, m *Mirror) error {
	t := &markdownText{limit: maxMarkdown}
	t.answers(mirrorAnswers(m))
	for _, grid := range []*table{mirrorTable(m), ruleTable(m), sampleTable(m)} {
		t.table(grid)
	}
	t.line("")
	t.line(prose(dotted(mirrorParts(m))))
	for _, note := range mirrorNotes(m) {
		t.line("")
		t.line(prose(strings.TrimPrefix(note, "note  ")))
	}
	if m.Repeat != "" {
		t.line("")
		t.line("Repeat: " + code(page.Clean(m.Repeat, 4096)))
	}
	return t.end(w)
}

// mirrorParts says what was driven.
func mirrorParts(m *Mirror) []string {
	pairs := &m.Pairs
	parts := []string{"at " + Rate(m.Rate) + " each for " + Span(m.Length), plural(pairs.Timed, "pair") + " timed"}
	if pairs.Timed > 0 {
		parts = append(parts, fmt.Sprintf("%s slower in %s of them", toldApart(m.Names[:]...)[1], Share(float64(pairs.Slower)/float64(pairs.Timed))))
	}
	if pairs.OneBound > 0 {
		parts = append(parts, fmt.Sprintf("in %s one was not answered in time", Count(pairs.OneBound)))
	}
	if pairs.Unanswered > 0 {
		parts = append(parts, fmt.Sprintf("in %s more neither was", Count(pairs.Unanswered)))
	}
	return append(parts, fmt.Sprintf("seed %d", m.Seed))
}

// mirrorNotes says how far the figures can be believed.
func mirrorNotes(m *Mirror) []string {
	notes := mirrorFootnotes(m)
	for _, note := range append([]string{shared}, m.Notes...) {
		notes = append(notes, "note  "+sentence(note))
	}
	return notes
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
			a, b, Count(pairs.Different), plural(pairs.Compared, "request"), Share(float64(pairs.Different)/float64(pairs.Compared))))
	}
	if alone := pairs.OnlyA + pairs.OnlyB; alone > 0 {
		answers = append(answers, fmt.Sprintf("One alone answered %s: %s %s, %s %s.", plural(alone, "request"), a, Count(pairs.OnlyA), b, Count(pairs.OnlyB)))
	}
	if m.Spoiled != "" {
		return answers
	}
	for _, r := range slices.Backward(m.Rows) {
		if r.Outcome == compare.Worse || r.Outcome == compare.Better {
			change, between := openChangeOf(r)
			return append(answers, fmt.Sprintf("%s is %s than %s at %s: %s %s, 95 %%.", b,
				map[compare.Outcome]string{compare.Worse: "slower", compare.Better: "faster"}[r.Outcome], a, metricName(r.Metric), change, between))
		}
	}
	if len(m.Rows) > 0 {
		answers = append(answers, fmt.Sprintf("Their latencies are not told apart at %s.", metricName(m.Rows[len(m.Rows)-1].Metric)))
	}
	return answers
}

func mirrorTable(m *Mirror) *table {
	names := toldApart(m.Names[:]...)
	a, b := names[0], names[1]
	t := &table{columns: []column{{left: true}, {title: a}, {title: b}, {title: b + " / " + a}, {title: "95 %", left: true, gap: 1}, {title: "evidence", left: true}}}
	for _, r := range m.Rows {
		change, between := openChangeOf(r)
		evidence := evidenceOf(r, b, "pairs")
		if m.Spoiled != "" {
			evidence = ""
		}
		t.row(metricName(r.Metric)+legacyThin(r), metricValue(r.Metric, r.A, r.ALow), metricValue(r.Metric, r.B, r.BLow), change, between, evidence)
	}
	return t
}

// openChangeOf is changeOf, of an interval that may be open on the side of which only bounds are known.
func openChangeOf(r compare.Row) (change, between string) {
	change, between = changeOf(r)
	write := timesTo
	if asPercent(r.Change.Center) {
		write = changeTo
	}
	switch i := r.Change; {
	case change == "":
	case r.BLow && i.Low > 0 && math.IsInf(i.High, 1):
		between = "(" + write(i.Low, down) + " or more)"
	case r.ALow && i.Low == 0 && !math.IsInf(i.High, 1):
		between = "(" + write(i.High, up) + " or less)"
	}
	return change, between
}

func ruleTable(m *Mirror) *table {
	t := &table{columns: []column{{title: "answers compared by", left: true}, {title: "different"}, {title: "of"}}}
	for _, rule := range m.Rules {
		t.row(sentence(rule), Count(m.Pairs.ByRule[rule]), Count(m.Pairs.Compared))
	}
	if n := m.Pairs.Uncounted; n > 0 {
		t.row("not compared", "", Count(n))
	}
	return t
}

// sampleTable lists the first requests that were answered differently.
func sampleTable(m *Mirror) *table {
	names := toldApart(m.Names[:]...)
	t := &table{columns: []column{
		{title: "request"}, {title: "due at"}, {title: "endpoint", left: true}, {title: "differs in", left: true},
		{title: "status " + names[0], rank: 1}, {title: "status " + names[1], rank: 1},
	}}
	for _, d := range m.Pairs.Samples {
		t.row(Count(d.K), Span(d.AtNS), name(d.Endpoint), sentence(strings.Join(d.Rules, ", ")), fmt.Sprint(d.StatusA), fmt.Sprint(d.StatusB))
	}
	return t
}
