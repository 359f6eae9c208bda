package loadgen

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
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

// certifiedBy returns the TLS of a server whose certificate an issuer that no system trusts has signed.
func certifiedBy(t *testing.T, c *x509.Certificate, issuer string) *tls.Config {
	t.Helper()
	_, parent := certified(t, &x509.Certificate{Subject: pkix.Name{CommonName: issuer}, NotAfter: time.Now().Add(time.Hour)})
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber = big.NewInt(2)
	der, err := x509.CreateCertificate(rand.Reader, c, &x509.Certificate{Subject: parent.Subject}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
