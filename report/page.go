package report

import (
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/report/page"
)

// oldPage collects the lines of a report for a terminal. It is the only way out: each line is cleaned and bounded here,
// whatever it was made of, and coloured only afterwards.
type oldPage struct {
	width int
	color bool
	out   strings.Builder
	empty bool            // the last line is blank, or there is none yet
	marks map[string]bool // the footnote marks that were used
}

func newPage(width int, color bool) *oldPage {
	if width <= 0 {
		width = page.DefaultWidth
	}
	return &oldPage{width: width, color: color, empty: true, marks: map[string]bool{}}
}

// line writes one line, cut at the page's width.
func (p *oldPage) line(s string) {
	s = p.fit(s)
	if s == "" {
		return
	}
	if p.color {
		s = paint(s)
	}
	p.put(s)
}

// strong writes a paragraph that stands out.
func (p *oldPage) strong(s string) {
	for _, l := range wrap(s, p.width, 0) {
		if l = p.fit(l); p.color {
			l = bold + l + reset
		}
		p.put(l)
	}
}

// text writes a paragraph, the lines after its first indented.
func (p *oldPage) text(s string, indent int) {
	for _, l := range wrap(s, p.width, indent) {
		p.line(l)
	}
}

// parts writes what dotted joins, going on to the next line between two parts rather than within one.
func (p *oldPage) parts(parts []string, indent int) {
	line := ""
	for _, part := range parts {
		switch joined := dotted([]string{line, part}); {
		case page.Columns(joined) <= p.width || line == "":
			line = joined
		default:
			p.text(line, indent)
			line = strings.Repeat(" ", indent) + part
		}
	}
	p.text(line, indent)
}

// dotted joins the parts that are not empty.
func dotted(parts []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" }), " · ")
}

// blank parts two blocks; several in a row are one.
func (p *oldPage) blank() {
	if !p.empty {
		p.out.WriteByte('\n')
		p.empty = true
	}
}

func (p *oldPage) fit(s string) string { return strings.TrimRight(page.Clean(s, p.width), " ") }

func (p *oldPage) put(s string) {
	p.out.WriteString(s)
	p.out.WriteByte('\n')
	p.empty = false
}

// wrap breaks s between words so that no line is wider than width; the lines after the first are indented. A word that is
// wider than a line is broken.
func wrap(s string, width, indent int) []string {
	if indent > width/2 {
		indent = 0
	}
	var lines []string
	line, used := "", 0
	flush := func() {
		lines = append(lines, line)
		line, used = strings.Repeat(" ", indent), indent
	}
	// The spaces that a paragraph opens with are part of its layout.
	lead := len(s) - len(strings.TrimLeft(s, " "))
	line, used = s[:lead], lead
	for i, word := range strings.Split(s[lead:], " ") {
		w := page.Columns(word)
		if i > 0 {
			if used+1+w > width && used > indent {
				flush()
			} else {
				line, used = line+" ", used+1
			}
		}
		for used+w > width && used < width {
			head := headOf(word, width-used)
			if head == "" {
				break
			}
			line += head
			flush()
			word = word[len(head):]
			w = page.Columns(word)
		}
		line, used = line+word, used+w
	}
	return append(lines, line)
}

// headOf returns the longest start of s within width columns.
func headOf(s string, width int) string {
	used := 0
	for i, r := range s {
		if used += page.Columns(string(r)); used > width {
			return s[:i]
		}
	}
	return s
}

const (
	bold   = "\x1b[1m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	reset  = "\x1b[0m"
)

var painter = strings.NewReplacer(
	"GENERATOR-LIMITED", red+"GENERATOR-LIMITED"+reset,
	"HOST-LIMITED", red+"HOST-LIMITED"+reset,
	"TARGET-LIMITED", yellow+"TARGET-LIMITED"+reset,
	"VALID", green+"VALID"+reset,
	failWord+"  ", red+failWord+reset+"  ",
	passWord+"  ", green+passWord+reset+"  ",
)

// paint colours the verdicts, the thresholds' too, of a finished line.
func paint(s string) string { return painter.Replace(s) }
