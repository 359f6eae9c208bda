package nethttp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
)

// classify names a failure by its cause. The names are few and fixed, so that they can be counted; what is the
// generator's own limit is said to be.
func classify(err error) string {
	var (
		dns  *net.DNSError
		op   *net.OpError
		rec  tls.RecordHeaderError
		cert *tls.CertificateVerificationError
		auth x509.UnknownAuthorityError
		aler tls.AlertError
	)
	dialling := errors.As(err, &op) && op.Op == "dial"
	switch {
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "generator: out of descriptors"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "generator: out of ports"
	case errors.As(err, &dns):
		return "connect: unknown host"
	case errors.As(err, &cert), errors.As(err, &auth), errors.As(err, &rec), errors.As(err, &aler):
		return "tls"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connect: refused"
	case dialling && op.Timeout():
		return "connect: timeout"
	case dialling:
		return "connect: failed"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed early"
	default:
		return "bad response"
	}
}
