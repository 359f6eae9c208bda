//go:build amd64 || arm64

package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { exchangetest.Main(m) }

// evenly is a source of n requests, each a gap after the one before.
type evenly struct {
	n, next uint64
	gap     time.Duration
	request string
	resend  bool
	heard   func(k uint64) // called as a request is rendered; nil: nobody
}

func (s *evenly) Next() (uint64, time.Duration, bool) {
	if s.next >= s.n {
		return s.n, 0, false
	}
	k := s.next
	s.next++
	return k, time.Duration(k) * s.gap, true
}

// Render writes the number into a request that has a {k}.
func (s *evenly) Render(k uint64, _ time.Duration) (Request, error) {
	if s.heard != nil {
		s.heard(k)
	}
	text := strings.Replace(s.request, "{k}", strconv.FormatUint(k, 10), 1)
	return Request{Bytes: []byte(text), Body: len(text) - strings.Index(text, "\r\n\r\n") - 4, Idempotent: s.resend}, nil
}

// recorded keeps everything.
type recorded struct {
	exchangetest.Recorded
	stood    [][2]time.Duration
	networks int
}

func (r *recorded) Stood(from, to time.Duration) {
	r.stood = append(r.stood, [2]time.Duration{from, to})
}
func (r *recorded) Network(_ time.Duration, _ uint32) { r.networks++ }

const (
	get  = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"
	post = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"
)

func at(t testing.TB, address string) *Origin {
	t.Helper()
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return NewOrigin([]netip.AddrPort{a})
}

const hang = exchangetest.Hang

// drive sends n requests, a millisecond apart unless the source has another gap.
func drive(t *testing.T, ctx context.Context, o *Origin, source evenly, c exchange.Config) (*recorded, exchange.End) {
	t.Helper()
	if source.gap == 0 {
		source.gap = time.Millisecond
	}
	if source.request == "" {
		source.request = get
	}
	r := &recorded{}
	c = exchangetest.Filled(c, time.Duration(source.n)*source.gap)
	end, err := Run(ctx, Config{Config: c, Origins: []*Origin{o}, Endpoints: 1}, &source, r)
	if err != nil {
		t.Fatal(err)
	}
	return r, end
}

// serve is a server of net/http.
func serve(t *testing.T, h http.HandlerFunc) *Origin {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return at(t, s.Listener.Addr().String())
}

// answer handles each connection, the n-th from 0, by a function that gets what the client sends line by line.
func answer(t testing.TB, handle func(n int, c net.Conn, in *bufio.Reader)) *Origin {
	t.Helper()
	return at(t, exchangetest.Listen(t, handle))
}

// request reads a request without a body.
func request(in *bufio.Reader) bool {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == "\r\n" {
			return true
		}
	}
}

const ok = exchangetest.OK

// Answers that are small and whole are read when the next request is due: their end is the kernel's, not the reader's.
func TestAnUnreadAnswerKeepsItsArrival(t *testing.T) {
	const gap = 8 * time.Millisecond
	var answered sync.Map // by the request's number, when its answer was certainly out
	origin := answer(t, func(_ int, c net.Conn, in *bufio.Reader) {
		for {
			line, err := in.ReadString('\n')
			if err != nil || !request(in) {
				return
			}
			io.WriteString(c, ok)
			answered.Store(strings.Fields(line)[1], time.Now())
		}
	})
	unread(t, gap, func() ([]exchange.Exchange, func(k uint64) (time.Time, bool)) {
		answered.Clear()
		r, _ := drive(t, t.Context(), origin, evenly{n: 60, gap: gap, resend: true, request: "GET /{k} HTTP/1.1\r\nHost: test\r\n\r\n"}, exchange.Config{})
		if r.Count(exchange.Succeeded) != 60 {
			t.Fatalf("%d of 60 succeeded", r.Count(exchange.Succeeded))
		}
		return r.Exchanges, func(k uint64) (time.Time, bool) {
			at, out := answered.Load(fmt.Sprint("/", k))
			if !out {
				return time.Time{}, false
			}
			return at.(time.Time), true
		}
	})
}

// unread checks that answers were left unread until the next request was due, and have their arrival as their end all the same. It has
// them driven again where none of a run tells: they were late, or the kernel had not begun to stamp. Of a run it gets also when each
// answer was certainly sent, if that is known.
func unread(t *testing.T, gap time.Duration, run func() (exchanges []exchange.Exchange, out func(k uint64) (time.Time, bool))) {
	t.Helper()
	for first := time.Now(); ; {
		begun := time.Now() // before instant 0 of the run
		exchanges, out := run()
		lazy, early := 0, 0
		for _, x := range exchanges {
			// It lay unread until the next request was due. That was after it came, unless the server was late.
			next := x.Intended + gap
			if at, known := out(x.K); x.K < lazyAfter || x.UserClock || !known || at.Sub(begun) > next-time.Millisecond {
				continue
			}
			if lazy++; x.End < next {
				early++
			}
		}
		if late := lazy - early; late > lazy/4 {
			t.Errorf("of %d answers %d came early and were left unread for a while, want all but the first %d; %d of them have the end of that", len(exchanges), lazy, lazyAfter, late)
		}
		if lazy > 0 {
			return
		}
		if time.Since(first) > hang {
			t.Fatal("no answer came early with the kernel's stamp")
		}
	}
}

