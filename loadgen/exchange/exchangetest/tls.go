package exchangetest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"time"
)

// ServerName is what the certificates of tests are for.
const ServerName = "server.test"

// Certificate returns the TLS of a server with a new certificate, and that of a client who trusts it.
func Certificate(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{ServerName}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(trusted)
	server = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return server, &tls.Config{RootCAs: roots, ServerName: ServerName}
}

// ListenTLS is [Listen] over TLS. A handshake that fails is tried no more, and told to nobody.
func ListenTLS(t testing.TB, config *tls.Config, each func(n int, c net.Conn, in *bufio.Reader)) string {
	t.Helper()
	return Listen(t, func(n int, c net.Conn, _ *bufio.Reader) {
		secure := tls.Server(c, config)
		defer secure.Close()
		if secure.Handshake() == nil {
			each(n, secure, bufio.NewReader(secure))
		}
	})
}

// Reset ends a connection by a reset.
func Reset(c net.Conn) {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}
