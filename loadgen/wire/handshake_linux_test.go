//go:build amd64 || arm64

package wire

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// A handshake that fails is one request's failure, named as an engine over net/http names it; nothing of it was sent.
func TestHandshakesThatFail(t *testing.T) {
	server, client := exchangetest.Certificate(t)
	_, stranger := exchangetest.Certificate(t)
	elsewhere := client.Clone()
	elsewhere.ServerName = "elsewhere.test"
	old := server.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS11, tls.VersionTLS11
	other := server.Clone()
	other.NextProtos = []string{"other"}
	strict := server.Clone()
	strict.ClientAuth = tls.RequireAnyClientCert
	strict.MaxVersion = tls.VersionTLS12 // of TLS 1.3 a client learns it after its handshake
	by := func(config *tls.Config) func(net.Conn) {
		return func(c net.Conn) { tls.Server(c, config).Handshake() }
	}
	for _, tc := range []struct {
		name   string
		client *tls.Config
		handle func(net.Conn)
		kind   string
		detail string
	}{
		{"an issuer that is not trusted", stranger, by(server), exchange.TLS, "unknown authority"},
		{"another name", elsewhere, by(server), exchange.TLS, "elsewhere.test"},
		{"TLS 1.1 alone", client, by(old), exchange.TLS, "protocol version"},
		{"another protocol alone", client, by(other), exchange.TLS, "no application protocol"},
		{"a client's certificate is wanted", client, by(strict), exchange.TLS, ""},
		{"no TLS", client, func(c net.Conn) { io.WriteString(c, exchangetest.OK) }, exchange.TLS, "does not look like a TLS handshake"},
		{"closed at once", client, func(net.Conn) {}, exchange.ClosedEarly, ""},
		{"closed within a message", client, func(c net.Conn) { io.WriteString(c, "\x16\x03\x03\x00\x50\x02\x00") }, exchange.ClosedEarly, ""},
		{"reset", client, func(c net.Conn) {
			c.Read(make([]byte, 1))
			exchangetest.Reset(c)
		}, exchange.Reset, ""},
		{"more than a handshake takes", client, func(c net.Conn) {
			for _, err := c.Write([]byte("\x16\x03\x03\x40\x00")); err == nil; {
				_, err = io.WriteString(c, strings.Repeat("\x00", 1<<20))
			}
		}, exchange.TLS, ""},
	} {
		origin := at(t, exchangetest.Listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
			tc.handle(c)
			if tc.kind == exchange.TLS {
				io.Copy(io.Discard, c) // unread, it would be a reset that ends the connection
			}
		}))
		origin.Secure(tc.client)
		r, _ := drive(t, t.Context(), origin, evenly{n: 2, resend: true}, exchange.Config{Slots: 1})
		for _, x := range r.Exchanges {
			if x.Kind != tc.kind && !(tc.kind == exchange.ClosedEarly && x.Kind == exchange.Reset) || x.WasSent() || x.Free != exchange.NeverFree || !strings.Contains(x.Detail, tc.detail) {
				t.Errorf("%s: %q (%s), want %q with %q; sent at %v, free at %v", tc.name, x.Kind, x.Detail, tc.kind, tc.detail, x.Sent, x.Free)
			}
		}
		if len(r.Exchanges) != 2 {
			t.Errorf("%s: %d recorded of 2", tc.name, len(r.Exchanges))
		}
	}
}

// Handshakes that a server leaves unanswered keep no other from going on, end with the run, and leave no goroutine.
func TestHandshakesWithoutAnAnswer(t *testing.T) {
	const silent, n = 20, 40
	server, client := exchangetest.Certificate(t)
	over := make(chan struct{})
	origin := at(t, exchangetest.Listen(t, func(i int, c net.Conn, _ *bufio.Reader) {
		if i < silent {
			<-over
			return
		}
		secure := tls.Server(c, server)
		for in := bufio.NewReader(secure); exchangetest.ReadRequest(in); {
			io.WriteString(secure, exchangetest.OK)
		}
	}))
	defer close(over)
	origin.Secure(client)
	r, _ := drive(t, t.Context(), origin, evenly{n: n}, exchange.Config{Slots: n})
	if ok := r.Count(exchange.Succeeded); ok != n {
		t.Errorf("%d of %d succeeded", ok, n)
	}
}

func TestAHandshakeEndsWithTheTimeout(t *testing.T) {
	_, client := exchangetest.Certificate(t)
	origin := at(t, exchangetest.Listen(t, func(_ int, c net.Conn, _ *bufio.Reader) { io.Copy(io.Discard, c) }))
	origin.Secure(client)
	const limit = 50 * time.Millisecond
	r, _ := drive(t, t.Context(), origin, evenly{n: 3}, exchange.Config{Slots: 1, Timeout: limit})
	for _, x := range r.Exchanges {
		if x.Outcome != exchange.TimedOut || x.Kind != exchange.ConnectTimeout || x.Free != exchange.NeverFree || x.Response() < limit {
			t.Errorf("request %d: outcome %d, %q after %v, free at %v", x.K, x.Outcome, x.Kind, x.Response(), x.Free)
		}
	}
	if len(r.Exchanges) != 3 {
		t.Errorf("%d recorded of 3", len(r.Exchanges))
	}
}

