package exchangetest

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// silentServer serves requests without an answer, after some that it does answer, until the test is over.
func (s suite) silentServer(t *testing.T, answered int64) (address string) {
	over := make(chan struct{})
	var got atomic.Int64
	address = s.serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got.Add(1) > answered {
			<-over
		}
	})
	t.Cleanup(func() { close(over) }) // before the server's own
	return address
}

func timeout(t *testing.T, s suite) {
	const limit, slots = 50 * time.Millisecond, 1
	r, end := s.drive(t, t.Context(), s.silentServer(t, 0), Evenly{N: 4, Request: Post}, exchange.Config{Slots: slots, Timeout: limit})
	if r.Count(exchange.TimedOut) != 4 {
		t.Fatalf("%d of 4 timed out", r.Count(exchange.TimedOut))
	}
	for _, x := range r.Exchanges {
		// A busy machine may need longer than that to connect, and then nothing was sent.
		if took := x.End - x.Sent; took < limit || x.Kind != exchange.Timeout && (x.Kind != exchange.ConnectTimeout || x.WasSent()) {
			t.Errorf("request %d: %q %v after its send", x.K, x.Kind, took)
		}
	}
	// Those that were not sent may have waited for one connection together.
	if sent := len(r.Sends); end.At < time.Duration(sent)*limit {
		t.Errorf("%d time-outs in one slot took %v", sent, end.At)
	}
}

// A server answers 10 of 100 requests, a millisecond apart. What grows too old is given up, in flight or before it was sent: what
// was sent late is given less time than the deadline, and were it counted from the sends, nothing would.
func deadline(t *testing.T, s suite) {
	const n, limit = 100, 700 * time.Millisecond
	r, _ := s.drive(t, t.Context(), s.silentServer(t, 10), Evenly{N: n, Request: Post}, exchange.Config{Slots: 1, Deadline: limit})
	hurried := 0
	for _, x := range r.Exchanges {
		switch x.Outcome {
		case exchange.Succeeded:
		case exchange.Shed, exchange.TimedOut:
			if x.Response() < limit || x.Kind != exchange.Deadline || x.Outcome == exchange.Shed && x.WasSent() {
				t.Errorf("request %d: outcome %d, %q, %v after it was due, sent at %v", x.K, x.Outcome, x.Kind, x.Response(), x.Sent)
			}
			if !x.WasSent() || x.Service() < limit {
				hurried++
			}
		default:
			t.Errorf("request %d: outcome %d", x.K, x.Outcome)
		}
	}
	late := r.Count(exchange.Shed) + r.Count(exchange.TimedOut)
	if late < n-10 || late+r.Count(exchange.Succeeded) != n || hurried == 0 {
		t.Errorf("%d shed, %d timed out and %d succeeded of %d, %d got less time", r.Count(exchange.Shed), r.Count(exchange.TimedOut), r.Count(exchange.Succeeded), n, hurried)
	}
}

func drain(t *testing.T, s suite) {
	const n, slots, wait = 20, 3, 150 * time.Millisecond
	r, end := s.drive(t, t.Context(), s.silentServer(t, 0), Evenly{N: n, Request: Post}, exchange.Config{Slots: slots, Drain: wait})
	sent, taken := len(r.Sends), len(r.Exchanges) // sent are all slots, unless the machine is too busy to open so many connections
	if r.Count(exchange.Unfinished) != sent || sent > slots {
		t.Errorf("%d unfinished of %d sent, want all, and no more than %d", r.Count(exchange.Unfinished), sent, slots)
	}
	if uint64(taken) != end.Next || r.Count(exchange.Unsent) != taken-sent || sent == slots && end.FreeSince >= 0 {
		t.Errorf("%d recorded, %d taken, %d sent, %d unsent, a slot free since %v", taken, end.Next, sent, r.Count(exchange.Unsent), end.FreeSince)
	}
	if end.Cut != n*time.Millisecond || end.At < end.Cut+wait {
		t.Errorf("cut at %v, ended at %v", end.Cut, end.At)
	}
	for _, x := range r.Exchanges {
		if x.End != end.At {
			t.Errorf("request %d ended at %v, the run at %v", x.K, x.End, end.At)
		}
		if x.Outcome == exchange.Unsent && x.Free != exchange.NeverFree {
			t.Errorf("request %d was not sent, and had a connection at %v", x.K, x.Free)
		}
	}
}

