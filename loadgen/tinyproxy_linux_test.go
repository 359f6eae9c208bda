package loadgen

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// tinyproxy starts Debian's proxy, which asks for a name and a password and is alone to know where shop.internal is, and
// returns its address. Where it is not installed the test is skipped, but in continuous integration ($CI is true), where it
// fails; where names cannot be made known to one process alone, it is skipped.
func tinyproxy(t *testing.T) (address string) {
	t.Helper()
	if _, err := exec.LookPath("tinyproxy"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("needs tinyproxy: ", err)
	}
	if out, err := exec.Command("unshare", "-rm", "true").CombinedOutput(); err != nil {
		t.Skipf("no mount namespace of its own: %v: %s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(address)
	dir := t.TempDir()
	conf, hosts := filepath.Join(dir, "conf"), filepath.Join(dir, "hosts")
	text := fmt.Sprintf("Port %s\nListen 127.0.0.1\nTimeout 60\nMaxClients 300\nBasicAuth user s3cr3t\n", port)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(hosts, []byte("127.0.0.1 localhost shop.internal\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("unshare", "-rm", "sh", "-c", `mount --bind "$1" /etc/hosts && exec tinyproxy -d -c "$2"`, "sh", hosts, conf)
	running(t, c, address)
	return address
}

func TestThroughTinyproxy(t *testing.T) {
	at := tinyproxy(t)
	proxy := "http://user:s3cr3t@" + at
	environ(t, proxy, proxy)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Host, "shop.internal") {
			w.WriteHeader(http.StatusMisdirectedRequest)
		}
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secure.Close()
	for scheme, target := range map[string]*httptest.Server{"http": plain, "https": secure} {
		_, port, _ := net.SplitHostPort(target.Listener.Addr().String())
		p := steady(scheme+"://shop.internal:"+port, 300*time.Millisecond)
		p.TLS.Insecure = true
		_, findings := compiled(t, p).Preflight(t.Context(), false)
		if preflight.AnyFatal(findings) || !strings.Contains(texts(findings), "go through the proxy "+at) {
			t.Fatalf("%s: found %q", scheme, texts(findings))
		}
		run, err := Drive(t.Context(), p, Options{Environment: runfile.Environment{Notes: []string{texts(findings)}}})
		if err != nil {
			t.Fatal(err)
		}
		// It closes a connection after each answer, and on a busy machine with a request on its way there.
		var met uint64
		for _, e := range run.Errors {
			if e.Kind == "connection closed early" {
				met += e.Count
			}
		}
		if n := run.Requests; n.Succeeded+met != n.Due || met > n.Due/10 || n.Due == 0 {
			t.Errorf("%s: %+v, errors %v", scheme, n, run.Errors)
		}
		if text, _ := json.Marshal(run); strings.Contains(string(text), "s3cr3t") {
			t.Errorf("%s: the run file holds the proxy's password", scheme)
		}
	}
}
