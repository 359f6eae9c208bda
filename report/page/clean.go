package page

import (
	"strings"
	"unicode"

	"github.com/clipperhouse/displaywidth"
)

// maxMarks bounds the combining marks on one character; written languages need at most three.
const maxMarks = 3

// invisible holds what prints nothing and yet is graphic by its category: variation selectors, fillers, joiners.
var invisible = []*unicode.RangeTable{unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point}

// Clean returns text that may be shown, whoever wrote it: valid UTF-8 of at most limit columns of a terminal, its end
// replaced by "…" where it is longer. Line breaks, tabs and other spaces become one space each; bytes that are not UTF-8
// become U+FFFD; control characters (C0, C1, DEL), bidirectional controls, and what has no width or no assigned glyph are
// dropped. Escaping for a format (HTML, CSV, XML) comes after it and is that format's own. Clean is idempotent.
func Clean(s string, limit int) string {
	if limit <= 0 {
		return ""
	}
	if len(s) <= limit && printable(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	width, cut, marks := 0, 0, maxMarks // a mark at the start has nothing to combine with
	for _, r := range s {
		w := 0
		switch {
		case unicode.IsSpace(r): // includes U+0085, U+2028 and U+2029
			r, w, marks = ' ', 1, maxMarks
		case !unicode.IsGraphic(r) || unicode.In(r, invisible...):
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks {
				continue
			}
			// Some marks take a column of their own.
			w = displaywidth.Rune(r)
		default:
			w, marks = max(displaywidth.Rune(r), 1), 0
		}
		if width+w > limit {
			return b.String()[:cut] + "…"
		}
		b.WriteRune(r)
		if width += w; width < limit {
			cut = b.Len()
		}
	}
	return b.String()
}

// printable reports whether s is nothing but printable ASCII, as most of what is shown is.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Columns returns the columns of a terminal that clean text takes.
func Columns(s string) int { return displaywidth.String(s) }
