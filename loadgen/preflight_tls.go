package loadgen

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// The bounds on a handshake that is made to see whether there is one.
const (
	handshakeTime = 5 * time.Second
	refusalTime   = time.Second // for a server that wants a certificate to say so after the handshake (RFC 8446, section 4.4.2.4)
)

// handshake looks whether TLS with one of the plan's hosts works, before anything is sent, and says what is wrong and what to
// do. asked is the name in the Host header of requests to it, where that is another than the URL's. spoken is the protocol that
// was agreed on, by its name in TLS; "" where that is not known.
func (p Plan) handshake(ctx context.Context, config *tls.Config, w way, asked string) (spoken string, findings []preflight.Finding) {
	given, wanted := config.Certificates, false
	config.GetClientCertificate = func(r *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		wanted = true
		for i := range given {
			if r.SupportsCertificate(&given[i]) == nil {
				return &given[i], nil
			}
		}
		return new(tls.Certificate), nil // as the run does
	}
	name := cmp.Or(p.TLS.SNI, w.origin.Hostname())
	config.ServerName = name
	config.NextProtos = p.offered()
	var secure *tls.Conn
	config.ClientSessionCache = onTicket(func() { _ = secure.SetReadDeadline(time.Now()) })
	network, address := preflight.Dialed(w.address)
	if w.proxy != nil && w.proxy.Scheme != "http" {
		return "", nil // what a proxy by TLS or SOCKS says, the run will tell
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return "", nil // reached a moment ago: the run will tell
	}
	defer conn.Close()
	if w.proxy != nil {
		switch status, err := w.tunnel(ctx, conn); {
		case status == http.StatusProxyAuthRequired:
			return "", []preflight.Finding{w.unknownUser()}
		case err != nil || status != http.StatusOK:
			return "", nil // the run will tell
		}
	}
	secure = tls.Client(conn, config)
	err = secure.HandshakeContext(ctx)
	if err == nil && p.HTTP == runfile.HTTP2 {
		err = onlyHTTP2(secure.ConnectionState())
	}
	if err == nil && wanted && secure.ConnectionState().Version >= tls.VersionTLS13 {
		_ = secure.SetReadDeadline(time.Now().Add(refusalTime))
		if _, err = secure.Read(make([]byte, 1)); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
			err = nil
		}
	}
	if err == nil {
		return cmp.Or(secure.ConnectionState().NegotiatedProtocol, alpnHTTP1), nil
	}
	if text := p.fault(err, name, asked, wanted); text != "" && ctx.Err() == nil {
		findings = append(findings, preflight.Finding{Text: fmt.Sprintf("%s: %s", w.origin.Host, text), Fatal: true})
	}
	return "", findings
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
func (p Plan) fault(err error, name, asked string, wanted bool) string {
	var (
		host    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		alert   tls.AlertError
	)
	t := p.TLS
	alerted := errors.As(err, &alert) || strings.Contains(err.Error(), "remote error: tls: ")
	switch text := err.Error(); {
	case errors.As(err, &host):
		return wrongName(host.Certificate, name, asked)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(invalid.Cert.NotBefore):
		return fmt.Sprintf("its certificate is not valid before %s: is the clock right? -k takes it as it is", date(invalid.Cert.NotBefore))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("its certificate expired on %s: renew it; -k takes it as it is", date(invalid.Cert.NotAfter))
	case errors.As(err, &unknown) && t.CAFile != "":
		return fmt.Sprintf("its certificate is by an issuer that --cacert %s does not hold: is it the right file? -k takes any certificate", runfile.Excerpt(t.CAFile))
	case errors.As(err, &unknown) && unknown.Cert != nil && unknown.Cert.Issuer.String() == unknown.Cert.Subject.String():
		return "its certificate is self-signed: --cacert FILE trusts it, -k takes any"
	case errors.As(err, &unknown):
		return "its certificate is by an issuer that this system does not trust: --cacert FILE trusts it, -k takes any certificate"
	case errors.As(err, &invalid):
		return fmt.Sprintf("its certificate is not valid (%s): -k takes it as it is", runfile.Excerpt(invalid.Error()))
	case wanted && alerted && t.CertFile != "":
		return fmt.Sprintf("the server does not take the certificate of --cert (%s): is it by an issuer that the server trusts, and still valid?", runfile.Excerpt(text))
	case wanted && alerted:
		return "the server wants a certificate of the client: give one with --cert and --key"
	case errors.Is(err, errNoHTTP2), strings.Contains(text, "no application protocol"):
		return fmt.Sprintf("the server does not speak HTTP/%s over TLS: leave --http out", cmp.Or(p.HTTP, runfile.HTTP1))
	case strings.Contains(text, "unsupported protocol version"), strings.Contains(text, "protocol version not supported"):
		return "the server speaks no TLS that bench does, which is 1.2 and 1.3: switch a newer one on there"
	case errors.As(err, &record):
		return "what answers there does not speak TLS: is it http://, or another port?"
	case strings.Contains(text, "unrecognized name"):
		return fmt.Sprintf("the server knows no host %q: --sni NAME asks for another", name)
	}
	return ""
}

// wrongName says for whom a certificate is, instead of a name.
func wrongName(c *x509.Certificate, name, asked string) string {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	const most = 5
	told := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		told += fmt.Sprintf(" and %d more", len(names)-most)
	}
	text := fmt.Sprintf("its certificate is for %s, not for %s", cmp.Or(runfile.Excerpt(told), "no name"), name)
	if asked != "" && c.VerifyHostname(asked) == nil {
		return fmt.Sprintf("%s; it is for the host that the Host header names: --sni %s asks for that, or give it in the URL, with --connect-to for where it is", text, asked)
	}
	return text + ": --sni NAME asks for one of these, --connect-to HOST:PORT goes elsewhere for a URL that names one, -k takes any certificate"
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// askedOf returns the host that the Host header names in requests to an origin; "" where it is the URL's.
func askedOf(m *request.Mix, origin *url.URL) string {
	for i := range m.Requests {
		if c := &m.Requests[i]; c.Scheme == origin.Scheme && c.Host == origin.Host {
			if named := c.Header.Fixed["Host"]; len(named) > 0 {
				u := url.URL{Host: named[0]}
				return u.Hostname()
			}
		}
	}
	return ""
}
