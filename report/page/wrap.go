package page

import (
	"slices"
	"strings"
)

// Dotted joins the texts that are not empty.
func Dotted(texts []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == "" }), " · ")
}

// dottedLines joins texts as Dotted does, going on to the next line between two of them rather than within one.
func dottedLines(texts []string, width, indent int) []string {
	var lines []string
	line := ""
	for _, text := range texts {
		switch joined := Dotted([]string{line, text}); {
		case Columns(joined) <= width || line == "":
			line = joined
		default:
			lines = append(lines, Wrap(line, width, indent)...)
			line = strings.Repeat(" ", indent) + text
		}
	}
	return append(lines, Wrap(line, width, indent)...)
}

// pad fills text with spaces up to width.
func pad(s string, width int) string { return s + strings.Repeat(" ", max(width-Columns(s), 0)) }

// Wrap breaks s between words so that no line is wider than width; the lines after the first are indented. A word that is
// wider than a line is broken.
func Wrap(s string, width, indent int) []string {
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
		w := Columns(word)
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
			w = Columns(word)
		}
		line, used = line+word, used+w
	}
	return append(lines, line)
}

// headOf returns the longest start of s within width columns.
func headOf(s string, width int) string {
	used := 0
	for i, r := range s {
		if used += Columns(string(r)); used > width {
			return s[:i]
		}
	}
	return s
}
