package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
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
		width = DefaultWidth
	}
	return &Live{w: w, terminal: terminal, color: color && terminal, width: width}
}

// Update shows a run's state.
func (l *Live) Update(p loadgen.Progress) {
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
	width := columns(line)
	rest := strings.Repeat(" ", max(l.shown-width, 0))
	if l.color {
		line = bold + line + reset
	}
	io.WriteString(l.w, "\r"+line+rest)
	l.shown = width
}

// liveLine puts as much of the state into width columns as fits, leaving out what matters less.
func liveLine(p loadgen.Progress, width int) string {
	parts := partsOf(p)
	for drop := 0; ; drop++ {
		var b strings.Builder
		for _, part := range parts {
			if part.rank > drop {
				b.WriteString(part.text)
			}
		}
		if line := Clean(b.String(), 1<<12); columns(line) <= width || drop == maxRank {
			return Clean(line, width)
		}
	}
}

// livePart is one piece of the line; the lower its rank, the sooner it goes.
type livePart struct {
	text string
	rank int
}

const maxRank = 6

func partsOf(p loadgen.Progress) []livePart {
	latency := livePart{" · nothing finished", maxRank + 1}
	tail := livePart{"", 3}
	if p.Samples > 0 {
		latency.text = " · P50 " + Duration(p.P50)
		tail.text = " P95 " + Duration(p.P95)
	}
	p99 := livePart{"", maxRank + 1}
	if p.Samples > 0 {
		p99.text = " P99 " + Duration(p.P99)
	}
	return []livePart{
		{name(p.Target) + "  ", maxRank + 1},
		{phaseText(p), maxRank + 1},
		{" · " + clock(p.Elapsed) + " of " + clock(p.Total) + " s", 5},
		{" ▕" + bar(p.Elapsed, p.Total) + "▏", 2},
		{" " + Rate(p.Offered) + " → " + Rate(p.Achieved), maxRank + 1},
		latency, tail, p99,
		{" · " + Count(p.InFlight) + " in flight", 4},
		{", " + Count(p.Waiting) + " waiting", 4},
		{" · " + Count(p.Failed) + " failed", maxRank},
	}
}

func phaseText(p loadgen.Progress) string {
	if p.Draining {
		return "waiting for the last answers"
	}
	return fmt.Sprintf("%s %s s of %s", name(p.Phase), clock(p.PhaseElapsed), clock(p.PhaseDuration))
}

// clock writes whole seconds, without the unit that the line gives once for two of them.
func clock(d time.Duration) string { return Count(uint64(max(d, 0) / time.Second)) }

// bar draws how much of total has passed, in eighths of a cell.
func bar(elapsed, total time.Duration) string {
	steps := 0
	if total > 0 {
		part := min(max(float64(elapsed)/float64(total), 0), 1)
		steps = int(part * barCells * 8)
	}
	full, eighths := steps/8, steps%8
	text := strings.Repeat("█", full)
	if eighths > 0 {
		text += []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}[eighths]
	}
	return pad(text, barCells)
}

// plainLine is the whole state in one line for a log.
func plainLine(p loadgen.Progress) string {
	latency := "nothing finished in the last second"
	if p.Samples > 0 {
		latency = fmt.Sprintf("P50 %s, P95 %s, P99 %s", Duration(p.P50), Duration(p.P95), Duration(p.P99))
	}
	return Clean(fmt.Sprintf("%s: %s, %s of %s s: %s → %s, %s, %s in flight, %s waiting, %s failed", name(p.Target), phaseText(p),
		clock(p.Elapsed), clock(p.Total), Rate(p.Offered), Rate(p.Achieved), latency, Count(p.InFlight), Count(p.Waiting),
		Count(p.Failed)), 1<<10)
}
