package report

import (
	"strings"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report/page"
)

// maxEvidence bounds the sentences of evidence that are shown without Verbose.
const maxEvidence = 3

// block writes rows under one label at the left, their text wrapped beside it.
type block struct {
	page  *oldPage
	label string
}

// indent is where the text of a block begins: verdict, errors, events, cpu, memory, note.
const indent = 10

// row writes one row of the block; the label stands before the first only.
func (b *block) row(text string, hanging int) {
	head := b.label + strings.Repeat(" ", max(indent-page.Columns(b.label), 1))
	b.label = ""
	b.page.text(head+text, indent+hanging)
}

// writeVerdicts says what limited each run, with the evidence.
func writeVerdicts(p *oldPage, subjects []subject, o Options) error {
	b := &block{page: p, label: "verdict"}
	p.blank()
	names, kinds := 0, 0
	for _, s := range subjects {
		names = max(names, page.Columns(s.label)+2)
		kinds = max(kinds, page.Columns(kindOf(s.Verdict))+3)
	}
	if len(subjects) == 1 {
		names = 0
	}
	for _, s := range subjects {
		label := s.label
		if names == 0 {
			label = ""
		}
		of, deciding := s.evidence()
		text := listed(deciding, o.Verbose)
		if of != "" && text != "" {
			text = of + ": " + text
		}
		b.row(pad(label, names)+pad(kindOf(s.Verdict), kinds)+text, names+kinds)
		for _, phase := range s.Phases {
			if words := listed(phase.Verdict.Evidence, true); o.Verbose && words != "" && phase.Kind != kindWarmup && name(phase.Name) != of {
				b.row(pad("", names)+name(phase.Name)+": "+kindOf(phase.Verdict)+", "+words, names+2)
			}
		}
	}
	for _, s := range subjects {
		if s.closed() {
			b = &block{page: p, label: "closed"}
			b.row("a slow answer delays its user's next request, so slow moments are sampled less and these percentiles "+
				"flatter (coordinated omission); --rate measures without it", 0)
			break
		}
	}
	return nil
}

func kindOf(v loadgen.Verdict) string {
	if v.Kind == "" {
		return "not judged"
	}
	return page.Clean(string(v.Kind), len(loadgen.GeneratorLimited)) // the longest there is
}

// listed joins sentences of evidence, the first few unless all are wanted.
func listed(evidence []string, verbose bool) string {
	var sentences []string
	for _, e := range evidence {
		if len(sentences) == maxEvidence && !verbose {
			break
		}
		if e = ended(e); e != "" {
			sentences = append(sentences, e)
		}
	}
	return strings.Join(sentences, "; ")
}

// pad fills text with spaces up to width.
func pad(s string, width int) string { return s + strings.Repeat(" ", max(width-page.Columns(s), 0)) }
