package live

import (
	"strings"
	"testing"
	"time"

	"github.com/hinshun/vt10x"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// emulated is a view on an emulated terminal, which after each write wants it to be as a shell expects it: whatever becomes of bench
// then, by a panic or by a signal, leaves it whole.
type emulated struct {
	vt10x.Terminal
	*View
	t       testing.TB
	usual   vt10x.ModeFlag
	theirs  bool // the terminal is another program's
	written int
}

func emulate(t testing.TB, width, height int, color bool) *emulated {
	t.Helper()
	e := &emulated{Terminal: vt10x.New(vt10x.WithSize(width, height)), t: t}
	e.usual = e.Mode()
	e.View = newView(output{w: e, size: e.Size, foreground: func() bool { return !e.theirs }, color: color})
	_, _ = e.Terminal.Write([]byte("$ bench spike\r\n"))
	return e
}

// Write is the terminal's, as what is written there has its line ends translated.
func (e *emulated) Write(p []byte) (int, error) {
	e.t.Helper()
	n, err := e.Terminal.Write([]byte(strings.ReplaceAll(strings.ReplaceAll(string(p), "\r\n", "\n"), "\n", "\r\n")))
	e.written++
	c := e.Cursor()
	if e.Mode() != e.usual || !e.CursorVisible() || c.X != 0 || c.Attr.FG != vt10x.DefaultFG || c.Attr.BG != vt10x.DefaultBG || c.Attr.Mode != 0 {
		e.t.Errorf("after a write: modes %b, were %b, cursor %+v", e.Mode(), e.usual, c)
	}
	return n, err
}

// rows are what the terminal shows, without the empty end.
func (e *emulated) rows() []string {
	var rows []string
	for row := range strings.Lines(e.String()) {
		rows = append(rows, strings.TrimRight(row, " \n"))
	}
	for len(rows) > 0 && rows[len(rows)-1] == "" {
		rows = rows[:len(rows)-1]
	}
	return rows
}

func (e *emulated) wants(what string, want ...string) {
	e.t.Helper()
	if got := strings.Join(e.rows(), "\n"); got != strings.Join(want, "\n") {
		e.t.Errorf("%s: the terminal shows\n%s\nwant\n%s", what, got, strings.Join(want, "\n"))
	}
}

// shown are the rows of a state's panel.
func shown(p runfile.Progress, width, height int) []string {
	return strings.Split(strings.TrimSuffix(texts(panel(&p, width, height)), "\n"), "\n")
}

func TestPanelOnTerminals(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {200, 60}, {40, 8}, {12, 3}} {
		for _, color := range []bool{false, true} {
			width, height := size[0], size[1]
			e := emulate(t, width, height, color)
			first, now := watched(t), time.Unix(0, 0)
			second := first
			second.Conditions, second.Elapsed, second.Achieved = nil, first.Elapsed+time.Second, 0
			for _, p := range []runfile.Progress{first, second, first, second} {
				e.tell(p, now)
				e.frame(now)
				if want := shown(p, width, height); len(want)+1 < height {
					e.wants("a panel", append([]string{"$ bench spike"}, want...)...)
				} else {
					e.wants("a panel on a low terminal", want...)
				}
			}
			written := e.written
			if e.frame(now); e.written > written+1 {
				t.Error("the same panel was painted twice more")
			}
			if written = e.written; true {
				if e.frame(now); e.written != written {
					t.Error("what stands there already was painted again")
				}
			}
			red := false
			for y := range height {
				for x := range width {
					red = red || e.Cell(x, y).FG == vt10x.Red
				}
			}
			if width > 60 && red != color {
				t.Errorf("colour %v, and red is shown: %v", color, red)
			}
			e.end()
			if rows := e.rows(); len(rows) > 1 || len(rows) == 1 && rows[0] != "$ bench spike" {
				t.Errorf("after the end the terminal shows %q", rows)
			}
		}
	}
}

