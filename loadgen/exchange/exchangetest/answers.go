package exchangetest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

func knownAnswers(t *testing.T, s suite) {
	const n = 300
	var got atomic.Int64
	address := s.serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.RequestURI != "/a?b=c" || string(body) != "hello" || err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		got.Add(1)
		w.Header().Set("X-Cache", "HIT")
		io.WriteString(w, "world!")
	})
	request := Request{Method: http.MethodPost, Target: "/a?b=c", Body: "hello"}
	r, end := s.drive(t, t.Context(), address, Evenly{N: n, Request: request}, exchange.Config{})
	if ok := r.Count(exchange.Succeeded); ok != n || got.Load() != n || len(r.Sends) != n || end.Next != n {
		t.Fatalf("%d succeeded, %d arrived, %d were sent and %d taken, of %d", ok, got.Load(), len(r.Sends), end.Next, n)
	}
	if end.Cut != n*time.Millisecond || end.At < end.Stopped {
		t.Errorf("cut at %v, sending ended at %v, all at %v", end.Cut, end.Stopped, end.At)
	}
	seen := map[uint64]bool{}
	for _, x := range r.Exchanges {
		seen[x.K] = true
		if x.Wait()+x.Lag()+x.Service() != x.Response() || x.Lag() < 0 || x.SlotWait() > x.Wait() {
			t.Errorf("request %d: wait %v (%v of it for a slot) + lag %v + service %v ≠ response %v", x.K, x.Wait(), x.SlotWait(), x.Lag(), x.Service(), x.Response())
		}
		if x.Intended != time.Duration(x.K)*time.Millisecond || x.FirstByte != 0 && x.FirstByte < x.Sent || x.End < x.FirstByte || x.End > end.At {
			t.Errorf("request %d: intended %v, sent %v, first byte %v, end %v", x.K, x.Intended, x.Sent, x.FirstByte, x.End)
		}
		if x.Status != 200 || x.BytesIn != 6 || x.BytesOut != 5 || x.Header.Get("x-cache") != "HIT" || x.Kind != "" || x.Retries > 0 {
			t.Errorf("request %d: %+v", x.K, x)
		}
	}
	if len(seen) != n {
		t.Errorf("%d numbers of %d", len(seen), n)
	}
}

// The kernel begins to stamp when one of its threads has got round to it, which on a busy machine may be after a run.
func stamped(t *testing.T, s suite) {
	if runtime.GOOS != "linux" {
		t.Skip("no other kernel stamps what arrives")
	}
	const n = 100
	address := s.serve(t, func(http.ResponseWriter, *http.Request) {})
	stamped := 0
	for begun := time.Now(); stamped < 95 && time.Since(begun) < Hang/2; {
		r, _ := s.drive(t, t.Context(), address, Evenly{N: n}, exchange.Config{})
		stamped = 0
		for _, x := range r.Exchanges {
			if !x.UserClock {
				stamped++
			}
		}
	}
	if stamped < 95 {
		t.Errorf("of %d answers %d have the kernel's stamp", n, stamped)
	}
}

func seenByFailure(t *testing.T, s suite) {
	address := s.serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Test", "yes")
		io.WriteString(w, "0123456789")
	})
	r, _ := s.drive(t, t.Context(), address, Evenly{N: 5}, exchange.Config{KeepBody: func(k uint64) int { return 4 - int(k%2) }, Failure: func(x *exchange.Exchange, body []byte) string {
		return fmt.Sprint(x.Status, x.Header.Get("X-Test"), x.Header.Map()["X-Test"], string(body))
	}})
	if r.Count(exchange.Failed) != 5 {
		t.Errorf("%d of 5 failed", r.Count(exchange.Failed))
	}
	for _, x := range r.Exchanges {
		if x.Kind != "200yes[yes]0123"[:15-x.K%2] || x.BytesIn != 10 {
			t.Errorf("request %d: %q, %d bytes", x.K, x.Kind, x.BytesIn)
		}
	}
}

