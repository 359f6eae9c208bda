package targets

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"strings"
	"testing"
)

// A service serves https, in HTTP/2 too where it is to, with a certificate that its parent is given and nobody else trusts.
func TestServicesOverTLS(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		var given string
		c := startService(t, "reference", StartOptions{
			ServeOptions: ServeOptions{TLS: true, HTTP2: http2}, Trust: func(pem string) { given = pem },
		})
		roots := x509.NewCertPool()
		if !strings.HasPrefix(c.URL, "https://127.0.0.1:") || !roots.AppendCertsFromPEM([]byte(given)) {
			t.Fatalf("at %s, with the certificate %q", c.URL, given)
		}
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
		defer transport.CloseIdleConnections()
		answer, err := (&http.Client{Transport: transport}).Get(c.URL + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if want := map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"}[http2]; answer.StatusCode != http.StatusOK || answer.Proto != want {
			t.Errorf("with HTTP/2 %v: %s by %s, want %s", http2, answer.Status, answer.Proto, want)
		}
		if _, err := http.Get(c.URL + "/healthz"); err == nil || !strings.Contains(err.Error(), "unknown authority") {
			t.Errorf("whom nobody told trusts it: %v", err)
		}
	}
}

// Without TLS a service speaks HTTP/2 to who begins with it, where it is to.
func TestServicesOverHTTP2WithoutTLS(t *testing.T) {
	c := startService(t, "reference", StartOptions{ServeOptions: ServeOptions{HTTP2: true}})
	only := new(http.Protocols)
	only.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: only}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Get(c.URL + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	if answer.Proto != "HTTP/2.0" {
		t.Errorf("it speaks %s", answer.Proto)
	}
	if answer, _ := ask(t, http.MethodGet, c.URL+"/healthz", ""); answer.Proto != "HTTP/1.1" {
		t.Errorf("it speaks %s to who begins with HTTP/1.1", answer.Proto)
	}
}
