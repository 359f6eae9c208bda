package page

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func anyTable() *rapid.Generator[*Table] {
	return rapid.Custom(func(t *rapid.T) *Table {
		text, yes := anyText(), rapid.Bool()
		table := &Table{Label: rapid.SampledFrom([]string{"", "threshold"}).Draw(t, "label"), Of: text.Draw(t, "of"), Caption: text.Draw(t, "caption")}
		for range rapid.IntRange(0, 4).Draw(t, "columns") {
			table.Columns = append(table.Columns, Column{Title: text.Draw(t, "title"), Short: text.Draw(t, "short"), Words: yes.Draw(t, "words"),
				Names: yes.Draw(t, "names"), Stub: yes.Draw(t, "stub"), Of: yes.Draw(t, "named"), Plain: yes.Draw(t, "plain"), Wide: yes.Draw(t, "wide"),
				Spark: yes.Draw(t, "spark"), Rank: rapid.IntRange(0, 2).Draw(t, "rank"), Detail: anyDetail().Draw(t, "column's detail")})
		}
		for range rapid.IntRange(0, 3).Draw(t, "rows") {
			row := Row{Head: text.Draw(t, "head"), Detail: anyDetail().Draw(t, "row's detail")}
			for range rapid.IntRange(0, 5).Draw(t, "cells") {
				row.Cells = append(row.Cells, Cell{Text: text.Draw(t, "cell"), Mark: rapid.SampledFrom([]string{"", "¹"}).Draw(t, "mark"), Tone: Bad})
			}
			table.Rows = append(table.Rows, row)
		}
		if yes.Draw(t, "sparks") {
			table.Sparks = someSparks(text.Draw(t, "title of sparks"))
		}
		table.Notes = []Footnote{{Mark: "¹", Text: text.Draw(t, "footnote")}}
		return table
	})
}

// someSparks draw as wide as they may.
type someSparks string

func (s someSparks) Draw(width int) (title string, rows []string, axis string) {
	return string(s), []string{strings.Repeat("█", width), "▁"}, "calm"
}

func anyDetail() *rapid.Generator[Detail] { return rapid.SampledFrom([]Detail{Brief, Usual, Full}) }

func anyBlock(depth int) *rapid.Generator[Block] {
	return rapid.Custom(func(t *rapid.T) Block {
		text, detail := anyText(), anyDetail().Draw(t, "detail")
		item := rapid.Custom(func(t *rapid.T) Item {
			return Item{Of: text.Draw(t, "of"), Word: text.Draw(t, "word"), Tone: Good, Text: text.Draw(t, "text"), More: []string{text.Draw(t, "more")}}
		})
		switch rapid.IntRange(0, 7+depth).Draw(t, "kind") {
		case 0:
			return Headline{Text: text.Draw(t, "headline")}
		case 1:
			return Facts{Title: text.Draw(t, "title"), Command: text.Draw(t, "command"), Parts: Parts(Usual, text.Draw(t, "part")), Detail: detail}
		case 2:
			return Text{Label: text.Draw(t, "label"), Text: text.Draw(t, "text"), Detail: detail}
		case 3:
			return Note{Text: text.Draw(t, "note"), Detail: detail}
		case 4:
			return List{Label: text.Draw(t, "label"), Items: rapid.SliceOfN(item, 0, 3).Draw(t, "items"), Detail: detail}
		case 5:
			return anyTable().Draw(t, "table")
		case 6:
			return Chart{Title: text.Draw(t, "title"), Drawing: Lines{text.Draw(t, "line")}, Folded: rapid.Bool().Draw(t, "folded"), Detail: detail}
		case 8:
			return Section{Title: text.Draw(t, "title"), Blocks: rapid.SliceOfN(anyBlock(0), 0, 3).Draw(t, "inner"), Detail: detail}
		}
		return Commands{Lines: [][]Command{{{Word: text.Draw(t, "word"), Text: text.Draw(t, "command"), File: rapid.Bool().Draw(t, "file")}}}, Detail: detail}
	})
}

