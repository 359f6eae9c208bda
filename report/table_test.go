package report

import (
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

func TestTableIsVerbatim(t *testing.T) {
	grid := table{columns: []column{{left: true}, {title: "P99.9"}, {title: "total_ms", gap: 3}, {title: "Name", left: true}}}
	grid.row("  indented", "1.3 ms¹", "≥ 12.3 s", "a  b")
	grid.row("漢字", "14 ms ", "–", "")
	lines, err := grid.lines(80)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"              P99.9   total_ms  Name", // as written: not "P 99 . 9", not "TOTAL MS", not centred
		"  indented  1.3 ms¹   ≥ 12.3 s  a  b",
		"漢字         14 ms           –",
	}, "\n")
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTableIgnoresLocale(t *testing.T) {
	// What tablewriter sets for itself where the locale is East Asian: ≥ and – then count as two columns.
	twwidth.SetEastAsian(true)
	defer twwidth.SetEastAsian(false)
	TestTableIsVerbatim(t)
}

func TestTableLeavesOutByRank(t *testing.T) {
	grid := table{columns: []column{{title: "name", left: true}, {title: "first", rank: 1}, {title: "third", rank: 3}, {title: "second", rank: 2}}}
	grid.row("a", "1", "3", "2")
	for width, want := range map[int]string{
		80: "name  first  third  second", 26: "name  first  third  second", 25: "name  first  second", 19: "name  first  second",
		18: "name  first", 11: "name  first", 10: "name", 4: "name", 1: "name",
	} {
		lines, err := grid.lines(width)
		if err != nil {
			t.Fatal(err)
		}
		if lines[0] != want {
			t.Errorf("in %d columns the header is %q, want %q", width, lines[0], want)
		}
	}
}

func TestOverlay(t *testing.T) {
	for _, tc := range []struct{ line, text, want string }{
		{"          1.3 ms", "b / a", "b / a     1.3 ms"},
		{"          1.3 ms", "longer / than", "longer …  1.3 ms"},
		{"          1.3 ms", "", "          1.3 ms"},
		{"1.3 ms", "b / a", "1.3 ms"},
		{"", "a heading alone", "a heading alone"},
	} {
		if got := overlay(tc.line, tc.text); got != tc.want {
			t.Errorf("overlay(%q, %q) = %q, want %q", tc.line, tc.text, got, tc.want)
		}
	}
}

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
		got := wrap(tc.s, tc.width, tc.indent)
		for i := range got {
			got[i] = strings.TrimRight(got[i], " ")
		}
		if strings.Join(got, "\n") != strings.Join(tc.want, "\n") {
			t.Errorf("wrap(%q, %d, %d) = %q, want %q", tc.s, tc.width, tc.indent, got, tc.want)
		}
	}
}