// Between two states only the time goes on: the first line alone is written again, and the next state paints all anew, whatever
// became of the lines meanwhile.
func TestPanelWritesOnlyWhatChanged(t *testing.T) {
	e := emulate(t, 80, 24, false)
	p, now := watched(t), time.Unix(0, 0)
	e.tell(p, now)
	e.frame(now)
	_, _ = e.Terminal.Write([]byte("\x1b[3A\x1b[2Kspilt\x1b[3B\r"))
	spilt := e.rows()
	later := p
	later.Elapsed, later.PhaseElapsed = p.Elapsed+time.Second, p.PhaseElapsed+time.Second
	e.frame(now.Add(time.Second))
	spilt[1] = shown(later, 80, 24)[0]
	e.wants("a second later", spilt...)
	e.tell(later, now)
	e.frame(now)
	e.wants("with the next state", append([]string{"$ bench spike"}, shown(later, 80, 24)...)...)
}

// A terminal that changes its size has a whole panel at the next frame, below the command as far as that is still there.
func TestPanelOnATerminalThatIsResized(t *testing.T) {
	e := emulate(t, 80, 24, true)
	p, now := watched(t), time.Unix(0, 0)
	e.tell(p, now)
	for _, size := range [][2]int{{80, 24}, {120, 30}, {50, 30}, {50, 6}, {200, 60}, {80, 24}} {
		e.Resize(size[0], size[1])
		e.frame(now)
		want, rows := shown(p, size[0], size[1]), e.rows()
		if len(rows) < len(want) || strings.Join(rows[len(rows)-len(want):], "\n") != strings.Join(want, "\n") {
			t.Errorf("at %v the terminal shows\n%s\nwant\n%s", size, strings.Join(rows, "\n"), strings.Join(want, "\n"))
		}
	}
}

// What a shell writes while this program is suspended, or while the terminal is another's, is not painted over; meanwhile there are
// plain lines.
func TestPanelLeavesTheTerminalToOthers(t *testing.T) {
	e := emulate(t, 80, 24, false)
	p, now := watched(t), time.Unix(0, 0)
	e.tell(p, now)
	e.frame(now)
	panel := shown(p, 80, 24)
	want := append([]string{"$ bench spike"}, panel...)

	_, _ = e.Terminal.Write([]byte("^Z\r\n[1]+ Stopped\r\n$ bg\r\n"))
	want = append(want, "^Z", "[1]+ Stopped", "$ bg")
	e.theirs = true
	e.tell(p, now)
	e.frame(now)
	line := plainLine(&p) // wraps
	if rows := strings.Join(e.rows(), ""); rows != strings.Join(want, "")+line {
		t.Errorf("in the background the terminal shows\n%s", strings.Join(e.rows(), "\n"))
	}
	e.frame(now)
	if got := strings.Count(strings.Join(e.rows(), ""), line); got != 1 {
		t.Errorf("one state was told %d times", got)
	}

	p.Failed++
	panel = shown(p, 80, 24)
	e.tell(p, now)
	e.frame(now) // told while the terminal is another's
	e.theirs = false
	e.screen.leave() // as it does when it goes on
	e.frame(now)
	rows := e.rows()
	if got := strings.Join(rows[len(rows)-len(panel):], "\n"); got != strings.Join(panel, "\n") {
		t.Errorf("in the foreground again the terminal shows\n%s", strings.Join(rows, "\n"))
	}
}

// Late frames are left out, but on a machine that is always late the panel moves all the same.
func TestLateFramesAreLeftOut(t *testing.T) {
	start := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	last, painted := start, 0
	for due := start; due.Sub(start) < 10*time.Second; due = due.Add(frameEvery) {
		if now := due.Add(frameLate); paints(due, now, last) {
			last, painted = now, painted+1
		}
	}
	if painted < 4 || painted > 5 {
		t.Errorf("%d late frames are painted in 10 s, want one each 2 s", painted)
	}
	if due := start.Add(frameEvery); !paints(due, due.Add(frameLate-1), start) {
		t.Error("a frame that is not late is left out")
	}
}
