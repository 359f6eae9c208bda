package nethttp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strconv"
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
	)
	var refusal proxyRefusal
	if errors.As(err, &refusal) {
		return "proxy: status " + strconv.Itoa(int(refusal))
	}
	dialling := errors.As(err, &op) && op.Op == "dial"
	if op != nil && op.Op == "proxyconnect" {
		return "proxy: " + strings.TrimPrefix(classify(op.Err), "connect: ")
	}
	switch {
	case errors.Is(err, errLongBody):
		return "body too long"
	case errors.Is(err, errManyRedirects):
		return "redirect: too many"
	case errors.Is(err, errRedirectedOff):
		return "redirect: not followed"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return OutOfDescriptors
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return OutOfPorts
	case errors.As(err, &dns) && strings.Contains(dns.Err, syscall.EMFILE.Error()): // it wraps no cause
		return OutOfDescriptors
	case dns != nil:
		return "connect: unknown host"
	case errors.As(err, &cert), errors.As(err, &auth), errors.As(err, &rec):
		return "tls"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connect: refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		// Also while dialling: a server that resets at once is seen there or at the first write, as it happens.
		return "connection reset"
	case dialling && op.Timeout():
		return "connect: timeout"
	case dialling:
		return "connect: failed"
	case errors.Is(err, syscall.ETIMEDOUT), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "connection lost"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed early"
	default:
		return classifyText(err)
	}
}

// unexported are the beginnings of errors that net/http and crypto/tls have no exported value or type for.
var unexported = []struct{ text, kind string }{
	{"http: server closed idle connection", "connection closed early"},
	{"http2: server sent GOAWAY", "connection closed early"},
	{"http2: Transport received GOAWAY", "connection closed early"},
	{"http2: Transport received Server's graceful shutdown GOAWAY", "connection closed early"},
	{"http2: client conn", "connection closed early"}, // is closed, is not usable, could not be established
	{"net/http: server response headers exceeded", "header too long"},
	{"http2: response header list larger", "header too long"},
	{"header list too large", "header too long"}, // of interim answers
	{"net/http: TLS handshake timeout", "connect: timeout"},
	{"tls: ", "tls"}, // alerts, sent or received, and handshake messages that make no sense
}

// classifyText names a failure by the text of its innermost error. What a server sent may stand in that text, but never
// at its beginning or end.
func classifyText(err error) string {
	text := innermost(err).Error()
	for _, u := range unexported {
		if strings.HasPrefix(text, u.text) {
			return u.kind
		}
	}
	if strings.HasPrefix(text, "stream error: ") && strings.HasSuffix(text, "; received from peer") {
		return "stream reset"
	}
	return "bad response"
}

func innermost(err error) error {
	for next := err; next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return err
}
