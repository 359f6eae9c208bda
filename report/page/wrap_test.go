package page

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, tc := range []struct {
		s             string
		width, indent int
		want          []string
	}{
		{"", 10, 2, []string{""}},
		{"one two three", 20, 2, []string{"one two three"}},
		{"one two three", 13, 2, []string{"one two three"}},
		{"one two three", 12, 2, []string{"one two", "  three"}},
		{"one two three", 5, 2, []string{"one", "  two", "  thr", "  ee"}},
		{"/a/very/long/path", 8, 0, []string{"/a/very/", "long/pat", "h"}}, // broken, never lost
		{"  indented words", 12, 0, []string{"  indented", "words"}},
		{"漢字漢字", 5, 0, []string{"漢字", "漢字"}},
		{"漢字", 1, 0, []string{"漢字"}}, // fits no line; the page cuts it
	} {
		got := Wrap(tc.s, tc.width, tc.indent)
		for i := range got {
			got[i] = strings.TrimRight(got[i], " ")
		}
		if strings.Join(got, "\n") != strings.Join(tc.want, "\n") {
			t.Errorf("Wrap(%q, %d, %d) = %q, want %q", tc.s, tc.width, tc.indent, got, tc.want)
		}
	}
}
