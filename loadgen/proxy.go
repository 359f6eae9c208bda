package loadgen

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/request"
	"golang.org/x/net/http/httpproxy"
)

// proxyOf returns the proxy that the environment names for a URL; nil: no proxy. It may hold a password. Hosts on
// loopback have none.
func proxyOf(u *url.URL) (*url.URL, error) {
	env := httpproxy.FromEnvironment()
	proxy, err := env.ProxyFunc()(u)
	if err == nil && proxy == nil && !onLoopbackName(u.Hostname()) {
		_, err = url.Parse(namedProxy(env, u)) // it is ignored where it cannot be read
		if err != nil {
			_, err = url.Parse("http://" + namedProxy(env, u))
		}
	}
	if named := namedProxy(env, u); err == nil && proxy != nil && strings.Contains(named, "://") {
		var whole *url.URL // else its scheme was taken for a host
		if whole, err = url.Parse(named); err == nil && whole.Host == "" {
			err = errors.New("no host")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s does not hold the URL of a proxy, as in http://127.0.0.1:3128", proxyVariable(u)) // which may hold a password
	}
	return proxy, nil
}

// namedProxy is what the environment names for a URL's scheme, "" for nothing.
func namedProxy(env *httpproxy.Config, u *url.URL) string {
	if u.Scheme == "https" {
		return env.HTTPSProxy
	}
	return env.HTTPProxy
}

// onLoopbackName reports whether a host is on loopback, where no proxy is used.
func onLoopbackName(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// proxyVariable is the variable that names the proxy of a URL.
func proxyVariable(u *url.URL) string { return strings.ToUpper(u.Scheme) + "_PROXY" }

// proxyAddress is where a proxy is, without its password.
func proxyAddress(proxy *url.URL) string {
	port := proxy.Port()
	if port == "" {
		port = map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[proxy.Scheme]
		if port == "" {
			port = "80"
		}
	}
	return net.JoinHostPort(proxy.Hostname(), port)
}

// way is where the connections of one host's requests go.
type way struct {
	address     string   // the address to connect to, in the form of [preflight.PreflightInput]
	destination *url.URL // the scheme and host of the requests
	proxy       *url.URL // the proxy at that address; nil: no proxy. It may hold a password
}

// ways returns where the plan's connections go, one for each host and scheme, and what is to be known of proxies.
func (p Plan) ways(m *request.Mix) (list []way, findings []preflight.Finding) {
	note := func(format string, args ...any) {
		findings = append(findings, preflight.Finding{Text: fmt.Sprintf(format, args...)})
	}
	seen := map[string]bool{}
	for i := range m.Requests {
		c := &m.Requests[i]
		w := way{address: m.Hosts[c.Origin], destination: &url.URL{Scheme: c.Scheme, Host: c.Host}}
		if seen[c.Scheme+w.address] {
			continue
		}
		seen[c.Scheme+w.address] = true
		proxy, err := proxyOf(w.destination)
		if err != nil && p.ConnectTo == "" {
			return nil, []preflight.Finding{{Text: err.Error(), Cause: err, Fatal: true, Usage: true}}
		}
		switch {
		case p.ConnectTo != "" && (proxy != nil || err != nil):
			note("the proxy that %s names is not used: the plan says where the connections go", proxyVariable(w.destination))
		case p.ConnectTo != "":
		case proxy != nil:
			w.address, w.proxy = proxyAddress(proxy), proxy
			note("requests to %s go through the proxy %s that %s names: its time is in every latency", c.Host, w.address, proxyVariable(w.destination))
		case ignoredProxy(w.destination):
			note("the proxy that %s names is not used for %s, which is on this machine or named by NO_PROXY", proxyVariable(w.destination), c.Host)
		}
		if p.ConnectTo != "" {
			w.address = p.ConnectTo
		}
		list = append(list, w)
	}
	return list, findings
}

// ignoredProxy reports whether the environment names a proxy for a URL's scheme that its host is not asked through.
func ignoredProxy(u *url.URL) bool {
	proxy, err := proxyOf(u)
	return namedProxy(httpproxy.FromEnvironment(), u) != "" && proxy == nil && err == nil
}

// deadProxy names a proxy that cannot be used, and what to do.
func (w way) deadProxy(f preflight.Finding) preflight.Finding {
	f.Text = fmt.Sprintf("the proxy of %s: %s; NO_PROXY=%s goes there without one", proxyVariable(w.destination), f.Text, w.destination.Hostname())
	return f
}

// tunnel asks a proxy for a connection to the destination, over one to the proxy. It returns the answer's status.
func (w way) tunnel(ctx context.Context, conn net.Conn) (status int, err error) {
	if until, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(until)
	}
	to := net.JoinHostPort(w.destination.Hostname(), portOf(w.destination))
	r := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: to}, Host: to, Header: http.Header{}}
	if u := w.proxy.User; u != nil {
		password, _ := u.Password()
		r.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	if err := r.Write(conn); err != nil {
		return 0, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxProxyAnswer)), r)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, nil // what is behind its header is the destination's, which does not speak first
}

// maxProxyAnswer bounds what a proxy answers before a tunnel begins, in bytes.
const maxProxyAnswer = 64 << 10

// unknownUser says that a proxy wants to know who asks, and what to do.
func (w way) unknownUser() preflight.Finding {
	text := " wants to know who asks (status 407): give user:password@ before the host in its URL"
	if w.proxy.User != nil {
		text = " does not take the user and password in its URL (status 407): correct them"
	}
	return w.deadProxy(preflight.Finding{Text: w.address + text, Fatal: true})
}

// ErrWireProxy is that the wire engine would have to go through a proxy.
var ErrWireProxy = errors.New("the wire engine does not go through the proxy that HTTP_PROXY names")
