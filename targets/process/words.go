package process

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

const (
	maxWords      = 8   // distinct lines
	maxWordsBytes = 400 // of one of them
)

// words keeps the last distinct lines of a child, and how often each came. Lines that differ in numbers alone are the same.
type words struct {
	kinds []kind // the latest last
}

type kind struct {
	key, line string // the line as it came last
	count     int
}

func (w *words) add(line string) {
	key := withoutNumbers(line)
	k := kind{key, line, 1}
	if i := slices.IndexFunc(w.kinds, func(k kind) bool { return k.key == key }); i >= 0 {
		k.count += w.kinds[i].count
		w.kinds = slices.Delete(w.kinds, i, i+1)
	} else if len(w.kinds) == maxWords {
		w.kinds = slices.Delete(w.kinds, 0, 1)
	}
	w.kinds = append(w.kinds, k)
}

// lines are the kept lines in the order in which they came last, each fit to be shown.
func (w *words) lines() (list []string) {
	for _, k := range w.kinds {
		line := clean(k.line)
		switch {
		case line == "":
			continue
		case k.count > 1:
			line += fmt.Sprintf(" (%d times)", k.count)
		}
		list = append(list, line)
	}
	return list
}

// withoutNumbers makes every number of a line 0.
func withoutNumbers(line string) string {
	b := make([]byte, 0, len(line))
	for i := range len(line) {
		c := line[i]
		if digit := c >= '0' && c <= '9'; !digit {
			b = append(b, c)
		} else if len(b) == 0 || b[len(b)-1] != '0' {
			b = append(b, '0')
		}
	}
	return string(b)
}

// clean is a line of bounded length without what a terminal would obey.
func clean(line string) string {
	line = strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(line, "\uFFFD"))
	if len(line) > maxWordsBytes {
		line = strings.ToValidUTF8(line[:maxWordsBytes], "") + "…"
	}
	return strings.TrimSpace(line)
}
