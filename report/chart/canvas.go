package chart

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// Sizes of text, in px. Nothing is written smaller than minText.
const (
	minText   = 10.0
	plainText = 11.0
)

// maxValue bounds a value, so that no arithmetic on two of them leaves the range of a float.
const maxValue = 1e18

// maxName bounds a text in a drawing, in columns of a terminal.
const maxName = 120

// canvas collects the elements of a drawing. Coordinates are in px from the top left corner and are kept within it.
type canvas struct {
	b             strings.Builder
	width, height float64
}

// attr is an attribute and its value.
type attr struct{ name, value string }

// document opens an svg element, has draw fill it, and returns the whole.
func document(width, height float64, labelledBy string, attrs []attr, draw func(*canvas)) string {
	c := &canvas{width: width, height: height}
	all := []attr{
		{"xmlns", "http://www.w3.org/2000/svg"}, {"width", c.x(width)}, {"height", c.y(height)},
		{"viewBox", "0 0 " + c.x(width) + " " + c.y(height)}, {"role", "img"},
	}
	if labelledBy != "" {
		all = append(all, attr{"aria-labelledby", clean(labelledBy)})
	}
	all = append(all, attrs...)
	all = append(all, attr{"font-family", "sans-serif"}, attr{"font-size", number(plainText)}, attr{"fill", "currentColor"})
	c.open("svg", all...)
	draw(c)
	c.close("svg")
	return c.b.String()
}

func (c *canvas) x(v float64) string { return number(within(v, 0, c.width)) }
func (c *canvas) y(v float64) string { return number(within(v, 0, c.height)) }

// within bounds v; NaN is the lower bound.
func within(v, low, high float64) float64 {
	if !(v > low) {
		return low
	}
	return math.Min(v, high)
}

// number writes a value with at most one decimal.
func number(v float64) string {
	v = math.Round(v*10) / 10
	if v == 0 {
		return "0" // and not -0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// open starts an element.
func (c *canvas) open(name string, attrs ...attr) {
	c.start(name, attrs)
	c.b.WriteByte('>')
}

func (c *canvas) close(name string) { c.b.WriteString("</" + name + ">") }

// empty writes an element without content.
func (c *canvas) empty(name string, attrs ...attr) {
	c.start(name, attrs)
	c.b.WriteString("/>")
}

func (c *canvas) start(name string, attrs []attr) {
	c.b.WriteString("<" + name)
	for _, a := range attrs {
		c.b.WriteString(" " + a.name + `="` + escape(a.value) + `"`)
	}
}

// text writes s at a baseline, anchored at its start, middle or end.
func (c *canvas) text(x, y float64, anchor, s string, attrs ...attr) {
	if s = clean(s); s == "" {
		return
	}
	all := []attr{{"x", c.x(x)}, {"y", c.y(y)}}
	if anchor != "start" {
		all = append(all, attr{"text-anchor", anchor})
	}
	c.open("text", append(all, attrs...)...)
	c.b.WriteString(escape(s))
	c.close("text")
}

// title writes what a browser shows when one points at the element it stands in.
func (c *canvas) title(s string) {
	if s = clean(s); s != "" {
		c.b.WriteString("<title>" + escape(s) + "</title>")
	}
}

func (c *canvas) line(x1, y1, x2, y2 float64, attrs ...attr) {
	c.empty("line", append([]attr{{"x1", c.x(x1)}, {"y1", c.y(y1)}, {"x2", c.x(x2)}, {"y2", c.y(y2)}}, attrs...)...)
}

// rect writes the rectangle between two corners.
func (c *canvas) rect(x1, y1, x2, y2 float64, attrs ...attr) {
	x1, x2 = within(x1, 0, c.width), within(x2, 0, c.width)
	y1, y2 = within(y1, 0, c.height), within(y2, 0, c.height)
	x1, y1 = round1(x1), round1(y1)
	c.empty("rect", append([]attr{
		{"x", number(x1)}, {"y", number(y1)}, {"width", number(math.Max(round1(x2)-x1, 0))}, {"height", number(math.Max(round1(y2)-y1, 0))},
	}, attrs...)...)
}

func round1(v float64) float64 { return math.Round(v*10) / 10 }

// clean leaves text that any reader of XML takes: valid, bounded, in one line.
func clean(s string) string {
	var b strings.Builder
	columns := 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			r = '?'
		case unicode.IsSpace(r):
			r = ' '
		case !unicode.IsGraphic(r) || r == 0xFFFE || r == 0xFFFF:
			continue
		}
		if columns += displaywidth.Rune(r); columns >= maxName || b.Len() > 4*maxName {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// cut shortens a text to about width px.
func cut(s string, width float64) string {
	s = clean(s)
	if widthOf(s) <= width {
		return s
	}
	for s != "" && widthOf(s)+widthOf("…") > width {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	if s = strings.TrimRight(s, " "); s == "" {
		return ""
	}
	return s + "…"
}

// widthOf estimates the width of a text in px: no font is known.
func widthOf(s string) float64 { return float64(displaywidth.String(s)) * plainText * 0.6 }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func escape(s string) string { return escaper.Replace(s) }
