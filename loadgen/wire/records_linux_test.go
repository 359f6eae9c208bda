//go:build amd64 || arm64

package wire

import (
	"bufio"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// copying keeps a copy of what is written.
type copying struct {
	net.Conn
	mu      sync.Mutex
	written strings.Builder
}

func (c *copying) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.written.Write(p)
	c.mu.Unlock()
	return c.Conn.Write(p)
}

// sealing serves each connection by hand: each answers with the records it wants to.
func sealing(t *testing.T, version uint16, answer func(s *sealer, c net.Conn)) *Origin {
	server, client := exchangetest.Certificate(t)
	server.MaxVersion, server.SessionTicketsDisabled = version, true
	server.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
	var mu sync.Mutex
	address := exchangetest.Listen(t, func(_ int, c net.Conn, _ *bufio.Reader) {
		var keys strings.Builder
		mine := server.Clone()
		mine.KeyLogWriter = &keys
		below := &copying{Conn: c}
		secure := tls.Server(below, mine)
		if secure.Handshake() != nil {
			return
		}
		if suite := secure.ConnectionState().CipherSuite; version == tls.VersionTLS13 && suite != tls.TLS_AES_128_GCM_SHA256 {
			mu.Lock()
			defer mu.Unlock()
			t.Errorf("%s is what was agreed on", tls.CipherSuiteName(suite))
			return
		}
		s := newSealer(t, version, keys.String(), below.written.String())
		for in := bufio.NewReader(secure); exchangetest.ReadRequest(in); {
			answer(s, c)
		}
	})
	origin := at(t, address)
	origin.Secure(client)
	return origin
}

// What TLS says among the answers is taken for what it is: it is no answer, and an alert is a failure.
func TestMessagesOfTLSAmongAnswers(t *testing.T) {
	const ok = exchangetest.OK
	ticket := message(newSessionTicket, "\x00\x00\x0e\x10"+"\x00\x00\x00\x00"+"\x01\x00"+"\x00\x08"+"01234567"+"\x00\x00")
	for _, tc := range []struct {
		name    string
		version uint16
		answer  func(s *sealer, c net.Conn)
		kind    string
	}{
		{"a ticket before an answer", tls.VersionTLS13, func(s *sealer, c net.Conn) {
			c.Write(append(s.seal(typeHandshake, ticket), s.seal(typeData, ok)...))
		}, ""},
		{"a ticket behind an answer, in two records", tls.VersionTLS13, func(s *sealer, c net.Conn) {
			c.Write(append(s.seal(typeData, ok), s.seal(typeHandshake, ticket[:7])...))
			c.Write(s.seal(typeHandshake, ticket[7:]))
		}, ""},
		{"empty records", tls.VersionTLS13, func(s *sealer, c net.Conn) {
			c.Write(append(append(s.seal(typeData, ""), s.seal(typeData, ok)...), s.seal(typeData, "")...))
		}, ""},
		{"new keys, asked for in return", tls.VersionTLS13, func(s *sealer, c net.Conn) {
			p := s.seal(typeHandshake, message(keyUpdate, "\x01"))
			s.update(t)
			c.Write(append(p, s.seal(typeData, ok)...))
		}, ""},
		{"an alert in mid-answer", tls.VersionTLS13, func(s *sealer, c net.Conn) {
			c.Write(append(s.seal(typeData, ok[:len(ok)-1]), s.seal(typeAlert, "\x02\x50")...))
		}, exchange.TLS},
		{"an alert in mid-answer of TLS 1.2", tls.VersionTLS12, func(s *sealer, c net.Conn) {
			c.Write(append(s.seal(typeData, ok[:len(ok)-1]), s.seal(typeAlert, "\x02\x50")...))
		}, exchange.TLS},
		{"another handshake is asked for", tls.VersionTLS12, func(s *sealer, c net.Conn) {
			c.Write(append(s.seal(typeHandshake, message(helloRequest, "")), s.seal(typeData, ok)...))
		}, exchange.TLS},
		{"a handshake message of no kind", tls.VersionTLS13, func(s *sealer, c net.Conn) {
			c.Write(append(s.seal(typeHandshake, message(99, "x")), s.seal(typeData, ok)...))
		}, exchange.TLS},
		{"empty records without end", tls.VersionTLS13, func(s *sealer, c net.Conn) {
			for range 100 {
				c.Write(s.seal(typeData, ""))
			}
		}, exchange.TLS},
	} {
		r, _ := drive(t, t.Context(), sealing(t, tc.version, tc.answer), evenly{n: 3, request: post, gap: 5 * time.Millisecond}, exchange.Config{Slots: 1})
		connects := 0
		for _, x := range r.Exchanges {
			if x.Connect > 0 {
				connects++
			}
			if x.Kind != tc.kind {
				t.Errorf("%s: %q (%s), want %q", tc.name, x.Kind, x.Detail, tc.kind)
			}
		}
		if want := map[bool]int{true: 1, false: 3}[tc.kind == ""]; connects != want || len(r.Exchanges) != 3 {
			t.Errorf("%s: %d connections, want %d, for %d requests", tc.name, connects, want, len(r.Exchanges))
		}
	}
}
