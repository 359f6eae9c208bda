package exchangetest

import (
	"crypto/tls"
	"net"
	"net/http"
	"testing"

	"github.com/quic-go/quic-go/http3"
)

// ServeHTTP3 starts a server of HTTP/3 on loopback, and returns its address, a host and a port. It ends with the test.
func ServeHTTP3(t testing.TB, config *tls.Config, h http.Handler) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http3.Server{Handler: h, TLSConfig: http3.ConfigureTLSConfig(config.Clone())}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(conn) }()
	t.Cleanup(func() {
		_ = s.Close()
		<-ended
		_ = conn.Close()
	})
	return conn.LocalAddr().String()
}