// The certificate goes bad in mid-run: from then on new connections fail, and those that are open go on.
func TestACertificateThatGoesBad(t *testing.T) {
	good, client := exchangetest.Certificate(t)
	bad, _ := exchangetest.Certificate(t)
	var served atomic.Int64
	rotated := good.Clone()
	rotated.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if served.Load() >= 5 {
			return bad, nil
		}
		return good, nil
	}
	for _, tc := range []struct {
		noKeepAlive bool
		good        int
	}{{true, 5}, {false, 10}} {
		served.Store(0)
		origin := at(t, exchangetest.ListenTLS(t, rotated, func(_ int, c net.Conn, in *bufio.Reader) {
			for exchangetest.ReadRequest(in) {
				served.Add(1)
				io.WriteString(c, exchangetest.OK)
			}
		}))
		origin.Secure(client)
		r, _ := drive(t, t.Context(), origin, evenly{n: 10}, exchange.Config{Slots: 1, NoKeepAlive: tc.noKeepAlive})
		for _, x := range r.Exchanges {
			if x.Outcome != exchange.Succeeded && x.Kind != exchange.TLS {
				t.Errorf("request %d: %q (%s)", x.K, x.Kind, x.Detail)
			}
		}
		if ok := r.Count(exchange.Succeeded); ok != tc.good || len(r.Exchanges) != 10 {
			t.Errorf("no keep-alive %v: %d of %d succeeded, want %d of 10", tc.noKeepAlive, ok, len(r.Exchanges), tc.good)
		}
	}
}

// Each connection is told with what was agreed on. A session is taken up again where there is a cache for it.
func TestConnectionsAreTold(t *testing.T) {
	const n = 5
	for _, version := range versions {
		for _, resume := range []bool{false, true} {
			server, client := exchangetest.Certificate(t)
			client.MaxVersion = version
			if resume {
				client.ClientSessionCache = tls.NewLRUClientSessionCache(0)
			}
			origin := at(t, exchangetest.ListenTLS(t, server, func(_ int, c net.Conn, in *bufio.Reader) {
				for exchangetest.ReadRequest(in) {
					io.WriteString(c, exchangetest.OK)
				}
			}))
			origin.Secure(client)
			var told []exchange.Connection
			r, _ := drive(t, t.Context(), origin, evenly{n: n}, exchange.Config{Slots: 1, NoKeepAlive: true, Connected: func(c exchange.Connection) { told = append(told, c) }})
			for _, x := range r.Exchanges {
				if x.Outcome != exchange.Succeeded || x.Handshake <= 0 || x.Handshake > x.Connect || x.Wait() < x.Connect {
					t.Errorf("request %d: %q, connected in %v, of it %v TLS, waited %v", x.K, x.Kind, x.Connect, x.Handshake, x.Wait())
				}
			}
			for i, c := range told {
				if c.Protocol != "HTTP/1.1" || c.TLS != version || c.Suite == 0 || c.Resumed != (resume && i > 0) {
					t.Errorf("%s, resume %v: connection %d is %+v", tls.VersionName(version), resume, i, c)
				}
			}
			if len(told) != n {
				t.Errorf("%s, resume %v: %d connections were told of %d", tls.VersionName(version), resume, len(told), n)
			}
		}
	}
}

// An answer that came with the end of the handshake is nobody's, also where the kernel stamps nothing.
func TestAnAnswerRightBehindTheHandshake(t *testing.T) {
	server, client := exchangetest.Certificate(t)
	server.MaxVersion = tls.VersionTLS12 // where the server has the last word
	each := func(_ int, c net.Conn, _ *bufio.Reader) {
		below := &holding{Conn: c, free: 1} // the server's hello goes out
		secure := tls.Server(below, server)
		if secure.Handshake() != nil {
			return
		}
		io.WriteString(secure, exchangetest.OK)
		c.Write(below.records())
		io.Copy(io.Discard, secure)
	}
	path := filepath.Join(t.TempDir(), "s")
	unstamped, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	exchangetest.ServeOn(t, unstamped, each)
	for _, origin := range []*Origin{at(t, exchangetest.Listen(t, each)), UnixOrigin(path)} {
		origin.Secure(client)
		r, _ := drive(t, t.Context(), origin, evenly{n: 3, request: post}, exchange.Config{Slots: 1})
		for _, x := range r.Exchanges {
			if x.Kind != exchange.BadResponse || !strings.Contains(x.Detail, "before its request") {
				t.Errorf("request %d: outcome %d, %q (%s)", x.K, x.Outcome, x.Kind, x.Detail)
			}
		}
		if len(r.Exchanges) != 3 {
			t.Errorf("%d recorded of 3", len(r.Exchanges))
		}
	}
}
