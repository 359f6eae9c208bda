//go:build amd64 || arm64

package wire

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// holding is a socket below a server's TLS that can keep what is written, for the test to send.
type holding struct {
	net.Conn
	mu    sync.Mutex
	holds bool
	free  int // writes after which it begins to hold; 0: it does when it is told to
	kept  bytes.Buffer
}

func (h *holding) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.holds {
		return h.kept.Write(p)
	}
	if h.free > 0 {
		h.free--
		h.holds = h.free == 0
	}
	return h.Conn.Write(p)
}

// hold keeps what is written from now on.
func (h *holding) hold() { h.mu.Lock(); h.holds = true; h.mu.Unlock() }

// records returns what was kept, and keeps no more.
func (h *holding) records() []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.holds = false
	p := bytes.Clone(h.kept.Bytes())
	h.kept.Reset()
	return p
}

// secured serves each connection, over TLS of a version, by a function that gets that and the socket below.
func secured(t testing.TB, version uint16, each func(n int, c *tls.Conn, below *holding, in *bufio.Reader)) *Origin {
	t.Helper()
	server, client := exchangetest.Certificate(t)
	server.MaxVersion = version
	address := exchangetest.Listen(t, func(n int, c net.Conn, _ *bufio.Reader) {
		below := &holding{Conn: c}
		secure := tls.Server(below, server)
		if secure.Handshake() == nil {
			each(n, secure, below, bufio.NewReader(secure))
		}
	})
	origin := at(t, address)
	origin.Secure(client)
	return origin
}

var versions = []uint16{tls.VersionTLS12, tls.VersionTLS13}

// However the records of an answer are cut, and the answer into records, it is whole, and its connection carries the next request.
func TestAnswersInAnyRecords(t *testing.T) {
	const long = 100_000
	body := strings.Repeat("0123456789", long/10)
	text := fmt.Sprintf("HTTP/1.1 200 OK\r\nX-Test: yes\r\nContent-Length: %d\r\n\r\n%s", long, body)
	for _, version := range versions {
		for name, tc := range map[string]struct{ record, write int }{
			"records of 16 KiB, one write":        {16 << 10, 1 << 20},
			"records of 16 KiB, pieces of 1000":   {16 << 10, 1000},
			"records of 7 bytes, one write":       {7, 1 << 20},
			"records of 16 KiB but one, in pairs": {16<<10 - 1, 2*(16<<10) + 1},
		} {
			origin := secured(t, version, func(_ int, c *tls.Conn, below *holding, in *bufio.Reader) {
				for exchangetest.ReadRequest(in) {
					below.hold()
					for p := []byte(text); len(p) > 0; p = p[min(len(p), tc.record):] {
						c.Write(p[:min(len(p), tc.record)])
					}
					for p := below.records(); len(p) > 0; p = p[min(len(p), tc.write):] {
						below.Conn.Write(p[:min(len(p), tc.write)])
					}
				}
			})
			r, _ := drive(t, t.Context(), origin, evenly{n: 3}, exchange.Config{Slots: 1, KeepBody: func(uint64) int { return long }, Failure: func(x *exchange.Exchange, got []byte) string {
				if x.Header.Get("X-Test") != "yes" || string(got) != body {
					return "another answer"
				}
				return ""
			}})
			connects := 0
			for _, x := range r.Exchanges {
				if x.Connect > 0 {
					connects++
				}
				if x.Outcome != exchange.Succeeded || x.BytesIn != long {
					t.Errorf("%s, %s: %q %s, %d bytes", tls.VersionName(version), name, x.Kind, x.Detail, x.BytesIn)
				}
			}
			if connects != 1 || len(r.Exchanges) != 3 {
				t.Errorf("%s, %s: %d connections for %d requests", tls.VersionName(version), name, connects, len(r.Exchanges))
			}
		}
	}
}

// A server that sends each byte of its handshake and its answers alone is one like any other.
func TestOneByteAtATime(t *testing.T) {
	server, client := exchangetest.Certificate(t)
	address := exchangetest.Listen(t, func(_ int, c net.Conn, _ *bufio.Reader) {
		secure := tls.Server(bytewise{c}, server)
		in := bufio.NewReader(secure)
		for exchangetest.ReadRequest(in) {
			io.WriteString(secure, exchangetest.OK)
		}
	})
	origin := at(t, address)
	origin.Secure(client)
	r, _ := drive(t, t.Context(), origin, evenly{n: 5}, exchange.Config{Slots: 1})
	if ok := r.Count(exchange.Succeeded); ok != 5 {
		t.Errorf("%d of 5 succeeded: %+v", ok, r.Exchanges)
	}
}

// bytewise sends each byte by itself: Go sets TCP_NODELAY.
type bytewise struct{ net.Conn }

func (b bytewise) Write(p []byte) (int, error) {
	for i := range p {
		if n, err := b.Conn.Write(p[i : i+1]); err != nil {
			return i + n, err
		}
	}
	return len(p), nil
}

