package live

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// judged is a comparison after some quads.
func judged(began time.Time) Board {
	return Board{Title: "bench compare", Doing: "quad 3 of at most 20 · round 2 of 4, uncached", Began: began, Ends: began.Add(60 * time.Second), Rows: []Row{
		{Label: "so far", Text: "uncached against cached"},
		{Label: "P50", Text: "23.8× (21.7–26.3)", Sparks: []Spark{{Label: "interval", Lists: [][]float64{{0.8, 0.4, 0.2}}}, {Label: "rounds", Lists: [][]float64{{1, 1, 2}, {20, 21, 20}}}}},
	}}
}

func TestBoard(t *testing.T) {
	began := time.Unix(0, 0)
	b := judged(began)
	want := `bench compare  quad 3 of at most 20 · round 2 of 4, uncached · 15 of 60 s  ▕██████                  ▏
so far   uncached against cached
P50      23.8× (21.7–26.3)        interval █▅▃  rounds ▁▁▂ ███
`
	if got := texts(b.lines(began.Add(15*time.Second), 120, 24)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for width := 1; width < 100; width++ {
		lines := b.lines(began, width, 2)
		if len(lines) != 1 || page.Columns(lines[0].text(false)) > max(width-1, 0) {
			t.Errorf("in %d columns and 2 rows: %q", width, texts(lines))
		}
	}
}

// A board stands above the run that goes on. What is written meanwhile stays above both, and what a log says of them is left out.
func TestBoardOnATerminal(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {200, 60}, {100, 6}} {
		width, height := size[0], size[1]
		e := emulate(t, width, height, false)
		now, p := time.Unix(0, 0), inSpike()
		b := judged(now)
		e.Show(b)
		e.frame(now)
		e.wants("a board", append([]string{"$ bench spike"}, rowsOf(b.lines(now, width, height))...)...)
		fmt.Fprintln(e.Log(), "a line of a log")
		fmt.Fprintln(e.View, "40 more pairs would settle it")
		e.tell(p, now)
		for range 2 {
			e.frame(now)
		}
		want := append([]string{"$ bench spike", "40 more pairs would settle it"}, rowsOf(b.lines(now, width, height))...)
		want = append(want, shown(p, width, height-3)...)
		if len(want) > height-1 { // the terminal has scrolled
			want = want[len(want)-(height-1):]
		}
		e.wants("a board and a run", want...)
		e.end()
		if got := strings.Join(e.rows(), "\n"); height > 6 && !strings.HasSuffix(got, "40 more pairs would settle it") {
			t.Errorf("after the end the terminal shows\n%s", got)
		}
	}
}

// Without a panel a log is written, and a board is not.
func TestBoardWithoutAPanel(t *testing.T) {
	var out strings.Builder
	v := Start(&out, nil)
	v.Show(Board{Title: "bench gate"})
	v.Update(runfile.Progress{Target: "cached"})
	fmt.Fprintln(v.Log(), "quad 1")
	fmt.Fprintln(v, "a warning")
	v.Done()
	if out.String() != "quad 1\na warning\n" {
		t.Errorf("it wrote %q", out.String())
	}
	e := emulate(t, 80, 24, false)
	e.theirs = true
	e.Show(judged(time.Unix(0, 0)))
	e.frame(time.Unix(0, 0))
	fmt.Fprintln(e.Log(), "quad 1")
	e.wants("in the background", "$ bench spike", "quad 1")
}

func rowsOf(lines []line) []string {
	return strings.Split(strings.TrimSuffix(texts(lines), "\n"), "\n")
}
