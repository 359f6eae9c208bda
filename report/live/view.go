package live

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
	"golang.org/x/term"
)

const (
	frameEvery = 250 * time.Millisecond
	frameLate  = frameEvery / 2  // a frame that comes later is left out
	frameStill = 2 * time.Second // but none for longer than this: what gives way to all others may always be late
)

// View shows how a run goes on, what a command that judges has found so far, or both. What is written to it stands above the panel.
type View struct {
	output
	plain plain

	terminal sync.Mutex // held while something is written to the terminal
	screen   screen
	below    []string // the panel's lines below the first, which stay until another state is told
	fits     [2]int   // the columns and rows for which they were made

	mu    sync.Mutex
	state runfile.Progress
	told  time.Time // when the state was told
	fresh bool      // it was not shown yet
	board *Board

	stop     chan struct{}
	painting sync.WaitGroup
}

// output is where a view is shown.
type output struct {
	w          io.Writer
	size       func() (width, height int) // of the terminal, now
	foreground func() bool                // the terminal is this program's now
	color      bool
}

// Start shows a run on w, until Done. On a terminal, unless it is a dumb one, background is called on the goroutine that paints,
// to make it give way to the ones that send. What cannot be written is dropped: nobody is hurt by missing progress.
func Start(w io.Writer, background func()) *View {
	if !OnTerminal(w) {
		return &View{output: output{w: w}, plain: plain{w: w}}
	}
	fd := int(w.(*os.File).Fd())
	v := newView(output{
		w: w, color: os.Getenv("NO_COLOR") == "",
		size: func() (int, int) {
			width, height, err := term.GetSize(fd)
			if err != nil || width <= 0 || height <= 0 {
				return page.DefaultWidth, 24
			}
			return width, height
		},
		foreground: func() bool { return foreground(fd) },
	})
	v.stop = make(chan struct{})
	v.painting.Go(func() {
		background()
		v.paint()
	})
	return v
}

// OnTerminal reports whether w is a terminal, and no dumb one.
func OnTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

func newView(o output) *View { return &View{output: o, plain: plain{w: o.w}, screen: screen{w: o.w}} }

// Update tells the run's state. It waits for no terminal.
func (v *View) Update(p runfile.Progress) {
	if v.size == nil {
		v.plain.update(&p)
		return
	}
	v.tell(p, time.Now())
}

func (v *View) tell(p runfile.Progress, at time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.state, v.told, v.fresh = p, at, true
}

// Show tells what was found so far. Where there is no panel it is not shown: what a log is to say of it is written to Log.
func (v *View) Show(b Board) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.board = &b
}

// Write writes lines that stay, above the panel where there is one. Its error is that of the writer below.
func (v *View) Write(p []byte) (int, error) {
	v.terminal.Lock()
	defer v.terminal.Unlock()
	if v.size != nil && v.foreground() {
		_, height := v.size()
		v.screen.erase(height)
	}
	return v.w.Write(p)
}

// Log takes lines that say what the panel shows. They are written only where there is no panel.
func (v *View) Log() io.Writer { return unshown{v} }

type unshown struct{ *View }

func (u unshown) Write(p []byte) (int, error) {
	if u.size != nil && u.foreground() {
		return len(p), nil
	}
	return u.View.Write(p)
}

// Done ends the view and removes the panel; the report follows in its place.
func (v *View) Done() {
	if v.stop == nil {
		return
	}
	close(v.stop)
	v.painting.Wait()
	v.stop = nil
	v.end()
}

// paint paints until the view is done.
func (v *View) paint() {
	continued, ignore := continued()
	defer ignore()
	ticks := time.NewTicker(frameEvery)
	defer ticks.Stop()
	last := time.Now()
	for {
		select {
		case <-v.stop:
			return
		case <-continued: // what the shell wrote meanwhile stands below the panel
			v.terminal.Lock()
			v.screen.leave()
			v.terminal.Unlock()
		case due := <-ticks.C:
			if now := time.Now(); paints(due, now, last) {
				last = now
				v.frame(now)
			}
		}
	}
}

// paints reports whether a frame that was due is painted now, where the last one was.
func paints(due, now, last time.Time) bool {
	return now.Sub(due) < frameLate || now.Sub(last) >= frameStill
}

// frame shows the state as it is at an instant.
func (v *View) frame(now time.Time) {
	v.mu.Lock()
	p, since, fresh, board := v.state, now.Sub(v.told), v.fresh, v.board
	v.fresh = false
	v.mu.Unlock()
	driven := p.Target != ""
	if !driven && board == nil {
		return
	}
	v.terminal.Lock()
	defer v.terminal.Unlock()
	if !v.foreground() {
		v.screen.leave()
		v.fits = [2]int{} // no lines are made while the terminal is another program's
		if fresh && driven {
			v.plain.update(&p)
		}
		return
	}
	width, height := v.size()
	var lines []string
	if board != nil {
		for _, l := range board.lines(now, width, height) {
			lines = append(lines, l.text(v.color))
		}
	}
	fits := [2]int{width, height - len(lines)}
	fresh, v.fits = fresh || fits != v.fits, fits
	if driven {
		if fresh {
			v.below = v.below[:0]
			for _, l := range body(&p, fits[0], fits[1]-1) {
				v.below = append(v.below, l.text(v.color))
			}
		}
		p.Elapsed += since
		p.PhaseElapsed = min(p.PhaseElapsed+since, p.PhaseDuration)
		first := head(&p, width)
		lines = append(append(lines, first.text(v.color)), v.below...)
	}
	v.screen.paint(lines, height, fresh)
}

// end removes the panel where the terminal is still this program's.
func (v *View) end() {
	v.terminal.Lock()
	defer v.terminal.Unlock()
	if v.foreground() {
		_, height := v.size()
		v.screen.erase(height)
	}
}
