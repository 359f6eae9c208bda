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
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/users"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
	exchanges []exchange.Exchange
	headers   []string
	sent      int
	silences  [][2]time.Duration
	stood     [][2]time.Duration
	sends     [][2]time.Duration // since when it could have been, and when it was
	clear     time.Duration
	steps     []time.Duration
	networks  int
}

func (r *recorded) Record(x *exchange.Exchange) {
	r.headers = append(r.headers, string(x.Header.Lines))
	r.exchanges = append(r.exchanges, *x)
}
func (r *recorded) Sent(ready, at time.Duration) {
	r.sent++
	r.sends = append(r.sends, [2]time.Duration{ready, at})
}
func (r *recorded) Cleared(at time.Duration) { r.clear = at }
func (r *recorded) Stood(from, to time.Duration) {
	r.stood = append(r.stood, [2]time.Duration{from, to})
}
func (r *recorded) Silence(from, to time.Duration) {
	r.silences = append(r.silences, [2]time.Duration{from, to})
}
func (r *recorded) ClockStep(_, by time.Duration)     { r.steps = append(r.steps, by) }
func (r *recorded) Network(_ time.Duration, _ uint32) { r.networks++ }

func (r *recorded) count(o exchange.Outcome) int {
	n := 0
	for _, x := range r.exchanges {
		if x.Outcome == o {
			n++
		}
	}
	return n
}

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

// hang is longer than anything takes that ends, however busy the machine.
const hang = time.Minute

// crowd is users who think for so long, at first too.
func crowd(n int, think, length time.Duration) *users.Crowd {
	return users.New(users.Config{
		Step: 1, Count: n, Length: length,
		Think:   func(uint64) time.Duration { return think },
		Present: func(_ int, at time.Duration) time.Duration { return max(at, think) },
	})
}

// drive sends n requests, a millisecond apart unless the source has another gap.
func drive(t *testing.T, ctx context.Context, o *Origin, source evenly, c exchange.Config) (*recorded, exchange.End) {
	t.Helper()
	if source.gap == 0 {
		source.gap = time.Millisecond
	}
	if source.request == "" {
		source.request = get
	}
	if c.Slots == 0 {
		c.Slots = 8
	}
	if c.Timeout == 0 {
		c.Timeout = hang
	}
	if c.Drain == 0 {
		c.Drain = hang
	}
	if c.Failure == nil {
		c.Failure = func(x *exchange.Exchange, _ []byte) string {
			if x.Status >= 400 {
				return exchange.StatusKind(x.Status)
			}
			return ""
		}
	}
	if c.Length == 0 {
		c.Length = time.Duration(source.n) * source.gap
	}
	c.Epoch = time.Now()
	r := &recorded{}
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
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return answerOn(t, listener, handle)
}

// answerOn is answer for a listener.
func answerOn(t testing.TB, listener net.Listener, handle func(n int, c net.Conn, in *bufio.Reader)) *Origin {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; ; n++ {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				handle(n, c, bufio.NewReader(c))
			}()
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	return at(t, listener.Addr().String())
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

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func TestEveryRequestIsSentOnceAndTimed(t *testing.T) {
	var got atomic.Int64
	origin := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || string(body) != "hello" || err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		got.Add(1)
		w.Header().Set("X-Cache", "HIT")
		io.WriteString(w, "world!")
	})
	r, end := drive(t, t.Context(), origin, evenly{n: 300, request: post}, exchange.Config{})
	if n := r.count(exchange.Succeeded); n != 300 || got.Load() != 300 || r.sent != 300 || end.Next != 300 {
		t.Fatalf("%d succeeded, %d arrived, %d were sent and %d taken, of 300", n, got.Load(), r.sent, end.Next)
	}
	seen := map[uint64]bool{}
	for i, x := range r.exchanges {
		seen[x.K] = true
		wait, lag := max(0, x.Free-x.Intended), x.Sent-max(x.Intended, x.Free)
		if wait+lag+(x.End-x.Sent) != x.End-x.Intended || lag < 0 {
			t.Errorf("request %d: wait %v + lag %v + service %v ≠ response %v", x.K, wait, lag, x.End-x.Sent, x.End-x.Intended)
		}
		if x.Intended != time.Duration(x.K)*time.Millisecond || x.FirstByte != 0 && x.FirstByte < x.Sent || x.End < x.FirstByte {
			t.Errorf("request %d: intended %v, sent %v, first byte %v, end %v", x.K, x.Intended, x.Sent, x.FirstByte, x.End)
		}
		if x.Status != 200 || x.BytesIn != 6 || x.BytesOut != 5 || !strings.Contains(r.headers[i], "X-Cache: HIT") {
			t.Errorf("request %d: status %d, %d bytes in, %d out, header %q", x.K, x.Status, x.BytesIn, x.BytesOut, r.headers[i])
		}
	}
	if len(seen) != 300 {
		t.Errorf("%d numbers of 300", len(seen))
	}
}

