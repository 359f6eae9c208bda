package link

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

func lineOf(l Link, r *road) *line {
	return &line{Link: l, road: r, random: rand.New(rand.NewPCG(1, 2))}
}

// What goes in comes out after the delay, and no faster than the rate that all lines of a road share.
func TestOut(t *testing.T) {
	now := time.Now()
	r := &road{rate: 8000} // a byte per millisecond
	a, b := lineOf(Link{Delay: 40 * time.Millisecond}, r), lineOf(Link{Delay: 40 * time.Millisecond}, r)
	for i, tc := range []struct {
		l     *line
		at    time.Duration
		bytes int
		want  time.Duration
	}{
		{a, 0, 10, 50}, {b, 0, 10, 60}, {a, 5, 10, 70}, {b, 100, 1, 141},
	} {
		if got := tc.l.out(now.Add(tc.at*time.Millisecond), tc.bytes).Sub(now); got != tc.want*time.Millisecond {
			t.Errorf("%d: after %v, want %d ms", i, got, tc.want)
		}
	}
	c := lineOf(Link{Delay: time.Millisecond}, new(road))
	c.open = now.Add(2 * time.Millisecond)
	if got := c.out(now, 1000).Sub(now); got != 3*time.Millisecond {
		t.Errorf("before the handshake's round trip: %v", got)
	}
}

// Jitter stays within its bounds, keeps the order, and is the same for the same seed.
func TestJitter(t *testing.T) {
	now := time.Now()
	spread := Link{Delay: 40 * time.Millisecond, Jitter: 10 * time.Millisecond}
	l, again := lineOf(spread, new(road)), lineOf(spread, new(road))
	var last time.Time
	low, high := time.Hour, time.Duration(0)
	for i := range 1000 {
		in := now.Add(time.Duration(i) * time.Second)
		at := l.out(in, 1)
		low, high = min(low, at.Sub(in)), max(high, at.Sub(in))
		if at.Before(last) || again.out(in, 1) != at {
			t.Fatalf("%d: %v after %v", i, at, last)
		}
		last = at
	}
	if low < 30*time.Millisecond || low > 31*time.Millisecond || high > 50*time.Millisecond || high < 49*time.Millisecond {
		t.Errorf("%v to %v", low, high)
	}
	if first, second := l.out(now.Add(2000*time.Second), 1), l.out(now.Add(2000*time.Second), 1); second.Before(first) {
		t.Error("order is not kept")
	}
}

func TestDrops(t *testing.T) {
	l := lineOf(Link{Loss: 0.1}, new(road))
	lost := 0
	for range 10_000 {
		if l.drops() {
			lost++
		}
	}
	if lost < 900 || lost > 1100 {
		t.Errorf("%d of 10,000 are lost", lost)
	}
}

// A direction of a connection carries all bytes in their order, each after the delay, and its end.
func TestCarry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, from := net.Pipe()
		to, out := net.Pipe()
		l := lineOf(Link{Delay: 40 * time.Millisecond}, new(road))
		done := make(chan error, 1)
		go func() {
			err := l.carry(t.Context(), to, from)
			_ = to.Close()
			done <- err
		}()
		began := time.Now()
		go func() {
			_, _ = in.Write([]byte("one"))
			time.Sleep(10 * time.Millisecond)
			_, _ = in.Write([]byte("two"))
			_ = in.Close()
		}()
		for _, want := range []struct {
			text string
			at   time.Duration
		}{{"one", 40 * time.Millisecond}, {"two", 50 * time.Millisecond}} {
			b := make([]byte, 3)
			if _, err := io.ReadFull(out, b); err != nil || string(b) != want.text || time.Since(began) != want.at {
				t.Errorf("%q after %v, %v; want %+v", b, time.Since(began), err, want)
			}
		}
		if rest, err := io.ReadAll(out); err != nil || len(rest) > 0 {
			t.Errorf("%q, %v", rest, err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// What is on its way is bounded: TCP waits, and datagrams are left out.
func TestHeldIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		h.put(piece{make([]byte, maxHeld+1), time.Now().Add(time.Second)}, true)
		h.put(piece{data: []byte("lost")}, false)
		put := false
		go func() {
			h.put(piece{data: []byte("waits"), at: time.Now().Add(time.Second)}, true)
			put = true
			h.close()
		}()
		if synctest.Wait(); put {
			t.Error("it did not wait for room")
		}
		var got []int
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if err := h.deliver(ctx, func(data []byte) error { got = append(got, len(data)); return nil }); err != nil {
			t.Error(err)
		}
		if len(got) != 2 || got[1] != len("waits") {
			t.Errorf("pieces of %d bytes", got)
		}
	})
}

// What is due much later does not keep a link from ending.
func TestDeliverEndsWithItsContext(t *testing.T) {
	h := newHeld()
	h.put(piece{[]byte("late"), time.Now().Add(time.Hour)}, true)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.deliver(ctx, func([]byte) error { return nil }); err == nil {
		t.Error("it was handed out")
	}
}