// An answer's end is the stamp of the read that completed it: a pause within its record is part of the service time.
func TestAPauseWithinARecord(t *testing.T) {
	const pause = 30 * time.Millisecond
	origin := secured(t, tls.VersionTLS13, func(_ int, c *tls.Conn, below *holding, in *bufio.Reader) {
		for cut := 1; exchangetest.ReadRequest(in); cut += 7 { // in its header, at its end and in what follows
			below.hold()
			io.WriteString(c, exchangetest.OK)
			p := below.records()
			below.Conn.Write(p[:cut])
			time.Sleep(pause)
			below.Conn.Write(p[cut:])
		}
	})
	r, _ := drive(t, t.Context(), origin, evenly{n: 5}, exchange.Config{Slots: 1})
	for _, x := range r.Exchanges {
		if x.Outcome != exchange.Succeeded || x.Service() < pause || x.FirstByte != x.End && x.FirstByte != 0 {
			t.Errorf("request %d: %q %s, service %v, first byte %v before its end", x.K, x.Kind, x.Detail, x.Service(), x.End-x.FirstByte)
		}
	}
}

// What ends a connection, or comes over it unasked, is judged by what it is once it was decrypted.
func TestWhatComesOverTLS(t *testing.T) {
	const ok = exchangetest.OK
	for _, tc := range []struct {
		name     string
		answer   func(n int, c *tls.Conn, below *holding) bool // what follows a request; false: no further one is read
		good     int                                           // successes of 3 requests that cannot be sent twice
		connects int
		kind     string
	}{
		{"answers with tickets behind", func(_ int, c *tls.Conn, _ *holding) bool { io.WriteString(c, ok); return true }, 3, 1, ""},
		{"two answers in one record", func(_ int, c *tls.Conn, _ *holding) bool { io.WriteString(c, ok+ok); return true }, 3, 3, ""},
		{"two answers in two records of one write", func(_ int, c *tls.Conn, below *holding) bool {
			below.hold()
			io.WriteString(c, ok)
			io.WriteString(c, ok)
			below.Conn.Write(below.records())
			return true
		}, 3, 3, ""},
		{"close_notify behind the answer", func(_ int, c *tls.Conn, below *holding) bool {
			below.hold()
			io.WriteString(c, ok)
			c.CloseWrite()
			c.SetWriteDeadline(time.Time{}) // crypto/tls has set one
			below.Conn.Write(below.records())
			return true
		}, 3, 3, ""},
		{"a body that ends with close_notify", func(_ int, c *tls.Conn, _ *holding) bool {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nall of it")
			c.CloseWrite()
			return true
		}, 3, 3, ""},
		{"a body that ends without close_notify", func(_ int, c *tls.Conn, below *holding) bool {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nall of it")
			below.Conn.Close()
			return false
		}, 3, 3, ""},
		{"a body cut within a record", func(_ int, c *tls.Conn, below *holding) bool {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nsome")
			below.hold()
			io.WriteString(c, "more")
			below.Conn.Write(below.records()[:10])
			below.Conn.Close()
			return false
		}, 0, 3, exchange.ClosedEarly},
		{"what is no record of these keys, in mid-answer", func(_ int, c *tls.Conn, below *holding) bool {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome")
			below.Conn.Write([]byte{21, 3, 3, 0, 2, 2, 80})
			return false
		}, 0, 3, exchange.TLS},
		{"a record that was changed", func(_ int, c *tls.Conn, below *holding) bool {
			below.hold()
			io.WriteString(c, ok)
			p := below.records()
			p[len(p)-1] ^= 1
			below.Conn.Write(p)
			return false
		}, 0, 3, exchange.TLS},
		{"plain text", func(_ int, _ *tls.Conn, below *holding) bool { io.WriteString(below.Conn, ok); return false }, 0, 3, exchange.TLS},
	} {
		for _, version := range versions {
			origin := secured(t, version, func(n int, c *tls.Conn, below *holding, in *bufio.Reader) {
				for exchangetest.ReadRequest(in) && tc.answer(n, c, below) {
				}
			})
			r, _ := drive(t, t.Context(), origin, evenly{n: 3, request: post, gap: 5 * time.Millisecond}, exchange.Config{Slots: 1})
			connects := 0
			for _, x := range r.Exchanges {
				if x.Connect > 0 {
					connects++
				}
				if x.Outcome == exchange.Failed && x.Kind != tc.kind {
					t.Errorf("%s, %s: %q (%s), want %q", tc.name, tls.VersionName(version), x.Kind, x.Detail, tc.kind)
				}
			}
			if got := r.Count(exchange.Succeeded); got != tc.good || connects != tc.connects {
				t.Errorf("%s, %s: %d of 3 succeeded over %d connections, want %d over %d", tc.name, tls.VersionName(version), got, connects, tc.good, tc.connects)
			}
		}
	}
}