func redirects(t *testing.T, s suite) {
	var got atomic.Int64
	address := s.serve(t, func(w http.ResponseWriter, r *http.Request) {
		got.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	r, _ := s.drive(t, t.Context(), address, Evenly{N: 5}, exchange.Config{})
	if r.Count(exchange.Succeeded) != 5 || got.Load() != 5 {
		t.Errorf("%d succeeded and %d arrived, of 5", r.Count(exchange.Succeeded), got.Load())
	}
}

// With all slots busy a request waits for the target: lag stays the generator's own.
func slotWait(t *testing.T, s suite) {
	const n, slots, held = 50, 2, 150 * time.Millisecond
	release := make(chan struct{})
	var waiting atomic.Int64
	address := s.serve(t, func(http.ResponseWriter, *http.Request) {
		if waiting.Add(1) == slots {
			time.AfterFunc(held, func() { close(release) })
		}
		<-release
	})
	r, _ := s.drive(t, t.Context(), address, Evenly{N: n}, exchange.Config{Slots: slots})
	if ok := r.Count(exchange.Succeeded); ok != n {
		t.Fatalf("%d of %d succeeded", ok, n)
	}
	for _, x := range r.Exchanges {
		if x.K >= slots && x.SlotWait() < held-n*time.Millisecond {
			t.Errorf("request %d: due at %v, a slot at %v", x.K, x.Intended, x.Slot)
		}
	}
}

func connectTime(t *testing.T, s suite) {
	address := s.serve(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Connection", "close") })
	r, _ := s.drive(t, t.Context(), address, Evenly{N: 20}, exchange.Config{})
	if ok := r.Count(exchange.Succeeded); ok != 20 {
		t.Errorf("%d of 20 succeeded", ok)
	}
	for _, x := range r.Exchanges {
		if x.Connect <= 0 || x.Wait()-x.SlotWait() < x.Connect-time.Microsecond {
			t.Errorf("request %d: connecting took %v, a connection was there %v after a slot", x.K, x.Connect, x.Free-x.Slot)
		}
	}
}

func keptConnections(t *testing.T, s suite) {
	const n = 20
	for _, tc := range []struct {
		limits exchange.Config
		want   int64
	}{{exchange.Config{}, 1}, {exchange.Config{NoKeepAlive: true}, n}, {exchange.Config{ConnUses: 5}, n / 5}, {exchange.Config{ConnAge: 1}, n}} {
		var opened atomic.Int64
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				opened.Add(1)
			}
		}
		s.start(server)
		t.Cleanup(server.Close)
		tc.limits.Slots = 1
		// An engine may give a connection up where a busy machine is late to tell it that a request is written.
		for begun := time.Now(); ; {
			opened.Store(0)
			r, _ := s.drive(t, t.Context(), server.Listener.Addr().String(), Evenly{N: n}, tc.limits)
			ok := r.Count(exchange.Succeeded)
			if ok == n && opened.Load() == tc.want {
				break
			}
			if ok != n || opened.Load() < tc.want || time.Since(begun) > Hang/2 {
				t.Errorf("no keep-alive %v, %d uses, %v: %d succeeded over %d connections, want %d over %d", tc.limits.NoKeepAlive,
					tc.limits.ConnUses, tc.limits.ConnAge, ok, opened.Load(), n, tc.want)
				break
			}
		}
	}
}

// A machine that stands still makes silences of its own, so that there may be more.
func silence(t *testing.T, s suite) {
	const held = 200 * time.Millisecond
	var once sync.Once
	address := s.listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
		for i := 0; ReadRequest(in); i++ {
			if i == 20 {
				once.Do(func() { time.Sleep(held) })
			}
			io.WriteString(c, OK)
		}
	})
	r, _ := s.drive(t, t.Context(), address, Evenly{N: 30}, exchange.Config{Slots: 1})
	longest := time.Duration(0)
	for _, told := range r.Silences {
		if told[1]-told[0] < exchange.MinSilence {
			t.Errorf("a silence of %v is told", told[1]-told[0])
		}
		longest = max(longest, told[1]-told[0])
	}
	if longest < held-10*time.Millisecond {
		t.Errorf("silences %v, want one of %v", r.Silences, held)
	}
}
