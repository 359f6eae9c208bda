package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// plainEvery is how much of a run lies between two lines where the output is not a terminal.
const plainEvery = 5 * time.Second

// barCells is the length of the progress bar; each cell holds eight steps.
const barCells = 10

// Live shows how a run goes on: on a terminal one line that is written over, elsewhere a plain line every few seconds of
// the run. It belongs to one goroutine. What cannot be written is dropped: nobody is hurt by a missing progress line.
type Live struct {
	w        io.Writer
	terminal bool
	color    bool
	width    int

	shown  int    // columns of the line that stands there now
	target string // that the last line told of
	next   time.Duration
	drain  bool // the plain line of the drain was written
}

// NewLive returns a Live for w, a terminal of width columns or not. Colour needs a terminal.
func NewLive(w io.Writer, terminal bool, color bool, width int) *Live {
	if width <= 0 {
		width = page.DefaultWidth
	}
	return &Live{w: w, terminal: terminal, color: color && terminal, width: width}
}

// Update shows a run's state.
func (l *Live) Update(p runfile.Progress) {
	if l.terminal {
		l.rewrite(liveLine(p, l.width-1))
		return
	}
	if p.Target != l.target {
		l.target, l.next, l.drain = p.Target, plainEvery, false
	}
	switch {
	case p.Draining && !l.drain:
		l.drain = true
	case !p.Draining && p.Elapsed >= l.next:
	default:
		return
	}
	l.next = (p.Elapsed/plainEvery + 1) * plainEvery
	fmt.Fprintln(l.w, plainLine(p))
}

// Done removes the line from a terminal; the report follows in its place.
func (l *Live) Done() {
	if l.terminal && l.shown > 0 {
		io.WriteString(l.w, "\r"+strings.Repeat(" ", l.shown)+"\r")
		l.shown = 0
	}
}

// rewrite overwrites the old line with spaces where the new one is shorter, which every terminal understands. The line
// leaves the last column free: some terminals would begin a new one.
func (l *Live) rewrite(line string) {
	width := page.Columns(line)
	rest := strings.Repeat(" ", max(l.shown-width, 0))
	if l.color {
		line = "\x1b[1m" + line + "\x1b[0m" // bold
	}
	io.WriteString(l.w, "\r"+line+rest)
	l.shown = width
}

// liveLine puts as much of the state into width columns as fits, leaving out what matters less.
func liveLine(p runfile.Progress, width int) string {
	parts := partsOf(p)
	for drop := 0; ; drop++ {
		var b strings.Builder
		for _, part := range parts {
			if part.rank > drop {
				b.WriteString(part.text)
			}
		}
		if line := page.Clean(b.String(), 1<<12); page.Columns(line) <= width || drop == maxRank {
			return page.Clean(line, width)
		}
	}
}

// livePart is one piece of the line; the lower its rank, the sooner it goes.
type livePart struct {
	text string
	rank int
}

const maxRank = 6

func partsOf(p runfile.Progress) []livePart {
	latency := livePart{" · nothing finished", maxRank + 1}
	tail := livePart{"", 3}
	last := p.Last()
	if last.Samples > 0 {
		latency.text = " · P50 " + secondFigure(last.P50)
		tail.text = " P95 " + secondFigure(last.P95)
	}
	p99 := livePart{"", maxRank + 1}
	if last.Samples > 0 {
		p99.text = " P99 " + secondFigure(last.P99)
	}
	done, share := clock(p.Elapsed)+" of "+clock(p.Total)+" s", float64(p.Elapsed)/float64(p.Total)
	if p.Most > 0 {
		done, share = Count(p.Sent)+" of "+Count(p.Most)+" requests", float64(p.Sent)/float64(p.Most)
	}
	return []livePart{
		{name(p.Target) + "  ", maxRank + 1},
		{phaseText(p), maxRank + 1},
		{" · " + done, 5},
		{" ▕" + bar(share) + "▏", 2},
		{" " + Rate(p.Offered) + " → " + Rate(p.Achieved), maxRank + 1},
		latency, tail, p99,
		{" · " + Count(p.InFlight) + " in flight", 4},
		{", " + Count(p.Waiting) + " waiting", 4},
		{" · " + Count(p.Failed) + " failed", maxRank},
	}
}

func phaseText(p runfile.Progress) string {
	if p.Draining {
		return "waiting for the last answers"
	}
	if p.Most > 0 { // then the phase ends sooner than it may
		return fmt.Sprintf("%s %s s", name(p.Phase), clock(p.PhaseElapsed))
	}
	return fmt.Sprintf("%s %s s of %s", name(p.Phase), clock(p.PhaseElapsed), clock(p.PhaseDuration))
}

// clock writes whole seconds, without the unit that the line gives once for two of them.
func clock(d time.Duration) string { return Count(uint64(max(d, 0) / time.Second)) }

// bar draws a share from 0 to 1 in eighths of a cell; what is no number is none.
func bar(share float64) string {
	steps := 0
	if share > 0 {
		steps = int(min(share, 1) * barCells * 8)
	}
	full, eighths := steps/8, steps%8
	text := strings.Repeat("█", full)
	if eighths > 0 {
		text += []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}[eighths]
	}
	return pad(text, barCells)
}

func secondFigure(f runfile.ProgressFigure) string {
	if f.AtLeast {
		return leastDuration(f.Value)
	}
	return Duration(f.Value)
}

// plainLine is the whole state in one line for a log.
func plainLine(p runfile.Progress) string {
	latency := "nothing finished in the last second"
	if last := p.Last(); last.Samples > 0 {
		latency = fmt.Sprintf("P50 %s, P95 %s, P99 %s", secondFigure(last.P50), secondFigure(last.P95), secondFigure(last.P99))
	}
	done := fmt.Sprintf("%s of %s s", clock(p.Elapsed), clock(p.Total))
	if p.Most > 0 {
		done = fmt.Sprintf("%s of %s requests", Count(p.Sent), Count(p.Most))
	}
	return page.Clean(fmt.Sprintf("%s: %s, %s: %s → %s, %s, %s in flight, %s waiting, %s failed", name(p.Target), phaseText(p),
		done, Rate(p.Offered), Rate(p.Achieved), latency, Count(p.InFlight), Count(p.Waiting), Count(p.Failed)), 1<<10)
}
