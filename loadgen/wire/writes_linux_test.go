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
