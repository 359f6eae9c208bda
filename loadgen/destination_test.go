package loadgen

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Wherever the connections go, the requests name the URL's host, which need not exist.
func TestConnectTo(t *testing.T) {
	t.Parallel()
	for _, engine := range Engines() {
		for _, network := range []string{"tcp", "unix"} {
			address := "127.0.0.1:0"
			if network == "unix" {
				address = filepath.Join(t.TempDir(), "s")
			}
			listener, err := net.Listen(network, address)
			if err != nil {
				t.Fatal(err)
			}
			var right atomic.Int64
			server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Host == "shop.invalid" {
					right.Add(1)
				}
				io.WriteString(w, "ok")
			})}
			go server.Serve(listener)
			p := steady("http://shop.invalid", 300*time.Millisecond)
			p.Engine, p.ConnectTo = engine, listener.Addr().String()
			if network == "unix" {
				p.ConnectTo = "unix:" + address
			}
			if _, findings := compiled(t, p).Preflight(t.Context(), false); len(findings) > 0 && findings[0].Fatal {
				t.Errorf("%s, %s: %v", engine, network, findings)
			}
			run, err := Drive(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if n := run.Requests; uint64(right.Load()) != n.Due || n.Due == 0 {
				t.Errorf("%s, %s: %d requests arrived that name the URL's host, of %d", engine, network, right.Load(), n.Due)
			}
			server.Close()
		}
	}
}

// A socket that is not there is found before the run.
func TestConnectToNoSocket(t *testing.T) {
	p := steady("http://shop.invalid", time.Second)
	p.ConnectTo = address.UnixPrefix + filepath.Join(t.TempDir(), "s")
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // one try is enough
	if _, findings := compiled(t, p).Preflight(ctx, false); !preflight.AnyFatal(findings) {
		t.Errorf("found %q", texts(findings))
	}
}

func TestConnectToIsChecked(t *testing.T) {
	for to, ok := range map[string]bool{
		"": true, "127.0.0.1:80": true, "[::1]:80": true, "shop:http": true, "unix:/run/s": true,
		"127.0.0.1": false, ":80": false, "unix:": false, "shop:": false,
	} {
		if err := checkConnectTo(to); (err == nil) != ok {
			t.Errorf("%q: %v", to, err)
		}
	}
}

// The address that stands for all of this machine's reaches a server that has only IPv4, which is no outage of the other.
func TestEveryAddressOfThisMachine(t *testing.T) {
	t.Parallel()
	for _, engine := range Engines() {
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
		for _, to := range []string{"", "[::]:" + port} {
			p := steady("http://[::]:"+port, 50*time.Millisecond)
			p.Engine, p.ConnectTo = engine, to
			run, err := Drive(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if n := run.Requests; n.Succeeded != n.Due || n.Due == 0 {
				t.Errorf("%s, connect to %q: %+v, %v", engine, to, n, run.Errors)
			}
			for _, e := range run.Events {
				if e.Kind == runfile.EventAddress {
					t.Errorf("%s, connect to %q: %s", engine, to, e.Text)
				}
			}
		}
		server.Close()
	}
}

// A zone may be written as in a URL.
func TestConnectToAZone(t *testing.T) {
	for to, want := range map[string]string{"[fe80::1%25lo]:80": "[fe80::1%lo]:80", "[fe80::1%lo]:80": "[fe80::1%lo]:80", "unix:/a%25b": "unix:/a%25b"} {
		if got := (Plan{ConnectTo: to}).withDefaults().ConnectTo; got != want {
			t.Errorf("%s: %s, want %s", to, got, want)
		}
	}
}
