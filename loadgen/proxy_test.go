package loadgen

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// forwardProxy is a proxy that asks for a name and a password, and goes to one target whatever its name is. It returns its
// URL with them, and how many requests or tunnels it has carried.
func forwardProxy(t *testing.T, target string) (proxy string, carried *atomic.Int64) {
	t.Helper()
	carried = new(atomic.Int64)
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = "http", target
		r.Out.Host = r.In.Host
	}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "Basic dXNlcjpzM2NyM3Q=" { // user:s3cr3t
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		carried.Add(1)
		if r.Method != http.MethodConnect {
			r.Header.Del("Proxy-Authorization")
			forward.ServeHTTP(w, r)
			return
		}
		to, err := net.Dial("tcp", target)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		from, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			to.Close()
			return
		}
		io.WriteString(from, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { io.Copy(to, from); to.Close() }()
		go func() { io.Copy(from, to); from.Close() }()
	}))
	t.Cleanup(s.Close)
	return "http://user:s3cr3t@" + s.Listener.Addr().String(), carried
}

// environ sets the variables that name proxies, and clears the others.
func environ(t *testing.T, http, https string) {
	t.Helper()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "REQUEST_METHOD"} {
		t.Setenv(name, "")
	}
	t.Setenv("HTTP_PROXY", http)
	t.Setenv("HTTPS_PROXY", https)
}

// texts are what the findings say.
func texts(findings []preflight.Finding) string {
	var list []string
	for _, f := range findings {
		list = append(list, f.Text)
	}
	return strings.Join(list, "\n")
}

// A target that only the proxy knows is driven through it, and what is written holds no password.
func TestThroughAProxy(t *testing.T) {
	var hosts sync.Map
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { hosts.Store(r.Host, true) })
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secure.Close()
	for scheme, target := range map[string]*httptest.Server{"http": plain, "https": secure} {
		proxy, carried := forwardProxy(t, target.Listener.Addr().String())
		environ(t, proxy, proxy)
		p := steady(scheme+"://shop.internal", 200*time.Millisecond)
		p.TLS.Insecure = true
		_, findings := compiled(t, p).Preflight(t.Context(), false)
		if preflight.AnyFatal(findings) || !strings.Contains(texts(findings), "go through the proxy 127.0.0.1:") {
			t.Fatalf("%s: found %q", scheme, texts(findings))
		}
		run, err := Drive(t.Context(), p, Options{Environment: runfile.Environment{Notes: []string{texts(findings)}}})
		if err != nil {
			t.Fatal(err)
		}
		if n := run.Requests; n.Succeeded != n.Due || n.Due == 0 || carried.Load() == 0 {
			t.Errorf("%s: %+v, the proxy carried %d, errors %v", scheme, n, carried.Load(), run.Errors)
		}
		if _, ok := hosts.Load("shop.internal"); !ok {
			t.Errorf("%s: the target was not called by its name", scheme)
		}
		if text, _ := json.Marshal(run); strings.Contains(string(text), "s3cr3t") {
			t.Errorf("%s: the run file holds the proxy's password", scheme)
		}
	}
}

