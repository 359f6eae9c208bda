package html

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	stdhtml "html"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/report/page"
)

//go:embed page.css
var style string

//go:embed page.js
var script string

// maxText bounds a text, in columns of a terminal.
const maxText = 4096

// drawing is what a chart's data has to offer to be drawn here.
type drawing interface {
	SVG(labelledBy string) string
}

// Write writes a page as one file. Its error is that of w.
func Write(w io.Writer, p *page.Page) error {
	b := bufio.NewWriter(w)
	d := &document{w: b}
	d.head(p)
	d.blocks(headlineFirst(p.Blocks))
	d.raw("</main>\n<script>" + script + "</script>\n</body>\n</html>\n")
	return b.Flush()
}

// document is a file in the making.
type document struct {
	w     *bufio.Writer
	ids   int
	depth int // of sections
}

func (d *document) raw(s string) {
	_, _ = d.w.WriteString(s) // the writer keeps the error until it is flushed
}

// text cleans and escapes.
func text(s string) string { return stdhtml.EscapeString(page.Clean(s, maxText)) }

// id returns a new one.
func (d *document) id() string {
	d.ids++
	return "b" + strconv.Itoa(d.ids)
}

// head writes what stands before the blocks. The policy lets nothing be loaded, sent or run but the style and the script
// of this very file.
func (d *document) head(p *page.Page) {
	policy := "default-src 'none'; style-src '" + hash(style) + "'; script-src '" + hash(script) + "'; base-uri 'none'; form-action 'none'"
	d.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	d.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"" + stdhtml.EscapeString(policy) + "\">\n")
	d.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
	title := p.Title
	if title == "" {
		title = "bench"
	}
	d.raw("<title>" + text(title) + "</title>\n<style>" + style + "</style>\n</head>\n<body>\n<main>\n<h1>" + text(title) + "</h1>\n")
}

// hash names a style or script in a policy.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// headlineFirst puts the first headline before the facts that say only how it was found.
func headlineFirst(blocks []page.Block) []page.Block {
	var first, rest []page.Block
	for _, b := range blocks {
		if s, ok := b.(page.Section); ok && s.Title == "" {
			inner := headlineFirst(s.Blocks)
			if len(inner) > 0 {
				if h, ok := inner[0].(page.Headline); ok && len(first) == 0 {
					first, inner = append(first, h), inner[1:]
				}
			}
			s.Blocks = inner
			rest = append(rest, s)
			continue
		}
		if h, ok := b.(page.Headline); ok && len(first) == 0 {
			first = append(first, h)
			continue
		}
		rest = append(rest, b)
	}
	return append(first, rest...)
}

// blocks writes blocks as somebody wants them who opens the report, and folded below each what else there is.
func (d *document) blocks(blocks []page.Block) {
	for _, b := range blocks {
		usual := (&page.Page{Blocks: []page.Block{b}}).Upto(page.Usual).Blocks
		if s, ok := b.(page.Section); ok && len(usual) > 0 {
			d.section(s)
			continue
		}
		for _, u := range usual {
			d.block(u)
		}
		if _, whole := b.(page.Chart); whole && len(usual) > 0 {
			continue
		}
		if whole := (&page.Page{Blocks: []page.Block{b}}).Upto(page.Full).Blocks; !reflect.DeepEqual(usual, whole) {
			d.raw("<details><summary>" + text(summaryOf(b, len(usual) > 0)) + "</summary>\n")
			d.block(b)
			d.raw("</details>\n")
		}
	}
}

// summaryOf says what is folded; again where a part of it is shown already.
func summaryOf(b page.Block, again bool) string {
	what := ""
	switch b := b.(type) {
	case page.Section:
		what = b.Title
	case page.Facts:
		what = b.Title
	case page.Text:
		what = b.Label
	case page.List:
		what = b.Label
	case page.Chart:
		what = b.Title
	case *page.Table:
		what = b.Label
		if b.Caption != "" {
			what = strings.TrimPrefix(what+": "+b.Caption, ": ")
		}
		if what == "" {
			what = titles(b)
		}
	}
	switch {
	case what == "":
		return "more"
	case again:
		return what + ", in full"
	}
	return what
}

// titles names a table by its columns.
func titles(t *page.Table) string {
	var list []string
	for _, c := range t.Columns {
		if c.Title != "" && !c.Spark && len(list) < 5 {
			list = append(list, c.Title)
		}
	}
	return strings.Join(list, ", ")
}

