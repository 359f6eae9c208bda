package page

import (
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

func TestTableIsVerbatim(t *testing.T) {
	table := &Table{Columns: []Column{{Words: true}, {Title: "P99.9"}, {Title: "total_ms", Gap: 3}, {Title: "Name", Words: true}}}
	table.Add(Words("  indented"), Cell{Text: "1.3 ms", Mark: "¹"}, Words("≥ 12.3 s"), Words("a  b"))
	table.AddWords("漢字", "14 ms", "–")
	lines, err := newGrid(table, true).lines(80)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"             P99.9    total_ms  Name", // as written: not "P 99 . 9", not "TOTAL MS", not centred
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
	table := &Table{Columns: []Column{{Title: "name", Words: true}, {Title: "first", Rank: 1}, {Title: "third", Rank: 3}, {Title: "second", Rank: 2}}}
	table.AddWords("a", "1", "3", "2")
	for width, want := range map[int]string{
		80: "name  first  third  second", 26: "name  first  third  second", 25: "name  first  second", 19: "name  first  second",
		18: "name  first", 11: "name  first", 10: "name", 4: "name", 1: "name",
	} {
		lines, err := newGrid(table, true).lines(width)
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
