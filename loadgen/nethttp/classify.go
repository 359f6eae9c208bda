package nethttp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// The kinds of failure that are the generator's own limits and say nothing of the target.
const (
	OutOfDescriptors = "generator: out of descriptors"
	OutOfPorts       = "generator: out of ports"
)

// classify names a failure by its cause. The names are few and fixed, so that they can be counted.
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
		return OutOfDescriptors
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return OutOfPorts
	case errors.As(err, &dns) && strings.Contains(dns.Err, syscall.EMFILE.Error()): // it wraps no cause
		return OutOfDescriptors
	case dns != nil:
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