// The kernel begins to stamp when one of its threads has got round to it, which on a busy machine may be after a run.
func TestAnswersAreTimedByTheKernel(t *testing.T) {
	origin := serve(t, func(http.ResponseWriter, *http.Request) {})
	stamped := 0
	for begun := time.Now(); stamped < 95 && time.Since(begun) < hang/2; {
		r, _ := drive(t, t.Context(), origin, evenly{n: 100}, exchange.Config{})
		stamped = 0
		for _, x := range r.exchanges {
			if !x.UserClock {
				stamped++
			}
		}
	}
	if stamped < 95 {
		t.Errorf("of 100 answers %d have the kernel's stamp", stamped)
	}
}

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
	begun := time.Now() // before instant 0 of the run
	r, _ := drive(t, t.Context(), origin, evenly{n: 60, gap: gap, resend: true, request: "GET /{k} HTTP/1.1\r\nHost: test\r\n\r\n"}, exchange.Config{})
	if r.count(exchange.Succeeded) != 60 {
		t.Fatalf("%d of 60 succeeded", r.count(exchange.Succeeded))
	}
	lazy, early := 0, 0
	for _, x := range r.exchanges {
		// It lay unread until the next request was due. That was after it came, unless the server was late.
		next := x.Intended + gap
		at, out := answered.Load(fmt.Sprint("/", x.K))
		if x.K < lazyAfter || !out || at.(time.Time).Sub(begun) > next-time.Millisecond {
			continue
		}
		if lazy++; x.End < next {
			early++
		}
	}
	if late := lazy - early; lazy == 0 || late > lazy/4 {
		t.Errorf("of 60 answers %d came early and were left unread for a while, want all but the first %d; %d of them have the end of that", lazy, lazyAfter, late)
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
		origin := answerOn(t, listener, func(_ int, c net.Conn, in *bufio.Reader) {
			for request(in) {
				io.WriteString(c, whole)
			}
		})
		r, _ := drive(t, t.Context(), origin, evenly{n: 60, resend: true}, exchange.Config{})
		stamped, unknown := 0, 0
		for _, x := range r.exchanges {
			if x.UserClock {
				continue // the kernel begins to stamp when it gets round to it
			}
			stamped++
			if x.FirstByte == 0 {
				unknown++
			}
		}
		if len(r.exchanges) != 60 || unknown > 0 == tc.all && stamped > lazyAfter {
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
	if r.count(exchange.Succeeded) != 20 {
		t.Fatalf("%d of 20 succeeded", r.count(exchange.Succeeded))
	}
	// A machine that stands still for as long as the pause reads both pieces at once.
	apart := 0
	for _, x := range r.exchanges {
		if x.FirstByte != 0 && x.End-x.FirstByte >= pause/2 {
			apart++
		}
	}
	if apart == 0 {
		t.Errorf("no first byte came %v before the last one: %+v", pause, r.exchanges)
	}
}

func TestAnIdleConnectionThatWasClosedIsNoFailure(t *testing.T) {
	for _, tc := range []struct {
		request string
		resend  bool
		want    int // successes of 3
	}{{get, true, 3}, {post, false, 2}} {
		// The first connection is closed when the second request comes, without an answer, as a server's keep-alive limit
		// does it that runs out at that moment.
		origin := answer(t, func(n int, c net.Conn, in *bufio.Reader) {
			for i := 0; request(in); i++ {
				if n == 0 && i == 1 {
					return
				}
				io.CopyN(io.Discard, in, int64(len(tc.request)-strings.Index(tc.request, "\r\n\r\n")-4))
				io.WriteString(c, ok)
			}
		})
		r, _ := drive(t, t.Context(), origin, evenly{n: 3, gap: 20 * time.Millisecond, request: tc.request, resend: tc.resend}, exchange.Config{Slots: 1})
		retries := 0
		for _, x := range r.exchanges {
			retries += x.Retries
			if x.Outcome == exchange.Failed && x.Kind != "connection closed early" && x.Kind != "connection reset" {
				t.Errorf("failed as %q", x.Kind)
			}
		}
		if got := r.count(exchange.Succeeded); got != tc.want || retries != tc.want-2 {
			t.Errorf("resend %v: %d of 3 succeeded with %d retries, want %d with %d", tc.resend, got, retries, tc.want, tc.want-2)
		}
	}
}

func TestSurplusBytesAreNoAnswer(t *testing.T) {
	origin := answer(t, func(_ int, c net.Conn, in *bufio.Reader) {
		for request(in) {
			io.WriteString(c, ok+"HTTP/1.1 500 Surplus\r\nContent-Length: 0\r\n\r\n")
		}
	})
	r, _ := drive(t, t.Context(), origin, evenly{n: 30, gap: 2 * time.Millisecond}, exchange.Config{})
	for _, x := range r.exchanges {
		if x.Outcome == exchange.Failed && x.Kind == "status 500" {
			t.Errorf("request %d was given an answer that nobody asked for", x.K)
		}
	}
	if r.count(exchange.Succeeded) != 30 {
		t.Errorf("%d of 30 succeeded", r.count(exchange.Succeeded))
	}
}

// An answer that came before its request is none: a second one was sent to the request before.
func TestAnAnswerBeforeItsRequestIsRefused(t *testing.T) {
	origin := answer(t, func(_ int, c net.Conn, in *bufio.Reader) {
		for request(in) {
			io.WriteString(c, ok)
			time.Sleep(time.Millisecond) // in a segment of its own, read with the next event or not at all
			io.WriteString(c, ok)
		}
	})
	r, _ := drive(t, t.Context(), origin, evenly{n: 60, gap: 4 * time.Millisecond}, exchange.Config{Slots: 1})
	for _, x := range r.exchanges {
		if x.Outcome == exchange.Succeeded && x.End < x.Sent {
			t.Errorf("request %d, sent at %v, was answered at %v", x.K, x.Sent, x.End)
		}
	}
	if got := r.count(exchange.Succeeded) + r.count(exchange.Failed); got != 60 {
		t.Errorf("%d of 60 came to an end", got)
	}
}

func TestTimeoutRunsFromTheSend(t *testing.T) {
	release := make(chan struct{})
	origin := answer(t, func(_ int, c net.Conn, in *bufio.Reader) {
		request(in)
		<-release
	})
	defer close(release)
	r, _ := drive(t, t.Context(), origin, evenly{n: 4}, exchange.Config{Slots: 2, Timeout: 50 * time.Millisecond})
	if r.count(exchange.TimedOut) != 4 {
		t.Fatalf("%d of 4 timed out", r.count(exchange.TimedOut))
	}
	for _, x := range r.exchanges {
		// A busy machine may need longer than that to connect, and then nothing was sent.
		if took := x.End - x.Sent; took < 50*time.Millisecond || x.Kind != "timeout" && (x.Kind != "connect: timeout" || x.Sent != 0) {
			t.Errorf("request %d: %q %v after its send", x.K, x.Kind, took)
		}
	}
}

func TestDrainEndsWithWhatIsUnfinishedAndUnsent(t *testing.T) {
	release := make(chan struct{})
	origin := answer(t, func(_ int, c net.Conn, in *bufio.Reader) {
		request(in)
		<-release
	})
	defer close(release)
	r, end := drive(t, t.Context(), origin, evenly{n: 10}, exchange.Config{Slots: 3, Drain: 50 * time.Millisecond})
	// All three are sent, unless the machine is too busy to open three connections meanwhile.
	if r.count(exchange.Unfinished) != r.sent || r.count(exchange.Unsent) != 3-r.sent || len(r.exchanges) != 3 || end.Next != 3 || end.FreeSince >= 0 {
		t.Errorf("%d unfinished of %d recorded and %d sent, next is %d, free since %v; want 3 of 3, 3, never",
			r.count(exchange.Unfinished), len(r.exchanges), r.sent, end.Next, end.FreeSince)
	}
	if end.At < 60*time.Millisecond || end.At > hang/2 || end.Cut != 10*time.Millisecond {
		t.Errorf("ended at %v, cut at %v, want little more than 60ms and 10ms", end.At, end.Cut)
	}
}

func TestInterruptSendsNothingMore(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var got atomic.Int64
	origin := serve(t, func(http.ResponseWriter, *http.Request) {
		if got.Add(1) == 20 {
			interrupt()
		}
	})
	r, end := drive(t, ctx, origin, evenly{n: 60_000}, exchange.Config{})
	if n := len(r.exchanges); n < 20 || n == 60_000 || end.Next != uint64(n) {
		t.Errorf("%d requests recorded, %d taken, want little more than 20", n, end.Next)
	}
	if end.Cut >= hang || end.At < end.Cut {
		t.Errorf("cut at %v, ended at %v", end.Cut, end.At)
	}
}

// A slot that comes free after an interrupt is not to be used: what was due and not sent waited for the target.
func TestAfterAnInterruptNoSlotIsFree(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	release, over := make(chan struct{}, 1), make(chan struct{})
	var got atomic.Int64
	origin := answer(t, func(_ int, c net.Conn, in *bufio.Reader) {
		for request(in) {
			if got.Add(1) == 2 {
				interrupt()
				time.AfterFunc(20*time.Millisecond, func() { release <- struct{}{} })
			}
			select {
			case <-release: // one only: an engine that hears of the interrupt later has it in use again
			case <-over:
				return
			}
			io.WriteString(c, ok)
		}
	})
	defer close(over)
	r, end := drive(t, ctx, origin, evenly{n: 10_000}, exchange.Config{Slots: 2, Drain: 100 * time.Millisecond})
	if end.FreeSince >= 0 || end.Stopped > end.At || end.Stopped < end.Cut || r.count(exchange.Unfinished) == 0 {
		t.Errorf("cut at %v, stopped at %v, ended at %v, a slot free since %v", end.Cut, end.Stopped, end.At, end.FreeSince)
	}
}

// A server that answers 10 of 100 requests, a millisecond apart: those that grow too old are given up, in flight or before they
// were sent, and all at about the same time. Counted from their sends they would take a minute and more, one after the other.
func TestDeadlineRunsFromTheIntendedStart(t *testing.T) {
	const deadline = 700 * time.Millisecond
	var got atomic.Int64
	origin := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if got.Add(1) > 10 {
			<-r.Context().Done()
		}
	})
	r, end := drive(t, t.Context(), origin, evenly{n: 100}, exchange.Config{Slots: 1, Deadline: deadline})
	for _, x := range r.exchanges {
		if age := x.End - x.Intended; x.Outcome != exchange.Succeeded && (age < deadline || x.Kind != "deadline") {
			t.Errorf("request %d: %q at the age of %v", x.K, x.Kind, age)
		}
	}
	late := r.count(exchange.Shed) + r.count(exchange.TimedOut)
	if late < 90 || late+r.count(exchange.Succeeded) != 100 {
		t.Errorf("%d were too late, %d succeeded, of 100", late, r.count(exchange.Succeeded))
	}
	if end.At > 50*deadline {
		t.Errorf("ended at %v, want little more than the last deadline at %v", end.At, deadline+99*time.Millisecond)
	}
}