var colours = regexp.MustCompile(`\x1b\[[0-9]+m`)

// TestAnyPage holds whatever a page is made of: no panic, nothing beyond the width, nothing that a terminal or GitHub would
// obey, and the same words with colour as without.
func TestAnyPage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &Page{Subjects: rapid.SliceOfN(anyText(), 0, 3).Draw(t, "subjects"), Blocks: rapid.SliceOfN(anyBlock(1), 0, 5).Draw(t, "blocks")}
		o := TerminalOptions{Width: rapid.IntRange(20, 120).Draw(t, "width"), Detail: anyDetail().Draw(t, "up to")}
		var plain, coloured, markdown strings.Builder
		if err := Terminal(&plain, p, o); err != nil {
			t.Fatal(err)
		}
		o.Color = true
		if err := Terminal(&coloured, p, o); err != nil {
			t.Fatal(err)
		}
		if got := colours.ReplaceAllString(coloured.String(), ""); got != plain.String() {
			t.Fatalf("coloured:\n%q\nplain:\n%q", got, plain.String())
		}
		if err := Markdown(&markdown, p, MarkdownOptions{Detail: o.Detail}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(plain.String() + markdown.String()) {
			if line = strings.TrimSuffix(line, "\n"); strings.ContainsFunc(line, func(r rune) bool { return !harmless(r) }) {
				t.Fatalf("not harmless: %q", line)
			}
		}
		for line := range strings.Lines(plain.String()) {
			if w := Columns(strings.TrimSuffix(line, "\n")); w > o.Width {
				t.Fatalf("%d columns: %q", w, line)
			}
		}
	})
}

func TestLevelsOfDetail(t *testing.T) {
	table := &Table{Columns: []Column{{Title: "phase", Words: true}, {Title: "P50"}, {Title: "max", Detail: Full}}}
	table.AddWords("spike", "1 ms", "2 ms")
	table.Rows = append(table.Rows, Row{Cells: []Cell{Words("warmup"), Words("3 ms"), Words("4 ms")}, Detail: Usual})
	p := &Page{Blocks: []Block{table, Section{Title: "empty", Blocks: []Block{Note{Text: "much", Detail: Full}}},
		List{Label: "verdict", Items: []Item{{Word: "VALID", Text: "because", More: []string{"calm: VALID"}}}}}}
	for detail, want := range map[Detail]string{
		Brief: "phase   P50\nspike  1 ms\n\nverdict   VALID   because\n",
		Usual: "phase    P50\nspike   1 ms\nwarmup  3 ms\n\nverdict   VALID   because\n",
		Full:  "phase    P50   max\nspike   1 ms  2 ms\nwarmup  3 ms  4 ms\n\nempty\nnote  much\n\nverdict   VALID   because\n          calm: VALID\n",
	} {
		var b strings.Builder
		if err := Terminal(&b, p, TerminalOptions{Detail: detail}); err != nil || b.String() != want {
			t.Errorf("detail %d: %v\n%s\nwant\n%s", detail, err, b.String(), want)
		}
	}
	if len(table.Rows) != 2 || len(table.Columns) != 3 {
		t.Error("what is shown of a page changes the page")
	}
}

