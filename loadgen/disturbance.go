package loadgen

import (
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// afterwards is how many lengths of a disturbance after its end requests are still disturbed: the burst of late requests
// queues at the target, for u/(1-u) lengths at the utilisation u, so five hold up to u = 0.83.
const afterwards = 5

// maxWindows bounds the windows that are told apart; later ones are one with the last.
const maxWindows = 1 << 17

// lateSpan is an interval in which some request could have been sent and was not; longest is the longest such wait of one
// request.
type lateSpan struct{ from, to, longest time.Duration }

// disturbances collects the lateness of a run's loops, and says which requests it disturbed.
type disturbances struct {
	now atomic.Pointer[runfile.DisturbanceRule] // nil until the target is known well enough

	mu      sync.Mutex
	told    []lateSpan // before there is a rule, and then those that are disturbances, as far as maxWindows go
	count   uint64
	late    time.Duration
	windows []window // apart from each other, in order
	version atomic.Uint64
}

// window is an interval of intended times, both ends included, whose requests are disturbed.
type window struct{ from, to time.Duration }

// rule returns the rule; nil: not known yet.
func (d *disturbances) rule() *runfile.DisturbanceRule { return d.now.Load() }

// settle takes the rule, unless there is one.
func (d *disturbances) settle(r runfile.DisturbanceRule) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now.Load() != nil {
		return
	}
	d.now.Store(&r)
	told := d.told
	d.told = nil
	for _, s := range told {
		d.add(s)
	}
}

// tell takes a time that is over in which a loop was late.
func (d *disturbances) tell(s lateSpan) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now.Load() != nil {
		d.add(s)
	} else if len(d.told) < maxWindows {
		d.told = append(d.told, s)
	}
}

// add counts a late time that the rule takes for a disturbance.
func (d *disturbances) add(s lateSpan) {
	r := d.now.Load()
	if s.longest <= r.Bound {
		return
	}
	length := s.to - s.from
	d.cover(window{s.from - r.Window, s.to + afterwards*length})
	// Loops are late together where their machine is: that is one disturbance.
	i := sort.Search(len(d.told), func(i int) bool { return d.told[i].to >= s.from })
	j := i
	for ; j < len(d.told) && d.told[j].from <= s.to; j++ {
		d.late -= d.told[j].to - d.told[j].from
		d.count--
		s.from, s.to = min(s.from, d.told[j].from), max(s.to, d.told[j].to)
	}
	d.count++
	d.late += s.to - s.from
	if i < len(d.told) || len(d.told) < maxWindows {
		d.told = slices.Replace(d.told, i, j, s)
	}
}

// cover adds a window to the others.
func (d *disturbances) cover(w window) {
	i := sort.Search(len(d.windows), func(i int) bool { return d.windows[i].to >= w.from })
	if i == maxWindows {
		i--
	}
	j := i
	for ; j < len(d.windows) && (d.windows[j].from <= w.to || j == maxWindows-1); j++ {
		w.from, w.to = min(w.from, d.windows[j].from), max(w.to, d.windows[j].to)
	}
	d.windows = slices.Replace(d.windows, i, j, w)
	d.version.Add(1)
}

// within returns how much of [from, to) disturbances took.
func (d *disturbances) within(from, to time.Duration) (sum time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.told {
		sum += max(0, min(s.to, to)-max(s.from, from))
	}
	return sum
}

// describe returns what a run says of them.
func (d *disturbances) describe() *runfile.Disturbances {
	r := d.rule()
	if r == nil {
		return nil
	}
	found := &runfile.Disturbances{BoundNS: r.Bound, WindowNS: r.Window, Count: d.count, LateNS: d.late}
	for _, s := range d.told[:min(len(d.told), runfile.MaxSpans)] {
		found.Spans = append(found.Spans, runfile.Span{AtNS: s.from, DurationNS: s.to - s.from})
	}
	return found
}

// around returns whether an instant is disturbed, and the time around it for which the answer is the same.
func (d *disturbances) around(t time.Duration) (disturbed bool, from, to time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	from, to = -1<<63, 1<<63-1
	i := sort.Search(len(d.windows), func(i int) bool { return d.windows[i].to >= t })
	if i > 0 {
		from = d.windows[i-1].to + 1
	}
	if i == len(d.windows) {
		return false, from, to
	}
	if w := d.windows[i]; w.from <= t {
		return true, w.from, w.to
	}
	return false, from, d.windows[i].from - 1
}

// oracle asks the disturbances of a run about one instant after the other, most of which lie close together.
type oracle struct {
	of        *disturbances
	version   uint64
	from, to  time.Duration
	disturbed bool
}

func (o *oracle) ask(t time.Duration) bool {
	if v := o.of.version.Load(); v != o.version || t < o.from || t > o.to {
		o.version = v
		o.disturbed, o.from, o.to = o.of.around(t)
	}
	return o.disturbed
}

// punctuality is what a loop knows of its own lateness. An engine's goroutines tell it as they send; tell passes on what is
// over.
type punctuality struct {
	tell  func(lateSpan)
	clear atomic.Int64 // the earliest instant at which lateness that is not told yet can begin

	mu    sync.Mutex
	open  lateSpan // the lateness that the loop is still catching up with
	being atomic.Bool
}

// sent takes when a request could have been sent, and when it was.
func (p *punctuality) sent(ready, at time.Duration) {
	late := at-ready > lateAfter
	if !late && !p.being.Load() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch is := p.being.Load(); {
	case is && (!late || ready > p.open.to):
		p.tell(p.open)
		p.being.Store(false)
		if !late {
			return
		}
		fallthrough
	case !is && late:
		p.open = lateSpan{ready, at, at - ready}
		p.being.Store(true)
	case is:
		p.open.from, p.open.to = min(p.open.from, ready), max(p.open.to, at)
		p.open.longest = max(p.open.longest, at-ready)
	}
}

// cleared takes an instant: everything that was ready to be sent before it has been sent.
func (p *punctuality) cleared(at time.Duration) {
	if p.being.Load() {
		p.mu.Lock()
		switch {
		case !p.being.Load():
		case at >= p.open.to: // caught up with
			p.tell(p.open)
			p.being.Store(false)
		default:
			at = min(at, p.open.from)
		}
		p.mu.Unlock()
	}
	p.clear.Store(int64(at))
}

// end reports the lateness that the loop is still catching up with. It sends no more requests.
func (p *punctuality) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.being.Load() {
		p.tell(p.open)
		p.being.Store(false)
	}
	p.clear.Store(1<<63 - 1)
}
