//go:build amd64 || arm64

package wire

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// later is a socket until the handshake is over, and then what was read by the loop.
type later struct {
	net.Conn
	secure *secure
	reads  int
}

func (l *later) Read(p []byte) (int, error) {
	if l.secure == nil {
		return l.Conn.Read(p)
	}
	l.reads++
	return l.secure.Read(p)
}

// Crypto/tls takes records that came together by few reads, and returns each of them, however they came; what is no data comes by itself,
// so that the end of the peer's side is told behind the data and not with it.
func TestRecordsThatCameTogether(t *testing.T) {
	const records, cutAt = 20, 1000
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		serverConfig, clientConfig := exchangetest.Certificate(t)
		serverConfig.MaxVersion, serverConfig.SessionTicketsDisabled = version, true
		near, far := net.Pipe()
		below, under := &holding{Conn: far}, &later{Conn: near}
		server, client := tls.Server(below, serverConfig), tls.Client(under, clientConfig)
		shaken := make(chan error, 1)
		go func() { shaken <- server.Handshake() }()
		if err := errors.Join(client.Handshake(), <-shaken); err != nil {
			t.Fatal(err)
		}
		below.hold()
		for i := range records {
			fmt.Fprintf(server, "%080d", i)
		}
		server.CloseWrite()
		p := below.records()
		s := &secure{conn: client}
		under.secure = s
		buffer := make([]byte, maxPlaintext)
		got := 0
		take := func(p []byte) error {
			for s.in = p; ; got++ {
				n, err := s.open(buffer)
				if err != nil {
					return err
				}
				if want := fmt.Sprintf("%080d", got); string(buffer[:n]) != want {
					t.Fatalf("record %d: %q", got, buffer[:n])
				}
			}
		}
		if err := take(p[:cutAt]); err != errNothing || !s.within() || s.ahead != 0 {
			t.Errorf("cut: %v, within a record %v, %d ahead", err, s.within(), s.ahead)
		}
		if err := take(p[cutAt:]); err != io.EOF || got != records {
			t.Errorf("%d records, and then %v", got, err)
		}
		if under.reads > records/2 {
			t.Errorf("%d reads for %d records", under.reads, records)
		}
		near.Close()
		far.Close()
	}
}