func interrupt(t *testing.T, s suite) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	const n, at = 60_000, 20
	var got atomic.Int64
	address := s.serve(t, func(http.ResponseWriter, *http.Request) {
		if got.Add(1) == at {
			stop()
		}
	})
	r, end := s.drive(t, ctx, address, Evenly{N: n}, exchange.Config{})
	if recorded := len(r.Exchanges); recorded < at || recorded == n || end.Next != uint64(recorded) {
		t.Errorf("%d recorded and %d taken after an interrupt at number %d", recorded, end.Next, at)
	}
	if end.Cut >= n*time.Millisecond || end.At < end.Cut || end.Stopped > end.At {
		t.Errorf("cut at %v, stopped at %v, ended at %v", end.Cut, end.Stopped, end.At)
	}
}

// A slot that comes free after an interrupt is not to be used: what was due and not sent waited for the target.
func interruptedSlots(t *testing.T, s suite) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	release, over := make(chan struct{}, 1), make(chan struct{})
	var got atomic.Int64
	address := s.listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
		for ReadRequest(in) {
			if got.Add(1) == 2 {
				stop()
				time.AfterFunc(20*time.Millisecond, func() { release <- struct{}{} })
			}
			select {
			case <-release: // one only: an engine that hears of the interrupt later has it in use again
			case <-over:
				return
			}
			io.WriteString(c, OK)
		}
	})
	defer close(over)
	r, end := s.drive(t, ctx, address, Evenly{N: 10_000}, exchange.Config{Slots: 2, Drain: 100 * time.Millisecond})
	if end.FreeSince >= 0 || end.Stopped > end.Cut || end.Cut > end.At || r.Count(exchange.Unfinished) == 0 {
		t.Errorf("cut at %v, stopped at %v, ended at %v, a slot free since %v", end.Cut, end.Stopped, end.At, end.FreeSince)
	}
	if end.Next != uint64(len(r.Exchanges)) {
		t.Errorf("%d recorded of %d that were taken", len(r.Exchanges), end.Next)
	}
}

func closedModel(t *testing.T, s suite) {
	const users, think, short = 4, 10 * time.Millisecond, 200 * time.Millisecond
	var now, most atomic.Int64
	address := s.serve(t, func(http.ResponseWriter, *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
	})
	run := func(n uint64, length time.Duration) (*Recorded, exchange.End) {
		r, end := s.drive(t, t.Context(), address, Evenly{N: n}, exchange.Config{Users: Crowd(users, think, length), Slots: users, Length: length})
		if most.Load() > users || r.Count(exchange.Succeeded) != len(r.Exchanges) || end.Next != uint64(len(r.Exchanges)) {
			t.Errorf("%d at once of %d users, %d of %d succeeded, %d taken", most.Load(), users, r.Count(exchange.Succeeded), len(r.Exchanges), end.Next)
		}
		for _, x := range r.Exchanges {
			if x.Intended < think || x.Intended >= length || x.SlotWait() > 0 {
				t.Errorf("request %d is intended at %v, with a slot at %v", x.K, x.Intended, x.Slot)
			}
		}
		return r, end
	}
	// Each user asks at most once a think time.
	if r, _ := run(1<<40, short); len(r.Exchanges) > int(users*short/think) {
		t.Errorf("%d requests of %d users in %v with %v to think", len(r.Exchanges), users, short, think)
	}
	// However long that takes, they come again.
	if r, end := run(10*users, Hang); len(r.Exchanges) != 10*users || end.At < 10*think {
		t.Errorf("%d requests of %d users in %v with %v to think, want %d", len(r.Exchanges), users, end.At, think, 10*users)
	}
}
