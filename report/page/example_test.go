package page_test

import (
	"os"

	"github.com/seed-5a006608/bench/report/page"
)

func Example() {
	times := &page.Table{Columns: []page.Column{
		{Title: "target", Words: true, Names: true, Stub: true, Of: true, Plain: true},
		{Title: "phase", Words: true, Names: true, Plain: true},
		{Title: "P50"}, {Title: "P99"}, {Title: "max", Detail: page.Full},
	}}
	for _, target := range []string{"old", "new"} {
		times.Add(page.Words(target), page.Words("calm"), page.Figure("1.2 ms", 1.2e6), page.Figure("4.0 ms", 4e6), page.Figure("5.1 ms", 5.1e6))
		times.Add(page.Words(target), page.Words("spike"), page.Figure("1.9 ms", 1.9e6),
			page.Cell{Text: "≥ 12.0 s", Figure: true, Value: 12e9, AtLeast: true, Mark: "¹"}, page.Figure("12.3 s", 12.3e9))
	}
	times.Notes = []page.Footnote{{Mark: "¹", Text: "fewer than 10 requests lie beyond it"}}

	p := &page.Page{Title: "a spike", Subjects: []string{"old", "new"}}
	p.Add(
		page.Facts{Command: "bench spike", Parts: page.Parts(page.Brief, "30/s → 600/s for 8 s", "seed 1")},
		page.Headline{Text: "Both carried the spike."},
		times,
		page.Section{Blocks: []page.Block{
			page.List{Label: "verdict", Items: []page.Item{
				{Of: "old", Word: "VALID", Tone: page.Good, Text: "the backlog did not grow"},
				{Of: "new", Word: "VALID", Tone: page.Good, Text: "the backlog did not grow"},
			}},
			page.Text{Label: "memory", Text: "at most 98 MB", Detail: page.Usual},
		}},
		page.Commands{Lines: [][]page.Command{{{Word: "repeat", Text: "bench spike --seed 1"}}}},
	)
	page.Terminal(os.Stdout, p, page.TerminalOptions{Detail: page.Usual})
	os.Stdout.WriteString("--\n")
	page.Markdown(os.Stdout, p, page.MarkdownOptions{})
	// Output:
	// bench spike · 30/s → 600/s for 8 s · seed 1
	//
	// Both carried the spike.
	//
	//                P50       P99
	// old  calm   1.2 ms    4.0 ms
	//      spike  1.9 ms  ≥ 12.0 s¹
	// new  calm   1.2 ms    4.0 ms
	//      spike  1.9 ms  ≥ 12.0 s¹
	//
	// verdict   old  VALID   the backlog did not grow
	//           new  VALID   the backlog did not grow
	// memory    at most 98 MB
	// ¹ fewer than 10 requests lie beyond it
	//
	// repeat: bench spike --seed 1
	// --
	// **Both carried the spike.**
	//
	// `bench spike` · 30/s → 600/s for 8 s · seed 1
	//
	// | target | phase | P50 | P99 |
	// | --- | --- | ---: | ---: |
	// | `old` | `calm` | 1.2 ms | 4.0 ms |
	// | `old` | `spike` | 1.9 ms | ≥ 12.0 s¹ |
	// | `new` | `calm` | 1.2 ms | 4.0 ms |
	// | `new` | `spike` | 1.9 ms | ≥ 12.0 s¹ |
	//
	// ¹ fewer than 10 requests lie beyond it
	//
	// - `old` VALID: the backlog did not grow
	// - `new` VALID: the backlog did not grow
	//
	// Repeat: `bench spike --seed 1`
}