// A table with a label is rows beside it: figures with their titles behind, words below each other, the last going on.
func TestLabelledTable(t *testing.T) {
	table := &Table{Label: "profile", Of: "old", Caption: "CPU for 8 s", Columns: []Column{{Title: "flat"}, {Title: "cum", Gap: 1}, {Title: "function", Words: true, Names: true}}}
	table.AddWords("5 %", "100 %", "main.one with two and three functions more")
	table.AddWords("30 %", "30 %", "b.two")
	said := List{Label: "profile", Items: []Item{{Of: "old", Text: "not whole"}}}
	p := &Page{Subjects: []string{"old", "older"}, Blocks: []Block{Section{Blocks: []Block{table, said}}}}
	var terminal, markdown strings.Builder
	if err := Terminal(&terminal, p, TerminalOptions{Width: 64}); err != nil {
		t.Fatal(err)
	}
	want := "profile   old    CPU for 8 s\n           5 % flat 100 % cum  main.one with two and three\n                               functions more\n" +
		"          30 % flat  30 % cum  b.two\n          old    not whole\n"
	if terminal.String() != want {
		t.Errorf("%s\nwant\n%s", terminal.String(), want)
	}
	if err := Markdown(&markdown, p, MarkdownOptions{}); err != nil {
		t.Fatal(err)
	}
	want = "Profile of `old`, CPU for 8 s:\n\n| flat | cum | function |\n| ---: | ---: | --- |\n| 5 % | 100 % | `main.one with two and three functions more` |\n" +
		"| 30 % | 30 % | `b.two` |\n\n- `old` profile: not whole\n"
	if markdown.String() != want {
		t.Errorf("%s\nwant\n%s", markdown.String(), want)
	}
}

func TestSectionsChartsAndCommands(t *testing.T) {
	p := &Page{Blocks: []Block{
		Facts{Title: "Capacity of old", Command: "bench capacity", Parts: Parts(Usual, "old")}, Headline{Text: "It holds."},
		Section{Title: "Today", Blocks: []Block{List{Items: Items("one instance", "two more")}}},
		Chart{Title: "the curve", Drawing: Lines{"a`b  "}, Folded: true}, Chart{Title: "another", Drawing: Lines{"c"}}, Chart{Title: "no form in characters", Drawing: Lines(nil)},
		Commands{Lines: [][]Command{{{Word: "saved", Text: "x.json", File: true, Detail: Usual}}, {{Word: "repeat", Text: "bench capacity old"}}}},
	}}
	var terminal, markdown strings.Builder
	if err := Terminal(&terminal, p, TerminalOptions{Detail: Usual}); err != nil {
		t.Fatal(err)
	}
	want := "bench capacity · old\n\nIt holds.\n\nToday\n  one instance\n  two more\n\na`b\n\nanother\nc\n\nsaved x.json\nrepeat: bench capacity old\n"
	if terminal.String() != want {
		t.Errorf("%s\nwant\n%s", terminal.String(), want)
	}
	if err := Markdown(&markdown, p, MarkdownOptions{}); err != nil {
		t.Fatal(err)
	}
	want = "## Capacity of old\n\n**It holds.**\n\n**Today**\n\n- one instance\n- two more\n\n<details><summary>the curve</summary>\n\n```text\na'b\n```\n</details>\n\n" +
		"**another**\n\n```text\nc\n```\n\nRepeat: `bench capacity old`\n"
	if markdown.String() != want {
		t.Errorf("%s\nwant\n%s", markdown.String(), want)
	}
}

func TestMarkdownIsCut(t *testing.T) {
	p := &Page{Blocks: []Block{Headline{Text: "It holds."}}}
	for range 100 {
		p.Add(Note{Text: "something to know"})
	}
	for limit, want := range map[int]string{10: "", 60: "**It holds.**\n\nsomething to know\n\nCut here.\n"} {
		var b strings.Builder
		if err := Markdown(&b, p, MarkdownOptions{Limit: limit, Cut: "Cut here."}); err != nil || b.String() != want {
			t.Errorf("limit %d: %v, %q, want %q", limit, err, b.String(), want)
		}
	}
}

func TestWritersReportTheirWriter(t *testing.T) {
	full := errors.New("no space left on device")
	p := &Page{Blocks: []Block{Headline{Text: "It holds."}}}
	if err := Terminal(failing{full}, p, TerminalOptions{}); !errors.Is(err, full) {
		t.Errorf("Terminal returned %v", err)
	}
	if err := Markdown(failing{full}, p, MarkdownOptions{}); !errors.Is(err, full) {
		t.Errorf("Markdown returned %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