func TestClosedModelWaitsForItsUsers(t *testing.T) {
	origin := serve(t, func(http.ResponseWriter, *http.Request) { time.Sleep(10 * time.Millisecond) })
	closed := exchange.Config{Users: crowd(4, 10*time.Millisecond, 200*time.Millisecond), Slots: 4, Length: 200 * time.Millisecond}
	r, _ := drive(t, t.Context(), origin, evenly{n: 1 << 40}, closed)
	if n := r.count(exchange.Succeeded); n < 4 || n > 44 || n != len(r.exchanges) {
		t.Errorf("%d of %d succeeded; four users of 20 ms a request make 40 in 200 ms", n, len(r.exchanges))
	}
	for _, x := range r.exchanges {
		if x.Intended < 10*time.Millisecond || x.Intended >= 200*time.Millisecond {
			t.Errorf("request %d was intended at %v, before anyone had thought or after the end", x.K, x.Intended)
		}
	}
	// However long that takes, the users come again.
	closed.Users, closed.Length = crowd(4, 10*time.Millisecond, hang), hang
	r, end := drive(t, t.Context(), origin, evenly{n: 40}, closed)
	if n := r.count(exchange.Succeeded); n != 40 || end.At < 200*time.Millisecond {
		t.Errorf("%d of 40 succeeded in %v, which take four users of 20 ms a request 200 ms or more", n, end.At)
	}
}

func TestASilenceIsTold(t *testing.T) {
	origin := answer(t, func(_ int, c net.Conn, in *bufio.Reader) {
		for i := 0; request(in); i++ {
			if i == 20 {
				time.Sleep(200 * time.Millisecond)
			}
			io.WriteString(c, ok)
		}
	})
	r, _ := drive(t, t.Context(), origin, evenly{n: 30, gap: 2 * time.Millisecond}, exchange.Config{Slots: 1})
	// There are more where the machine itself stands still.
	if !slices.ContainsFunc(r.silences, func(s [2]time.Duration) bool { return s[1]-s[0] >= 190*time.Millisecond }) {
		t.Errorf("silences %v, want one of 200 ms", r.silences)
	}
	for _, s := range r.silences {
		if d := s[1] - s[0]; d < 100*time.Millisecond || d > hang/2 {
			t.Errorf("a silence of %v is told", d)
		}
	}
}
