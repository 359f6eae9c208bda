//go:build amd64 || arm64

package wire

import (
	"bytes"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
	"github.com/seed-5a006608/bench/loadgen/wire/h2"
	"golang.org/x/net/http2"
	"golang.org/x/sys/unix"
)

// segmentsIn returns how many segments with data have come over a connection.
func segmentsIn(t *testing.T, c net.Conn) (n int64) {
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) {
			info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
			if err != nil {
				t.Error(err)
				return
			}
			n = int64(info.Data_segs_in)
		})
	}
	if err != nil {
		t.Error(err)
	}
	return n
}

// What the answers of one read let go out is one write, over several connections too.
func TestWhatOneReadBroughtIsAnsweredWithOneWrite(t *testing.T) {
	const n, together, connections = 2000, 4, 2
	var asked, segments atomic.Int64
	all := make(chan struct{})
	address := speak(t, func(_ int, s *spoken) {
		_ = s.WriteSettings()
		var answers bytes.Buffer
		in := s.Framer
		s.Framer = http2.NewFramer(&answers, nil)
		go func() {
			<-all
			_ = s.conn.SetReadDeadline(time.Unix(1, 0))
		}()
		for got := 0; ; {
			frame, err := in.ReadFrame()
			if h, ok := frame.(*http2.HeadersFrame); ok {
				s.header(h.StreamID, true, ":status", "200")
				if got++; asked.Add(1) == n {
					close(all)
				}
			}
			if err != nil {
				segments.Add(segmentsIn(t, s.conn))
				_, _ = answers.WriteTo(s.conn)
				return
			}
			if got == together {
				_, _ = answers.WriteTo(s.conn)
				got = 0
			}
		}
	})
	users := connections*(together-1) + 1 // one of the connections always has enough to be answered together
	r := driveFrames(t, address, connections, exchangetest.Evenly{N: n}, exchange.Config{
		Users: exchangetest.Crowd(users, 0, exchangetest.Hang), Slots: users, Length: exchangetest.Hang,
	})
	if got, most := segments.Load(), int64(n/together+n/10); r.Count(exchange.Succeeded) != n || got > most {
		t.Errorf("%d of %d requests succeeded; they came in %d segments, want %d at most, as %d are answered together", r.Count(exchange.Succeeded), n, got, most, together)
	}
}

// warmed returns a loop that has one connection, over which one request was answered, and the next of which is due in a long time.
func warmed(t *testing.T, origin *Origin, r Request) *loop {
	source, c := &fixed{n: 2, gap: time.Hour, request: r}, exchangetest.Filled(exchange.Config{Slots: 4}, time.Hour)
	l := newLoop(Config{Config: c, Origins: []*Origin{origin}, Endpoints: 1}, source, &counted{})
	if err := l.poller.open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		l.giveUp()
		l.poller.close()
	})
	l.takeNext()
	for l.sendDue(l.now(), true); l.inFlight > 0; {
		l.handle(l.poller.wait(l.poller.all, time.Second))
	}
	return l
}

// one returns a server of HTTP/2 that answers one request, takes so many at once, and reads no more.
func one(t *testing.T, streams uint32) (origin *Origin, get Request) {
	address := speak(t, func(_ int, s *spoken) {
		_ = s.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: streams})
		s.header(s.request(), true, ":status", "200")
		<-t.Context().Done()
	})
	origin = at(t, address)
	origin.Share(1)
	head, err := h2.NewHead(0, "POST", "http", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return origin, Request{Frames: h2.Request{Head: head, Path: []byte("/")}}
}

// start sends a request over an idle connection.
func (l *loop) start(r Request) {
	l.inFlight++
	l.begin(l.claim(l.idle[0].first), pending{k: l.k, intended: l.now()}, r)
}

// A request whose connection takes nothing more waits with the rest of what is to be sent.
func TestASocketThatIsFull(t *testing.T) {
	origin, get := one(t, 100)
	l := warmed(t, origin, get)
	c := &l.conns[l.idle[0].first]
	for errno := error(nil); errno != unix.EAGAIN; {
		n := 0
		if n, errno = send(c.fd, make([]byte, 1<<16)); n < 0 {
			t.Errorf("%d bytes were sent", n)
		}
	}
	if l.start(get); c.state != carrying || len(c.rest) == 0 || c.carrier.frames.Open() != 1 {
		t.Errorf("%d bytes wait, %d streams are open", len(c.rest), c.carrier.frames.Open())
	}
}
