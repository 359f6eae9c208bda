package loadgen

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// handshakes listens with TLS, takes every connection and answers none.
func handshakes(t *testing.T, c *tls.Config) (address string) {
	t.Helper()
	return listen(t, func(conn net.Conn) {
		secure := tls.Server(conn, c)
		if secure.Handshake() == nil {
			secure.Read(make([]byte, 1))
		}
	})
}

// pemFiles writes a certificate and its key as files that --cert and --key name.
func pemFiles(t *testing.T, c *tls.Config) TLS {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(c.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	files := TLS{CertFile: filepath.Join(t.TempDir(), "cert.pem"), KeyFile: filepath.Join(t.TempDir(), "key.pem")}
	for file, block := range map[string]*pem.Block{
		files.CertFile: {Type: "CERTIFICATE", Bytes: c.Certificates[0].Certificate[0]},
		files.KeyFile:  {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestTLSFaultsAreSaidBeforeTheRun(t *testing.T) {
	here, hour := []net.IP{net.IPv4(127, 0, 0, 1)}, time.Hour
	now := time.Now()
	valid := func() *x509.Certificate { return &x509.Certificate{IPAddresses: here, NotAfter: now.Add(hour)} }
	good, certificate := certified(t, valid())
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	expired, _ := certified(t, &x509.Certificate{IPAddresses: here, NotBefore: now.Add(-2 * hour), NotAfter: now.Add(-hour)})
	early, _ := certified(t, &x509.Certificate{IPAddresses: here, NotBefore: now.Add(hour), NotAfter: now.Add(2 * hour)})
	named, _ := certified(t, &x509.Certificate{DNSNames: []string{"shop.test"}, NotAfter: now.Add(hour)})
	foreign := certifiedBy(t, valid(), "Some Issuer")
	asking := good.Clone()
	asking.ClientAuth = tls.RequireAnyClientCert
	asking12 := asking.Clone()
	asking12.MaxVersion = tls.VersionTLS12
	verifying := good.Clone()
	verifying.ClientAuth, verifying.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	verifying.ClientCAs.AddCert(certificate)
	verifying12 := verifying.Clone()
	verifying12.MaxVersion = tls.VersionTLS12
	trusted, foreigner := pemFiles(t, good), pemFiles(t, certifiedBy(t, valid(), "Some Issuer"))
	trusted.CAFile, foreigner.CAFile = bundle, bundle
	optional := good.Clone()
	optional.ClientAuth = tls.RequestClientCert
	old := good.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
	plain := listen(t, func(c net.Conn) {
		c.Read(make([]byte, 1))
		c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	})
	for i, tc := range []struct {
		name string
		at   string
		tls  TLS
		host string
		want string // of the finding; "": none
	}{
		{"trusted", handshakes(t, good), TLS{CAFile: bundle}, "", ""},
		{"any is taken", handshakes(t, good), TLS{Insecure: true}, "", ""},
		{"self-signed", handshakes(t, good), TLS{}, "", "self-signed"},
		{"an issuer nobody knows", handshakes(t, foreign), TLS{}, "", "an issuer that this system does not trust"},
		{"an issuer that the file does not hold", handshakes(t, foreign), TLS{CAFile: bundle}, "", "an issuer that " + bundle + " does not hold"},
		{"expired", handshakes(t, expired), TLS{}, "", "its certificate expired on "},
		{"not yet valid", handshakes(t, early), TLS{}, "", "its certificate is not valid before "},
		{"another name", handshakes(t, named), TLS{}, "", "its certificate is for shop.test, not for 127.0.0.1"},
		{"the name in the Host header", handshakes(t, named), TLS{}, "shop.test", "; it is for the host that the Host header names"},
		{"another name, asked for", handshakes(t, named), TLS{SNI: "shop.test"}, "", "self-signed"},
		{"a certificate wanted", handshakes(t, asking), TLS{CAFile: bundle}, "", "wants a certificate of the client"},
		{"a certificate wanted, TLS 1.2", handshakes(t, asking12), TLS{CAFile: bundle}, "", "wants a certificate of the client"},
		{"a certificate given", handshakes(t, verifying), trusted, "", ""},
		{"any certificate taken", handshakes(t, asking), foreigner, "", ""},
		{"a certificate not trusted", handshakes(t, verifying), foreigner, "", "the server does not take the certificate of the client"},
		{"a certificate not trusted, TLS 1.2", handshakes(t, verifying12), foreigner, "", "the server does not take the certificate of the client"},
		{"a certificate asked for", handshakes(t, optional), TLS{CAFile: bundle}, "", ""},
		{"TLS 1.0", handshakes(t, old), TLS{CAFile: bundle}, "", "speaks no TLS that bench does, which is 1.2 and 1.3"},
		{"no TLS", plain, TLS{}, "", "does not speak TLS: is it http://"},
	} {
		p := steady("https://"+tc.at, time.Second)
		p.TLS, p.Engine = tc.tls, Engines()[i%len(Engines())] // what is said before a run is not the engine's
		if tc.host != "" {
			p.Requests[0].Header = http.Header{"Host": {tc.host}}
		}
		_, findings := compiled(t, p).Preflight(t.Context(), false)
		var fatal []string
		for _, f := range findings {
			if f.Fatal {
				fatal = append(fatal, f.Text)
				if strings.Contains(f.Text, " -") {
					t.Errorf("%s: %q names a flag", tc.name, f.Text)
				}
				if f.Usage {
					t.Errorf("%s: it is taken for bad usage", tc.name)
				}
			}
		}
		if tc.want == "" && len(fatal) > 0 || tc.want != "" && (len(fatal) != 1 || !strings.HasPrefix(fatal[0], tc.at+": ") || !strings.Contains(fatal[0], tc.want)) {
			t.Errorf("%s: found %q, want %q", tc.name, fatal, tc.want)
		}
	}
}

// The name that --sni gives is asked for, and the requests name the URL's host all the same.
func TestSNI(t *testing.T) {
	t.Parallel()
	secure, _ := selfSigned(t, "shop.test")
	names := make(chan string, 1000)
	secure.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		names <- hello.ServerName
		return nil, nil
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", secure)
	if err != nil {
		t.Fatal(err)
	}
	host := listener.Addr().String()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != host {
			w.WriteHeader(http.StatusMisdirectedRequest)
		}
	})}
	go server.Serve(listener)
	defer server.Close()
	p := steady("https://"+host, 50*time.Millisecond)
	p.TLS = TLS{Insecure: true, SNI: "shop.test"}
	run, err := Drive(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if name := <-names; name != "shop.test" || run.Requests.Succeeded != run.Requests.Due || run.Plan.SNI != "shop.test" {
		t.Errorf("asked for %q, %+v, the plan says %q", name, run.Requests, run.Plan.SNI)
	}
}

// What is looked at before a run is no error to the server, whose log would blame a client for it.
func TestLookingIsNoErrorToTheServer(t *testing.T) {
	for _, engine := range Engines() {
		for _, version := range []string{runfile.HTTP1, runfile.HTTP2} {
			var said strings.Builder // one line a call, under the logger's lock
			secure, _ := selfSigned(t, "127.0.0.1")
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			server.TLS, server.EnableHTTP2, server.Config.ErrorLog = secure, true, log.New(&said, "", 0)
			server.StartTLS()
			p := steady(server.URL, 50*time.Millisecond)
			p.TLS, p.Engine, p.HTTP = TLS{Insecure: true}, engine, version
			p.Limits.Connections = 1 // the end of a run ends handshakes that nobody needs any more
			run, err := Drive(t.Context(), p, Options{})
			server.Close()
			if err != nil || run.Requests.Succeeded != run.Requests.Due || said.Len() > 0 {
				t.Errorf("%s, HTTP/%s: %v; the server said %q", engine, version, err, said.String())
			}
		}
	}
}

func TestSNIIsChecked(t *testing.T) {
	for _, tc := range []struct {
		url, name string
		follow    Follow
		want      string // of the error; "": none
	}{
		{"https://127.0.0.1", "a-b.shop_1.test", Follow{}, ""},
		{"https://127.0.0.1", "A.test.", Follow{}, ""},
		{"https://127.0.0.1", "::1", Follow{}, ""},
		{"https://127.0.0.1", "a b", Follow{}, `sni "a b": give the name of a host`},
		{"https://127.0.0.1", "a.test:443", Follow{}, "without port"},
		{"https://127.0.0.1", "a..test", Follow{}, "give the name of a host"},
		{"https://127.0.0.1", "b\u00fccher.test", Follow{}, "xn--"},
		{"http://127.0.0.1", "", Follow{}, ""},
		{"http://127.0.0.1", "a.test", Follow{}, "no request goes by https"},
		{"http://127.0.0.1", "a.test", Follow{Most: 1, Hosts: []string{"a.test"}}, ""},
	} {
		p := steady(tc.url, time.Second)
		p.TLS.SNI, p.Follow = tc.name, tc.follow
		if err := p.Check(); (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s, --sni %q: %v, want %q", tc.url, tc.name, err, tc.want)
		}
	}
}
