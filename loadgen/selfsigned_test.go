package loadgen

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"testing"
	"time"
)

// selfSigned returns the TLS of a server of that name, and a certificate that no system trusts.
func selfSigned(t *testing.T, name string) (*tls.Config, *x509.Certificate) {
	t.Helper()
	return certified(t, &x509.Certificate{DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour)})
}

// certified returns the TLS of a server with a certificate, and that.
func certified(t *testing.T, c *x509.Certificate) (*tls.Config, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber, c.IsCA, c.BasicConstraintsValid = big.NewInt(1), true, true
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, parsed
}
