package report

import (
	"strings"

	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// block writes rows under one label at the left, their text wrapped beside it.
type block struct {
	page  *oldPage
	label string
}

// indent is where the text of a block begins.
const indent = 10

// row writes one row of the block; the label stands before the first only.
func (b *block) row(text string, hanging int) {
	head := b.label + strings.Repeat(" ", max(indent-page.Columns(b.label), 1))
	b.label = ""
	b.page.text(head+text, indent+hanging)
}

// table writes a table below a blank line, nothing where it has no rows.
func (p *oldPage) table(t *table) error {
	if len(t.rows) == 0 {
		return nil
	}
	p.blank()
	return p.rows(t)
}

func (p *oldPage) rows(t *table) error {
	lines, err := t.lines(p.width)
	for _, l := range lines {
		p.line(l)
	}
	return err
}

func legacyThin(r compare.Row) string {
	if r.Thin {
		return thinMark
	}
	return ""
}
