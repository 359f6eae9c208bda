package preflight

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// The names of protocols in TLS (ALPN).
const (
	ALPNHTTP1 = "http/1.1"
	ALPNHTTP2 = "h2"
)

// ErrNoHTTP2 is that a server which was to speak HTTP/2 does not.
var ErrNoHTTP2 = errors.New("tls: the server does not speak HTTP/2")

// Causes of a handshake that fails, which a setting mends.
var (
	ErrInvalid       = errors.New("the certificate is not valid now, or at all")
	ErrUntrusted     = errors.New("the certificate is by nobody whom this system trusts")
	ErrNotInFile     = errors.New("the certificate is by nobody whom the file names")
	ErrWrongHost     = errors.New("the certificate is for another host")
	ErrOtherHost     = errors.New("the certificate is for the host in the Host header")
	ErrNoHost        = errors.New("the server does not know the host")
	ErrNoCertificate = errors.New("the server wants a certificate of the client")
	ErrHTTPVersion   = errors.New("the server does not speak the version of HTTP")
)

// refusalTime is for a server that wants a certificate to say so after the handshake (RFC 8446, section 4.4.2.4).
const refusalTime = time.Second

// Handshake is a handshake of TLS that is made to see whether there is one, before anything is sent.
type Handshake struct {
	Config *tls.Config                     // what the run trusts, offers and shows; it is changed
	Host   string                          // of the URL
	Name   string                          // that is asked for
	Asked  string                          // name in the Host header, where that is another than the URL's
	HTTP   string                          // version of HTTP that was asked for, as [runfile.PlanRecord] has it
	CAFile string                          // that holds what Config trusts; "": this system's
	Agreed func(tls.ConnectionState) error // whether what was agreed on will do; nil: it does
}

// Try makes the handshake over a connection, and says what is wrong and what to do. spoken is the protocol that was agreed on, by
// its name in TLS; "" where that is not known.
func (h Handshake) Try(ctx context.Context, conn net.Conn) (spoken string, findings []Finding) {
	var wanted bool
	h.prepare(&wanted)
	var secure *tls.Conn
	h.Config.ClientSessionCache = onTicket(func() { _ = secure.SetReadDeadline(time.Now()) })
	secure = tls.Client(conn, h.Config)
	err := secure.HandshakeContext(ctx)
	if err == nil && h.Agreed != nil {
		err = h.Agreed(secure.ConnectionState())
	}
	if err == nil && wanted && secure.ConnectionState().Version >= tls.VersionTLS13 {
		_ = secure.SetReadDeadline(time.Now().Add(refusalTime))
		if _, err = secure.Read(make([]byte, 1)); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
			err = nil
		}
	}
	if err == nil {
		return cmp.Or(secure.ConnectionState().NegotiatedProtocol, ALPNHTTP1), nil
	}
	if text, cause := h.fault(err, wanted); text != "" && ctx.Err() == nil {
		findings = append(findings, Finding{Text: fmt.Sprintf("%s: %s", h.Host, text), Cause: cause, Fatal: true})
	}
	return "", findings
}

// TryQUIC makes the handshake by a function that connects over QUIC, and says what is wrong and what to do. Unlike over TCP nothing was
// reached before: what fails for whatever reason is said.
func (h Handshake) TryQUIC(ctx context.Context, connect func(context.Context, *tls.Config) error) []Finding {
	var wanted bool
	h.prepare(&wanted)
	err := connect(ctx, h.Config)
	if err == nil {
		return UDPBuffers()
	}
	if ctx.Err() != nil {
		err = errors.New("no answer in time")
	}
	text, cause := h.fault(err, wanted)
	if text == "" {
		text = fmt.Sprintf("no connection by QUIC (%s): is HTTP/3 served there, at this port of UDP?", runfile.Excerpt(err.Error()))
	}
	return []Finding{{Text: fmt.Sprintf("%s: %s", h.Host, text), Cause: cause, Fatal: true}}
}

