package nethttp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// classify names a failure by its cause.
func classify(err error) string {
	var (
		dns  *net.DNSError
		op   *net.OpError
		rec  tls.RecordHeaderError
		cert *tls.CertificateVerificationError
		auth x509.UnknownAuthorityError
	)
	if kind := classifyQUIC(err); kind != "" {
		return kind
	}
	var refusal proxyRefusal
	if errors.As(err, &refusal) {
		return exchange.ProxyKind(exchange.StatusKind(int(refusal)))
	}
	dialling := errors.As(err, &op) && op.Op == "dial"
	if op != nil && op.Op == "proxyconnect" {
		return exchange.ProxyKind(classify(op.Err))
	}
	switch {
	case errors.Is(err, errLongBody):
		return exchange.BodyTooLong
	case errors.Is(err, errManyRedirects):
		return exchange.ManyRedirects
	case errors.Is(err, errRedirectedOff):
		return exchange.RedirectedOff
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return exchange.OutOfDescriptors
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return exchange.OutOfPorts
	case errors.As(err, &dns) && strings.Contains(dns.Err, syscall.EMFILE.Error()): // it wraps no cause
		return exchange.OutOfDescriptors
	case dns != nil:
		return exchange.UnknownHost
	case errors.As(err, &cert), errors.As(err, &auth), errors.As(err, &rec):
		return exchange.TLS
	case errors.Is(err, syscall.ECONNREFUSED):
		return exchange.ConnectRefused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		// Also while dialling: a server that resets at once is seen there or at the first write, as it happens.
		return exchange.Reset
	case dialling && op.Timeout():
		return exchange.ConnectTimeout
	case dialling:
		return exchange.ConnectFailed
	case errors.Is(err, syscall.ETIMEDOUT), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return exchange.Lost
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return exchange.ClosedEarly
	default:
		return classifyText(err)
	}
}

// unexported are the beginnings of errors that net/http and crypto/tls have no exported value or type for.
var unexported = []struct{ text, kind string }{
	{"http: server closed idle connection", exchange.ClosedEarly},
	{"http2: server sent GOAWAY", exchange.ClosedEarly},
	{"http2: Transport received GOAWAY", exchange.ClosedEarly},
	{"http2: Transport received Server's graceful shutdown GOAWAY", exchange.ClosedEarly},
	{"http2: client conn", exchange.ClosedEarly}, // is closed, is not usable, could not be established
	{"net/http: server response headers exceeded", exchange.HeaderTooLong},
	{"http2: response header list larger", exchange.HeaderTooLong},
	{"header list too large", exchange.HeaderTooLong}, // of interim answers
	{"net/http: TLS handshake timeout", exchange.ConnectTimeout},
	{"tls: ", exchange.TLS}, // alerts, sent or received, and handshake messages that make no sense
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
	if strings.HasPrefix(text, "stream error: ") { // of HTTP/2, which wraps no cause
		switch {
		case strings.HasSuffix(text, "; received from peer"):
			return exchange.StreamReset
		case strings.HasSuffix(text, "; http2: response header list larger than advertised limit"):
			return exchange.HeaderTooLong
		}
	}
	return exchange.BadResponse
}

func innermost(err error) error {
	for next := err; next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return err
}
