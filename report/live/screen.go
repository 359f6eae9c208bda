package live

import (
	"fmt"
	"io"
	"strings"
)

// screen paints lines over the ones that it painted before. The cursor rests at the start of the line below them, so that whatever
// else is written then stands below the panel. Each painting is one write, and after it no attribute is left on.
type screen struct {
	w       io.Writer
	painted int // lines that stand above the cursor
	last    string
}

// paint paints lines that fit a terminal of that height. Where the terminal was narrowed and has wrapped the old lines, a piece of
// them is left above: rather that than to paint over what is not the panel's.
func (s *screen) paint(lines []line, height int, color bool) {
	var b strings.Builder
	b.WriteString("\r")
	if up := min(s.painted, height-1); up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	for i := range lines {
		b.WriteString(lines[i].text(color) + "\x1b[K\r\n")
	}
	b.WriteString("\x1b[J")
	if b.String() == s.last {
		return
	}
	s.last, s.painted = b.String(), len(lines)
	_, _ = io.WriteString(s.w, s.last)
}

// erase removes the panel; what is written next stands in its place.
func (s *screen) erase(height int) {
	if s.painted == 0 {
		return
	}
	s.painted = min(s.painted, height-1)
	_, _ = fmt.Fprintf(s.w, "\r\x1b[%dA\x1b[J", max(s.painted, 1))
	s.leave()
}

// leave leaves the panel where it is: what is painted next stands below.
func (s *screen) leave() { s.painted, s.last = 0, "" }