func (d *document) section(s page.Section) {
	if s.Title == "" {
		d.blocks(s.Blocks)
		return
	}
	d.depth++
	h := "h" + strconv.Itoa(min(d.depth+1, 6))
	id := d.id()
	d.raw("<section aria-labelledby=\"" + id + "\">\n<" + h + " id=\"" + id + "\">" + text(s.Title) + "</" + h + ">\n")
	d.blocks(s.Blocks)
	d.raw("</section>\n")
	d.depth--
}

func (d *document) block(b page.Block) {
	switch b := b.(type) {
	case page.Section:
		d.section(b)
	case page.Headline:
		d.raw("<p class=\"answer\"><strong>" + text(b.Text) + "</strong></p>\n")
	case page.Facts:
		d.facts(b)
	case page.Text:
		d.raw("<p>" + label(b.Label) + text(b.Text) + "</p>\n")
	case page.Note:
		d.raw("<p class=\"note\">" + text(b.Text) + "</p>\n")
	case page.List:
		d.list(b)
	case *page.Table:
		d.table(b)
	case page.Chart:
		d.chart(b)
	case page.Commands:
		d.commands(b)
	}
}

// label writes the word before a text.
func label(s string) string {
	if s = text(s); s == "" {
		return ""
	}
	return "<b class=\"label\">" + s + "</b> "
}

func (d *document) facts(b page.Facts) {
	var parts []string
	if b.Command != "" {
		parts = append(parts, "<code>"+text(b.Command)+"</code>")
	}
	for _, part := range b.Parts {
		if part.Text != "" {
			parts = append(parts, text(part.Text))
		}
	}
	d.raw("<p class=\"facts\">" + label(b.Title) + strings.Join(parts, " · ") + "</p>\n")
}

// toneClass repeats a word in colour.
func toneClass(t page.Tone) string {
	switch t {
	case page.Good:
		return "good"
	case page.Doubtful:
		return "doubt"
	case page.Bad:
		return "bad"
	}
	return ""
}

func toned(s string, t page.Tone) string {
	if class := toneClass(t); class != "" && s != "" {
		return "<b class=\"" + class + "\">" + s + "</b>"
	}
	return s
}

func (d *document) list(b page.List) {
	if len(b.Items) == 0 {
		return
	}
	if b.Label != "" {
		d.raw("<p>" + label(b.Label) + "</p>\n")
	}
	d.raw("<ul>\n")
	for _, item := range b.Items {
		parts := []string{}
		for _, s := range []string{label(item.Of), toned(text(item.Word), item.Tone), text(item.Text)} {
			if s = strings.TrimSpace(s); s != "" {
				parts = append(parts, s)
			}
		}
		for _, more := range item.More {
			parts = append(parts, "<br>"+text(more))
		}
		d.raw("<li>" + strings.Join(parts, " ") + "</li>\n")
	}
	d.raw("</ul>\n")
}

func (d *document) commands(b page.Commands) {
	d.raw("<ul>\n")
	for _, line := range b.Lines {
		for _, c := range line {
			word := c.Word
			if c.Why != "" {
				word = c.Why
			}
			d.raw("<li>" + label(word) + "<code>" + text(c.Text) + "</code></li>\n")
		}
	}
	d.raw("</ul>\n")
}

// chart writes a figure around a drawing, or its lines where it has only those.
func (d *document) chart(b page.Chart) {
	if data, ok := b.Drawing.(Data); ok {
		d.data(data)
		return
	}
	svg, ok := b.Drawing.(drawing)
	if !ok {
		if b.Drawing == nil {
			return
		}
		if lines := b.Drawing.Lines(page.DefaultWidth); len(lines) > 0 {
			d.raw("<pre>")
			for _, l := range lines {
				d.raw(text(l) + "\n")
			}
			d.raw("</pre>\n")
		}
		return
	}
	if b.Folded {
		d.raw("<details><summary>" + text(b.Title) + "</summary>\n")
	}
	id := d.id()
	class := ""
	if _, small := b.Drawing.(small); small {
		class = " class=\"small\""
	}
	d.raw("<figure" + class + ">\n<figcaption id=\"" + id + "\"><b>" + text(b.Title) + "</b> " + text(b.Caption) + "</figcaption>\n")
	d.raw("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"" + id + "\">" + svg.SVG(id) + "</div>\n</figure>\n")
	if b.Folded {
		d.raw("</details>\n")
	}
}