func TestAProxyThatRefuses(t *testing.T) {
	proxy, _ := forwardProxy(t, "127.0.0.1:1")
	wrong := strings.Replace(proxy, "s3cr3t", "wr0ng", 1)
	environ(t, wrong, wrong)
	for scheme, kind := range map[string]string{"http": "status 407", "https": "proxy: status 407"} {
		run, err := Drive(t.Context(), steady(scheme+"://shop.internal", 50*time.Millisecond), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(run.Errors) != 1 || run.Errors[0].Kind != kind || run.Requests.Succeeded > 0 {
			t.Errorf("%s: errors %+v, want %s", scheme, run.Errors, kind)
		}
		if text, _ := json.Marshal(run); strings.Contains(string(text), "wr0ng") {
			t.Errorf("%s: the run file holds the proxy's password", scheme)
		}
	}
}

// What a proxy of https or the origin behind it refuses is found before the run.
func TestThroughAProxyIsTriedBeforeTheRun(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	right, _ := forwardProxy(t, secure.Listener.Addr().String())
	at := right[strings.Index(right, "@")+1:]
	for proxy, want := range map[string]string{
		right:                  "shop.internal: its certificate is ",
		"http://" + at:         "the proxy of HTTPS_PROXY: " + at + " wants to know who asks (status 407): give user:password@",
		"http://user:no@" + at: "the proxy of HTTPS_PROXY: " + at + " does not take the user and password",
	} {
		environ(t, "", proxy)
		_, findings := compiled(t, steady("https://shop.internal", time.Second)).Preflight(t.Context(), false)
		last := findings[len(findings)-1]
		if !last.Fatal || last.Usage || !strings.HasPrefix(last.Text, want) || strings.Contains(last.Text, "s3cr3t") {
			t.Errorf("%s: found %+v, want %q", proxy, last, want)
		}
	}
}

func TestADeadProxyIsNamed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := listener.Addr().String()
	listener.Close()
	environ(t, "http://user:s3cr3t@"+dead, "http://%zz:s3cr3t@"+dead)
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	_, findings := compiled(t, steady("http://shop.internal", time.Second)).Preflight(ctx, false)
	want := "the proxy of HTTP_PROXY: " + dead + " refuses connections: is the service running?"
	if text := texts(findings); !preflight.AnyFatal(findings) || !strings.Contains(text, want) || !strings.Contains(text, "NO_PROXY=shop.internal") || strings.Contains(text, "s3cr3t") {
		t.Errorf("found %q, want %q", text, want)
	}
	run, err := Drive(t.Context(), steady("http://shop.internal", 50*time.Millisecond), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Errors) != 1 || run.Errors[0].Kind != "proxy: refused" {
		t.Errorf("errors %+v, want proxy: refused", run.Errors)
	}
	_, findings = compiled(t, steady("https://shop.internal", time.Second)).Preflight(ctx, false)
	if text := texts(findings); !preflight.AnyFatal(findings) || !strings.Contains(text, "HTTPS_PROXY does not hold the URL of a proxy") || strings.Contains(text, "s3cr3t") {
		t.Errorf("found %q", text)
	}
}

const hangs = time.Minute

// What goes elsewhere than the URL says goes there: nothing of a proxy is spoken to the target.
func TestConnectToWinsOverAProxy(t *testing.T) {
	environ(t, "http://127.0.0.1:1", "")
	for _, engine := range Engines() {
		var lines sync.Map
		target := listen(t, func(c net.Conn) {
			in := bufio.NewReader(c)
			for {
				r, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				io.Copy(io.Discard, r.Body)
				lines.Store(strings.HasPrefix(r.RequestURI, "/"), r.RequestURI)
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			}
		})
		p := steady("http://shop.internal", 100*time.Millisecond)
		p.Engine, p.ConnectTo = engine, target
		_, findings := compiled(t, p).Preflight(t.Context(), false)
		if preflight.AnyFatal(findings) || !strings.Contains(texts(findings), "HTTP_PROXY names is not used: the plan says") {
			t.Errorf("%s: found %q", engine, texts(findings))
		}
		run, err := Drive(t.Context(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if line, bad := lines.Load(false); bad || run.Requests.Succeeded != run.Requests.Due {
			t.Errorf("%s: %+v, the target got %v", engine, run.Requests, line)
		}
	}
}

// A proxy is never asked for what is on this machine; that it is ignored is said.
func TestAProxyIsIgnoredForLoopback(t *testing.T) {
	environ(t, "http://127.0.0.1:1", "")
	address := listen(t, func(net.Conn) {})
	_, findings := compiled(t, steady("http://"+address, time.Second)).Preflight(t.Context(), false)
	if preflight.AnyFatal(findings) || !strings.Contains(texts(findings), "HTTP_PROXY names is not used for "+address) {
		t.Errorf("found %q", texts(findings))
	}
}

// What cannot be read as the URL of a proxy is no host of that name.
func TestAProxyThatIsNoURL(t *testing.T) {
	for _, named := range []string{"http://u:s3cr3t@[bad", "http://"} {
		environ(t, named, "")
		_, findings := compiled(t, steady("http://shop.internal", time.Second)).Preflight(t.Context(), false)
		if text := texts(findings); !preflight.AnyFatal(findings) || !strings.Contains(text, "HTTP_PROXY does not hold the URL of a proxy") || strings.Contains(text, "s3cr3t") {
			t.Errorf("%q: found %q", named, text)
		}
	}
}

func TestWhereAProxyIs(t *testing.T) {
	for raw, want := range map[string]string{
		"http://user:pw@p.test": "p.test:80", "https://p.test": "p.test:443", "socks5://p.test": "p.test:1080", "http://[::1]:3128": "[::1]:3128",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := proxyAddress(u); got != want {
			t.Errorf("%s is at %s, want %s", raw, got, want)
		}
	}
}
