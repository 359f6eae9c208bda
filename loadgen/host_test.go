package loadgen

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
)

func TestHostsAreSentOneWay(t *testing.T) {
	for raw, want := range map[string]string{
		"http://bücher.test:8080/":       "xn--bcher-kva.test:8080",
		"http://BÜCHER.test/":            "xn--bcher-kva.test",
		"http://b%C3%BCcher.test/":       "xn--bcher-kva.test",
		"http://my_service:8080":         "my_service:8080",
		"http://Shop.Test":               "Shop.Test",
		"http://[fe80::1%25eth0]:8080/a": "[fe80::1%eth0]:8080",
		"http://[fe80::1%eth0]:8080/a":   "[fe80::1%eth0]:8080",
		"http://[fe80::1%25]/":           "[fe80::1%25]",
		"http://[::1]:80":                "[::1]:80",
	} {
		m, err := request.NewMix([]request.Request{{URL: raw}}, request.Selection{Seed: 1})
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if got := m.Requests[0].Host; got != want {
			t.Errorf("%s is sent to %q, want %q", raw, got, want)
		}
		if u, err := request.OriginOf(raw); err != nil || u.Host != want {
			t.Errorf("%s: the origin is %v, %v", raw, u, err)
		}
	}
	if err := (request.Request{URL: "http://-ü-.test"}).Check(); err == nil || !strings.Contains(err.Error(), "is no name that a host can have") {
		t.Errorf("a name that none can have: %v", err)
	}
}

// An international name is looked up and named to the server in ASCII, wherever it stands.
func TestInternationalNames(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	hosts, looked := map[string]int{}, map[string]int{}
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		hosts[r.Host]++
		mu.Unlock()
	})}
	go server.Serve(listener)
	defer server.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	o := Options{lookup: func(_ context.Context, _, host string) ([]netip.Addr, error) {
		mu.Lock()
		looked[host]++
		mu.Unlock()
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}}
	for _, engine := range Engines() {
		for _, to := range []string{"", "localhost:" + port} {
			for _, name := range []string{"", "bücher.test"} {
				mu.Lock()
				clear(hosts)
				clear(looked)
				mu.Unlock()
				p := steady("http://bücher.test:"+port, 100*time.Millisecond)
				p.Engine, p.ConnectTo, p.Wire.DNSTTL = engine, to, time.Second
				want, known := "xn--bcher-kva.test:"+port, "xn--bcher-kva.test"
				if to != "" {
					known, p.Wire.DNSTTL = "localhost", 0
				}
				if name != "" {
					want = "xn--bcher-kva.test"
					for i := range p.Requests {
						p.Requests[i].Header = http.Header{"Host": {name}}
					}
				}
				run, err := Drive(t.Context(), p, o)
				if err != nil {
					t.Fatal(err)
				}
				mu.Lock()
				if n := run.Requests; n.Succeeded != n.Due || len(hosts) != 1 || uint64(hosts[want]) != n.Due || len(looked) != 1 || looked[known] == 0 {
					t.Errorf("%s, to %q, Host %q: %+v, the server heard of %v, asked for were %v", engine, to, name, n, hosts, looked)
				}
				mu.Unlock()
			}
		}
	}
}

// A zone says which interface an address is of, and nothing to the server.
func TestZones(t *testing.T) {
	t.Parallel()
	address, zone := linkLocal()
	if zone == "" {
		t.Skip("no interface has a link-local address")
	}
	listener, err := net.Listen("tcp", "["+address+"%"+zone+"]:0")
	if err != nil {
		t.Skip("a link-local address cannot be listened on:", err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "["+address+"]:"+port {
			w.WriteHeader(http.StatusBadRequest)
		}
	})}
	go server.Serve(listener)
	defer server.Close()
	for _, engine := range Engines() {
		for _, percent := range []string{"%", "%25"} {
			p := steady("http://["+address+percent+zone+"]:"+port, 100*time.Millisecond)
			p.Engine = engine
			run, err := Drive(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if n := run.Requests; n.Succeeded != n.Due || n.Due == 0 {
				t.Errorf("%s, zone after %s: %+v, errors %v", engine, percent, n, run.Errors)
			}
		}
	}
}

// linkLocal returns a link-local address of this machine, and its zone.
func linkLocal() (address, zone string) {
	list, _ := net.Interfaces()
	for _, i := range list {
		addresses, _ := i.Addrs()
		for _, a := range addresses {
			if n, ok := a.(*net.IPNet); ok && n.IP.To4() == nil && n.IP.IsLinkLocalUnicast() {
				return n.IP.String(), i.Name
			}
		}
	}
	return "", ""
}

// The zone of an address is kept where its numbers are looked up.
func TestZonesAreLookedUp(t *testing.T) {
	list, err := lookup(nil).addressesOf(t.Context(), "[fe80::1%lo]:80")
	if want := netip.MustParseAddrPort("[fe80::1%lo]:80"); err != nil || len(list) != 1 || list[0] != want {
		t.Errorf("%v, %v, want %v", list, err, want)
	}
}

// A Host header that no host has is refused before anything is sent, whatever engine would send it, and of drawn values each.
func TestHostHeadersThatCannotBeSent(t *testing.T) {
	for host, ok := range map[string]bool{
		"x.test": true, "x.test:81": true, "bücher.test": true, "{{pick bücher.test c}}": true, "h{{seq}}.test": true, "[::1]:81": true,
		"a b": false, "x.test/": false, "http://x.test": false, `"x"`: false, "{{pick a/b c}}": false, "a/{{seq}}": false,
	} {
		err := request.Request{URL: "http://127.0.0.1/", Header: http.Header{"Host": {host}}}.Check()
		if (err == nil) != ok || err != nil && !strings.HasPrefix(err.Error(), "header Host: ") {
			t.Errorf("%q: %v", host, err)
		}
	}
	m, err := request.NewMix([]request.Request{{URL: "http://127.0.0.1/", Header: http.Header{"Host": {"{{pick bücher.test}}"}}}}, request.Selection{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := m.Render(0, midday); err != nil || r.Header.Get("Host") != "xn--bcher-kva.test" {
		t.Errorf("%v, %v", r.Header, err)
	}
}

func TestURLsWithoutAHost(t *testing.T) {
	for url, want := range map[string]string{
		"http://:81/":                 "URL: it must begin with http:// or https:// and a host",
		"http://h:99999/":             "URL: a port is 1 to 65535, got 99999",
		"http://127.0.0.1:81\\C4N4RY": `URL: "127.0.0.1:81" and what follows it is no host and port`,
		"http://h:C4N\"4RY/":          `URL: "h:C4N" and what follows`,
	} {
		if err := (request.Request{URL: url}).Check(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", url, err, want)
		}
	}
}