// prepare sets what the handshake asks for and shows. wanted becomes true where the server asks for a certificate.
func (h Handshake) prepare(wanted *bool) {
	given := h.Config.Certificates
	h.Config.GetClientCertificate = func(r *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		*wanted = true
		for i := range given {
			if r.SupportsCertificate(&given[i]) == nil {
				return &given[i], nil
			}
		}
		return new(tls.Certificate), nil // as the run does
	}
	h.Config.ServerName = h.Name
}

// onTicket is called as a server gives a session ticket, which it does after it has looked at the client's certificate.
type onTicket func()

func (onTicket) Get(string) (*tls.ClientSessionState, bool) { return nil, false }
func (got onTicket) Put(string, *tls.ClientSessionState)    { got() }

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// fault words why a handshake failed, and what to do; "" where the run itself will tell. wanted: the server asked for a
// certificate.
func (h Handshake) fault(err error, wanted bool) (text string, cause error) {
	var (
		host    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		alert   tls.AlertError
	)
	alerted := errors.As(err, &alert) || strings.Contains(err.Error(), "remote error: tls: ")
	switch text = err.Error(); {
	case errors.As(err, &host):
		return h.wrongName(host.Certificate)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(invalid.Cert.NotBefore):
		return fmt.Sprintf("its certificate is not valid before %s: is the clock right?", date(invalid.Cert.NotBefore)), ErrInvalid
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("its certificate expired on %s: renew it", date(invalid.Cert.NotAfter)), ErrInvalid
	case errors.As(err, &unknown) && h.CAFile != "":
		return fmt.Sprintf("its certificate is by an issuer that %s does not hold: is it the right file?", runfile.Excerpt(h.CAFile)), ErrNotInFile
	case errors.As(err, &unknown) && unknown.Cert != nil && unknown.Cert.Issuer.String() == unknown.Cert.Subject.String():
		return "its certificate is self-signed", ErrUntrusted
	case errors.As(err, &unknown):
		return "its certificate is by an issuer that this system does not trust", ErrUntrusted
	case errors.As(err, &invalid):
		return fmt.Sprintf("its certificate is not valid (%s)", runfile.Excerpt(invalid.Error())), ErrInvalid
	case wanted && alerted && len(h.Config.Certificates) > 0:
		return fmt.Sprintf("the server does not take the certificate of the client (%s): is it by an issuer that the server trusts, and still valid?", runfile.Excerpt(text)), nil
	case wanted && alerted:
		return "the server wants a certificate of the client", ErrNoCertificate
	case errors.Is(err, ErrNoHTTP2), strings.Contains(text, "no application protocol"):
		return fmt.Sprintf("the server does not speak HTTP/%s over TLS", cmp.Or(h.HTTP, runfile.HTTP1)), ErrHTTPVersion
	case strings.Contains(text, "unsupported protocol version"), strings.Contains(text, "protocol version not supported"):
		return "the server speaks no TLS that bench does, which is 1.2 and 1.3: switch a newer one on there", nil
	case errors.As(err, &record):
		return "what answers there does not speak TLS: is it http://, or another port?", nil
	case strings.Contains(text, "unrecognized name"):
		return fmt.Sprintf("the server knows no host %q", h.Name), ErrNoHost
	}
	return "", nil
}

// wrongName says for whom a certificate is, instead of the name that was asked for.
func (h Handshake) wrongName(c *x509.Certificate) (text string, cause error) {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	const most = 5
	told := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		told += fmt.Sprintf(" and %d more", len(names)-most)
	}
	text = fmt.Sprintf("its certificate is for %s, not for %s", cmp.Or(runfile.Excerpt(told), "no name"), h.Name)
	if h.Asked != "" && c.VerifyHostname(h.Asked) == nil {
		return text + "; it is for the host that the Host header names", ErrOtherHost
	}
	return text, ErrWrongHost
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }
