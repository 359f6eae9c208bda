//go:build amd64 || arm64

package wire

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
	"github.com/seed-5a006608/bench/loadgen/wire/h2"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"golang.org/x/sys/unix"
)

// stepped is the server's side of a connection: what has come is answered when it is told to, on the goroutine that tells it, with one write.
// Over TLS each answer has a record, as nginx sends them.
type stepped struct {
	net.Conn
	tls    *tls.Conn // nil: there is no TLS
	fd     int
	steps  bool
	answer []byte // frames of one, whose stream is yet to be said
	in     []byte // not answered yet
	out    []byte
	sealed []byte // over TLS
	buffer [64 << 10]byte
}

// Write keeps the records of one step.
func (s *stepped) Write(p []byte) (int, error) {
	if !s.steps {
		return s.Conn.Write(p)
	}
	s.sealed = append(s.sealed, p...)
	return len(p), nil
}

func (s *stepped) Read(p []byte) (int, error) {
	if !s.steps {
		return s.Conn.Read(p)
	}
	n, _, err := unix.Recvfrom(s.fd, p, unix.MSG_DONTWAIT)
	if err == unix.EAGAIN {
		return 0, errNothing
	}
	return n, err
}

// answerAll answers what has come, and returns how many requests that were.
func (s *stepped) answerAll() (requests int, err error) {
	var side net.Conn = s
	if s.tls != nil {
		side = s.tls
	}
	for {
		n, err := side.Read(s.buffer[:])
		if err != nil || n == 0 {
			break
		}
		s.in = append(s.in, s.buffer[:n]...)
	}
	s.out, s.sealed = s.out[:0], s.sealed[:0]
	in := bytes.TrimPrefix(s.in, []byte(http2.ClientPreface))
	for len(in) >= 9 {
		n := 9 + int(in[0])<<16 + int(in[1])<<8 + int(in[2])
		if len(in) < n {
			break
		}
		if http2.FrameType(in[3]) == http2.FrameHeaders {
			requests++
			at := len(s.out)
			s.out = append(s.out, s.answer...)
			for at < len(s.out) {
				copy(s.out[at+5:], in[5:9])
				at += 9 + int(binary.BigEndian.Uint32(s.out[at:])>>8)
			}
			if s.tls != nil {
				if _, err := s.tls.Write(s.out); err != nil {
					return requests, err
				}
				s.out = s.out[:0]
			}
		}
		in = in[n:]
	}
	s.in = s.in[:copy(s.in, in)]
	out := s.out
	if s.tls != nil {
		out = s.sealed
	}
	if len(out) > 0 {
		_, err = s.Conn.Write(out)
	}
	return requests, err
}

// nginxFrames are what nginx answers, which inserts the same fields again with each answer.
func nginxFrames() []byte {
	var frames, block bytes.Buffer
	e := hpack.NewEncoder(&block)
	e.WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
	for index, value := range map[byte]string{54: "nginx/1.22.1", 33: "Mon, 30 Nov 2026 04:00:00 GMT", 31: "text/plain"} {
		block.WriteByte(0x40 | index)
		block.WriteByte(0x80 | byte(hpack.HuffmanEncodeLength(value)))
		block.Write(hpack.AppendHuffmanString(nil, value))
	}
	block.WriteString("\x0f\x0d\x03128")
	f := http2.NewFramer(&frames, nil)
	f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndHeaders: true})
	f.WriteData(1, true, []byte(strings.Repeat("x", 128)))
	return frames.Bytes()
}

// serveSteps accepts a connection and greets.
func serveSteps(listener net.Listener, config *tls.Config) (*stepped, error) {
	c, err := listener.Accept()
	if err != nil {
		return nil, err
	}
	s := &stepped{Conn: c, answer: nginxFrames()}
	var side net.Conn = s
	if config != nil {
		s.tls = tls.Server(s, config)
		if err := s.tls.Handshake(); err != nil {
			return nil, err
		}
		side = s.tls
	}
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { s.fd = int(fd) })
	}
	if err == nil {
		err = http2.NewFramer(side, nil).WriteSettings()
	}
	return s, err
}

// threadTime is the processor time of this thread.
func threadTime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		panic(err)
	}
	return time.Duration(ts.Nano())
}

// Processor time of the loop for one request of HTTP/2, in the closed model. The server's is left out: it answers on the loop's own
// thread, in turn with it, so that neither waits, and how busy the machine is tells little.
func BenchmarkCarrier(b *testing.B) {
	for _, over := range []string{"h2c", "TLS"} {
		for _, of := range []struct{ connections, streams int }{{1, 1}, {4, 8}, {1, 100}} {
			b.Run(fmt.Sprintf("%s/%dx%d", over, of.connections, of.streams), func(b *testing.B) {
				benchmarkCarrier(b, over == "TLS", of.connections, of.connections*of.streams)
			})
		}
	}
}

func benchmarkCarrier(b *testing.B, secure bool, connections, users int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	origin := at(b, listener.Addr().String())
	var server *tls.Config
	scheme := "http"
	if secure {
		var client *tls.Config
		server, client = exchangetest.Certificate(b)
		server.NextProtos, scheme = []string{"h2"}, "https"
		origin.Secure(client)
	}
	origin.Share(connections)
	head, err := h2.NewHead(0, "GET", scheme, listener.Addr().String(), map[string][]string{"User-Agent": {"bench"}})
	if err != nil {
		b.Fatal(err)
	}
	sink := &counted{}
	l := newLoop(Config{Origins: []*Origin{origin}, Endpoints: 1, Config: exchange.Config{
		Length: time.Hour, Slots: users, Timeout: time.Hour, Users: exchangetest.Crowd(users, 0, time.Hour), Failure: succeed, Epoch: time.Now(),
	}}, &fixed{n: 1 << 40, request: Request{Frames: h2.Request{Head: head, Path: []byte("/items/12")}, Idempotent: true}}, sink)
	if err := l.poller.open(); err != nil {
		b.Fatal(err)
	}
	defer l.poller.close()
	l.takeNext()
	accepted := make(chan *stepped, connections)
	go func() {
		for range connections {
			s, err := serveSteps(listener, server)
			if err != nil {
				b.Error(err)
			}
			accepted <- s
		}
	}()
	l.sendDue(l.now(), false)
	l.sendDue(l.now(), true)
	for l.carriers[0] < connections {
		l.handle(l.poller.wait(l.poller.all, time.Millisecond))
		l.sendDue(l.now(), true)
	}
	var peers []*stepped
	for range connections {
		s := <-accepted
		s.steps = true
		peers = append(peers, s)
	}
	round := func() (took time.Duration) {
		for _, s := range peers {
			if _, err := s.answerAll(); err != nil {
				b.Fatal(err)
			}
		}
		before := threadTime()
		for range peers { // as each was an event
			l.handle(l.poller.look())
		}
		return threadTime() - before
	}
	for range 100 {
		round()
	}
	from, took := sink.ok, time.Duration(0)
	b.ReportAllocs()
	b.ResetTimer()
	for sink.ok-from < b.N {
		took += round()
	}
	b.StopTimer()
	b.ReportMetric(float64(took)/float64(sink.ok-from), "cpu-ns/op")
	b.ReportMetric(float64(sink.stamped)/float64(sink.ok), "stamped/op")
	l.giveUp()
}
