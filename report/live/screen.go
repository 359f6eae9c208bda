package live

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// screen paints lines over the ones that it painted before. The cursor rests at the start of the line below them, so that whatever
// else is written then stands below the panel. Each painting is one write, and after it no attribute is left on.
type screen struct {
	w       io.Writer
	painted []string // the lines that stand above the cursor
}

// paint paints lines that fit a terminal of that height: all of them where that is wanted, else those that changed. Where the
// terminal was narrowed and has wrapped the old lines, a piece of them is left above: rather that than to paint over what is not the
// panel's.
func (s *screen) paint(lines []string, height int, all bool) {
	if slices.Equal(lines, s.painted) && !all {
		return
	}
	all = all || len(lines) != len(s.painted) || len(lines) >= height
	var b strings.Builder
	b.WriteString("\r")
	if up := min(len(s.painted), height-1); up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	for i, l := range lines {
		if all || l != s.painted[i] {
			b.WriteString(l + "\x1b[K")
		}
		b.WriteString("\r\n")
	}
	if all {
		b.WriteString("\x1b[J")
	}
	s.painted = append(s.painted[:0], lines...)
	_, _ = io.WriteString(s.w, b.String())
}

// erase removes the panel; what is written next stands in its place.
func (s *screen) erase(height int) {
	if len(s.painted) == 0 {
		return
	}
	_, _ = fmt.Fprintf(s.w, "\r\x1b[%dA\x1b[J", max(min(len(s.painted), height-1), 1))
	s.leave()
}

// leave leaves the panel where it is: what is painted next stands below.
func (s *screen) leave() { s.painted = s.painted[:0] }