// An answer that fits a segment has its arrival as first byte too, however late it was read; of a longer one that was read
// late the first byte is not known. The server's end of the path says how long a segment may be.
func TestFirstByteOfAnAnswerReadLate(t *testing.T) {
	for _, tc := range []struct {
		segment, body int
		all           bool
	}{{536, 2, true}, {536, 1000, false}, {1400, 1000, true}} {
		small := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
			var refused error
			err := c.Control(func(fd uintptr) {
				refused = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG, tc.segment)
			})
			return errors.Join(err, refused)
		}}
		listener, err := small.Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		whole := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", tc.body, strings.Repeat("x", tc.body))
		exchangetest.ServeOn(t, listener, func(_ int, c net.Conn, in *bufio.Reader) {
			for request(in) {
				io.WriteString(c, whole)
			}
		})
		r, _ := drive(t, t.Context(), at(t, listener.Addr().String()), evenly{n: 60, resend: true}, exchange.Config{})
		stamped, unknown := 0, 0
		for _, x := range r.Exchanges {
			if x.UserClock {
				continue // the kernel begins to stamp when it gets round to it
			}
			stamped++
			if x.FirstByte == 0 {
				unknown++
			}
		}
		if len(r.Exchanges) != 60 || unknown > 0 == tc.all && stamped > lazyAfter {
			t.Errorf("%d bytes in segments of %d: of %d stamped answers the first byte of %d is not known", len(whole), tc.segment, stamped, unknown)
		}
	}
}

// The time to the first byte is known of an answer that comes in pieces, which is therefore read as it arrives.
func TestFirstByteOfAnAnswerInPieces(t *testing.T) {
	const pause = 100 * time.Millisecond
	origin := answer(t, func(_ int, c net.Conn, in *bufio.Reader) {
		for request(in) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
			time.Sleep(pause) // the server's service time
			io.WriteString(c, "k")
		}
	})
	r, _ := drive(t, t.Context(), origin, evenly{n: 20, gap: 5 * time.Millisecond}, exchange.Config{Slots: 32})
	if r.Count(exchange.Succeeded) != 20 {
		t.Fatalf("%d of 20 succeeded", r.Count(exchange.Succeeded))
	}
	// A machine that stands still for as long as the pause reads both pieces at once.
	apart := 0
	for _, x := range r.Exchanges {
		if x.FirstByte != 0 && x.End-x.FirstByte >= pause/2 {
			apart++
		}
	}
	if apart == 0 {
		t.Errorf("no first byte came %v before the last one: %+v", pause, r.Exchanges)
	}
}

func TestSurplusBytesAreNoAnswer(t *testing.T) {
	origin := answer(t, func(_ int, c net.Conn, in *bufio.Reader) {
		for request(in) {
			io.WriteString(c, ok+"HTTP/1.1 500 Surplus\r\nContent-Length: 0\r\n\r\n")
		}
	})
	r, _ := drive(t, t.Context(), origin, evenly{n: 30, gap: 2 * time.Millisecond}, exchange.Config{})
	for _, x := range r.Exchanges {
		if x.Outcome == exchange.Failed && x.Kind == "status 500" {
			t.Errorf("request %d was given an answer that nobody asked for", x.K)
		}
	}
	if r.Count(exchange.Succeeded) != 30 {
		t.Errorf("%d of 30 succeeded", r.Count(exchange.Succeeded))
	}
}

// An answer that came before its request does not count: it is a second answer to the request before.
func TestAnAnswerBeforeItsRequestIsRefused(t *testing.T) {
	origin := answer(t, func(_ int, c net.Conn, in *bufio.Reader) {
		for request(in) {
			io.WriteString(c, ok)
			time.Sleep(time.Millisecond) // in a segment of its own, read with the next event or not at all
			io.WriteString(c, ok)
		}
	})
	r, _ := drive(t, t.Context(), origin, evenly{n: 60, gap: 4 * time.Millisecond}, exchange.Config{Slots: 1})
	for _, x := range r.Exchanges {
		if x.Outcome == exchange.Succeeded && x.End < x.Sent {
			t.Errorf("request %d, sent at %v, was answered at %v", x.K, x.Sent, x.End)
		}
	}
	if got := r.Count(exchange.Succeeded) + r.Count(exchange.Failed); got != 60 {
		t.Errorf("%d of 60 came to an end", got)
	}
}
